//go:build unix

package child

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

// group is the child's process group: itself and all that it starts, unless they leave it on purpose.
type group struct{ id int }

func newGroup(cmd *exec.Cmd, _ uint64) (*group, error) {
	return &group{id: cmd.Process.Pid}, nil
}

func (g *group) kill() { _ = syscall.Kill(-g.id, syscall.SIGKILL) }

func (g *group) close() {}

// niceness is how far a child stands back when processors are short. Measured at 1,000 events/s with a
// provider that hangs: see docs/adr/0022.
const niceness = 10

// yieldToGateway lets the gateway go first where both want a processor: the cash server waits for its
// answer, a rule or a text does not mind a few milliseconds. The whole group is meant, because on
// Linux each thread has a niceness of its own and a Go program has several before its first line runs.
func yieldToGateway(pid int) error {
	if err := syscall.Setpriority(syscall.PRIO_PGRP, pid, niceness); err != nil {
		return fmt.Errorf("lower the child's priority: %w", err)
	}
	return nil
}

func withSuffix(path string) string { return path }

func mayExecute(info fs.FileInfo) bool { return info.Mode().Perm()&0o111 != 0 }

// writableByOthers tells whether somebody other than the owner could replace what is there. A group
// with the owner's own number is his private one (the custom of most Linux systems). A folder with the
// sticky bit (/tmp) lets nobody replace what is not his.
func writableByOthers(info fs.FileInfo) bool {
	mode := info.Mode()
	if mode.IsDir() && mode&fs.ModeSticky != 0 {
		return false
	}
	if mode.Perm()&0o002 != 0 {
		return true
	}
	if mode.Perm()&0o020 == 0 {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return !ok || stat.Uid != stat.Gid
}

func isWrongFormat(err error) bool {
	return errors.Is(err, syscall.ENOEXEC) || errors.Is(err, wrongCPU)
}

// wrongCPU is darwin's EBADARCH; elsewhere the number means nothing that exec gives.
const wrongCPU = syscall.Errno(86)

// countedRSS is the most that the process ever had, as the system counted it; 0: unknown. Linux counts
// from before exec, when the child still shared our memory, so a figure up to our own says nothing.
func countedRSS(state *os.ProcessState) uint64 {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	var own syscall.Rusage
	if !ok || syscall.Getrusage(syscall.RUSAGE_SELF, &own) != nil || usage.Maxrss <= own.Maxrss {
		return 0
	}
	most := uint64(usage.Maxrss) //nolint:gosec // above our own, so not negative
	if runtime.GOOS == "darwin" {
		return most
	}
	return most << 10
}

func processAlive(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}
