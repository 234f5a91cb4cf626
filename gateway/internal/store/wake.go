package store

import "sync"

// woken is what a transaction gives the loops to do.
type woken struct {
	events   bool // or waits
	accounts []string
}

// wake tells sleeping loops that there is work. Signals are hints: they coalesce, and a loop that
// missed one finds the work at its next poll.
type wake struct {
	events chan struct{}

	mu       sync.Mutex
	accounts map[string]chan struct{}
}

func newWake() *wake {
	return &wake{events: make(chan struct{}, 1), accounts: map[string]chan struct{}{}}
}

func (w *wake) account(name string) chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, ok := w.accounts[name]
	if !ok {
		c = make(chan struct{}, 1)
		w.accounts[name] = c
	}
	return c
}

func (w *wake) fire(what woken) {
	if what.events {
		knock(w.events)
	}
	for _, name := range what.accounts {
		knock(w.account(name))
	}
}

func knock(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// EventsWake yields after events were stored, or decisions that waited for a phone became claimable.
// One loop may listen; signals coalesce.
func (db *DB) EventsWake() <-chan struct{} { return db.wake.events }

// MessagesWake yields after messages were queued for the account.
func (db *DB) MessagesWake(account string) <-chan struct{} { return db.wake.account(account) }
