package provider_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/child"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/provider"
)

// texts counts the texts in a file of the console provider.
func texts(file string) int {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0
	}
	return strings.Count(string(text), "\n")
}

// holds tells whether the process has the file open; ok is false where the system does not say.
func holds(pid int, file string) (open, ok bool) {
	folder := fmt.Sprintf("/proc/%d/fd", pid)
	entries, err := os.ReadDir(folder)
	if err != nil {
		return false, false
	}
	for _, e := range entries {
		if target, err := os.Readlink(filepath.Join(folder, e.Name())); err == nil && target == file {
			return true, true
		}
	}
	return false, true
}

// accept sends text n, which the operator must not have seen, through the account.
func accept(t *testing.T, h *provider.Host, account string, n int) {
	t.Helper()
	if got := h.Send(t.Context(), account, batch(n + 1)[n:]); got[0].Accepted == nil {
		t.Fatalf("send through %s: %+v", account, got[0].Failure)
	}
}

// until waits for what a host does by itself.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for !is() {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for: %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func TestNewSettingsServeTheNextCallWhileTheOldOneEnds(t *testing.T) {
	t.Parallel()
	folder, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	before, after := filepath.Join(folder, "before"), filepath.Join(folder, "after")
	h := setup(t, console("main", map[string]string{"file": before, "delay": "4s"}), console("other", nil))
	accept(t, h, "other", 1)
	pid := h.Status()["console"].PID
	slow := make(chan []message.Outcome, 1)
	go func() { slow <- h.Send(context.WithoutCancel(t.Context()), "main", batch(10)[9:]) }()
	until(t, "the old call", func() bool { return h.CallsOf("main") == 1 })
	h.Apply(t.Context(), []provider.Account{console("main", map[string]string{"file": after}), console("other", nil)})
	accept(t, h, "main", 2)
	if got := texts(after); got != 1 {
		t.Errorf("texts by the new settings: %d, want 1", got)
	}
	select {
	case got := <-slow:
		t.Errorf("the old call had ended before the new settings served: %+v", got)
	default:
	}
	if open, ok := holds(pid, before); ok && !open {
		t.Error("the old settings were closed under their last call")
	}
	if got := <-slow; got[0].Accepted == nil || texts(before) != 1 {
		t.Errorf("the old call: got %+v and %d texts, want it accepted by the old settings", got[0].Failure, texts(before))
	}
	until(t, "the old settings to be closed", func() bool { open, _ := holds(pid, before); return !open })
	if got := h.Status()["console"]; got.Starts != 1 || got.PID != pid {
		t.Errorf("status: %+v, want the same process", got)
	}
}

func TestAProgramRunsFromItsFirstAccountToItsLast(t *testing.T) {
	t.Parallel()
	h := setup(t)
	if got := h.Status(); len(got) != 0 {
		t.Fatalf("without accounts: %+v, want no process", got)
	}
	h.Apply(t.Context(), []provider.Account{console("main", nil)})
	accept(t, h, "main", 3)
	if got := h.Status()["console"]; got.State != child.Serving {
		t.Errorf("with an account: %+v, want it to serve", got)
	}
	h.Apply(t.Context(), nil)
	if got := h.Status(); len(got) != 0 {
		t.Errorf("after the last account: %+v, want no process", got)
	}
	wantAll(t, batch(2), h.Send(t.Context(), "main", batch(2)), message.NoAccount, `no account "main"`)
	h.Apply(t.Context(), []provider.Account{console("main", map[string]string{"fail": "unavailable"})})
	wantAll(t, batch(2), h.Send(t.Context(), "main", batch(2)), message.Unavailable, "out of order")
}

func TestAnAccountThatIsMadeAgainIsNotTheOldOne(t *testing.T) {
	t.Parallel()
	h := setup(t, console("keeper", nil), console("main", map[string]string{"fail": "unavailable"}))
	wantAll(t, batch(1), h.Send(t.Context(), "main", batch(1)), message.Unavailable, "out of order")
	h.Apply(t.Context(), []provider.Account{console("keeper", nil)})
	h.Apply(t.Context(), []provider.Account{console("keeper", nil), console("main", nil)})
	accept(t, h, "main", 4)
}

func TestARestartedProcessHasTheNewestSettings(t *testing.T) {
	t.Parallel()
	h := setup(t, console("main", map[string]string{"fail": "unavailable"}))
	wantAll(t, batch(1), h.Send(t.Context(), "main", batch(1)), message.Unavailable, "out of order")
	h.Apply(t.Context(), []provider.Account{console("main", nil)})
	process, err := os.FindProcess(h.Status()["console"].PID)
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Kill(); err != nil {
		t.Fatal(err)
	}
	until(t, "the next process", func() bool { return h.Status()["console"].Starts == 2 })
	accept(t, h, "main", 5)
}

