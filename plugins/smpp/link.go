package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"math"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"

	"github.com/orderbell/orderbell/sdk"
)

// writeTimeout is how long the SMSC may refuse to read before the connection is given up.
const writeTimeout = 10 * time.Second

// counted counts what the network took, beneath TLS: nothing taken means that nothing can have gone out.
type counted struct {
	net.Conn
	written atomic.Int64
}

// Write counts.
func (c *counted) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.written.Add(int64(n))
	return n, err
}

// link is one bound connection. It matches answers with requests by sequence number, keeps at most as
// many unanswered as the window allows, answers the SMSC's own requests, and asks for a sign of life.
// It ends once, with the first fault; then done is closed.
type link struct {
	env      sdk.Env
	conn     net.Conn
	wire     *counted
	reader   *bufio.Reader
	patience time.Duration // for an answer
	deliver  func(delivery)

	writing chan struct{} // one token: who holds it writes
	window  chan struct{} // a token for each unanswered submit_sm and query_sm
	done    chan struct{}

	mu       sync.Mutex
	sequence int32
	waiting  map[int32]*request
	fault    *sdk.Failure // why it ended
}

// request is a unit of ours that waits for its answer.
type request struct {
	answer chan frame
	late   func(frame) // takes an answer that nobody waits for any more; nil: it is dropped
	given  bool        // nobody waits for it any more
	free   func()      // gives its place in the window back, once
}

func newLink(env sdk.Env, conn net.Conn, wire *counted, window int, patience time.Duration, deliver func(delivery)) *link {
	return &link{
		env: env, conn: conn, wire: wire, reader: bufio.NewReaderSize(conn, 16<<10), patience: patience, deliver: deliver,
		writing: make(chan struct{}, 1), window: make(chan struct{}, window), done: make(chan struct{}), waiting: map[int32]*request{},
	}
}

// ask sends a unit and returns the answer to it. The error is a *sdk.Failure: Unavailable if not one
// byte left, UnknownOutcome if the SMSC may have got it, Internal if it answered what is no SMPP. late
// takes an answer that comes after ctx ended, in the link's own goroutine.
func (l *link) ask(ctx context.Context, unit pdu.PDU, late func(frame)) (frame, error) {
	ctx, cancel := context.WithTimeout(ctx, l.patience)
	defer cancel()
	select {
	case l.window <- struct{}{}:
	case <-l.done:
		return frame{}, l.unsent()
	case <-ctx.Done():
		return frame{}, sdk.Fail(sdk.Unavailable, "the window is full: the SMSC leaves earlier messages without an answer")
	}
	r := &request{answer: make(chan frame, 1), late: late, free: sync.OnceFunc(func() { <-l.window })}
	sequence, err := l.enter(r)
	if err != nil {
		r.free()
		return frame{}, err
	}
	if err := l.write(ctx, encode(unit, sequence)); err != nil {
		l.leave(sequence)
		return frame{}, err
	}
	select {
	case f := <-r.answer:
		return f, nil
	case <-l.done:
		return l.last(r)
	case <-ctx.Done():
		return l.giveUp(sequence, r)
	}
}

// enter gives a request its number.
func (l *link) enter(r *request) (int32, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fault != nil {
		return 0, tooLate(l.fault)
	}
	for {
		l.sequence = l.sequence%math.MaxInt32 + 1
		if _, taken := l.waiting[l.sequence]; !taken {
			break
		}
	}
	l.waiting[l.sequence] = r
	return l.sequence, nil
}

// leave forgets a request.
func (l *link) leave(sequence int32) {
	l.mu.Lock()
	r := l.waiting[sequence]
	delete(l.waiting, sequence)
	l.mu.Unlock()
	if r != nil && r.free != nil {
		r.free()
	}
}

// giveUp leaves a request to its late answer, for which it keeps its number and its place in the
// window as long as an answer may take.
func (l *link) giveUp(sequence int32, r *request) (frame, error) {
	l.mu.Lock()
	select {
	case f := <-r.answer: // at the last moment
		l.mu.Unlock()
		return f, nil
	default:
	}
	r.given = true
	l.mu.Unlock()
	time.AfterFunc(l.patience, func() { l.leave(sequence) })
	return frame{}, sdk.Fail(sdk.UnknownOutcome, "the SMSC did not answer in time")
}

