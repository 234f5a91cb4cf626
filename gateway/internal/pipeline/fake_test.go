package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/pipeline"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

var errBroken = errors.New("the disk is full")

// faults makes calls of a fake fail a number of times, and keeps when each was made.
type faults struct {
	left  map[string]int
	calls map[string][]time.Time
}

// call must run with the fake's lock held.
func (f *faults) call(name string) error {
	if f.calls == nil {
		f.calls = map[string][]time.Time{}
	}
	f.calls[name] = append(f.calls[name], time.Now())
	if f.left[name] > 0 {
		f.left[name]--
		return fmt.Errorf("%s: %w", name, errBroken)
	}
	return nil
}

// inbox keeps everything in memory. Unlike the store it believes what it is given.
type inbox struct {
	mu sync.Mutex
	faults
	stored   []kds.Event
	claimed  map[string]bool
	released [][]string
	orders   []order.Order
	guests   map[string]*contact.Contact // by order.Ref.GUID
	asked    []string                    // GUIDs of orders whose contacts were asked for
	decided  []rule.Decided
	waiting  []rule.Wait
	settled  []rule.Decision
}

func (b *inbox) ClaimEvents(_ context.Context, n int) ([]kds.Event, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.call("ClaimEvents"); err != nil {
		return nil, err
	}
	var events []kds.Event
	for _, e := range b.stored {
		if !b.claimed[e.ID] && len(events) < n {
			b.claimed[e.ID] = true
			events = append(events, e)
		}
	}
	return events, nil
}

func (b *inbox) ReadBodies(context.Context, []kds.Event) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.call("ReadBodies")
}

func (b *inbox) ReleaseEvents(_ context.Context, ids []string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.call("ReleaseEvents"); err != nil {
		return err
	}
	b.released = append(b.released, ids)
	for _, id := range ids {
		delete(b.claimed, id)
	}
	return nil
}

func (b *inbox) FindOrders(_ context.Context, wanted []order.Order) ([]*order.Order, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.call("FindOrders"); err != nil {
		return nil, err
	}
	found := make([]*order.Order, len(wanted))
	for i, w := range wanted {
		for _, o := range b.orders {
			if o.Ref.GUID == w.Ref.GUID && o.Ref.GUID != "" {
				found[i] = &o
			}
		}
	}
	return found, nil
}

func (b *inbox) FindContacts(_ context.Context, orders []order.Order) ([]*contact.Contact, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.call("FindContacts"); err != nil {
		return nil, err
	}
	found := make([]*contact.Contact, len(orders))
	for i, o := range orders {
		b.asked = append(b.asked, o.Ref.GUID)
		found[i] = b.guests[o.Ref.GUID]
	}
	return found, nil
}

func (b *inbox) SaveDecided(_ context.Context, batch []rule.Decided) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.call("SaveDecided"); err != nil {
		return err
	}
	for _, d := range batch {
		b.decided = append(b.decided, d)
		b.stored = slices.DeleteFunc(b.stored, func(e kds.Event) bool { return e.ID == d.EventID })
	}
	return nil
}

func (b *inbox) ClaimWaits(_ context.Context, _ int, _ time.Time) ([]rule.Wait, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.call("ClaimWaits"); err != nil {
		return nil, err
	}
	return slices.Clone(b.waiting), nil
}

func (b *inbox) SaveWaits(_ context.Context, decisions []rule.Decision) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.call("SaveWaits"); err != nil {
		return err
	}
	b.settled, b.waiting = append(b.settled, decisions...), nil
	return nil
}

// decider answers as workers do: a rule that is not in the set is no_rule.
type decider struct {
	mu sync.Mutex
	faults
	set   rule.Set
	heard []rule.Call
}

func (r *decider) Set() rule.Set { return r.set }

