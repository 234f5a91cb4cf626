package provider

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/child"
	"github.com/orderbell/orderbell/sdk"
)

// Files of the catalogue in the data folder: providers/NAME/VERSION/orderbell-provider-NAME beside its
// manifest.json, and providers/pins.json.
const (
	recordName = "manifest.json"
	pinsName   = "pins.json"
	// incoming starts the names of folders in which programs are looked at before they are added.
	incoming = ".incoming-"
	// recordMax caps manifest.json and pins.json; in bytes. A manifest is a few kilobytes.
	recordMax = 1 << 20
)

// Installed is a version of a provider that was added to the catalogue, as its manifest.json has it.
// Versions never change: another file needs another version.
type Installed struct {
	Name     string       `json:"name"`
	Version  string       `json:"version"`
	SDK      string       `json:"sdk"`      // version of the SDK that it was built with
	Protocol int          `json:"protocol"` // of the provider service
	File     string       `json:"file"`     // in the same folder
	Sum      string       `json:"sha256"`   // of File, in hex
	Size     int64        `json:"size"`     // of File, in bytes
	Added    time.Time    `json:"added"`
	Manifest sdk.Manifest `json:"manifest"` // what the program said of itself when it was added

	path string // of File
	sum  []byte
}

// Program is the version as it is started.
func (v Installed) Program() Program {
	return Program{Name: v.Name, Version: v.Version, Path: v.path, Sum: v.sum}
}

// With is the catalogue with what lies in the folder of added programs, read anew; bundled programs stay
// as they were found. A folder that does not exist holds nothing. What cannot be believed is returned as
// problems, mostly *Fault, and not run; the rest is usable. Programs are not read here: each start
// compares the file with its recorded sum.
func (c Catalogue) With(folder string) (Catalogue, []error) {
	c.installed, c.broken = map[string]map[string]Installed{}, map[string]map[string]error{}
	c.pins, c.pinsFault = nil, nil
	names, err := foldersIn(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return c, []error{fmt.Errorf("read the catalogue of providers: %w", err)}
	}
	var problems []error
	for _, name := range names {
		versions, err := foldersIn(filepath.Join(folder, name))
		if err != nil {
			problems = append(problems, &Fault{Kind: BadRecord, Provider: name, Cause: err})
			continue
		}
		for _, version := range versions {
			v, err := readInstalled(filepath.Join(folder, name, version), name, version)
			if err != nil {
				note(c.broken, name, version, err)
				problems = append(problems, err)
				continue
			}
			note(c.installed, name, version, v)
		}
	}
	if c.pins, err = readPins(folder); err != nil {
		c.pinsFault = err
		problems = append(problems, err)
	}
	return c, problems
}

func note[V any](in map[string]map[string]V, name, version string, value V) {
	if in[name] == nil {
		in[name] = map[string]V{}
	}
	in[name][version] = value
}

