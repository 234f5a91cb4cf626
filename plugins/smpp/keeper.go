package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

// Pauses between attempts to connect.
const (
	pauseLeast = 500 * time.Millisecond
	pauseMost  = time.Minute
	// pauseRefused is after the SMSC refused the login: operators block an address after a few wrong
	// passwords in half an hour.
	pauseRefused = 5 * time.Minute
	// settledAfter is how long a connection must have held for the next pause to be a short one.
	settledAfter = 10 * time.Second
)

// keeper keeps the account connected: from its first use until it is closed, because receipts come
// over the connection whether or not anything is sent. Everybody waits for the same attempt.
type keeper struct {
	connect func(context.Context) (*link, error)
	enquire time.Duration
	env     sdk.Env

	ctx    context.Context // ends with the account
	cancel context.CancelFunc
	kick   chan struct{} // somebody wants an attempt now
	ended  chan struct{}

	mu       sync.Mutex
	started  bool
	current  *link
	attempts int           // that have ended
	err      error         // of the last one; nil while connected
	retryAt  time.Time     // when the next one begins; zero: it is being made
	changed  chan struct{} // closed at each change
}

func newKeeper(env sdk.Env, enquire time.Duration, connect func(context.Context) (*link, error)) *keeper {
	ctx, cancel := context.WithCancel(context.Background())
	return &keeper{
		connect: connect, enquire: enquire, env: env, ctx: ctx, cancel: cancel,
		kick: make(chan struct{}, 1), ended: make(chan struct{}), changed: make(chan struct{}),
	}
}

// get returns the bound connection, and waits for one as long as ctx allows. The error is of the
// attempt that it waited for, or of the last one if the next comes too late. With now it does not
// wait for the pause to end: a person asks.
func (k *keeper) get(ctx context.Context, now bool) (*link, error) {
	k.start() //nolint:contextcheck // the connection outlives the call
	k.mu.Lock()
	seen := k.attempts
	k.mu.Unlock()
	for {
		k.mu.Lock()
		l, err, attempts, retryAt, changed := k.current, k.err, k.attempts, k.retryAt, k.changed
		k.mu.Unlock()
		deadline, bounded := ctx.Deadline()
		switch {
		case l != nil && l.alive(): // its end is noticed a moment later
			return l, nil
		case k.ctx.Err() != nil:
			return nil, sdk.Fail(sdk.Unavailable, "the account is closed")
		case attempts > seen && err != nil:
			return nil, later(err, k.env.Now(), retryAt)
		case now && err != nil && !retryAt.IsZero():
			k.hurry()
		case err != nil && bounded && retryAt.After(deadline):
			return nil, later(err, k.env.Now(), retryAt)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, waited(err)
		}
	}
}

// waited is the failure of somebody whose time ended before there was a connection.
func waited(err error) error {
	f := sdk.Fail(sdk.Unavailable, "not connected in time")
	if err != nil {
		f.Detail += ": " + sdk.AsFailure(err, sdk.Unavailable).Detail
	}
	return f
}

// later adds to a failure when it is worth coming again.
func later(err error, now, retryAt time.Time) error {
	f := sdk.AsFailure(err, sdk.Unavailable)
	if left := retryAt.Sub(now); left > 0 {
		f = f.WithRetryAfter(left)
	}
	var p *problem
	if errors.As(err, &p) {
		explained := *p
		explained.failure = f
		return &explained
	}
	return f
}

func (k *keeper) hurry() {
	select {
	case k.kick <- struct{}{}:
	default:
	}
}

// start begins to connect, once.
func (k *keeper) start() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.started {
		k.started = true
		go k.run()
	}
}

// run connects, serves, and connects again.
func (k *keeper) run() {
	defer close(k.ended)
	pause := time.Duration(0)
	for k.ctx.Err() == nil {
		l, err := k.connect(k.ctx)
		began := k.env.Now()
		if err == nil {
			k.env.Log.Info("bound to the SMSC")
			k.connected(l)
			stop := context.AfterFunc(k.ctx, l.unbind)
			l.run(k.enquire)
			stop()
			err = l.unsent()
			k.env.Log.Warn("the connection to the SMSC ended", "why", sdk.AsFailure(err, sdk.Unavailable).Detail)
		}
		if k.env.Now().Sub(began) >= settledAfter {
			pause = 0
		}
		pause = next(pause, err)
		k.failed(err, pause)
		k.pause(pause)
	}
}

// next doubles the pause, with some chance in it, so that not all gateways of a city come back in the
// same moment.
func next(pause time.Duration, err error) time.Duration {
	least := pauseLeast
	if sdk.AsFailure(err, sdk.Unavailable).Reason == sdk.Unauthorized {
		return pauseRefused + rand.N(pauseRefused/5)
	}
	pause = min(max(2*pause, least), pauseMost)
	return pause - rand.N(pause/4)
}

func (k *keeper) connected(l *link) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.current, k.err, k.retryAt = l, nil, time.Time{}
	k.attempts++
	k.announce()
}

func (k *keeper) failed(err error, pause time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.current == nil {
		k.attempts++ // else it is the end of a connection, which nobody waited for
		k.env.Log.Warn("the SMSC cannot be reached", "error", err, "again_in", pause.Round(time.Millisecond))
	}
	k.current, k.err, k.retryAt = nil, err, k.env.Now().Add(pause)
	k.announce()
}

func (k *keeper) announce() {
	close(k.changed)
	k.changed = make(chan struct{})
}

// pause waits until the next attempt is due or wanted.
func (k *keeper) pause(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-k.kick:
	case <-k.ctx.Done():
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.retryAt = time.Time{}
}

// close unbinds and ends.
func (k *keeper) close() {
	k.mu.Lock()
	started := k.started
	k.started = true
	k.mu.Unlock()
	k.cancel()
	if started {
		<-k.ended
	}
}
