//go:build unix

package script

import (
	"context"
	"fmt"
	"os"
	"syscall"
	"testing"

	"github.com/orderbell/orderbell/gateway/internal/rule"
)

func BenchmarkEvaluate(b *testing.B) {
	file := shipped(b)
	for _, e := range []struct {
		name   string
		engine engine
	}{{"as shipped", engine{}}, {"bare", engine{bare: true}}} {
		b.Run(e.name, func(b *testing.B) {
			set, problems := e.engine.compile("v", []rule.File{file})
			if faulty(problems) {
				b.Fatal(problems)
			}
			call := testCall("order-stage")
			b.ReportAllocs()
			for b.Loop() {
				res := e.engine.evaluate(set, &call)
				// On a crowded machine the clock may run on while the process waits; Pool tries again then.
				if len(res.Messages) != 1 && res.Err.Kind != rule.TimedOut {
					b.Fatalf("%+v", res.Err)
				}
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	file := shipped(b)
	for b.Loop() {
		engine{}.compile("v", []rule.File{file})
	}
}

func BenchmarkWire(b *testing.B) {
	calls := make([]rule.Call, MaxBatch)
	for i := range calls {
		calls[i] = testCall("order-stage")
		calls[i].Order.ID = fmt.Sprint(i)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := decodeEval(encodeEval("v", calls)[1:]); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/MaxBatch, "ns/call")
}

// BenchmarkDecide takes the whole way: gateway, gRPC with mutual TLS, worker, and back.
func BenchmarkDecide(b *testing.B) {
	for _, size := range []int{1, 8, 64} {
		b.Run(fmt.Sprintf("batch=%d", size), func(b *testing.B) {
			pool, stop := startPool(b, Options{Program: os.Args[0]})
			defer stop()
			if _, problems, err := pool.Load(context.Background(), []rule.File{shipped(b)}); err != nil || faulty(problems) {
				b.Fatal(problems, err)
			}
			calls := make([]rule.Call, size)
			for i := range calls {
				calls[i] = testCall("order-stage")
				calls[i].Order.ID = fmt.Sprint(i)
			}
			decide := func() {
				results, err := pool.Decide(context.Background(), calls)
				if err != nil || len(results[size-1].Messages) != 1 {
					b.Fatal(results, err)
				}
			}
			decide()
			before := cpuTime(b) + workerTime(b, pool)
			b.ReportAllocs()
			for b.Loop() {
				decide()
			}
			spent := cpuTime(b) + workerTime(b, pool) - before
			b.ReportMetric(spent/float64(b.N*size), "cpu-µs/call")
		})
	}
}

// cpuTime is what this process has used, in µs.
func cpuTime(b *testing.B) float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return float64(usage.Utime.Sec+usage.Stime.Sec)*1e6 + float64(usage.Utime.Usec+usage.Stime.Usec)
}

// workerTime is what the worker has used, in µs, as fine as the system's ticks.
func workerTime(b *testing.B, pool *Pool) float64 {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pool.Status()[0].PID))
	if err != nil {
		b.Skip("this system does not tell")
	}
	var user, system float64
	var skip string
	fields := string(stat)
	for i, n := len(fields)-1, 0; i >= 0; i-- { // the name may hold blanks: count from its bracket
		if fields[i] == ')' {
			fields = fields[i+2:]
			break
		}
		_ = n
	}
	_, _ = fmt.Sscan(fields, &skip, &skip, &skip, &skip, &skip, &skip, &skip, &skip, &skip, &skip, &skip, &user, &system)
	return (user + system) * 1e4
}
