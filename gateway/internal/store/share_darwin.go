package store

import "golang.org/x/sys/unix"

func fileSystem(folder string) (string, verdict) {
	var stat unix.Statfs_t
	if err := unix.Statfs(folder, &stat); err != nil {
		return "", local
	}
	kind := unix.ByteSliceToString(stat.Fstypename[:])
	switch kind {
	case "nfs", "smbfs", "afpfs", "webdav", "cifs":
		return kind, remote
	}
	return kind, local
}
