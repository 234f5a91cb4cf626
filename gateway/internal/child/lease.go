package child

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
)

// Lease is the right to call one serving process. It must be released.
type Lease struct {
	process *process
	once    sync.Once
}

// Acquire waits for a serving process until ctx ends. When waiting would not help it returns
// ErrNotServing at once. Safe for concurrent use; any number of leases may be out.
func (s *Supervisor) Acquire(ctx context.Context) (*Lease, error) {
	for {
		lease, changed, err := s.tryAcquire()
		if lease != nil || err != nil {
			return lease, err
		}
		select {
		case <-ctx.Done():
			status := s.Status()
			return nil, fmt.Errorf("%s is not serving yet (%s): %w", s.spec.Name, status.State, ctx.Err())
		case <-changed:
		}
	}
}

func (s *Supervisor) tryAcquire() (*Lease, <-chan struct{}, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	refuse := ErrNotServing{Name: s.spec.Name, State: s.state, Cause: s.lastError}
	switch s.state {
	case Serving:
		if s.process.doomed() {
			return nil, s.changed, nil // Run is about to notice
		}
		s.process.calls.Add(1)
		s.process.wake()
		return &Lease{process: s.process}, nil, nil
	case Quarantined:
		return nil, nil, refuse
	case Backoff:
		var fault *Fault
		if errors.As(s.lastError, &fault) && fault.Permanent() {
			return nil, nil, refuse
		}
	case Stopped:
		if s.ended {
			return nil, nil, refuse
		}
	case Starting, Draining:
	}
	return nil, s.changed, nil
}

// Service is what the plugin set's client side made for Spec.Service.
func (l *Lease) Service() any { return l.process.service }

// Release gives the lease back. Calling it again does nothing.
func (l *Lease) Release() {
	l.once.Do(l.process.release)
}

// Kill ends the process at once, with every other call in it, because of what the holder's call does.
// It is replaced at once and the death is not held against the program; only the rate of such
// replacements is limited. cause is for the log. A holder whose call brought the process down by
// itself says so by Kill, too, before Release.
func (l *Lease) Kill(cause string) {
	l.process.blamed.Store(true)
	l.process.kill(&Fault{Kind: KilledByCall, Name: l.process.spec.Name, Detail: cause})
}

// GiveUp ends the process because calls in it do not come back, though it lives: it gets no new calls, those
// that are out are waited for as at any stop, and it counts as a death, with the back-off that follows. It does
// not wait; the holder still has to release. cause is for the log and for people.
func (l *Lease) GiveUp(cause string) {
	select {
	case l.process.given <- &Fault{Kind: GivenUp, Name: l.process.spec.Name, Path: l.process.spec.Path, Detail: cause}:
	default: // it is given up already
	}
}

// Dead is closed when the process has ended.
func (l *Lease) Dead() <-chan struct{} { return l.process.run.gone }

// PID is the process's id.
func (l *Lease) PID() int { return l.process.run.processID() }

// Why says why the process ended; call it after Dead. What the program wrote last is in it.
func (l *Lease) Why() *Fault { return l.process.verdict() }

// LastWords is what the program wrote last: the head of a panic where there was one.
func (l *Lease) LastWords() string { return strings.Join(l.process.lines.tail(1), " ") }
