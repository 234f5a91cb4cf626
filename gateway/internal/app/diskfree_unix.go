//go:build linux || darwin

package app

import "golang.org/x/sys/unix"

// diskFree is how many bytes may still be written where a folder is; -1: not known.
func diskFree(path string) int64 {
	var s unix.Statfs_t
	if unix.Statfs(path, &s) != nil {
		return -1
	}
	return int64(s.Bavail) * int64(s.Bsize) //nolint:unconvert // the fields' types differ between systems
}
