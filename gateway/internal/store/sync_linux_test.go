package store_test

import (
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

func dataSync(f *os.File) error { return unix.Fdatasync(int(f.Fd())) } //nolint:gosec // a descriptor fits

// cpuTime is what this process has used of all cores; it does not grow when others use them.
func cpuTime() time.Duration {
	var used syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &used) != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
