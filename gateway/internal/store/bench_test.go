package store_test

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

// The disk's fsync drifts by up to twenty times, so every figure is set beside L, the rate of 4 KB
// append and data sync by one thread, measured just before and after the cell. Each cell is run a few
// times; the table shows the median of the ratios and the range.

const (
	cellTime   = 900 * time.Millisecond
	probeTime  = 150 * time.Millisecond
	cellRounds = 3
)

// probe measures L on the disk that holds folder.
func probe(b *testing.B, folder string) float64 {
	b.Helper()
	f, err := os.CreateTemp(folder, "probe")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = os.Remove(f.Name()); _ = f.Close() }()
	block := make([]byte, 4096)
	n, start := 0, time.Now()
	for ; time.Since(start) < probeTime; n++ {
		if _, err := f.Write(block); err != nil {
			b.Fatal(err)
		}
		if err := dataSync(f); err != nil {
			b.Fatal(err)
		}
	}
	return float64(n) / time.Since(start).Seconds()
}

// result is one measured cell: a rate, its latencies and L around it.
type result struct {
	rate     float64
	p50, p99 time.Duration
	l        float64
	cpu      time.Duration // of the whole process, per item
}

// cell measures run, which returns how much it did and the latencies of its calls, on a database that
// has waiting events.
func cell(b *testing.B, waiting int, run func(db *store.DB, folder string) (n int, took time.Duration, latencies []time.Duration)) []result {
	b.Helper()
	var all []result
	for range cellRounds {
		folder := b.TempDir()
		db, err := store.Open(b.Context(), store.Options{Folder: folder, Instance: true})
		if err != nil {
			b.Fatal(err)
		}
		stock(b, db, waiting)
		before := probe(b, folder)
		runtime.GC()
		cpu := cpuTime()
		n, took, latencies := run(db, folder)
		cpu = cpuTime() - cpu
		after := probe(b, folder)
		slices.Sort(latencies)
		r := result{rate: float64(n) / took.Seconds(), l: (before + after) / 2, cpu: cpu / time.Duration(max(n, 1))}
		if k := len(latencies); k > 0 {
			r.p50, r.p99 = latencies[k/2], latencies[k*99/100]
		}
		all = append(all, r)
		if err := db.Close(); err != nil {
			b.Fatal(err)
		}
	}
	return all
}

func median(values []float64) float64 {
	values = slices.Sorted(slices.Values(values))
	return values[len(values)/2]
}

// show prints one line of the table and returns the median ratio to L.
func show(name string, all []result, target string) float64 {
	var ratios, rates, ls, cpus []float64
	for _, r := range all {
		ratios, rates, ls, cpus = append(ratios, r.rate/r.l), append(rates, r.rate), append(ls, r.l), append(cpus, float64(r.cpu)/1000)
	}
	us := 1e6 / median(rates)
	fmt.Printf("%-44s %8.0f/s %6.1f µs (cpu %5.1f)  p50 %8s p99 %8s  L %6.0f/s  ×L %5.1f [%.1f..%.1f]  %s\n", name, median(rates), us, median(cpus),
		all[0].p50.Round(10*time.Microsecond), all[0].p99.Round(10*time.Microsecond), median(ls), median(ratios), slices.Min(ratios), slices.Max(ratios), target)
	return median(ratios)
}

// posting is a body of about 2 KB with a key of its own, as kds.KeyOf makes it: a chain's evening with
// ten postings a second. Like r_keeper's, it is full of GUIDs and numbers that cannot be packed.
func posting(n uint64) kds.Event {
	at := time.Date(2026, 5, 20, 12, 0, int(n/10), 0, time.UTC) //nolint:gosec // small
	lot := sha256.Sum256(binary.BigEndian.AppendUint64(nil, n))
	number := strconv.FormatUint(n, 10)
	body := append(make([]byte, 0, 2304), `<a RestCode="199990777" DateTime="`...)
	body = append(append(at.AppendFormat(body, "2006-01-02T15:04:05"), `" Situation="3" seqnumber="`...), number...)
	body = append(hex.AppendEncode(append(body, `" guid="{`...), lot[:16]), `}">`...)
	for i := 0; len(body) < 1800; i++ {
		body = hex.AppendEncode(append(body, `<Dish id="1004496" code="2714" name="Борщ с пампушками и сметаной" uni="5" line_guid="{`...), lot[i:i+16])
		body = append(append(append(body, `}" state="4" quantity="1000" srcQuantity="1000" price="`...), number...), `00" amount="42000" kdsstate="3"/>`...)
	}
	sum := sha256.Sum256(body)
	return kds.Event{Source: "http", Restaurant: "199990777", Body: body, Key: kds.Key{Hash: hex.EncodeToString(sum[:]), Dated: true}}
}

