package sdk

import (
	"context"
	"sync"
	"time"

	"google.golang.org/grpc/stats"
)

// How long a provider lives without a gateway.
const (
	aloneAtStart = 15 * time.Second // the gateway gives up after 10
	aloneLater   = 2 * time.Second
)

// watchdog counts the gateway's connections. When there has been none for a while the gateway is
// dead (it cannot tell us: a killed process runs no code), and done is closed.
type watchdog struct {
	done  chan struct{}
	later time.Duration

	mu    sync.Mutex
	conns int
	timer *time.Timer
}

func newWatchdog(atStart, later time.Duration) *watchdog {
	w := &watchdog{done: make(chan struct{}), later: later}
	w.timer = time.AfterFunc(atStart, w.check)
	return w
}

// check ends the life unless somebody connected while the timer fired.
func (w *watchdog) check() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.conns > 0 {
		return
	}
	select {
	case <-w.done:
	default:
		close(w.done)
	}
}

// HandleConn counts connections.
func (w *watchdog) HandleConn(_ context.Context, s stats.ConnStats) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch s.(type) {
	case *stats.ConnBegin:
		w.conns++ // a timer that still runs finds it
	case *stats.ConnEnd:
		w.conns--
		if w.conns == 0 {
			w.timer.Reset(w.later)
		}
	}
}

// TagConn is part of stats.Handler.
func (*watchdog) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context { return ctx }

// TagRPC is part of stats.Handler.
func (*watchdog) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context { return ctx }

// HandleRPC is part of stats.Handler.
func (*watchdog) HandleRPC(context.Context, stats.RPCStats) {}
