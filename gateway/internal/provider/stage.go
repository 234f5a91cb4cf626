package provider

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/gateway/internal/child"
	"github.com/orderbell/orderbell/sdk"
)

const (
	// programMax caps a program that is added; in bytes. A stripped provider has about 13 MB.
	programMax = 256 << 20
	// leftBehind is how old a folder of a program that is being looked at must be to be somebody's rest.
	leftBehind = time.Hour
)

// Staged is a copy of a program that lies ready to be added to the catalogue. The person who adds it
// sees what is in it; Keep or Discard must follow.
type Staged struct {
	Manifest sdk.Manifest
	Sum      string // SHA-256 in hex
	Size     int64  // in bytes
	Already  bool   // this version with these bytes is in the catalogue

	catalogue string // the folder of added programs
	folder    string // where the copy lies
	record    Installed
}

// Stage copies a program into the folder of added programs and starts the copy once, without settings,
// secrets and environment, to read its manifest. If sum is not empty the file must have it: another file
// is not started. What is wrong with the file is a *Fault or *child.Fault; then nothing stays behind.
func Stage(ctx context.Context, folder, file, sum string, now time.Time, log hclog.Logger) (*Staged, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, &Fault{Kind: Unwritable, Path: folder, Cause: err}
	}
	resolved, err := filepath.EvalSymlinks(folder)
	if err != nil {
		return nil, &Fault{Kind: Unwritable, Path: folder, Cause: err}
	}
	sweepStaged(resolved, now)
	temp, err := os.MkdirTemp(resolved, incoming)
	if err != nil {
		return nil, &Fault{Kind: Unwritable, Path: folder, Cause: err}
	}
	s := &Staged{catalogue: resolved, folder: temp}
	if err := s.look(ctx, file, sum, now, log); err != nil {
		s.Discard()
		return nil, err
	}
	return s, nil
}

// sweepStaged removes copies that a killed command left behind.
func sweepStaged(folder string, now time.Time) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return
	}
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && e.IsDir() && strings.HasPrefix(e.Name(), incoming) && now.Sub(info.ModTime()) > leftBehind {
			_ = os.RemoveAll(filepath.Join(folder, e.Name()))
		}
	}
}

func (s *Staged) look(ctx context.Context, file, sum string, now time.Time, log hclog.Logger) error {
	ext := strings.ToLower(filepath.Ext(file))
	copied := filepath.Join(s.folder, "program"+strings.TrimPrefix(programFile("", ext), Prefix))
	digest, size, err := copyProgram(file, copied)
	if err != nil {
		return err
	}
	s.Sum, s.Size = hex.EncodeToString(digest), size
	if sum != "" && !strings.EqualFold(sum, s.Sum) {
		return &Fault{Kind: WrongSum, Path: file, Detail: s.Sum}
	}
	s.Manifest, err = Describe(ctx, Program{Name: filepath.Base(file), Path: copied, Sum: digest}, log)
	if err != nil {
		return named(err, file)
	}
	m := s.Manifest
	if !validVersion(m.Version) {
		return &Fault{Kind: BadVersion, Provider: m.Name, Version: m.Version, Path: file}
	}
	s.record = Installed{
		Name: m.Name, Version: m.Version, SDK: m.SDKVersion, Protocol: protocol(), File: programFile(m.Name, ext),
		Sum: s.Sum, Size: size, Added: now.UTC(), Manifest: m,
	}
	if err := rename(copied, filepath.Join(s.folder, s.record.File)); err != nil {
		return &Fault{Kind: Unwritable, Path: s.folder, Cause: err}
	}
	return s.compare()
}

// named puts the file that the person knows in place of its copy.
func named(err error, file string) error {
	fault, ok := errors.AsType[*child.Fault](err)
	if !ok {
		return err
	}
	said := *fault
	said.Path = file
	return &said
}

