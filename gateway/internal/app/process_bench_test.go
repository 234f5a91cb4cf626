package app_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/app/apptest"
	"github.com/orderbell/orderbell/gateway/internal/kds"
)

// reportProcessors tells how much processor time an event has cost the two children and the gateway.
func reportProcessors(b *testing.B, processes []int, before []time.Duration, events float64) {
	b.Helper()
	for i, spent := range processorTime(b, processes) {
		b.ReportMetric(float64((spent-before[i]).Microseconds())/events, "cpu-µs/event-"+[]string{"child-a", "child-b", "gateway"}[i])
	}
}

// BenchmarkIdleMemory: resident memory of gateway, worker and one plugin together, ten seconds after
// the start. Pages that they share, for two of them run the same program, count once (Pss of proc(5)).
func BenchmarkIdleMemory(b *testing.B) {
	if runtime.GOOS != "linux" {
		b.Skip("reads /proc")
	}
	g := apptest.Start(b, programs, filepath.Join(b.TempDir(), "data"), benchYAML(idle))
	time.Sleep(10 * time.Second)
	total := 0.0
	for _, pid := range append(children(b, g.PID()), g.PID()) {
		share := memoryMB(b, pid, "smaps_rollup", "Pss")
		b.Logf("process %d: %.1f MB", pid, share)
		total += share
	}
	b.ReportMetric(total, "MB")
	b.ReportMetric(0, "ns/op")
}

// children lists the processes that pid has started.
func children(b *testing.B, pid int) []int {
	b.Helper()
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		b.Fatal(err)
	}
	var pids []int
	for _, task := range tasks {
		data, err := os.ReadFile(task) // #nosec G304 -- /proc
		if err != nil {
			continue
		}
		for _, field := range strings.Fields(string(data)) {
			if id, err := strconv.Atoi(field); err == nil {
				pids = append(pids, id)
			}
		}
	}
	if len(pids) != 2 {
		b.Fatalf("%d children, want a worker and a plugin", len(pids))
	}
	return pids
}

// processorTime reads how much processor time each process has used, all its threads together.
func processorTime(b *testing.B, pids []int) []time.Duration {
	b.Helper()
	spent := make([]time.Duration, len(pids))
	for i, pid := range pids {
		data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)) // #nosec G304 -- /proc
		if err != nil {
			b.Fatal(err)
		}
		fields := strings.Fields(string(data[bytes.LastIndexByte(data, ')')+1:]))
		user, _ := strconv.Atoi(fields[11])
		system, _ := strconv.Atoi(fields[12])
		spent[i] = time.Duration(user+system) * 10 * time.Millisecond // ticks of 1/100 s
	}
	return spent
}

// writtenBytes reads how much the process has sent to the disk.
func writtenBytes(b *testing.B, pid int) int {
	b.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/io", pid)) // #nosec G304 -- /proc
	if err != nil {
		b.Fatal(err)
	}
	_, text, _ := strings.Cut(string(data), "\nwrite_bytes: ")
	text, _, _ = strings.Cut(text, "\n")
	n, err := strconv.Atoi(text)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// memoryMB reads a figure of a process's memory, kept in kB in a file of proc(5): Pss of smaps_rollup is its
// proportional share, VmRSS and VmHWM of status are what is resident and the most that was.
func memoryMB(b *testing.B, pid int, file, key string) float64 {
	b.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, file)) // #nosec G304 -- /proc
	if err != nil {
		b.Fatal(err)
	}
	_, text, _ := strings.Cut(string(data), "\n"+key+":")
	text, _, _ = strings.Cut(text, "kB")
	kib, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil {
		b.Fatal(err)
	}
	return float64(kib) * 1024 / 1e6
}

// BenchmarkFloodMemory: how much more memory than at rest the gateway has at most while 200 bodies with
// 500 orders each come as fast as it takes them, and for how long it decides them. Promised are 64 MiB.
func BenchmarkFloodMemory(b *testing.B) {
	if runtime.GOOS != "linux" {
		b.Skip("reads /proc")
	}
	const n, each = 200, 500
	bodies := make([][]byte, n)
	for i := range bodies {
		orders := make([]string, each)
		for k := range orders {
			orders[k] = fmt.Sprintf(`{"event_id":"flood-%d","restaurant_code":"199990777","occurred_at":%q,"order":{"guid":%q,"number":"%d"},`+
				`"dishes":[{"line_guid":"0E9C2F11-8A55-4D0B-9E21-5C3B7A110001","name":"Борщ","quantity":1,"kds_status":{"code":3,"name":"kdsReady"}}]}`,
				i*each+k, time.Now().Format(time.RFC3339), benchGUID(i*each+k), k)
		}
		bodies[i] = []byte("[" + strings.Join(orders, ",") + "]")
	}
	g := apptest.Start(b, programs, filepath.Join(b.TempDir(), "data"), benchYAML(idle))
	time.Sleep(6 * time.Second) // by then what the start alone needed is given back
	rest := memoryMB(b, g.PID(), "status", "VmRSS")
	begin := time.Now()
	hammer(b, g.URL, bodies)
	for db := reader(b, g); ; time.Sleep(200 * time.Millisecond) {
		s, err := db.Summary(b.Context())
		if err != nil || s.Events[kds.Quarantined] > 0 {
			b.Fatalf("%v, %+v", err, s.Events)
		}
		if s.Events[kds.Done] == n {
			break
		}
	}
	b.ReportMetric(float64(n*each)/time.Since(begin).Seconds(), "orders/s")
	b.ReportMetric(memoryMB(b, g.PID(), "status", "VmHWM")-rest, "MB-more")
	b.ReportMetric(rest, "MB-at-rest")
	b.ReportMetric(0, "ns/op")
}
