package child

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// group is a Job Object: it holds the child and all that it starts, and ends them when the gateway's
// last handle to it closes, however the gateway ended.
type group struct{ job windows.Handle }

// commitSlack is what a process may commit above the watched resident size before the system refuses
// it memory; a Go program commits more than it touches.
const commitSlack = 512 << 20

func newGroup(cmd *exec.Cmd, memoryMax uint64) (*group, error) {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return &group{}, fmt.Errorf("create a job object: %w", err)
	}
	g := &group{job: job}
	info := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{}
	info.BasicLimitInformation.LimitFlags = windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
	if memoryMax > 0 {
		info.BasicLimitInformation.LimitFlags |= windows.JOB_OBJECT_LIMIT_PROCESS_MEMORY
		info.ProcessMemoryLimit = uintptr(memoryMax + commitSlack)
	}
	_, err = windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation,
		uintptr(unsafe.Pointer(&info)), uint32(unsafe.Sizeof(info)))
	if err != nil {
		return g, fmt.Errorf("set the job object's limits: %w", err)
	}
	const access = windows.PROCESS_SET_QUOTA | windows.PROCESS_TERMINATE
	process, err := windows.OpenProcess(access, false, uint32(cmd.Process.Pid))
	if err != nil {
		return g, fmt.Errorf("open the child: %w", err)
	}
	defer func() { _ = windows.CloseHandle(process) }()
	if err := windows.AssignProcessToJobObject(job, process); err != nil {
		_ = cmd.Process.Kill()
		return g, fmt.Errorf("put the child into its job object: %w", err)
	}
	return g, nil
}

func (g *group) kill() {
	if g.job != 0 {
		_ = windows.TerminateJobObject(g.job, 1)
	}
}

func (g *group) close() {
	if g.job != 0 {
		_ = windows.CloseHandle(g.job)
	}
}

func setAttributes(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP | windows.CREATE_NO_WINDOW | windows.BELOW_NORMAL_PRIORITY_CLASS}
}

// yieldToGateway does nothing here: the child is created below the gateway's priority.
func yieldToGateway(int) error { return nil }

// reap waits for the process and takes along what it has started.
func reap(cmd *exec.Cmd, g *group) error {
	err := cmd.Wait()
	g.kill()
	return err
}

func nameOpenFile(_ *os.File, program, _ string) string { return program }

// withSuffix adds ".exe" where only that exists, so that one configuration suits all systems.
func withSuffix(path string) string {
	if strings.EqualFold(filepath.Ext(path), ".exe") {
		return path
	}
	if _, err := os.Stat(path); err == nil {
		return path
	}
	return path + ".exe"
}

func mayExecute(fs.FileInfo) bool { return true }

// writableByOthers cannot be told from a mode here; the installer sets the folder's rights.
func writableByOthers(fs.FileInfo) bool { return false }

func isWrongFormat(err error) bool {
	return errors.Is(err, windows.ERROR_BAD_EXE_FORMAT) || errors.Is(err, windows.ERROR_EXE_MACHINE_TYPE_MISMATCH)
}

func countedRSS(*os.ProcessState) uint64 { return 0 }

func processAlive(pid int) bool {
	process, err := windows.OpenProcess(windows.SYNCHRONIZE, false, uint32(pid))
	if err != nil {
		return errors.Is(err, windows.ERROR_ACCESS_DENIED)
	}
	defer func() { _ = windows.CloseHandle(process) }()
	event, err := windows.WaitForSingleObject(process, 0)
	return err == nil && event == uint32(windows.WAIT_TIMEOUT)
}
