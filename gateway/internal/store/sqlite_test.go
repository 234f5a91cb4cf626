package store_test

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

// filled makes a folder with a database of some hundred events and closes it.
func filled(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	db, err := store.Open(t.Context(), store.Options{Folder: folder, Instance: true})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 300 {
		_, _, err := db.AddEvent(t.Context(), kds.Event{Body: bytes.Repeat([]byte("x"), 2000), Key: kds.Key{Hash: fmt.Sprint(i), Dated: true}})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return folder
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path) //nolint:gosec // of this test
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestADatabaseThatMustNotBeTouchedIsRefusedAndLeftAsItIs(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		spoil func(t *testing.T, path string)
		want  store.Kind
	}{
		"a newer schema": {func(t *testing.T, path string) {
			raw, err := sql.Open("sqlite", path)
			if err == nil {
				_, err = raw.ExecContext(t.Context(), `INSERT INTO schema_migration (version_id, is_applied) VALUES (9999, 1)`)
				err = errors.Join(err, raw.Close())
			}
			if err != nil {
				t.Fatal(err)
			}
		}, store.ErrNewerSchema},
		"a text file": {func(t *testing.T, path string) { write(t, path, []byte("not a database at all")) }, store.ErrCorrupt},
		"a wrong header": {func(t *testing.T, path string) {
			write(t, path, append([]byte("SQLite format 4\x00"), read(t, path)[16:]...))
		}, store.ErrCorrupt},
		"a truncated file":      {func(t *testing.T, path string) { write(t, path, read(t, path)[:100_000]) }, store.ErrCorrupt},
		"a file of a few bytes": {func(t *testing.T, path string) { write(t, path, []byte("SQLite form")) }, store.ErrCorrupt},
		"pages of garbage": {func(t *testing.T, path string) {
			data := read(t, path)
			for i := 40_000; i < 120_000; i++ {
				data[i] = 0xA5
			}
			write(t, path, data)
		}, store.ErrCorrupt},
		"an empty file beside its log": {func(t *testing.T, path string) {
			write(t, path, nil)
			write(t, path+"-wal", []byte("the events are in here"))
		}, store.ErrCorrupt},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := filled(t)
			path := filepath.Join(folder, store.FileName)
			c.spoil(t, path)
			before := read(t, path)
			for _, o := range []store.Options{{Folder: folder, Instance: true}, {Folder: folder}, {Folder: folder, ReadOnly: true}} {
				db, err := store.Open(t.Context(), o)
				if db != nil {
					_ = db.Close()
				}
				if o.ReadOnly && err == nil {
					continue // a reader does not check the whole file; it harms nothing
				}
				if !errors.Is(err, c.want) {
					t.Errorf("Open(%+v): %v, want %v", o, err, c.want)
				}
			}
			if !bytes.Equal(before, read(t, path)) {
				t.Error("the file was changed")
			}
		})
	}
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestALockedFolderTellsWhoHasIt(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	first, err := store.Open(t.Context(), store.Options{Folder: folder, Instance: true})
	if err != nil {
		t.Fatal(err)
	}
	_, err = store.Open(t.Context(), store.Options{Folder: folder, Instance: true})
	var f *store.Fault
	if !errors.As(err, &f) || f.Kind != store.ErrLocked {
		t.Fatalf("second Open: %v, want locked", err)
	}
	for language, word := range map[string]string{"en": "another Orderbell", "ru": "другой Orderbell"} {
		if text := f.Sentence(language); !strings.Contains(text, word) || !strings.Contains(text, fmt.Sprint(os.Getpid())) {
			t.Errorf("in %s it says %q; want the owner's process", language, text)
		}
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := store.Open(t.Context(), store.Options{Folder: folder, Instance: true})
	if err != nil {
		t.Fatalf("after the first one ended: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestAReaderWithoutADatabaseMakesNone(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	_, err := store.Open(t.Context(), store.Options{Folder: folder, ReadOnly: true})
	if !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Open: %v, want not found", err)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestTheFileIsForItsOwnerOnlyAndTheLogIsFoldedInAtClose(t *testing.T) {
	t.Parallel()
	folder := filled(t)
	info, err := os.Stat(filepath.Join(folder, store.FileName))
	if err != nil {
		t.Fatal(err)
	}
	if os.PathSeparator == '/' && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, want 0600", info.Mode())
	}
	if log, err := os.Stat(filepath.Join(folder, store.FileName+"-wal")); err == nil && log.Size() > 0 {
		t.Errorf("the log still has %d bytes", log.Size())
	}
}