// openProgram opens a file that may be a program. Errors are mostly *Fault or *child.Fault.
func openProgram(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, &child.Fault{Kind: child.Missing, Name: filepath.Base(path), Path: path, Cause: err}
	}
	if !info.Mode().IsRegular() || info.Size() > programMax {
		return nil, &Fault{Kind: NotAProgram, Path: path}
	}
	return os.Open(path) // #nosec G304 -- the operator names it
}

// sumFile gives the SHA-256 and the size of a file.
func sumFile(path string) (sum []byte, size int64, err error) {
	file, err := openProgram(path)
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = file.Close() }()
	hash := sha256.New()
	size, err = io.Copy(hash, file)
	return hash.Sum(nil), size, err
}

// copyProgram copies a file and gives the SHA-256 of what was copied.
func copyProgram(from, to string) (sum []byte, size int64, err error) {
	in, err := openProgram(from)
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = in.Close() }()
	// Nobody writes to it again, not even its owner by mistake.
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o500) // #nosec G302 G304 -- a program in the data folder
	if err != nil {
		return nil, 0, &Fault{Kind: Unwritable, Path: to, Cause: err}
	}
	hash := sha256.New()
	size, err = io.Copy(io.MultiWriter(out, hash), io.LimitReader(in, programMax))
	if synced := out.Sync(); err == nil {
		err = synced
	}
	if closed := out.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return nil, 0, &Fault{Kind: Unwritable, Path: to, Cause: err}
	}
	return hash.Sum(nil), size, nil
}

// place is where the version goes.
func (s *Staged) place() string {
	return filepath.Join(s.catalogue, s.record.Name, s.record.Version)
}

// compare looks whether the version is there already. Errors are *Fault.
func (s *Staged) compare() error {
	if _, err := os.Lstat(s.place()); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	v, err := readInstalled(s.place(), s.record.Name, s.record.Version)
	if err != nil {
		return err
	}
	if v.Sum != s.Sum {
		return &Fault{Kind: OtherBytes, Provider: v.Name, Version: v.Version, Detail: fmt.Sprintf("%s ≠ %s", v.Sum, s.Sum)}
	}
	s.Already = true
	return v.Verify()
}

// Keep adds the program to the catalogue, in one step. A version that is there already is left as it is.
// Errors are *Fault.
func (s *Staged) Keep() (Installed, error) {
	defer s.Discard()
	if !s.Already {
		if err := s.move(); err != nil {
			return Installed{}, err
		}
	}
	return readInstalled(s.place(), s.record.Name, s.record.Version)
}

func (s *Staged) move() error {
	data, err := json.MarshalIndent(s.record, "", "  ")
	if err == nil {
		err = writeWhole(s.folder, recordName, append(data, '\n'))
	}
	parent := filepath.Dir(s.place())
	if err == nil {
		err = os.MkdirAll(parent, 0o700)
	}
	if err == nil {
		err = rename(s.folder, s.place())
	}
	if err == nil {
		err = syncFolder(parent)
	}
	if err == nil {
		return nil
	}
	// Somebody else may have added it at the same moment.
	if other := s.compare(); other != nil || s.Already {
		return other
	}
	return &Fault{Kind: Unwritable, Provider: s.record.Name, Version: s.record.Version, Cause: err}
}

// rename waits a little on Windows, where a scanner may still hold a program that has just ended.
func rename(from, to string) error {
	const tries, pause = 20, 100 * time.Millisecond
	for i := 1; ; i++ {
		err := os.Rename(from, to)
		if err == nil || runtime.GOOS != "windows" || i == tries {
			return err
		}
		time.Sleep(pause)
	}
}

// Discard removes the copy; after Keep there is none.
func (s *Staged) Discard() { _ = os.RemoveAll(s.folder) }

// Keys lists the settings that an account of the program has, secrets with a mark.
func (s *Staged) Keys() []string {
	var keys []string
	for _, f := range s.Manifest.Settings {
		key := f.Key
		if f.Kind == sdk.KindSecret {
			key += "•"
		}
		keys = append(keys, key)
	}
	return keys
}
