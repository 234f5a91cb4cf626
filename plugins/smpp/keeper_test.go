package main

import (
	"context"
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/linxGnu/gosmpp/data"

	"github.com/orderbell/orderbell/sdk"
)

// trial is a keeper whose SMSC a test plays: connect says how each attempt ends, from 1.
type trial struct {
	*keeper
	attempts atomic.Int32
	at       []time.Time
	peers    []*peer
}

func tried(t *testing.T, connect func(n int) error) *trial {
	t.Helper()
	tr := &trial{}
	tr.keeper = newKeeper(environment(time.Now), time.Minute, func(context.Context) (*link, error) {
		n := int(tr.attempts.Add(1))
		tr.at = append(tr.at, time.Now())
		if err := connect(n); err != nil {
			return nil, err
		}
		ours, theirs := net.Pipe()
		wire := &counted{Conn: ours}
		tr.peers = append(tr.peers, newPeer(t, theirs))
		return newLink(environment(time.Now), wire, wire, 10, 20*time.Second, nil), nil
	})
	t.Cleanup(tr.close)
	return tr
}

var (
	errDown    = sdk.Fail(sdk.Unavailable, "nobody listens")
	errRefused = sdk.Fail(sdk.Unauthorized, "the password is wrong")
)

func TestNobodyIsCalledBeforeTheFirstUse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tr := tried(t, func(int) error { return nil })
		time.Sleep(time.Hour)
		if n := tr.attempts.Load(); n != 0 {
			t.Errorf("%d attempts to connect, want none", n)
		}
	})
}

func TestEverybodyWaitsForTheSameAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tr := tried(t, func(int) error {
			time.Sleep(3 * time.Second)
			return nil
		})
		got := make(chan *link, 10)
		for range 10 {
			go func() {
				l, err := tr.get(t.Context(), false)
				if err != nil {
					t.Error(err)
				}
				got <- l
			}()
		}
		first := <-got
		for range 9 {
			if <-got != first {
				t.Error("there are two connections")
			}
		}
		if n := tr.attempts.Load(); n != 1 {
			t.Errorf("%d attempts, want 1", n)
		}
	})
}

func TestPausesGrowAndHaveSomeChanceInThem(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tr := tried(t, func(int) error { return errDown })
		_, err := tr.get(t.Context(), false)
		wantReason(t, err, sdk.Unavailable)
		if f := sdk.AsFailure(err, ""); f.RetryAfter < pauseLeast*3/4 || f.RetryAfter > pauseLeast {
			t.Errorf("it is to be tried again after %v", f.RetryAfter)
		}
		time.Sleep(20 * time.Minute)
		tr.close()
		least := pauseLeast
		odd := false
		for i := 1; i < len(tr.at); i++ {
			pause := tr.at[i].Sub(tr.at[i-1])
			if pause < least*3/4 || pause > pauseMost {
				t.Errorf("pause %d is %v, want between %v and %v", i, pause, least*3/4, pauseMost)
			}
			odd = odd || pause%(100*time.Millisecond) != 0
			least = min(2*pause, pauseMost)
		}
		if !odd || len(tr.at) < 20 || len(tr.at) > 40 {
			t.Errorf("%d attempts in 20 minutes, chance in them: %v", len(tr.at), odd)
		}
	})
}

func TestARefusedLoginIsNotTriedAgainSoon(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tr := tried(t, func(int) error { return errRefused })
		_, err := tr.get(t.Context(), false)
		wantReason(t, err, sdk.Unauthorized)
		for range 20 { // the gateway comes again each 10 s
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			_, err = tr.get(ctx, false)
			cancel()
			wantReason(t, err, sdk.Unauthorized)
			time.Sleep(10 * time.Second)
		}
		if n := tr.attempts.Load(); n != 1 {
			t.Errorf("the wrong password was tried %d times, want once", n)
		}
		// A person who asks gets a fresh answer.
		if _, err = tr.get(t.Context(), true); tr.attempts.Load() != 2 {
			t.Errorf("got %v without an attempt", err)
		}
	})
}

func TestTheConnectionComesBackByItself(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tr := tried(t, func(n int) error {
			if n == 2 {
				return errDown
			}
			return nil
		})
		first, err := tr.get(t.Context(), false)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(30 * time.Second)
		_ = tr.peers[0].conn.Close()
		synctest.Wait()
		time.Sleep(5 * time.Second) // nobody asks for it
		if n := tr.attempts.Load(); n != 3 {
			t.Fatalf("%d attempts, want the connection, one that failed and the next", n)
		}
		second, err := tr.get(t.Context(), false)
		if err != nil || second == first {
			t.Errorf("got %v, %v, want another connection", second, err)
		}
	})
}

func TestAMessageThatMeetsAnEndedConnectionWaitsForTheNext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tr := tried(t, func(int) error { return nil })
		if _, err := tr.get(t.Context(), false); err != nil {
			t.Fatal(err)
		}
		_ = tr.peers[0].conn.Close()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if _, err := tr.get(ctx, false); err != nil || tr.attempts.Load() != 2 {
			t.Errorf("got %v after %d attempts, want the next connection", err, tr.attempts.Load())
		}
	})
}

func TestAConnectionThatHasEndedIsNotGivenOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		defer theirs.Close() //nolint:errcheck // a test's pipe
		ended := newLink(environment(time.Now), ours, &counted{Conn: ours}, 10, time.Second, nil)
		ended.end(errDown)
		k := newKeeper(environment(time.Now), time.Minute, nil)
		k.started, k.current = true, ended // the keeper has not noticed yet
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if l, err := k.get(ctx, false); err == nil {
			t.Errorf("got %v, want it to wait for the next one", l)
		}
	})
}

func TestTimeEndsWhileConnecting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tr := tried(t, func(int) error {
			time.Sleep(9 * time.Second)
			return errDown
		})
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		_, err := tr.get(ctx, false)
		wantReason(t, err, sdk.Unavailable)
	})
}

func TestClosingUnbindsAndTakesNoMore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tr := tried(t, func(int) error { return nil })
		if _, err := tr.get(t.Context(), false); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		tr.close() // the SMSC says nothing
		if took := time.Since(began); took > 500*time.Millisecond {
			t.Errorf("it took %v, want at most half a second", took)
		}
		if f := tr.peers[0].next(); f.head.CommandID != data.UNBIND {
			t.Errorf("got %#x, want unbind", uint32(f.head.CommandID))
		}
		_, err := tr.get(t.Context(), false)
		wantReason(t, err, sdk.Unavailable)
	})
}
