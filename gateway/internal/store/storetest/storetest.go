// Package storetest says what every database under Orderbell must do. Each promise is one named case;
// a database that passes Exercise may carry the product.
package storetest

import (
	"sync"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

// Open opens the database of o.Folder, which is empty at the first call and the same for every call
// of one case.
type Open func(t *testing.T, o store.Options) (*store.DB, error)

// Exercise runs every case against databases that open makes.
func Exercise(t *testing.T, open Open) {
	t.Helper()
	for _, group := range []map[string]func(*testing.T, *bench){
		eventCases(), orderCases(), bindingCases(), waitCases(), decisionCases(),
		messageCases(), attemptCases(), receiptCases(), listCases(), actCases(), screenCases(), tallyCases(),
		keyCases(), ruleFileCases(), processCases(),
		settingCases(), accountCases(), recentCases(),
		userCases(), sessionCases(), tryCases(), auditCases(),
		purgeCases(), purgeTextCases(), purgePersonCases(),
	} {
		for name, run := range group {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				run(t, setup(t, open))
			})
		}
	}
}

// bench is one case's database with a clock that only the case moves.
type bench struct {
	*store.DB
	folder string
	open   Open
	clock  *clock
}

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func setup(t *testing.T, open Open) *bench {
	t.Helper()
	b := &bench{folder: t.TempDir(), open: open, clock: &clock{now: time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)}}
	b.start(t)
	t.Cleanup(func() { b.stop(t) })
	return b
}

func (b *bench) options() store.Options {
	return store.Options{Folder: b.folder, Instance: true, Now: b.clock.Now}
}

func (b *bench) start(t *testing.T) {
	t.Helper()
	db, err := b.open(t, b.options())
	must(t, err)
	b.DB = db
}

func (b *bench) stop(t *testing.T) {
	t.Helper()
	if err := b.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}

// restart is a clean stop and a new start.
func (b *bench) restart(t *testing.T) {
	t.Helper()
	b.stop(t)
	b.start(t)
}

func (b *bench) now() time.Time { return b.clock.Now() }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Values that cases share.
const (
	restaurant = "199990777"
	guidA      = "0A1B2C3D-0000-4000-8000-000000000001"
	guidB      = "0A1B2C3D-0000-4000-8000-000000000002"
)

func phone(n int) contact.Phone { return contact.StoredPhone("+7999000000" + string(rune('0'+n))) }

func (b *bench) add(t *testing.T, hash string) string {
	t.Helper()
	id, duplicate, err := b.AddEvent(t.Context(), kds.Event{
		Source: "http", Restaurant: restaurant, Body: []byte("<RK7/>" + hash), Key: kds.Key{Hash: hash, Dated: true}, ReceivedAt: b.now(),
	})
	must(t, err)
	if duplicate {
		t.Fatalf("AddEvent(%s): duplicate, want a new event", hash)
	}
	return id
}

// claim claims one event and makes sure that there was one.
func (b *bench) claim(t *testing.T) kds.Event {
	t.Helper()
	events, err := b.ClaimEvents(t.Context(), 1)
	must(t, err)
	if len(events) != 1 {
		t.Fatalf("ClaimEvents: %d events, want 1", len(events))
	}
	return events[0]
}

func (b *bench) sample(id, guid string) order.Order {
	return order.Order{
		ID: id, Restaurant: restaurant, Ref: order.Ref{GUID: guid}, Name: "12.1", Stage: order.Ready, Peak: order.Ready,
		ReceivedMicros: b.now().UnixMicro(),
	}
}

// save stores orders and decisions as if an event had led to them.
func (b *bench) save(t *testing.T, d rule.Decided) {
	t.Helper()
	if d.EventID == "" {
		d.EventID = b.add(t, "event-of-"+time.Duration(len(d.Orders)).String()+b.now().String()+nextName())
	}
	for i := range d.Decisions {
		d.Decisions[i].EventID = d.EventID
	}
	if d.Status == "" {
		d.Status = kds.Done
	}
	must(t, b.SaveDecided(t.Context(), []rule.Decided{d}))
}

