package child

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
)

// testSpec is a child of the test binary with short waits.
func testSpec(t *testing.T, order string) Spec {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return Spec{
		Name: "child", Path: program, Env: []string{orderKey + "=" + order, "GOCOVERDIR=" + os.TempDir()},
		Handshake: WorkerHandshake(), Plugins: WorkerPlugins(), Service: WorkerService,
		BackoffMin: time.Millisecond, BackoffMax: 20 * time.Millisecond, DrainTimeout: 5 * time.Second,
	}
}

// start runs a supervisor until the test ends, and checks that it then ends cleanly.
func start(t *testing.T, spec Spec) *Supervisor {
	t.Helper()
	s := New(spec)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return s
}

func acquire(t *testing.T, s *Supervisor) *Lease {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	lease, err := s.Acquire(ctx)
	if err != nil {
		t.Fatalf("Acquire: %v (status %+v)", err, s.Status())
	}
	return lease
}

func call(t *testing.T, lease *Lease, order string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	answer, err := lease.Service().(*Worker).Call(ctx, []byte(order))
	return string(answer), err
}

// await waits for a state of the supervisor that satisfies ok.
func await(t *testing.T, s *Supervisor, what string, ok func(Status) bool) Status {
	t.Helper()
	limit := time.After(60 * time.Second)
	for {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		if st := s.Status(); ok(st) {
			return st
		}
		select {
		case <-changed:
		case <-limit:
			t.Fatalf("never %s; status %+v", what, s.Status())
		}
	}
}

func TestServes(t *testing.T) {
	t.Parallel()
	s := start(t, testSpec(t, "serve"))
	lease := acquire(t, s)
	defer lease.Release()
	if got, err := call(t, lease, "echo:hello"); err != nil || got != "hello" {
		t.Errorf("echo = %q, %v", got, err)
	}
	if _, err := call(t, lease, "fail"); err == nil || !strings.Contains(err.Error(), "rather not") {
		t.Errorf("a failing handler gave %v", err)
	}
	if st := s.Status(); st.State != Serving || st.PID == 0 || st.Starts != 1 || st.LastError != nil {
		t.Errorf("status = %+v", st)
	}
}

func TestChildGetsNothingOfOurs(t *testing.T) {
	t.Setenv("ORDERBELL_TEST_SECRET", "hidden")
	s := start(t, testSpec(t, "serve"))
	lease := acquire(t, s)
	defer lease.Release()
	environment, err := call(t, lease, "environment")
	if err != nil || strings.Contains(environment, "hidden") || strings.Contains(environment, "HOME=") {
		t.Errorf("environment has %d lines, %v; want nothing inherited", strings.Count(environment, "\n"), err) // it may hold what no log should
	}
	if got, err := call(t, lease, "stdin"); err != nil || got != "0 EOF" {
		t.Errorf("reading stdin = %q, %v; want 0 EOF", got, err)
	}
	if dir, err := call(t, lease, "where"); err != nil || !strings.Contains(dir, tempPrefix) {
		t.Errorf("working directory = %q, %v; want a folder of its own", dir, err)
	}
}

func TestLeavesNoFolderBehind(t *testing.T) {
	t.Parallel()
	spec := testSpec(t, "serve")
	spec.TempDir = shortTemp(t)
	stale := filepath.Join(spec.TempDir, tempPrefix+"999999999-1")
	other := filepath.Join(spec.TempDir, "orderbell-notes")
	for _, dir := range []string{stale, other} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	s := New(spec)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- s.Run(ctx) }()
	acquire(t, s).Release()
	cancel()
	if err := <-done; err != nil {
		t.Errorf("Run = %v, want nil", err)
	}
	left, err := os.ReadDir(spec.TempDir)
	if err != nil || len(left) != 1 || left[0].Name() != "orderbell-notes" {
		t.Errorf("left in the folder: %v, %v; want only what is not ours", left, err)
	}
}

