package child

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

// setAttributes gives the child a group of its own, and its death if the gateway dies.
func setAttributes(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// reap waits for the process and takes its group along. The group is killed while the process is
// unreaped, because only until then do the numbers surely belong to it.
func reap(cmd *exec.Cmd, g *group) error {
	for {
		err := unix.Waitid(unix.P_PID, cmd.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if err == nil {
			g.kill()
		}
		if !errors.Is(err, unix.EINTR) {
			return cmd.Wait()
		}
	}
}

// nameOpenFile gives a path that leads to the open file itself and keeps the program's name in process
// lists. Without /proc it gives the program's own path.
func nameOpenFile(file *os.File, program, dir string) string {
	target := fmt.Sprintf("/proc/self/fd/%d", file.Fd())
	link := filepath.Join(dir, filepath.Base(program))
	if _, err := os.Stat(target); err != nil {
		return program
	}
	if err := os.Symlink(target, link); err != nil {
		return program
	}
	return link
}
