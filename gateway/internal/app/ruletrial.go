package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/pipeline"
	"github.com/orderbell/orderbell/gateway/internal/rule"
	"github.com/orderbell/orderbell/gateway/internal/script"
)

// Tried is what one rule would decide on one change.
type Tried = pipeline.Tried

// Played is what rules would decide on what happened.
type Played struct {
	Tried []Tried
	// Rules are the files that decided; those that have a fault are among its problems.
	Rules script.Usable
}

// BrokenError says that rule files cannot be tried because of what is wrong with them.
type BrokenError struct{ Problems []script.Problem }

// Error says what is wrong first, in English.
func (e *BrokenError) Error() string { return e.Sentence("en") }

// Sentence says it in a language.
func (e *BrokenError) Sentence(lang string) string { return e.Problems[0].Sentence(lang) }

// ErrBodyGone is asked to decide an event whose body is no longer kept.
var ErrBodyGone = errors.New("the posting itself is no longer kept: its retention is over")

// active gives the rule files that serve, with a draft in place of the file of its name.
func (b *RuleBook) active(ctx context.Context, draft *rule.File) ([]rule.File, error) {
	files, err := RuleFiles(b.opts.Config.Rules)
	if err != nil {
		return nil, err
	}
	off, err := b.off(ctx)
	if err != nil {
		return nil, err
	}
	files = slices.DeleteFunc(files, func(f rule.File) bool { return off[f.Name] && (draft == nil || f.Name != draft.Name) })
	if draft == nil {
		return files, nil
	}
	if i := slices.IndexFunc(files, func(f rule.File) bool { return f.Name == draft.Name }); i >= 0 {
		files[i] = *draft
		return files, nil
	}
	files = append(files, *draft)
	slices.SortFunc(files, func(a, b rule.File) int { return strings.Compare(a.Name, b.Name) })
	return files, nil
}

// onBench is active on a bench, as a gateway would let it serve: in place of a file with a fault serves what
// stood in it before. A draft with a fault is a *BrokenError.
func (b *RuleBook) onBench(ctx context.Context, draft *rule.File) (*bench, error) {
	files, err := b.active(ctx, draft)
	if err != nil {
		return nil, err
	}
	bench, err := b.bench(ctx, files, b.earlier())
	if err != nil {
		return nil, err
	}
	faults := slices.DeleteFunc(bench.loaded.Faults(), func(p script.Problem) bool { return draft == nil || p.File != draft.Name })
	if len(faults) > 0 {
		bench.stop()
		return nil, &BrokenError{Problems: faults}
	}
	return bench, nil
}

func (b *RuleBook) trial(bench *bench) *pipeline.Trial {
	trial := &pipeline.Trial{
		Rules: bench.pool, Policies: b.policies, Now: b.opts.Now,
		Decode: decodeEvent,
	}
	if b.db != nil {
		trial.Known = b.db
	}
	return trial
}

// TryEvent puts a stored event to the rules that serve, or to them with a draft. What the orders were
// like before comes from their earlier events.
func (b *RuleBook) TryEvent(ctx context.Context, id string, draft *rule.File) (Played, error) {
	if b.db == nil {
		return Played{}, ErrNoData
	}
	event, err := b.db.Event(ctx, id)
	if err != nil {
		return Played{}, err
	}
	if event.Body == nil {
		return Played{}, ErrBodyGone
	}
	bench, err := b.onBench(ctx, draft)
	if err != nil {
		return Played{}, err
	}
	defer bench.stop()
	history, err := b.before(ctx, *event)
	if err != nil {
		return Played{}, err
	}
	tried, err := b.trial(bench).Play(ctx, append(history, *event), func(e kds.Event) bool { return e.ID == id })
	return Played{Tried: tried, Rules: bench.loaded}, err
}

