package sdk

import (
	"context"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
)

const (
	// overdueAfter is how long the author's code may go on after a call's time is over.
	overdueAfter = 5 * time.Second
	// parting is how long a process lives on after it was given up, so that what is known reaches the gateway.
	parting = time.Second
)

// overdue gives the process up when a call of the author's code does not return. Go cannot stop such a
// call; it would keep its slot for good, and after a few of them the account could send nothing more
// although the process answers every question. So the process ends, and the gateway starts it anew.
//
// That hits the other accounts in the process, too. A message that waits for its turn was certainly not
// handed over and is answered so (Unavailable). A call under way is waited for until shortly before the
// end; the outcome of one that takes longer is unknown.
//
// A nil *overdue never gives up: there is no process of one's own to end.
type overdue struct {
	given chan struct{} // closed when the process is given up
	once  sync.Once
}

func newOverdue() *overdue { return &overdue{given: make(chan struct{})} }

// up is closed when the process is given up.
func (o *overdue) up() <-chan struct{} {
	if o == nil {
		return nil
	}
	return o.given
}

// isUp tells whether the process is given up.
func (o *overdue) isUp() bool {
	select {
	case <-o.up():
		return true
	default:
		return false
	}
}

// watch waits for a call of the author's code. Call returned when it has, however late: until then there
// is nothing to end the process for.
func (o *overdue) watch(ctx context.Context, log hclog.Logger, call string) (returned func()) {
	deadline, bounded := ctx.Deadline()
	if o == nil || !bounded {
		return func() {}
	}
	timer := time.AfterFunc(time.Until(deadline)+overdueAfter, func() {
		log.Error(call+" did not return when its time was over; the provider program ends so that it is started anew",
			"waited", overdueAfter.String())
		o.once.Do(func() { close(o.given) })
	})
	return func() { timer.Stop() }
}
