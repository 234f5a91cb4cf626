package provider

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/orderbell/orderbell/gateway/internal/child"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/host"
)

// process is one provider program with all its accounts.
type process struct {
	name       string
	program    Program
	opts       Options
	supervisor *child.Supervisor
	faulty     chan error // the first reason why it did not come to serve; see await

	stop  context.CancelFunc // set by Host.start
	users sync.WaitGroup     // who found it under Host.mu and is not done with it

	mu       sync.Mutex
	accounts []*revision                    // what each process that starts opens
	manifest sdk.Manifest                   // of the process that serves now
	findings map[*revision][]sdk.Diagnostic // what Open said in the process that serves now
	overruns map[calling]overrun            // of the process that serves now

	lastOverrun uint64 // number of the last call that was counted in overruns
}

func newProcess(program Program, accounts []*revision, opts Options) *process {
	p := &process{
		name: program.Name, program: program, accounts: accounts, opts: opts, faulty: make(chan error, 1),
		findings: map[*revision][]sdk.Diagnostic{},
	}
	p.supervisor = child.New(child.Spec{
		Name: program.label(), Path: program.Path, Sum: program.Sum, Env: opts.Environ,
		Handshake: host.Handshake(), Plugins: host.Plugins(), Service: host.ServiceName,
		Prepare: p.open, MemoryMax: memoryMax, TempDir: opts.TempDir, MaxMessage: host.MaxMessage,
		Log: opts.Log.Named(program.Name), Changed: p.changed, Hide: p.hide,
	})
	return p
}

// changed hears of each state of the supervisor.
func (p *process) changed(s child.Status) {
	if s.State != child.Backoff && s.State != child.Quarantined {
		return
	}
	select {
	case p.faulty <- plain(s.LastError):
	default:
	}
}

// status tells how the program is.
func (p *process) status() child.Status {
	s := p.supervisor.Status()
	s.LastError = plain(s.LastError)
	return s
}

// plain takes the fault of this package out of what the supervisor makes of it: that the program "could not
// be made ready" tells nobody what to mend.
func plain(err error) error {
	if fault, ours := errors.AsType[*Fault](err); ours {
		return fault
	}
	return err
}

// await returns when the process serves, or with the first reason why it does not.
func (p *process) await(ctx context.Context) error {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	go func() {
		select {
		case err := <-p.faulty:
			fail(err)
		case <-ctx.Done():
		}
	}()
	lease, err := p.supervisor.Acquire(ctx)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		return err
	}
	lease.Release()
	return nil
}

// says is the manifest of the process that serves now.
func (p *process) says() sdk.Manifest {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.manifest
}

// open gives a process that has just started all its accounts. One that is refused does not keep the
// others from working.
func (p *process) open(ctx context.Context, service any) error {
	client, ok := service.(*host.Client)
	if !ok {
		return fmt.Errorf("provider %s: dispensed %T, want *host.Client", p.name, service)
	}
	manifest, err := client.Describe(ctx)
	if err != nil {
		return err
	}
	if manifest.Name != p.name { // whoever it is, it gets nobody's keys
		return &Fault{Kind: ForeignName, Provider: p.name, Path: p.program.Path, Detail: manifest.Name}
	}
	findings := map[*revision][]sdk.Diagnostic{}
	for _, r := range p.list() {
		if findings[r], err = p.openOne(ctx, client, r); err != nil {
			return err
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.manifest, p.findings, p.overruns = manifest, findings, map[calling]overrun{}
	return nil
}

func (p *process) batch() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := p.manifest.Capabilities.MaxBatch; n > 1 {
		return n
	}
	return defaultBatch
}

// call runs one call in the serving process; name is what it asks for. A call that runs out of time is followed
// by a ping: a process that does not answer that either is killed, with all that hangs in it. One that does is
// given up when the same happens again and again, see overran.
func (p *process) call(ctx context.Context, r *revision, name string, do func(context.Context, *host.Client) error) error {
	waiting, stop := context.WithTimeout(ctx, acquireTimeout)
	defer stop()
	lease, err := p.supervisor.Acquire(waiting)
	if err != nil {
		if ctx.Err() == nil {
			if err = p.status().LastError; err == nil {
				err = &NotReadyError{Provider: p.name}
			}
		}
		return &host.Error{Call: "Acquire", Kind: host.ErrNotSent, Err: err}
	}
	defer lease.Release()
	client, ok := lease.Service().(*host.Client)
	if !ok {
		return &host.Error{Call: "Acquire", Kind: host.ErrNotSent}
	}
	before := p.overrunsBefore()
	limited, cancel := context.WithTimeout(ctx, p.opts.callTimeout)
	defer cancel()
	if err = p.ensure(limited, client, r); err == nil {
		err = do(limited, client)
	}
	switch {
	case ctx.Err() != nil: // the caller did not wait, so it cannot be told
	case !errors.Is(limited.Err(), context.DeadlineExceeded) || answered(err):
		p.returned(calling{r, name})
	case p.ping(ctx, client, lease):
		p.overran(calling{r, name}, before, lease)
	}
	return err
}

// check lets the account log in, as far as the provider can.
func (p *process) check(ctx context.Context, r *revision) Report {
	report := Report{Account: r.Name, Provider: r.Provider}
	report.Err = p.call(ctx, r, "Check", func(ctx context.Context, c *host.Client) error {
		manifest, err := c.Describe(ctx)
		if err != nil {
			return err
		}
		report.Manifest = &manifest
		if !manifest.Capabilities.Check {
			return nil
		}
		report.Diagnostics, err = c.Check(ctx, r.Name, r.number)
		return err
	})
	return report
}

// ping tells whether the process answers; if not, it is killed.
func (p *process) ping(ctx context.Context, client *host.Client, lease *child.Lease) bool {
	limited, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	if _, err := client.Describe(limited); err != nil {
		lease.Kill("no answer to a call within its time, nor to a ping")
		return false
	}
	return true
}

func (p *process) send(ctx context.Context, r *revision, batch []message.Outgoing) []message.Outcome {
	out := make([]sdk.Message, len(batch))
	for i, m := range batch {
		out[i] = toPlugin(m)
	}
	var outcomes []sdk.Outcome
	err := p.call(ctx, r, "Send", func(ctx context.Context, c *host.Client) error {
		var err error
		outcomes, err = c.Send(ctx, r.Name, r.number, out)
		return err
	})
	if err != nil {
		p.opts.Log.Warn("call to the provider failed", "provider", p.name, "account", r.Name, "messages", len(batch), "error", err)
	}
	if len(outcomes) != len(batch) { // the call was never made; else each outcome says what became of its message
		return failAll(batch, whatFailed(err))
	}
	got := make([]message.Outcome, len(batch))
	for i, o := range outcomes {
		got[i] = fromPlugin(o, batch[i])
	}
	return got
}

// whatFailed says what the failure of a whole call means for its messages.
func whatFailed(err error) message.Failure {
	if err == nil {
		return message.Failure{Reason: message.Internal, Detail: "the plugin gave no outcomes"}
	}
	if failure, ok := errors.AsType[*sdk.Failure](err); ok {
		return fromFailure(failure)
	}
	f := message.Failure{Reason: message.UnknownOutcome, Detail: spoken(err, "en")}
	if _, ok := errors.AsType[*SettingsError](err); ok {
		f.Reason = message.Unauthorized
	}
	if errors.Is(err, host.ErrNotSent) || errors.Is(err, host.ErrNotOpen) {
		f.Reason = message.Unavailable
	}
	return f
}
