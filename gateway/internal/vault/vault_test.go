package vault_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/vault"
)

const secret = "canary-5f0c7d2e"

func home() vault.Place { return vault.Place{Table: "account", Row: "main", Column: "settings"} }

func now() time.Time { return time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC) }

func setup(t *testing.T) (*vault.Vault, string) {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "keys")
	v, err := vault.Open(folder, true, now())
	if err != nil {
		t.Fatal(err)
	}
	return v, folder
}

func kind(err error) vault.Kind {
	if fault, ok := errors.AsType[*vault.Fault](err); ok {
		return fault.Kind
	}
	return ""
}

// keyFile gives the only key file of the folder.
func keyFile(t *testing.T, folder string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(names) != 1 {
		t.Fatalf("%v, %v: want one key file", names, err)
	}
	return names[0]
}

func TestWhatWasSealedOpensAtItsPlaceAlsoAfterARestart(t *testing.T) {
	t.Parallel()
	v, folder := setup(t)
	sealed, again := v.Seal(home(), []byte(secret)), v.Seal(home(), []byte(secret))
	if bytes.Contains(sealed, []byte(secret)) || bytes.Equal(sealed, again) {
		t.Errorf("sealed %q and %q: want neither the secret nor twice the same", sealed, again)
	}
	later, err := vault.Open(folder, false, now())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := later.Open(home(), sealed); err != nil || string(got) != secret {
		t.Errorf("got %q, %v, want the secret", got, err)
	}
	if got, err := later.Open(home(), later.Seal(home(), nil)); err != nil || len(got) != 0 {
		t.Errorf("an empty value: got %q, %v", got, err)
	}
}

func TestAMovedOrChangedValueDoesNotOpen(t *testing.T) {
	t.Parallel()
	v, _ := setup(t)
	sealed := v.Seal(home(), []byte(secret))
	for name, place := range map[string]vault.Place{
		"another row":                 {Table: "account", Row: "spare", Column: "settings"},
		"another column":              {Table: "account", Row: "main", Column: "limits"},
		"another table":               {Table: "restaurant", Row: "main", Column: "settings"},
		"a place that reads the same": {Table: "account", Row: "mainsettings", Column: ""},
		"no place":                    {},
	} {
		if got, err := v.Open(place, sealed); kind(err) != vault.Damaged || got != nil {
			t.Errorf("%s: got %q, %v, want it refused as damaged", name, got, err)
		}
	}
	for at := range sealed {
		changed := bytes.Clone(sealed)
		changed[at] ^= 1
		if got, err := v.Open(home(), changed); err == nil || got != nil {
			t.Errorf("byte %d changed: got %q, want it refused", at, got)
		}
		if got, err := v.Open(home(), sealed[:at]); err == nil || got != nil {
			t.Errorf("cut to %d bytes: got %q, want it refused", at, got)
		}
	}
}

func TestAnotherKeySaysWhichOneIsMissing(t *testing.T) {
	t.Parallel()
	v, _ := setup(t)
	other, folder := setup(t)
	_, err := other.Open(home(), v.Seal(home(), []byte(secret)))
	fault, ok := errors.AsType[*vault.Fault](err)
	if !ok || fault.Kind != vault.KeyMissing || fault.Path != folder {
		t.Fatalf("got %v, want the missing key and the folder", err)
	}
	for _, lang := range []string{"ru", "en"} {
		if said := fault.Sentence(lang); !strings.Contains(said, fault.Key) || !strings.Contains(said, "account/main/settings") || strings.Contains(said, secret) {
			t.Errorf("%s: %q: want the key's id and the place, and no secret", lang, said)
		}
	}
}

func TestAKeyIsMadeOnlyWhereItMayBe(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "keys")
	v, err := vault.Open(folder, false, now())
	if err != nil || v.Usable() {
		t.Fatalf("got %v, %v, want a vault without a key", v, err)
	}
	if _, err := os.Stat(folder); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder was made: %v", err)
	}
}

func TestOnlyTheOwnerCanReadTheKey(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("modes say nothing on Windows")
	}
	v, folder := setup(t)
	sealed := v.Seal(home(), []byte(secret))
	file := keyFile(t, folder)
	for path, want := range map[string]os.FileMode{folder: 0o700, file: 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v, want mode %v", path, info.Mode().Perm(), err, want)
		}
	}
	if err := os.Chmod(file, 0o640); err != nil { //nolint:gosec // the fault under test
		t.Fatal(err)
	}
	exposed, err := vault.Open(folder, false, now())
	if kind(err) != vault.KeyExposed || exposed.Usable() {
		t.Errorf("a key that the group can read: got %v, want it refused", err)
	}
	if _, err := exposed.Open(home(), sealed); kind(err) != vault.KeyExposed {
		t.Errorf("a value that it sealed: got %v, want the same reason", err)
	}
}

func TestABrokenKeyFileIsSaidAndNothingIsOverwritten(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"empty":             "",
		"another text":      "hello",
		"a short key":       "orderbell-key-1 YWJj",
		"somebody else's":   "orderbell-key-1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
		"a very large file": strings.Repeat("x", 1<<20),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, folder := setup(t)
			file := keyFile(t, folder)
			if err := os.WriteFile(file, []byte(body), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := vault.Open(folder, true, now()); kind(err) != vault.KeyUnreadable {
				t.Errorf("got %v, want the key file refused", err)
			}
			if got, err := os.ReadFile(keyFile(t, folder)); err != nil || string(got) != body {
				t.Errorf("the file was changed: %.20q, %v", got, err)
			}
		})
	}
}

func TestTheNewestKeySealsAndOlderOnesStillOpen(t *testing.T) {
	t.Parallel()
	v, folder := setup(t)
	old := v.Seal(home(), []byte(secret))
	second, err := vault.Open(filepath.Join(t.TempDir(), "keys"), true, now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	both := t.TempDir()
	for _, from := range []string{folder, second.Folder()} {
		file := keyFile(t, from)
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(both, filepath.Base(file)), body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	v, err = vault.Open(both, false, now())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := v.Open(home(), old); err != nil || string(got) != secret {
		t.Errorf("by the old key: got %q, %v", got, err)
	}
	if got, err := second.Open(home(), v.Seal(home(), []byte(secret))); err != nil || string(got) != secret {
		t.Errorf("a new seal: got %q, %v, want it by the newest key", got, err)
	}
}

func FuzzOpen(f *testing.F) {
	v, err := vault.Open(filepath.Join(f.TempDir(), "keys"), true, now())
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{}, "account")
	f.Add(v.Seal(home(), []byte(secret)), "account")
	f.Fuzz(func(t *testing.T, sealed []byte, table string) {
		at := home()
		at.Table = table
		if got, err := v.Open(at, sealed); err == nil && string(got) != secret {
			t.Errorf("%q opened as %q", sealed, got)
		}
	})
}
