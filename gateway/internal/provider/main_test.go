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

// plugins is a folder with the console provider, built once for all tests; nobody changes it.
var plugins string

// TestMain builds the provider and looks for goroutines that a host left behind.
func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	folder, err := os.MkdirTemp("", "orderbell-provider-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(folder) }()
	plugins = folder
	name := provider.Prefix + "console"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	// No flags: the build cache then has it all from other builds. #nosec G204 -- a test builds its own tree
	build := exec.Command("go", "build", "-o", filepath.Join(folder, name), "github.com/orderbell/orderbell/plugins/console") //nolint:noctx // ends with the tests
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the console provider: %v\n%s", err, out)
		return 1
	}
	code := m.Run()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, "goroutines left behind:", err)
		return 1
	}
	return code
}
