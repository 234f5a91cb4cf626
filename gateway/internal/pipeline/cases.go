package pipeline

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

// Cases runs the cases of rule files: the same call as production, with settings that the case names.
type Cases struct {
	Rules  Decider
	Sample func(name string) ([]byte, error) // a posting of examples/events
	Now    func() time.Time
}

// CaseResult is what became of one case.
type CaseResult struct {
	Name   string
	Passed bool
	Want   []rule.Saying
	Got    []rule.Saying
	Err    error // the case could not be run: it names no sample, or its posting is not understood
}

// Run runs cases against the rules that a file declares.
func (c *Cases) Run(ctx context.Context, file string, cases []rule.Case) ([]CaseResult, error) {
	results := make([]CaseResult, 0, len(cases))
	for _, one := range cases {
		result := CaseResult{Name: one.Name, Want: one.Want}
		events, err := c.events(one)
		if err != nil {
			result.Err = err
			results = append(results, result)
			continue
		}
		trial := Trial{
			Rules: only{c.Rules, file}, Known: caseGuest{one}, Policies: casePolicies(one), Now: c.Now,
			Decode:   func(e kds.Event) ([]kds.Posting, error) { return kds.Decode(e.Body) },
			Language: "en", // an error that a case wants is written down, and must not depend on who runs it
		}
		tried, err := trial.Play(ctx, events, func(kds.Event) bool { return true })
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil:
			result.Err = err
		default:
			result.Got = sayings(tried, one.Want)
			result.Passed = same(result.Want, result.Got)
		}
		results = append(results, result)
	}
	return results, nil
}

// events gives the postings of a case with the times of their own clocks: a case is about what a rule
// says, not about how late an event is.
func (c *Cases) events(one rule.Case) ([]kds.Event, error) {
	var events []kds.Event
	var clock time.Time
	for i, e := range one.Events {
		body := []byte(e.Body)
		if e.Sample != "" {
			var err error
			if body, err = c.Sample(e.Sample); err != nil {
				return nil, err
			}
		}
		postings, err := kds.Decode(body)
		if err != nil {
			return nil, fmt.Errorf("events[%d]: %w", i, err)
		}
		for _, p := range postings {
			if at := p.OccurredAt(caseZone()); at.After(clock) {
				clock = at
			}
		}
		if clock.IsZero() {
			clock = time.Date(2026, time.January, 1, 12, 0, 0, 0, caseZone())
		}
		events = append(events, kds.Event{ID: fmt.Sprintf("case/%d", i+1), Body: body, ReceivedAt: clock})
	}
	return events, setClock(events, one.At)
}

// caseZone is the zone of the restaurant in cases.
func caseZone() *time.Location { return time.FixedZone("MSK", 3*60*60) }

// setClock moves the last event to a time of its day.
func setClock(events []kds.Event, at string) error {
	if at == "" {
		return nil
	}
	clock, err := time.Parse("15:04", at)
	if err != nil {
		return fmt.Errorf("at: a time like 22:30 is expected")
	}
	last := &events[len(events)-1].ReceivedAt
	day := last.In(caseZone())
	*last = time.Date(day.Year(), day.Month(), day.Day(), clock.Hour(), clock.Minute(), 0, 0, caseZone())
	return nil
}

func casePolicies(one rule.Case) Policies {
	settings := rule.Notifications{Enabled: !one.Off, Stage: one.Stage, Template: one.Template, Expires: rule.DefaultExpires}
	if settings.Stage == order.None {
		settings.Stage = order.Ready
	}
	if settings.Template == "" {
		settings.Template = "Заказ {order_number} готов. {restaurant_name}"
	}
	return func(code string) Policy {
		return Policy{
			Code: code, Name: "Кафе «Пример»", Zone: caseZone(), Stage: order.Least, Number: "orderName", Language: "ru",
			Notifications: settings, Route: []string{"case"}, ContactWait: rule.DefaultExpires,
		}
	}
}

// caseGuest gives every order the same ID and the guest of the case.
type caseGuest struct{ one rule.Case }

// FindOrders gives each order an ID that does not change.
func (caseGuest) FindOrders(_ context.Context, wanted []order.Order) ([]*order.Order, error) {
	found := make([]*order.Order, len(wanted))
	for i := range wanted {
		found[i] = &order.Order{ID: "order"}
	}
	return found, nil
}

// FindContacts gives the guest.
func (g caseGuest) FindContacts(_ context.Context, orders []order.Order) ([]*contact.Contact, error) {
	found := make([]*contact.Contact, len(orders))
	if g.one.NoPhone {
		return found, nil
	}
	guest := contact.Contact{ID: "guest", Phone: contact.StoredPhone("+79990000001"), Language: g.one.Language,
		Consents: []contact.Consent{{Category: contact.Transactional, Given: true}, {Category: contact.Marketing, Given: true}}}
	for i := range found {
		found[i] = &guest
	}
	return found, nil
}

// only shows of a set the rules of one file.
type only struct {
	Decider
	file string
}

// Set gives the rules of the file.
func (o only) Set() rule.Set {
	set := o.Decider.Set()
	var rules []rule.Rule
	for _, r := range set.Rules {
		if r.File == o.file {
			rules = append(rules, r)
		}
	}
	set.Rules = rules
	return set
}

// sayings puts what rules said into the form of a case. Rules are named where the case names them.
func sayings(tried []Tried, want []rule.Saying) []rule.Saying {
	named := false
	for _, w := range want {
		named = named || w.Rule != ""
	}
	got := []rule.Saying{}
	for _, t := range tried {
		base := rule.Saying{Change: t.Decision.Change.Kind}
		if named {
			base.Rule = t.Decision.Rule
		}
		switch {
		case t.Decision.Outcome == rule.Errored:
			base.Error = t.Decision.Note
			got = append(got, base)
		case t.Result.Skip != "":
			base.Skip = t.Result.Skip
			got = append(got, base)
		}
		for _, draft := range t.Result.Messages {
			if t.Decision.Outcome == rule.Errored {
				break
			}
			text := base
			text.Text = strings.TrimSpace(draft.Text)
			got = append(got, text)
		}
	}
	return got
}

func same(want, got []rule.Saying) bool {
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if want[i] != got[i] {
			return false
		}
	}
	return true
}
