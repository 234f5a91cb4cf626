package app_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/orderbell/orderbell/gateway/internal/app/apptest"
)

// newConsole builds the console provider as version 2.0.0 and gives its file and sum.
func newConsole(t *testing.T) (file, sum string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "console.exe")
	build := exec.CommandContext(t.Context(), "go", "build", "-ldflags=-X main.version=2.0.0", "-o", file, "github.com/orderbell/orderbell/plugins/console") // #nosec G204 -- a test builds its own tree
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return file, fmt.Sprintf("%x", sha256.Sum256(data))
}

// serve lets order n be cooked and waits for its text.
func (h *house) serve(n int) {
	h.t.Helper()
	h.phone(n)
	h.event(n, "sent", "")
	h.event(n, "ready", "")
	want := fmt.Sprintf("Заказ %d.1 готов", n)
	eventually(h.t, want, func() bool {
		return slices.ContainsFunc(h.sent(), func(text string) bool { return strings.HasPrefix(text, want) })
	})
}

func TestAPinnedVersionServesWithoutARestartAndASwappedOneNever(t *testing.T) {
	t.Parallel()
	file, sum := newConsole(t)
	h := open(t, "", "")
	h.serve(1)
	h.command("plugin", "add", file, "--yes", "--sum", sum)
	h.serve(2)
	if strings.Contains(h.Log(), "another version") {
		t.Errorf("adding alone moved the accounts:\n%s", h.Log())
	}
	h.command("plugin", "pin", "console", "2.0.0")
	h.serve(3)
	eventually(t, "the pinned version to serve", func() bool {
		return strings.Contains(h.Log(), "another version of a provider serves: provider=console version=2.0.0 before=bundled")
	})
	h.serve(4)

	// Somebody swaps the file. The gateway that starts next does not run it, says why, and takes the
	// earlier version as soon as it is pinned.
	program := filepath.Join(h.Data, "providers", "console", "2.0.0", "orderbell-provider-console.exe")
	mark := filepath.Join(t.TempDir(), "mark")
	h.Stop()
	if err := os.Remove(program); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(program, []byte("#!/bin/sh\necho ran > '"+mark+"'\n"), 0o700); err != nil { // #nosec G306 -- a program
		t.Fatal(err)
	}
	h.Gateway = apptest.Start(t, h.programs, h.Data, h.yaml)
	h.phone(5)
	h.event(5, "sent", "")
	h.event(5, "ready", "")
	eventually(t, "the log to say that the file is another one", func() bool {
		return strings.Contains(h.Log(), "the file is not the one that was approved")
	})
	h.command("plugin", "pin", "console", "bundled")
	eventually(t, "the text that waited", func() bool { return strings.Contains(strings.Join(h.sent(), "\n"), "Заказ 5.1") })
	if _, err := os.Stat(mark); !os.IsNotExist(err) {
		t.Errorf("the swapped program was run: %v", err)
	}
	if texts := h.sent(); len(texts) != 5 {
		t.Errorf("guests got %q, want five texts", texts)
	}
}
