package store_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

// written is how many bytes this process has handed to files so far; 0 where the system does not tell.
func written() int64 {
	text, err := os.ReadFile("/proc/self/io")
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(text) {
		if rest, ok := bytes.CutPrefix(line, []byte("wchar: ")); ok {
			n, _ := strconv.ParseInt(string(bytes.TrimSpace(rest)), 10, 64)
			return n
		}
	}
	return 0
}

// stepCost is what one step of the path took: by the clock, and in bytes handed to files.
type stepCost struct {
	took  time.Duration
	bytes int64
}

// BenchmarkKnownOrders is the store's share of the busiest path there is: orders that are known and
// bound to a phone go from started to ready, and each of them leads to one text.
func BenchmarkKnownOrders(b *testing.B) {
	const n, batch = 4096, 128
	db, err := store.Open(b.Context(), store.Options{Folder: b.TempDir(), Instance: true})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var next atomic.Uint64
	orders := knownOrders(b, db, n)
	b.ResetTimer()
	for range b.N {
		steps := map[string]stepCost{}
		cpu, bytesBefore := cpuTime(), written()
		costOf(b, steps, "AddEvent", func() error { return addMany(db, n, &next) })
		for at := 0; at < n; at += batch {
			ready(b, db, steps, orders[at:at+batch])
		}
		cpu = cpuTime() - cpu
		total := stepCost{bytes: written() - bytesBefore}
		for _, name := range []string{"AddEvent", "ClaimEvents", "FindOrders", "FindContacts", "SaveDecided", "ClaimMessages", "FinishAttempts"} {
			s := steps[name]
			total.took += s.took
			fmt.Printf("    %-16s %6.1f µs %6.2f KB\n", name, float64(s.took.Nanoseconds())/n/1e3, float64(s.bytes)/n/1e3)
		}
		fmt.Printf("    %-16s %6.1f µs %6.2f KB, cpu %.1f µs\n", "all", float64(total.took.Nanoseconds())/n/1e3, float64(total.bytes)/n/1e3, float64(cpu.Nanoseconds())/n/1e3)
	}
}

func costOf(b *testing.B, steps map[string]stepCost, name string, run func() error) {
	b.Helper()
	began, before := time.Now(), written()
	if err := run(); err != nil {
		b.Fatal(name, err)
	}
	s := steps[name]
	s.took, s.bytes = s.took+time.Since(began), s.bytes+written()-before
	steps[name] = s
}

func addMany(db *store.DB, n int, next *atomic.Uint64) error {
	var group sync.WaitGroup
	var left atomic.Int64
	left.Store(int64(n))
	faults := make(chan error, 64)
	for range 64 {
		group.Go(func() {
			for left.Add(-1) >= 0 {
				if _, _, err := db.AddEvent(context.Background(), posting(next.Add(1))); err != nil {
					faults <- err
					return
				}
			}
		})
	}
	group.Wait()
	close(faults)
	return <-faults
}

