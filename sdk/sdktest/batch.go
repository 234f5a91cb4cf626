package sdktest

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/orderbell/orderbell/sdk"
)

// batch sends more than fits into one call and wants everybody's own outcome.
func (s *suite) batch(t *testing.T) {
	n := 7
	if most := s.manifest.Capabilities.MaxBatch; most > 1 {
		n = min(2*most+3, 250)
	}
	r := s.rig(t)
	batch := r.messages(n)
	batch[n-1].To = batch[0].To // two texts to one guest
	outcomes := r.send(t, batch...)
	t.Run("count and order", func(t *testing.T) {
		if len(outcomes) != n {
			t.Fatalf("got %d outcomes for %d messages", len(outcomes), n)
		}
		lost := 0
		for i, o := range outcomes {
			if o.Accepted == nil {
				lost++
				t.Logf("message %d of %d: %v", i+1, n, o.Failure)
			}
		}
		if lost > 0 {
			t.Errorf("%d of %d messages to a well operator are not accepted; SendBatch must return an outcome for each", lost, n)
		}
	})
	t.Run("each id with its message", func(t *testing.T) { s.wantOwnIDs(t, r, batch, outcomes) })
	s.card.did("batch", n)
}

// wantOwnIDs wants no two messages to share an id, and each to have its own: the one that the author names,
// or one that stands in the answer to the message's own request.
func (s *suite) wantOwnIDs(t *testing.T, r *rig, batch []sdk.Message, outcomes []sdk.Outcome) {
	t.Helper()
	owner := map[string]sdk.Message{}
	open := 0 // messages whose id could not be told from another's
	for i, o := range outcomes {
		if o.Accepted == nil {
			continue
		}
		if other, taken := owner[o.Accepted.ID]; taken && other.To != batch[i].To {
			t.Errorf("the messages %s and %s have the same id %q", other.ID, batch[i].ID, o.Accepted.ID)
		}
		owner[o.Accepted.ID] = batch[i]
		if s.operator.IDFor == nil {
			answer, alone := r.answerTo(batch[i])
			if !alone {
				open++
			} else if id := o.Accepted.ID; !strings.Contains(answer, id) && id != batch[i].ID {
				t.Errorf("message %d to %s: got the id %q, which the operator did not give it: %.300s", i+1, batch[i].To, id, answer)
			}
			continue
		}
		if want := s.operator.IDFor(batch[i]); want != o.Accepted.ID {
			t.Errorf("message %d to %s: got the id %q, want its own %q", i+1, batch[i].To, o.Accepted.ID, want)
		}
	}
	if open > 0 {
		s.card.skip("whose id is whose in a batch", "set Operator.IDFor")
	}
}

func (r *rig) answerTo(m sdk.Message) (answer string, alone bool) {
	if r.stage == nil {
		return "", false
	}
	return r.stage.answerTo(tokenOf(m))
}

// hundred sends a hundred messages in as many calls at the same time.
func (s *suite) hundred(t *testing.T) {
	s.wantHundred(t, s.rig(t))
}

func (s *suite) wantHundred(t *testing.T, r *rig) {
	t.Helper()
	batch := r.messages(100)
	outcomes := make([]sdk.Outcome, len(batch))
	var calls sync.WaitGroup
	for i, m := range batch {
		calls.Go(func() { outcomes[i] = r.send(t, m)[0] })
	}
	calls.Wait()
	for i, o := range outcomes {
		r.wantAccepted(t, batch[i], o)
		if r.stage == nil || !s.readable {
			continue
		}
		if n := r.stage.seen(tokenOf(batch[i])); n != 1 {
			t.Errorf("message %d of 100: the operator saw it %d times, want once", i+1, n)
		}
	}
	s.wantOwnIDs(t, r, batch, outcomes)
	s.card.did("calls at once", len(batch))
}

// cases plays the answers that the author has recorded.
func (s *suite) cases(t *testing.T) {
	if len(s.operator.Cases) == 0 {
		s.card.skip("cases", "none in Operator.Cases")
		t.Skip("Operator.Cases is empty")
	}
	if !s.operator.played() {
		t.Fatal("Operator.Cases need an Operator.Handler for what comes before the answer")
	}
	for i, c := range s.operator.Cases {
		name := c.Name
		if name == "" {
			name = fmt.Sprintf("case %d", i+1)
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := s.rig(t)
			m := caseMessage(r, c.Message)
			only := "" // a text of the Case's own may not be found in a request
			if c.Message.Text == "" {
				only = r.target(m)
			}
			r.stage.answers(c.Reply.load(t), only)
			o := r.send(t, m)[0]
			switch {
			case c.Want.Reason != "":
				r.wantReason(t, o, c.Want.Reason)
				if o.Failure != nil && c.Want.Code != "" && o.Failure.Code != c.Want.Code {
					t.Errorf("got the code %q, want %q", o.Failure.Code, c.Want.Code)
				}
			case o.Accepted == nil:
				r.wantAccepted(t, m, o)
			case c.Want.ID != "" && o.Accepted.ID != c.Want.ID:
				t.Errorf("accepted as %q, want %q", o.Accepted.ID, c.Want.ID)
			}
		})
		s.card.did("cases", 1)
	}
}

// caseMessage fills in what a Case leaves open.
func caseMessage(r *rig, m sdk.Message) sdk.Message {
	whole := r.message()
	whole.ID, whole.To = CaseID, CaseTo
	whole.Sender, whole.NotAfter, whole.Test = m.Sender, m.NotAfter, m.Test
	if m.ID != "" {
		whole.ID = m.ID
	}
	if m.To != "" {
		whole.To = m.To
	}
	if m.Text != "" {
		whole.Text = m.Text
	}
	if m.Attempt != 0 {
		whole.Attempt = m.Attempt
	}
	if m.Channel != "" {
		whole.Channel = m.Channel
	}
	if m.Category != "" {
		whole.Category = m.Category
	}
	return whole
}
