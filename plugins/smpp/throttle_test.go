package main

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

func TestTheRateIsKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limited := newThrottle(10, time.Now)
		began := time.Now()
		for range 21 {
			if err := limited.turn(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began); took != 2*time.Second {
			t.Errorf("21 messages at 10 a second took %v, want 2 s", took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		wantReason(t, limited.turn(ctx), sdk.RateLimited)
		free := newThrottle(0, time.Now)
		for range 1000 {
			if err := free.turn(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestPausesAfterComplaintsGrow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		throttled := newThrottle(0, time.Now)
		for i, want := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60} {
			want *= time.Second
			got := throttled.complained()
			if got < want || got > want*5/4 {
				t.Errorf("complaint %d: got a pause of %v, want %v and a little", i+1, got, want)
			}
			if again := throttled.complained(); again > got {
				t.Errorf("complaint %d: one about a message of the same moment makes it %v", i+1, again)
			}
			err := throttled.turn(t.Context())
			wantReason(t, err, sdk.RateLimited)
			if f := sdk.AsFailure(err, ""); f.RetryAfter <= 0 || f.RetryAfter > got {
				t.Errorf("complaint %d: come again after %v, want the rest of %v", i+1, f.RetryAfter, got)
			}
			throttled.taken() // an answer that was on its way: the pause holds
			if !throttled.rest(t.Context()) {
				t.Error("the pause did not end")
			}
			if err := throttled.turn(t.Context()); err != nil {
				t.Errorf("after the pause: %v", err)
			}
		}
		throttled.taken()
		if got := throttled.complained(); got > 2*time.Second {
			t.Errorf("after a success: got a pause of %v, want a short one again", got)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		if throttled.rest(ctx) {
			t.Error("the pause ended with the context")
		}
	})
}
