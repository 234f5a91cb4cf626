package storetest

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

// line is what the audit log says about a change of a case.
func line(action string) access.Record {
	call := access.Call{Principal: access.Principal{Kind: access.KindUser, ID: "01BOSS", Name: "boss", Session: "01S"}, From: "192.0.2.7"}
	return call.Record(action, "thing")
}

// actions lists what the audit log says, oldest first.
func (b *bench) actions(t *testing.T) []string {
	t.Helper()
	page, _, err := b.Records(t.Context(), access.RecordFilter{Limit: 500})
	must(t, err)
	var all []string
	for _, r := range page {
		all = append(all, r.Action)
	}
	slices.Reverse(all)
	return all
}

func (b *bench) addUser(t *testing.T, name string, role access.Role) access.User {
	t.Helper()
	u, err := b.AddUser(t.Context(), access.User{Name: name, Role: role, Language: "ru", Password: "hash of " + name}, false, line("user.add"))
	must(t, err)
	return u
}

func userCases() map[string]func(*testing.T, *bench) {
	return map[string]func(*testing.T, *bench){
		"a user is found by ID and by name, whatever the letter case": func(t *testing.T, b *bench) {
			want := b.addUser(t, " Ольга ", access.Owner)
			for _, ref := range []string{want.ID, "ольга", "ОЛЬГА ", "Ольга"} {
				got, err := b.FindUser(t.Context(), ref)
				must(t, err)
				if got == nil {
					t.Fatalf("FindUser(%q): nobody", ref)
				}
				if diff := cmp.Diff(want, *got); diff != "" {
					t.Errorf("FindUser(%q) (-want +got):\n%s", ref, diff)
				}
			}
			if got, err := b.FindUser(t.Context(), "oleg"); err != nil || got != nil {
				t.Errorf("FindUser of nobody: %v, %v", got, err)
			}
			if want.Name != "Ольга" || want.Revision != 1 || !want.CreatedAt.Equal(b.now()) {
				t.Errorf("the user is %+v", want)
			}
		},
		"a name is given once": func(t *testing.T, b *bench) {
			b.addUser(t, "olga", access.Owner)
			_, err := b.AddUser(t.Context(), access.User{Name: "OLGA", Role: access.Viewer, Password: "p"}, false, line("user.add"))
			if !errors.Is(err, store.ErrTaken) {
				t.Errorf("a second user of the name: %v, want taken", err)
			}
			oleg := b.addUser(t, "oleg", access.Viewer)
			oleg.Name = "Olga"
			if _, err := b.ChangeUser(t.Context(), access.UserChange{User: oleg, Record: line("user.change")}); !errors.Is(err, store.ErrTaken) {
				t.Errorf("a change to a name in use: %v, want taken", err)
			}
			if got := b.actions(t); !slices.Equal(got, []string{"user.add", "user.add"}) {
				t.Errorf("the audit log tells of %v, want the two that were done", got)
			}
		},
		"only one user is the first": func(t *testing.T, b *bench) {
			var wg sync.WaitGroup
			results := make([]error, 8)
			for i := range results {
				wg.Go(func() {
					_, results[i] = b.AddUser(t.Context(), access.User{Name: nextName(), Role: access.Owner, Password: "p"}, true, line("setup"))
				})
			}
			wg.Wait()
			done := 0
			for _, err := range results {
				if err == nil {
					done++
				} else if !errors.Is(err, store.ErrNotAllowed) {
					t.Errorf("a later first user: %v, want not allowed", err)
				}
			}
			if users, err := b.Users(t.Context()); err != nil || done != 1 || len(users) != 1 {
				t.Errorf("%d were the first, %d users, %v; want one", done, len(users), err)
			}
		},
		"of two who change a user at once the second is told": func(t *testing.T, b *bench) {
			b.addUser(t, "boss", access.Owner)
			seen := b.addUser(t, "olga", access.Viewer)
			b.clock.pass(time.Minute)
			first := seen
			first.Role = access.Operator
			changed, err := b.ChangeUser(t.Context(), access.UserChange{User: first, Record: line("user.change")})
			must(t, err)
			if changed.Revision != 2 || changed.Role != access.Operator || !changed.UpdatedAt.Equal(b.now()) || !changed.CreatedAt.Equal(seen.CreatedAt) {
				t.Errorf("changed to %+v", changed)
			}
			second := seen
			second.Language = "en"
			if _, err := b.ChangeUser(t.Context(), access.UserChange{User: second, Record: line("user.change")}); !errors.Is(err, store.ErrStale) {
				t.Errorf("the second change: %v, want stale", err)
			}
			if err := b.RemoveUser(t.Context(), seen.ID, seen.Revision, line("user.remove")); !errors.Is(err, store.ErrStale) {
				t.Errorf("a removal of what was not seen: %v, want stale", err)
			}
		},
		"the last owner stays one": func(t *testing.T, b *bench) {
			boss := b.addUser(t, "boss", access.Owner)
			b.addUser(t, "olga", access.Admin)
			lower := boss
			lower.Role = access.Admin
			if _, err := b.ChangeUser(t.Context(), access.UserChange{User: lower, Record: line("user.change")}); !errors.Is(err, store.ErrLastOwner) {
				t.Errorf("a lower role for the last owner: %v, want last owner", err)
			}
			if err := b.RemoveUser(t.Context(), boss.ID, boss.Revision, line("user.remove")); !errors.Is(err, store.ErrLastOwner) {
				t.Errorf("removing the last owner: %v, want last owner", err)
			}
			second := b.addUser(t, "chef", access.Owner)
			must(t, b.RemoveUser(t.Context(), boss.ID, boss.Revision, line("user.remove")))
			if err := b.RemoveUser(t.Context(), second.ID, second.Revision, line("user.remove")); !errors.Is(err, store.ErrLastOwner) {
				t.Errorf("removing the owner who is left: %v, want last owner", err)
			}
		},
		"a locked user does not sign in, and does when unlocked": func(t *testing.T, b *bench) {
			b.addUser(t, "boss", access.Owner)
			u := b.addUser(t, "olga", access.Owner)
			b.signIn(t, u, "device")
			u.LockedAt = b.now()
			u, err := b.ChangeUser(t.Context(), access.UserChange{User: u, EndAll: true, Record: line("user.lock")})
			must(t, err)
			stored, err := b.FindUser(t.Context(), u.ID)
			must(t, err)
			if !stored.Locked() || !stored.LockedAt.Equal(b.now()) || len(b.alive(t, u)) != 0 {
				t.Errorf("locked since %s with %d sessions, want %s and none", stored.LockedAt, len(b.alive(t, u)), b.now())
			}
			enter := func() error {
				return second(b.AddSession(t.Context(), access.SignIn{Session: b.session(u, "hash "+nextName()), Password: u.Password, Record: line("session.login")}))
			}
			if err := enter(); !errors.Is(err, store.ErrStale) {
				t.Errorf("a sign-in of who is locked: %v, want stale", err)
			}
			u.LockedAt = time.Time{}
			u, err = b.ChangeUser(t.Context(), access.UserChange{User: u, Record: line("user.unlock")})
			must(t, err)
			must(t, enter())
		},
		"an owner who is locked is none": func(t *testing.T, b *bench) {
			boss := b.addUser(t, "boss", access.Owner)
			locked := b.addUser(t, "olga", access.Owner)
			locked.LockedAt = b.now()
			locked, err := b.ChangeUser(t.Context(), access.UserChange{User: locked, Record: line("user.lock")})
			must(t, err)
			lower, shut := boss, boss
			lower.Role, shut.LockedAt = access.Admin, b.now()
			for what, u := range map[string]access.User{"a lower role for": lower, "locking": shut} {
				if _, err := b.ChangeUser(t.Context(), access.UserChange{User: u, Record: line("user.change")}); !errors.Is(err, store.ErrLastOwner) {
					t.Errorf("%s the only owner who may sign in: %v, want last owner", what, err)
				}
			}
			if err := b.RemoveUser(t.Context(), boss.ID, boss.Revision, line("user.remove")); !errors.Is(err, store.ErrLastOwner) {
				t.Errorf("removing the only owner who may sign in: %v, want last owner", err)
			}
			must(t, b.RemoveUser(t.Context(), locked.ID, locked.Revision, line("user.remove")))
		},
		"who is removed is gone with sessions and codes": func(t *testing.T, b *bench) {
			b.addUser(t, "boss", access.Owner)
			u := b.addUser(t, "olga", access.Viewer)
			s := b.signIn(t, u, "device")
			u, err := b.ChangeUser(t.Context(), access.UserChange{User: u, Codes: []string{"c1", "c2"}, Record: line("totp.on")})
			must(t, err)
			must(t, b.RemoveUser(t.Context(), u.ID, u.Revision, line("user.remove")))
			if found, _, err := b.FindSession(t.Context(), s.Hash); err != nil || found != nil {
				t.Errorf("the session of who is gone: %+v, %v", found, err)
			}
			if n, err := b.RecoveryCodes(t.Context(), u.ID); err != nil || n != 0 {
				t.Errorf("%d recovery codes are left, %v", n, err)
			}
			if err := b.RemoveUser(t.Context(), u.ID, u.Revision, line("user.remove")); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("a second removal: %v, want not found", err)
			}
		},
		"a change keeps what signing in wrote meanwhile": func(t *testing.T, b *bench) {
			u := b.addUser(t, "olga", access.Owner)
			must(t, second(b.AddSession(t.Context(), access.SignIn{Session: b.session(u, "s1"), Password: u.Password, Step: 900, Record: line("session.login")})))
			u.Language = "en"
			changed, err := b.ChangeUser(t.Context(), access.UserChange{User: u, Record: line("user.change")})
			must(t, err)
			stored, err := b.FindUser(t.Context(), u.ID)
			must(t, err)
			if changed.TOTPStep != 900 || stored.TOTPStep != 900 || !stored.SeenAt.Equal(b.now()) {
				t.Errorf("after the change: step %d, seen %s", stored.TOTPStep, stored.SeenAt)
			}
		},
	}
}

// second drops a call's value.
func second[T any](_ T, err error) error { return err }
