package store

import (
	"context"
	"database/sql"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"

	hclog "github.com/hashicorp/go-hclog"
)

// Limits of one group commit, and of what may wait for the next.
const (
	batchJobs   = 512
	batchBytes  = 2 << 20
	queueJobs   = 4096
	queueBytes  = 64 << 20
	urgentQueue = 1024

	gatherRounds = 16
)

// A job's way: the writer takes it, or its caller gives up first.
const (
	jobWaits int32 = iota
	jobTaken
	jobAbandoned
)

// job is one caller's write. run may be called a second time when a neighbour in the batch failed,
// so it must set its results anew each time and must not read its own earlier ones.
type job struct {
	run   func(*tx) error
	apart func(context.Context, *sql.Conn) error // instead of run: outside of any transaction
	event *newEvent                              // an event that may be stored together with others instead of by run; nil: none
	bytes int
	state atomic.Int32
	err   error
	done  chan error
}

// writer owns the only write connection.
type writer struct {
	path    string
	dialect dialect
	pool    *sql.DB
	wake    *wake
	ids     *identifiers

	addEvents func(t *tx, all []*newEvent) error
	told      func([]Told)        // nil: nobody wants to hear
	audited   func(end auditMark) // hears after a commit that added to the audit log
	log       hclog.Logger
	late      *atomic.Int64

	urgent  chan *job // of the loops: claims, outcomes, decisions, admin writes
	ingest  chan *job // events
	waiting atomic.Int64
	stop    chan struct{}
	ended   chan struct{}
	closing sync.RWMutex
	closed  bool

	conn  *sql.Conn // nil after a failure, until the next batch
	stmts map[string]*sql.Stmt

	commits int           // so far
	grown   chan struct{} // signalled when there is enough for a checkpoint

	trouble atomic.Pointer[error] // of the last batch; nil: it was committed
}

func newWriter(path string, d dialect, pool *sql.DB, w *wake, ids *identifiers, queue int) *writer {
	if queue <= 0 {
		queue = queueJobs
	}
	return &writer{
		path: path, dialect: d, pool: pool, wake: w, ids: ids,
		urgent: make(chan *job, urgentQueue), ingest: make(chan *job, queue),
		stop: make(chan struct{}), ended: make(chan struct{}), grown: make(chan struct{}, 1),
	}
}

// apart hands the writer's connection to run, between two batches. run must leave it as it was.
func (w *writer) apart(ctx context.Context, run func(context.Context, *sql.Conn) error) error {
	j := &job{apart: run, done: make(chan error, 1)}
	if err := w.submit(ctx, j, true); err != nil {
		return err
	}
	return j.wait(ctx)
}

func (w *writer) runApart(ctx context.Context, j *job) {
	if w.conn == nil {
		if err := w.connect(ctx); err != nil {
			j.done <- err
			return
		}
	}
	j.done <- explain(w.path, j.apart(ctx, w.conn))
}

// do hands a job of the loops to the writer and waits for its commit.
func (w *writer) do(ctx context.Context, run func(*tx) error) error {
	j := &job{run: run, done: make(chan error, 1)}
	if err := w.submit(ctx, j, true); err != nil {
		return err
	}
	return j.wait(ctx)
}

// accept hands an event's job to the writer; when too much waits it fails at once with ErrBusy.
func (w *writer) accept(ctx context.Context, event *newEvent, run func(*tx) error) error {
	j := &job{run: run, bytes: event.bytes(), done: make(chan error, 1)}
	if event.ID == "" {
		j.event = event
	}
	if err := w.submit(ctx, j, false); err != nil {
		return err
	}
	return j.wait(ctx)
}

