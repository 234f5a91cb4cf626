package provider_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/gateway/internal/child"
	"github.com/orderbell/orderbell/gateway/internal/provider"
)

var added = time.Date(2026, 11, 29, 8, 0, 0, 0, time.UTC)

func consoleIn(folder string) string {
	name := provider.Prefix + "console"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(folder, name)
}

// add puts the console of a folder into the catalogue.
func add(t *testing.T, catalogue, folder string) provider.Installed {
	t.Helper()
	staged, err := provider.Stage(t.Context(), catalogue, consoleIn(folder), "", added, hclog.NewNullLogger())
	if err != nil {
		t.Fatal(err)
	}
	v, err := staged.Keep()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// pin makes a version serve.
func pin(t *testing.T, bundled provider.Catalogue, folder, version string) {
	t.Helper()
	c, _ := bundled.With(folder)
	c, err := c.Chosen("console", version)
	if err == nil {
		err = c.SavePins(folder)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func wantFault(t *testing.T, what string, err error, kind provider.FaultKind) {
	t.Helper()
	fault, ok := errors.AsType[*provider.Fault](err)
	if !ok || fault.Kind != kind {
		t.Errorf("%s: got %v, want a fault of kind %s", what, err, kind)
		return
	}
	if ru, en := fault.Sentence("ru"), fault.Sentence("en"); ru == en || ru == "" || en == "" {
		t.Errorf("%s: the sentences are %q and %q, want one in each language", what, ru, en)
	}
}

func TestAnAddedVersionServesOnceItIsPinned(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "providers")
	bundled := read(t, plugins)
	v := add(t, folder, newer)
	if v.Name != "console" || v.Version != "2.0.0" || v.Protocol != 1 || v.SDK == "" || len(v.Sum) != 64 || !v.Added.Equal(added) || v.Manifest.Title.RU == "" {
		t.Errorf("added: got %+v", v)
	}
	find := func() provider.Program {
		t.Helper()
		c, problems := bundled.With(folder)
		p, err := c.Find("console")
		if err != nil || len(problems) > 0 {
			t.Fatalf("find: %v, problems %v", err, problems)
		}
		return p
	}
	if p := find(); p.Version != "" {
		t.Errorf("before the pin: got %+v, want the bundled program", p)
	}
	pin(t, bundled, folder, "2.0.0")
	if p := find(); p.Version != "2.0.0" || p.Verify() != nil {
		t.Errorf("pinned: got %+v, want 2.0.0 with its bytes in order", p)
	}
	pin(t, bundled, folder, provider.BundledVersion)
	if p := find(); p.Version != "" {
		t.Errorf("after going back: got %+v, want the bundled program", p)
	}
}

func TestAddingLeavesNothingElseBehind(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "providers")
	old := filepath.Join(folder, ".incoming-1")
	if err := os.MkdirAll(old, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(old, added.Add(-2*time.Hour), added.Add(-2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	add(t, folder, newer)
	staged, err := provider.Stage(t.Context(), folder, consoleIn(plugins), "", added, hclog.NewNullLogger())
	if err != nil {
		t.Fatal(err)
	}
	staged.Discard()
	var got []string
	if err := filepath.WalkDir(folder, func(path string, _ os.DirEntry, err error) error {
		rest, _ := filepath.Rel(folder, path)
		got = append(got, filepath.ToSlash(rest))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	program := filepath.Base(consoleIn(""))
	want := []string{".", "console", "console/2.0.0", "console/2.0.0/manifest.json", "console/2.0.0/" + program}
	if !slices.Equal(got, want) {
		t.Errorf("the folder holds %q, want %q", got, want)
	}
	if info, err := os.Stat(filepath.Join(folder, "console", "2.0.0", program)); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o500 {
		t.Errorf("the program: %v, %v, want nobody to be able to write it", info.Mode(), err)
	}
}

func TestAVersionNeverChangesItsBytes(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "providers")
	first := add(t, folder, newer)
	if again := add(t, folder, newer); again.Sum != first.Sum {
		t.Errorf("the same again: got %+v, want it as it was", again)
	}
	text, err := os.ReadFile(consoleIn(newer))
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(t.TempDir(), "console.exe")
	if err := os.WriteFile(other, append(text, "other"...), 0o700); err != nil { // #nosec G306 -- a program
		t.Fatal(err)
	}
	_, err = provider.Stage(t.Context(), folder, other, "", added, hclog.NewNullLogger())
	wantFault(t, "other bytes under the same version", err, provider.OtherBytes)
	c, problems := provider.Catalogue{}.With(folder)
	if v, err := c.Installed("console", "2.0.0"); err != nil || v.Sum != first.Sum || v.Verify() != nil || len(problems) > 0 {
		t.Errorf("afterwards: got %+v, %v, %v, want the first bytes", v, err, problems)
	}
}

func TestAFileWithAnotherSumIsNotStarted(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("needs a shell script")
	}
	folder := t.TempDir()
	mark := filepath.Join(folder, "mark")
	file := script(t, filepath.Join(folder, "program"), mark)
	_, err := provider.Stage(t.Context(), filepath.Join(folder, "providers"), file, strings.Repeat("0", 64), added, hclog.NewNullLogger())
	wantFault(t, "a wrong sum", err, provider.WrongSum)
	if _, err := os.Stat(mark); !os.IsNotExist(err) {
		t.Errorf("the file was started: %v", err)
	}
}

// script writes a program that leaves a mark when it is run.
func script(t *testing.T, path, mark string) string {
	t.Helper()
	_ = os.Remove(path)
	if err := os.WriteFile(path, []byte("#!/bin/sh\necho ran >> '"+mark+"'\n"), 0o700); err != nil { // #nosec G306 -- a program
		t.Fatal(err)
	}
	return path
}

func TestWhatIsNoProgramIsNotAdded(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	catalogue := filepath.Join(folder, "providers")
	kinds := map[string]child.FaultKind{
		put(t, filepath.Join(folder, "text"), "not a program"): child.WrongFormat,
		filepath.Join(folder, "nowhere"):                       child.Missing,
	}
	for file, want := range kinds {
		_, err := provider.Stage(t.Context(), catalogue, file, "", added, hclog.NewNullLogger())
		if fault, ok := errors.AsType[*child.Fault](err); !ok || fault.Kind != want || fault.Path != file {
			t.Errorf("%s: got %v, want %s and the file's own name", file, err, want)
		}
	}
	_, err := provider.Stage(t.Context(), catalogue, folder, "", added, hclog.NewNullLogger())
	wantFault(t, "a folder", err, provider.NotAProgram)
	if left, err := os.ReadDir(catalogue); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// rewrite changes a JSON file of the catalogue.
func rewrite(t *testing.T, path string, change func(map[string]any)) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var value map[string]any
	if err := json.Unmarshal(data, &value); err != nil {
		t.Fatal(err)
	}
	change(value)
	if data, err = json.Marshal(value); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestACatalogueThatWasTouchedIsNotBelieved(t *testing.T) {
	t.Parallel()
	set := func(key string, to any) func(*testing.T, string) {
		return func(t *testing.T, record string) {
			rewrite(t, record, func(m map[string]any) { m[key] = to })
		}
	}
	tests := []struct {
		name  string
		touch func(t *testing.T, record string)
		want  provider.FaultKind
	}{
		{"the record has another sum", set("sha256", strings.Repeat("ab", 32)), provider.OtherBytes},
		{"the record has no sum", set("sha256", "12"), provider.BadRecord},
		{"the record is of another version", set("version", "2.0.1"), provider.BadRecord},
		{"the record is of another provider", set("name", "smsru"), provider.BadRecord},
		{"the record leads out of its folder", set("file", "../../../bin/sh"), provider.BadRecord},
		{"the record has a key that nobody knows", set("path", "/bin/sh"), provider.BadRecord},
		{"the record is no JSON", func(t *testing.T, record string) { put(t, record, "{") }, provider.BadRecord},
		{"the record is two", func(t *testing.T, record string) {
			data, _ := os.ReadFile(record)
			put(t, record, string(data)+string(data))
		}, provider.BadRecord},
		{"the record is gone", func(t *testing.T, record string) { must(t, os.Remove(record)) }, provider.BadRecord},
		{"the record is a link", func(t *testing.T, record string) {
			must(t, os.Rename(record, record+".real"))
			link(t, record+".real", record)
		}, provider.BadRecord},
		{"others may write the record", func(t *testing.T, record string) { chmod(t, record, 0o666) }, provider.BadRecord},
		{"others may write the version's folder", func(t *testing.T, record string) { chmod(t, filepath.Dir(record), 0o777) }, provider.BadRecord},
		{"the version is gone", func(t *testing.T, record string) { must(t, os.RemoveAll(filepath.Dir(record))) }, provider.NotInstalled},
		{"the version's folder is a link", func(t *testing.T, record string) {
			version := filepath.Dir(record)
			must(t, os.Rename(version, version+".real"))
			link(t, version+".real", version)
		}, provider.NotInstalled},
		{"others may write the pins", func(t *testing.T, record string) { chmod(t, pinsOf(record), 0o666) }, provider.BadPins},
		{"the pins are no JSON", func(t *testing.T, record string) { put(t, pinsOf(record), "junk") }, provider.BadPins},
		{"the pin has no sum", func(t *testing.T, record string) {
			put(t, pinsOf(record), `{"pins": {"console": {"version": "2.0.0"}}}`)
		}, provider.BadPins},
		{"the pin leads out of the folder", func(t *testing.T, record string) {
			put(t, pinsOf(record), `{"pins": {"console": {"version": "../x", "sha256": "`+strings.Repeat("0", 64)+`"}}}`)
		}, provider.BadPins},
	}
	bundled, whole := read(t, plugins), filepath.Join(t.TempDir(), "providers")
	add(t, whole, newer)
	pin(t, bundled, whole, "2.0.0")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			folder := filepath.Join(t.TempDir(), "providers")
			must(t, os.CopyFS(folder, os.DirFS(whole)))
			if c, problems := bundled.With(folder); len(problems) > 0 || c.Names()[0] != "console" {
				t.Fatalf("untouched: problems %v", problems)
			}
			tt.touch(t, filepath.Join(folder, "console", "2.0.0", "manifest.json"))
			c, _ := bundled.With(folder)
			p, err := c.Find("console")
			wantFault(t, "find", err, tt.want)
			if p.Path != "" {
				t.Errorf("find: got %+v, want nothing to run", p)
			}
		})
	}
}

func pinsOf(record string) string {
	return filepath.Join(filepath.Dir(filepath.Dir(filepath.Dir(record))), "pins.json")
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func chmod(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("rights are no modes here")
	}
	must(t, os.Chmod(path, mode))
}

func TestTheFirstPinIsNeededWhereNothingIsBundled(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "providers")
	add(t, folder, newer)
	c, _ := provider.Catalogue{}.With(folder)
	_, err := c.Find("console")
	wantFault(t, "find without a pin", err, provider.NotPinned)
	_, err = c.Chosen("console", provider.BundledVersion)
	wantFault(t, "pin what is not bundled", err, provider.NotBundled)
	_, err = c.Chosen("console", "9")
	wantFault(t, "pin a version that is not there", err, provider.NotInstalled)
	if got := c.Names(); !slices.Equal(got, []string{"console"}) {
		t.Errorf("names: got %q", got)
	}
}
