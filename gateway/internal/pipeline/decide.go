package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

// Decide turns stored events into decisions and queued messages. There is one in a process: events of
// one order are decided in the order of their arrival.
type Decide struct {
	Inbox    Inbox
	Recall   func(kds.Event) ([]kds.Posting, bool)  // what the intake understood of an event a moment ago; may be nil
	Decode   func(kds.Event) ([]kds.Posting, error) // of an event that is not recalled: kds.Decode of its body
	Rules    Decider
	Policies Policies
	NewID    func() string          // ULIDs, increasing
	Wake     func() <-chan struct{} // signalled when an event or a wait may be due; may be nil
	Now      func() time.Time
	Log      hclog.Logger
	Batch    int // events in one transaction, and orders from which on it is full; 0 means 256

	// Clock tells how far a restaurant's clock was behind when its last orders came. It is asked once for
	// each; nil: nobody knows.
	Clock  func(ctx context.Context, restaurant string) (time.Duration, error)
	clocks clocks
	rest   []kds.Event // claimed, in order of arrival, but too much for the last batch
}

// defaultBatch balances the two sides of a commit: more events share one sync, and the intake waits
// for it. Twice as many as 128 decide a twentieth more in a burst (docs/adr/0008); in a quiet hour batches are
// as small as what waits.
const defaultBatch = 256

// Run decides until ctx ends. What is wrong with one event ends that event; what is wrong with the
// store or the workers is logged, and the events are given back and taken up again.
//
// While one batch is being saved, the next one is decided already: one works the disk, the other the
// processor. The next one sees the orders as the one before leaves them, and is given back with it
// when that cannot be saved.
func (d *Decide) Run(ctx context.Context) {
	pause := pacer{wake: d.Wake, now: d.Now}
	backoff := 100 * time.Millisecond
	var under *saving // the batch that is being saved; nil: none
	defer func() {
		if err := errors.Join(d.settle(ctx, under), d.giveBack(ctx, d.rest)); err != nil {
			d.Log.Error("the last events cannot be saved; they wait", "error", err)
		}
	}()
	full := false // more waits than the last batch could hold
	for full && ctx.Err() == nil || pause.round(ctx) {
		next, n, err := d.step(ctx, under)
		proven := next == nil || under != nil // a batch that only began to be saved proves nothing yet
		under, full = next, n >= d.batch() || len(d.rest) > 0
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			d.Log.Error("events cannot be decided now; they wait", "error", err)
			(pacer{}).rest(ctx, backoff)
			backoff = min(2*backoff, 5*time.Second)
		case n == 0:
			backoff = 100 * time.Millisecond
			pause.rest(ctx, idle)
		case proven:
			backoff = 100 * time.Millisecond
		}
	}
}

func (d *Decide) batch() int { return cmp.Or(d.Batch, defaultBatch) }

// saving is a batch on its way to the disk.
type saving struct {
	events []kds.Event
	latest map[string]*order.Order // its orders, by every name
	done   chan error
}

// save begins to save a batch.
func (d *Decide) save(ctx context.Context, events []kds.Event, decided []rule.Decided, latest map[string]*order.Order) *saving {
	s := &saving{events: events, latest: latest, done: make(chan error, 1)}
	go func() { s.done <- d.Inbox.SaveDecided(context.WithoutCancel(ctx), decided) }()
	return s
}

// settle waits for a batch to be saved. One that cannot be is given back.
func (d *Decide) settle(ctx context.Context, s *saving) error {
	if s == nil {
		return nil
	}
	if err := <-s.done; err != nil {
		return d.release(ctx, s.events, fmt.Errorf("save decisions: %w", err))
	}
	return nil
}

// step does one round. It returns the batch that is being saved when it ends, and how much it did.
func (d *Decide) step(ctx context.Context, under *saving) (*saving, int, error) {
	waits, err := d.waits(ctx)
	if err != nil {
		return under, waits, err
	}
	events, err := d.take(ctx)
	if err != nil {
		return under, waits, fmt.Errorf("claim events: %w", err)
	}
	if len(events) == 0 {
		return nil, waits, d.settle(ctx, under)
	}
	decided, latest, err := d.decide(ctx, events, under)
	if failed := d.settle(ctx, under); failed != nil {
		err = errors.Join(failed, err) // decided on what was never saved
	}
	if err != nil {
		return nil, waits, d.release(ctx, events, err)
	}
	n := len(decided)
	d.rest = events[n:]
	return d.save(ctx, events[:n], decided, latest), waits + n, nil
}

// take gives the events that are next: what the last batch left, else those that wait.
func (d *Decide) take(ctx context.Context) ([]kds.Event, error) {
	if events := d.rest; len(events) > 0 {
		d.rest = nil
		return events, nil
	}
	return d.Inbox.ClaimEvents(ctx, d.batch()) //nolint:wrapcheck // the caller says what failed
}

// release gives events back because of cause.
func (d *Decide) release(ctx context.Context, events []kds.Event, cause error) error {
	if err := d.giveBack(ctx, events); err != nil {
		return fmt.Errorf("%w; and %w", cause, err)
	}
	return cause
}

func (d *Decide) giveBack(ctx context.Context, events []kds.Event) error {
	if len(events) == 0 {
		return nil
	}
	ids := make([]string, len(events))
	for i, e := range events {
		ids[i] = e.ID
	}
	if err := d.Inbox.ReleaseEvents(context.WithoutCancel(ctx), ids); err != nil {
		return fmt.Errorf("the events cannot be given back: %w", err)
	}
	return nil
}