// ingest adds events from writers goroutines for a while.
func ingest(b *testing.B, db *store.DB, writers int, next *atomic.Uint64) (int, time.Duration, []time.Duration) {
	b.Helper()
	var group sync.WaitGroup
	var mu sync.Mutex
	var latencies []time.Duration
	start := time.Now()
	for range writers {
		group.Go(func() {
			var mine []time.Duration
			for time.Since(start) < cellTime {
				e := posting(next.Add(1))
				began := time.Now()
				if _, _, err := db.AddEvent(context.Background(), e); err != nil {
					b.Error(err)
					return
				}
				mine = append(mine, time.Since(began))
			}
			mu.Lock()
			defer mu.Unlock()
			latencies = append(latencies, mine...)
		})
	}
	group.Wait()
	return len(latencies), time.Since(start), latencies
}

func BenchmarkRatioAccept(b *testing.B) {
	var one, grouped float64
	for _, c := range []struct {
		writers int
		target  string
	}{{1, ""}, {16, "≥ 5"}, {64, "≥ 8"}, {256, "≥ 10"}} {
		all := cell(b, 0, func(db *store.DB, _ string) (int, time.Duration, []time.Duration) {
			return ingest(b, db, c.writers, &atomic.Uint64{})
		})
		ratio := show(fmt.Sprintf("accept, %d writers", c.writers), all, c.target)
		b.ReportMetric(ratio, fmt.Sprintf("xL-%dw", c.writers))
		var rates []float64
		for _, r := range all {
			rates = append(rates, r.rate/r.l)
		}
		switch c.writers {
		case 1:
			one = median(rates)
		case 64:
			grouped = median(rates)
		}
	}
	fmt.Printf("group commit of 64 writers / one by one: %.1f (target ≥ 6)\n", grouped/one)
	b.ReportMetric(grouped/one, "group/one")
}

func BenchmarkRatioTogether(b *testing.B) {
	for _, size := range []int{64} {
		var left []int
		var share []float64
		all := cell(b, 0, func(db *store.DB, _ string) (int, time.Duration, []time.Duration) {
			ctx, stop := context.WithCancel(context.Background())
			done := make(chan int)
			go func() { done <- consume(ctx, b, db, 256) }()
			n, took, latencies := ingest(b, db, size, &atomic.Uint64{})
			stop()
			finished := <-done
			left, share = append(left, n-finished), append(share, float64(n-finished)/float64(n))
			return finished, took, latencies
		})
		ratio := show(fmt.Sprintf("accept by %d writers and dispatch together", size), all, fmt.Sprintf("≥ 5; backlog at the end %v", left))
		b.ReportMetric(ratio, "xL-together")
		b.ReportMetric(100*slices.Max(share), "%-backlog") // of all that came in, the worst round
	}
}

// consume claims and finishes events until ctx ends, and returns how many.
func consume(ctx context.Context, b *testing.B, db *store.DB, batch int) int {
	done := 0
	for ctx.Err() == nil {
		events, err := db.ClaimEvents(context.Background(), batch)
		if err != nil {
			b.Error(err)
			return done
		}
		if len(events) == 0 {
			select {
			case <-db.EventsWake():
			case <-ctx.Done():
			}
			continue
		}
		decided := make([]rule.Decided, len(events))
		for i, e := range events {
			decided[i] = rule.Decided{EventID: e.ID, Status: kds.Done}
		}
		if err := db.SaveDecided(context.Background(), decided); err != nil {
			b.Error(err)
			return done
		}
		done += len(events)
	}
	return done
}

func BenchmarkRatioClaims(b *testing.B) {
	for _, c := range []struct {
		batch  int
		target string
	}{{1, "≥ 0.6"}, {16, "≥ 5"}, {128, "≥ 10"}} {
		all := cell(b, min(c.batch*2000, 30000), func(db *store.DB, _ string) (int, time.Duration, []time.Duration) {
			n, start := 0, time.Now()
			ctx, stop := context.WithTimeout(context.Background(), cellTime)
			defer stop()
			for ctx.Err() == nil {
				events, err := db.ClaimEvents(context.Background(), c.batch)
				if err != nil {
					b.Fatal(err)
				}
				if len(events) == 0 {
					break
				}
				decided := make([]rule.Decided, len(events))
				for i, e := range events {
					decided[i] = rule.Decided{EventID: e.ID, Status: kds.Done}
				}
				if err := db.SaveDecided(context.Background(), decided); err != nil {
					b.Fatal(err)
				}
				n += len(events)
			}
			return n, time.Since(start), nil
		})
		b.ReportMetric(show(fmt.Sprintf("claim and finish events by %d", c.batch), all, c.target), fmt.Sprintf("xL-claim%d", c.batch))
	}
}

