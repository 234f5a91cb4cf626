package vault

import (
	"bytes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/chacha20poly1305"
)

const keyIDSize = 8

// keyID names a key by its hash: a file that was changed does not have its own name any more.
type keyID [keyIDSize]byte

// String is the id as file names and errors have it.
func (id keyID) String() string { return hex.EncodeToString(id[:]) }

// A key file is "secrets-TIME-ID.key": one line, fileMark and the key in base64. The newest by name
// seals; all of them open.
const (
	filePrefix = "secrets-"
	fileSuffix = ".key"
	fileMark   = "orderbell-key-1 "
	maxFile    = 1 << 10
)

// Open reads the keys of a folder. When there is none and mayCreate is set, it makes the folder and a
// key, readable by their owner only; now dates it. Without a key and without mayCreate the vault opens
// nothing and must not seal: Usable tells.
//
// A folder that lost its key looks like a new one, so callers set mayCreate only when nothing sealed is
// kept yet. With an error, which is a *Fault, there is a Vault all the same: it has the keys that could
// be read, and gives the fault for values that need another one.
func Open(folder string, mayCreate bool, now time.Time) (*Vault, error) {
	v := &Vault{folder: folder, keys: map[keyID]cipher.AEAD{}}
	names, err := keyFiles(folder)
	if err == nil && len(names) == 0 && mayCreate {
		names = make([]string, 1)
		names[0], err = create(folder, now)
	}
	if err != nil {
		v.trouble = &Fault{Kind: KeyUnreadable, Path: folder, Err: err}
		return v, v.trouble
	}
	for _, name := range names {
		if fault := v.read(filepath.Join(folder, name)); fault != nil && v.trouble == nil {
			v.trouble = fault
		}
	}
	if v.trouble != nil {
		return v, v.trouble
	}
	return v, nil
}

// Usable tells whether there is a key to seal with.
func (v *Vault) Usable() bool { return len(v.keys) > 0 }

// keyFiles lists the key files, oldest first.
func keyFiles(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), filePrefix) && strings.HasSuffix(e.Name(), fileSuffix) {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, nil
}

func (v *Vault) read(path string) *Fault {
	body, fault := readKeyFile(path)
	if fault != nil {
		return fault
	}
	text, ok := strings.CutPrefix(string(bytes.TrimSpace(body)), fileMark)
	key, err := base64.StdEncoding.DecodeString(text)
	if !ok || err != nil || len(key) != chacha20poly1305.KeySize {
		return &Fault{Kind: KeyUnreadable, Path: path, Err: errNoKey}
	}
	id := idOf(key)
	if !strings.HasSuffix(path, "-"+id.String()+fileSuffix) {
		return &Fault{Kind: KeyUnreadable, Path: path, Err: errOtherKey}
	}
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return &Fault{Kind: KeyUnreadable, Path: path, Err: err}
	}
	v.keys[id], v.newest = aead, id
	return nil
}

// Causes of a key file that cannot be used.
var (
	errNoKey    = errors.New("it does not hold a key")
	errOtherKey = errors.New("its name belongs to another key, or it was changed")
)

// readKeyFile reads a small regular file that only its owner can read. On Windows the folder's own
// access list says who may; the mode bits there say nothing.
func readKeyFile(path string) ([]byte, *Fault) {
	unreadable := func(err error) *Fault { return &Fault{Kind: KeyUnreadable, Path: path, Err: err} }
	file, err := os.Open(path)
	if err != nil {
		return nil, unreadable(err)
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return nil, unreadable(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, &Fault{Kind: KeyExposed, Path: path}
	}
	body, err := io.ReadAll(io.LimitReader(file, maxFile))
	if err != nil {
		return nil, unreadable(err)
	}
	return body, nil
}

func idOf(key []byte) keyID {
	sum := sha256.Sum256(append([]byte("orderbell key id\x00"), key...))
	return keyID(sum[:keyIDSize])
}

// create makes a key and its file, whole or not at all: a value that was sealed by a key that is not on
// disk would be lost.
func create(folder string, now time.Time) (name string, err error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", err
	}
	if err := os.Chmod(folder, 0o700); err != nil { //nolint:gosec // a folder
		return "", err
	}
	key := make([]byte, chacha20poly1305.KeySize)
	_, _ = rand.Read(key) // never fails
	name = fmt.Sprintf("%s%s-%s%s", filePrefix, now.UTC().Format("20060102T150405"), idOf(key), fileSuffix)
	draft, err := os.CreateTemp(folder, ".new-*") // its mode is 0600
	if err != nil {
		return "", err
	}
	defer func() { _ = os.Remove(draft.Name()) }()
	_, err = draft.WriteString(fileMark + base64.StdEncoding.EncodeToString(key) + "\n")
	if err = errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return "", err
	}
	if err := os.Rename(draft.Name(), filepath.Join(folder, name)); err != nil {
		return "", err
	}
	return name, syncFolder(folder)
}

// syncFolder puts the new name on disk, where the system can.
func syncFolder(folder string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	dir, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// Folder is where the keys are.
func (v *Vault) Folder() string { return v.folder }
