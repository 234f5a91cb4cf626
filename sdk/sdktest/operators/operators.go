// Package operators holds what the simulators of the SMS operators share. Each simulator is a
// package of its own below this one, answers as its vendor does, and documents in its package
// comment which magic values make it refuse, wait or misbehave.
package operators

import (
	"fmt"
	"time"
)

// Options is what a simulator is started with. The zero value works: the real clock, no log, no
// callbacks.
type Options struct {
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Log takes one line about each call, never with a secret in it; nil means silence.
	Log func(format string, args ...any)
	// CallbackURL is where delivery reports go from the start; empty means nowhere.
	CallbackURL string
	// Received is told of each text that was taken, as soon as it is; nil means nobody. It may be called
	// from several goroutines at once.
	Received func(Text)
	// Balance is what each account holds at the start, in hundredths of the operator's currency; nil
	// means what the simulator likes. With nothing left texts are refused as the operator refuses them.
	// It means nothing where there is no balance to ask for.
	Balance *int
}

// Text is one that a simulator has taken.
type Text struct {
	To     string // as it was put: with or without a plus
	Sender string // empty where none was named
	Body   string
}

// Took tells of a text, if somebody wants to know.
func (o Options) Took(to, sender, body string) {
	if o.Received != nil {
		o.Received(Text{To: to, Sender: sender, Body: body})
	}
}

// Funds is the balance to start with: the one that was asked for, or else the simulator's own.
func (o Options) Funds(own int) int {
	if o.Balance != nil {
		return *o.Balance
	}
	return own
}

// Broke says whether the accounts hold nothing from the start.
func (o Options) Broke() bool { return o.Balance != nil && *o.Balance <= 0 }

// Decimal writes hundredths: 138926 is "1389.26", -2 is "-0.02".
func Decimal(hundredths int) string {
	sign := ""
	if hundredths < 0 {
		sign, hundredths = "-", -hundredths
	}
	return fmt.Sprintf("%s%d.%02d", sign, hundredths/100, hundredths%100)
}
