package guard_test

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/guard"
	"github.com/orderbell/orderbell/gateway/internal/problem"
)

func (s *stand) sessionOf(t *testing.T, secret string) (access.Principal, error) {
	t.Helper()
	return s.Identify(t.Context(), guard.Credentials{Session: secret})
}

func TestWhatIsFilledInWronglyIsSaidFieldByField(t *testing.T) {
	t.Parallel()
	s := setup(t)
	u := s.user(t, "olga", access.Owner)
	_, err := s.AddUser(t.Context(), boss(), access.UserForm{Name: "<b>", Role: "root", Password: "short"})
	for _, code := range []problem.Code{problem.NameInvalid, problem.FieldInvalid, problem.PasswordShort} {
		refused(t, "a new user", err, code)
	}
	_, err = s.AddUser(t.Context(), boss(), access.UserForm{Name: "OLGA", Role: access.Viewer, Password: good})
	refused(t, "a name in use", err, problem.NameTaken)
	_, err = s.ChangeUser(t.Context(), boss(), u.ID, access.UserForm{Name: "", Role: access.Owner, Revision: 1})
	refused(t, "no name", err, problem.NameInvalid)
	_, err = s.ChangeUser(t.Context(), boss(), u.ID, access.UserForm{Name: "olga", Role: access.Viewer, Revision: 1})
	refused(t, "the last owner", err, problem.LastOwner)
	_, err = s.ChangeUser(t.Context(), boss(), u.ID, access.UserForm{Name: "olga", Role: access.Owner, Revision: 7})
	refused(t, "what somebody else changed", err, problem.Stale)
	_, err = s.ChangeUser(t.Context(), boss(), "nobody", access.UserForm{})
	refused(t, "nobody", err, problem.NoSuchThing)
	_, err = s.SetPassword(t.Context(), boss(), "olga", "password123", false)
	refused(t, "a common password", err, problem.PasswordCommon)
}

