package pipeline

import (
	"context"
	"sync"
)

// Job is one account's loop.
type Job struct {
	Account string
	Key     any // comparable; the loop is started anew when it changes
	Run     func(context.Context)
}

// Loops keeps one loop for each account running while accounts come, change and go. The zero value has
// none. Safe for concurrent use.
type Loops struct {
	mu      sync.Mutex
	jobs    []Job // as last set
	running context.Context
	loops   map[string]*loop
	all     sync.WaitGroup // added to only while running
}

type loop struct {
	key  any
	gone bool // told to end; kept so that one which follows it waits
	stop context.CancelFunc
	done chan struct{}
}

// Run keeps the loops running until ctx ends, then waits until they have ended. It may be called once.
func (l *Loops) Run(ctx context.Context) {
	l.mu.Lock()
	l.running, l.loops = ctx, map[string]*loop{}
	l.settle()
	l.mu.Unlock()
	<-ctx.Done()
	l.mu.Lock()
	l.running = nil
	l.mu.Unlock()
	l.all.Wait()
}

// Set says which loops there are to be. It does not wait: a loop that is to end may have calls under way,
// and the one that follows it starts when it has ended.
func (l *Loops) Set(jobs []Job) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.jobs = jobs
	l.settle()
}

// settle stops and starts what differs. The lock is held.
//
//nolint:contextcheck // loops live as long as Run, not as long as who sets them
func (l *Loops) settle() {
	if l.running == nil {
		return
	}
	wanted := map[string]bool{}
	for _, job := range l.jobs {
		wanted[job.Account] = true
		old := l.loops[job.Account]
		if old != nil && !old.gone && old.key == job.Key {
			continue
		}
		l.loops[job.Account] = l.start(job, old)
	}
	for account, old := range l.loops {
		if !wanted[account] {
			old.stop()
			old.gone = true
		}
	}
}

// start starts a loop once the one before it has ended.
func (l *Loops) start(job Job, before *loop) *loop {
	ctx, stop := context.WithCancel(l.running)
	next := &loop{key: job.Key, stop: stop, done: make(chan struct{})}
	if before != nil {
		before.stop()
	}
	l.all.Go(func() {
		defer close(next.done)
		defer stop()
		if before != nil {
			<-before.done
		}
		job.Run(ctx)
	})
	return next
}
