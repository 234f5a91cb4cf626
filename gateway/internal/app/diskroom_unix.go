//go:build linux || darwin

package app

import "golang.org/x/sys/unix"

// diskRoom is how many bytes may still be written where a folder is, and of how many; -1: not known.
func diskRoom(path string) (free, whole int64) {
	var s unix.Statfs_t
	if unix.Statfs(path, &s) != nil {
		return -1, -1
	}
	return int64(s.Bavail) * int64(s.Bsize), int64(s.Blocks) * int64(s.Bsize) //nolint:unconvert,gosec // the fields' types differ between systems; no disk has 2^63 bytes
}