func TestARefusedActOnUsersOrKeysIsWrittenDown(t *testing.T) {
	t.Parallel()
	const typed = "my password in the wrong field" // may stand where a name should
	s := setup(t)
	olga, scopes := s.user(t, "olga", access.Owner), access.Scopes()
	_, who := s.enter(t, "olga")
	_, _, err := s.CreateKey(t.Context(), who, access.KeyForm{Name: "menu", Scopes: scopes})
	must(t, err)
	user := func(_ access.User, err error) error { return err }
	key := func(_ access.Key, _ string, err error) error { return err }
	tests := []struct {
		name string
		act  func() error
		want string // the line
	}{
		{"the last owner removed", func() error { return s.RemoveUser(t.Context(), who, olga.ID, 0) }, "user.remove olga refused: last_owner"},
		{"a lower role for the last owner", func() error {
			return user(s.ChangeUser(t.Context(), who, olga.ID, access.UserForm{Name: "olga", Role: access.Viewer, Revision: olga.Revision}))
		}, "user.change olga refused: last_owner"},
		{"a change of what somebody else changed", func() error {
			return user(s.ChangeUser(t.Context(), who, olga.ID, access.UserForm{Name: "olga", Role: access.Owner, Revision: 7}))
		}, "user.change olga refused: stale"},
		{"a user of a name in use", func() error {
			return user(s.AddUser(t.Context(), who, access.UserForm{Name: "Olga", Role: access.Owner, Password: good}))
		}, "user.add Olga refused: name_taken"},
		{"a password for a name", func() error {
			return user(s.AddUser(t.Context(), who, access.UserForm{Name: typed, Role: access.Owner, Password: "oleg"}))
		}, "user.add  refused: password_short"},
		{"several wrong fields", func() error {
			return user(s.AddUser(t.Context(), who, access.UserForm{Name: typed + "!", Role: access.Owner}))
		}, "user.add  refused: fields_invalid"},
		{"a weak password", func() error { return user(s.SetPassword(t.Context(), who, olga.ID, "password123", false)) }, "user.password olga refused: password_common"},
		{"nobody removed", func() error { return s.RemoveUser(t.Context(), who, "oleg", 0) }, "user.remove oleg refused: no_such_thing"},
		{"a key of a name in use", func() error { return key(s.CreateKey(t.Context(), who, access.KeyForm{Name: "menu", Scopes: scopes})) }, "key.create menu refused: name_taken"},
		{"a key without a scope", func() error { return key(s.CreateKey(t.Context(), who, access.KeyForm{Name: typed})) }, "key.create  refused: field_required"},
		{"a key revoked that is not there", func() error { _, err := s.RevokeKey(t.Context(), who, "nothing"); return err }, "key.revoke nothing refused: no_such_thing"},
		{"a wrong password before a dangerous act", func() error { return s.Confirm(t.Context(), who, "not it") }, "session.confirm olga refused: password_wrong"},
	}
	for _, tt := range tests {
		before := len(s.log(t))
		if err := tt.act(); err == nil {
			t.Errorf("%s: done", tt.name)
		}
		if log := s.log(t); len(log) != before+1 || log[0] != tt.want {
			t.Errorf("%s: %d new lines, the last %q; want one, %q", tt.name, len(log)-before, log[0], tt.want)
		}
	}
	page, _, err := s.Records(t.Context(), access.RecordFilter{Action: "user.change", Limit: 500})
	must(t, err)
	if last := page[len(page)-1]; last.Detail["role"] != "viewer" || last.Detail["id"] != olga.ID || last.Actor != "olga" || last.From != "192.0.2.1" {
		t.Errorf("the line about the lower role is %+v", last)
	}
	all, _, err := s.Records(t.Context(), access.RecordFilter{Limit: 500})
	must(t, err)
	text, err := json.Marshal(all)
	must(t, err)
	if strings.Contains(string(text), typed) {
		t.Errorf("the audit log has what was typed in the wrong field")
	}
	if v, err := s.Verify(t.Context()); err != nil || !v.Sound() {
		t.Errorf("the audit log: %+v, %v", v, err)
	}
}

func TestTheLogTellsWhatChangedOfAUser(t *testing.T) {
	t.Parallel()
	s := setup(t)
	u := s.user(t, "olga", access.Viewer)
	_, err := s.ChangeUser(t.Context(), boss(), u.ID, access.UserForm{Name: "olga", Role: access.Admin, Language: u.Language, Revision: u.Revision})
	must(t, err)
	_, who := s.enter(t, "olga")
	must(t, s.SetLanguage(t.Context(), who, "en"))
	must(t, s.SetLanguage(t.Context(), who, "ru"))
	must(t, s.SetLanguage(t.Context(), who, "ru")) // as it is: no line
	page, _, err := s.Records(t.Context(), access.RecordFilter{Action: "user.change"})
	must(t, err)
	var got []string
	for _, r := range page {
		for _, c := range r.Changes {
			got = append(got, c.Field+" "+c.Old+" "+c.New)
		}
	}
	if want := []string{"language en ru", "language ru en", "role viewer admin"}; !slices.Equal(got, want) || len(page) != len(want) {
		t.Errorf("%d lines: %q, want %q", len(page), got, want)
	}
}

func TestWhoChangesTheOwnPasswordStaysSignedInHereOnly(t *testing.T) {
	t.Parallel()
	s := setup(t)
	u := s.user(t, "olga", access.Owner)
	stolen, _ := s.enter(t, "olga")
	kept, who := s.enter(t, "olga")
	_, err := s.SetPassword(t.Context(), who, u.ID, other, true)
	must(t, err)
	s.as(t, kept.Secret)
	_, err = s.sessionOf(t, stolen.Secret)
	refused(t, "elsewhere", err, problem.LoginRequired)
}

