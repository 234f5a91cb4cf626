package child

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	handshakeMax = 16 << 10               // bytes of the first line on stdout; a certificate takes about 1 KiB
	pipeGrace    = 500 * time.Millisecond // how long pipes may stay open after the process has ended
)

// run is one execution of a program. It implements go-plugin's runner.Runner, because go-plugin's own
// runner passes our stdin on, cannot see an exit while a grandchild holds a pipe open, and kills one
// process where we mean all of them.
type run struct {
	spec  *Spec
	dir   string   // own folder, also the working directory
	extra []string // the environment that the handshake needs
	lines *lineLog

	handshake *io.PipeReader // first line of stdout, for go-plugin
	feed      *io.PipeWriter

	gone  chan struct{} // closed when the process has been reaped, or was never started
	begun bool          // Start was called; only the launching goroutine's

	mu        sync.Mutex
	pid       int
	group     *group
	firstLine string
	exit      error
	ran       bool
	ended     bool
	maxRSS    uint64 // as the system counted it, where it does
}

func newRun(spec *Spec, lines *lineLog) *run {
	r := &run{spec: spec, lines: lines, gone: make(chan struct{})}
	r.handshake, r.feed = io.Pipe()
	return r
}

// Start executes the program. Errors are *Fault.
func (r *run) Start(context.Context) error {
	r.begun = true
	program, err := locate(r.spec)
	if err != nil {
		r.neverRan()
		return err
	}
	pinned, err := pin(program, r.spec, r.dir)
	if err != nil {
		r.neverRan()
		return err
	}
	defer pinned.close()

	cmd := exec.Command(pinned.path, r.spec.Args...) //nolint:gosec,noctx // the path is the administrator's and was checked; its life is ours
	cmd.Args[0] = program
	cmd.Env = append(append([]string{}, r.spec.Env...), r.extra...)
	cmd.Env = append(cmd.Env, "TMPDIR="+r.dir, "TMP="+r.dir, "TEMP="+r.dir)
	cmd.Dir = r.dir
	cmd.Stdin = nil // go-plugin would hand over ours
	setAttributes(cmd)

	out, err := newPipes(cmd)
	if err != nil {
		r.neverRan()
		return &Fault{Kind: NotStarted, Name: r.spec.Name, Path: program, Cause: err}
	}
	started := make(chan error)
	go r.live(cmd, out, started)
	if err := <-started; err != nil {
		return classifyExec(r.spec.Name, program, err)
	}
	return nil
}

// abandon ends a run that go-plugin gave up before it called Start.
func (r *run) abandon() {
	if !r.begun {
		r.neverRan()
	}
}

func (r *run) neverRan() {
	_ = r.feed.Close()
	close(r.gone)
}

// live starts the process and stays with it until it has been reaped. The thread is locked, because
// Pdeathsig on Linux fires when the thread that forked ends, not the process.
func (r *run) live(cmd *exec.Cmd, out *pipes, started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	err := cmd.Start()
	out.closeWriters()
	if err != nil {
		out.closeReaders()
		r.neverRan()
		started <- err
		return
	}
	g, err := newGroup(cmd, r.spec.MemoryMax)
	if err != nil {
		r.spec.Log.Warn("the child's own group could not be made; grandchildren may outlive it", "name", r.spec.Name, "error", err)
	}
	if err := yieldToGateway(cmd.Process.Pid); err != nil {
		r.spec.Log.Warn("the child runs with the gateway's own priority", "name", r.spec.Name, "error", err)
	}
	r.mu.Lock()
	r.pid, r.group, r.ran = cmd.Process.Pid, g, true
	r.mu.Unlock()
	var readers sync.WaitGroup
	readers.Go(func() { r.readStdout(out.stdout) })
	readers.Go(func() { r.lines.read(out.stderr) })
	started <- nil

	err = reap(cmd, g)
	r.mu.Lock()
	r.exit, r.ended, r.pid = err, true, 0
	r.maxRSS = countedRSS(cmd.ProcessState)
	r.mu.Unlock()
	out.expire(pipeGrace)
	readers.Wait()
	out.closeReaders()
	g.close()
	close(r.gone)
}

