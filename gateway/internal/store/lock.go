package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// Names in the data folder: the lock, and who holds it. They are two files because Windows lets
// nobody read a locked one.
const (
	lockName  = "orderbell.lock"
	ownerName = "orderbell.owner"
)

// instanceLock makes sure that one gateway serves a data folder. The operating system releases it
// when the process ends, however it ends.
type instanceLock struct {
	lock  *flock.Flock
	owner string
}

func takeLock(folder string, now time.Time) (*instanceLock, error) {
	l := &instanceLock{
		lock:  flock.New(filepath.Join(folder, lockName)),
		owner: filepath.Join(folder, ownerName),
	}
	ok, err := l.lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock of the data folder: %w", errors.Join(err, l.lock.Close()))
	}
	if !ok {
		owner, err := os.ReadFile(l.owner)
		if err != nil {
			owner = []byte("owner unknown")
		}
		return nil, &Fault{Kind: ErrLocked, Path: folder, Detail: string(owner), DetailRU: ownerInRussian(string(owner)), Err: l.lock.Close()}
	}
	host, err := os.Hostname()
	if err != nil {
		host = "?"
	}
	who := fmt.Sprintf(ownerLine, os.Getpid(), host, now.UTC().Format(time.RFC3339))
	if err := os.WriteFile(l.owner, []byte(who), 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("lock of the data folder: %w", err), l.lock.Close())
	}
	return l, nil
}

// ownerLine is how the owner's file names the holder: process, machine, time.
const ownerLine = "process %d on %s since %s"

// ownerInRussian puts that into Russian; empty: this is not such a line.
func ownerInRussian(owner string) string {
	var process int
	var host, since string
	if _, err := fmt.Sscanf(owner, ownerLine, &process, &host, &since); err != nil {
		return ""
	}
	if at, err := time.Parse(time.RFC3339, since); err == nil {
		since = at.Local().Format("02.01.2006 15:04:05")
	}
	return fmt.Sprintf("процесс %d на %s с %s", process, host, since)
}

func (l *instanceLock) release() error {
	return errors.Join(os.Remove(l.owner), l.lock.Close())
}
