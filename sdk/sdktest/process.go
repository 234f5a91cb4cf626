package sdktest

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-plugin"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/host"
)

// process repeats what matters with the provider as a process of its own, and kills it.
func (s *suite) process(t *testing.T) {
	if testing.Short() {
		s.card.skip("the child process", "-short")
		t.Skip("-short leaves the child processes out")
	}
	if !t.Run("starts", s.starts) {
		return
	}
	for name, test := range map[string]func(*testing.T){
		"answers as in the test's own process": s.answersTheSame,
		"a hundred calls at once":              s.hundredOfChild,
		"cancelled in a call":                  s.cancelledCall,
		"killed in a call":                     s.killed,
		"its gateway dies":                     s.orphaned,
		"another protocol":                     s.otherProtocol,
		"run by hand":                          s.byHand,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t)
		})
		s.card.did("process", 1)
	}
}

// starts finds out whether the test binary can be the provider at all.
func (s *suite) starts(t *testing.T) {
	var said words
	client, _, err := start(s.manifest.Name, host.Plugins(), &said)
	if err != nil {
		t.Fatalf("the test binary does not serve the provider; the package needs\n\tfunc TestMain(m *testing.M) { sdktest.Main(m, provider()) }\n%v\n%.2000s", err, said.String())
	}
	began := time.Now()
	client.Kill()
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("the idle provider took %v to end when asked", took)
	}
}

// childRig is a rig whose provider is a child process.
type childRig struct {
	*rig
	process *plugin.Client
	said    *words
}

func (s *suite) childRig(t *testing.T) *childRig {
	t.Helper()
	r := &childRig{rig: &rig{suite: s, journal: &journal{}, number: s.rigs.Add(1)}, said: &words{}}
	process, client, err := start(s.manifest.Name, host.Plugins(), r.said)
	if err != nil {
		t.Fatalf("start the provider: %v\n%.2000s", err, r.said)
	}
	t.Cleanup(process.Kill)
	r.process, r.Client = process, client
	r.fill(t)
	Open(t, r.Client, account, r.settings, r.allow...)
	return r
}

func (s *suite) answersTheSame(t *testing.T) {
	r := s.childRig(t)
	m, err := r.Describe(t.Context())
	if err != nil {
		t.Fatalf("Describe: %v", err)
	}
	if diff := cmp.Diff(s.manifest, m); diff != "" {
		t.Errorf("the manifest differs (-own process +child):\n%s", diff)
	}
	bad := badValue{key: "no_such_setting", value: marker}
	r.wantRefused(t, bad)
	batch := r.messages(max(2, min(s.manifest.Capabilities.MaxBatch, 100)))
	outcomes := r.send(t, batch...)
	for i, o := range outcomes {
		r.wantAccepted(t, batch[i], o)
	}
	s.wantOwnIDs(t, r.rig, batch, outcomes)
	if s.manifest.Capabilities.Callbacks {
		d := &desk{rig: r.rig, signed: !s.operator.UnsignedCallbacks}
		list := s.operator.Callbacks.load(t)
		d.recorded(t, list)
		for _, c := range list {
			d.withoutParts(t, c)
		}
	}
	if r.stage != nil {
		lost := r.message()
		r.breaks(resetAfter, lost)
		r.wantReason(t, r.send(t, lost)[0], sdk.UnknownOutcome, sdk.Internal)
		r.stage.plays(closed, "")
		// A connection that was kept from before may be used once more and be lost in use; that nobody
		// listening means UNAVAILABLE is tried without one, among the outages.
		r.wantReason(t, r.send(t, r.message())[0], sdk.Unavailable, sdk.UnknownOutcome)
	}
	if err := r.Close(t.Context(), account, 1); err != nil {
		t.Errorf("Close: %v", err)
	}
	r.process.Kill()
	if leaks(r.said.String(), s.secrets) {
		t.Errorf("a secret is in what the process wrote:\n%s", r.said)
	}
}

// hundredOfChild makes a hundred calls of the process at the same time. With -race the child looks for
// races, too.
func (s *suite) hundredOfChild(t *testing.T) {
	r := s.childRig(t)
	s.wantHundred(t, r.rig)
	r.process.Kill()
	if said := r.said.String(); strings.Contains(said, "DATA RACE") {
		t.Errorf("the process reports a race:\n%.4000s", said)
	}
}

