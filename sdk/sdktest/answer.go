package sdktest

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

// answerCase is an answer that no page of an operator describes, and that every operator gives one day:
// its proxy, its load balancer, its PHP or the hotel's Wi-Fi speaks in its place.
type answerCase struct {
	name  string
	shape shaping
	want  []sdk.Reason // none: accepted
	json  bool         // only for operators that answer in JSON
	big   bool         // takes the machine's time; left out with -short
	deaf  bool         // nothing of the answer can be read, so nothing of it can be kept
	again bool         // says that nothing was done and that the request may come again, in the same call
	wait  func(time.Duration) bool
	limit time.Duration // of the call; 0: patience
}

// What may become of a message. The reasons of unknown are alike to the gateway: nobody knows whether
// the text went out. Strange are those that may be read into an answer which is not in the operator's words:
// anything but a verdict on the guest's number, on the balance, or "it did not leave".
func unknown() []sdk.Reason { return []sdk.Reason{sdk.UnknownOutcome, sdk.Internal} }

func strange() []sdk.Reason {
	return append(unknown(), sdk.RejectedText, sdk.BadSender, sdk.Unauthorized, sdk.Unsupported, sdk.RateLimited)
}

// answers plays odd answers, one to a message, and wants the right reason, the answer kept, no panic, no
// second request, and the next message sent as if nothing had been.
func (s *suite) answers(t *testing.T) {
	if !s.operator.played() {
		s.card.skip("answers", "no operator")
		t.Skip("the provider has no operator that could answer")
	}
	if s.operator.Listen != nil {
		s.card.skip("odd answers of HTTP", "the operator speaks something else")
		t.Skip("the odd answers are those of HTTP; the provider's own tests know its protocol's")
	}
	for _, c := range slices.Concat(goodAnswers(), bodies(), broken(), statuses(), redirects()) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.json && !s.json {
				t.Skip("the operator does not answer in JSON")
			}
			if c.big && testing.Short() {
				t.Skip("-short leaves out what is big")
			}
			s.wantUnderstood(t, c)
		})
		s.card.did("answers", 1)
	}
}

func (s *suite) wantUnderstood(t *testing.T, c answerCase) {
	r := s.rig(t)
	m := r.message()
	changed := true
	r.stage.shapes(c.shape, r.target(m))
	if c.name == otherNumber {
		changed = false
		r.stage.shapes(toAnotherNumber(m.To, &changed), r.target(m))
	}
	limit := patience
	if c.big {
		limit *= 3 // a busy machine takes its time
	}
	if c.limit > 0 {
		limit = c.limit
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	outcomes, _ := r.Send(ctx, account, 1, []sdk.Message{m}) // the error says again what is in the outcomes
	o := outcomes[0]
	switch {
	case !changed:
		t.Skip("the operator's answer does not name the number")
	case c.want == nil:
		r.wantAccepted(t, m, o)
	default:
		r.wantReason(t, o, c.want...)
	}
	if f := o.Failure; f != nil {
		if f.Raw == "" && !c.deaf {
			t.Errorf("the answer is lost (%v); keep it with WithRaw, or let the HTTP helper decode", f)
		}
		if c.wait != nil && !c.wait(f.RetryAfter) {
			t.Errorf("got RetryAfter %v, want what the operator asked for, and no more than a day", f.RetryAfter)
		}
	}
	if log := r.journal.log(); strings.Contains(log, "panicked") {
		t.Errorf("the provider panicked: %.2000s", log)
	}
	if n := r.stage.seen(tokenOf(m)); n > 1 && !c.again {
		t.Errorf("the operator was asked %d times to send one message in one call; repeating is the gateway's decision", n)
	}
	r.wantRecovers(t, oddAnswer)
}
