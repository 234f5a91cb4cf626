package provider

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// BundledVersion is what stands for the program that came with the gateway, in place of a version.
const BundledVersion = "bundled"

// Pin says which added version serves a provider's accounts.
type Pin struct {
	Version string `json:"version"`
	Sum     string `json:"sha256"` // of the program when it was pinned
}

// pinsFile is pins.json.
type pinsFile struct {
	Pins map[string]Pin `json:"pins"` // by provider; one that is not here has its bundled program
}

// readPins reads which versions are pinned. No file: none. Errors are *Fault.
func readPins(folder string) (map[string]Pin, error) {
	path := filepath.Join(folder, pinsName)
	fault := &Fault{Kind: BadPins, Path: path}
	resolved, err := filepath.EvalSymlinks(folder)
	if err != nil {
		fault.Cause = err
		return nil, fault
	}
	data, err := readTrusted(filepath.Join(resolved, pinsName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		fault.Cause = err
		return nil, fault
	}
	pins, err := parsePins(data)
	if err != nil {
		fault.Cause = err
		return nil, fault
	}
	return pins, nil
}

func parsePins(data []byte) (map[string]Pin, error) {
	var file pinsFile
	if err := parseStrictly(data, &file); err != nil {
		return nil, err
	}
	for name, pin := range file.Pins {
		if _, err := parseSum(pin.Sum); err != nil || !validVersion(pin.Version) {
			return nil, fmt.Errorf("the pin of %q is none", name)
		}
	}
	return file.Pins, nil
}

// Chosen is the catalogue in which an added version, or BundledVersion, serves the provider. The
// version's file is compared with its record first. Errors are *Fault or *child.Fault. SavePins makes
// it last.
func (c Catalogue) Chosen(name, version string) (Catalogue, error) {
	pins := maps.Clone(c.pins)
	if pins == nil {
		pins = map[string]Pin{}
	}
	if version == BundledVersion {
		if _, ok := c.programs[name]; !ok {
			return c, &Fault{Kind: NotBundled, Provider: name, Detail: orNone(strings.Join(c.Versions(name), ", "))}
		}
		delete(pins, name)
	} else {
		v, err := c.Installed(name, version)
		if err == nil {
			err = v.Verify()
		}
		if err != nil {
			return c, err
		}
		pins[name] = Pin{Version: version, Sum: v.Sum}
	}
	c.pins, c.pinsFault = pins, nil
	return c, nil
}

// SavePins writes which versions are pinned to the folder of added programs, for all who read the
// catalogue from now on; a running gateway sees it within seconds. A list that could not be believed is
// replaced. Errors are *Fault; then the earlier list is still there.
func (c Catalogue) SavePins(folder string) error {
	data, err := json.MarshalIndent(pinsFile{Pins: c.pins}, "", "  ")
	if err == nil {
		err = os.MkdirAll(folder, 0o700)
	}
	if err == nil {
		err = writeWhole(folder, pinsName, append(data, '\n'))
	}
	if err != nil {
		return &Fault{Kind: Unwritable, Path: filepath.Join(folder, pinsName), Cause: err}
	}
	return nil
}

// Fingerprint is the same text as long as nothing was added to the folder of added programs, removed
// from it or pinned in it.
func Fingerprint(folder string) string {
	var all strings.Builder
	pins, err := os.ReadFile(filepath.Join(folder, pinsName)) // #nosec G304 -- in the data folder
	if err == nil {
		all.Write(pins)
	}
	records, err := filepath.Glob(filepath.Join(folder, "*", "*", recordName))
	if err == nil {
		all.WriteString(strings.Join(records, "\n"))
	}
	return all.String()
}

// writeWhole replaces a file in one step: whoever reads it sees the old or the new one, also after a
// loss of power.
func writeWhole(folder, name string, data []byte) error {
	temp, err := os.CreateTemp(folder, "."+name+"-")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temp.Name()) }() // gone after the rename
	_, err = temp.Write(data)
	if synced := temp.Sync(); err == nil {
		err = synced
	}
	if closed := temp.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	if err := os.Rename(temp.Name(), filepath.Join(folder, name)); err != nil {
		return err
	}
	return syncFolder(folder)
}

// syncFolder makes the names in a folder last. Windows does that by itself.
func syncFolder(folder string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	dir, err := os.Open(folder) // #nosec G304 -- in the data folder
	if err != nil {
		return err
	}
	err = dir.Sync()
	if closed := dir.Close(); err == nil {
		err = closed
	}
	return err
}