// seen is one order in one event: the unit of work.
type seen struct {
	event   int // index of the event in the batch
	order   order.Order
	changes []order.Change
	contact *contact.Contact
}

// decide takes events from their bytes to their decisions: as many of them, from the first on, as one batch
// holds. It also returns the orders as it leaves them.
func (d *Decide) decide(ctx context.Context, events []kds.Event, under *saving) ([]rule.Decided, map[string]*order.Order, error) {
	decided, work, err := d.understand(ctx, events)
	if err != nil {
		return nil, nil, err
	}
	latest, err := d.compare(ctx, work, under)
	if err != nil {
		return nil, nil, err
	}
	if err := d.attachContacts(ctx, work); err != nil {
		return nil, nil, err
	}
	for _, w := range work {
		decided[w.event].Orders = append(decided[w.event].Orders, w.order)
	}
	return decided, latest, d.evaluate(ctx, events, work, decided)
}

// What a batch holds in memory is bounded: an event may have thousands of orders, an order thousands of dishes.
const (
	bodiesAtOnce  = 16 // a body may have 1 MiB
	linesPerOrder = 32 // dishes to an order that a full batch may have on average; banquets have fewer
)

// understand reads events until a batch is full.
func (d *Decide) understand(ctx context.Context, events []kds.Event) ([]rule.Decided, []seen, error) {
	decided := make([]rule.Decided, 0, len(events))
	var work []seen
	var known []understood
	lines := 0
	for i, e := range events {
		if len(work) >= d.batch() || lines >= d.batch()*linesPerOrder {
			break
		}
		at := i % bodiesAtOnce
		if at == 0 {
			var err error
			if known, err = d.recall(ctx, events[i:min(i+bodiesAtOnce, len(events))]); err != nil {
				return nil, nil, err
			}
		}
		one := rule.Decided{EventID: e.ID, Status: kds.Done}
		orders, note, err := d.read(e, known[at])
		one.Note = note
		if err != nil {
			one.Status, one.Note = kds.Quarantined, noteOf(err, d.Policies(e.Restaurant).Language)
		}
		decided = append(decided, one)
		for _, o := range orders {
			work = append(work, seen{event: i, order: o})
			lines += order.CountLines(o.Dishes)
		}
	}
	return decided, work, nil
}

// noteOf tells an error in the configured language where it can speak it: notes are for people.
func noteOf(err error, lang string) string {
	if e, ok := errors.AsType[*kds.Error](err); ok {
		return e.Sentence(lang)
	}
	return err.Error()
}

// understood is what the intake understood of an event, if that is remembered; else its body.
type understood struct {
	postings []kds.Posting
	there    bool
	body     []byte
}

// recall gives what is remembered of each event, and the bodies of those of which nothing is.
func (d *Decide) recall(ctx context.Context, events []kds.Event) ([]understood, error) {
	known := make([]understood, len(events))
	var unread []kds.Event
	var at []int
	for i, e := range events {
		if d.Recall != nil {
			if known[i].postings, known[i].there = d.Recall(e); known[i].there {
				continue
			}
		}
		unread, at = append(unread, e), append(at, i)
	}
	if len(unread) == 0 {
		return known, nil
	}
	if err := d.Inbox.ReadBodies(ctx, unread); err != nil {
		return nil, fmt.Errorf("read bodies: %w", err)
	}
	for k, i := range at {
		known[i].body = unread[k].Body // not to the event: it is kept until it is saved
	}
	return known, nil
}

// read understands one event. The note tells what was odd but tolerable, or why nothing follows.
func (d *Decide) read(e kds.Event, known understood) ([]order.Order, string, error) {
	postings := known.postings
	if !known.there {
		var err error
		if known.body != nil {
			e.Body = known.body
		}
		if postings, err = d.Decode(e); err != nil {
			return nil, "", err
		}
	}
	var orders []order.Order
	var note string
	for _, p := range postings {
		if e.Restaurant != "" && e.Restaurant != "*" && p.Restaurant != "" && p.Restaurant != e.Restaurant {
			return nil, "", &kds.Error{Code: kds.OtherRestaurant, Text: fmt.Sprintf("%.32q, %q", p.Restaurant, e.Restaurant)}
		}
		if p.Restaurant == "" {
			p.Restaurant = e.Restaurant
		}
		if len(p.Notes) > 0 && note == "" {
			note = p.Notes[0].Sentence(d.Policies(p.Restaurant).Language)
		}
		for _, o := range p.Orders {
			o.Restaurant = p.Restaurant
			o.ReceivedMicros = e.ReceivedAt.UnixMicro()
			if at := p.OccurredAt(d.Policies(p.Restaurant).Zone); !at.IsZero() {
				o.OccurredMicros = at.UnixMicro()
			}
			orders = append(orders, o)
		}
	}
	return orders, note, nil
}

// attachContacts finds the guests of the orders that a rule wants to hear of.
func (d *Decide) attachContacts(ctx context.Context, work []seen) error {
	set := d.Rules.Set()
	var asked []int
	var orders []order.Order
	for i, w := range work {
		if anyListens(set, w.changes) {
			asked, orders = append(asked, i), append(orders, w.order)
		}
	}
	if len(asked) == 0 {
		return nil
	}
	contacts, err := d.Inbox.FindContacts(ctx, orders)
	if err != nil {
		return fmt.Errorf("find contacts: %w", err)
	}
	for i, at := range asked {
		work[at].contact = contacts[i]
	}
	return nil
}

func anyListens(set rule.Set, changes []order.Change) bool {
	for _, c := range changes {
		for _, r := range set.Rules {
			if r.Listens(c.Kind) {
				return true
			}
		}
	}
	return false
}
