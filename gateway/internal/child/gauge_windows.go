package child

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// memoryCounters is PROCESS_MEMORY_COUNTERS of psapi.h.
type memoryCounters struct {
	size                       uint32
	pageFaultCount             uint32
	peakWorkingSetSize         uintptr
	workingSetSize             uintptr
	quotaPeakPagedPoolUsage    uintptr
	quotaPagedPoolUsage        uintptr
	quotaPeakNonPagedPoolUsage uintptr
	quotaNonPagedPoolUsage     uintptr
	pagefileUsage              uintptr
	peakPagefileUsage          uintptr
}

// gauge reads the working set of a process. Not safe for concurrent use.
type gauge struct {
	process windows.Handle
	read    *windows.LazyProc
}

func newGauge(pid int) *gauge {
	const access = windows.PROCESS_QUERY_LIMITED_INFORMATION
	process, err := windows.OpenProcess(access, false, uint32(pid))
	if err != nil {
		return &gauge{}
	}
	return &gauge{process: process, read: windows.NewLazySystemDLL("kernel32.dll").NewProc("K32GetProcessMemoryInfo")}
}

// rss gives bytes; 0 when the process is gone or the system does not say.
func (g *gauge) rss() uint64 {
	if g.process == 0 || g.read.Find() != nil {
		return 0
	}
	var c memoryCounters
	c.size = uint32(unsafe.Sizeof(c))
	ok, _, _ := g.read.Call(uintptr(g.process), uintptr(unsafe.Pointer(&c)), uintptr(c.size))
	if ok == 0 {
		return 0
	}
	return uint64(c.workingSetSize)
}

func (g *gauge) close() {
	if g.process != 0 {
		_ = windows.CloseHandle(g.process)
	}
}
