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

// session is a new one of the user's, whose secret has the hash.
func (b *bench) session(u access.User, hash string) access.Session {
	return access.Session{Hash: hash, UserID: u.ID, From: "192.0.2.7", Agent: "browser", CreatedAt: b.now(), SeenAt: b.now(), ConfirmedAt: b.now()}
}

// signIn keeps a session, with a device unless that is empty.
func (b *bench) signIn(t *testing.T, u access.User, device string) access.Session {
	t.Helper()
	s, err := b.AddSession(t.Context(), access.SignIn{Session: b.session(u, "hash "+nextName()), Password: u.Password, Device: device, Record: line("session.login")})
	must(t, err)
	return s
}

// alive lists the IDs of the user's sessions.
func (b *bench) alive(t *testing.T, u access.User) []string {
	t.Helper()
	all, err := b.Sessions(t.Context(), u.ID)
	must(t, err)
	ids := []string{}
	for _, s := range all {
		ids = append(ids, s.ID)
	}
	slices.Sort(ids)
	return ids
}

func sessionCases() map[string]func(*testing.T, *bench) {
	return map[string]func(*testing.T, *bench){
		"a session is found by the hash of its secret, with its user": func(t *testing.T, b *bench) {
			u := b.addUser(t, "olga", access.Owner)
			want := b.signIn(t, u, "")
			got, user, err := b.FindSession(t.Context(), want.Hash)
			must(t, err)
			if got == nil || user == nil || user.ID != u.ID {
				t.Fatalf("found %+v of %+v", got, user)
			}
			if diff := cmp.Diff(want, *got); diff != "" {
				t.Errorf("session (-want +got):\n%s", diff)
			}
			if got, user, err := b.FindSession(t.Context(), want.ID); err != nil || got != nil || user != nil {
				t.Errorf("by its ID, which anybody may see: %+v, %v", got, err)
			}
			if !user.SeenAt.Equal(b.now()) {
				t.Errorf("the user was seen %s, want now", user.SeenAt)
			}
			page, _, err := b.Records(t.Context(), access.RecordFilter{Action: "session"})
			must(t, err)
			if len(page) != 1 || page[0].Session != want.ID {
				t.Errorf("the audit log has %+v, want the sign-in with its session", page)
			}
		},
		"a password that was changed while it was compared lets nobody in": func(t *testing.T, b *bench) {
			u := b.addUser(t, "olga", access.Owner)
			changed := u
			changed.Password = "another"
			must(t, second(b.ChangeUser(t.Context(), access.UserChange{User: changed, EndAll: true, Record: line("user.password")})))
			_, err := b.AddSession(t.Context(), access.SignIn{Session: b.session(u, "s"), Password: u.Password, Record: line("session.login")})
			if !errors.Is(err, store.ErrStale) || len(b.alive(t, u)) != 0 {
				t.Errorf("the sign-in: %v with %d sessions, want stale and none", err, len(b.alive(t, u)))
			}
		},
		"a session ends once, and only for its user": func(t *testing.T, b *bench) {
			olga, oleg := b.addUser(t, "olga", access.Owner), b.addUser(t, "oleg", access.Viewer)
			s := b.signIn(t, olga, "")
			if err := b.EndSession(t.Context(), oleg.ID, s.ID, line("session.end")); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("somebody else ends it: %v, want not found", err)
			}
			must(t, b.EndSession(t.Context(), olga.ID, s.ID, line("session.end")))
			if err := b.EndSession(t.Context(), olga.ID, s.ID, line("session.end")); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("a second end: %v, want not found", err)
			}
			must(t, b.TouchSession(t.Context(), s.ID, "192.0.2.8", b.now()))
			if len(b.alive(t, olga)) != 0 {
				t.Error("a session that was ended came back")
			}
			if err := b.ConfirmSession(t.Context(), s.ID, b.now(), line("session.confirm")); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("confirming it: %v, want not found", err)
			}
		},
		"signing out everywhere ends all but the one that is kept, and forgets the devices": func(t *testing.T, b *bench) {
			olga, oleg := b.addUser(t, "olga", access.Owner), b.addUser(t, "oleg", access.Viewer)
			kept, other := b.signIn(t, olga, "phone"), b.signIn(t, oleg, "tablet")
			b.signIn(t, olga, "laptop")
			must(t, b.EndSessions(t.Context(), olga.ID, kept.ID, line("session.end_all")))
			if got := b.alive(t, olga); !slices.Equal(got, []string{kept.ID}) {
				t.Errorf("sessions %v, want %s", got, kept.ID)
			}
			if got := b.alive(t, oleg); !slices.Equal(got, []string{other.ID}) {
				t.Errorf("sessions of somebody else %v, want %s", got, other.ID)
			}
			for device, want := range map[string]bool{"phone": false, "laptop": false} {
				if known, err := b.KnownDevice(t.Context(), device, olga.ID, b.now().Add(-time.Hour)); err != nil || known != want {
					t.Errorf("device %s is known: %v, %v", device, known, err)
				}
			}
		},
		"a change that ends sessions ends them with it": func(t *testing.T, b *bench) {
			b.addUser(t, "boss", access.Owner)
			u := b.addUser(t, "olga", access.Viewer)
			kept := b.signIn(t, u, "")
			b.signIn(t, u, "")
			u.Role = access.Admin
			must(t, second(b.ChangeUser(t.Context(), access.UserChange{User: u, EndAll: true, Keep: kept.ID, Record: line("user.change")})))
			if got := b.alive(t, u); !slices.Equal(got, []string{kept.ID}) {
				t.Errorf("sessions %v, want %s", got, kept.ID)
			}
		},
		"a device is known to its user alone, and not for ever": func(t *testing.T, b *bench) {
			olga, oleg := b.addUser(t, "olga", access.Owner), b.addUser(t, "oleg", access.Viewer)
			b.signIn(t, olga, "phone")
			known := func(u access.User) bool {
				ok, err := b.KnownDevice(t.Context(), "phone", u.ID, b.now().Add(-access.DeviceLife))
				must(t, err)
				return ok
			}
			if !known(olga) || known(oleg) {
				t.Errorf("known to its user %v, to another %v", known(olga), known(oleg))
			}
			b.clock.pass(access.DeviceLife)
			if known(olga) {
				t.Error("it is known after its time")
			}
			must(t, b.TidySessions(t.Context(), b.now()))
			if got := b.alive(t, olga); len(got) != 0 {
				t.Errorf("dead sessions were not tidied up: %v", got)
			}
		},
		"only so many devices are remembered, the latest": func(t *testing.T, b *bench) {
			u := b.addUser(t, "olga", access.Owner)
			for i := range 30 {
				b.clock.pass(time.Second)
				b.signIn(t, u, "device "+string(rune('A'+i)))
			}
			count := 0
			for i := range 30 {
				known, err := b.KnownDevice(t.Context(), "device "+string(rune('A'+i)), u.ID, b.now().Add(-time.Hour))
				must(t, err)
				if known {
					count++
				}
				if known != (i >= 10) {
					t.Errorf("device %d is known: %v", i, known)
				}
			}
			if count != 20 {
				t.Errorf("%d devices are remembered, want 20", count)
			}
		},
		"a code of the second factor serves one of many sign-ins at the same time": func(t *testing.T, b *bench) {
			u := b.addUser(t, "olga", access.Owner)
			u, err := b.ChangeUser(t.Context(), access.UserChange{User: u, Codes: []string{"code"}, Record: line("totp.on")})
			must(t, err)
			for name, in := range map[string]access.SignIn{"a time step": {Step: 1000}, "a recovery code": {Code: "code"}} {
				var wg sync.WaitGroup
				results := make([]error, 8)
				for i := range results {
					in := in
					in.Session, in.Password, in.Record = b.session(u, nextName()), u.Password, line("session.login")
					wg.Go(func() { _, results[i] = b.AddSession(t.Context(), in) })
				}
				wg.Wait()
				done := 0
				for _, err := range results {
					if err == nil {
						done++
					} else if !errors.Is(err, store.ErrNotAllowed) {
						t.Errorf("%s that is spent: %v, want not allowed", name, err)
					}
				}
				if done != 1 {
					t.Errorf("%s let %d in, want one", name, done)
				}
			}
			in := access.SignIn{Session: b.session(u, "late"), Password: u.Password, Step: 999, Record: line("session.login")}
			if _, err := b.AddSession(t.Context(), in); !errors.Is(err, store.ErrNotAllowed) {
				t.Errorf("an earlier step: %v, want not allowed", err)
			}
		},
	}
}

