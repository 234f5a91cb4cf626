package host_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/host"
)

const canary = "canary-key-4711"

func opened(t *testing.T) *child {
	t.Helper()
	c := startChild(t)
	diagnostics, err := c.Open(t.Context(), host.OpenRequest{Account: "main", Revision: 1, Settings: map[string]string{"key": canary}})
	if err != nil || len(diagnostics) > 0 {
		t.Fatalf("Open: %v, %v", diagnostics, err)
	}
	return c
}

func messages(texts ...string) []sdk.Message {
	var batch []sdk.Message
	for i, text := range texts {
		batch = append(batch, sdk.Message{ID: "m" + string(rune('0'+i)), Attempt: 1, To: "+79990000001", Text: text})
	}
	return batch
}

func kill(t *testing.T, pid int) {
	t.Helper()
	process, err := os.FindProcess(pid)
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

func TestARealChildDescribesItselfAndSends(t *testing.T) {
	t.Parallel()
	c := opened(t)
	manifest, err := c.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := sdk.Manifest{
		Name: "trial", Version: "1.2.3", SDKVersion: sdk.SDKVersion, Title: sdk.Text{EN: "Trial", RU: "Проба"},
		Capabilities: sdk.Capabilities{MaxBatch: 1, MaxInFlight: 8, Resend: sdk.ResendNone, Channels: []sdk.Channel{sdk.SMS}},
		Settings:     []sdk.Field{{Key: "key", Kind: sdk.KindSecret, Label: sdk.Text{EN: "Key", RU: "Ключ"}, Required: true}},
	}
	if diff := cmp.Diff(want, manifest); diff != "" {
		t.Errorf("manifest (-want +got):\n%s", diff)
	}
	outcomes, err := c.Send(t.Context(), "main", 1, messages("a", "b", "c"))
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range outcomes {
		if want := messages("a", "b", "c")[i].ID; o.ID != want || o.Accepted == nil || o.Accepted.ID != "t-"+want {
			t.Errorf("outcome %d: got %+v, want accepted as t-%s", i, o, want)
		}
	}
	if _, err := c.Balance(t.Context(), "main", 1); !errors.Is(err, host.ErrNoAbility) {
		t.Errorf("Balance of a provider without it: got %v, want ErrNoAbility", err)
	}
	if _, err := c.Check(t.Context(), "main", 2); !errors.Is(err, host.ErrNotOpen) {
		t.Errorf("Check of another revision: got %v, want ErrNotOpen", err)
	}
	if err := c.Close(t.Context(), "main", 1); err != nil {
		t.Errorf("Close: %v", err)
	}
	outcomes, err = c.Send(t.Context(), "main", 1, messages("a"))
	if !errors.Is(err, host.ErrNotOpen) || outcomes[0].Failure.Reason != sdk.Unavailable {
		t.Errorf("Send after Close: got %v, %v, want ErrNotOpen and UNAVAILABLE", outcomes[0].Failure, err)
	}
}

func TestAPanicCostsOneMessageAndLeaksNothing(t *testing.T) {
	t.Parallel()
	c := opened(t)
	outcomes, err := c.Send(t.Context(), "main", 1, messages("a", "panic", "leak", "b"))
	if err != nil {
		t.Fatal(err)
	}
	if outcomes[0].Accepted == nil || outcomes[3].Accepted == nil {
		t.Errorf("neighbours: got %+v and %+v, want accepted", outcomes[0], outcomes[3])
	}
	if f := outcomes[1].Failure; f == nil || f.Reason != sdk.Internal || strings.Contains(f.Error(), canary) {
		t.Errorf("panic: got %v, want INTERNAL without the key", f)
	}
	f := outcomes[2].Failure
	if f == nil || f.Reason != sdk.UnknownOutcome || strings.Contains(f.Error(), canary) || strings.Contains(f.Error(), "79990000001") {
		t.Errorf("an unclassified error: got %v, want UNKNOWN_OUTCOME without key and number", f)
	}
}

func TestKillingTheChildDuringACallLeavesTheOutcomeUnknown(t *testing.T) {
	t.Parallel()
	c := opened(t)
	type result struct {
		outcomes []sdk.Outcome
		err      error
	}
	done := make(chan result, 1)
	go func() {
		outcomes, err := c.Send(t.Context(), "main", 1, messages("hang"))
		done <- result{outcomes, err}
	}()
	if line, err := c.ready.ReadString('\n'); err != nil {
		t.Fatalf("the call did not reach the child: %q, %v", line, err)
	}
	kill(t, c.pid)
	got := <-done
	if !errors.Is(got.err, host.ErrLost) || got.outcomes[0].Failure.Reason != sdk.UnknownOutcome {
		t.Errorf("killed during Send: got %v, %v, want ErrLost and UNKNOWN_OUTCOME", got.outcomes[0].Failure, got.err)
	}
	outcomes, err := c.Send(t.Context(), "main", 1, messages("a"))
	if !errors.Is(err, host.ErrNotSent) || outcomes[0].Failure.Reason != sdk.Unavailable {
		t.Errorf("Send to a dead process: got %v, %v, want ErrNotSent and UNAVAILABLE", outcomes[0].Failure, err)
	}
}

func TestAChildThatExitsDuringACallLeavesTheOutcomeUnknown(t *testing.T) {
	t.Parallel()
	outcomes, err := opened(t).Send(t.Context(), "main", 1, messages("exit"))
	if !errors.Is(err, host.ErrLost) || outcomes[0].Failure.Reason != sdk.UnknownOutcome {
		t.Errorf("got %v, %v, want ErrLost and UNKNOWN_OUTCOME", outcomes[0].Failure, err)
	}
}

func TestOneHangingMessageDoesNotHideTheOthers(t *testing.T) {
	t.Parallel()
	c := opened(t)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	outcomes, err := c.Send(ctx, "main", 1, messages("a", "hang", "b"))
	if err != nil {
		t.Fatalf("Send: %v", err)
	}
	if outcomes[0].Accepted == nil || outcomes[2].Accepted == nil {
		t.Errorf("neighbours: got %+v and %+v, want accepted", outcomes[0], outcomes[2])
	}
	if f := outcomes[1].Failure; f == nil || f.Reason != sdk.UnknownOutcome {
		t.Errorf("the hanging one: got %v, want UNKNOWN_OUTCOME", f)
	}
}

func TestACancelledCallReturnsAtOnce(t *testing.T) {
	t.Parallel()
	c := opened(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := c.Send(ctx, "main", 1, messages("hang"))
		done <- err
	}()
	if _, err := c.ready.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	cancel()
	if err := <-done; !errors.Is(err, host.ErrLost) {
		t.Errorf("got %v, want ErrLost", err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("cancelling took %v, want it at once", took)
	}
}

func TestNoProviderOutlivesItsGateway(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("needs inherited files")
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close() //nolint:errcheck // a test's pipe
	gateway := exec.CommandContext(t.Context(), os.Args[0])
	gateway.Env = []string{role + "=gateway", "TMPDIR=" + t.TempDir()}
	gateway.ExtraFiles = []*os.File{w}
	stdin, err := gateway.StdinPipe() // kept open, or the gateway ends by itself
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close() //nolint:errcheck // a test's pipe
	stdout, err := gateway.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := gateway.Start(); err != nil {
		t.Fatal(err)
	}
	_ = w.Close() // now only the gateway and its provider hold the pipe open
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "started\n" {
		t.Fatalf("the gateway says %q, %v", line, err)
	}
	began := time.Now()
	kill(t, gateway.Process.Pid)
	_ = gateway.Wait()
	if err := r.SetReadDeadline(began.Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, r); err != nil { // ends when the provider is gone
		t.Fatalf("the provider outlives its gateway: %v", err)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("the provider lived on for %v, want about 2 s", took)
	} else {
		t.Logf("gone %v after its gateway", took.Round(time.Millisecond))
	}
}

func TestStartToFirstCallIsQuick(t *testing.T) {
	began := time.Now()
	c := startChild(t)
	if _, err := c.Describe(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Logf("start to first answer: %v", time.Since(began).Round(time.Microsecond))
}
