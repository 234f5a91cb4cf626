package adminapi_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/problem"
)

// notebook is an audit log that keeps lines in memory, or refuses them.
type notebook struct {
	adminapi.AuditLog
	lines []string
	full  error
}

func (n *notebook) Note(_ context.Context, r access.Record) error {
	if n.full != nil {
		return n.full
	}
	n.lines = append(n.lines, r.Actor+" "+r.Action+" "+r.Object+" "+r.Outcome)
	return nil
}

// Begin keeps the line open; only End writes it.
func (n *notebook) Begin(context.Context, access.Record) (string, error) { return "1", n.full }

func (n *notebook) End(ctx context.Context, _ string, r access.Record) error { return n.Note(ctx, r) }

// allContacts lets a fake leave methods out whose interface has a method of its own name.
type allContacts interface{ adminapi.Contacts }

// contacts reveals one phone, erases one person and remembers that.
type contacts struct {
	allContacts
	erased []string
}

func (c *contacts) RevealPhone(_ context.Context, _ adminapi.Caller, id string) (string, error) {
	if id != "01C" {
		return "", problem.Refuse(problem.NoSuchThing)
	}
	return "+79990000001", nil
}

func (c *contacts) EraseContact(_ context.Context, _ adminapi.Caller, id string) error {
	c.erased = append(c.erased, id)
	return nil
}

func TestEachChangeAndEachRevealIsNotedBeforeItIsMade(t *testing.T) {
	t.Parallel()
	book, people := &notebook{}, &contacts{}
	_, handler := setup(t, adminapi.Services{Contacts: people, Audit: book})
	steps := []struct {
		method, path, who string
		status            int
		want              []string
	}{
		{"POST", "/api/v1/contacts/01C/reveal", "operator", http.StatusOK, []string{"u contacts.reveal-phone 01C done"}},
		{"POST", "/api/v1/contacts/01X/reveal", "operator", http.StatusNotFound, []string{"u contacts.reveal-phone 01X refused: no_such_thing"}},
		{"DELETE", "/api/v1/contacts/01C", "admin fresh", http.StatusNoContent, []string{"u contacts.erase-contact 01C done"}},
		{"DELETE", "/api/v1/contacts/01D", "admin", http.StatusForbidden, nil},
		{"DELETE", "/api/v1/contacts/01D", "viewer fresh", http.StatusForbidden, nil},
	}
	for _, s := range steps {
		book.lines = nil
		status, _, answer := ask(t, handler, s.method, s.path, s.who, "en", "")
		if status != s.status || !slices.Equal(book.lines, s.want) {
			t.Errorf("%s %s as %s: %d %s, noted %q; want %d, %q", s.method, s.path, s.who, status, answer, book.lines, s.status, s.want)
		}
	}
	if !slices.Equal(people.erased, []string{"01C"}) {
		t.Errorf("erased %v", people.erased)
	}
}

func TestWhoMayNotTouchUsersAndKeysIsWrittenDownIfWeKnowHim(t *testing.T) {
	t.Parallel()
	book := &notebook{}
	_, handler := setup(t, adminapi.Services{Audit: book})
	const person = `{"name":"x","role":"owner","password":"copper violin"}`
	tests := []struct {
		name, method, path, who, sent string
		want                          []string
	}{
		{"an operator makes an owner", "POST", "/users", "operator fresh", person, []string{"u user.add  refused: not_allowed"}},
		{"an admin changes a role", "PUT", "/users/01X", "admin", "{}", []string{"u user.change 01X refused: not_allowed"}},
		{"an admin removes a user", "DELETE", "/users/01X", "admin fresh", "", []string{"u user.remove 01X refused: not_allowed"}},
		{"a viewer gives another one a password", "POST", "/users/01X/password", "viewer fresh", `{"password":"copper violin"}`, []string{"u user.password 01X refused: not_allowed"}},
		{"an admin locks the owner out", "POST", "/users/01X/lock", "admin fresh", "", []string{"u user.lock 01X refused: not_allowed"}},
		{"an admin makes a key", "POST", "/keys", "admin fresh", "{}", []string{"u key.create  refused: not_allowed"}},
		{"an operator revokes a key", "DELETE", "/keys/01K", "operator", "", []string{"u key.revoke 01K refused: not_allowed"}},
		{"an admin looks at the users", "GET", "/users", "admin", "", nil},
		{"an owner is asked for the password again", "POST", "/users", "owner", person, nil},
		{"a stranger", "POST", "/users", "", person, nil},
	}
	for _, tt := range tests {
		book.lines = nil
		if status, p, answer := ask(t, handler, tt.method, "/api/v1"+tt.path, tt.who, "en", tt.sent); status != p.Status || !slices.Equal(book.lines, tt.want) {
			t.Errorf("%s: %d %s, noted %q; want %q", tt.name, status, answer, book.lines, tt.want)
		}
	}
}

// allAccounts lets a fake leave methods out whose interface has a method of its own name.
type allAccounts interface{ adminapi.Accounts }

// accounts saves what has a name that it knows, and writes the line about it.
type accounts struct {
	allAccounts
	book *notebook
}

func (a *accounts) SaveAccount(ctx context.Context, who adminapi.Caller, in adminapi.Account) (adminapi.Account, error) {
	if in.Revision != 1 {
		return in, problem.Refuse(problem.Stale)
	}
	return in, a.book.Note(ctx, who.Record())
}

func TestWhoWritesTheLineWithWhatChangedIsNotNotedTwice(t *testing.T) {
	t.Parallel()
	book := &notebook{}
	_, handler := setup(t, adminapi.Services{Accounts: &accounts{book: book}, Audit: book})
	for body, want := range map[string]string{
		`{"name":"main","provider":"x","settings":{},"limits":{"per_second":1,"per_day":1,"per_phone_per_day":1},"revision":1}`: "u accounts.put-account main done",
		`{"name":"main","provider":"x","settings":{},"limits":{"per_second":1,"per_day":1,"per_phone_per_day":1},"revision":2}`: "u accounts.put-account main refused: stale",
	} {
		book.lines = nil
		status, _, answer := ask(t, handler, http.MethodPut, "/api/v1/accounts/main", "admin", "en", body)
		if !slices.Equal(book.lines, []string{want}) {
			t.Errorf("%d %s, noted %q; want %q", status, answer, book.lines, want)
		}
	}
}

func TestWhatCannotBeNotedIsNotDone(t *testing.T) {
	t.Parallel()
	book, people := &notebook{full: &problem.Refusal{Code: problem.AuditUnavailable, Cause: errors.New("disk full")}}, &contacts{}
	_, handler := setup(t, adminapi.Services{Contacts: people, Audit: book})
	for _, path := range []string{"/api/v1/contacts/01C", "/api/v1/contacts/01C/reveal"} {
		method := http.MethodDelete
		if path != "/api/v1/contacts/01C" {
			method = http.MethodPost
		}
		status, p, answer := ask(t, handler, method, path, "owner fresh", "en", "")
		if status != http.StatusServiceUnavailable || p.Code != problem.AuditUnavailable {
			t.Errorf("%s %s: %d %s", method, path, status, answer)
		}
	}
	if len(people.erased) != 0 {
		t.Errorf("erased %v without a line about it", people.erased)
	}
}
