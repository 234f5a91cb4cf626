package child

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/go-plugin/runner"
	"google.golang.org/grpc"
)

// gracefulStop is how long a process may take to end after it was asked to.
const gracefulStop = 2500 * time.Millisecond

// process is one start of the program: a fresh go-plugin client, a fresh run, a folder of its own.
type process struct {
	spec    *Spec
	run     *run
	client  *plugin.Client
	lines   *lineLog
	dir     string
	service any

	calls  atomic.Int64 // leases out
	idle   chan struct{}
	urgent chan struct{} // wakes the watch
	slow   atomic.Bool   // the watch sleeps long
	rss    atomic.Uint64
	peak   atomic.Uint64

	blamed atomic.Bool // the holder of a lease said that his call was at fault

	given chan *Fault // buffered 1; why the process is to be drained and started anew

	mu    sync.Mutex
	fault *Fault // why we killed it; nil: we did not
}

func newProcess(spec *Spec) *process {
	lines := newLineLog(spec.Log, spec.Hide)
	return &process{
		spec: spec, lines: lines, run: newRun(spec, lines),
		idle: make(chan struct{}, 1), urgent: make(chan struct{}, 1), given: make(chan *Fault, 1),
	}
}

// launch starts the program and makes it ready to serve. Errors are *Fault, except for the end of ctx.
func (p *process) launch(ctx context.Context) error {
	defer p.run.abandon()
	dir, err := makeTemp(p.spec.TempDir)
	if err != nil {
		return &Fault{Kind: NotStarted, Name: p.spec.Name, Cause: err}
	}
	p.dir, p.run.dir = dir, dir
	p.client = plugin.NewClient(p.clientConfig())

	ctx, cancel := context.WithTimeoutCause(ctx, p.spec.StartTimeout, errTooSlow)
	defer cancel()
	// Parts of go-plugin's start know no context; the death of the process unblocks them all.
	defer context.AfterFunc(ctx, func() { _ = p.run.Kill(ctx) })()

	if err := p.connect(ctx); err != nil {
		return p.diagnose(ctx, err)
	}
	if err := p.run.yieldAgain(); err != nil {
		p.spec.Log.Debug("some of the child's threads may run with the gateway's own priority", "name", p.spec.Name, "error", err)
	}
	go p.watch()
	if p.spec.Prepare == nil {
		return nil
	}
	if err := p.spec.Prepare(ctx, p.service); err != nil {
		fault := p.diagnose(ctx, err)
		if fault.Kind == NotOurs {
			fault.Kind = NotPrepared
		}
		return fault
	}
	return nil
}

var errTooSlow = errors.New("start timeout")

func (p *process) clientConfig() *plugin.ClientConfig {
	limit := p.spec.MaxMessage
	return &plugin.ClientConfig{
		HandshakeConfig:  p.spec.Handshake,
		VersionedPlugins: p.spec.Plugins,
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		AutoMTLS:         true,
		SkipHostEnv:      true,
		StartTimeout:     2 * p.spec.StartTimeout, // ours ends first and knows why
		MinPort:          p.spec.MinPort,
		MaxPort:          p.spec.MaxPort,
		Logger:           hclog.NewNullLogger(), // we say ourselves what matters
		UnixSocketConfig: &plugin.UnixSocketConfig{TempDir: p.dir},
		SyncStdout:       p.lines.stream("stdout"),
		SyncStderr:       p.lines.stream("stderr"),
		GRPCDialOptions: []grpc.DialOption{grpc.WithDefaultCallOptions(
			grpc.MaxCallRecvMsgSize(limit), grpc.MaxCallSendMsgSize(limit))},
		RunnerFunc: func(_ hclog.Logger, cmd *exec.Cmd, _ string) (runner.Runner, error) {
			p.run.extra = cmd.Env
			return p.run, nil
		},
	}
}

func (p *process) connect(ctx context.Context) error {
	protocol, err := p.client.Client()
	if err != nil {
		return err
	}
	if err := protocol.Ping(); err != nil {
		return err
	}
	p.service, err = protocol.Dispense(p.spec.Service)
	if err != nil {
		return err
	}
	return ctx.Err()
}

