//go:build !linux && !darwin && !windows

package app

// diskFree is not known on this system.
func diskFree(string) int64 { return -1 }
