package main

import (
	"context"
	"sync"

	"github.com/orderbell/orderbell/sdk"
)

// maxAttempts bounds the memory of attempts; a message that is tried again is tried within minutes.
const maxAttempts = 4096

// attempts remembers of late messages whether an earlier attempt may have gone out. It tells the two
// meanings of the duplicate filter apart: after an attempt of which nobody knows what became, the
// filter says that it did go out, and that is an acceptance; after nothing but definite refusals it
// means what it says.
type attempts struct {
	mu       sync.Mutex
	doubtful map[string]bool // true: an attempt may have gone out; false: all were refused
	order    []string
}

// note remembers how an attempt failed. Doubt stays: a later refusal does not undo an earlier text.
// Nothing is known of a message whose first attempt was not seen here.
func (t *attempts) note(m sdk.Message, f *sdk.Failure) {
	t.mu.Lock()
	defer t.mu.Unlock()
	doubt := f.Reason == sdk.UnknownOutcome || f.Reason == sdk.Internal
	old, known := t.doubtful[m.ID]
	if !known && !doubt && m.Attempt > 1 {
		return
	}
	if t.doubtful == nil {
		t.doubtful = map[string]bool{}
	}
	t.doubtful[m.ID] = old || doubt
	if known {
		return
	}
	t.order = append(t.order, m.ID)
	if len(t.order) > maxAttempts {
		delete(t.doubtful, t.order[0])
		t.order = t.order[1:]
	}
}

func (t *attempts) of(id string) (doubtful, known bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	doubtful, known = t.doubtful[id]
	return doubtful, known
}

// judge turns the duplicate filter's refusal after an attempt with an unknown outcome into an
// acceptance under our own id, by which the earlier attempt is known as well.
func (a *account) judge(ctx context.Context, m sdk.Message, accepted sdk.Accepted, err error) (sdk.Accepted, error) {
	if err == nil {
		return accepted, nil
	}
	f := sdk.AsFailure(err, sdk.UnknownOutcome)
	if m.Attempt > 1 && filtered(f) && a.wentOut(ctx, m) {
		return sdk.Accepted{ID: m.ID, Raw: "code " + f.Code + " after an attempt with an unknown outcome: the earlier one was accepted"}, nil
	}
	a.attempts.note(m, f)
	return sdk.Accepted{}, f
}

// wentOut says whether an earlier attempt went out, as far as anybody can tell. When this process
// has not seen the earlier attempts, it was restarted or they went through another account; then the
// operator is asked, and believed if it knows the message as absent or refused.
func (a *account) wentOut(ctx context.Context, m sdk.Message) bool {
	if doubtful, known := a.attempts.of(m.ID); known {
		return doubtful
	}
	receipts, err := a.Lookup(ctx, []sdk.Query{{OurID: m.ID, To: m.To}})
	if err != nil {
		return true // the cautious side: nobody gets it twice
	}
	switch receipts[0].Status {
	case sdk.StatusAbsent, sdk.StatusRejected:
		return false
	default: // it went out, whatever became of it, or nobody can tell
		return true
	}
}
