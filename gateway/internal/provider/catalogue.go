// Package provider knows the provider programs and the accounts that use them, and carries messages
// to them. Provider processes are kept alive by package child and spoken to through sdk/host.
package provider

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Prefix starts the file name of every provider program: orderbell-provider-smsru.
const Prefix = "orderbell-provider-"

// Program is a provider program as found on disk when the catalogue was read. Its sum is what every
// later start is held to, so that a swapped file is not run.
type Program struct {
	Name string // "smsru"
	Path string // symbolic links resolved
	Sum  []byte // SHA-256 of the file
}

// Catalogue is the provider programs of the given folders. The zero value knows none.
type Catalogue struct {
	programs map[string]Program
	folders  []string
}

// ErrUnknownProvider says that no folder of the catalogue holds the program.
var ErrUnknownProvider = errors.New("no such provider program")

// ReadCatalogue looks for provider programs in the folders, the first one of a name wins. A folder
// that does not exist is passed over: an empty catalogue is legal. Files that cannot be read are
// returned as problems beside the catalogue; the rest is usable.
func ReadCatalogue(folders ...string) (Catalogue, []error) {
	c := Catalogue{programs: map[string]Program{}}
	var problems []error
	for _, folder := range folders {
		if folder == "" {
			continue
		}
		c.folders = append(c.folders, folder)
		problems = append(problems, c.read(folder)...)
	}
	return c, problems
}

func (c *Catalogue) read(folder string) []error {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return []error{fmt.Errorf("read provider folder: %w", err)}
	}
	var problems []error
	for _, e := range entries {
		name, ok := programName(e.Name())
		if !ok || e.IsDir() {
			continue
		}
		if _, taken := c.programs[name]; taken {
			continue
		}
		p, err := readProgram(name, filepath.Join(folder, e.Name()))
		if err != nil {
			problems = append(problems, err)
			continue
		}
		c.programs[name] = p
	}
	return problems
}

// programName takes "smsru" out of "orderbell-provider-smsru.exe".
func programName(file string) (string, bool) {
	name, ok := strings.CutPrefix(file, Prefix)
	name = strings.TrimSuffix(name, ".exe")
	if !ok || name == "" || strings.ContainsAny(name, ". ~") {
		return "", false
	}
	return name, true
}

func readProgram(name, path string) (Program, error) {
	resolved, err := filepath.EvalSymlinks(path)
	if err != nil {
		return Program{}, fmt.Errorf("provider %s: %w", name, err)
	}
	f, err := os.Open(resolved) // #nosec G304 -- the operator names the folder
	if err != nil {
		return Program{}, fmt.Errorf("provider %s: %w", name, err)
	}
	defer func() { _ = f.Close() }()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return Program{}, fmt.Errorf("provider %s: read %s: %w", name, resolved, err)
	}
	return Program{Name: name, Path: resolved, Sum: sum.Sum(nil)}, nil
}

// Find returns the program of a provider, or an error that wraps ErrUnknownProvider and names what
// there is.
func (c Catalogue) Find(name string) (Program, error) {
	if p, ok := c.programs[name]; ok {
		return p, nil
	}
	return Program{}, fmt.Errorf("provider %q: %w in %s; found: %s", name, ErrUnknownProvider,
		strings.Join(c.folders, ", "), orNone(strings.Join(c.Names(), ", ")))
}

// Names lists the providers in order of name.
func (c Catalogue) Names() []string {
	names := make([]string, 0, len(c.programs))
	for name := range c.programs {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}