// cancelledCall gives up a call while the operator is silent: the call returns within a second, nobody
// knows what became of the message, and the process goes on.
func (s *suite) cancelledCall(t *testing.T) {
	r := s.childRig(t)
	if r.stage == nil {
		t.Skip("the provider has no operator that could be silent")
	}
	m := r.message()
	r.breaks(silent, m)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan []sdk.Outcome, 1)
	go func() {
		outcomes, _ := r.Send(ctx, account, 1, []sdk.Message{m}) // the error says again what is in the outcomes
		done <- outcomes
	}()
	for s.readable && r.stage.seen(tokenOf(m)) == 0 {
		<-r.stage.arrived // a provider may log in first
	}
	if !s.readable {
		<-r.stage.arrived
	}
	cancel()
	select {
	case outcomes := <-done:
		r.wantReason(t, outcomes[0], sdk.UnknownOutcome)
	case <-time.After(cancelLife):
		t.Fatalf("the call goes on %v after it was cancelled", cancelLife)
	}
	r.stage.plays(noFault, "")
	next := r.message()
	r.wantAccepted(t, next, r.send(t, next)[0])
}

// killed kills the process while the operator keeps a message.
func (s *suite) killed(t *testing.T) {
	r := s.childRig(t)
	child, err := os.FindProcess(r.process.ReattachConfig().Pid)
	if err != nil {
		t.Fatal(err)
	}
	kill := func() {
		if err := child.Kill(); err != nil { // kill -9, or what the system has for it
			t.Errorf("kill: %v", err)
		}
	}
	if r.stage == nil {
		kill()
	} else {
		s.killInCall(t, r, kill)
	}
	for until := time.Now().Add(5 * time.Second); !r.process.Exited() && time.Now().Before(until); {
		time.Sleep(10 * time.Millisecond) // go-plugin has no channel for it
	}
	outcomes, err := r.Send(t.Context(), account, 1, r.messages(1))
	if !errors.Is(err, host.ErrNotSent) && !errors.Is(err, host.ErrLost) {
		t.Errorf("Send to the dead process: got %v, want ErrNotSent", err)
	}
	r.wantReason(t, outcomes[0], sdk.Unavailable, sdk.UnknownOutcome)
}

func (s *suite) killInCall(t *testing.T, r *childRig, kill func()) {
	t.Helper()
	m := r.message()
	r.breaks(silent, m)
	type result struct {
		outcomes []sdk.Outcome
		err      error
	}
	done := make(chan result, 1)
	go func() {
		outcomes, err := r.Send(t.Context(), account, 1, []sdk.Message{m})
		done <- result{outcomes, err}
	}()
	for s.readable && r.stage.seen(tokenOf(m)) == 0 {
		select { // a provider may log in first
		case <-r.stage.arrived:
		case got := <-done:
			t.Fatalf("the call ended before the operator had the message: %+v, %v", got.outcomes[0], got.err)
		}
	}
	if !s.readable {
		<-r.stage.arrived
	}
	kill()
	got := <-done
	if !errors.Is(got.err, host.ErrLost) {
		t.Errorf("killed in Send: got %v, want ErrLost", got.err)
	}
	r.wantReason(t, got.outcomes[0], sdk.UnknownOutcome)
}

// orphanLife is how long a provider may live without its gateway. It is gone after about two seconds; the
// rest is for a busy machine.
const orphanLife = 6 * time.Second

// orphaned kills a gateway and wants its provider gone: both hold one end of a pipe, and when the other
// end reads its end nobody is left.
func (s *suite) orphaned(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs inherited files")
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close() //nolint:errcheck // a test's pipe
	parent := command(t.Context(), "gateway", s.manifest.Name)
	parent.ExtraFiles = []*os.File{w}
	stdin, stdout := pipes(t, parent)
	defer stdin.Close() //nolint:errcheck // kept open until here, or the gateway ends by itself
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	_ = w.Close()
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "started\n" {
		t.Fatalf("the gateway says %q, %v", line, err)
	}
	began := time.Now()
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait()
	if err := r.SetReadDeadline(began.Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, r); err != nil {
		t.Fatalf("the provider outlives its gateway: %v", err)
	}
	if took := time.Since(began); took > orphanLife {
		t.Errorf("the provider lived on for %v without its gateway, want at most %v", took, orphanLife)
	}
}

func pipes(t *testing.T, c *exec.Cmd) (io.WriteCloser, io.Reader) {
	t.Helper()
	stdin, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	return stdin, stdout
}

// otherProtocol starts the provider as a gateway that speaks only a protocol which it does not know.
func (s *suite) otherProtocol(t *testing.T) {
	foreign := map[int]plugin.PluginSet{}
	for _, set := range host.Plugins() {
		foreign[99] = set
	}
	client, _, err := start(s.manifest.Name, foreign, io.Discard)
	if err == nil {
		client.Kill()
		t.Fatal("a gateway with protocol 99 is served")
	}
	if text := err.Error(); !strings.Contains(text, "99") || !strings.Contains(text, "version") {
		t.Errorf("got %q, want a sentence that names the versions", text)
	}
}
