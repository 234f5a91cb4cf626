package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/gateway/internal/kds"
)

type eventAnswer struct {
	Status  string `json:"status"`
	EventID string `json:"event_id"`
}

func readAnswer(t *testing.T, w *httptest.ResponseRecorder) eventAnswer {
	t.Helper()
	var answer eventAnswer
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Fatalf("answer %q is not JSON: %v", w.Body, err)
	}
	return answer
}

func TestIntakeAnswers(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		body   string
		want   eventAnswer
		status kds.EventStatus
		note   string
	}{
		{"an event that is understood is stored", someXML, eventAnswer{"stored", "EVENT1"}, kds.Stored, ""},
		{"one that is not is quarantined, not refused", "garbage", eventAnswer{"quarantined", "EVENT1"}, kds.Quarantined, "neither XML nor JSON"},
		{"an empty body is quarantined", "", eventAnswer{"quarantined", "EVENT1"}, kds.Quarantined, "neither XML nor JSON"},
		{"bytes of any kind are kept as they are", "\x00\xff\xfe<", eventAnswer{"quarantined", "EVENT1"}, kds.Quarantined, "neither XML nor JSON"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := setup(t)
			w := s.post(t, eventsV, home, test.body)
			if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/json" {
				t.Fatalf("POST %q = %d %s, want 200 application/json", test.body, w.Code, w.Header().Get("Content-Type"))
			}
			if got := readAnswer(t, w); got != test.want {
				t.Errorf("POST %q = %+v, want %+v", test.body, got, test.want)
			}
			want := []kds.Event{{
				Source: "http", Body: []byte(test.body), Key: kds.KeyOf([]byte(test.body)),
				Status: test.status, Note: test.note, ReceivedAt: noon,
			}}
			if diff := cmp.Diff(want, s.store.stored()); diff != "" {
				t.Errorf("stored (-want +got):\n%s", diff)
			}
		})
	}
}

func TestARepetitionIsADuplicate(t *testing.T) {
	t.Parallel()
	s := setup(t)
	for i, want := range []eventAnswer{{"stored", "EVENT1"}, {"duplicate", "EVENT1"}, {"duplicate", "EVENT1"}} {
		if got := readAnswer(t, s.post(t, eventsV, home, someXML)); got != want {
			t.Errorf("posting %d = %+v, want %+v", i+1, got, want)
		}
	}
}

func TestNothingIsAnsweredBeforeItIsStored(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.store.hold, s.store.entered = make(chan struct{}), make(chan struct{})
	answered := make(chan *httptest.ResponseRecorder, 1)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, eventsV, strings.NewReader(someXML))
	r.RemoteAddr = home
	w := httptest.NewRecorder()
	go func() {
		s.ServeHTTP(w, r)
		answered <- w
	}()
	<-s.store.entered
	select {
	case <-answered:
		t.Fatal("the intake answered while the store was still writing")
	default:
	}
	close(s.store.hold)
	if w := <-answered; w.Code != http.StatusOK {
		t.Errorf("after storing: %d, want 200", w.Code)
	}
}

func TestASenderThatHangsUpDoesNotUndoItsEvent(t *testing.T) {
	t.Parallel()
	s := setup(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, eventsV, strings.NewReader(someXML))
	r.RemoteAddr = home
	s.ServeHTTP(httptest.NewRecorder(), r)
	if n := len(s.store.stored()); n != 1 {
		t.Errorf("%d events stored after the sender hung up, want 1", n)
	}
}

func TestWhatCannotBeStoredIsRefusedWithATimeToComeBack(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.store.failing = errors.New("the disk with " + phone + " is full")
	w := s.post(t, eventsV, home, someXML)
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") != "5" {
		t.Errorf("POST with a failing store = %d, Retry-After %q; want 503, 5", w.Code, w.Header().Get("Retry-After"))
	}
	if strings.Contains(w.Body.String(), "disk") {
		t.Errorf("the answer tells the inner cause: %s", w.Body)
	}
	if !strings.Contains(s.log.String(), "could not be served") {
		t.Errorf("the log has no line about it: %s", s.log)
	}
	s.store.failing = nil
	if w := s.post(t, eventsV, home, someXML); w.Code != http.StatusOK {
		t.Errorf("POST after the store is back = %d, want 200", w.Code)
	}
}

func TestTheLogIsNotFloodedByAStoreThatFails(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.store.failing = errors.New("full")
	for range 100 {
		s.post(t, eventsV, home, someXML)
	}
	if n := strings.Count(s.log.String(), "could not be served"); n < 1 || n > complaintsAtOnce {
		t.Errorf("100 failures in a moment gave %d lines of the log, want 1 to %d", n, complaintsAtOnce)
	}
}

func TestABodyThatBreaksTheCheckIsKept(t *testing.T) {
	t.Parallel()
	s := setup(t, func(o *Options) {
		o.Check = func([]byte) error { panic("the guest's phone is " + phone) }
	})
	w := s.post(t, eventsV, home, someXML)
	events := s.store.stored()
	if w.Code != http.StatusOK || readAnswer(t, w).Status != "quarantined" || len(events) != 1 {
		t.Fatalf("a panic of the check gave %d %s with %d events, want 200, quarantined, 1", w.Code, w.Body, len(events))
	}
	if strings.Contains(s.log.String()+events[0].Note, phone) {
		t.Errorf("what was panicked with is told: %s %s", s.log, events[0].Note)
	}
}

