package guard_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/guard"
	"github.com/orderbell/orderbell/gateway/internal/problem"
)

func TestWhoSignsInIsKnownByTheSecretAndByNothingElse(t *testing.T) {
	t.Parallel()
	s := setup(t)
	u := s.user(t, "Ольга", access.Operator)
	entry, err := s.Login(t.Context(), from("192.0.2.1"), access.Login{Name: " ОЛЬГА", Password: good})
	must(t, err)
	who, err := s.Identify(t.Context(), guard.Credentials{Session: entry.Secret})
	must(t, err)
	if who.Kind != access.KindUser || who.ID != u.ID || who.Name != "Ольга" || who.Role != access.Operator || who.Session != entry.Session.ID || !who.Fresh {
		t.Errorf("the caller is %+v", who)
	}
	for _, secret := range []string{entry.Session.ID, entry.Session.Hash, entry.Device, access.NewToken(), "", u.ID, entry.Secret + "x", strings.ToUpper(entry.Secret)} {
		got, err := s.Identify(t.Context(), guard.Credentials{Session: secret})
		if got.Kind != "" || (secret != "" && err == nil) {
			t.Errorf("the secret %q: %+v, %v; want nobody", secret, got, err)
		}
	}
	if none, err := s.Identify(t.Context(), guard.Credentials{}); err != nil || none.Kind != "" {
		t.Errorf("without credentials: %+v, %v", none, err)
	}
}

func TestEachSignInHasASessionOfItsOwn(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.user(t, "olga", access.Owner)
	first, _ := s.enter(t, "olga")
	second, _ := s.enter(t, "olga")
	if first.Secret == second.Secret || first.Session.ID == second.Session.ID {
		t.Error("two sign-ins share a session: who planted one would be signed in")
	}
	planted, err := s.Login(t.Context(), from("192.0.2.1"), access.Login{Name: "olga", Password: good, Device: "planted"})
	must(t, err)
	if planted.Device == "planted" {
		t.Error("a device's secret that somebody chose was taken")
	}
}

func TestASessionDies(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.user(t, "boss", access.Owner)
	u := s.user(t, "olga", access.Viewer)
	dead := func(what, secret string) {
		t.Helper()
		_, err := s.Identify(t.Context(), guard.Credentials{Session: secret})
		refused(t, what, err, problem.LoginRequired)
	}
	entry, _ := s.enter(t, "olga")
	s.clock.pass(access.SessionIdle)
	dead("idle for half a day", entry.Secret)

	entry, _ = s.enter(t, "olga")
	for range int(access.SessionLife / (6 * time.Hour)) {
		s.clock.pass(6 * time.Hour)
		if _, err := s.Identify(t.Context(), guard.Credentials{Session: entry.Secret}); err != nil && s.clock.Now().Before(entry.Session.CreatedAt.Add(access.SessionLife)) {
			t.Fatalf("used all the time, %s old: %v", s.clock.Now().Sub(entry.Session.CreatedAt), err)
		}
	}
	dead("used all the time, a month old", entry.Secret)

	entry, who := s.enter(t, "olga")
	must(t, s.Logout(t.Context(), who))
	dead("signed out", entry.Secret)
	must(t, s.Logout(t.Context(), who))

	entry, _ = s.enter(t, "olga")
	_, err := s.ChangeUser(t.Context(), boss(), u.ID, access.UserForm{Name: "olga", Role: access.Operator, Language: "ru", Revision: 1})
	must(t, err)
	dead("of somebody with another role now", entry.Secret)

	entry, _ = s.enter(t, "olga")
	_, err = s.SetPassword(t.Context(), boss(), "olga", other, false)
	must(t, err)
	dead("of somebody with another password now", entry.Secret)

	login, err := s.Login(t.Context(), from("192.0.2.1"), access.Login{Name: "olga", Password: other})
	must(t, err)
	must(t, s.RemoveUser(t.Context(), boss(), u.ID, 0))
	dead("of somebody who was removed", login.Secret)
}

