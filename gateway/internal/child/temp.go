package child

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// tempPrefix starts the name of each start's folder; the gateway's process id follows.
const tempPrefix = "orderbell-"

// longestTempDir leaves room in a socket's path (104 bytes on macOS, 108 on Linux) for our folder,
// go-plugin's folder and the socket's name, which take up to 62 bytes together.
const longestTempDir = 42

// shortTempDir picks the first folder whose sockets have names that are short enough. Where even the
// system's is too long (a deep TMPDIR), /tmp is taken if there is one.
func shortTempDir(wanted, system string) string {
	for _, dir := range []string{wanted, system, "/tmp"} {
		if info, err := os.Stat(dir); dir != "" && len(dir) <= longestTempDir && (dir == wanted || (err == nil && info.IsDir())) {
			return dir
		}
	}
	return system
}

func makeTemp(parent string) (string, error) {
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return "", err
	}
	return os.MkdirTemp(parent, fmt.Sprintf("%s%d-", tempPrefix, os.Getpid()))
}

// sweepTemp removes the folders of gateways that are no more: after a hard death nobody else does.
func sweepTemp(parent string) {
	entries, err := os.ReadDir(parent)
	if err != nil {
		return
	}
	for _, e := range entries {
		name, found := strings.CutPrefix(e.Name(), tempPrefix)
		if !found || !e.IsDir() {
			continue
		}
		number, _, _ := strings.Cut(name, "-")
		pid, err := strconv.Atoi(number)
		if err != nil || pid <= 0 || pid == os.Getpid() || processAlive(pid) {
			continue
		}
		_ = os.RemoveAll(filepath.Join(parent, e.Name())) // another user's: not ours to remove
	}
}
