package provider_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/gateway/internal/child"
	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/provider"
	"github.com/orderbell/orderbell/sdk"
)

// makeHost makes a host of the console provider that is not running yet.
func makeHost(t *testing.T, accounts ...provider.Account) *provider.Host {
	t.Helper()
	catalogue, problems := provider.ReadCatalogue(plugins)
	if len(problems) > 0 {
		t.Fatal(errors.Join(problems...))
	}
	return provider.New(provider.Options{
		Catalogue: catalogue, Accounts: accounts, TempDir: t.TempDir(), Environ: []string{"PATH=" + os.Getenv("PATH")}, Log: hclog.NewNullLogger(),
	})
}

// setup makes a host and keeps it running until the test ends.
func setup(t *testing.T, accounts ...provider.Account) *provider.Host {
	t.Helper()
	h := makeHost(t, accounts...)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); h.Run(ctx) }()
	t.Cleanup(func() { stop(); <-ended })
	return h
}

func console(name string, settings map[string]string) provider.Account {
	return provider.Account{Name: name, Provider: "console", Settings: settings}
}

func batch(n int) []message.Outgoing {
	out := make([]message.Outgoing, n)
	for i := range out {
		out[i] = message.Outgoing{
			ID: fmt.Sprintf("m%03d", i), Attempt: 1, To: contact.StoredPhone(fmt.Sprintf("+7999000%04d", i+1)), Text: fmt.Sprintf("Заказ %d", i),
			Category: contact.Transactional, NotAfter: time.Now().Add(time.Hour), Segments: 1,
		}
	}
	return out
}

// wantAll says that each message failed for the reason.
func wantAll(t *testing.T, sent []message.Outgoing, got []message.Outcome, reason message.Reason, detail string) {
	t.Helper()
	if len(got) != len(sent) {
		t.Fatalf("%d messages: got %d outcomes", len(sent), len(got))
	}
	for i, o := range got {
		if o.ID != sent[i].ID || o.Accepted != nil || o.Failure == nil || o.Failure.Reason != reason || !strings.Contains(o.Failure.Detail, detail) {
			t.Errorf("message %s: got %+v, failure %+v, want %s with %q", sent[i].ID, o, o.Failure, reason, detail)
		}
	}
}

func TestEachMessageHasItsOutcomeInOrder(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "texts.jsonl")
	h := setup(t, console("main", map[string]string{"file": file}))
	sent := batch(250) // more than the provider takes in one call
	got := h.Send(t.Context(), "main", sent)
	if len(got) != len(sent) {
		t.Fatalf("%d messages: got %d outcomes", len(sent), len(got))
	}
	for i, o := range got {
		if o.ID != sent[i].ID || o.Failure != nil || o.Accepted == nil || o.Accepted.ProviderID != fmt.Sprintf("console-%d", i+1) || o.Accepted.Segments != 1 {
			t.Fatalf("message %d: got %+v, failure %+v, want it accepted as number %d", i, o, o.Failure, i+1)
		}
	}
	text, err := os.ReadFile(file)
	if err != nil || strings.Count(string(text), "\n") != len(sent) || !strings.Contains(string(text), `"+79990000250"`) || !strings.Contains(string(text), "Заказ 249") {
		t.Errorf("what the operator got: %d lines, %v, want %d with phones and texts in clear", strings.Count(string(text), "\n"), err, len(sent))
	}
}

func TestTwoAccountsShareAProcess(t *testing.T) {
	t.Parallel()
	h := setup(t, console("one", nil), console("two", nil))
	for i, account := range []string{"one", "two"} {
		sent := batch(2)[i : i+1]
		if got := h.Send(t.Context(), account, sent); len(got) != 1 || got[0].Accepted == nil || got[0].Accepted.ProviderID != fmt.Sprintf("console-%d", i+1) {
			t.Errorf("account %s: got %+v, want number %d of one operator", account, got, i+1)
		}
	}
	if got := h.Status(); len(got) != 1 || got["console"].State != child.Serving || got["console"].Starts != 1 {
		t.Errorf("status: got %+v, want one process that serves", got)
	}
}

