package pipeline

import (
	"context"
	"fmt"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

// question is one call of a rule with what judges its answer.
type question struct {
	call   rule.Call
	guest  rule.Guest
	params rule.CheckParams
}

// evaluate asks every rule that listens about every change of the batch.
func (d *Decide) evaluate(ctx context.Context, events []kds.Event, work []seen, decided []rule.Decided) error {
	set := d.Rules.Set()
	var questions []question
	var origin []int // index of the event that each question is about
	for _, w := range work {
		for _, c := range w.changes {
			for _, r := range set.Rules {
				if !r.Listens(c.Kind) {
					continue
				}
				questions = append(questions, ask(d.Policies(w.order.Restaurant), r, c, w.order, w.contact, events[w.event], d.Now()))
				origin = append(origin, w.event)
			}
		}
	}
	decisions, err := d.answer(ctx, questions)
	if err != nil {
		return err
	}
	for i, decision := range decisions {
		decision.ID = d.NewID()
		at := &decided[origin[i]]
		at.Decisions = append(at.Decisions, decision)
	}
	return nil
}

// ask puts together what a rule is told at a time and how its answer is judged.
func ask(policy Policy, r rule.Rule, c order.Change, o order.Order, guest *contact.Contact, e kds.Event, now time.Time) question {
	now = now.In(zoneOf(policy))
	call := rule.Call{Rule: r.Name, Change: c, Order: o, Snapshot: rule.Snapshot{
		Now: now, Restaurant: rule.Restaurant{Code: policy.Code, Name: policy.Name},
		Number: order.Number(o, policy.Number), Language: policy.Language, Settings: policy.Notifications,
	}}
	if guest != nil {
		call.Snapshot.Phone = guest.Phone.Reveal()
		if guest.Language != "" {
			call.Snapshot.Language = guest.Language
		}
	}
	return question{call: call, guest: rule.Guest{Contact: guest}, params: rule.CheckParams{
		EventID: e.ID, RuleVersion: r.Version, Now: now, Since: e.ReceivedAt, ContactWait: policy.ContactWait,
		Expires: policy.Notifications.Expires, Quiet: policy.Quiet, Route: policy.Route, OnUnknown: policy.OnUnknown,
		Language: policy.Language,
	}}
}

// answer runs the rules and judges what they say. Decisions are in the order of the questions; their
// messages have identities, the decisions have none yet.
func (d *Decide) answer(ctx context.Context, questions []question) ([]rule.Decision, error) {
	if len(questions) == 0 {
		return nil, nil
	}
	calls := make([]rule.Call, len(questions))
	for i, q := range questions {
		calls[i] = q.call
	}
	results, err := d.Rules.Decide(ctx, calls)
	if err != nil {
		return nil, fmt.Errorf("run rules: %w", err)
	}
	decisions := make([]rule.Decision, len(questions))
	for i, q := range questions {
		decisions[i] = rule.Check(q.call, results[i], q.guest, rule.Limits{}, q.params)
		d.report(decisions[i])
		now := d.Now()
		for j := range decisions[i].Messages {
			m := &decisions[i].Messages[j]
			m.ID, m.CreatedAt, m.UpdatedAt = d.NewID(), now, now
		}
	}
	return decisions, nil
}

func (d *Decide) report(decision rule.Decision) {
	if decision.Outcome == rule.Errored {
		d.Log.Error("rule failed; the guest is not texted by it", "rule", decision.Rule, "order", decision.OrderID, "event", decision.EventID, "note", decision.Note)
	}
}

// waits decides anew what waited for a phone that has come, or for too long.
func (d *Decide) waits(ctx context.Context) (int, error) {
	waits, err := d.Inbox.ClaimWaits(ctx, 128, d.Now())
	if err != nil {
		return 0, fmt.Errorf("claim waits: %w", err)
	}
	if len(waits) == 0 {
		return 0, nil
	}
	questions := make([]question, len(waits))
	set := d.Rules.Set()
	for i, w := range waits {
		r := ruleOf(set, w.Decision)
		e := kds.Event{ID: w.Decision.EventID, ReceivedAt: w.Decision.At}
		q := ask(d.Policies(w.Order.Restaurant), r, w.Decision.Change, w.Order, w.Contact, e, d.Now())
		q.params.WaitUntil = w.Decision.WaitUntil
		questions[i] = q
	}
	decisions, err := d.answer(ctx, questions)
	if err != nil {
		return 0, err
	}
	for i := range decisions {
		decisions[i].ID = waits[i].Decision.ID
	}
	if err := d.Inbox.SaveWaits(ctx, decisions); err != nil {
		return 0, fmt.Errorf("save waits: %w", err)
	}
	return len(waits), nil
}

// ruleOf finds the rule of a waiting decision as it is today. A rule that is gone keeps its name: the
// workers answer that there is none.
func ruleOf(set rule.Set, decision rule.Decision) rule.Rule {
	for _, r := range set.Rules {
		if r.Name == decision.Rule {
			return r
		}
	}
	return rule.Rule{Name: decision.Rule, Version: decision.RuleVersion}
}

func zoneOf(p Policy) *time.Location {
	if p.Zone == nil {
		return time.UTC
	}
	return p.Zone
}
