package app_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/gateway/internal/app"
	"github.com/orderbell/orderbell/gateway/internal/app/apptest"
	"github.com/orderbell/orderbell/gateway/internal/config"
	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/httpapi"
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

// loadClient is an HTTP client that keeps its connections.
func loadClient(connections int) *http.Client {
	return &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections}}
}

// caller is one kept connection to the intake. It speaks HTTP by hand: Go's own client takes as much
// processor time as the gateway, and both share the machine.
type caller struct {
	address string
	conn    net.Conn
	answers *bufio.Reader
	request []byte
}

func callers(b *testing.B, url string, n int) []*caller {
	b.Helper()
	all := make([]*caller, n)
	for i := range all {
		address := strings.TrimPrefix(url, "http://")
		conn, err := new(net.Dialer).DialContext(b.Context(), "tcp", address)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = conn.Close() })
		all[i] = &caller{address: address, conn: conn, answers: bufio.NewReader(conn)}
	}
	return all
}

// post posts an event and wants it to be answered 200.
func (c *caller) post(body []byte) error {
	c.request = fmt.Appendf(c.request[:0], "POST /api/v4/kds/events HTTP/1.1\r\nHost: %s\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n", c.address, len(body))
	c.request = append(c.request, body...)
	if _, err := c.conn.Write(c.request); err != nil {
		return err
	}
	return readAnswer(c.answers)
}

// hammer posts the bodies to the intake over 64 kept connections, each with the next body as soon as
// the last one was answered.
func hammer(b *testing.B, url string, bodies [][]byte) {
	b.Helper()
	var next atomic.Int64
	var all sync.WaitGroup
	for _, c := range callers(b, url, 64) {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(bodies); i = int(next.Add(1)) - 1 {
				if err := c.post(bodies[i]); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}

// readAnswer reads one answer and wants it to be 200.
func readAnswer(r *bufio.Reader) error {
	status, err := r.ReadString('\n')
	if err != nil || !strings.HasPrefix(status, "HTTP/1.1 200") {
		return fmt.Errorf("answer %q, %w", status, err)
	}
	length := 0
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(line) <= 2 {
			break
		}
		if name, value, _ := bytes.Cut(line, []byte(": ")); bytes.EqualFold(name, []byte("Content-Length")) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return err
			}
		}
	}
	_, err = r.Discard(length)
	return err
}

// spread runs do(0) to do(n-1) from the given number of goroutines.
func spread(n, workers int, do func(i int)) {
	var next atomic.Int64
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	all.Wait()
}

func bind(b *testing.B, g *apptest.Gateway, client *http.Client, from, to int) {
	b.Helper()
	spread(to-from, 64, func(i int) {
		body, _ := json.Marshal(map[string]any{"order": map[string]string{"guid": benchGUID(from + i)}, "phone": fmt.Sprintf("+7999%07d", from+i),
			"consent": map[string]any{"given": true, "given_at": time.Now().Format(time.RFC3339), "purpose": "order_status_sms", "policy_version": "1", "source": "bench"}})
		if status, answer := g.Post(b.Context(), client, "/api/v1/contacts", body, "Content-Type", "application/json", "Authorization", "Bearer "+benchKey); status != http.StatusCreated {
			b.Errorf("contact: %d %s", status, answer)
		}
	})
}

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

