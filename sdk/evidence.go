package sdk

import (
	"context"
	"sync"

	"github.com/orderbell/orderbell/sdk/internal/wire"
)

// evidence keeps what the operator answered during one call of the author's code, so that an answer
// which was not understood can be shown although the author's code has dropped it. It travels in the
// context because that is all that leads from the call to the HTTP helper through the author's code; nothing
// is decided by it (docs/adr/0014). It is safe for use by several goroutines.
type evidence struct {
	mu      sync.Mutex
	last    string // the beginning of the last answer
	answers int
}

type evidenceKey struct{}

func withEvidence(ctx context.Context) (context.Context, *evidence) {
	e := &evidence{}
	return context.WithValue(ctx, evidenceKey{}, e), e
}

// keep notes an answer, if somebody wants to know.
func keep(ctx context.Context, answer []byte) {
	e, wanted := ctx.Value(evidenceKey{}).(*evidence)
	if !wanted {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.answers++
	e.last = string(answer[:min(len(answer), scrubWindow*wire.MaxRaw+1)]) // uncut at the end of what is kept: secrets are searched for later
}

// add puts the answer to each outcome that is not known and whose author kept none. Of several answers
// in a batch nobody can say whose is whose.
func (e *evidence) add(outcomes []Outcome) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.last == "" || e.answers > 1 && len(outcomes) > 1 {
		return
	}
	for i, o := range outcomes {
		if o.Failure != nil && o.Failure.Raw == "" && (o.Failure.Reason == Internal || o.Failure.Reason == UnknownOutcome || !o.Failure.Reason.Known()) {
			outcomes[i].Failure = o.Failure.WithRaw(e.last)
		}
	}
}
