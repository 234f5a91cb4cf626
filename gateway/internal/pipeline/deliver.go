package pipeline

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	"golang.org/x/time/rate"

	"github.com/orderbell/orderbell/gateway/internal/message"
)

// Deliver hands the queued messages of one account to its provider. Each account has its own, so that
// one that hangs delays no other.
type Deliver struct {
	Account  string
	Outbox   Outbox
	Sender   Sender
	Batch    func() int // messages in a call, at least 1
	Parallel int        // calls under way at once, at least 1
	Limits   Limits
	Wake     func() <-chan struct{} // signalled when messages of the account may be due; may be nil
	Now      func() time.Time
	Log      hclog.Logger
}

// idle is how long the loops rest when nothing wakes them: wake-ups can be lost, time cannot.
const idle = time.Second

// stopGrace is what a call under way is still given after a stop was asked for. A call that is cut leaves
// an unknown outcome, so it is more than providers take as a rule; but whoever stops the gateway
// (a service manager, docker) kills it after 10 s.
const stopGrace = 7 * time.Second

// outlive makes a context that ends grace after ctx does.
func outlive(ctx context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		if (pacer{}).rest(longer, grace) {
			cancel()
		}
	})
	return longer, func() { stop(); cancel() }
}

// Run delivers until ctx ends; then it claims nothing more and waits for the calls under way, for
// stopGrace at most.
func (d *Deliver) Run(ctx context.Context) {
	limiter := rate.NewLimiter(rate.Inf, 1)
	if d.Limits.PerSecond > 0 {
		limiter = rate.NewLimiter(rate.Limit(d.Limits.PerSecond), max(1, int(d.Limits.PerSecond)))
	}
	allowed := d.allowance(ctx)
	if allowed == nil {
		return
	}
	var calls sync.WaitGroup
	defer calls.Wait()
	slots := make(chan struct{}, max(1, d.Parallel))
	pause := pacer{wake: d.Wake, now: d.Now}
	full := false // more waits than the last call could take
	for {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return
		}
		if !full && !pause.round(ctx) {
			return
		}
		messages, attempts, err := d.claim(ctx, limiter)
		full = len(messages) >= d.batch()
		if len(messages) == 0 {
			<-slots
			wait := idle
			if err == nil {
				wait = d.restFor(ctx, limiter) // else what is due stays due, and the log would fill
			}
			if !pause.rest(ctx, wait) {
				return
			}
			continue
		}
		refused := make([]*message.Failure, len(messages))
		for i, m := range messages {
			refused[i] = allowed.take(m, d.Now())
		}
		calls.Go(func() {
			defer func() { <-slots }()
			d.send(ctx, messages, attempts, refused)
		})
	}
}

// claim takes what the rate limit allows now. An error is logged; the messages stay where they are.
func (d *Deliver) claim(ctx context.Context, limiter *rate.Limiter) ([]message.Message, []message.Attempt, error) {
	n := d.batch()
	if limiter.Limit() != rate.Inf {
		n = min(n, int(limiter.TokensAt(d.Now())))
	}
	if n < 1 {
		return nil, nil, nil
	}
	messages, attempts, err := d.Outbox.ClaimMessages(ctx, d.Account, n, d.Now())
	if err != nil && ctx.Err() == nil {
		d.Log.Error("messages cannot be taken from the queue; they stay queued", "account", d.Account, "error", err)
	}
	limiter.AllowN(d.Now(), len(messages))
	return messages, attempts, err
}

func (d *Deliver) batch() int { return max(1, d.Batch()) }

// restFor is how long there is nothing to do: until the rate limit allows a message, or one is due.
func (d *Deliver) restFor(ctx context.Context, limiter *rate.Limiter) time.Duration {
	const least = 10 * time.Millisecond
	if missing := 1 - limiter.TokensAt(d.Now()); limiter.Limit() != rate.Inf && missing > 0 {
		return max(least, time.Duration(missing/float64(limiter.Limit())*float64(time.Second)))
	}
	due, err := d.Outbox.NextDue(ctx, d.Account)
	if err != nil || due.IsZero() {
		return idle
	}
	return min(max(due.Sub(d.Now()), least), idle)
}

// allowance waits until the store can say what was sent in the last day; nil when ctx ended first.
func (d *Deliver) allowance(ctx context.Context) *allowance {
	for {
		a, err := newAllowance(ctx, d.Outbox, d.Account, d.Limits, d.Now())
		if err == nil {
			return a
		}
		d.Log.Error("nothing is sent until the daily limits are known", "account", d.Account, "error", err)
		if !(pacer{}).rest(ctx, idle) {
			return nil
		}
	}
}

// send makes one call and records what came of it. As long as the store refuses, recording is tried
// again, for an outcome lost is a message unknown. What a limit refuses is not handed over.
func (d *Deliver) send(ctx context.Context, messages []message.Message, attempts []message.Attempt, refused []*message.Failure) {
	var batch []message.Outgoing
	for i, m := range messages {
		if refused[i] == nil {
			batch = append(batch, message.Outgoing{ID: m.ID, Attempt: m.Attempts, To: m.To, Text: m.Text, Category: m.Category, NotAfter: m.Deadline, Segments: m.Segments})
		}
	}
	var outcomes []message.Outcome
	if len(batch) > 0 {
		call, end := outlive(ctx, stopGrace)
		outcomes = d.Sender.Send(call, d.Account, batch)
		end()
	}
	now := d.Now()
	done := make([]message.Finished, len(messages))
	for i, m := range messages {
		outcome := message.Outcome{ID: m.ID, Failure: refused[i]}
		if refused[i] == nil {
			outcome, outcomes = outcomes[0], outcomes[1:]
		}
		a := attempts[i]
		a.EndedAt, a.Outcome = &now, &outcome
		next := message.Next(m, outcome, now, rand.Float64()) // #nosec G404 -- jitter
		done[i] = message.Finished{Attempt: a, Next: next}
		d.report(m, outcome, next)
	}
	d.record(ctx, done)
}

func (d *Deliver) record(ctx context.Context, done []message.Finished) {
	const triesAfterStop = 5
	pause := pacer{}
	for left, wait := triesAfterStop, 50*time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		err := d.Outbox.FinishAttempts(context.WithoutCancel(ctx), done)
		if err == nil {
			return
		}
		d.Log.Error("outcomes cannot be recorded; trying again", "account", d.Account, "messages", len(done), "error", err)
		if ctx.Err() != nil {
			if left--; left == 0 {
				return // the next start finds the attempts open and calls them unknown
			}
		}
		pause.rest(context.WithoutCancel(ctx), wait)
	}
}

func (d *Deliver) report(m message.Message, o message.Outcome, next message.Move) {
	if o.Accepted != nil && o.Failure == nil {
		d.Log.Debug("message accepted", "message", m.ID, "account", d.Account, "provider_id", o.Accepted.ProviderID)
		return
	}
	d.Log.Warn("message not accepted", "message", m.ID, "account", d.Account, "attempt", m.Attempts,
		"reason", next.Reason, "note", next.Note, "now", next.Status)
}
