package app_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/app/apptest"
)

// Closing the terminal in which a gateway runs must not cut the calls that are under way.
func TestTheEndOfTheTerminalIsARequestToStop(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such signal")
	}
	g := apptest.Start(t, programs, filepath.Join(t.TempDir(), "data"), "")
	self, err := os.FindProcess(g.PID())
	if err == nil {
		err = self.Signal(syscall.SIGHUP)
	}
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-g.Ended():
	case <-time.After(time.Minute):
		t.Fatal("it does not stop")
	}
	if !strings.Contains(g.Log(), "stopping") {
		t.Errorf("it ended without a stop; its log:\n%s", g.Log())
	}
}
