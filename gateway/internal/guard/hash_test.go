package guard

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/problem"
)

func TestAFloodOfSignInsTakesTwoPlacesAndThenWaitsNoLongerThanFiveSeconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHasher()
		for range hashAtOnce { // two hashings that never end
			if err := h.enter(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		start := time.Now()
		var wg sync.WaitGroup
		var mu sync.Mutex
		waits := map[time.Duration]int{}
		for range hashWaiting + 100 {
			wg.Go(func() {
				err := h.enter(t.Context())
				mu.Lock()
				defer mu.Unlock()
				if !isRefusal(err, problem.LoginBusy) {
					t.Errorf("a third one at the same time: %v, want busy", err)
				}
				waits[time.Since(start)]++
			})
		}
		wg.Wait()
		if waits[0] != 100 || waits[hashPatient] != hashWaiting {
			t.Errorf("refused after %v, want 100 at once and %d after %s", waits, hashWaiting, hashPatient)
		}
		h.leave()
		if err := h.enter(t.Context()); err != nil {
			t.Errorf("once a place is free: %v", err)
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if err := h.enter(gone); err == nil {
			t.Error("who is gone got a place")
		}
	})
}

func TestAHashSaysWhatItCosts(t *testing.T) {
	t.Parallel()
	h := newHasher()
	phc, err := h.hash(t.Context(), "copper violin")
	if err != nil {
		t.Fatal(err)
	}
	const cost = "$argon2id$v=19$m=19456,t=2,p=1$"
	if !strings.HasPrefix(phc, cost) || !strings.HasPrefix(h.dummy, cost) {
		t.Errorf("the hash is %s, the one for nobody %s; want both at %s", phc, h.dummy, cost)
	}
	for password, want := range map[string]bool{"copper violin": true, "copper violin ": false, "": false} {
		if same, err := h.same(t.Context(), password, phc); err != nil || same != want {
			t.Errorf("compared with %q: %v, %v", password, same, err)
		}
	}
	if same, err := h.same(t.Context(), "copper violin", ""); err != nil || same {
		t.Errorf("compared with nobody's: %v, %v", same, err)
	}
	again, err := h.hash(t.Context(), "copper violin")
	if err != nil || again == phc {
		t.Errorf("two hashes of one password are equal, %v", err)
	}
}
