package provider

import (
	"context"
	"errors"
	"syscall"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/gateway/internal/child"
	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/host"
)

const (
	// aloneTimeout is how long a program that is looked at may take to come to serve.
	aloneTimeout = 12 * time.Second
	busyPause    = 50 * time.Millisecond
	// idleTimeout is how long its size in memory is waited for: it is looked at every few milliseconds.
	idleTimeout = time.Second
	idlePause   = 10 * time.Millisecond
)

// Alone is a program that was started to be looked at: without settings, secrets and environment.
type Alone struct {
	*host.Client

	supervisor *child.Supervisor
	stop       context.CancelFunc
	ended      chan struct{}
}

// StartAlone starts the program and makes the first call. It is not restarted if it dies. Stop must
// follow a nil error; errors are mostly *child.Fault.
func StartAlone(ctx context.Context, p Program, log hclog.Logger) (*Alone, error) {
	limited, cancel := context.WithTimeout(ctx, aloneTimeout)
	defer cancel()
	for {
		a, err := startOnce(ctx, limited, p, log)
		// A file that was just written is busy as long as a process lives that was forked meanwhile.
		if err == nil || !errors.Is(err, syscall.ETXTBSY) {
			return a, err
		}
		select {
		case <-limited.Done():
			return nil, err
		case <-time.After(busyPause):
		}
	}
}

// startOnce starts a program that runs until ctx ends, and gives up when limited does.
func startOnce(ctx, limited context.Context, p Program, log hclog.Logger) (*Alone, error) {
	watched := &process{name: p.Name, faulty: make(chan error, 1)}
	watched.supervisor = child.New(child.Spec{
		Name: p.label(), Path: p.Path, Sum: p.Sum, Handshake: host.Handshake(), Plugins: host.Plugins(), Service: host.ServiceName,
		MemoryMax: memoryMax, MaxMessage: host.MaxMessage, Log: log, Changed: watched.changed,
		BackoffMin: time.Hour, BackoffMax: time.Hour,
		Hide: func(line string) string { return host.Hide(line, nil) },
	})
	running, stop := context.WithCancel(ctx)
	a := &Alone{supervisor: watched.supervisor, stop: stop, ended: make(chan struct{})}
	go func() {
		defer close(a.ended)
		_ = watched.supervisor.Run(running) // fails only when called twice
	}()
	err := watched.await(limited)
	if err == nil {
		err = a.first(limited)
	}
	if err != nil {
		a.Stop()
		return nil, err
	}
	return a, nil
}

func (a *Alone) first(ctx context.Context) error {
	lease, err := a.supervisor.Acquire(ctx)
	if err != nil {
		return err
	}
	defer lease.Release()
	client, ok := lease.Service().(*host.Client)
	if !ok {
		return &host.Error{Call: "Acquire", Kind: host.ErrNotSent}
	}
	a.Client = client
	_, err = client.Describe(ctx)
	return err
}

// Idle is the program's resident bytes, as soon as they have been looked at; 0: the system does not say.
func (a *Alone) Idle(ctx context.Context) uint64 {
	limited, cancel := context.WithTimeout(ctx, idleTimeout)
	defer cancel()
	tick := time.NewTicker(idlePause)
	defer tick.Stop()
	for {
		if rss := a.supervisor.Status().RSS; rss > 0 {
			return rss
		}
		select {
		case <-limited.Done():
			return 0
		case <-tick.C:
		}
	}
}

// Stop asks the program to end and returns when it has. A program that does not end by itself is killed
// after a few seconds.
func (a *Alone) Stop() {
	a.stop()
	<-a.ended
}

// Describe starts a program for a moment and returns what it says of itself.
func Describe(ctx context.Context, p Program, log hclog.Logger) (sdk.Manifest, error) {
	a, err := StartAlone(ctx, p, log)
	if err != nil {
		return sdk.Manifest{}, err
	}
	defer a.Stop()
	return a.Describe(ctx)
}

// protocol is the version of the provider service that this gateway speaks, and so does every program
// that it can call.
func protocol() int { return int(host.Handshake().ProtocolVersion) } //nolint:gosec // a small number