func TestNotesAreBounded(t *testing.T) {
	t.Parallel()
	for text, longest := range map[string]int{"": 40, "short": 5, strings.Repeat("ж", 4000): longestNote + len("…")} {
		got := bounded(text)
		if len(got) > longest || got == "" || strings.ToValidUTF8(got, "?") != got {
			t.Errorf("bounded(%.10q…) has %d bytes (%.10q…), want at most %d, whole letters", text, len(got), got, longest)
		}
	}
}

func TestBodySizes(t *testing.T) {
	t.Parallel()
	const limit = 200 << 10
	tests := []struct {
		name   string
		size   int
		length bool // Content-Length is sent
		want   int
	}{
		{"small", 2000, true, 200},
		{"at the length that is believed", trustedLength, true, 200},
		{"over the length that is believed", trustedLength + 1, true, 200},
		{"at the limit", limit, true, 200},
		{"one over the limit", limit + 1, true, 413},
		{"small without a length", 2000, false, 200},
		{"at the limit without a length", limit, false, 200},
		{"one over the limit without a length", limit + 1, false, 413},
		{"far over the limit without a length", 3 << 20, false, 413},
	}
	s := setup(t, func(o *Options) { o.MaxBody = limit })
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			body := "<" + test.name + strings.Repeat("x", test.size-len(test.name)-1)
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, eventsV, strings.NewReader(body))
			r.RemoteAddr = home
			if !test.length {
				r.ContentLength = -1
			}
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if w.Code != test.want {
				t.Fatalf("%d bytes = %d %s, want %d", test.size, w.Code, w.Body, test.want)
			}
			kept := false
			for _, e := range s.store.stored() {
				kept = kept || string(e.Body) == body
			}
			if kept != (test.want == 200) {
				t.Errorf("%d bytes: kept whole = %v, want %v", test.size, kept, test.want == 200)
			}
		})
	}
}

func TestCompressedBodiesAreRefused(t *testing.T) {
	t.Parallel()
	for encoding, want := range map[string]int{"gzip": 415, "deflate": 415, "br, gzip": 415, "identity": 200, "IDENTITY": 200, "": 200} {
		s := setup(t)
		if w := s.post(t, eventsV, home, someXML, "Content-Encoding", encoding); w.Code != want {
			t.Errorf("Content-Encoding %q = %d, want %d", encoding, w.Code, want)
		}
	}
}

// TestBodiesDoNotShareMemory holds that a stored body is never written over by a later request: a store
// may keep it after the request is over.
func TestBodiesDoNotShareMemory(t *testing.T) {
	t.Parallel()
	s := setup(t)
	sizes := []int{10, 2000, 300_000, 200_000, trustedLength + 5} // each fits into the memory of the one before
	for i, size := range sizes {
		s.post(t, eventsV, home, "<"+strings.Repeat(string(rune('a'+i)), size))
	}
	for i, e := range s.store.stored() {
		if want := "<" + strings.Repeat(string(rune('a'+i)), sizes[i]); string(e.Body) != want {
			t.Errorf("the body of %d bytes changed after it was stored", sizes[i])
		}
	}
}

func BenchmarkIntake(b *testing.B) {
	s := setup(b, func(o *Options) { o.Log = nil; o.Events = discard{}; o.Now = time.Now })
	body := someXML + strings.Repeat(" ", 2048-len(someXML))
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, eventsV, strings.NewReader(body))
			r.RemoteAddr = home
			s.ServeHTTP(httptest.NewRecorder(), r)
		}
	})
}

// discard is a store that keeps nothing, for the benchmark.
type discard struct{}

func (discard) AddEvent(context.Context, kds.Event) (string, bool, error) {
	return "01JVKDS0000000000000000001", false, nil
}

// BenchmarkIntakeHTTP posts over 64 real connections to a store that keeps nothing: what a durable
// store is to be compared with.
func BenchmarkIntakeHTTP(b *testing.B) {
	s := setup(b, func(o *Options) { o.Log = nil; o.Events = discard{}; o.Now = time.Now })
	address := "http://" + s.serve(b, time.Second) + eventsV
	s.http.ReadTimeout, s.http.ReadHeaderTimeout = requestTimeout, headerTimeout
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	b.Cleanup(transport.CloseIdleConnections)
	client := &http.Client{Transport: transport}
	body := someXML + strings.Repeat(" ", 2048-len(someXML))
	b.ReportAllocs()
	b.SetParallelism(32) // times GOMAXPROCS: 64 on two cores
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, address, strings.NewReader(body))
			if err != nil {
				b.Error(err)
				return
			}
			answer, err := client.Do(r)
			if err != nil {
				b.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, answer.Body)
			if err := answer.Body.Close(); err != nil || answer.StatusCode != http.StatusOK {
				b.Errorf("answer %d, %v", answer.StatusCode, err)
			}
		}
	})
}