// before gives the earlier events of the orders of an event.
func (b *RuleBook) before(ctx context.Context, event kds.Event) ([]kds.Event, error) {
	postings, err := kds.Decode(event.Body)
	if err != nil {
		return nil, err
	}
	var wanted []order.Order
	for _, p := range postings {
		for _, o := range p.Orders {
			o.Restaurant = p.Restaurant
			if o.Restaurant == "" {
				o.Restaurant = event.Restaurant
			}
			wanted = append(wanted, o)
		}
	}
	if len(wanted) == 0 {
		return nil, nil
	}
	stored, err := b.db.FindOrders(ctx, wanted)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, o := range stored {
		if o != nil {
			ids = append(ids, o.ID)
		}
	}
	events, err := b.db.EventsOfOrders(ctx, ids)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(events, func(e kds.Event) bool { return e.ID >= event.ID || e.Body == nil }), nil
}

// TryOrder puts all events of an order to the rules.
func (b *RuleBook) TryOrder(ctx context.Context, ref string, draft *rule.File) (Played, error) {
	if b.db == nil {
		return Played{}, ErrNoData
	}
	found, err := b.db.FindOrder(ctx, ref)
	if err != nil {
		return Played{}, err
	}
	events, err := b.db.EventsOfOrders(ctx, []string{found.ID})
	if err != nil {
		return Played{}, err
	}
	events = slices.DeleteFunc(events, func(e kds.Event) bool { return e.Body == nil })
	if len(events) == 0 {
		return Played{}, ErrBodyGone
	}
	bench, err := b.onBench(ctx, draft)
	if err != nil {
		return Played{}, err
	}
	defer bench.stop()
	tried, err := b.trial(bench).Play(ctx, events, nil)
	tried = slices.DeleteFunc(tried, func(t pipeline.Tried) bool { return t.Order.ID != found.ID })
	return Played{Tried: tried, Rules: bench.loaded}, err
}

// TryBody puts a posting that is not stored to the rules, as if it had come at the time that it names
// itself, or now if it names none: how old a sample is says nothing about a rule.
func (b *RuleBook) TryBody(ctx context.Context, body []byte, draft *rule.File) (Played, error) {
	postings, err := kds.Decode(body)
	if err != nil {
		return Played{}, err
	}
	event := kds.Event{ID: "posting", Body: body, ReceivedAt: b.opts.Now()}
	for _, p := range postings {
		if at := p.OccurredAt(b.policies(p.Restaurant).Zone); !at.IsZero() && at.Before(event.ReceivedAt) {
			event.ReceivedAt = at
		}
	}
	bench, err := b.onBench(ctx, draft)
	if err != nil {
		return Played{}, err
	}
	defer bench.stop()
	history := []kds.Event{event}
	if b.db != nil {
		earlier, err := b.before(ctx, kds.Event{ID: "~", Body: body}) // ~ is above every ULID
		if err != nil {
			return Played{}, err
		}
		history = append(earlier, event)
	}
	tried, err := b.trial(bench).Play(ctx, history, func(e kds.Event) bool { return e.ID == event.ID })
	return Played{Tried: tried, Rules: bench.loaded}, err
}

// Bounds of a comparison.
const (
	compareEvents = 20000
	compareTime   = 30 * time.Second
)

// Compared is a comparison with what it looked at.
type Compared struct {
	pipeline.Comparison
	Days   int
	Events int
	Cut    bool // there were more events than are looked at; the latest were
}

// Compare puts the events of the last days to the rules that serve and to them with a draft.
func (b *RuleBook) Compare(ctx context.Context, draft rule.File, days int) (Compared, error) {
	if b.db == nil {
		return Compared{}, ErrNoData
	}
	ctx, cancel := context.WithTimeout(ctx, compareTime)
	defer cancel()
	now := b.opts.Now()
	events, err := b.db.LastEvents(ctx, now.AddDate(0, 0, -days), now, compareEvents+1)
	if err != nil {
		return Compared{}, err
	}
	result := Compared{Days: days, Cut: len(events) > compareEvents}
	if result.Cut {
		events = events[1:]
	}
	result.Events = len(events)
	var plays [2][]pipeline.Tried
	for i, with := range []*rule.File{nil, &draft} {
		bench, err := b.onBench(ctx, with)
		if err != nil {
			return Compared{}, err
		}
		plays[i], err = b.trial(bench).Play(ctx, events, nil)
		bench.stop()
		if err != nil {
			return Compared{}, fmt.Errorf("compare: %w", err)
		}
	}
	result.Comparison = pipeline.Compare(plays[0], plays[1])
	return result, nil
}
