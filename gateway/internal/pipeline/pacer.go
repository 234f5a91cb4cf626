package pipeline

import (
	"context"
	"time"
)

// apart is the least time from one round of a loop to the next, unless the first could not take all that
// waited. Without it a loop under steady load takes up each event alone, and the price of a round, its
// reads and its commit, is paid for each: at 1,000 events/s the gateway needs a fifth more processor time,
// and the intake waits for it. A guest waits at most this much longer, and not at all in a quiet hour.
const apart = 4 * time.Millisecond

// pacer lets a loop rest until it is woken or its time has come.
type pacer struct {
	wake  func() <-chan struct{}
	now   func() time.Time // needed for rounds
	began time.Time        // of the last round
}

// round waits until apart has passed since the last round began. It returns false when ctx ended.
func (p *pacer) round(ctx context.Context) bool {
	left := min(apart-p.now().Sub(p.began), apart) // a clock that was set back must not stop the loop
	if left > 0 && !(pacer{}).rest(ctx, left) {
		return false
	}
	p.began = p.now()
	return ctx.Err() == nil
}

// rest returns false when ctx ended.
func (p pacer) rest(ctx context.Context, d time.Duration) bool {
	var woken <-chan struct{}
	if p.wake != nil {
		woken = p.wake()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-woken:
	case <-timer.C:
	}
	return ctx.Err() == nil
}