// stock adds events that wait to be decided.
func stock(b *testing.B, db *store.DB, n int) {
	b.Helper()
	var next atomic.Uint64
	var group sync.WaitGroup
	for range 64 {
		group.Go(func() {
			for i := next.Add(1); int(i) <= n; i = next.Add(1) { //nolint:gosec // small
				if _, _, err := db.AddEvent(context.Background(), posting(i)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
}

// BenchmarkRatioPath is the store's share of the whole path: each event is claimed, its order looked
// up and saved, a decision kept; each fifth queues a text, which is claimed and finished.
func BenchmarkRatioPath(b *testing.B) {
	steps := map[string]time.Duration{}
	names := []string{"ClaimEvents", "FindOrders", "FindContacts", "SaveDecided", "ClaimMessages (per text)", "FinishAttempts (per text)"}
	total, texts := 0, 0
	const n = 12800
	all := cell(b, n, func(db *store.DB, _ string) (int, time.Duration, []time.Duration) {
		start := time.Now()
		for range n / 128 {
			texts += path(b, db, steps)
			total += 128
		}
		return n, time.Since(start), nil
	})
	b.ReportMetric(show("the store's share of the whole path", all, ""), "xL-path")
	for _, name := range names {
		of := total
		if name[len(name)-1] == ')' {
			of = texts
		}
		fmt.Printf("    %-28s %6.1f µs each\n", name, float64(steps[name].Microseconds())/float64(of))
	}
}

// newID is a ULID as the pipeline makes them.
func newID() string { return ulid.Make().String() }

func path(b *testing.B, db *store.DB, steps map[string]time.Duration) (texts int) {
	b.Helper()
	ctx := context.Background()
	step := func(name string, run func() error) {
		began := time.Now()
		if err := run(); err != nil {
			b.Fatal(name, err)
		}
		steps[name] += time.Since(began)
	}
	var events []kds.Event
	step("ClaimEvents", func() (err error) { events, err = db.ClaimEvents(ctx, 128); return err })
	orders := make([]order.Order, len(events))
	for i, e := range events {
		orders[i] = order.Order{
			Restaurant: "199990777", Ref: order.Ref{GUID: "G-" + e.ID, Visit: e.ID, Ident: "256"}, Name: "12.1",
			Dishes:         []order.Dish{{ID: "L1", Name: "Борщ", Quantity: 1000, State: 3}, {ID: "L2", Name: "Хлеб", Quantity: 2000, State: 3}},
			ReceivedMicros: e.ReceivedAt.UnixMicro(),
		}
	}
	step("FindOrders", func() error { _, err := db.FindOrders(ctx, orders); return err })
	for i := range orders {
		orders[i].ID = newID()
	}
	step("FindContacts", func() error { _, err := db.FindContacts(ctx, orders); return err })
	decided := make([]rule.Decided, len(events))
	for i, e := range events {
		d := rule.Decision{
			ID: newID(), EventID: e.ID, OrderID: orders[i].ID, Restaurant: orders[i].Restaurant, Rule: "order-stage", RuleVersion: "0123456789ab",
			Change: order.Change{Kind: order.OrderReached(order.Ready), Stage: order.Ready}, Outcome: rule.Skipped, Reason: message.RuleSkipped, At: e.ReceivedAt,
		}
		if i%5 == 0 {
			d.Outcome, d.Reason = rule.Sends, ""
			d.Messages = []message.Message{{
				ID: newID(), Restaurant: d.Restaurant, Rule: d.Rule, Stage: "ready", ContactID: d.ID, To: contact.StoredPhone("+79990000001"),
				Text: "Заказ 12.1 готов", Segments: 1, Dedupe: d.OrderID + "/ready", Route: []string{"main"}, Account: "main",
				Deadline: time.Now().Add(time.Hour), NextAt: e.ReceivedAt, CreatedAt: e.ReceivedAt, UpdatedAt: e.ReceivedAt,
			}}
		}
		decided[i] = rule.Decided{EventID: e.ID, Status: kds.Done, Orders: orders[i : i+1], Decisions: []rule.Decision{d}}
	}
	step("SaveDecided", func() error { return db.SaveDecided(ctx, decided) })
	var attempts []message.Attempt
	step("ClaimMessages (per text)", func() (err error) { _, attempts, err = db.ClaimMessages(ctx, "main", 64, time.Now()); return err })
	finished := make([]message.Finished, len(attempts))
	for i, a := range attempts {
		now := time.Now()
		a.EndedAt, a.Outcome = &now, &message.Outcome{ID: a.MessageID, Accepted: &message.Acceptance{ProviderID: "p-" + a.MessageID}}
		finished[i] = message.Finished{Attempt: a, Next: message.Move{Status: message.Accepted, Account: "main", ProviderID: "p-" + a.MessageID}}
	}
	step("FinishAttempts (per text)", func() error { return db.FinishAttempts(ctx, finished) })
	return len(attempts)
}