func (r *decider) Decide(_ context.Context, calls []rule.Call) ([]rule.Result, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.call("Decide"); err != nil {
		return nil, err
	}
	r.heard = append(r.heard, calls...)
	results := make([]rule.Result, len(calls))
	for i, c := range calls {
		results[i].Err = &rule.Error{Kind: rule.NoRule, Text: "no such rule"}
		for _, known := range r.set.Rules {
			if known.Name == c.Rule {
				results[i] = rule.Result{Messages: []rule.Draft{{To: c.Snapshot.Phone, Text: "Заказ " + c.Snapshot.Number}}}
			}
		}
	}
	return results, nil
}

// deciding is a Decide loop with its fakes.
type deciding struct {
	*pipeline.Decide
	inbox    *inbox
	rules    *decider
	postings map[string][]kds.Posting // by event; what is not here is decoded from its body
	log      *logged
}

// setup makes a loop whose one rule, "ready", listens to order.ready. It is called in a bubble.
func setup(t *testing.T) *deciding {
	t.Helper()
	d := &deciding{
		inbox: &inbox{claimed: map[string]bool{}, guests: map[string]*contact.Contact{}, faults: faults{left: map[string]int{}}},
		rules: &decider{faults: faults{left: map[string]int{}}, set: rule.Set{Rules: []rule.Rule{
			{Name: "ready", Version: "v1", On: []order.Kind{order.OrderReached(order.Ready)}},
		}}},
		postings: map[string][]kds.Posting{},
		log:      &logged{},
	}
	ids := 0
	d.Decide = &pipeline.Decide{
		Inbox: d.inbox, Rules: d.rules, Policies: func(code string) pipeline.Policy {
			return pipeline.Policy{
				Code: code, Name: "Кафе", Stage: order.Least, Number: "orderName", Language: "ru",
				Route: []string{"main"}, ContactWait: 10 * time.Minute,
			}
		},
		Decode: func(e kds.Event) ([]kds.Posting, error) {
			if p, there := d.postings[e.ID]; there {
				return p, nil
			}
			return kds.Decode(e.Body)
		},
		NewID: func() string { ids++; return fmt.Sprintf("id-%03d", ids) },
		Now:   time.Now, Log: d.log.logger(),
	}
	return d
}

// post stores an event about one order.
func (d *deciding) post(id string, o order.Order) {
	d.inbox.mu.Lock()
	defer d.inbox.mu.Unlock()
	d.postings[id] = []kds.Posting{{Restaurant: "1", Orders: []order.Order{o}}}
	d.inbox.stored = append(d.inbox.stored, kds.Event{ID: id, ReceivedAt: time.Now()})
}

// run decides for a stretch of the bubble's time.
func (d *deciding) run(t *testing.T, stretch time.Duration) {
	t.Helper()
	runFor(t, d.Run, stretch)
}

// runFor runs a loop for a stretch of the bubble's time and waits until it has ended.
func runFor(t *testing.T, loop func(context.Context), stretch time.Duration) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	var ended sync.WaitGroup
	ended.Go(func() { loop(ctx) })
	time.Sleep(stretch)
	stop()
	ended.Wait()
}

// atStage is an order of one dish.
func atStage(guid string, s order.Stage) order.Order {
	return order.Order{Ref: order.Ref{GUID: guid}, Name: "12.1", Dishes: []order.Dish{{ID: "d", State: order.State(s)}}}
}

// guest is a person who agreed.
func guest(n int) *contact.Contact {
	return &contact.Contact{
		ID: fmt.Sprintf("c%d", n), Phone: contact.StoredPhone(fmt.Sprintf("+7999000%04d", n)),
		Consents: []contact.Consent{{Category: contact.Transactional, Given: true}},
	}
}

// logged keeps the log in memory.
type logged struct {
	mu    sync.Mutex
	lines []string
}

func (l *logged) logger() hclog.Logger {
	return hclog.New(&hclog.LoggerOptions{Output: l, Level: hclog.Warn, DisableTime: true})
}

func (l *logged) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, string(line))
	return len(line), nil
}

func (l *logged) has(text string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Contains(strings.Join(l.lines, ""), text)
}
