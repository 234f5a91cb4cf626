package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/orderbell/orderbell/gateway/internal/access"
)

func TestWhatTheSystemRefusesIsToldInOneSentence(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "data")
	at := func(path string, err error) error {
		return fmt.Errorf("lock of the data folder: %w", &fs.PathError{Op: "open", Path: path, Err: err})
	}
	tests := map[string]struct {
		err    error
		kind   Kind
		detail string
	}{
		"the folder is somebody else's":  {at(folder, syscall.EACCES), ErrDenied, ""},
		"a file in it is":                {at(filepath.Join(folder, lockName), syscall.EACCES), ErrDenied, lockName},
		"the disk is mounted read-only":  {at(folder, syscall.EROFS), ErrDenied, ""},
		"a file stands where it belongs": {at(filepath.Join(folder, FileName), syscall.ENOTDIR), ErrNoFolder, ""},
	}
	for name, test := range tests {
		err := explain(filepath.Join(folder, FileName), test.err)
		f, ok := errors.AsType[*Fault](err)
		if !ok || f.Kind != test.kind || f.Path != folder || f.Detail != test.detail {
			t.Errorf("%s: %+v, want %s of %s", name, err, test.kind, folder)
			continue
		}
		for _, lang := range []string{"ru", "en"} {
			if told := f.Sentence(lang); strings.Contains(told, "lock of") || strings.Contains(told, test.err.Error()) || !strings.Contains(told, folder) {
				t.Errorf("%s, in %s: %s", name, lang, told)
			}
		}
		if explain("elsewhere", err) != err { //nolint:errorlint // it is the same one
			t.Errorf("%s: explained twice", name)
		}
	}
	if plain := errors.New("something else"); explain("x", plain) != plain { //nolint:errorlint // it is the same one
		t.Error("an error of another kind does not pass")
	}
}

func TestAFolderOfSomebodyElseIsRefusedInWords(t *testing.T) {
	t.Parallel()
	if os.Geteuid() <= 0 {
		t.Skip("nothing is refused to root, nor by a mode on Windows")
	}
	folder := t.TempDir()
	db, err := Open(t.Context(), Options{Folder: folder, Instance: true})
	if err == nil {
		err = db.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	for path, mode := range map[string]os.FileMode{filepath.Join(folder, FileName): 0o400, folder: 0o500} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _ = os.Chmod(folder, 0o700) }) //nolint:gosec // so that it can be removed
	for _, o := range []Options{{Instance: true}, {}, {ReadOnly: true}} {
		o.Folder = folder
		if _, err := Open(t.Context(), o); !errors.Is(err, ErrDenied) {
			t.Errorf("%+v: %v, want that it is denied", o, err)
		}
	}
	if err := TryWrite(folder); !errors.Is(err, ErrDenied) {
		t.Errorf("a try to write: %v, want that it is denied", err)
	}
}

func TestATryToWriteLeavesNothing(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if err := TryWrite(folder); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
	if err := TryWrite(filepath.Join(folder, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
}

// TestALostKeyOfTheAuditLogIsNoticed opens the folder once more, as a gateway, which makes a new key, and
// as a command that only looks.
func TestALostKeyOfTheAuditLogIsNoticed(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	open := func(o Options) *DB {
		o.Folder = folder
		db, err := Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		return db
	}
	look := func(o Options, want error) {
		t.Helper()
		db := open(o)
		if err := db.CheckSeal(t.Context()); !errors.Is(err, want) {
			t.Errorf("%+v: %v, want %v", o, err, want)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
	look(Options{Instance: true}, nil) // nothing is sealed yet
	db := open(Options{Instance: true})
	call := access.Call{Principal: access.Principal{Kind: access.KindUser, ID: "01U", Name: "olga"}}
	if err := errors.Join(db.AddRecord(t.Context(), call.Record("thing.change", "1")), db.Close()); err != nil {
		t.Fatal(err)
	}
	look(Options{ReadOnly: true}, nil)
	if err := os.RemoveAll(filepath.Join(folder, keyFolder)); err != nil {
		t.Fatal(err)
	}
	look(Options{ReadOnly: true}, ErrKeyLost)
	look(Options{Instance: true}, ErrKeyLost)
}
