package sdktest

import (
	"testing"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

// twice holds the provider to its word about sending the same message again: the gateway decides by
// it whether a text whose outcome is unknown may be repeated.
func (s *suite) twice(t *testing.T) {
	switch s.manifest.Capabilities.Resend {
	case sdk.ResendIdempotent:
		t.Run("IDEMPOTENT", s.idempotent)
	case sdk.ResendLookupByOurID:
		t.Run("LOOKUP_BY_OUR_ID", s.foundByOurID)
	case sdk.ResendNone, sdk.ResendDuplicateFilter:
		t.Skip("nothing is claimed that the operator could show")
	}
	s.card.did("sending twice", 1)
}

// notIdempotent explains the two possible causes.
const notIdempotent = "either the provider does not pass Message.ID on as the operator's idempotency key, or Operator.Handler does not honour it"

func (s *suite) idempotent(t *testing.T) {
	r := s.rig(t)
	m := r.message()
	first := r.again(t, m, 1)
	if second := r.again(t, m, 2); first != second {
		t.Errorf("the same message is %q, and %q when sent again: %s", first, second, notIdempotent)
	}
	twin := m
	twin.ID = r.message().ID
	if other := r.again(t, twin, 1); other == first {
		t.Errorf("another message with the same number and text is taken for the first one (%q); the key must be made of Message.ID", other)
	}
	if r.stage == nil {
		return
	}
	lost := r.message()
	r.breaks(resetAfter, lost)
	r.wantReason(t, r.send(t, lost)[0], sdk.UnknownOutcome, sdk.Internal)
	r.stage.plays(noFault, "")
	if second, third := r.again(t, lost, 2), r.again(t, lost, 3); second != third {
		t.Errorf("after a lost answer the same message is %q and then %q: %s", second, third, notIdempotent)
	}
}

// again sends the message as the given attempt and returns the operator's id.
func (r *rig) again(t *testing.T, m sdk.Message, attempt int) string {
	t.Helper()
	m.Attempt = attempt
	o := r.send(t, m)[0]
	r.wantAccepted(t, m, o)
	if o.Accepted == nil {
		t.FailNow()
	}
	return o.Accepted.ID
}

func (s *suite) foundByOurID(t *testing.T) {
	r := s.rig(t)
	lost, never := r.message(), r.message()
	if r.stage != nil {
		r.breaks(resetAfter, lost)
	}
	r.send(t, lost)
	if r.stage != nil {
		r.stage.plays(noFault, "")
	}
	queries := []sdk.Query{{OurID: lost.ID, To: lost.To}, {OurID: never.ID, To: never.To}}
	// Right after the attempt "not there" may mean "not there yet", and the cautious do not say it.
	if got := r.lookUp(t, queries); got[1].Status != sdk.StatusAbsent && got[1].Status != sdk.StatusUnknown {
		t.Errorf("a message that was never sent: Lookup by our id says %s, want ABSENT or UNKNOWN", got[1].Status)
	}
	r.journal.passes(time.Hour)
	got := r.lookUp(t, queries)
	if got[0].Status == sdk.StatusAbsent || got[0].Status == sdk.StatusUnknown {
		t.Errorf("a message that the operator took, its answer lost: Lookup by our id says %s, want that it is there", got[0].Status)
	}
	if got[1].Status != sdk.StatusAbsent {
		t.Errorf("a message that was never sent, an hour later: Lookup by our id says %s, want ABSENT", got[1].Status)
	}
}

func (r *rig) lookUp(t *testing.T, queries []sdk.Query) []sdk.Receipt {
	t.Helper()
	receipts, err := r.Lookup(t.Context(), account, 1, queries)
	if err != nil {
		t.Fatalf("Lookup by our ids: %v", err)
	}
	return receipts
}
