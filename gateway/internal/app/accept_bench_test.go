package app_test

import (
	"context"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/gateway/internal/app/apptest"
	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/httpapi"
	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

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
