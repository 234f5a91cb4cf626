package child

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
)

// Supervisor keeps one child process alive. All methods are safe for concurrent use.
type Supervisor struct {
	spec   Spec
	policy *policy // only Run's goroutine

	complaint string // the last one that was logged; only Run's goroutine

	restart chan struct{} // buffered 1
	resume  chan struct{} // buffered 1

	mu        sync.Mutex
	changed   chan struct{} // closed and replaced at each change of state
	state     State
	since     time.Time
	process   *process
	lastError error
	lastLines []string
	starts    int
	deaths    int
	kills     int
	peak      uint64
	running   bool
	ended     bool
}

// New makes a supervisor; nothing is started before Run.
func New(spec Spec) *Supervisor {
	spec = spec.withDefaults()
	return &Supervisor{
		spec:    spec,
		policy:  newPolicy(spec.BackoffMin, spec.BackoffMax, spec.QuarantineMin, rand.Float64),
		restart: make(chan struct{}, 1),
		resume:  make(chan struct{}, 1),
		changed: make(chan struct{}),
		state:   Stopped,
		since:   time.Now(),
	}
}

// Run keeps the child alive until ctx ends, then drains and stops it and returns nil. It may be called
// once; a second call returns an error.
func (s *Supervisor) Run(ctx context.Context) error {
	s.mu.Lock()
	if s.running || s.ended {
		s.mu.Unlock()
		return fmt.Errorf("%s: its supervisor runs already or has ended", s.spec.Name)
	}
	s.running = true
	s.mu.Unlock()
	sweepTemp(s.spec.TempDir)

	for ctx.Err() == nil {
		p, err := s.launch(ctx)
		if err != nil {
			s.settle(ctx, p, err)
			continue
		}
		s.serve(ctx, p)
	}
	s.mu.Lock()
	s.running, s.ended = false, true
	s.mu.Unlock()
	s.set(Stopped, nil, nil)
	return nil
}

// Restart drains the process and starts a new one: for new settings of the program itself. It does not
// wait. It also ends a back-off.
func (s *Supervisor) Restart() {
	s.rise(Backoff)
	poke(s.restart)
}

// Resume ends quarantine before its time and forgets the deaths that led to it: something was changed that
// may have mended the program. Elsewhere it does nothing.
func (s *Supervisor) Resume() {
	if s.rise(Quarantined) {
		poke(s.resume)
	}
}

// rise moves from the resting state to Starting, so that an Acquire right after it waits.
func (s *Supervisor) rise(from State) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != from {
		return false
	}
	s.state, s.since = Starting, time.Now()
	close(s.changed)
	s.changed = make(chan struct{})
	return true
}

// Status tells how things are.
func (s *Supervisor) Status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := Status{
		Name: s.spec.Name, State: s.state, Since: s.since, Starts: s.starts, Deaths: s.deaths,
		Kills: s.kills, LastError: s.lastError, LastLines: s.lastLines, PeakRSS: s.peak,
	}
	if s.process != nil {
		st.PID = s.process.run.processID()
		st.RSS = s.process.rss.Load()
		st.PeakRSS = max(st.PeakRSS, s.process.peak.Load())
		st.LastLines = s.process.lines.last()
	}
	return st
}

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

func drop(c chan struct{}) {
	select {
	case <-c:
	default:
	}
}

// set moves to state and wakes those who wait. A nil err keeps the last one, unless serving begins.
func (s *Supervisor) set(state State, p *process, err error) {
	s.mu.Lock()
	if s.process != nil && s.process != p {
		s.peak = max(s.peak, s.process.peak.Load())
		s.lastLines = s.process.lines.last()
	}
	s.state, s.since, s.process = state, time.Now(), p
	if err != nil {
		s.lastError = err
	}
	if state == Serving {
		s.starts++
	}
	close(s.changed)
	s.changed = make(chan struct{})
	s.mu.Unlock()
	if s.spec.Changed != nil {
		s.spec.Changed(s.Status())
	}
}

func (s *Supervisor) launch(ctx context.Context) (*process, error) {
	p := newProcess(&s.spec)
	s.set(Starting, p, nil)
	drop(s.restart)
	if err := p.launch(ctx); err != nil {
		p.stop(0)
		return p, err
	}
	return p, nil
}

// serve returns when p has ended for whatever reason.
func (s *Supervisor) serve(ctx context.Context, p *process) {
	began := time.Now()
	s.set(Serving, p, nil)
	s.spec.Log.Info("serving", "name", s.spec.Name, "pid", p.run.processID())
	select {
	case <-p.run.gone:
		s.policy.served(time.Since(began))
		// A holder says Kill and then Release, so at any moment one of the two shows.
		byCall := p.calls.Load() > 0 || p.blamed.Load()
		p.stop(0)
		fault := p.verdict()
		if fault.Kind == KilledByCall || byCall && s.spec.CallsMayKill {
			s.settleKill(ctx, fault)
			return
		}
		s.settle(ctx, p, fault)
	case <-ctx.Done():
		s.retire(p)
	case <-s.restart:
		s.retire(p)
	case fault := <-p.given:
		s.policy.served(time.Since(began))
		s.retire(p)
		s.settle(ctx, p, fault)
	}
}

func (s *Supervisor) retire(p *process) {
	s.set(Draining, p, nil)
	if !p.drain(s.spec.DrainTimeout) {
		s.spec.Log.Warn("stopped with calls still in it", "name", s.spec.Name, "calls", p.calls.Load())
	}
	p.stop(gracefulStop)
}

// settle decides what follows a failed start or an unwanted death, and waits accordingly.
func (s *Supervisor) settle(ctx context.Context, p *process, err error) {
	if ctx.Err() != nil {
		return
	}
	var fault *Fault
	if errors.As(err, &fault) && (fault.Permanent() || fault.Kind == NotStarted) && !p.run.everRan() {
		// It is tried again and again, for somebody may mend it; the same complaint is made once.
		level := hclog.Error
		if complaint := string(fault.Kind) + fault.Detail; complaint == s.complaint {
			level = hclog.Debug
		} else {
			s.complaint = complaint
		}
		s.spec.Log.Log(level, "not started", "name", s.spec.Name, "error", err)
		s.wait(ctx, Backoff, s.policy.refused(), err)
		return
	}
	s.mu.Lock()
	s.deaths++
	s.mu.Unlock()
	wait, quarantine := s.policy.died(time.Now())
	if quarantine {
		s.spec.Log.Error("quarantined: it died too often", "name", s.spec.Name, "error", err, "again_in", wait)
		s.wait(ctx, Quarantined, wait, err)
		return
	}
	s.spec.Log.Warn("died", "name", s.spec.Name, "error", err, "again_in", wait.Round(time.Millisecond))
	s.wait(ctx, Backoff, wait, err)
}

func (s *Supervisor) settleKill(ctx context.Context, fault *Fault) {
	s.mu.Lock()
	s.kills++
	s.mu.Unlock()
	s.spec.Log.Warn("replaced because of a call", "name", s.spec.Name, "error", fault)
	wait := s.policy.killed(time.Now())
	if wait == 0 {
		s.mu.Lock()
		s.lastError = fault
		s.mu.Unlock()
		return
	}
	s.wait(ctx, Backoff, wait, fault)
}

// wait rests in state until the time is over, Restart, Resume or the end of ctx.
func (s *Supervisor) wait(ctx context.Context, state State, d time.Duration, err error) {
	drop(s.resume)
	drop(s.restart)
	s.set(state, nil, err)
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-s.restart:
		s.policy.forgive()
	case <-s.resume:
		s.policy.forgive()
	}
}