func TestTheSetupLink(t *testing.T) {
	t.Parallel()
	form := func(token string) access.SetupForm {
		return access.SetupForm{Token: token, Local: true, Name: "olga", Password: good, Language: "en"}
	}
	t.Run("it serves once, on this machine, and makes the owner", func(t *testing.T) {
		t.Parallel()
		s := setup(t)
		if needed, err := s.SetupNeeded(t.Context()); err != nil || !needed {
			t.Fatalf("needed %v, %v", needed, err)
		}
		_, err := s.Setup(t.Context(), from("127.0.0.1"), form(""))
		refused(t, "without a link", err, problem.SetupWrong)
		token, err := s.OpenSetup(t.Context())
		must(t, err)
		for _, address := range []string{"192.168.1.7", "", "localhost", "0.0.0.0"} {
			_, err = s.Setup(t.Context(), from(address), form(token))
			refused(t, "from "+address, err, problem.SetupElsewhere)
		}
		proxied := form(token)
		proxied.Local = false
		_, err = s.Setup(t.Context(), from("127.0.0.1"), proxied)
		refused(t, "through a proxy", err, problem.SetupElsewhere)
		for _, wrong := range []string{"", "x", token + "x", access.NewToken()} {
			_, err = s.Setup(t.Context(), from("127.0.0.1"), form(wrong))
			refused(t, "a wrong link", err, problem.SetupWrong)
		}
		weak := form(token)
		weak.Password = "password123"
		_, err = s.Setup(t.Context(), from("127.0.0.1"), weak)
		refused(t, "a weak password", err, problem.PasswordCommon)
		entry, err := s.Setup(t.Context(), from("::ffff:127.0.0.1"), form(token))
		must(t, err)
		if who := s.as(t, entry.Secret); who.Role != access.Owner || !who.Fresh || entry.User.Language != "en" {
			t.Errorf("the owner is %+v", who)
		}
		_, err = s.Setup(t.Context(), from("127.0.0.1"), form(token))
		refused(t, "a second time", err, problem.SetupDone)
		if again, err := s.OpenSetup(t.Context()); err != nil || again != "" {
			t.Errorf("another link: %q, %v", again, err)
		}
	})
	t.Run("it serves for half an hour", func(t *testing.T) {
		t.Parallel()
		s := setup(t)
		token, err := s.OpenSetup(t.Context())
		must(t, err)
		s.clock.pass(30 * time.Minute)
		_, err = s.Setup(t.Context(), from("127.0.0.1"), form(token))
		refused(t, "too late", err, problem.SetupWrong)
		fresh, err := s.OpenSetup(t.Context())
		must(t, err)
		_, err = s.Setup(t.Context(), from("127.0.0.1"), form(token))
		refused(t, "the one before", err, problem.SetupWrong)
		_, err = s.Setup(t.Context(), from("127.0.0.1"), form(fresh))
		must(t, err)
	})
	t.Run("of many at once one becomes the owner", func(t *testing.T) {
		t.Parallel()
		s := setup(t)
		token, err := s.OpenSetup(t.Context())
		must(t, err)
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() { _, _ = s.Setup(t.Context(), from("127.0.0.1"), form(token)) })
		}
		wg.Wait()
		if users, err := s.Users(t.Context()); err != nil || len(users) != 1 {
			t.Errorf("%d users, %v", len(users), err)
		}
	})
	t.Run("a user who was added meanwhile closes it", func(t *testing.T) {
		t.Parallel()
		s := setup(t)
		token, err := s.OpenSetup(t.Context())
		must(t, err)
		s.user(t, "oleg", access.Owner)
		_, err = s.Setup(t.Context(), from("127.0.0.1"), form(token))
		refused(t, "with a user there", err, problem.SetupDone)
	})
}

