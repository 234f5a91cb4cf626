package guard_test

import (
	"slices"
	"testing"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/problem"
)

func TestALockedUserIsOutAtOnceAndComesBackWhenUnlocked(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.user(t, "olga", access.Owner)
	oleg := s.user(t, "oleg", access.Admin)
	_, who := s.enter(t, "olga")
	entry, _ := s.enter(t, "oleg")
	locked, err := s.LockUser(t.Context(), who, oleg.ID, true)
	must(t, err)
	if !locked.Locked() || !locked.LockedAt.Equal(s.clock.Now()) {
		t.Errorf("locked since %s", locked.LockedAt)
	}
	_, err = s.sessionOf(t, entry.Secret)
	refused(t, "a session of who is locked", err, problem.LoginRequired)
	login := func(password string) error {
		_, err := s.Login(t.Context(), from("192.0.2.1"), access.Login{Name: "oleg", Password: password, Device: entry.Device})
		return err
	}
	refused(t, "the right password", login(good), problem.UserLocked)
	refused(t, "a guess, which is told nothing", login(other), problem.LoginWrong)
	_, err = s.SetPassword(t.Context(), who, "oleg", other, false)
	must(t, err)
	refused(t, "a new password, which does not unlock", login(other), problem.UserLocked)
	_, err = s.LockUser(t.Context(), who, "oleg", false)
	must(t, err)
	must(t, login(other))

	page, _, err := s.Records(t.Context(), access.RecordFilter{Object: "oleg", Limit: 500})
	must(t, err)
	var lines []string
	for _, r := range slices.Backward(page) {
		line := r.Actor + " " + r.Action + " " + r.Outcome
		for _, c := range r.Changes {
			line += " " + c.Field + " " + c.Old + " " + c.New
		}
		lines = append(lines, line)
	}
	if want := []string{
		"console user.add done", "oleg session.login done", "olga user.lock done locked false true", "oleg session.login refused: user_locked",
		"oleg session.login refused: login_wrong", "olga user.password done", "oleg session.login refused: user_locked",
		"olga user.unlock done locked true false", "oleg session.login done",
	}; !slices.Equal(lines, want) {
		t.Errorf("the audit log has\n%q, want\n%q", lines, want)
	}
}

func TestWhoCannotBeLocked(t *testing.T) {
	t.Parallel()
	s := setup(t)
	olga, oleg := s.user(t, "olga", access.Owner), s.user(t, "oleg", access.Owner)
	_, who := s.enter(t, "olga")
	tests := []struct {
		name   string
		who    access.Call
		ref    string
		locked bool
		want   problem.Code // empty: it is done
		lines  int
	}{
		{"oneself", who, olga.ID, true, problem.LockSelf, 1},
		{"nobody", who, "anna", true, problem.NoSuchThing, 1},
		{"one of two owners", who, oleg.ID, true, "", 1},
		{"who is locked already", who, "oleg", true, "", 0},
		{"the last owner who may sign in, at the console", boss(), "olga", true, problem.LastOwner, 1},
		{"the locked one unlocked", boss(), "oleg", false, "", 1},
		{"who is not locked unlocked", boss(), "oleg", false, "", 0},
	}
	for _, tt := range tests {
		before := len(s.log(t))
		_, err := s.LockUser(t.Context(), tt.who, tt.ref, tt.locked)
		if tt.want == "" {
			must(t, err)
		} else {
			refused(t, tt.name, err, tt.want)
		}
		if got := len(s.log(t)) - before; got != tt.lines {
			t.Errorf("%s: %d new lines in the audit log, want %d", tt.name, got, tt.lines)
		}
	}
}