// last is what a request gets whose link ended: its answer, if that came before.
func (l *link) last(r *request) (frame, error) {
	select {
	case f := <-r.answer:
		return f, nil
	default:
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	f := *l.fault
	if f.Reason != sdk.Internal {
		f.Reason = sdk.UnknownOutcome
	}
	return frame{}, &f
}

// errUnsent is the cause of a failure before anything was written: another connection may be tried.
var errUnsent = errors.New("the connection had ended before")

// unsent is what a request gets that came too late for the link.
func (l *link) unsent() *sdk.Failure {
	l.mu.Lock()
	defer l.mu.Unlock()
	return tooLate(l.fault)
}

func tooLate(fault *sdk.Failure) *sdk.Failure {
	return &sdk.Failure{Reason: sdk.Unavailable, Detail: fault.Detail, Cause: errUnsent}
}

// write writes a whole unit. After an error the connection is of no more use.
func (l *link) write(ctx context.Context, unit []byte) error {
	select {
	case l.writing <- struct{}{}:
	case <-l.done:
		return l.unsent()
	case <-ctx.Done():
		return sdk.Fail(sdk.Unavailable, "the SMSC did not read in time")
	}
	defer func() { <-l.writing }()
	if ctx.Err() != nil { // the choice above is a fair one
		return sdk.Fail(sdk.Unavailable, "its turn did not come in time")
	}
	before := l.wire.written.Load()
	if err := l.conn.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		l.end(sdk.Fail(sdk.Unavailable, "%s", plain(err)))
		return l.unsent()
	}
	stop := context.AfterFunc(ctx, func() { _ = l.conn.SetWriteDeadline(time.Unix(1, 0)) })
	_, err := l.conn.Write(unit)
	stop()
	if err == nil {
		return nil
	}
	l.end(sdk.Fail(sdk.Unavailable, "%s", plain(err)))
	if l.wire.written.Load() == before {
		return l.unsent()
	}
	return sdk.Fail(sdk.UnknownOutcome, "the connection broke while the message was written")
}

// alive says whether it has not ended.
func (l *link) alive() bool {
	select {
	case <-l.done:
		return false
	default:
		return true
	}
}

// end ends the link with its first fault; unanswered requests get it.
func (l *link) end(fault *sdk.Failure) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fault != nil {
		return
	}
	l.fault = fault
	close(l.done)
	_ = l.conn.Close()
}

// outside asks something without a body, outside of the window.
func (l *link) outside(ctx context.Context, id data.CommandIDType, patience time.Duration) (frame, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	r := &request{answer: make(chan frame, 1)}
	sequence, err := l.enter(r)
	if err != nil {
		return frame{}, err
	}
	defer l.leave(sequence)
	if err := l.write(ctx, header(id, data.ESME_ROK, sequence)); err != nil {
		return frame{}, err
	}
	select {
	case f := <-r.answer:
		return f, nil
	case <-l.done:
		return l.last(r)
	case <-ctx.Done():
		return frame{}, sdk.Fail(sdk.Unavailable, "the SMSC did not answer in time")
	}
}

// unbind ends the session as the protocol wants it, and does not wait long.
func (l *link) unbind() {
	const patience = 500 * time.Millisecond // a process that ends has a second for all its accounts
	_, _ = l.outside(context.Background(), data.UNBIND, patience)
	l.end(sdk.Fail(sdk.Unavailable, "the account was closed"))
}

// failed says why reading ended.
func failed(err error) *sdk.Failure {
	var foreign *noSMPP
	if errors.As(err, &foreign) {
		return sdk.Fail(sdk.Internal, "the answer is not SMPP: is this the SMSC's port, and does it want TLS?").WithRaw(shown(foreign.raw))
	}
	return sdk.Fail(sdk.Unavailable, "%s", plain(err))
}

// plain says an error of the network in words that hold no address of ours.
func plain(err error) string {
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(err, context.Canceled):
		return "the call was cancelled"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "the SMSC did not answer in time"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the SMSC closed the connection"
	case errors.Is(err, net.ErrClosed):
		return "the connection was closed"
	}
	var operation *net.OpError
	if errors.As(err, &operation) {
		return operation.Err.Error()
	}
	return err.Error()
}