func TestSignedOutEverywhereElse(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.user(t, "olga", access.Owner)
	stolen, _ := s.enter(t, "olga")
	kept, who := s.enter(t, "olga")
	all, err := s.Sessions(t.Context(), who)
	if err != nil || len(all) != 2 {
		t.Fatalf("sessions %+v, %v", all, err)
	}
	must(t, s.EndSessions(t.Context(), who))
	_, err = s.Identify(t.Context(), guard.Credentials{Session: stolen.Secret})
	refused(t, "the stolen session", err, problem.LoginRequired)
	s.as(t, kept.Secret)

	third, _ := s.enter(t, "olga")
	must(t, s.EndSession(t.Context(), who, third.Session.ID))
	_, err = s.Identify(t.Context(), guard.Credentials{Session: third.Secret})
	refused(t, "the session that was ended by its ID", err, problem.LoginRequired)
	s.user(t, "oleg", access.Viewer)
	_, oleg := s.enter(t, "oleg")
	refused(t, "ending somebody else's", s.EndSession(t.Context(), oleg, kept.Session.ID), problem.NoSuchThing)
}

func TestThePasswordOpensDangerousActsForFiveMinutes(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.user(t, "olga", access.Owner)
	entry, who := s.enter(t, "olga")
	s.clock.pass(access.FreshFor)
	if s.as(t, entry.Secret).Fresh {
		t.Error("five minutes later it is still fresh")
	}
	refused(t, "a wrong password", s.Confirm(t.Context(), who, other), problem.PasswordWrong)
	must(t, s.Confirm(t.Context(), who, good))
	if !s.as(t, entry.Secret).Fresh {
		t.Error("the password did not make it fresh")
	}
	for range 10 {
		_ = s.Confirm(t.Context(), who, other)
	}
	refused(t, "guessing with a stolen session", s.Confirm(t.Context(), who, good), problem.LoginThrottled)
	key := access.Call{Principal: access.Principal{Kind: access.KindKey, ID: who.ID, Session: who.Session}}
	refused(t, "an API key", s.Confirm(t.Context(), key, good), problem.NotAllowed)
}

// attacker guesses and keeps count. Every password is wrong.
type attacker struct {
	s       *stand
	looked  []time.Time // of tries that were let through to the password
	waiting int
}

func (a *attacker) guess(t *testing.T, name, address string) {
	t.Helper()
	_, err := a.s.Login(t.Context(), from(address), access.Login{Name: name, Password: "guess"})
	switch {
	case isCode(err, problem.LoginWrong):
		a.looked = append(a.looked, a.s.clock.Now())
	case isCode(err, problem.LoginThrottled):
		a.waiting++
	default:
		t.Fatalf("a guess: %v", err)
	}
}