// diagnose finds out why a start failed. go-plugin's errors are texts, so they are kept as the cause
// and the kind is judged by facts: the handshake line, the exit, the clock.
func (p *process) diagnose(ctx context.Context, cause error) *Fault {
	var fault *Fault
	if errors.As(cause, &fault) {
		return fault
	}
	if fault = p.killedFor(); fault != nil {
		return fault
	}
	fault = &Fault{Kind: NotOurs, Name: p.spec.Name, Path: p.spec.Path, Cause: cause}
	if errors.Is(context.Cause(ctx), errTooSlow) {
		fault.Kind, fault.Cause = StartTimeout, nil
		fault.Detail = p.spec.StartTimeout.String()
		return fault
	}
	first := p.run.first()
	switch version, ours := handshakeVersion(first); {
	case ours && p.spec.Plugins[version] == nil:
		fault.Kind, fault.Cause = WrongVersion, nil
		fault.Detail = fmt.Sprintf("it speaks %d, this gateway %v", version, versions(p.spec.Plugins))
	case first != "" && !ours:
		fault.Cause = nil
		fault.Detail = "it printed " + strconv.Quote(cut(p.lines.hide(first), 80))
	case p.exited(pipeGrace):
		fault.Kind = StartCrash
		_, fault.Cause = p.run.counted()
		fault.Detail = strings.Join(p.lines.tail(2), " / ")
	}
	return fault
}

func (p *process) exited(within time.Duration) bool {
	timer := time.NewTimer(within)
	defer timer.Stop()
	select {
	case <-p.run.gone:
		return true
	case <-timer.C:
		return false
	}
}

// handshakeVersion reads "1|VERSION|unix|ADDRESS|grpc|CERTIFICATE".
func handshakeVersion(line string) (version int, ours bool) {
	parts := strings.Split(line, "|")
	if len(parts) < 5 || parts[0] != strconv.Itoa(plugin.CoreProtocolVersion) || parts[4] != string(plugin.ProtocolGRPC) {
		return 0, false
	}
	version, err := strconv.Atoi(parts[1])
	return version, err == nil
}

func versions(sets map[int]plugin.PluginSet) []int {
	var list []int
	for v := range sets {
		list = append(list, v)
	}
	return list
}

// kill ends the process at once; the first fault given is why.
func (p *process) kill(why *Fault) {
	p.mu.Lock()
	if p.fault == nil {
		p.fault = why
	}
	p.mu.Unlock()
	_ = p.run.Kill(context.Background())
}

func (p *process) killedFor() *Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fault
}

// doomed tells whether the process has ended or was killed and is about to.
func (p *process) doomed() bool {
	select {
	case <-p.run.gone:
		return true
	default:
		return p.killedFor() != nil
	}
}

// verdict says why a process that served has ended.
func (p *process) verdict() *Fault {
	if fault := p.killedFor(); fault != nil {
		return fault
	}
	_, exit := p.run.counted()
	if exit == nil {
		exit = errors.New("exit status 0")
	}
	return &Fault{Kind: Crashed, Name: p.spec.Name, Path: p.spec.Path, Cause: exit,
		Detail: strings.Join(p.lines.tail(2), " / ")}
}

func (p *process) release() {
	if p.calls.Add(-1) == 0 {
		poke(p.idle)
	}
}

// drain waits until no lease is out; false: some still are.
func (p *process) drain(timeout time.Duration) bool {
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	for p.calls.Load() > 0 {
		select {
		case <-p.idle:
		case <-p.run.gone:
			return true
		case <-timer.C:
			return false
		}
	}
	return true
}

// stop asks the process to end, ends it after grace, and removes what it leaves behind. It returns
// when the process is gone. It may be called in any state.
func (p *process) stop(grace time.Duration) {
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		if p.client != nil {
			p.client.Kill() // asks over RPC; without an end where the process hangs
		}
	}()
	if grace == 0 || !p.exited(grace) {
		_ = p.run.Kill(context.Background())
	}
	<-p.run.gone
	<-finished
	counted, _ := p.run.counted()
	p.peak.Store(max(p.peak.Load(), counted))
	if p.dir == "" {
		return
	}
	if err := os.RemoveAll(p.dir); err != nil {
		p.spec.Log.Warn("a child's folder could not be removed", "name", p.spec.Name, "error", err)
	}
}
