//go:build !linux && !darwin && !windows

package app

// diskRoom is not known on this system.
func diskRoom(string) (free, whole int64) { return -1, -1 }
