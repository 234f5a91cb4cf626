package sdktest

import (
	"context"
	"testing"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

// cancellation wants every ability to end with its context, whatever the operator does.
// The calls go past the wire, which would return by itself and hide the one that stays behind.
func (s *suite) cancellation(t *testing.T) {
	for i, c := range s.rig(t).calls() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := s.rig(t)
			s.wantEnds(t, r, r.calls()[i])
		})
		s.card.did("cancellations", 1)
	}
}

func (s *suite) wantEnds(t *testing.T, r *rig, c call) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if r.stage != nil {
		r.stage.plays(silent, "")
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer func() {
			if p := recover(); p != nil {
				t.Errorf("%s panicked: %v", c.name, p)
			}
		}()
		_ = c.do(ctx) // what it says is looked at elsewhere
	}()
	if r.stage != nil {
		select {
		case <-r.stage.arrived:
		case <-ended:
			return // it did not need the operator
		case <-time.After(2 * time.Second):
		}
	}
	cancel()
	select {
	case <-ended:
	case <-time.After(cancelLife):
		t.Errorf("%s runs on %v after its context was cancelled; pass ctx on to everything that waits", c.name, cancelLife)
	}
}

// cancelLife is how long a call may go on after it was cancelled. It ends at once; a busy machine is slow.
const cancelLife = 5 * time.Second

// outages breaks the operator in every way and wants the reason that keeps a guest from getting a
// text twice, or not at all.
func (s *suite) outages(t *testing.T) {
	if !s.operator.played() {
		s.card.skip("outages", "no operator")
		t.Skip("the provider has no operator to break")
	}
	// The gateway treats both alike: nobody knows whether the text went out.
	unknown := []sdk.Reason{sdk.UnknownOutcome, sdk.Internal}
	for _, test := range []struct {
		name  string
		fault fault
		limit time.Duration
		want  []sdk.Reason // none: accepted
	}{
		{"nobody listens", closed, patience, []sdk.Reason{sdk.Unavailable}},
		{"reset before the request is read", resetAtOnce, patience, []sdk.Reason{sdk.Unavailable, sdk.UnknownOutcome}},
		{"reset after the request was read", resetAfter, patience, unknown},
		{"silent", silent, 2 * time.Second, unknown}, // the request must have left by then
		{"slow", slow, patience, nil},
		{"half an answer", half, patience, unknown},
		{"a cut answer", cut, patience, unknown},
		{"reset inside the answer", resetInside, patience, unknown},
		{"a web page with 200", webPage, patience, []sdk.Reason{sdk.Internal}},
		{"nothing with 200", empty, patience, unknown},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := s.rig(t)
			m := r.message()
			if test.fault == cut && !s.json {
				t.Skip("half of an answer that is no JSON may well be an answer")
			}
			r.breaks(test.fault, m)
			ctx, cancel := context.WithTimeout(t.Context(), test.limit)
			defer cancel()
			// The error says again what is in the outcomes, or that a busy machine missed the deadline.
			outcomes, _ := r.Send(ctx, account, 1, []sdk.Message{m})
			o := outcomes[0]
			if test.want == nil {
				r.wantAccepted(t, m, o)
			} else {
				r.wantReason(t, o, test.want...)
			}
			if test.fault == webPage && o.Failure != nil && o.Failure.Raw == "" {
				t.Error("the answer that was not understood is lost; keep it with WithRaw, or let the HTTP helper decode")
			}
			if n := r.stage.seen(tokenOf(m)); n > 1 {
				t.Errorf("the operator was asked %d times to send one message in one call; repeating is the gateway's decision", n)
			}
			r.wantRecovers(t, test.fault)
		})
		s.card.did("outages", 1)
	}
}

// wantRecovers wants the next message to go when the operator is well again.
func (r *rig) wantRecovers(t *testing.T, f fault) {
	t.Helper()
	if f == closed {
		return // its port is gone for good
	}
	r.stage.plays(noFault, "")
	m := r.message()
	if o := r.send(t, m)[0]; o.Accepted == nil {
		t.Errorf("the operator is well again, but the next message fails: %v", o.Failure)
	}
}
