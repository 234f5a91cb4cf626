package storetest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

func settingCases() map[string]func(*testing.T, *bench) {
	return map[string]func(*testing.T, *bench){
		"a setting that was never saved has revision 0": func(t *testing.T, b *bench) {
			s, err := b.Setting(t.Context(), "notifications")
			must(t, err)
			if s.Revision != 0 || s.Doc != nil || s.Name != "notifications" {
				t.Errorf("got %+v", s)
			}
		},
		"a saved setting survives a restart with who and when": func(t *testing.T, b *bench) {
			for i, doc := range []string{`{"enabled":true}`, `{"enabled":false}`} {
				revision, err := b.SaveSetting(t.Context(), store.Setting{Name: "notifications", Doc: []byte(doc), Revision: int64(i), UpdatedBy: "anna"}, line("settings.put"))
				must(t, err)
				if revision != int64(i+1) {
					t.Errorf("revision %d, want %d", revision, i+1)
				}
			}
			b.restart(t)
			s, err := b.Setting(t.Context(), "notifications")
			must(t, err)
			if string(s.Doc) != `{"enabled":false}` || s.Revision != 2 || s.UpdatedBy != "anna" || !s.UpdatedAt.Equal(b.now()) {
				t.Errorf("got %+v, %s", s, s.Doc)
			}
			if other, err := b.Setting(t.Context(), "restaurants"); err != nil || other.Revision != 0 {
				t.Errorf("another setting: %+v, %v, want it untouched", other, err)
			}
		},
		"the second of two who read the same is refused": func(t *testing.T, b *bench) {
			for _, seen := range []int64{0, 1} {
				_, err := b.SaveSetting(t.Context(), store.Setting{Name: "s", Doc: []byte("first"), Revision: seen}, line("settings.put"))
				must(t, err)
				if _, err := b.SaveSetting(t.Context(), store.Setting{Name: "s", Doc: []byte("second"), Revision: seen}, line("settings.put")); !errors.Is(err, store.ErrStale) {
					t.Errorf("second save of revision %d: %v, want stale", seen, err)
				}
			}
			if s, err := b.Setting(t.Context(), "s"); err != nil || string(s.Doc) != "first" || s.Revision != 2 {
				t.Errorf("got %+v, %v, want the first one's", s, err)
			}
		},
		"of many who save at once one wins": func(t *testing.T, b *bench) {
			wonOnce(t, func(i int) error {
				_, err := b.SaveSetting(t.Context(), store.Setting{Name: "s", Doc: fmt.Appendf(nil, "%d", i)}, line("settings.put"))
				return err
			}, store.ErrStale)
		},
	}
}

// wonOnce runs save from many sides at once: one must do, the others must be refused as want.
func wonOnce(t *testing.T, save func(i int) error, want store.Kind) {
	t.Helper()
	var all sync.WaitGroup
	var won atomic.Int32
	for i := range 16 {
		all.Go(func() {
			switch err := save(i); {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, want):
				t.Errorf("got %v, want %v", err, want)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 {
		t.Errorf("%d won, want one", won.Load())
	}
}

func accountCases() map[string]func(*testing.T, *bench) {
	account := func(name string) store.Account {
		return store.Account{Name: name, Provider: "smsru", Settings: []byte{1, 0, 255}, Limits: []byte(`{}`), UpdatedBy: "anna"}
	}
	return map[string]func(*testing.T, *bench){
		"accounts are listed oldest first, as they were kept": func(t *testing.T, b *bench) {
			for _, name := range []string{"zulu", "alfa"} {
				_, err := b.SaveAccount(t.Context(), account(name), line("accounts.put"))
				must(t, err)
				b.clock.pass(time.Second)
			}
			b.restart(t)
			all, err := b.Accounts(t.Context())
			must(t, err)
			if len(all) != 2 || all[0].Name != "zulu" || all[1].Name != "alfa" {
				t.Fatalf("got %+v", all)
			}
			got := all[0]
			if string(got.Settings) != string([]byte{1, 0, 255}) || got.Provider != "smsru" || got.Revision != 1 || got.UpdatedBy != "anna" || !got.CreatedAt.Before(b.now()) {
				t.Errorf("got %+v", got)
			}
		},
		"an account's name is taken once": func(t *testing.T, b *bench) {
			wonOnce(t, func(int) error {
				_, err := b.SaveAccount(t.Context(), account("main"), line("accounts.put"))
				return err
			}, store.ErrTaken)
		},
		"a stale change of an account is refused": func(t *testing.T, b *bench) {
			a := account("main")
			_, err := b.SaveAccount(t.Context(), a, line("accounts.put"))
			must(t, err)
			a.Revision, a.Settings = 1, []byte("new")
			revision, err := b.SaveAccount(t.Context(), a, line("accounts.put"))
			must(t, err)
			if revision != 2 {
				t.Errorf("revision %d, want 2", revision)
			}
			a.Settings = []byte("stale")
			if _, err := b.SaveAccount(t.Context(), a, line("accounts.put")); !errors.Is(err, store.ErrStale) {
				t.Errorf("got %v, want stale", err)
			}
			a.Revision, a.Provider = 2, "smsc"
			if _, err := b.SaveAccount(t.Context(), a, line("accounts.put")); !errors.Is(err, store.ErrStale) {
				t.Errorf("another provider: got %v, want it refused", err)
			}
			if all, err := b.Accounts(t.Context()); err != nil || string(all[0].Settings) != "new" {
				t.Errorf("got %+v, %v", all, err)
			}
			must(t, b.DropAccount(t.Context(), "main", line("accounts.delete")))
			if _, err := b.SaveAccount(t.Context(), a, line("accounts.put")); !errors.Is(err, store.ErrStale) {
				t.Errorf("a change of what is gone: %v, want stale", err)
			}
		},
		"an account stays while texts of its are queued or on their way": func(t *testing.T, b *bench) {
			_, err := b.SaveAccount(t.Context(), account("main"), line("accounts.put"))
			must(t, err)
			if err := b.DropAccount(t.Context(), "nobody", line("accounts.delete")); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("nobody: got %v", err)
			}
			m := b.queued(t)
			if names, err := b.QueuedAccounts(t.Context()); err != nil || len(names) != 1 || names[0] != "main" {
				t.Errorf("queued for %v, %v, want main", names, err)
			}
			if err := b.DropAccount(t.Context(), "main", line("accounts.delete")); !errors.Is(err, store.ErrInUse) {
				t.Errorf("queued: got %v, want in use", err)
			}
			claimed, attempts, err := b.ClaimMessages(t.Context(), "main", 1, b.now())
			must(t, err)
			if err := b.DropAccount(t.Context(), "main", line("accounts.delete")); !errors.Is(err, store.ErrInUse) {
				t.Errorf("sending: got %v, want in use", err)
			}
			end := b.now()
			attempts[0].EndedAt, attempts[0].Outcome = &end, &message.Outcome{ID: m.ID, Accepted: &message.Acceptance{}}
			must(t, b.FinishAttempts(t.Context(), []message.Finished{{Attempt: attempts[0], Next: message.Next(claimed[0], *attempts[0].Outcome, end, 0)}}))
			must(t, b.DropAccount(t.Context(), "main", line("accounts.delete")))
			if names, err := b.QueuedAccounts(t.Context()); err != nil || len(names) != 0 {
				t.Errorf("queued for %v, %v, want nobody", names, err)
			}
		},
	}
}
