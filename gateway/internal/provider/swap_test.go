package provider_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/gateway/internal/child"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/provider"
)

// TestASwappedVersionIsNeverRun holds the catalogue to "a plugin binary swapped on disk is not run": the
// wrong program leaves a mark when it runs. That the name may change at the very moment between check and
// exec is the matter of package child's own test.
func TestASwappedVersionIsNeverRun(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("needs a shell script and links")
	}
	ways := []struct {
		name string
		swap func(t *testing.T, program, wrong string)
	}{
		{"another file takes the name", func(t *testing.T, program, wrong string) { must(t, os.Rename(wrong, program)) }},
		{"a symbolic link takes the name", func(t *testing.T, program, wrong string) {
			must(t, os.Remove(program))
			must(t, os.Symlink(wrong, program))
		}},
		{"a hard link takes the name", func(t *testing.T, program, wrong string) {
			must(t, os.Remove(program))
			must(t, os.Link(wrong, program))
		}},
		{"the bytes are written over", func(t *testing.T, program, wrong string) {
			data, err := os.ReadFile(wrong)
			must(t, err)
			must(t, os.Remove(program)) // a program that runs cannot be written to
			must(t, os.WriteFile(program, data, 0o700))
		}},
		{"the folder is swapped", func(t *testing.T, program, wrong string) {
			folder := filepath.Dir(program)
			must(t, os.Rename(folder, folder+".old"))
			must(t, os.Mkdir(folder, 0o700))
			must(t, os.Rename(filepath.Join(folder+".old", "manifest.json"), filepath.Join(folder, "manifest.json")))
			must(t, os.Rename(wrong, program))
		}},
	}
	for _, way := range ways {
		t.Run(way.name+" before the start", func(t *testing.T) {
			t.Parallel()
			r := newSwap(t)
			way.swap(t, r.program, r.wrong)
			h := r.host(t)
			wantAll(t, batch(1), h.Send(t.Context(), "main", batch(1)), message.Unavailable, "")
			r.wantRefused(t, h, 0)
		})
		t.Run(way.name+" on a restart", func(t *testing.T) {
			t.Parallel()
			r := newSwap(t)
			h := r.host(t)
			wantSent(t, h, "main")
			process, err := os.FindProcess(h.Status()["console"].PID)
			must(t, err)
			way.swap(t, r.program, r.wrong)
			must(t, process.Kill())
			r.wantRefused(t, h, 1)
		})
	}
}

// swapping is a catalogue with one pinned version, and a wrong program.
type swapping struct {
	catalogue            provider.Catalogue
	program, wrong, mark string
}

func newSwap(t *testing.T) swapping {
	t.Helper()
	folder := t.TempDir()
	catalogue := filepath.Join(folder, "providers")
	v := add(t, catalogue, newer)
	pin(t, provider.Catalogue{}, catalogue, "2.0.0")
	c, problems := provider.Catalogue{}.With(catalogue)
	if len(problems) > 0 {
		t.Fatal(errors.Join(problems...))
	}
	r := swapping{catalogue: c, program: v.Program().Path, mark: filepath.Join(folder, "mark")}
	r.wrong = script(t, filepath.Join(folder, "wrong"), r.mark)
	return r
}

func (r swapping) host(t *testing.T) *provider.Host {
	t.Helper()
	h := provider.New(provider.Options{
		Catalogue: r.catalogue, Accounts: []provider.Account{console("main", nil)}, TempDir: t.TempDir(), Log: hclog.NewNullLogger(),
	})
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); h.Run(ctx) }()
	t.Cleanup(func() { stop(); <-ended })
	return h
}

// wantRefused waits until the program is refused for its sum, and looks that nothing ran but the right one.
func (r swapping) wantRefused(t *testing.T, h *provider.Host, starts int) {
	t.Helper()
	var fault *child.Fault
	for deadline := time.Now().Add(20 * time.Second); ; {
		err := h.Check(t.Context(), "main").Err
		if errors.As(err, &fault) && fault.Kind == child.SumMismatch {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("check: got %v, want it to say that the sum differs", err)
		}
		<-time.After(20 * time.Millisecond)
	}
	if got := h.Status()["console"].Starts; got != starts {
		t.Errorf("%d starts, want %d", got, starts)
	}
	if _, err := os.Stat(r.mark); !os.IsNotExist(err) {
		t.Errorf("wrong bytes were run: %v", err)
	}
}
