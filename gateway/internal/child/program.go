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
	for at := path; ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		if err != nil {
			fault.Kind, fault.Cause = NotStarted, err
			return "", fault
		}
		if writableByOthers(info) {
			fault.Kind, fault.Detail = Writable, at
			return "", fault
		}
		if at == filepath.Dir(at) {
			return path, nil
		}
	}
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
	fault := &Fault{Kind: NotStarted, Name: spec.Name, Path: program}
	file, err := os.Open(program) //nolint:gosec // the administrator's path
	if err != nil {
		fault.Cause = err
		return nil, fault
	}
	p := &pinned{path: program, file: file}
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		p.close()
		fault.Cause = err
		return nil, fault
	}
	if subtle.ConstantTimeCompare(hash.Sum(nil), spec.Sum) != 1 {
		p.close()
		fault.Kind = SumMismatch
		return nil, fault
	}
	p.path = nameOpenFile(file, program, dir)
	return p, nil
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