func (b *bench) text(o order.Order, c *contact.Contact, dedupe string) message.Message {
	return message.Message{
		ID: nextID(), OrderID: o.ID, Restaurant: restaurant, Rule: "order-stage", Stage: "ready",
		ContactID: c.ID, To: c.Phone, Text: "Заказ готов", Segments: 1, Category: contact.Transactional,
		Dedupe: dedupe, Route: []string{"main", "spare"}, Account: "main", Status: message.Queued, OnUnknown: message.Hold,
		Deadline: b.now().Add(20 * time.Minute), NextAt: b.now(), CreatedAt: b.now(), UpdatedAt: b.now(),
	}
}

func (b *bench) decision(o order.Order, messages ...message.Message) rule.Decision {
	d := rule.Decision{
		ID: nextID(), OrderID: o.ID, Restaurant: restaurant, Rule: "order-stage", RuleVersion: "abc",
		Change: order.Change{Kind: order.OrderReached(order.Ready), Stage: order.Ready}, Outcome: rule.Sends,
		Messages: messages, At: b.now(),
	}
	if len(messages) == 0 {
		d.Outcome, d.WaitUntil = rule.Waiting, b.now().Add(15*time.Minute)
	}
	return d
}

func (b *bench) bind(t *testing.T, n int, guid string) *contact.Contact {
	t.Helper()
	return b.bindAs(t, contact.Binding{Restaurant: restaurant, GUID: guid, Phone: phone(n)})
}

func (b *bench) bindAs(t *testing.T, binding contact.Binding) *contact.Contact {
	t.Helper()
	binding.At = b.now()
	if binding.Consent.Category == "" {
		binding.Consent = contact.Consent{Category: contact.Transactional, Given: true, GivenAt: b.now(), Source: "qr_menu"}
	}
	id, err := b.Bind(t.Context(), binding)
	must(t, err)
	c, err := b.Contact(t.Context(), id)
	must(t, err)
	return c
}

// queued stores an order of guidA with one queued text to phone 1 and returns the text.
func (b *bench) queued(t *testing.T, change ...func(*message.Message)) message.Message {
	t.Helper()
	o := b.sample(nextID(), guidA)
	c := b.bind(t, 1, guidA)
	m := b.text(o, c, o.ID+"/ready")
	for _, f := range change {
		f(&m)
	}
	b.save(t, rule.Decided{Orders: []order.Order{o}, Decisions: []rule.Decision{b.decision(o, m)}})
	return m
}

func (b *bench) status(t *testing.T, id string, want message.Status, reason message.Reason) {
	t.Helper()
	m, err := b.Message(t.Context(), id)
	must(t, err)
	if m.Status != want || m.Reason != reason {
		t.Errorf("message is %s %s, want %s %s", m.Status, m.Reason, want, reason)
	}
}

func (b *bench) outcome(t *testing.T, orderID string, want ...rule.Decision) {
	t.Helper()
	h, err := b.History(t.Context(), orderID)
	must(t, err)
	if len(h.Decisions) != len(want) {
		t.Fatalf("%d decisions, want %d: %+v", len(h.Decisions), len(want), h.Decisions)
	}
	for i, w := range want {
		if got := h.Decisions[i]; got.Outcome != w.Outcome || got.Reason != w.Reason {
			t.Errorf("decision %d is %s %s, want %s %s", i, got.Outcome, got.Reason, w.Outcome, w.Reason)
		}
	}
}

func skipped(r message.Reason) rule.Decision { return rule.Decision{Outcome: rule.Skipped, Reason: r} }

// saveTexts stores texts of one order in one decision.
func (b *bench) saveTexts(t *testing.T, o order.Order, texts []message.Message) {
	t.Helper()
	b.save(t, rule.Decided{Orders: []order.Order{o}, Decisions: []rule.Decision{b.decision(o, texts...)}})
}