func tryCases() map[string]func(*testing.T, *bench) {
	five := func(key string) access.Subject {
		return access.Subject{Key: key, Limits: []access.Limit{{Tries: 5, Within: 5 * time.Minute}}}
	}
	return map[string]func(*testing.T, *bench){
		"tries at the same time cannot exceed the limit together": func(t *testing.T, b *bench) {
			var wg sync.WaitGroup
			var mu sync.Mutex
			let := 0
			for range 40 {
				wg.Go(func() {
					_, wait, err := b.BeginTry(t.Context(), []access.Subject{five("name:a")}, b.now())
					mu.Lock()
					defer mu.Unlock()
					if err == nil && wait == 0 {
						let++
					}
				})
			}
			wg.Wait()
			if let != 5 {
				t.Errorf("%d tries were let through, want 5", let)
			}
		},
		"a restart forgets no try": func(t *testing.T, b *bench) {
			for range 5 {
				_, wait, err := b.BeginTry(t.Context(), []access.Subject{five("name:a")}, b.now())
				if err != nil || wait != 0 {
					t.Fatalf("a try within the limit: wait %s, %v", wait, err)
				}
			}
			b.restart(t)
			if _, wait, err := b.BeginTry(t.Context(), []access.Subject{five("name:a")}, b.now()); err != nil || wait != 5*time.Minute {
				t.Errorf("after the restart: wait %s, %v, want 5m", wait, err)
			}
			b.clock.pass(5 * time.Minute)
			if _, wait, err := b.BeginTry(t.Context(), []access.Subject{five("name:a")}, b.now()); err != nil || wait != 0 {
				t.Errorf("after the wait: wait %s, %v", wait, err)
			}
		},
		"a try that one subject refuses counts for none": func(t *testing.T, b *bench) {
			for range 5 {
				must(t, third(b.BeginTry(t.Context(), []access.Subject{five("name:a"), five("address:x")}, b.now())))
			}
			for range 20 {
				if _, wait, err := b.BeginTry(t.Context(), []access.Subject{five("name:a"), five("address:y")}, b.now()); err != nil || wait == 0 {
					t.Fatalf("a try of a name that must wait: %s, %v", wait, err)
				}
			}
			if _, wait, err := b.BeginTry(t.Context(), []access.Subject{five("name:b"), five("address:y")}, b.now()); err != nil || wait != 0 {
				t.Errorf("another name from the second address: wait %s, %v", wait, err)
			}
		},
		"a try that did not fail is taken back, and signing in forgets those of the name": func(t *testing.T, b *bench) {
			u := b.addUser(t, "olga", access.Owner)
			for range 10 {
				id, wait, err := b.BeginTry(t.Context(), []access.Subject{five("name:a"), five("address:x")}, b.now())
				if err != nil || wait != 0 {
					t.Fatalf("a try: wait %s, %v", wait, err)
				}
				must(t, b.ForgiveTry(t.Context(), id))
			}
			for range 5 {
				must(t, third(b.BeginTry(t.Context(), []access.Subject{five("name:a"), five("address:x")}, b.now())))
			}
			must(t, second(b.AddSession(t.Context(), access.SignIn{Session: b.session(u, "s"), Password: u.Password, Forgive: []string{"name:a"}, Record: line("session.login")})))
			if _, wait, err := b.BeginTry(t.Context(), []access.Subject{five("name:a")}, b.now()); err != nil || wait != 0 {
				t.Errorf("the name after signing in: wait %s, %v", wait, err)
			}
			if _, wait, err := b.BeginTry(t.Context(), []access.Subject{five("address:x")}, b.now()); err != nil || wait == 0 {
				t.Errorf("the address after signing in: wait %s, %v, want one", wait, err)
			}
		},
	}
}

// third drops a call's two values.
func third[A, B any](_ A, _ B, err error) error { return err }