// knownOrders stores n orders as a cash server shows them, five lines each, bound to a phone.
func knownOrders(b *testing.B, db *store.DB, n int) []order.Order {
	b.Helper()
	at := time.Now().UnixMicro()
	orders := make([]order.Order, n)
	for i := range orders {
		o := order.Order{
			ID: newID(), Restaurant: "199990777", Name: strconv.Itoa(i), Seq: strconv.Itoa(i), Table: "12", Type: "В зале",
			Ref:   order.Ref{GUID: fmt.Sprintf("8C9B3C1E-0000-4F6A-9D0B-%012d", i*7919%n), Visit: strconv.Itoa(40000 + i), Ident: "256"},
			Stage: order.Started, Peak: order.Started, OccurredMicros: at, ReceivedMicros: at,
		}
		for k, name := range []string{"Борщ", "Хлеб ржаной", "Котлета по-киевски", "Пюре картофельное", "Морс клюквенный"} {
			o.Dishes = append(o.Dishes, order.Dish{
				ID: fmt.Sprintf("8C9B3C1E-%04d-4F6A-9D0B-%012d", k, i), Name: name, Quantity: 1000,
				State: order.State(order.Started), Stage: order.Started, Peak: order.Started,
			})
		}
		orders[i] = o
	}
	if err := db.SaveDecided(b.Context(), []rule.Decided{{Status: kds.Done, Orders: orders}}); err != nil {
		b.Fatal(err)
	}
	var group sync.WaitGroup
	for part := range 64 {
		group.Go(func() {
			for i := part; i < n; i += 64 {
				phone, _ := contact.ParsePhone(fmt.Sprintf("+7999%07d", i), "RU")
				_, err := db.Bind(context.Background(), contact.Binding{
					Phone: phone, Restaurant: "199990777", GUID: orders[i].Ref.GUID,
					Consent: contact.Consent{Category: contact.Transactional, Given: true, GivenAt: time.Now(), Source: "qr"},
				})
				if err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	return orders
}

// ready takes as many events as there are orders through the whole path.
func ready(b *testing.B, db *store.DB, steps map[string]stepCost, orders []order.Order) {
	b.Helper()
	ctx := context.Background()
	var events []kds.Event
	costOf(b, steps, "ClaimEvents", func() (err error) { events, err = db.ClaimEvents(ctx, len(orders)); return err })
	var found []*order.Order
	costOf(b, steps, "FindOrders", func() (err error) { found, err = db.FindOrders(ctx, orders); return err })
	var people []*contact.Contact
	costOf(b, steps, "FindContacts", func() (err error) { people, err = db.FindContacts(ctx, orders); return err })
	decided := make([]rule.Decided, len(events))
	for i, e := range events {
		decided[i] = readyDecided(e, *found[i], people[i])
	}
	costOf(b, steps, "SaveDecided", func() error { return db.SaveDecided(ctx, decided) })
	var attempts []message.Attempt
	for range len(orders) / 64 {
		costOf(b, steps, "ClaimMessages", func() (err error) { _, attempts, err = db.ClaimMessages(ctx, "main", 64, time.Now()); return err })
		finished := make([]message.Finished, len(attempts))
		for i, a := range attempts {
			now := time.Now()
			a.EndedAt, a.Outcome = &now, &message.Outcome{ID: a.MessageID, Accepted: &message.Acceptance{ProviderID: "p-" + a.MessageID}}
			finished[i] = message.Finished{Attempt: a, Next: message.Move{Status: message.Accepted, Account: "main", ProviderID: "p-" + a.MessageID}}
		}
		costOf(b, steps, "FinishAttempts", func() error { return db.FinishAttempts(ctx, finished) })
	}
}

func readyDecided(e kds.Event, o order.Order, who *contact.Contact) rule.Decided {
	for k := range o.Dishes {
		o.Dishes[k].State, o.Dishes[k].Stage, o.Dishes[k].Peak = order.State(order.Ready), order.Ready, order.Ready
	}
	o.Stage, o.Peak, o.ReceivedMicros = order.Ready, order.Ready, e.ReceivedAt.UnixMicro()
	id := newID()
	d := rule.Decision{
		ID: id, EventID: e.ID, OrderID: o.ID, Restaurant: o.Restaurant, Rule: "order-stage", RuleVersion: "0123456789ab",
		Change: order.Change{Kind: order.OrderReached(order.Ready), Stage: order.Ready, Before: order.Started}, Outcome: rule.Sends, At: e.ReceivedAt,
		Messages: []message.Message{{
			ID: newID(), Restaurant: o.Restaurant, Rule: "order-stage", Stage: "ready", ContactID: who.ID, To: who.Phone,
			Text: "Заказ " + o.Name + " готов. Кафе «Пример»", Segments: 1, Category: contact.Transactional, Dedupe: "order-stage/" + id, Route: []string{"main"}, Account: "main",
			Deadline: e.ReceivedAt.Add(20 * time.Minute), NextAt: e.ReceivedAt, CreatedAt: e.ReceivedAt, UpdatedAt: e.ReceivedAt,
		}},
	}
	return rule.Decided{EventID: e.ID, Status: kds.Done, Orders: []order.Order{o}, Decisions: []rule.Decision{d}}
}
