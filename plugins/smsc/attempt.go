package main

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

// maxAttempts bounds the memory of attempts; a message that is tried again is tried within minutes.
const maxAttempts = 4096

// When "no such message" is believed; see docs/adr/0010.
const (
	// settled is how long after the latest attempt: the minute that a call may take, and what the
	// operator may need before a message can be found.
	settled = 5 * time.Minute
	// remembered is how long SMSC is trusted to know of a message. How long it really does is not
	// written anywhere; it gives up on a status after a day (err 245).
	remembered = 24 * time.Hour
)

// attempts remembers of late messages whether an earlier attempt may have gone out, and when the
// latest was. It tells the two meanings of the duplicate filter apart, and a message that never
// arrived from one that is still on its way.
type attempts struct {
	mu    sync.Mutex
	known map[string]attempt // by Message.ID
	order []string
	since time.Time // attempts that are not in known were made before; of another process, or forgotten
}

// attempt is what this process has seen of a message's attempts.
type attempt struct {
	doubt bool // one of them may have gone out
	whole bool // the first one was seen here, too
	at    time.Time
}

// begin remembers that an attempt is about to be made.
func (t *attempts) begin(m sdk.Message, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	a, seen := t.known[m.ID]
	a.at, a.whole = now, a.whole || m.Attempt == 1
	if t.known == nil {
		t.known = map[string]attempt{}
	}
	t.known[m.ID] = a
	if seen {
		return
	}
	t.order = append(t.order, m.ID)
	if len(t.order) > maxAttempts {
		if gone := t.known[t.order[0]].at; gone.After(t.since) {
			t.since = gone
		}
		delete(t.known, t.order[0])
		t.order = t.order[1:]
	}
}

// failed remembers how an attempt ended. Doubt stays: a later refusal does not undo an earlier text.
func (t *attempts) failed(m sdk.Message, f *sdk.Failure, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	a, seen := t.known[m.ID]
	if !seen {
		return // thousands of others began since
	}
	a.at, a.doubt = now, a.doubt || f.Reason == sdk.UnknownOutcome || f.Reason == sdk.Internal
	t.known[m.ID] = a
}

// refusedOnly says whether every attempt was made here and definitely refused.
func (t *attempts) refusedOnly(id string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	a := t.known[id]
	return a.whole && !a.doubt
}

// latest is when the latest attempt was made, at the latest.
func (t *attempts) latest(id string) time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	if a, seen := t.known[id]; seen {
		return a.at
	}
	return t.since
}

// judge settles what the duplicate filter's refusal of a further attempt means. After nothing but
// definite refusals it means what it says. Else an earlier attempt may have gone out: the operator is
// asked, and the message is accepted under our own id if it is there. Nothing less is believed: two
// attempts share one id, so a refusal found under it may be this one's.
func (a *account) judge(ctx context.Context, m sdk.Message, accepted sdk.Accepted, err error) (sdk.Accepted, error) {
	if err == nil {
		return accepted, nil
	}
	f := sdk.AsFailure(err, sdk.UnknownOutcome)
	if m.Attempt == 1 || !filtered(f) || a.attempts.refusedOnly(m.ID) {
		a.attempts.failed(m, f, a.Now())
		return sdk.Accepted{}, f
	}
	receipts, asked := a.Lookup(ctx, []sdk.Query{{OurID: m.ID, To: m.To}})
	if asked == nil && isThere(receipts[0].Status) {
		return sdk.Accepted{ID: m.ID, Raw: "code " + f.Code + " after an attempt with an unknown outcome: the earlier one was accepted"}, nil
	}
	unknown := *f
	unknown.Reason, unknown.RetryAfter = sdk.UnknownOutcome, 0
	unknown.Detail += "; whether an earlier attempt went out is not known"
	return sdk.Accepted{}, &unknown
}

// isThere says whether the operator took the message, whatever became of it later.
func isThere(s sdk.Status) bool {
	switch s {
	case sdk.StatusAccepted, sdk.StatusDelivered, sdk.StatusUndelivered, sdk.StatusExpired:
		return true
	default:
		return false
	}
}

// absence says whether "no such message" can be believed of a message that was asked for by our id:
// its latest attempt is long enough ago for it to have arrived, and its first not so long that SMSC
// may have forgotten it.
func (a *account) absence(id string) bool {
	made, ok := madeAt(id)
	now := a.Now()
	return ok && now.Sub(made) < remembered && now.Sub(a.attempts.latest(id)) >= settled
}

// madeAt reads the time from a ULID: its first ten characters are milliseconds in Crockford's base 32.
func madeAt(id string) (time.Time, bool) {
	const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	if !ulid(id) {
		return time.Time{}, false
	}
	var milliseconds int64
	for _, letter := range id[:10] {
		milliseconds = milliseconds<<5 | int64(strings.IndexRune(letters, letter))
	}
	return time.UnixMilli(milliseconds), true
}
