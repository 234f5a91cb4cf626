package app

import "golang.org/x/sys/windows"

// diskFree is how many bytes may still be written where a folder is; -1: not known.
func diskFree(path string) int64 {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return -1
	}
	var free uint64
	if windows.GetDiskFreeSpaceEx(name, &free, nil, nil) != nil {
		return -1
	}
	return int64(free) // #nosec G115 -- no disk has 2^63 bytes
}
