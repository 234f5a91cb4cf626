package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"

	lib "modernc.org/sqlite/lib"
)

// Explain tells in words for people that the system refuses a folder, or that there is a file in its
// place; other errors pass.
func Explain(folder string, err error) error {
	kind := Kind("")
	switch {
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		kind = ErrDenied
	case errors.Is(err, syscall.ENOTDIR):
		kind = ErrNoFolder
	default:
		return err
	}
	f := &Fault{Kind: kind, Path: folder, Err: err}
	if at, ok := errors.AsType[*fs.PathError](err); ok && kind == ErrDenied && filepath.Dir(at.Path) == filepath.Clean(folder) {
		f.Detail = filepath.Base(at.Path) // the folder may be in order, and a file in it somebody else's
	}
	return f
}

// denied tells whether SQLite failed at rights. It says that a database which it may only read is
// read-only, and of one which it may not even read no more than that it cannot be opened.
func denied(path string, code int) bool {
	switch code & 0xff {
	case lib.SQLITE_READONLY:
		return code != lib.SQLITE_READONLY_DBMOVED
	case lib.SQLITE_CANTOPEN:
		f, err := os.OpenFile(path, os.O_RDWR, 0) //nolint:gosec // the data folder is the operator's choice
		if err == nil {
			_ = f.Close()
			err = TryWrite(filepath.Dir(path)) // SQLite makes files beside it
		}
		return errors.Is(err, ErrDenied) || errors.Is(Explain(filepath.Dir(path), err), ErrDenied)
	}
	return false
}

// TryWrite writes a small file into a folder, down to the disk, and takes it away again.
func TryWrite(folder string) (err error) {
	f, err := os.CreateTemp(folder, ".orderbell-check-*")
	if fault, ok := errors.AsType[*Fault](Explain(folder, err)); ok {
		fault.Detail = "" // the name of that file tells nobody anything
		return fault
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(f.Name())) }()
	block := make([]byte, pageSize) // a full disk may still take an empty file
	_, err = f.Write(block)
	err = errors.Join(err, f.Sync(), f.Close())
	if isFull(err) {
		return &Fault{Kind: ErrFull, Path: folder, Err: err}
	}
	return err
}

// isFull tells whether the system has no room left; Windows has an error of its own for that.
func isFull(err error) bool {
	const windowsDiskFull = syscall.Errno(112) // ERROR_DISK_FULL
	return errors.Is(err, syscall.ENOSPC) || runtime.GOOS == "windows" && errors.Is(err, windowsDiskFull)
}
