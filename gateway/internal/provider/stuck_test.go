package provider_test

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

	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/provider"
)

// lines is a log that is read while it is written.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// setupIn is setup with the programs of a folder, and what is logged.
func setupIn(t *testing.T, folder string, accounts ...provider.Account) (*provider.Host, *lines) {
	t.Helper()
	return setupHurried(t, folder, 0, accounts...)
}

// setupHurried is setupIn with less time for each call; 0: as much as otherwise.
func setupHurried(t *testing.T, folder string, within time.Duration, accounts ...provider.Account) (*provider.Host, *lines) {
	t.Helper()
	catalogue, problems := provider.ReadCatalogue(folder)
	if len(problems) > 0 {
		t.Fatal(errors.Join(problems...))
	}
	log := &lines{}
	h := provider.New(provider.Options{
		Catalogue: catalogue, Accounts: accounts, TempDir: t.TempDir(), Environ: []string{"PATH=" + os.Getenv("PATH")},
		Log: hclog.New(&hclog.LoggerOptions{Output: log}),
	}.WithCallTimeout(within))
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); h.Run(ctx) }()
	t.Cleanup(func() { stop(); <-ended })
	return h, log
}

func saying(text string, n int) []message.Outgoing {
	out := batch(n)
	for i := range out {
		out[i].Text = text
	}
	return out
}

// TestCallsThatDoNotComeBackEndTheProgram: otherwise they would keep the account's places for good.
func TestCallsThatDoNotComeBackEndTheProgram(t *testing.T) {
	t.Parallel()
	h, log := setupIn(t, stuck, console("main", map[string]string{"open": "works"}))
	if got := h.Send(t.Context(), "main", saying("fine", 1)); got[0].Accepted == nil {
		t.Fatalf("before: got %+v", got[0].Failure)
	}
	short, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	sent := saying("hang", 2) // as many as the provider has places
	wantAll(t, sent, h.Send(short, "main", sent), message.UnknownOutcome, "")
	waiting := saying("waits for its turn", 1) // until the program ends, and no longer
	wantAll(t, waiting, h.Send(t.Context(), "main", waiting), message.Unavailable, "")
	deadline := time.Now().Add(10 * time.Second)
	for h.Status()["console"].Starts < 2 && time.Now().Before(deadline) {
		time.Sleep(20 * time.Millisecond)
	}
	if got := h.Send(t.Context(), "main", saying("fine", 1)); got[0].Accepted == nil {
		t.Errorf("after: got %+v, want the account to work again", got[0].Failure)
	}
	if text := log.String(); !strings.Contains(text, "Send did not return") || !strings.Contains(text, "account=main") {
		t.Errorf("the log does not say which call it was:\n%s", text)
	}
}

// TestAProgramOfAnotherNameGetsNoKeys: whose program it is nobody knows, so no account is opened in it.
func TestAProgramOfAnotherNameGetsNoKeys(t *testing.T) {
	t.Parallel()
	folder, file := t.TempDir(), filepath.Join(t.TempDir(), "texts.jsonl")
	link(t, consoleIn(plugins), filepath.Join(folder, provider.Prefix+"other"))
	h, log := setupIn(t, folder, provider.Account{Name: "main", Provider: "other", Settings: map[string]string{"file": file}})
	report := h.Check(t.Context(), "main")
	wantFault(t, "check", report.Err, provider.ForeignName)
	wantAll(t, batch(1), h.Send(t.Context(), "main", batch(1)), message.Unavailable, "calls itself otherwise")
	until(t, "the account's standing to say what the program calls itself", func() bool { // not while it is tried again
		_, err := h.Standing("main")
		return err != nil && strings.Contains(err.Error(), "calls itself otherwise") && strings.Contains(err.Error(), "[console]")
	})
	if status := h.Status()["other"]; status.Starts != 0 || status.LastError == nil || !strings.HasPrefix(status.LastError.Error(), `provider "other"`) {
		t.Errorf("status: got %+v, want no start that serves, and why", status)
	}
	if !strings.Contains(log.String(), "calls itself otherwise") {
		t.Errorf("the log does not say why:\n%s", log.String())
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("the account was opened")
	}
}

func TestAProgramThatHangsAtItsStartIsToldPlainly(t *testing.T) {
	t.Parallel()
	h, _ := setupIn(t, stuck, console("main", map[string]string{"open": "hangs"}))
	report := h.Check(t.Context(), "main")
	slow, ok := errors.AsType[*provider.NotReadyError](report.Err)
	if !ok || slow.Provider != "console" {
		t.Fatalf("check: got %v", report.Err)
	}
	for _, lang := range []string{"ru", "en"} {
		if text := slow.Sentence(lang); strings.Contains(text, "context") || strings.Contains(text, "Acquire") {
			t.Errorf("%s: %q holds words of the program", lang, text)
		}
	}
	got := h.Send(t.Context(), "main", batch(1))
	wantAll(t, batch(1), got, message.Unavailable, "")
	if detail := got[0].Failure.Detail; strings.Contains(detail, "Acquire") || strings.Contains(detail, "context") {
		t.Errorf("the message's failure: %q", detail)
	}
}
