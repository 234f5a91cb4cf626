package main

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/orderbell/orderbell/sdk"
)

// How long nothing is sent after the SMSC said that it is too much; doubled each time in a row.
const (
	throttleLeast = time.Second
	throttleMost  = time.Minute
)

// throttle keeps the account to the rate that was set, and quiet for a while after the SMSC has
// complained. Safe for use by several goroutines.
type throttle struct {
	limit *rate.Limiter
	now   func() time.Time

	mu    sync.Mutex
	pause time.Duration // the latest one; 0: none since the last success
	until time.Time
}

func newThrottle(perSecond int, now func() time.Time) *throttle {
	t := &throttle{limit: rate.NewLimiter(rate.Inf, 1), now: now}
	if perSecond > 0 {
		t.limit = rate.NewLimiter(rate.Limit(perSecond), 1)
	}
	return t
}

// turn waits for the next place in the rate. It fails at once, and nothing is sent, while the SMSC is
// left alone or when the place comes too late for ctx.
func (t *throttle) turn(ctx context.Context) error {
	if left := t.left(); left > 0 {
		return sdk.Fail(sdk.RateLimited, "the SMSC asked for a pause").WithRetryAfter(left)
	}
	if err := t.limit.Wait(ctx); err != nil {
		return sdk.Fail(sdk.RateLimited, "the account's rate leaves no place before the call's deadline").WithRetryAfter(throttleLeast)
	}
	return nil
}

// rest waits until the pause is over; false if ctx ends first.
func (t *throttle) rest(ctx context.Context) bool {
	timer := time.NewTimer(t.left())
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (t *throttle) left() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.until.Sub(t.now())
}

// complained begins a pause, twice as long as the one before. Complaints about messages that went out
// together begin one pause together.
func (t *throttle) complained() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	if left := t.until.Sub(now); left > 0 {
		return left
	}
	t.pause = min(max(2*t.pause, throttleLeast), throttleMost)
	left := t.pause + rand.N(t.pause/4)
	t.until = now.Add(left)
	return left
}

// taken says that the SMSC has taken a message: after the pause is over the next one is short again.
func (t *throttle) taken() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.now().Before(t.until) {
		t.pause = 0
	}
}
