// Package operators holds what the simulators of the SMS operators share. Each simulator is a
// package of its own below this one, answers as its vendor does, and documents in its package
// comment which magic values make it refuse, wait or misbehave.
package operators

import "time"

// Options is what a simulator is started with. The zero value works: the real clock, no log, no
// callbacks.
type Options struct {
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Log takes one line about each call, never with a secret in it; nil means silence.
	Log func(format string, args ...any)
	// CallbackURL is where delivery reports go from the start; empty means nowhere.
	CallbackURL string
}