func TestWhatCannotBeReachedIsUnavailable(t *testing.T) {
	t.Parallel()
	h := setup(t, console("main", nil), provider.Account{Name: "lost", Provider: "nowhere"})
	wantAll(t, batch(3), h.Send(t.Context(), "nobody", batch(3)), message.NoAccount, `no account "nobody"`)
	wantAll(t, batch(3), h.Send(t.Context(), "lost", batch(3)), message.Unavailable, "console")
	if report := h.Check(t.Context(), "lost"); report.OK() || !errors.Is(report.Err, provider.ErrUnknownProvider) || report.Provider != "nowhere" {
		t.Errorf("check of an account without a program: got %+v", report)
	}
	if _, err := h.Balance(t.Context(), "lost"); !errors.Is(err, provider.ErrUnknownProvider) {
		t.Errorf("balance of an account without a program: got %v", err)
	}
	if report := h.Check(t.Context(), "nobody"); report.OK() || !strings.Contains(report.Err.Error(), "nobody") {
		t.Errorf("check of an account that does not exist: got %+v", report)
	}
	if got := h.Send(t.Context(), "main", batch(1)); got[0].Accepted == nil {
		t.Errorf("the account beside it: got %+v, want it to work", got[0].Failure)
	}
}

func TestASwappedProgramIsNotRun(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := put(t, filepath.Join(folder, "orderbell-provider-a"), "one")
	catalogue, _ := provider.ReadCatalogue(folder)
	put(t, path, "another")
	if err := os.Chmod(path, 0o700); err != nil { // #nosec G302 -- a program
		t.Fatal(err)
	}
	h := provider.New(provider.Options{Catalogue: catalogue, Accounts: []provider.Account{{Name: "main", Provider: "a"}}, TempDir: t.TempDir(), Log: hclog.NewNullLogger()})
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); h.Run(ctx) }()
	t.Cleanup(func() { stop(); <-ended })
	wantAll(t, batch(1), h.Send(t.Context(), "main", batch(1)), message.Unavailable, "")
	if status := h.Status()["a"]; status.Starts != 0 || status.LastError == nil {
		t.Errorf("status: got %+v, want no start and an error", status)
	}
}

func TestRefusedSettingsNameTheField(t *testing.T) {
	t.Parallel()
	h := setup(t, console("bad", map[string]string{"delay": "a while"}), console("good", nil))
	sent := batch(2)
	wantAll(t, sent, h.Send(t.Context(), "bad", sent), message.Unauthorized, "bad: delay: ")
	report := h.Check(t.Context(), "bad")
	refusal, ok := errors.AsType[*provider.SettingsError](report.Err)
	if report.OK() || !ok || refusal.Account != "bad" || !strings.HasPrefix(refusal.Sentence("ru"), "bad: delay: ") || refusal.Sentence("ru") == refusal.Sentence("en") {
		t.Errorf("check: got %+v, want a SettingsError that speaks both languages", report)
	}
	if got := h.Send(t.Context(), "good", sent); got[0].Accepted == nil {
		t.Errorf("the account beside it: got %+v, want it to work", got[0].Failure)
	}
}

func TestAnOperatorsFailureKeepsItsReason(t *testing.T) {
	t.Parallel()
	h := setup(t, console("out", map[string]string{"fail": "unavailable"}), console("lossy", map[string]string{"fail": "unknown"}))
	wantAll(t, batch(3), h.Send(t.Context(), "out", batch(3)), message.Unavailable, "out of order")
	wantAll(t, batch(3), h.Send(t.Context(), "lossy", batch(3)), message.UnknownOutcome, "answer is lost")
	if failure, ok := errors.AsType[*sdk.Failure](h.Check(t.Context(), "out").Err); !ok || failure.Reason != sdk.Unavailable {
		t.Errorf("check of a broken operator: got %v, want its failure", failure)
	}
}

