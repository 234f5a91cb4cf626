package store

import (
	"path/filepath"
	"strings"

	"golang.org/x/sys/windows"
)

func fileSystem(folder string) (string, verdict) {
	full, err := filepath.Abs(folder)
	if err != nil {
		return "", local
	}
	volume := filepath.VolumeName(full)
	if strings.HasPrefix(volume, `\\`) && !strings.HasPrefix(volume, `\\?\`) && !strings.HasPrefix(volume, `\\.\`) {
		return "UNC", remote
	}
	root, err := windows.UTF16PtrFromString(volume + `\`)
	if err != nil {
		return "", local
	}
	if windows.GetDriveType(root) == windows.DRIVE_REMOTE {
		return "network drive", remote
	}
	return "", local
}