// densest is the greatest number of looks within a time.
func (a *attacker) densest(within time.Duration) int {
	most := 0
	for i := range a.looked {
		n := 0
		for _, at := range a.looked[i:] {
			if at.Sub(a.looked[i]) < within {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

func isCode(err error, code problem.Code) bool {
	got, ok := errors.AsType[*problem.Refusal](err)
	return ok && got.Code == code
}

// TestBruteForce guesses once each second, ten thousand times where that tells more than a thousand.
func TestBruteForce(t *testing.T) {
	t.Parallel()
	many := 10_000
	if raceDetector {
		many = 1_000
	}
	tests := []struct {
		name    string
		guesses int
		who     func(i int) (name, address string)
		inFive  int // at most so many passwords are looked at within five minutes
		atMost  int // and in all
	}{
		{"one name from one address", many, func(int) (string, string) { return "olga", "203.0.113.1" }, 5, 90},
		{"one name from 200 addresses", many, func(i int) (string, string) { return "olga", fmt.Sprintf("203.0.113.%d", i%200) }, 5, 90},
		{"one name in all spellings", 1_000, func(i int) (string, string) { return []string{"olga", "OLGA", " Olga "}[i%3], "203.0.113.1" }, 5, 20},
		{"many names from one address", 1_000, func(i int) (string, string) { return fmt.Sprintf("user%d", i), "203.0.113.1" }, 20, 80},
		{"many names from one network of IPv6", 1_000, func(i int) (string, string) { return fmt.Sprintf("user%d", i), fmt.Sprintf("2001:db8:0:1::%x", i) }, 20, 80},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := setup(t)
			s.user(t, "olga", access.Owner)
			known, _ := s.enter(t, "olga")
			a := &attacker{s: s}
			for i := range tt.guesses {
				name, address := tt.who(i)
				a.guess(t, name, address)
				s.clock.pass(time.Second)
			}
			if len(a.looked)+a.waiting != tt.guesses || a.densest(5*time.Minute) > tt.inFive || len(a.looked) > tt.atMost || len(a.looked) < tt.inFive {
				t.Errorf("%d passwords were looked at, %d within five minutes; want at most %d and %d", len(a.looked), a.densest(5*time.Minute), tt.atMost, tt.inFive)
			}
			if _, err := s.Login(t.Context(), from("203.0.113.1"), access.Login{Name: "olga", Password: good, Device: known.Device}); err != nil {
				t.Errorf("the owner, from a device that is known: %v", err)
			}
		})
	}
}

func TestAKnownDeviceIsNoWayToGuess(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.user(t, "olga", access.Owner)
	s.user(t, "oleg", access.Viewer)
	known, _ := s.enter(t, "olga")
	a := &attacker{s: s}
	for range 200 {
		_, err := s.Login(t.Context(), from("203.0.113.1"), access.Login{Name: "olga", Password: "guess", Device: known.Device})
		if isCode(err, problem.LoginWrong) {
			a.looked = append(a.looked, s.clock.Now())
		}
		s.clock.pass(time.Second)
	}
	if n := a.densest(5 * time.Minute); n != 10 {
		t.Errorf("%d guesses within five minutes by a stolen device, want 10", n)
	}
	// For another name it is no known device.
	looked := 0
	for range 50 {
		_, err := s.Login(t.Context(), from("203.0.113.2"), access.Login{Name: "oleg", Password: "guess", Device: known.Device})
		if isCode(err, problem.LoginWrong) {
			looked++
		}
	}
	if looked != 5 {
		t.Errorf("%d guesses at another name, want 5", looked)
	}
}

func TestARestartAndGoodSignInsElsewhereForgiveNobody(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.user(t, "olga", access.Owner)
	s.user(t, "mallory", access.Viewer)
	a := &attacker{s: s}
	for i := range 60 { // one of its own good sign-ins after each guess
		a.guess(t, fmt.Sprintf("user%d", i), "203.0.113.1")
		_, _ = s.Login(t.Context(), from("203.0.113.1"), access.Login{Name: "mallory", Password: good})
	}
	if len(a.looked) > 20 {
		t.Errorf("%d passwords were looked at, want 20: good sign-ins of one name paid for guesses at others", len(a.looked))
	}
	again := guard.New(guard.Options{Store: s.db, Sealer: plainSealer{}, Now: s.clock.Now})
	_, err := again.Login(t.Context(), from("203.0.113.1"), access.Login{Name: "olga", Password: "guess"})
	refused(t, "after a restart", err, problem.LoginThrottled)
}

func TestGuessesAtTheSameTimeAreCountedOneByOne(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.user(t, "olga", access.Owner)
	var wg sync.WaitGroup
	var mu sync.Mutex
	looked := 0
	for i := range 60 {
		wg.Go(func() {
			_, err := s.Login(t.Context(), from(fmt.Sprintf("203.0.113.%d", i)), access.Login{Name: "olga", Password: "guess"})
			mu.Lock()
			defer mu.Unlock()
			if isCode(err, problem.LoginWrong) {
				looked++
			}
		})
	}
	wg.Wait()
	if looked != 5 {
		t.Errorf("%d passwords of 60 at once were looked at, want 5", looked)
	}
}

// TestNamesCannotBeFoundOut compares what a stranger is told, and how long it takes, for a name that
// there is and one that there is not.
func TestNamesCannotBeFoundOut(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.user(t, "olga", access.Owner)
	took := map[string][]time.Duration{}
	said := map[string][]string{}
	for i := range 12 { // more than the limit, so that the throttled answers are compared too
		for _, name := range []string{"olga", "nobody"} {
			start := time.Now()
			_, err := s.Login(t.Context(), from(fmt.Sprintf("203.0.113.%d", i)), access.Login{Name: name, Password: "guess at it"})
			if isCode(err, problem.LoginWrong) {
				took[name] = append(took[name], time.Since(start))
			}
			said[name] = append(said[name], err.Error())
		}
	}
	if !slices.Equal(said["olga"], said["nobody"]) {
		t.Errorf("answers differ:\n%v\n%v", said["olga"], said["nobody"])
	}
	there, not := slices.Min(took["olga"]), slices.Min(took["nobody"])
	if there > 3*not || not > 3*there {
		t.Errorf("a name that there is takes %s, another %s", there, not)
	}
}

func TestALongPasswordIsNoBurdenAndNoPassword(t *testing.T) {
	t.Parallel()
	s := setup(t)
	long := strings.Repeat("copper violin ", 9) // 126 characters
	_, err := s.AddUser(t.Context(), boss(), access.UserForm{Name: "olga", Role: access.Owner, Password: long})
	must(t, err)
	for _, wrong := range []string{long + "xyz", strings.Repeat("x", 1<<20), long + long} {
		_, err := s.Login(t.Context(), from("192.0.2.1"), access.Login{Name: "olga", Password: wrong})
		refused(t, fmt.Sprintf("a password of %d bytes", len(wrong)), err, problem.LoginWrong)
	}
	_, err = s.Login(t.Context(), from("192.0.2.1"), access.Login{Name: "olga", Password: long})
	must(t, err)
}

func TestOneLetterInTwoSpellingsIsOneLetter(t *testing.T) {
	t.Parallel()
	s := setup(t)
	_, err := s.AddUser(t.Context(), boss(), access.UserForm{Name: "olga", Role: access.Owner, Password: "тихий йод и чай"})
	must(t, err)
	_, err = s.Login(t.Context(), from("192.0.2.1"), access.Login{Name: "olga", Password: "тихий йод и чай"})
	must(t, err)
}

func TestAFailureIsWrittenDownWithoutWhatWasTyped(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.user(t, "olga", access.Owner)
	const typed = "my secret password in the wrong field"
	_, err := s.Login(t.Context(), from("203.0.113.1"), access.Login{Name: typed, Password: "x"})
	refused(t, "an unknown name", err, problem.LoginWrong)
	_, err = s.Login(t.Context(), from("203.0.113.1"), access.Login{Name: "olga", Password: typed})
	refused(t, "a wrong password", err, problem.LoginWrong)
	page, _, err := s.Records(t.Context(), access.RecordFilter{Action: "session"})
	must(t, err)
	text, err := json.Marshal(page)
	must(t, err)
	if strings.Contains(strings.ToLower(string(text)), typed) {
		t.Errorf("the audit log has what was typed: %s", text)
	}
	if len(page) != 2 || page[0].Object != "olga" || page[0].Outcome != "refused: login_wrong" || page[0].From != "203.0.113.1" || !strings.HasPrefix(page[1].Detail["name"], "hmac:") {
		t.Errorf("the audit log has %s", text)
	}
}

func TestWhoGaveUpWaitingIsNotCounted(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.user(t, "olga", access.Owner)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for range 20 {
		_, err := s.Login(gone, from("192.0.2.1"), access.Login{Name: "olga", Password: good})
		if err == nil {
			t.Fatal("who was gone signed in")
		}
	}
	s.enter(t, "olga")
}