// foldersIn lists the folders in a folder; symbolic links and what is being looked at are none.
func foldersIn(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() && e.Name()[0] != '.' {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// readInstalled reads the record of one version. Errors are *Fault.
func readInstalled(folder, name, version string) (Installed, error) {
	fault := &Fault{Kind: BadRecord, Provider: name, Version: version}
	resolved, err := filepath.EvalSymlinks(folder)
	if err != nil {
		fault.Cause = err
		return Installed{}, fault
	}
	data, err := readTrusted(filepath.Join(resolved, recordName))
	if err != nil {
		fault.Cause = err
		return Installed{}, fault
	}
	v, err := parseInstalled(data)
	if err == nil && (v.Name != name || v.Version != version) {
		err = fmt.Errorf("%s is of %s %s", recordName, v.Name, v.Version)
	}
	if err != nil {
		fault.Cause = err
		return Installed{}, fault
	}
	v.path = filepath.Join(resolved, v.File)
	return v, nil
}

// parseInstalled reads a manifest.json and holds it to its rules.
func parseInstalled(data []byte) (Installed, error) {
	var v Installed
	if err := parseStrictly(data, &v); err != nil {
		return Installed{}, err
	}
	sum, err := parseSum(v.Sum)
	switch {
	case err != nil:
		return Installed{}, fmt.Errorf("sha256: %w", err)
	case !validVersion(v.Version) || v.Manifest.Version != v.Version:
		return Installed{}, fmt.Errorf("the version %q is none", v.Version)
	case v.File != programFile(v.Name, filepath.Ext(v.File)) || v.Manifest.Name != v.Name || strings.ContainsAny(v.File, `/\:`):
		return Installed{}, fmt.Errorf("the file %q is not the program of %q", v.File, v.Name)
	}
	v.sum = sum
	return v, nil
}

// programFile is how the program of a provider is called; ext is ".exe" on Windows.
func programFile(name, ext string) string {
	if ext != ".exe" {
		ext = ""
	}
	return Prefix + name + ext
}

// parseSum reads a SHA-256 in hex.
func parseSum(text string) ([]byte, error) {
	sum, err := hex.DecodeString(text)
	if err == nil && len(sum) != 32 {
		err = fmt.Errorf("%d digits, want 64", len(text))
	}
	return sum, err
}

// readTrusted reads a file that decides what is run: no link, not large, and nobody else can write it.
func readTrusted(path string) ([]byte, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > recordMax {
		return nil, fmt.Errorf("%s is not a file of at most %d bytes", path, recordMax)
	}
	at, err := child.Exposed(path)
	if err != nil {
		return nil, err
	}
	if at != "" {
		return nil, &child.Fault{Kind: child.Writable, Name: filepath.Base(path), Path: path, Detail: at}
	}
	return os.ReadFile(path) // #nosec G304 -- in the data folder
}

// parseStrictly reads one JSON value without unknown fields.
func parseStrictly(data []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is more than one value")
	}
	return nil
}

// maxVersion is how long a version may be; in bytes.
const maxVersion = 64

// validVersion says whether a version can be the name of a folder on every system.
func validVersion(version string) bool {
	if version == "" || len(version) > maxVersion || version == BundledVersion {
		return false
	}
	for i, r := range version {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		if !letter && (i == 0 || r != '.' && r != '-' && r != '+' && r != '_') {
			return false
		}
	}
	return version[len(version)-1] != '.'
}

// Versions lists the added versions of a provider, the one added first first; those whose record cannot
// be believed come last.
func (c Catalogue) Versions(name string) []string {
	var added []Installed
	for _, v := range c.installed[name] {
		added = append(added, v)
	}
	slices.SortFunc(added, func(a, b Installed) int {
		return cmp.Or(a.Added.Compare(b.Added), cmp.Compare(a.Version, b.Version))
	})
	var versions []string
	for _, v := range added {
		versions = append(versions, v.Version)
	}
	broken := len(versions)
	for version := range c.broken[name] {
		versions = append(versions, version)
	}
	slices.Sort(versions[broken:])
	return versions
}

// Installed returns an added version. Errors are *Fault.
func (c Catalogue) Installed(name, version string) (Installed, error) {
	if v, ok := c.installed[name][version]; ok {
		return v, nil
	}
	if err := c.broken[name][version]; err != nil {
		return Installed{}, err
	}
	return Installed{}, &Fault{Kind: NotInstalled, Provider: name, Version: version}
}

// Verify compares the version's file with its record, without running it. Errors are *child.Fault.
func (v Installed) Verify() error { return child.Verify(v.Name+" "+v.Version, v.path, v.sum) }

// Verify compares the program's file with its sum, without running it. Errors are *child.Fault.
func (p Program) Verify() error { return child.Verify(p.label(), p.Path, p.Sum) }

// label is the program's name for logs and sentences.
func (p Program) label() string {
	if p.Version == "" {
		return p.Name
	}
	return p.Name + " " + p.Version
}