// shortTemp is a folder whose path leaves room for a socket's.
func shortTemp(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "ob") //nolint:usetesting // the test's own folder has too long a path
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func TestFaultsAtStart(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, order string
		change      func(t *testing.T, s *Spec)
		want        FaultKind
		detail      string // must be in the sentence
	}{
		{name: "a crash is told with its last line", order: "crash-at-start", want: StartCrash, detail: "cannot find my settings"},
		{name: "a panic is told with its head", order: "panic-at-start", want: StartCrash, detail: "panic: no luck today"},
		{name: "junk on stdout is not ours", order: "junk", want: NotOurs, detail: "calculator"},
		{name: "a megabyte of junk is not ours", order: "long-junk", want: NotOurs},
		{name: "silence runs into the time limit", order: "hang-at-start", want: StartTimeout, detail: "300ms"},
		{name: "an old protocol is named", order: "old-protocol", want: WrongVersion, detail: "it speaks 9, this gateway [1]"},
		{name: "a worker without the cookie ends at once", order: "serve", want: StartCrash, detail: "by hand",
			change: func(_ *testing.T, s *Spec) { s.Handshake.MagicCookieKey = "SOMETHING_ELSE" }},
		{name: "a handshake with nobody behind it", order: "hang-after-handshake", want: NotOurs},
		{name: "a failing Prepare", order: "serve", want: NotPrepared,
			change: func(_ *testing.T, s *Spec) {
				s.Prepare = func(context.Context, any) error { return errors.New("wrong key") }
			}},
		{name: "a Prepare without end", order: "serve", want: StartTimeout,
			change: func(_ *testing.T, s *Spec) {
				s.Prepare = func(ctx context.Context, _ any) error { <-ctx.Done(); return ctx.Err() }
			}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			spec := testSpec(t, c.order)
			if c.want == StartTimeout {
				spec.StartTimeout = 300 * time.Millisecond
			}
			if c.change != nil {
				c.change(t, &spec)
			}
			s := start(t, spec)
			st := await(t, s, "quarantined", func(st Status) bool { return st.State == Quarantined })
			var fault *Fault
			if !errors.As(st.LastError, &fault) || fault.Kind != c.want {
				t.Fatalf("last error = %v; want kind %s", st.LastError, c.want)
			}
			if got := fault.Sentence("en"); !strings.Contains(got, c.detail) {
				t.Errorf("sentence = %q; want %q in it", got, c.detail)
			}
			if st.Deaths != deathsAllowed {
				t.Errorf("deaths = %d, want %d", st.Deaths, deathsAllowed)
			}
			var refused ErrNotServing
			if _, err := s.Acquire(t.Context()); !errors.As(err, &refused) || refused.State != Quarantined {
				t.Errorf("Acquire = %v; want ErrNotServing at once", err)
			}
		})
	}
}

func TestRestartsAfterDeath(t *testing.T) {
	t.Parallel()
	for _, order := range []string{"exit", "panic"} {
		s := start(t, testSpec(t, "serve"))
		lease := acquire(t, s)
		if _, err := call(t, lease, order); err == nil {
			t.Errorf("%s: the call gave no error", order)
		}
		<-lease.Dead()
		lease.Release()
		next := acquire(t, s)
		if got, err := call(t, next, "echo:again"); err != nil || got != "again" {
			t.Errorf("%s: after the restart echo = %q, %v", order, got, err)
		}
		next.Release()
		st := s.Status()
		var fault *Fault
		if st.Deaths != 1 || !errors.As(st.LastError, &fault) || fault.Kind != Crashed {
			t.Errorf("%s: status = %+v; want one death, crashed", order, st)
		}
		if order == "panic" && !strings.Contains(fault.Detail, "panic: boom at •••01") {
			t.Errorf("detail = %q; want the panic's head, scrubbed", fault.Detail)
		}
	}
}

func TestQuarantineAndResume(t *testing.T) {
	t.Parallel()
	s := start(t, testSpec(t, "serve"))
	for range deathsAllowed {
		lease := acquire(t, s)
		_, _ = call(t, lease, "exit")
		<-lease.Dead()
		lease.Release()
	}
	await(t, s, "quarantined", func(st Status) bool { return st.State == Quarantined })
	s.Resume()
	lease := acquire(t, s)
	defer lease.Release()
	if got, err := call(t, lease, "echo:back"); err != nil || got != "back" {
		t.Errorf("after Resume echo = %q, %v", got, err)
	}
}

