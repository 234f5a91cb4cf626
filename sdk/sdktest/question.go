package sdktest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/host"
)

// question is one of the calls that change nothing.
type question struct {
	name string
	ask  func(ctx context.Context, r *rig) (claims bool, err error) // claims: it says that it knows
}

func (s *suite) asked(sent sdk.Message, id string) []question {
	c := s.manifest.Capabilities
	var list []question
	if c.Check {
		list = append(list, question{"Check", func(ctx context.Context, r *rig) (bool, error) {
			diagnostics, err := r.Check(ctx, account, 1)
			return refusal(diagnostics) == nil, err
		}})
	}
	if c.Balance {
		list = append(list, question{"Balance", func(ctx context.Context, r *rig) (bool, error) {
			_, err := r.Balance(ctx, account, 1)
			return true, err
		}})
	}
	if c.Estimate {
		list = append(list, question{"Estimate", func(ctx context.Context, r *rig) (bool, error) {
			prices, err := r.Estimate(ctx, account, 1, r.messages(2))
			claims := false
			for _, p := range prices {
				claims = claims || p.Failure == nil
			}
			return claims, err
		}})
	}
	if c.Lookup {
		list = append(list, question{"Lookup", func(ctx context.Context, r *rig) (bool, error) {
			receipts, err := r.Lookup(ctx, account, 1, []sdk.Query{{OurID: sent.ID, ProviderID: id, To: sent.To}})
			return err == nil && receipts[0].Status != sdk.StatusUnknown, err
		}})
	}
	return list
}

// questions wants an answer or a reason of each ability that only asks, and no answer that the
// operator has not given: a wrong ABSENT of Lookup would send a text twice.
func (s *suite) questions(t *testing.T) {
	r := s.rig(t)
	m := r.message()
	o := r.send(t, m)[0]
	if o.Accepted == nil {
		t.Fatalf("sending before asking: %v", o.Failure)
	}
	for _, q := range s.asked(m, o.Accepted.ID) {
		t.Run(q.name+" on a good day", func(t *testing.T) {
			_, err := q.within(t, r, patience)
			wantReasoned(t, err)
		})
		s.card.did("questions", 1)
		if !s.operator.played() {
			continue
		}
		for name, f := range map[string]fault{"for a web page": webPage, "after a reset": resetAfter, "of a silent operator": silent} {
			t.Run(q.name+" "+name, func(t *testing.T) {
				t.Parallel()
				s.wantHonest(t, q, f)
			})
			s.card.did("questions", 1)
		}
		s.askedOddly(t, q)
	}
}

// askedOddly answers questions about messages and money with what says nothing. A Check may well be
// content with that: its question is whether the login is refused.
func (s *suite) askedOddly(t *testing.T, q question) {
	t.Helper()
	if s.operator.Listen != nil || q.name != "Lookup" && q.name != "Balance" {
		return
	}
	t.Run(q.name+" for answers that say nothing", func(t *testing.T) {
		t.Parallel()
		for _, c := range bodies() {
			if c.shape == nil || c.big || c.json && !s.json {
				continue
			}
			r := s.rig(t)
			r.stage.shapes(c.shape, "")
			before := r.stage.seen("")
			claims, err := q.within(t, r, patience)
			wantReasoned(t, err)
			if err == nil && claims && r.stage.seen("") > before {
				t.Errorf("%s knows something, but the answer is: %s", q.name, c.name)
			}
			s.card.did("questions", 1)
		}
	})
}

func (s *suite) wantHonest(t *testing.T, q question, f fault) {
	r := s.rig(t)
	r.stage.plays(f, "")
	before := r.stage.seen("")
	claims, err := q.within(t, r, time.Second)
	if errors.Is(err, host.ErrLost) { // it does not end with its context, or the machine is busy
		claims, err = q.within(t, r, patience)
	}
	wantReasoned(t, err)
	if err == nil && claims && r.stage.seen("") > before {
		t.Errorf("%s answers although the operator did not", q.name)
	}
}

func (q question) within(t *testing.T, r *rig, limit time.Duration) (bool, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	return q.ask(ctx, r)
}

// wantReasoned wants no error, or one with a reason.
func wantReasoned(t *testing.T, err error) {
	t.Helper()
	var failure *sdk.Failure
	switch {
	case err == nil:
	case !errors.As(err, &failure):
		t.Errorf("got %v, want an answer or a failure with a reason", err)
	case !failure.Reason.Known() || failure.Reason == sdk.UnknownOutcome:
		t.Errorf("got the reason %q; a call that only asks has another one", failure.Reason)
	}
}
