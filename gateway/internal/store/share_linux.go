package store

import "golang.org/x/sys/unix"

func fileSystem(folder string) (string, verdict) {
	var stat unix.Statfs_t
	if err := unix.Statfs(folder, &stat); err != nil {
		return "", local
	}
	return shareKind(int64(stat.Type)) //nolint:unconvert // the type differs between architectures
}
