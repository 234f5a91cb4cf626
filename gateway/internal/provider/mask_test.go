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

	"github.com/orderbell/orderbell/gateway/internal/provider"
)

// journal is a log that may be read while it is written.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// await waits until the log holds a text.
func (j *journal) await(t *testing.T, want string) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !strings.Contains(j.String(), want); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the log never has %q:\n%s", want, j)
		}
	}
}

func TestASecretThatAProgramWritesByItselfIsHidden(t *testing.T) {
	t.Parallel()
	built, err := filepath.Glob(filepath.Join(sloppy, provider.Prefix+"console*"))
	if err != nil || len(built) != 1 {
		t.Fatalf("the program: %q, %v", built, err)
	}
	program, err := os.ReadFile(built[0])
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir() // where it has the name that it gives itself, without which it gets no key
	own := filepath.Join(folder, strings.Replace(filepath.Base(built[0]), "console", "sloppy", 1))
	if err := os.WriteFile(own, program, 0o700); err != nil { // #nosec G306 -- a program
		t.Fatal(err)
	}
	catalogue, problems := provider.ReadCatalogue(folder)
	if len(problems) > 0 {
		t.Fatal(errors.Join(problems...))
	}
	const key, piece = "SECRET KEY+qzxwvj", "qzxwvj" // no digits: a path or a time may hold any four of them
	said := &journal{}
	h := provider.New(provider.Options{
		Catalogue: catalogue, Accounts: []provider.Account{{Name: "main", Provider: "sloppy", Settings: map[string]string{"key": key}}}, TempDir: t.TempDir(),
		Environ: []string{"PATH=" + os.Getenv("PATH")}, Log: hclog.New(&hclog.LoggerOptions{Output: said, Level: hclog.Trace}),
	})
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); h.Run(ctx) }()
	t.Cleanup(func() { stop(); <-ended })

	said.await(t, "opened with") // what a program that crashes has just written to its own stderr may be lost with it
	text := batch(1)
	text[0].Text = "crash"
	got := h.Send(t.Context(), "main", text)
	if len(got) != 1 || got[0].Failure == nil || strings.Contains(got[0].Failure.Detail, piece) {
		t.Errorf("the outcome is %+v, failure %+v; want a failure without the key", got[0], got[0].Failure)
	}
	said.await(t, "died")
	_, err = h.Standing("main")
	for where, is := range map[string]string{"the log": said.String(), "why the account stands still": errorText(err)} {
		if strings.Contains(is, piece) {
			t.Errorf("%s holds the key:\n%s", where, is)
		}
	}
	for _, want := range []string{"opened with •••", "lost the way with •••"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("the log lacks %q:\n%s", want, said)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