// reportProcessors tells how much processor time an event has cost the two children and the gateway.
func reportProcessors(b *testing.B, processes []int, before []time.Duration, events float64) {
	b.Helper()
	for i, spent := range processorTime(b, processes) {
		b.ReportMetric(float64((spent-before[i]).Microseconds())/events, "cpu-µs/event-"+[]string{"child-a", "child-b", "gateway"}[i])
	}
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

// openLoop starts do(0) to do(n-1) at a steady rate, however long each takes; who is late catches up. It
// returns the rate that was reached.
func openLoop(n, perSecond int, do func(i int)) float64 {
	var all sync.WaitGroup
	begin := time.Now()
	for i := range n {
		time.Sleep(time.Until(begin.Add(time.Duration(i) * time.Second / time.Duration(perSecond))))
		all.Go(func() { do(i) })
	}
	reached := float64(n) / time.Since(begin).Seconds()
	all.Wait()
	return reached
}

// BenchmarkRatioAcceptWhileProviderHangs: p99 of the accept at 1,000 events in a second while no call
// to the provider returns, against p99 of the bare group commit at that rate. An accept's time is from when
// it was due at the caller to its answer, HTTP included.
func BenchmarkRatioAcceptWhileProviderHangs(b *testing.B) {
	const n, rate = 5000, 1000
	bare := bareCommits(b, n, rate)
	g := apptest.Start(b, programs, filepath.Join(b.TempDir(), "data"), benchYAML(idle+`, fail: hang`))
	client := loadClient(256)
	bind(b, g, client, 0, n)
	free := make(chan *caller, 64)
	for _, c := range callers(b, g.URL, cap(free)) {
		free <- c
	}
	bodies := readyBodies(n)
	took := make([]time.Duration, n)
	processes := append(children(b, g.PID()), g.PID())
	before := processorTime(b, processes)
	reached := openLoop(n, rate, func(i int) {
		begin := time.Now()
		c := <-free
		if err := c.post(bodies[i]); err != nil {
			b.Error(err)
			return
		}
		took[i] = time.Since(begin)
		free <- c
	})
	accept := percentile(took, 0.99)
	b.ReportMetric(float64(accept)/float64(bare), "p99-ratio")
	b.ReportMetric(float64(accept.Microseconds())/1000, "accept-p99-ms")
	b.ReportMetric(float64(bare.Microseconds())/1000, "bare-p99-ms")
	reportProcessors(b, processes, before, n)
	b.ReportMetric(reached, "accepts/s")
	b.ReportMetric(0, "ns/op")
}

func bareCommits(b *testing.B, n, rate int) time.Duration {
	b.Helper()
	db := openStore(b)
	took := make([]time.Duration, n)
	bodies := readyBodies(n)
	openLoop(n, rate, func(i int) {
		e := event(bodies[i])
		begin := time.Now()
		if _, _, err := db.AddEvent(b.Context(), e); err != nil {
			b.Error(err)
		}
		took[i] = time.Since(begin)
	})
	return percentile(took, 0.99)
}

func openStore(b *testing.B) *store.DB {
	b.Helper()
	db, err := store.Open(b.Context(), store.Options{Folder: b.TempDir(), Instance: true, Log: hclog.NewNullLogger(), Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	return db
}

func event(body []byte) kds.Event {
	return kds.Event{Source: "bench", Body: body, Key: kds.KeyOf(body), Status: kds.Stored, ReceivedAt: time.Now()}
}

// BenchmarkRatioDurableAccept: 2 KB XML over HTTP at 64 connections, durable, against the same handler
// without the store, one after the other, three times.
func BenchmarkRatioDurableAccept(b *testing.B) {
	const n = 20000
	db := openStore(b)
	var bare, durable []float64
	for round := range 3 {
		bare = append(bare, acceptRate(b, noStore{}, n, round*n))
		durable = append(durable, acceptRate(b, db, n, round*n))
	}
	slices.Sort(bare)
	slices.Sort(durable)
	b.ReportMetric(durable[1]/bare[1], "ratio")
	b.ReportMetric(durable[1], "durable/s")
	b.ReportMetric(bare[1], "bare/s")
	b.ReportMetric(0, "ns/op")
}

// noStore answers without storing.
type noStore struct{}

func (noStore) AddEvent(context.Context, kds.Event) (string, bool, error) {
	return "01JVKDS0000000000000000001", false, nil
}

type always struct{}

func (always) Ready(context.Context) error                           { return nil }
func (always) Bind(context.Context, contact.Binding) (string, error) { return "", nil }

func acceptRate(b *testing.B, events httpapi.Events, n, first int) float64 {
	b.Helper()
	server := httpapi.New(httpapi.Options{Events: events, Contacts: always{}, Keys: nil, Ready: always{}, Now: time.Now,
		Check: func(body []byte) error { _, err := kds.Decode(body); return err }, Parts: httpapi.Intake})
	listener := listenLoopback(b)
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	bodies := make([][]byte, n)
	for i := range bodies {
		bodies[i] = benchEvent(first+i, "started")
	}
	runtime.GC()
	begin := time.Now()
	hammer(b, "http://"+listener.Addr().String(), bodies)
	rate := float64(n) / time.Since(begin).Seconds()
	if err := server.Shutdown(b.Context()); err != nil {
		b.Error(err)
	}
	if err := <-done; err != nil {
		b.Error(err)
	}
	return rate
}

// BenchmarkIdleMemory: resident memory of gateway, worker and one plugin together, ten seconds after
// the start. Pages that they share, for two of them run the same program, count once (Pss of proc(5)).
func BenchmarkIdleMemory(b *testing.B) {
	if runtime.GOOS != "linux" {
		b.Skip("reads /proc")
	}
	g := apptest.Start(b, programs, filepath.Join(b.TempDir(), "data"), benchYAML(idle))
	time.Sleep(10 * time.Second)
	total := 0.0
	for _, pid := range append(children(b, g.PID()), g.PID()) {
		share := shareMB(b, pid)
		b.Logf("process %d: %.1f MB", pid, share)
		total += share
	}
	b.ReportMetric(total, "MB")
	b.ReportMetric(0, "ns/op")
}

// children lists the processes that pid has started.
func children(b *testing.B, pid int) []int {
	b.Helper()
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		b.Fatal(err)
	}
	var pids []int
	for _, task := range tasks {
		data, err := os.ReadFile(task) // #nosec G304 -- /proc
		if err != nil {
			continue
		}
		for _, field := range strings.Fields(string(data)) {
			if id, err := strconv.Atoi(field); err == nil {
				pids = append(pids, id)
			}
		}
	}
	if len(pids) != 2 {
		b.Fatalf("%d children, want a worker and a plugin", len(pids))
	}
	return pids
}

// processorTime reads how much processor time each process has used, all its threads together.
func processorTime(b *testing.B, pids []int) []time.Duration {
	b.Helper()
	spent := make([]time.Duration, len(pids))
	for i, pid := range pids {
		data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)) // #nosec G304 -- /proc
		if err != nil {
			b.Fatal(err)
		}
		fields := strings.Fields(string(data[bytes.LastIndexByte(data, ')')+1:]))
		user, _ := strconv.Atoi(fields[11])
		system, _ := strconv.Atoi(fields[12])
		spent[i] = time.Duration(user+system) * 10 * time.Millisecond // ticks of 1/100 s
	}
	return spent
}

// writtenBytes reads how much the process has sent to the disk.
func writtenBytes(b *testing.B, pid int) int {
	b.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/io", pid)) // #nosec G304 -- /proc
	if err != nil {
		b.Fatal(err)
	}
	_, text, _ := strings.Cut(string(data), "\nwrite_bytes: ")
	text, _, _ = strings.Cut(text, "\n")
	n, err := strconv.Atoi(text)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// shareMB reads the proportional share of a process in the memory.
func shareMB(b *testing.B, pid int) float64 {
	b.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid)) // #nosec G304 -- /proc
	if err != nil {
		b.Fatal(err)
	}
	_, text, _ := strings.Cut(string(data), "\nPss:")
	text, _, _ = strings.Cut(text, "kB")
	kib, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil {
		b.Fatal(err)
	}
	return float64(kib) * 1024 / 1e6
}

func listenLoopback(b *testing.B) net.Listener {
	b.Helper()
	listener, err := new(net.ListenConfig).Listen(b.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	return listener
}
