package pipeline

import (
	"context"
	"time"
)

// pacer lets a loop rest until it is woken or its time has come.
type pacer struct{ wake func() <-chan struct{} }

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
