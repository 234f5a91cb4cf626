package pipeline

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

// Trial puts events to rules without a trace: the same reading, the same rules in the same kind of
// process and the same judgement as Decide, but nothing is stored and nothing is sent. Each event is
// decided as of the moment when it arrived.
type Trial struct {
	Rules    Decider
	Known    Known                                  // what the store knows of the orders; nil: nothing
	Decode   func(kds.Event) ([]kds.Posting, error) // as in Decide
	Policies Policies
	Now      func() time.Time // how long rules took is read off it
	Language string           // of notes; empty: that of the policy
}

// Known is what a trial asks the store. Implemented by store.DB.
type Known interface {
	FindOrders(ctx context.Context, wanted []order.Order) ([]*order.Order, error)
	FindContacts(ctx context.Context, orders []order.Order) ([]*contact.Contact, error)
}

// Tried is what one rule would decide on one change.
type Tried struct {
	Event    kds.Event
	Order    order.Order
	Number   string // of the order, as guests know it
	Result   rule.Result
	Decision rule.Decision // its texts have no IDs
	Took     time.Duration // the rule's share of its batch
}

// Play puts events, given in order of arrival, to the rules. Only those that asked names are put to
// them (nil: all); the others say what the orders were like before. Texts whose dedupe key came earlier in
// the play are kept: what a database would have made of them is not for a trial to say. An event that is
// not understood is left out; the error then says so only if it was asked for.
//
// The phone of an order is the one that is bound to it today, even if the guest left it later.
func (t *Trial) Play(ctx context.Context, events []kds.Event, asked func(kds.Event) bool) ([]Tried, error) {
	reader := &Decide{Decode: t.Decode, Policies: t.Policies}
	latest := map[string]*order.Order{}
	var clocks clocks
	var work []seen
	for i, e := range events {
		wanted := asked == nil || asked(e)
		orders, _, err := reader.read(e, understood{})
		if err != nil && wanted && asked != nil {
			return nil, fmt.Errorf("event %s: %w", e.ID, err)
		}
		for _, o := range orders {
			prev := before(o, nil, func(name string) *order.Order { return latest[name] })
			o.BehindMicros, _ = clocks.behind(ctx, o.Restaurant, nil) // nobody to ask: no error
			next := order.Carry(prev, o, t.Policies(o.Restaurant).Stage)
			if next.ID == "" {
				next.ID = fmt.Sprintf("trial/%d", len(latest))
			}
			for _, name := range names(next) {
				latest[name] = &next
			}
			clocks.learn(prev, &next)
			if changes := order.Diff(prev, next); wanted && len(changes) > 0 {
				work = append(work, seen{event: i, order: next, changes: changes})
			}
		}
	}
	if err := t.attach(ctx, work); err != nil {
		return nil, err
	}
	return t.decide(ctx, events, work)
}

// attach finds our IDs and the guests of the orders.
func (t *Trial) attach(ctx context.Context, work []seen) error {
	if t.Known == nil || len(work) == 0 {
		return nil
	}
	orders := make([]order.Order, len(work))
	for i, w := range work {
		orders[i] = w.order
		orders[i].ID = "" // ours, made up for the play
	}
	stored, err := t.Known.FindOrders(ctx, orders)
	if err != nil {
		return fmt.Errorf("find orders: %w", err)
	}
	for i, o := range stored {
		if o != nil {
			work[i].order.ID, orders[i].ID = o.ID, o.ID
		}
	}
	contacts, err := t.Known.FindContacts(ctx, orders)
	if err != nil {
		return fmt.Errorf("find contacts: %w", err)
	}
	for i := range work {
		work[i].contact = contacts[i]
	}
	return nil
}

func (t *Trial) decide(ctx context.Context, events []kds.Event, work []seen) ([]Tried, error) {
	var tried []Tried
	var questions []question
	set := t.Rules.Set()
	for _, w := range work {
		policy, e := t.Policies(w.order.Restaurant), events[w.event]
		for _, c := range w.changes {
			for _, r := range set.Rules {
				if !r.Listens(c.Kind) {
					continue
				}
				q := ask(policy, r, c, w.order, w.contact, e, e.ReceivedAt)
				q.params.Language = cmp.Or(t.Language, q.params.Language)
				questions = append(questions, q)
				tried = append(tried, Tried{Event: e, Order: w.order, Number: order.Number(w.order, policy.Number)})
			}
		}
	}
	const batch = 64
	for done := 0; done < len(questions); done += batch {
		part := questions[done:min(done+batch, len(questions))]
		calls := make([]rule.Call, len(part))
		for i, q := range part {
			calls[i] = q.call
		}
		began := t.Now()
		results, err := t.Rules.Decide(ctx, calls)
		if err != nil {
			return nil, fmt.Errorf("run rules: %w", err)
		}
		took := t.Now().Sub(began) / time.Duration(len(part))
		for i, q := range part {
			at := &tried[done+i]
			at.Result, at.Took = results[i], took
			at.Decision = rule.Check(q.call, results[i], q.guest, rule.Limits{}, q.params)
		}
	}
	return tried, nil
}
