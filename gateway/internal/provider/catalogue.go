// Package provider knows the provider programs and the accounts that use them, and carries messages
// to them. Provider processes are kept alive by package child and spoken to through sdk/host.
package provider

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Prefix starts the file name of every provider program: orderbell-provider-smsru.
const Prefix = "orderbell-provider-"

// Program is a provider program as found on disk when the catalogue was read. Its sum is what every
// start is held to, so that a swapped file is not run.
type Program struct {
	Name    string // "smsru"
	Version string // of an added program; empty: it came with the gateway, and only it itself can say
	Path    string // symbolic links resolved
	Sum     []byte // SHA-256: of an added program as recorded, of a bundled one as found
}

// Catalogue is what provider programs there are: bundled ones, which lie in folders that the operator
// names, and versions that were added to the data folder, of which one may be pinned. The zero value
// knows none. A catalogue does not change; With reads anew what was added.
type Catalogue struct {
	programs  map[string]Program  // bundled, by provider
	hidden    map[string][]string // other bundled files of a provider, which are not used
	folders   []string
	installed map[string]map[string]Installed // by provider and version
	broken    map[string]map[string]error     // versions whose record cannot be believed
	pins      map[string]Pin
	pinsFault error // why pins are not known
}

// ReadCatalogue looks for provider programs in the folders, the first one of a name wins; see Hidden. A folder
// that does not exist is passed over: an empty catalogue is legal. Files that cannot be read are
// returned as problems beside the catalogue; the rest is usable.
func ReadCatalogue(folders ...string) (Catalogue, []error) {
	c := Catalogue{programs: map[string]Program{}, hidden: map[string][]string{}}
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
		path := filepath.Join(folder, e.Name())
		p, err := readProgram(name, path)
		if first, taken := c.programs[name]; taken {
			if err != nil || !bytes.Equal(p.Sum, first.Sum) { // a copy hides nothing
				c.hidden[name] = append(c.hidden[name], path)
			}
			continue
		}
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

// Find returns the program that serves a provider's accounts: the pinned version, else the bundled
// program. Errors are *Fault; one of Kind Unknown also wraps ErrUnknownProvider and names what there is.
func (c Catalogue) Find(name string) (Program, error) {
	added := len(c.installed[name])+len(c.broken[name]) > 0
	if c.pinsFault != nil && added {
		return Program{}, c.pinsFault
	}
	if pin, pinned := c.pins[name]; pinned {
		return c.pinned(name, pin)
	}
	if p, ok := c.programs[name]; ok {
		return p, nil
	}
	if added {
		return Program{}, &Fault{Kind: NotPinned, Provider: name, Detail: strings.Join(c.Versions(name), ", ")}
	}
	return Program{}, &Fault{Kind: Unknown, Provider: name, Detail: fmt.Sprintf("%s: %s",
		strings.Join(c.folders, ", "), orNone(strings.Join(c.Names(), ", ")))}
}

func (c Catalogue) pinned(name string, pin Pin) (Program, error) {
	v, ok := c.installed[name][pin.Version]
	switch {
	case c.broken[name][pin.Version] != nil:
		return Program{}, c.broken[name][pin.Version]
	case !ok:
		return Program{}, &Fault{Kind: NotInstalled, Provider: name, Version: pin.Version}
	case v.Sum != pin.Sum:
		return Program{}, &Fault{Kind: OtherBytes, Provider: name, Version: pin.Version, Path: v.path,
			Detail: fmt.Sprintf("%s, pinned %s", v.Sum, pin.Sum)}
	}
	return v.Program(), nil
}

// Bundled returns the program of a provider that came with the gateway.
func (c Catalogue) Bundled(name string) (Program, bool) {
	p, ok := c.programs[name]
	return p, ok
}

// Pin returns the pin of a provider.
func (c Catalogue) Pin(name string) (Pin, bool) {
	p, ok := c.pins[name]
	return p, ok
}

// Names lists the providers, bundled, added and pinned, in order of name.
func (c Catalogue) Names() []string {
	names := map[string]bool{}
	for name := range c.programs {
		names[name] = true
	}
	for name := range c.installed {
		names[name] = true
	}
	for name := range c.broken {
		names[name] = true
	}
	for name := range c.pins { // perhaps to something that is gone
		names[name] = true
	}
	return slices.Sorted(maps.Keys(names))
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}
