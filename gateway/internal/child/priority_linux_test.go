package child

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAChildStandsBackWithAllItsThreads(t *testing.T) {
	t.Parallel()
	s := start(t, testSpec(t, "serve"))
	lease := acquire(t, s)
	defer lease.Release()
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", s.Status().PID))
	if err != nil || len(threads) < 2 {
		t.Fatalf("%d threads, %v; a Go program has several", len(threads), err)
	}
	for _, file := range threads {
		stat, err := os.ReadFile(file) // #nosec G304 -- of our own child
		if err != nil {
			continue // it has ended
		}
		// proc(5): field 19 is the niceness; field 2, in brackets, is the only one that may hold spaces.
		_, rest, _ := strings.Cut(string(stat), ") ")
		if fields := strings.Fields(rest); len(fields) < 17 || fields[16] != fmt.Sprint(niceness) {
			t.Errorf("%s: %q, want niceness %d", file, rest, niceness)
		}
	}
}
