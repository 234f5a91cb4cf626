//go:build unix && !linux

package child

import (
	"os"
	"os/exec"
	"syscall"
)

// setAttributes gives the child a group of its own. There is no parent-death signal here: the child's
// own watchdog ends it.
func setAttributes(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}

func nameOpenFile(_ *os.File, program, _ string) string { return program }

// reap waits for the process and takes its group along.
func reap(cmd *exec.Cmd, g *group) error {
	err := cmd.Wait()
	g.kill()
	return err
}