func TestQuarantineEndsByItself(t *testing.T) {
	t.Parallel()
	spec := testSpec(t, "serve")
	spec.QuarantineMin = 300 * time.Millisecond
	s := start(t, spec)
	for range deathsAllowed {
		lease := acquire(t, s)
		_, _ = call(t, lease, "exit")
		<-lease.Dead()
		lease.Release()
	}
	await(t, s, "serving after the quarantine", func(st Status) bool { return st.State == Serving && st.Starts == deathsAllowed+1 })
	acquire(t, s).Release()
}

func TestKillByCallIsNotHeldAgainstTheProgram(t *testing.T) {
	t.Parallel()
	s := start(t, testSpec(t, "serve"))
	for range 2 * deathsAllowed {
		lease := acquire(t, s)
		ended := make(chan struct{})
		go func() { defer close(ended); _, _ = call(t, lease, "hang") }()
		lease.Kill("it hangs")
		<-lease.Dead()
		<-ended
		lease.Release()
	}
	acquire(t, s).Release()
	if st := s.Status(); st.Deaths != 0 || st.Kills != 2*deathsAllowed {
		t.Errorf("status = %+v; want no deaths, %d kills", st, 2*deathsAllowed)
	}
}

func TestCallsMayKill(t *testing.T) {
	t.Parallel()
	for _, order := range []string{"exit", "eat"} {
		spec := testSpec(t, "serve")
		spec.CallsMayKill, spec.MemoryMax = true, 64<<20
		s := start(t, spec)
		for range 2 * deathsAllowed {
			lease := acquire(t, s)
			_, _ = call(t, lease, order)
			<-lease.Dead()
			lease.Kill("its call ended it")
			lease.Release()
		}
		acquire(t, s).Release()
		if st := s.Status(); st.Deaths != 0 || st.Kills != 2*deathsAllowed {
			t.Errorf("%s: status = %+v; want no deaths, %d kills", order, st, 2*deathsAllowed)
		}
	}
}

func TestMemoryEaterIsKilledAboveItsLimit(t *testing.T) {
	t.Parallel()
	if newGauge(os.Getpid()).rss() == 0 {
		t.Skip("this system does not tell resident sizes")
	}
	spec := testSpec(t, "serve")
	spec.MemoryMax = 96 << 20
	s := start(t, spec)
	lease := acquire(t, s)
	if _, err := call(t, lease, "eat"); err == nil {
		t.Error("the eater's call gave no error")
	}
	<-lease.Dead()
	lease.Release()
	acquire(t, s).Release()
	st := s.Status()
	var fault *Fault
	if !errors.As(st.LastError, &fault) || fault.Kind != TooMuchMemory {
		t.Errorf("last error = %v; want %s", st.LastError, TooMuchMemory)
	}
	if st.PeakRSS > 3*spec.MemoryMax {
		t.Errorf("peak = %d MiB, limit %d MiB", st.PeakRSS>>20, spec.MemoryMax>>20)
	}
	t.Logf("limit %d MiB, peak %d MiB", spec.MemoryMax>>20, st.PeakRSS>>20)
}

func TestStopIsGracefulAndThenFirm(t *testing.T) {
	t.Parallel()
	spec := testSpec(t, "serve")
	spec.Env = append(spec.Env, "CHILD_TEST_STAY=1")
	s := New(spec)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- s.Run(ctx) }()
	lease := acquire(t, s)
	lease.Release()
	cancel()
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("Run = %v, want nil", err)
		}
	case <-time.After(gracefulStop + 10*time.Second):
		t.Fatal("a child that ignores the order to stop keeps Run from returning")
	}
	<-lease.Dead()
	var refused ErrNotServing
	if _, err := s.Acquire(t.Context()); !errors.As(err, &refused) || refused.State != Stopped {
		t.Errorf("Acquire after Run = %v; want ErrNotServing", err)
	}
	if err := s.Run(t.Context()); err == nil {
		t.Error("a second Run gave no error")
	}
}

