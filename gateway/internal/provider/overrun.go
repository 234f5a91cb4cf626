package provider

import (
	"errors"
	"fmt"

	"github.com/orderbell/orderbell/gateway/internal/child"
	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/host"
)

// A program made with the SDK ends itself when a call of its author's code does not return. One that is not
// may keep such calls for good while it answers every ping, and with them what the account needs to send. gRPC
// does not tell: at the deadline a call ends on our side and, as gRPC for Go serves it, on the program's side
// as well, whether its code returned or not. So the program is given up after several such calls in a row.

// calling is a kind of call for one account. Each is counted for itself: where Send hangs, Lookup of what Send
// left in doubt may well answer.
type calling struct {
	revision *revision
	name     string
}

// overrun counts the calls that ran out of time since the last one that was answered.
type overrun struct {
	calls int
	last  uint64 // number of the last one of them, among all of the provider
}

// answered tells whether the program had its say: with what was asked for, the operator's refusal, or an error
// of its own that is more than the call's end.
func answered(err error) bool {
	if err == nil {
		return true
	}
	if _, ok := errors.AsType[*sdk.Failure](err); ok {
		return true
	}
	failed, ok := errors.AsType[*host.Error](err)
	return ok && !errors.Is(failed, host.ErrLost) && !errors.Is(failed, host.ErrNotSent)
}

// overrunsBefore is the number of the last call that ran out of time before one that begins now.
func (p *process) overrunsBefore() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lastOverrun
}

// returned forgets what ran out of time before.
func (p *process) returned(c calling) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.overruns, c)
}

// overran counts a call that ran out of time in a process that lives, and gives the process up after several.
// Calls that ran at the same time count once: one bad moment of the operator's is no row.
func (p *process) overran(c calling, before uint64, lease *child.Lease) {
	p.mu.Lock()
	seen := p.overruns[c]
	if before < seen.last { // it began before that one was over
		p.mu.Unlock()
		return
	}
	p.lastOverrun++
	seen = overrun{seen.calls + 1, p.lastOverrun}
	if p.overruns[c] = seen; seen.calls == overrunsAllowed {
		delete(p.overruns, c)
	}
	p.mu.Unlock()
	if seen.calls < overrunsAllowed {
		return
	}
	p.opts.Log.Error("calls do not come back although the provider's program answers when it is asked whether it lives; it is ended and started again",
		"provider", p.name, "account", c.revision.Name, "call", c.name, "calls", seen.calls, "waited_each", p.opts.callTimeout.String())
	lease.GiveUp(fmt.Sprintf("%s for the account %s: %d calls in a row had no answer within %s", c.name, c.revision.Name, seen.calls, p.opts.callTimeout))
}
