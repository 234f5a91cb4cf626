package main

import (
	"strconv"
	"sync"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

// maxAttempts bounds the memory of attempts; a message that is tried again is tried within minutes.
const maxAttempts = 4096

// filterWindow is how long after an attempt code 231 can be about it: the minute for which sms.ru
// remembers a text (page sms/send), and the minute that a call may take.
const filterWindow = 2 * time.Minute

// attempts remembers of late messages whether an attempt may have gone out, and when. It tells the
// meanings of the duplicate filter's codes apart; see docs/adr/0010.
type attempts struct {
	mu    sync.Mutex
	known map[string]attempt // by Message.ID
	order []string
}

// attempt is what this process has seen of a message's attempts.
type attempt struct {
	doubt time.Time // of the latest one that may have gone out; zero: all were definitely refused
	whole bool      // the first attempt was seen here, too
}

// judge remembers how the attempt failed, and reads the filter's refusal of a further attempt:
//
//   - an attempt of which nobody knows what became was made here within the filter's window: it did
//     go out. The message is accepted under a made-up id, "duplicate:" and our own.
//   - all attempts were made here and definitely refused: the code means what it says.
//   - anything else: nobody knows. The filter may speak of an attempt that another process made, or of
//     another message with the same text.
//
// The limit of a day (code 232) counts all such texts, so it is no sign that this one went out.
func (t *attempts) judge(m sdk.Message, o sdk.Outcome, now time.Time) sdk.Outcome {
	if o.Failure == nil {
		return o
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	before, seen := t.known[m.ID]
	minute, day := o.Failure.Code == strconv.Itoa(codeSameMinute), o.Failure.Code == strconv.Itoa(codeSameDay)
	if m.Attempt > 1 && (minute || day) && (!before.whole || !before.doubt.IsZero()) {
		if minute && !before.doubt.IsZero() && now.Sub(before.doubt) <= filterWindow {
			return sdk.Outcome{ID: o.ID, Accepted: &sdk.Accepted{
				ID: lostID + m.ID, Raw: "code " + o.Failure.Code + " right after an attempt with an unknown outcome: the earlier one was accepted",
			}}
		}
		unknown := *o.Failure
		unknown.Reason, unknown.RetryAfter = sdk.UnknownOutcome, 0
		unknown.Detail += "; whether an earlier attempt went out is not known"
		o.Failure = &unknown
		return o // an answer of the filter is no new doubt: this attempt did not go out
	}
	before.whole = before.whole || m.Attempt == 1
	if o.Failure.Reason == sdk.UnknownOutcome || o.Failure.Reason == sdk.Internal {
		before.doubt = now // it stays: a later refusal does not call an earlier text back
	}
	t.remember(m.ID, before, seen)
	return o
}

func (t *attempts) remember(id string, a attempt, seen bool) {
	if t.known == nil {
		t.known = map[string]attempt{}
	}
	t.known[id] = a
	if seen {
		return
	}
	t.order = append(t.order, id)
	if len(t.order) > maxAttempts {
		delete(t.known, t.order[0])
		t.order = t.order[1:]
	}
}
