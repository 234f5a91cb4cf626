package host_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// What a provider may take of the restaurant's machine.
const (
	mostBinary = 16 << 20 // bytes, stripped
	mostIdle   = 25 << 20 // bytes, resident
	mostStart  = 100 * time.Millisecond
)

// BenchmarkPlugins builds each of our providers as it is released and measures the size of its program,
// the time from its start to the answer of its first call, and what it holds in memory when idle.
func BenchmarkPlugins(b *testing.B) {
	sources, err := filepath.Glob("../../plugins/*/main.go")
	if err != nil || len(sources) == 0 {
		b.Fatalf("no plugins: %v", err)
	}
	for _, source := range sources {
		name := filepath.Base(filepath.Dir(source))
		b.Run(name, func(b *testing.B) {
			program := built(b, name)
			size := sizeOf(b, program)
			b.ReportMetric(mega(size), "MB-program")
			if size > mostBinary {
				b.Errorf("the program has %.1f MB, want at most %.0f", mega(size), mega(mostBinary))
			}
			starts := make([]time.Duration, 9)
			for i := range starts {
				starts[i] = startOf(b, program)
			}
			slices.Sort(starts)
			b.ReportMetric(float64(starts[len(starts)/2].Microseconds())/1000, "ms-start")
			if least := starts[0]; least > mostStart { // the others waited for the machine
				b.Errorf("start to first answer takes %v at best, want at most %v", least, mostStart)
			}
			if idle := idleOf(b, program); idle > 0 {
				b.ReportMetric(mega(idle), "MB-idle")
				if idle > mostIdle {
					b.Errorf("idle it holds %.1f MB, want at most %.0f", mega(idle), mega(mostIdle))
				}
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

func mega(bytes int64) float64 { return float64(bytes) / (1 << 20) }

// built builds the plugin with the flags of the Makefile.
func built(b *testing.B, name string) string {
	b.Helper()
	program := filepath.Join(b.TempDir(), "orderbell-provider-"+name)
	build := exec.CommandContext(b.Context(), "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", program, "./plugins/"+name) //nolint:gosec // a test builds its own tree
	build.Dir = filepath.Join("..", "..")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("build %s: %v\n%s", name, err, out)
	}
	return program
}

func sizeOf(b *testing.B, path string) int64 {
	b.Helper()
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	return info.Size()
}

func startOf(b *testing.B, program string) time.Duration {
	b.Helper()
	began := time.Now()
	process, client, err := start(os.Stdin, program)
	if err != nil {
		b.Fatal(err)
	}
	defer process.Kill()
	if _, err := client.Describe(b.Context()); err != nil {
		b.Fatal(err)
	}
	return time.Since(began)
}

// idleOf is the resident memory five seconds after the first call; 0 where the system does not tell.
func idleOf(b *testing.B, program string) int64 {
	b.Helper()
	if runtime.GOOS != "linux" {
		return 0
	}
	process, client, err := start(os.Stdin, program)
	if err != nil {
		b.Fatal(err)
	}
	defer process.Kill()
	if _, err := client.Describe(b.Context()); err != nil {
		b.Fatal(err)
	}
	time.Sleep(5 * time.Second)
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", process.ReattachConfig().Pid))
	if err != nil {
		b.Fatal(err)
	}
	pages, err := strconv.ParseInt(strings.Fields(string(data))[1], 10, 64)
	if err != nil {
		b.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}
