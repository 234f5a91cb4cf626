package child

import (
	"crypto/sha256"
	"crypto/subtle"
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// locate finds the program, follows symlinks and checks that it may be run. Errors are *Fault.
func locate(spec *Spec) (string, error) {
	fault := &Fault{Name: spec.Name, Path: spec.Path}
	path, err := filepath.Abs(spec.Path)
	if err == nil {
		path, err = filepath.EvalSymlinks(withSuffix(path))
	}
	if err != nil {
		fault.Kind, fault.Cause = Missing, err
		if !errors.Is(err, fs.ErrNotExist) {
			fault.Kind = NotStarted
		}
		return "", fault
	}
	info, err := os.Stat(path)
	if err != nil {
		fault.Kind, fault.Cause = Missing, err
		return "", fault
	}
	if !info.Mode().IsRegular() {
		fault.Kind, fault.Detail = NotExecutable, "it is not a file"
		return "", fault
	}
	if !mayExecute(info) {
		fault.Kind = NotExecutable
		return "", fault
	}
	if spec.Sum == nil {
		return path, nil
	}
	at, err := Exposed(path)
	if err != nil {
		fault.Kind, fault.Cause = NotStarted, err
		return "", fault
	}
	if at != "" {
		fault.Kind, fault.Detail = Writable, at
		return "", fault
	}
	return path, nil
}

// Exposed names the first place, from path itself up to the root, where somebody other than the owner
// could put other bytes under that name; empty: nowhere. Symbolic links must be resolved before.
func Exposed(path string) (at string, err error) {
	for at := path; ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		if err != nil {
			return "", err
		}
		if writableByOthers(info) {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return "", nil
		}
	}
}

// Verify says, without running anything, whether Run would start the program: that it is there, may be
// executed, cannot be replaced by others and has the SHA-256. Errors are *Fault.
func Verify(name, path string, sum []byte) error {
	spec := &Spec{Name: name, Path: path, Sum: sum}
	program, err := locate(spec)
	if err != nil {
		return err
	}
	file, err := open(program, spec)
	if err != nil {
		return err
	}
	return file.Close()
}

// pinned is a program whose bytes were checked.
type pinned struct {
	path string   // what to execute
	file *os.File // kept open until it is executed; nil: nothing was checked
}

func (p *pinned) close() {
	if p.file != nil {
		_ = p.file.Close()
	}
}

// pin compares the program's SHA-256 with spec.Sum. On Linux what is executed afterwards is the very
// file that was read, even if another one has taken its name meanwhile.
func pin(program string, spec *Spec, dir string) (*pinned, error) {
	if spec.Sum == nil {
		return &pinned{path: program}, nil
	}
	file, err := open(program, spec)
	if err != nil {
		return nil, err
	}
	return &pinned{path: nameOpenFile(file, program, dir), file: file}, nil
}

// open opens the program and compares its SHA-256 with spec.Sum. Errors are *Fault.
func open(program string, spec *Spec) (*os.File, error) {
	fault := &Fault{Kind: NotStarted, Name: spec.Name, Path: program}
	file, err := os.Open(program) //nolint:gosec // the administrator's path
	if err != nil {
		fault.Cause = err
		return nil, fault
	}
	hash := sha256.New()
	_, err = io.Copy(hash, file)
	switch {
	case err != nil:
		fault.Cause = err
	case subtle.ConstantTimeCompare(hash.Sum(nil), spec.Sum) != 1:
		fault.Kind = SumMismatch
	default:
		return file, nil
	}
	_ = file.Close()
	return nil, fault
}

// describeProgram says for which system a file was built, as far as its head tells.
func describeProgram(path string) string {
	here := fmt.Sprintf("this computer is %s/%s", runtime.GOOS, runtime.GOARCH)
	if f, err := elf.Open(path); err == nil {
		defer func() { _ = f.Close() }()
		return fmt.Sprintf("the file is ELF (Linux, BSD) for %s, %s", f.Machine, here)
	}
	if f, err := pe.Open(path); err == nil {
		defer func() { _ = f.Close() }()
		return fmt.Sprintf("the file is for Windows, machine 0x%x, %s", f.Machine, here)
	}
	if f, err := macho.Open(path); err == nil {
		defer func() { _ = f.Close() }()
		return fmt.Sprintf("the file is for macOS, %s, %s", f.Cpu, here)
	}
	return "the file is not a program of any known system, " + here
}
