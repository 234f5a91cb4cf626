package provider_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"go.uber.org/goleak"

	"github.com/orderbell/orderbell/gateway/internal/provider"
)

// plugins is a folder with the console provider, built once for all tests; newer has the same with
// version 2.0.0, picky one that refuses what console takes, sloppy one with faults, stuck one that does not
// come back, late the same that calls itself late, mute one that does not come back and was not made with the
// SDK; all files have console's name. Nobody changes them.
var plugins, newer, picky, sloppy, stuck, late, mute string

// TestMain builds the provider and looks for goroutines that a host left behind.
func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	folder, err := os.MkdirTemp("", "orderbell-provider-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(folder) }()
	plugins, newer = filepath.Join(folder, "one"), filepath.Join(folder, "two")
	picky, sloppy = filepath.Join(folder, "picky"), filepath.Join(folder, "sloppy")
	stuck, late, mute = filepath.Join(folder, "stuck"), filepath.Join(folder, "late"), filepath.Join(folder, "mute")
	for _, b := range [][]string{
		// No flags: the build cache then has it all from other builds.
		{plugins, "github.com/orderbell/orderbell/plugins/console"},
		{newer, "-ldflags=-X main.version=2.0.0", "github.com/orderbell/orderbell/plugins/console"},
		{picky, "./testdata/picky"},
		{stuck, "./testdata/stuck"},
		{late, "-ldflags=-X main.name=late", "./testdata/stuck"},
		{mute, "./testdata/mute"},
		{sloppy, "-ldflags=-s -w", "./testdata/sloppy"},
	} {
		if err := build(b[0], b[1:]...); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	code := m.Run()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, "goroutines left behind:", err)
		return 1
	}
	return code
}

// build makes the program orderbell-provider-console in the folder.
func build(folder string, args ...string) error {
	name := provider.Prefix + "console"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	command := exec.Command("go", append([]string{"build", "-o", filepath.Join(folder, name)}, args...)...) // #nosec G204 -- a test builds its own tree
	if out, err := command.CombinedOutput(); err != nil {                                                   //nolint:noctx // ends with the tests
		return fmt.Errorf("go build %v: %w\n%s", args, err, out)
	}
	return nil
}
