package child

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
)

// gauge reads how much memory a process has resident. Not safe for concurrent use.
type gauge struct {
	file *os.File
	page uint64
	buf  [128]byte
}

func newGauge(pid int) *gauge {
	file, err := os.Open(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return &gauge{}
	}
	return &gauge{file: file, page: uint64(os.Getpagesize())} //nolint:gosec // never negative
}

// rss gives bytes; 0 when the process is gone or the system does not say.
func (g *gauge) rss() uint64 {
	if g.file == nil {
		return 0
	}
	n, err := g.file.ReadAt(g.buf[:], 0)
	if n == 0 && err != nil {
		return 0
	}
	fields := bytes.Fields(g.buf[:n])
	if len(fields) < 2 {
		return 0
	}
	pages, err := strconv.ParseUint(string(fields[1]), 10, 64)
	if err != nil {
		return 0
	}
	return pages * g.page
}

func (g *gauge) close() {
	if g.file != nil {
		_ = g.file.Close()
	}
}
