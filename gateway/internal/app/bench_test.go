package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/gateway/internal/app"
	"github.com/orderbell/orderbell/gateway/internal/app/apptest"
	"github.com/orderbell/orderbell/gateway/internal/config"
	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

// The benchmarks of the whole. Each runs once whatever -benchtime says, for it sets up real processes;
// the ratios that it reports were taken in that one run.

const benchKey = "ob_benchbenchbenchbenchbench"

// idle makes the provider do nothing but count.
const idle = `quiet: "true"`

func benchYAML(settings string) string {
	return fmt.Sprintf(`restaurants: [{code: "199990777", name: Cafe, timezone: UTC}]
accounts: [{name: main, provider: console, settings: {%s}, limits: {per_second: 100000, per_day: 100000000, per_phone_per_day: 1000000}}]
notifications: {route: [main], stage: kdsReady, template: "Заказ {order_number} готов. {restaurant_name}"}
api_keys: [{name: bench, key: %s, scopes: ["contacts:write"]}]
`, settings, benchKey)
}

// benchEvent is an r_keeper event of about 2 KB: order n, six dishes, in the given kitchen state.
func benchEvent(n int, state string) []byte {
	var b bytes.Buffer
	at := time.Now().UTC().Format("2006-01-02T15:04:05")
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="utf-8"?><a RestCode="199990777" DateTime="%s" Situation="3" seqnumber="%d" guid="{5B1C7C5E-2B0B-4B57-9F5A-0C6B0A6F11D1}" name="Order Changed" ShiftNum="42"><Station id="15003" code="1" name="KASSA1"/><Order visit="%d" orderIdent="256" guid="{%s}" orderName="%d.1" seqNumber="%d" version="9" orderSum="98000" totalPieces="6000" paid="0" finished="0"><Table id="1" code="12" name="12"/><Session uni="101" isDraft="0">`,
		at, n, 1000+n, benchGUID(n), n, n)
	for i := range 6 {
		fmt.Fprintf(&b, `<Dish id="%d" code="2714" name="Борщ с пампушками и сметаной" uni="%d" line_guid="{0E9C2F11-8A55-4D0B-9E21-5C3B7A11%04d}" state="4" quantity="1000" srcQuantity="1000" price="42000" amount="42000" kdsstate="%s"/>`, 1004496+i, i, i, state)
	}
	b.WriteString(`</Session></Order></a>`)
	return b.Bytes()
}

func benchGUID(n int) string { return fmt.Sprintf("A1D3E9B0-6C1F-4E2E-8B61-%012d", n) }

// fsyncRate is L: 4 KiB appends, each followed by a sync, by one thread, in a second.
func fsyncRate(b *testing.B, dir string) float64 {
	b.Helper()
	f, err := os.Create(filepath.Join(dir, "fsync-probe")) // #nosec G304 -- a temporary folder
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = f.Close(); _ = os.Remove(f.Name()) }()
	block := make([]byte, 4096)
	begin, n := time.Now(), 0
	for ; time.Since(begin) < 300*time.Millisecond; n++ {
		if _, err := f.Write(block); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
	}
	return float64(n) / time.Since(begin).Seconds()
}

func percentile(values []time.Duration, p float64) time.Duration {
	slices.Sort(values)
	return values[min(len(values)-1, int(float64(len(values))*p))]
}

// BenchmarkRatioWholePath: events over HTTP to provider calls, every commit included, the rule in its
// child, a provider that does nothing.
func BenchmarkRatioWholePath(b *testing.B) {
	const n = 10000
	dir := b.TempDir()
	g := apptest.Start(b, programs, filepath.Join(dir, "data"), benchYAML(idle))
	client := loadClient(64)
	bodies := cooking(b, g, client, reader(b, g), n)
	l := fsyncRate(b, dir)
	processes := append(children(b, g.PID()), g.PID())
	before := processorTime(b, processes)
	written := writtenBytes(b, g.PID())
	begin := time.Now()
	hammer(b, g.URL, bodies)
	accepted := time.Since(begin)
	whole := waitAccepted(b, reader(b, g), n).Sub(begin)
	b.ReportMetric(float64(n)/whole.Seconds(), "events/s")
	b.ReportMetric(float64(n)/whole.Seconds()/l, "xL")
	b.ReportMetric(float64(n)/accepted.Seconds(), "accepts/s")
	b.ReportMetric(float64(writtenBytes(b, g.PID())-written)/n/1000, "disk-KB/event")
	reportProcessors(b, processes, before, n)
	b.ReportMetric(l, "L/s")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkWholePathInProcess is the same path with the gateway in this process, for profiles:
// ORDERBELL_PROFILE=cpu.out go test -run '^$' -bench InProcess -benchtime 1x ./gateway/internal/app
func BenchmarkWholePathInProcess(b *testing.B) {
	const n = 10000
	data := b.TempDir()
	file := filepath.Join(data, "orderbell.yaml")
	if err := os.WriteFile(file, []byte("listen: 127.0.0.1:0\n"+benchYAML(idle)), 0o600); err != nil {
		b.Fatal(err)
	}
	cfg, err := config.Load(config.Sources{File: file, Flags: config.Flags{Data: filepath.Join(data, "data")}})
	if err != nil {
		b.Fatal(err)
	}
	gateway, err := app.New(b.Context(), app.Options{Config: cfg, Version: "bench", Program: programs.Path(), Log: hclog.NewNullLogger(), Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(b.Context())
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- gateway.Run(ctx, func() { close(ready) }) }()
	<-ready
	g := &apptest.Gateway{URL: "http://" + gateway.Address()}
	client := loadClient(64)
	bodies := cooking(b, g, client, gateway.Store(), n)
	if path := os.Getenv("ORDERBELL_PROFILE"); path != "" { // of the path alone, without what came before
		f, err := os.Create(path) // #nosec G304 -- the developer names it
		if err != nil {
			b.Fatal(err)
		}
		defer func() { pprof.StopCPUProfile(); _ = f.Close() }()
		if err := pprof.StartCPUProfile(f); err != nil {
			b.Fatal(err)
		}
	}
	begin := time.Now()
	hammer(b, g.URL, bodies)
	b.ReportMetric(n/waitAccepted(b, gateway.Store(), n).Sub(begin).Seconds(), "events/s")
	stop()
	if err := <-ended; err != nil {
		b.Error(err)
	}
	if err := gateway.Close(); err != nil {
		b.Error(err)
	}
}

// cooking brings n orders to the kitchen, each with a guest's phone, and returns the events that make
// them ready: from there on every event leads to one text.
func cooking(b *testing.B, g *apptest.Gateway, client *http.Client, db *store.DB, n int) [][]byte {
	b.Helper()
	bind(b, g, client, 0, n)
	spread(n, 64, func(i int) {
		if status, answer := g.Post(b.Context(), client, "/api/v4/kds/events", benchEvent(i, "started")); status != http.StatusOK {
			b.Errorf("event: %d %s", status, answer)
		}
	})
	for done := 0; done < n; {
		s, err := db.Summary(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		done = s.Events[kds.Done]
		time.Sleep(200 * time.Millisecond)
	}
	return readyBodies(n)
}

// readyBodies are the events that make n orders ready. They are made before anything is measured.
func readyBodies(n int) [][]byte {
	bodies := make([][]byte, n)
	for i := range bodies {
		bodies[i] = benchEvent(i, "ready")
	}
	return bodies
}

func reader(b *testing.B, g *apptest.Gateway) *store.DB {
	b.Helper()
	db, err := store.Open(b.Context(), store.Options{Folder: g.Data, ReadOnly: true, Log: hclog.NewNullLogger(), Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	return db
}

// waitAccepted waits until n messages were accepted by the provider, and returns when the last of them
// was, by the gateway's own note: asking takes processor time from what is measured, so it is done rarely.
func waitAccepted(b *testing.B, db *store.DB, n int) time.Time {
	b.Helper()
	accepted := message.Filter{Statuses: []message.Status{message.Accepted}, Limit: 500}
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(500 * time.Millisecond) {
		if s, err := db.Pulse(b.Context(), time.Now()); err != nil || s.Queued > 0 {
			continue
		}
		s, err := db.Summary(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		done, all := 0, 0
		for line, count := range s.Messages {
			all += count
			if line.Status == message.Accepted {
				done += count
			}
		}
		if done >= n {
			return lastMove(b, db, accepted)
		}
		if s.Events[kds.Stored] == 0 && all < n {
			b.Fatalf("every event is decided, and only %d of %d gave a message: %+v", all, n, s)
		}
	}
	s, _ := db.Summary(b.Context())
	b.Fatalf("the queue does not empty: %+v", s)
	return time.Time{}
}

// lastMove is when the last of the messages moved.
func lastMove(b *testing.B, db *store.DB, f message.Filter) (last time.Time) {
	b.Helper()
	for {
		page, next, err := db.Messages(b.Context(), f)
		if err != nil {
			b.Fatal(err)
		}
		for _, m := range page {
			if m.UpdatedAt.After(last) {
				last = m.UpdatedAt
			}
		}
		if f.After = next; next == "" {
			return last
		}
	}
}

// BenchmarkEventToProviderCall: how long after its receipt an event's text is in the hands of the provider
// program, by that one's own note, at 100 events in a second. Before the call stand three commits: the
// event, what was decided, the attempt.
func BenchmarkEventToProviderCall(b *testing.B) {
	const n, rate = 1000, 100
	dir := b.TempDir()
	file := filepath.Join(dir, "texts.jsonl")
	g := apptest.Start(b, programs, filepath.Join(dir, "data"), benchYAML(fmt.Sprintf("file: %q", file)))
	client := loadClient(16)
	bind(b, g, client, 0, n)
	reached := openLoop(n, rate, func(i int) {
		if status, _ := g.Post(b.Context(), client, "/api/v4/kds/events", benchEvent(i, "ready")); status != http.StatusOK {
			b.Errorf("event: %d", status)
		}
	})
	db := reader(b, g)
	waitAccepted(b, db, n)
	took := latencies(b, db, callTimes(b, file))
	if len(took) != n {
		b.Errorf("%d texts, want %d", len(took), n)
	}
	b.ReportMetric(float64(percentile(took, 0.50).Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(percentile(took, 0.99).Microseconds())/1000, "p99-ms")
	b.ReportMetric(reached, "events/s")
	b.ReportMetric(0, "ns/op")
}

// callTimes reads when the provider program was given each message.
func callTimes(b *testing.B, file string) map[string]time.Time {
	b.Helper()
	lines, err := os.ReadFile(file) // #nosec G304 -- a temporary folder
	if err != nil {
		b.Fatal(err)
	}
	times := map[string]time.Time{}
	for line := range bytes.Lines(lines) {
		var text struct {
			ID string
			At time.Time
		}
		if err := json.Unmarshal(line, &text); err != nil {
			b.Fatal(err)
		}
		times[text.ID] = text.At
	}
	return times
}

// latencies gives how long after its event each message came to its call.
func latencies(b *testing.B, db *store.DB, calls map[string]time.Time) []time.Duration {
	b.Helper()
	var took []time.Duration
	for after := ""; ; {
		page, next, err := db.Messages(b.Context(), message.Filter{After: after, Limit: 500})
		if err != nil {
			b.Fatal(err)
		}
		for _, m := range page {
			called, known := calls[m.ID]
			event, err := db.Event(b.Context(), m.EventID)
			if err != nil || !known {
				b.Fatalf("message %s: %v, called: %t", m.ID, err, known)
			}
			took = append(took, called.Sub(event.ReceivedAt))
		}
		if next == "" {
			return took
		}
		after = next
	}
}