func TestSettingsThatAreRefusedLaterSayWhy(t *testing.T) {
	t.Parallel()
	h := setup(t, console("main", nil))
	accept(t, h, "main", 6)
	h.Apply(t.Context(), []provider.Account{console("main", map[string]string{"delay": "a while"})})
	wantAll(t, batch(1), h.Send(t.Context(), "main", batch(1)), message.Unauthorized, "main: delay: ")
	h.Apply(t.Context(), []provider.Account{console("main", nil)})
	accept(t, h, "main", 7)
	h.Apply(t.Context(), []provider.Account{{Name: "main", Provider: "console", Err: errors.New("its secrets cannot be opened")}})
	wantAll(t, batch(1), h.Send(t.Context(), "main", batch(1)), message.Unavailable, "cannot be opened")
}

func TestTextsFlowWhileAccountsChange(t *testing.T) {
	t.Parallel()
	h := setup(t, console("main", map[string]string{"quiet": "true"}))
	accept(t, h, "main", 8)
	var senders sync.WaitGroup
	stop := make(chan struct{})
	for range 4 {
		senders.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if got := h.Send(t.Context(), "main", batch(3)); got[0].Accepted == nil {
					t.Errorf("a text in the middle of a change: %+v", got[0].Failure)
					return
				}
			}
		})
	}
	for i := range 30 {
		h.Apply(t.Context(), []provider.Account{console("main", map[string]string{"quiet": "true", "delay": fmt.Sprintf("%dus", i+1)})})
	}
	close(stop)
	senders.Wait()
	if got := h.Status()["console"]; got.Starts != 1 || got.Deaths != 0 {
		t.Errorf("status: %+v, want one process without a death", got)
	}
}

func TestSettingsAreTriedBesideTheAccount(t *testing.T) {
	t.Parallel()
	h := setup(t)
	report := h.Try(t.Context(), console("main", map[string]string{"delay": "a while"}), false)
	if report.OK() || len(report.Diagnostics) == 0 || report.Diagnostics[0].Field != "delay" || report.Manifest == nil || report.Manifest.Name != "console" {
		t.Errorf("bad settings: got %+v, want a refusal of delay and the manifest", report)
	}
	if report := h.Try(t.Context(), console("main", map[string]string{"fail": "unavailable"}), false); !report.OK() || report.Manifest == nil {
		t.Errorf("settings that open: got %+v, want them taken", report)
	}
	if report := h.Try(t.Context(), console("main", map[string]string{"fail": "unavailable"}), true); report.OK() {
		t.Errorf("settings that cannot log in: got %+v, want the failure", report)
	}
	if report := h.Try(t.Context(), provider.Account{Name: "main", Provider: "nowhere"}, true); !errors.Is(report.Err, provider.ErrUnknownProvider) {
		t.Errorf("a provider that is not there: got %+v", report)
	}
	if manifest, err := h.Describe(t.Context(), "console"); err != nil || manifest.Name != "console" || len(manifest.Settings) == 0 {
		t.Errorf("describe: got %+v, %v", manifest, err)
	}
	if got := h.Status(); len(got) != 0 {
		t.Errorf("after the questions: %+v, want no process", got)
	}
	wantAll(t, batch(1), h.Send(t.Context(), "main", batch(1)), message.NoAccount, "")
}

func TestAccountsAndProgramsChangeAtTheSameTime(t *testing.T) {
	t.Parallel()
	h := setup(t, console("main", nil))
	accept(t, h, "main", 1)
	var both sync.WaitGroup
	both.Go(func() {
		if done := h.Upgrade(t.Context(), read(t, newer)); len(done) != 1 || done[0].Err != nil {
			t.Errorf("upgrade: got %+v", done)
		}
	})
	both.Go(func() {
		for range 5 {
			h.Apply(t.Context(), []provider.Account{console("main", map[string]string{"quiet": "true"}), console("spare", nil)})
			h.Try(t.Context(), console("trial", nil), true)
			h.Apply(t.Context(), []provider.Account{console("main", nil)})
		}
	})
	both.Wait()
	accept(t, h, "main", 2)
	if got := h.Manifest("main").Version; got != "2.0.0" {
		t.Errorf("version %q serves, want 2.0.0", got)
	}
	h.Apply(t.Context(), nil)
	if got := h.Status(); len(got) != 0 {
		t.Errorf("after the last account: %+v, want no process: something still holds it", got)
	}
}

func TestWhyAnAccountCannotSendIsKnownWithoutACall(t *testing.T) {
	t.Parallel()
	h := setup(t, console("main", nil), console("bad", map[string]string{"delay": "a while"}), provider.Account{Name: "lost", Provider: "nowhere"},
		provider.Account{Name: "closed", Provider: "console", Err: errors.New("no key")})
	accept(t, h, "main", 1)
	if state, err := h.Standing("main"); state != child.Serving || err != nil {
		t.Errorf("main: %v, %v", state, err)
	}
	if _, err := h.Standing("bad"); err == nil || !strings.Contains(err.Error(), "delay") {
		t.Errorf("bad: %v", err)
	}
	if _, err := h.Standing("lost"); !errors.Is(err, provider.ErrUnknownProvider) {
		t.Errorf("lost: %v", err)
	}
	if _, err := h.Standing("closed"); err == nil || err.Error() != "no key" {
		t.Errorf("closed: %v", err)
	}
	if _, err := h.Standing("nobody"); err == nil {
		t.Error("nobody: no error")
	}
}