// readStdout gives the first line to go-plugin and the rest to the log.
func (r *run) readStdout(stdout io.Reader) {
	reader := bufio.NewReaderSize(stdout, handshakeMax)
	line, err := reader.ReadSlice('\n')
	text := strings.TrimSpace(string(line))
	r.mu.Lock()
	r.firstLine = text
	r.mu.Unlock()
	if err == nil && looksLikeHandshake(text) {
		_, _ = io.WriteString(r.feed, text+"\n")
	} else if text != "" {
		r.lines.stray(text)
	}
	_ = r.feed.Close()
	if err == nil || errors.Is(err, bufio.ErrBufferFull) {
		r.lines.read(reader)
	}
}

func looksLikeHandshake(line string) bool {
	parts := strings.Split(line, "|")
	if len(parts) < 4 {
		return false
	}
	_, err := strconv.Atoi(parts[0])
	return err == nil
}

// Wait blocks until the process has been reaped.
func (r *run) Wait(context.Context) error {
	<-r.gone
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.exit
}

// Kill ends the process and all that it has started.
func (r *run) Kill(context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ran && !r.ended {
		r.group.kill()
	}
	return nil
}

// yieldAgain makes threads stand back that began while the group was told to, and so were missed.
func (r *run) yieldAgain() error {
	pid := r.processID()
	if pid <= 0 {
		return nil // it has ended; and the group 0 would be our own
	}
	return yieldToGateway(pid)
}

func (r *run) processID() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.pid
}

func (r *run) everRan() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ran
}

func (r *run) first() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.firstLine
}

func (r *run) counted() (maxRSS uint64, exit error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.maxRSS, r.exit
}

// ID, Name, Stdout, Stderr, Diagnose and the address translation complete runner.Runner.

// ID is the process's number.
func (r *run) ID() string { return strconv.Itoa(max(r.processID(), 1)) }

// Name is the program's path.
func (r *run) Name() string { return r.spec.Path }

// Stdout gives the handshake line only.
func (r *run) Stdout() io.ReadCloser { return r.handshake }

// Stderr gives nothing: the supervisor reads it itself.
func (r *run) Stderr() io.ReadCloser { return io.NopCloser(strings.NewReader("")) }

// Diagnose gives nothing: see process.diagnose.
func (r *run) Diagnose(context.Context) string { return "" }

// PluginToHost changes nothing: both sides are on one machine.
func (r *run) PluginToHost(network, addr string) (string, string, error) { return network, addr, nil }

// HostToPlugin changes nothing.
func (r *run) HostToPlugin(network, addr string) (string, string, error) { return network, addr, nil }

// pipes are the child's stdout and stderr. They are ours, so that a grandchild that holds them open
// cannot keep us waiting.
type pipes struct {
	stdout, stderr       *os.File
	stdoutEnd, stderrEnd *os.File
}

func newPipes(cmd *exec.Cmd) (*pipes, error) {
	outRead, outWrite, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	errRead, errWrite, err := os.Pipe()
	if err != nil {
		_ = outRead.Close()
		_ = outWrite.Close()
		return nil, err
	}
	cmd.Stdout, cmd.Stderr = outWrite, errWrite
	return &pipes{stdout: outRead, stderr: errRead, stdoutEnd: outWrite, stderrEnd: errWrite}, nil
}

func (p *pipes) closeWriters() {
	_ = p.stdoutEnd.Close()
	_ = p.stderrEnd.Close()
}

func (p *pipes) closeReaders() {
	_ = p.stdout.Close()
	_ = p.stderr.Close()
}

// expire ends reading after d, whoever still holds the other end. Where pipes know no deadline
// (Windows), closing them does.
func (p *pipes) expire(d time.Duration) {
	until := time.Now().Add(d)
	if p.stdout.SetReadDeadline(until) == nil && p.stderr.SetReadDeadline(until) == nil {
		return
	}
	time.AfterFunc(d, p.closeReaders)
}

func classifyExec(name, program string, err error) *Fault {
	fault := &Fault{Kind: NotStarted, Name: name, Path: program, Cause: err}
	switch {
	case isWrongFormat(err):
		fault.Kind, fault.Detail = WrongFormat, describeProgram(program)
	case errors.Is(err, os.ErrPermission):
		fault.Kind = NotExecutable
	case errors.Is(err, syscall.ENOENT):
		// The file is there (locate saw it), so what is missing is what it needs to be loaded.
		fault.Kind, fault.Detail = WrongFormat, "it needs a loader or a library that this computer lacks"
	}
	return fault
}
