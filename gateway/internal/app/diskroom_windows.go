package app

import "golang.org/x/sys/windows"

// diskRoom is how many bytes may still be written where a folder is, and of how many; -1: not known.
func diskRoom(path string) (free, whole int64) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return -1, -1
	}
	var mine, all uint64
	if windows.GetDiskFreeSpaceEx(name, &mine, &all, nil) != nil {
		return -1, -1
	}
	return int64(mine), int64(all) // #nosec G115 -- no disk has 2^63 bytes
}
