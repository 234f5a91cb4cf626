package sdk

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"
)

// A call answers a little before its deadline, so that the outcomes that are known reach the gateway
// although one message hangs. See soon.
const (
	maxMargin = 500 * time.Millisecond
	grace     = 200 * time.Millisecond // for a call to notice that its time is over
)

// soon returns a context that ends somewhat before ctx does.
func soon(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, bounded := ctx.Deadline()
	if !bounded {
		return context.WithCancel(ctx)
	}
	margin := min(time.Until(deadline)/5, maxMargin)
	return context.WithDeadline(ctx, deadline.Add(-margin))
}

// send hands the messages to the author's code and returns one outcome for each, in order. A panic,
// a hang or a broken answer costs only the messages of that one call.
func (a *account) send(ctx context.Context, batch []Message) []Outcome {
	ctx, cancel := soon(ctx)
	defer cancel()
	outcomes := make([]Outcome, len(batch))
	var due []int // positions in batch
	for i, m := range batch {
		if !m.NotAfter.IsZero() && !a.now().Before(m.NotAfter) {
			outcomes[i] = Outcome{ID: m.ID, Failure: Fail(Expired, "past its deadline before the operator was called")}
			continue
		}
		due = append(due, i)
	}
	batcher, _ := a.sender.(BatchSender)
	size := 1
	if batcher != nil {
		size = max(a.maxBatch, 1)
	}
	var parts sync.WaitGroup
	for len(due) > 0 {
		n := min(size, len(due))
		part := make([]Message, n)
		places := due[:n]
		due = due[n:]
		for i, place := range places {
			part[i] = batch[place]
		}
		parts.Go(func() {
			for i, o := range a.sendPart(ctx, batcher, part) {
				outcomes[places[i]] = o
			}
		})
	}
	parts.Wait()
	return outcomes
}

// sendPart makes one call of the author's code when its turn comes, and does not wait for it longer
// than ctx, or the life of the process, allows.
func (a *account) sendPart(ctx context.Context, batcher BatchSender, part []Message) []Outcome {
	select {
	case a.slots <- struct{}{}:
	case <-a.overdue.up():
		return allFailed(part, givenUp())
	case <-ctx.Done():
		return allFailed(part, Fail(Unavailable, "its turn did not come before the call's deadline"))
	}
	if a.overdue.isUp() { // both came true, and select took the slot
		<-a.slots
		return allFailed(part, givenUp())
	}
	done := a.begin() // the call may outlive us
	returned := a.overdue.watch(ctx, a.log, "Send")
	result := make(chan []Outcome, 1)
	go func() {
		defer done()
		defer func() { <-a.slots }()
		defer returned()
		result <- a.callAuthor(ctx, batcher, part)
	}()
	wait := grace
	select {
	case outcomes := <-result:
		return outcomes
	case <-ctx.Done():
	case <-a.overdue.up():
		wait = parting - grace
	}
	late := time.NewTimer(wait)
	defer late.Stop()
	select {
	case outcomes := <-result:
		return outcomes
	case <-late.C:
	}
	if ctx.Err() == nil {
		return allFailed(part, Fail(UnknownOutcome, "the provider program ended because another call did not return"))
	}
	a.log.Error("a call did not end with its context; the provider must pass ctx on", "messages", len(part))
	return allFailed(part, Fail(UnknownOutcome, "the provider's call did not end in time"))
}

// givenUp is for messages that were certainly not handed over.
func givenUp() *Failure {
	return Fail(Unavailable, "the provider program is about to end because a call did not return")
}

func (a *account) callAuthor(ctx context.Context, batcher BatchSender, part []Message) (outcomes []Outcome) {
	ctx, seen := withEvidence(ctx)
	defer func() { seen.add(outcomes) }()
	defer func() {
		if r := recover(); r != nil {
			a.log.Error("sending panicked", "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			outcomes = allFailed(part, Fail(Internal, "the provider's code panicked"))
		}
	}()
	if batcher != nil {
		answer, err := batcher.SendBatch(ctx, part)
		outcomes = arrange(part, answer, err)
	} else {
		accepted, err := a.sender.Send(ctx, part[0])
		outcomes = []Outcome{single(part[0].ID, accepted, err)}
	}
	for _, o := range outcomes {
		if o.Failure == nil {
			continue
		}
		if wrong, ok := errors.AsType[*wrongAnswer](o.Failure.Cause); ok {
			a.log.Error("the provider's code gave no usable outcome; it counts as unknown", "message", o.ID, "fault", wrong.Error())
		}
	}
	return outcomes
}

func allFailed(part []Message, f *Failure) []Outcome {
	outcomes := make([]Outcome, len(part))
	for i, m := range part {
		outcomes[i] = Outcome{ID: m.ID, Failure: f}
	}
	return outcomes
}