func TestDrainLetsCallsFinish(t *testing.T) {
	t.Parallel()
	s := New(testSpec(t, "serve"))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- s.Run(ctx) }()
	lease := acquire(t, s)
	result := make(chan error, 1)
	go func() {
		_, err := call(t, lease, "wait:300ms")
		lease.Release()
		result <- err
	}()
	cancel()
	if err := <-result; err != nil {
		t.Errorf("a call in flight at the stop gave %v; want its answer", err)
	}
	if err := <-done; err != nil {
		t.Errorf("Run = %v, want nil", err)
	}
}

func TestRestartReplacesTheProcess(t *testing.T) {
	t.Parallel()
	s := start(t, testSpec(t, "serve"))
	first := acquire(t, s)
	pid := first.PID()
	s.Restart()
	await(t, s, "draining", func(st Status) bool { return st.State == Draining })
	if got, err := call(t, first, "echo:still"); err != nil || got != "still" {
		t.Errorf("a lease that is out while draining: %q, %v", got, err)
	}
	first.Release()
	second := acquire(t, s)
	defer second.Release()
	if second.PID() == pid {
		t.Errorf("pid %d again; want another process", pid)
	}
	if st := s.Status(); st.Deaths != 0 {
		t.Errorf("deaths = %d after a restart, want 0", st.Deaths)
	}
}

func TestTooBigAMessageIsRefused(t *testing.T) {
	t.Parallel()
	spec := testSpec(t, "serve")
	spec.MaxMessage = 1 << 20
	s := start(t, spec)
	lease := acquire(t, s)
	defer lease.Release()
	if _, err := call(t, lease, "big:1500000"); err == nil {
		t.Error("an answer above the limit gave no error")
	}
	if got, err := call(t, lease, "big:1000"); err != nil || len(got) != 1000 {
		t.Errorf("after it: %d bytes, %v", len(got), err)
	}
}

func TestLogFloodIsBounded(t *testing.T) {
	t.Parallel()
	spec := testSpec(t, "serve")
	sink := &lockedBuffer{}
	spec.Log = hclog.New(&hclog.LoggerOptions{Output: sink, Level: hclog.Trace, JSONFormat: true})
	s := start(t, spec)
	lease := acquire(t, s)
	defer lease.Release()
	began := time.Now()
	if got, err := call(t, lease, "flood"); err != nil || got != "flooded" {
		t.Errorf("flood = %q, %v; a flooding child must not block", got, err)
	}
	lines := strings.Count(sink.String(), "\n")
	if seconds := 2 + int(time.Since(began).Seconds()); lines > seconds*(linesPerSec+1) {
		t.Errorf("%d lines reached the log in %d s; want at most %d in each", lines, seconds, linesPerSec)
	}
	if longest := longestLine(sink.String()); longest > lineMax+1000 {
		t.Errorf("a line of %d bytes reached the log, want at most %d", longest, lineMax)
	}
}

func TestLogKeepsLevelsAndHidesPhones(t *testing.T) {
	t.Parallel()
	spec := testSpec(t, "serve")
	sink := &lockedBuffer{}
	spec.Log = hclog.New(&hclog.LoggerOptions{Output: sink, Level: hclog.Trace, JSONFormat: true})
	s := start(t, spec)
	lease := acquire(t, s)
	if _, err := call(t, lease, "log"); err != nil {
		t.Fatal(err)
	}
	lease.Kill("enough")
	<-lease.Dead()
	lease.Release()
	text := sink.String()
	for _, want := range []string{`"@level":"warn","@message":"careful"`, `"count":"3"`, `"@level":"debug","@message":"stray words to •••02"`} {
		if !strings.Contains(text, want) {
			t.Errorf("log lacks %s:\n%s", want, text)
		}
	}
	if strings.Contains(text, "999000000") || strings.Contains(text, "000-00-02") {
		t.Errorf("a phone is in the log:\n%s", text)
	}
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func longestLine(text string) int {
	most := 0
	for line := range strings.Lines(text) {
		most = max(most, len(line))
	}
	return most
}
