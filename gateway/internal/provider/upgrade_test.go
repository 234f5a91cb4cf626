package provider_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/orderbell/orderbell/gateway/internal/child"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/provider"
	"github.com/orderbell/orderbell/sdk"
)

func read(t *testing.T, folder string) provider.Catalogue {
	t.Helper()
	c, problems := provider.ReadCatalogue(folder)
	if len(problems) > 0 {
		t.Fatal(errors.Join(problems...))
	}
	return c
}

func TestAnotherVersionTakesOverWhileTextsGoOut(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "texts.jsonl")
	h := setup(t, console("main", map[string]string{"file": file}))
	wantSent(t, h, "main")
	before := h.Status()["console"].PID
	ctx, stop := context.WithCancel(t.Context())
	var senders sync.WaitGroup
	var mu sync.Mutex
	sent, failed := 0, []*message.Failure{}
	for sender := range 4 {
		senders.Go(func() {
			for round := 0; ctx.Err() == nil; round++ {
				texts := batch(20)
				for i := range texts { // the operator takes an id once
					texts[i].ID = fmt.Sprintf("s%d-%d-%d", sender, round, i)
				}
				for _, o := range h.Send(t.Context(), "main", texts) {
					mu.Lock()
					sent++
					if o.Failure != nil {
						failed = append(failed, o.Failure)
					}
					mu.Unlock()
				}
			}
		})
	}
	done := h.Upgrade(t.Context(), read(t, newer))
	stop()
	senders.Wait()
	if len(done) != 1 || done[0].Provider != "console" || done[0].Err != nil || done[0].From.Path == done[0].To.Path {
		t.Fatalf("upgrade: got %+v, want console to have another program", done)
	}
	if got := h.Manifest("main").Version; got != "2.0.0" {
		t.Errorf("after the upgrade version %q serves, want 2.0.0", got)
	}
	if len(failed) > 0 {
		t.Errorf("%d of %d texts failed during the upgrade, the first: %+v", len(failed), sent, failed[0])
	}
	if status := h.Status()["console"]; status.PID == before || status.State != child.Serving || status.Starts != 1 {
		t.Errorf("status: got %+v, want one start of another process than %d", status, before)
	}
	lines, err := os.ReadFile(file)
	if got := strings.Count(string(lines), "\n"); err != nil || got != sent+1 {
		t.Errorf("the operator got %d texts, %v; %d were accepted", got, err, sent+1)
	}
	if h.Programs()["console"].Path != done[0].To.Path {
		t.Errorf("programs: got %+v, want the new one", h.Programs())
	}
	t.Logf("%d texts during the upgrade, none failed", sent)
}

func wantSent(t *testing.T, h *provider.Host, account string) {
	t.Helper()
	if got := h.Send(t.Context(), account, batch(1)); got[0].Accepted == nil {
		t.Fatalf("account %s: got %+v, want it to work", account, got[0].Failure)
	}
}

func TestTheOldProcessEndsAfterItsLastCall(t *testing.T) {
	t.Parallel()
	h := setup(t, console("slow", map[string]string{"delay": "1500ms"}), console("main", nil))
	wantSent(t, h, "main")
	answer := make(chan []message.Outcome, 1)
	go func() { answer <- h.Send(context.WithoutCancel(t.Context()), "slow", batch(1)) }()
	until(t, "the call", func() bool { return h.CallsOf("slow") == 1 })
	if done := h.Upgrade(t.Context(), read(t, newer)); len(done) != 1 || done[0].Err != nil {
		t.Fatalf("upgrade: got %+v", done)
	}
	if got := h.Manifest("main").Version; got != "2.0.0" {
		t.Errorf("version %q serves beside the call under way, want 2.0.0", got)
	}
	if got := <-answer; got[0].Accepted == nil {
		t.Errorf("the call under way: got %+v, want it to end in the old version", got[0].Failure)
	}
}

func TestAVersionThatIsWorseDoesNotTakeOver(t *testing.T) {
	t.Parallel()
	broken := t.TempDir()
	name := provider.Prefix + "console"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	path := put(t, filepath.Join(broken, name), "not a program")
	if err := os.Chmod(path, 0o700); err != nil { // #nosec G302 -- a program
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		folder string
		want   func(error) bool
	}{
		{"a program that does not start", broken, func(err error) bool {
			fault, ok := errors.AsType[*child.Fault](err)
			return ok && fault.Kind == child.WrongFormat
		}},
		{"a program that cannot log in", picky, func(err error) bool {
			failure, ok := errors.AsType[*sdk.Failure](err)
			return ok && failure.Reason == sdk.Unauthorized && strings.Contains(err.Error(), "[main: ")
		}},
		{"a program that is not there any more", t.TempDir(), func(err error) bool { return errors.Is(err, provider.ErrUnknownProvider) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := setup(t, console("main", nil))
			wantSent(t, h, "main")
			before := h.Status()["console"].PID
			done := h.Upgrade(t.Context(), read(t, tt.folder))
			if len(done) != 1 || !tt.want(done[0].Err) {
				t.Fatalf("upgrade: got %+v, want it refused", done)
			}
			wantSent(t, h, "main")
			if got := h.Status()["console"]; got.PID != before || got.State != child.Serving {
				t.Errorf("status: got %+v, want the process %d to go on", got, before)
			}
		})
	}
}

func TestAVersionIsNotBlamedForWhatTheOldOneCannotEither(t *testing.T) {
	t.Parallel()
	h := setup(t, console("out", map[string]string{"fail": "unavailable"}))
	if report := h.Check(t.Context(), "out"); report.OK() {
		t.Fatalf("check of a broken operator: got %+v", report)
	}
	if done := h.Upgrade(t.Context(), read(t, newer)); len(done) != 1 || done[0].Err != nil {
		t.Errorf("upgrade while the operator is down: got %+v, want it done", done)
	}
}

func TestAnUpgradeToTheSameProgramChangesNothing(t *testing.T) {
	t.Parallel()
	h := setup(t, console("main", nil))
	wantSent(t, h, "main")
	before := h.Status()["console"].PID
	if done := h.Upgrade(t.Context(), read(t, plugins)); len(done) > 0 {
		t.Errorf("got %+v, want nothing", done)
	}
	if got := h.Status()["console"]; got.PID != before {
		t.Errorf("status: got %+v, want the process %d", got, before)
	}
}

func TestAMissingProgramStartsToServeOnceItIsThere(t *testing.T) {
	t.Parallel()
	h := setup(t, console("main", nil), provider.Account{Name: "late", Provider: "late", Settings: map[string]string{"open": "works"}})
	folder := t.TempDir()
	link(t, consoleIn(plugins), filepath.Join(folder, provider.Prefix+"console"))
	link(t, consoleIn(late), filepath.Join(folder, provider.Prefix+"late"))
	done := h.Upgrade(t.Context(), read(t, folder))
	if len(done) != 1 || done[0].Provider != "late" || done[0].Err != nil {
		t.Fatalf("upgrade: got %+v, want late alone", done)
	}
	wantSent(t, h, "late")
}

// link gives a program another name; skips where the system has no links.
func link(t *testing.T, program, name string) {
	t.Helper()
	if err := os.Symlink(program, name); err != nil {
		t.Skip("no symbolic links here:", err)
	}
}
