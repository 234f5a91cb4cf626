// Package cli holds the commands. The operating system is behind one struct, so that tests run every
// command in memory.
package cli

import (
	"context"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/mattn/go-isatty"
	"golang.org/x/term"
)

// OS is what the commands see of the world.
type OS struct {
	Args     []string // without the program's name
	Environ  []string // "NAME=value"
	Stdin    io.Reader
	Stdout   io.Writer
	Stderr   io.Writer
	Terminal bool   // Stdout is a terminal that understands colour
	Asks     bool   // Stdin and Stderr are a terminal, so that somebody can be asked
	Program  string // path of this program, for its own children; empty if unknown
	Version  string
	Now      func() time.Time
	// Password reads one line without showing it; nil when standard input is no terminal.
	Password func() (string, error)
	// Signals returns a context that ends at the first request to stop.
	Signals func(context.Context) (context.Context, context.CancelFunc)
}

// System is the real world.
func System(version string) OS {
	program, err := os.Executable()
	if err == nil {
		program, err = filepath.EvalSymlinks(program)
	}
	if err != nil {
		program = ""
	}
	sys := OS{
		Args: os.Args[1:], Environ: os.Environ(), Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Terminal: isatty.IsTerminal(os.Stdout.Fd()) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb",
		Asks:     isatty.IsTerminal(os.Stdin.Fd()) && isatty.IsTerminal(os.Stderr.Fd()),
		Program:  program, Version: version, Now: time.Now,
		Signals: func(ctx context.Context) (context.Context, context.CancelFunc) {
			return signal.NotifyContext(ctx, stopSignals()...)
		},
	}
	if stdin := int(os.Stdin.Fd()); term.IsTerminal(stdin) { //nolint:gosec // a descriptor fits
		sys.Password = func() (string, error) {
			line, err := term.ReadPassword(stdin)
			return string(line), err
		}
	}
	return sys
}

// stopSignals are the requests to stop. The end of the terminal is one, too, unless whoever started the
// program had it ignored (nohup); Windows never sends it.
func stopSignals() []os.Signal {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		signals = append(signals, syscall.SIGHUP)
	}
	return signals
}

// getenv reads one variable.
func (s OS) getenv(name string) string {
	for _, pair := range s.Environ {
		if len(pair) > len(name) && pair[len(name)] == '=' && pair[:len(name)] == name {
			return pair[len(name)+1:]
		}
	}
	return ""
}
