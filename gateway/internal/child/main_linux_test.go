package child

import "golang.org/x/sys/unix"

// forgetParent takes the system's own parent-death signal away, so that only our watchdog is left.
func forgetParent() { _ = unix.Prctl(unix.PR_SET_PDEATHSIG, 0, 0, 0, 0) }
