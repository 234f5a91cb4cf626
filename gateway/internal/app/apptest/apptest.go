// Package apptest starts the real program with its real children, for tests and benchmarks of the
// whole.
package apptest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// Programs is a folder with orderbell and, below plugins, the provider programs.
type Programs struct{ Folder string }

// Build builds the programs into a folder. Tags are those of the main program.
func Build(ctx context.Context, folder string, tags ...string) (Programs, error) {
	p := Programs{Folder: folder}
	if err := build(ctx, tags, p.Path(), "./gateway/cmd/orderbell"); err != nil {
		return p, err
	}
	for _, name := range []string{"console", "http", "smsru", "smpp"} {
		if err := build(ctx, nil, filepath.Join(p.Folder, "plugins", "orderbell-provider-"+name+exe()), "./plugins/"+name); err != nil {
			return p, err
		}
	}
	return p, nil
}

// Path is that of the main program.
func (p Programs) Path() string { return filepath.Join(p.Folder, "orderbell"+exe()) }

func exe() string {
	if os.PathSeparator == '\\' {
		return ".exe"
	}
	return ""
}

func build(ctx context.Context, tags []string, output, source string) error {
	folder, err := root()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-tags", strings.Join(tags, ","), "-o", output, source) // #nosec G204 -- a test builds its own tree
	cmd.Dir = folder                                                                                       // no flags: the build cache then has it all from the tests' own builds
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build %s: %w\n%s", source, err, out)
	}
	return nil
}

// root is the folder of go.mod.
func root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no go.mod above the working folder")
		}
		dir = parent
	}
}

// Gateway is a running program.
type Gateway struct {
	URL  string // http://127.0.0.1:port
	Data string
	cmd  *exec.Cmd
	log  *logBuffer
	said *logBuffer
	done chan struct{}
}

// Start runs the program on the data folder with the given configuration (orderbell.yaml without
// listen) and returns when it serves.
func Start(tb testing.TB, p Programs, data, yaml string) *Gateway {
	tb.Helper()
	g, err := TryStart(tb, p, data, yaml)
	if err != nil {
		tb.Fatal(err)
	}
	return g
}

// TryStart is Start for a program that may not come up.
func TryStart(tb testing.TB, p Programs, data, yaml string) (*Gateway, error) {
	tb.Helper()
	if err := os.MkdirAll(data, 0o700); err != nil {
		return nil, err
	}
	file := filepath.Join(data, "orderbell.yaml")
	if err := os.WriteFile(file, []byte("listen: 127.0.0.1:0\n"+yaml), 0o600); err != nil {
		return nil, err
	}
	// The test's own context would kill the gateway at the test's end, before it can stop by itself.
	cmd := exec.CommandContext(context.WithoutCancel(tb.Context()), p.Path(), "run", "--config", file, "--data", data) // #nosec G204 -- a test runs its own build
	cmd.Env = []string{"LANG=en", "PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "TMPDIR=" + os.Getenv("TMPDIR")}
	g := &Gateway{Data: data, cmd: cmd, log: &logBuffer{}, said: &logBuffer{}, done: make(chan struct{})}
	cmd.Stderr = g.log
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	tb.Cleanup(g.Kill)
	lines := make(chan string, 1)
	go func() {
		defer close(g.done)
		scanner := bufio.NewScanner(stdout)
		for scanner.Scan() {
			_, _ = fmt.Fprintln(g.said, scanner.Text())
			select {
			case lines <- scanner.Text():
			default:
			}
		}
		_ = cmd.Wait()
	}()
	select {
	case line := <-lines:
		_, address, ok := strings.Cut(line, "http://")
		if !ok {
			return nil, fmt.Errorf("the gateway said %q; its log:\n%s", line, g.log)
		}
		g.URL = "http://" + strings.TrimSuffix(strings.Split(address, "/")[0], "\n")
		return g, nil
	case <-g.done:
		return nil, fmt.Errorf("the gateway ended at once; its log:\n%s", g.log)
	case <-time.After(60 * time.Second):
		g.Kill()
		return nil, fmt.Errorf("the gateway does not come up; its log:\n%s", g.log)
	}
}

// PID is the process's id.
func (g *Gateway) PID() int { return g.cmd.Process.Pid }

// Log is what the program wrote to standard error so far.
func (g *Gateway) Log() string { return g.log.String() }

// Said is what the program printed so far: where it serves, the set-up link.
func (g *Gateway) Said() string { return g.said.String() }

// Kill ends the program as a crash would, and waits until it is gone.
func (g *Gateway) Kill() {
	_ = g.cmd.Process.Kill()
	<-g.done
}

// Stop asks the program to stop and waits until it has.
func (g *Gateway) Stop() {
	_ = g.cmd.Process.Signal(os.Interrupt)
	<-g.done
}

// Ended is closed when the program has ended.
func (g *Gateway) Ended() <-chan struct{} { return g.done }

// Post sends one body to a path and returns status and answer; a status of 0 means that nobody
// answered.
func (g *Gateway) Post(ctx context.Context, client *http.Client, path string, body []byte, header ...string) (int, []byte) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, g.URL+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, nil
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, nil
	}
	return resp.StatusCode, answer
}

// logBuffer collects the program's log while it is running.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}