func TestAProcessKilledInACallLeavesTheOutcomeUnknownAndAnotherServes(t *testing.T) {
	t.Parallel()
	h := setup(t, console("slow", map[string]string{"delay": "1m"}), console("main", nil))
	if got := h.Send(t.Context(), "main", batch(1)); got[0].Accepted == nil {
		t.Fatalf("before: got %+v", got[0].Failure)
	}
	process, err := os.FindProcess(h.Status()["console"].PID)
	if err != nil {
		t.Fatal(err)
	}
	sent, answer := batch(3), make(chan []message.Outcome, 1)
	go func() { answer <- h.Send(context.WithoutCancel(t.Context()), "slow", sent) }()
	until(t, "the call", func() bool { return h.CallsOf("slow") == 1 })
	// A call in the plugin cannot be seen from outside; these go and come over the same connection, so
	// that the one before them has long arrived.
	for range 50 {
		if _, err := h.Balance(t.Context(), "main"); err != nil {
			t.Fatal(err)
		}
	}
	if err := process.Kill(); err != nil {
		t.Fatal(err)
	}
	wantAll(t, sent, <-answer, message.UnknownOutcome, "")
	deadline := time.Now().Add(time.Minute)
	for {
		got := h.Send(t.Context(), "main", batch(1))
		if got[0].Accepted != nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("after the kill: got %+v, want another process to serve", got[0].Failure)
		}
	}
	if status := h.Status()["console"]; status.Starts != 2 || status.PID == process.Pid {
		t.Errorf("status: got %+v, want a second process", status)
	}
}

func TestCheckAndBalance(t *testing.T) {
	t.Parallel()
	h := setup(t, console("main", nil), console("lossy", map[string]string{"fail": "unknown"}))
	report := h.Check(t.Context(), "main")
	if !report.OK() || report.Account != "main" || report.Provider != "console" || report.Manifest == nil || report.Manifest.Name != "console" || len(report.Diagnostics) > 0 {
		t.Errorf("check: got %+v, want a manifest and nothing to complain about", report)
	}
	warned := h.Check(t.Context(), "lossy")
	if !warned.OK() || len(warned.Diagnostics) != 1 || warned.Diagnostics[0].Field != "fail" {
		t.Errorf("check with a warning: got %+v, want it usable, with one diagnostic about fail", warned)
	}
	if balance, err := h.Balance(t.Context(), "main"); err != nil || !balance.Unlimited {
		t.Errorf("balance: got %+v, %v, want unlimited", balance, err)
	}
}

func TestBatchIsTheProvidersOnceItServes(t *testing.T) {
	t.Parallel()
	h := setup(t, console("main", nil), provider.Account{Name: "lost", Provider: "nowhere"})
	unstarted := makeHost(t, console("main", nil))
	if got := unstarted.Batch("main"); got != 16 {
		t.Errorf("before the start: got %d, want the default 16", got)
	}
	if got := h.Send(t.Context(), "main", batch(1)); got[0].Accepted == nil {
		t.Fatalf("got %+v", got[0].Failure)
	}
	if got := h.Batch("main"); got != 100 {
		t.Errorf("serving: got %d, want the console's 100", got)
	}
	for _, account := range []string{"lost", "nobody"} {
		if got := h.Batch(account); got < 1 {
			t.Errorf("account %s: got %d, want at least 1", account, got)
		}
	}
}

func TestACallOfAHostThatDoesNotRunIsUnavailable(t *testing.T) {
	t.Parallel()
	h := makeHost(t, console("main", nil))
	ctx, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer stop()
	wantAll(t, batch(2), h.Send(ctx, "main", batch(2)), message.Unavailable, "")
}