func (w *writer) submit(ctx context.Context, j *job, urgent bool) error {
	w.closing.RLock()
	defer w.closing.RUnlock()
	if w.closed {
		return fault(ErrClosed, "")
	}
	if urgent {
		select {
		case w.urgent <- j:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if w.waiting.Add(int64(j.bytes)) > queueBytes {
		w.waiting.Add(-int64(j.bytes))
		return fault(ErrBusy, "")
	}
	select {
	case w.ingest <- j:
		return nil
	default:
		w.waiting.Add(-int64(j.bytes))
		return fault(ErrBusy, "")
	}
}

// wait returns the job's result. A caller who gives up before the writer took the job undoes it; one
// who gives up later gets the true result, which then is at most a commit away.
func (j *job) wait(ctx context.Context) error {
	select {
	case err := <-j.done:
		return err
	case <-ctx.Done():
		if j.state.CompareAndSwap(jobWaits, jobAbandoned) {
			return ctx.Err()
		}
		return <-j.done
	}
}

// shut stops taking jobs, commits what waits and ends the goroutine.
func (w *writer) shut() {
	w.closing.Lock()
	first := !w.closed
	w.closed = true
	w.closing.Unlock()
	if first {
		close(w.stop)
	}
	<-w.ended
}

// loop is the writer goroutine: take one, let the others run up, take what waits, commit.
func (w *writer) loop(ctx context.Context) {
	defer close(w.ended)
	batch := make([]*job, 0, batchJobs)
	for {
		first, ofLoops := w.next()
		if first != nil {
			w.gather()
		}
		if ofLoops {
			// The events that wait go first, and alone: a cash server waits for them, and what the
			// loops write takes ten times as long.
			if batch = w.drain(ctx, batch[:0], w.ingest); len(batch) > 0 {
				w.commit(ctx, batch)
			}
		}
		batch = w.collect(ctx, batch[:0], first)
		if len(batch) > 0 {
			w.commit(ctx, batch)
			continue
		}
		if first == nil {
			w.drop(false)
			return
		}
	}
}

// next waits for a job; nil: there is none, and the writer is to stop.
func (w *writer) next() (first *job, ofLoops bool) {
	select {
	case first = <-w.urgent:
		return first, true
	default:
	}
	select {
	case first = <-w.urgent:
		return first, true
	case first = <-w.ingest:
	case <-w.stop:
	}
	return first, false
}

// gather lets the others run up for as long as that brings more jobs: what is ready to run anyway
// shares the sync, and nobody sleeps for it.
func (w *writer) gather() {
	for range gatherRounds {
		waiting := len(w.urgent) + len(w.ingest)
		runtime.Gosched()
		if len(w.urgent)+len(w.ingest) == waiting {
			return
		}
	}
}

// collect takes what waits, urgent jobs first, within the limits of one batch. What is to run apart runs
// at once: no transaction is open yet.
func (w *writer) collect(ctx context.Context, batch []*job, first *job) []*job {
	if first != nil {
		batch = w.take(ctx, batch, first)
	}
	batch = w.drain(ctx, batch, w.urgent)
	return w.drain(ctx, batch, w.ingest)
}

// drain adds what waits in a queue to the batch.
func (w *writer) drain(ctx context.Context, batch []*job, queue <-chan *job) []*job {
	size := 0
	for _, j := range batch {
		size += j.bytes
	}
	for len(batch) < batchJobs && size < batchBytes {
		select {
		case j := <-queue:
			batch = w.take(ctx, batch, j)
			size += j.bytes
		default:
			return batch
		}
	}
	return batch
}

// take adds a job to the batch, unless its caller gave it up or it is to run apart.
func (w *writer) take(ctx context.Context, batch []*job, j *job) []*job {
	w.waiting.Add(-int64(j.bytes))
	switch {
	case !j.state.CompareAndSwap(jobWaits, jobTaken):
	case j.apart != nil:
		w.runApart(ctx, j)
	default:
		batch = append(batch, j)
	}
	return batch
}

// connect opens the write connection and checks what it promises.
func (w *writer) connect(ctx context.Context) error {
	conn, err := w.pool.Conn(ctx)
	if err != nil {
		return explain(w.path, err)
	}
	if err := errors.Join(assertSafe(ctx, conn), forStatements(ctx, conn)); err != nil {
		_ = conn.Close()
		return explain(w.path, err)
	}
	w.conn, w.stmts = conn, map[string]*sql.Stmt{}
	return nil
}

// drop lets the connection go. A spoilt one is closed for good instead of going back to the pool.
func (w *writer) drop(spoilt bool) {
	if w.conn == nil {
		return
	}
	for _, s := range w.stmts {
		_ = s.Close()
	}
	if spoilt {
		_ = w.conn.Raw(func(any) error { return errSpoilt })
	}
	_ = w.conn.Close()
	w.conn, w.stmts = nil, nil
}