func TestAKeyIsShownOnceAndEnds(t *testing.T) {
	t.Parallel()
	s := setup(t)
	key, secret, err := s.CreateKey(t.Context(), boss(), access.KeyForm{Name: "menu", Scopes: []access.Scope{access.ScopeContactsWrite}, Days: 90})
	must(t, err)
	holds := func() error {
		who, err := s.Identify(t.Context(), guard.Credentials{Bearer: secret})
		if err == nil && (who.Kind != access.KindKey || who.Name != "menu" || who.ID != key.ID || !who.May(access.ContactsWrite) || who.May(access.MessagesRead)) {
			t.Errorf("the caller is %+v", who)
		}
		return err
	}
	must(t, holds())
	all, err := s.Keys(t.Context())
	must(t, err)
	text, err := json.Marshal(all)
	must(t, err)
	if strings.Contains(string(text), secret) || strings.Contains(string(text), access.HashSecret(secret)) || all[0].UsedAt == nil {
		t.Errorf("the list is %s", text)
	}
	s.clock.pass(90 * 24 * time.Hour)
	refused(t, "after its time", holds(), problem.TokenWrong)
	key, secret, err = s.CreateKey(t.Context(), boss(), access.KeyForm{Name: "menu 2", Scopes: []access.Scope{access.ScopeContactsWrite}})
	must(t, err)
	if key.ExpiresAt != nil {
		t.Errorf("a key without an end ends %s", key.ExpiresAt)
	}
	_, err = s.RevokeKey(t.Context(), boss(), key.ID)
	must(t, err)
	refused(t, "revoked", holds(), problem.TokenWrong)
	_, err = s.RevokeKey(t.Context(), boss(), key.ID)
	refused(t, "revoked twice", err, problem.NoSuchThing)
	for _, form := range []access.KeyForm{
		{Name: "x"}, {Name: "", Scopes: access.Scopes()}, {Name: "x", Scopes: []access.Scope{"all"}}, {Name: "x", Scopes: access.Scopes(), Days: -1}, {Name: "x", Scopes: access.Scopes(), Days: 4000},
	} {
		_, _, err := s.CreateKey(t.Context(), boss(), form)
		refused(t, "a key that is filled in wrongly", err, problem.FieldsInvalid)
	}
}

func TestTidyTakesAwayWhatHasHadItsTime(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.user(t, "olga", access.Owner)
	_, who := s.enter(t, "olga")
	s.clock.pass(31 * 24 * time.Hour)
	must(t, s.Tidy(t.Context(), 30))
	if all, err := s.db.Sessions(t.Context(), who.ID); err != nil || len(all) != 0 {
		t.Errorf("%d sessions are left, %v", len(all), err)
	}
	if lines := s.log(t); len(lines) != 1 || lines[0] != "audit.purge audit done" {
		t.Errorf("the audit log has %q, want only that old lines went", lines)
	}
	if v, err := s.Verify(t.Context()); err != nil || !v.Sound() {
		t.Errorf("%+v, %v", v, err)
	}
}

func TestWhatIsWrittenDownNamesNoSecret(t *testing.T) {
	t.Parallel()
	s := setup(t)
	secret, codes := s.withFactor(t, "olga")
	entry, err := s.Login(t.Context(), from("192.0.2.1"), access.Login{Name: "olga", Password: good, Code: codes[0]})
	must(t, err)
	who := s.as(t, entry.Secret)
	_, key, err := s.CreateKey(t.Context(), who, access.KeyForm{Name: "menu", Scopes: access.Scopes()})
	must(t, err)
	_, err = s.SetPassword(t.Context(), who, "olga", other, false)
	must(t, err)
	page, _, err := s.Records(t.Context(), access.RecordFilter{Limit: 500})
	must(t, err)
	text, err := json.Marshal(page)
	must(t, err)
	if len(page) < 7 {
		t.Fatalf("only %d lines: the test looks at nothing", len(page))
	}
	for _, s := range append(codes, secret, entry.Secret, entry.Device, access.HashSecret(entry.Secret), key, good, other, "argon2id") {
		if strings.Contains(string(text), s) {
			t.Errorf("the audit log has %q", s)
		}
	}
}
