// Package rule says what rules are, what they are given and what they decided. The engine that runs
// them is elsewhere (package script); this package is pure: no clock, no disk, no network.
package rule

import (
	"time"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/order"
)

// File is the source of one rule file.
type File struct {
	Name    string // "order-stage.js"
	Source  string
	Version string // first 12 hex digits of the SHA-256 of Source
}

// Set is all rule files that serve together. The zero value has no rules.
type Set struct {
	Version string // of the whole set
	Rules   []Rule // in order of file name, then of declaration
	Files   []File
}

// Rule is one declared rule of a file.
type Rule struct {
	Name    string       // unique in the set
	File    string       // File.Name
	Version string       // File.Version
	On      []order.Kind // what it listens to
}

// Listens tells whether r wants to hear of k.
func (r Rule) Listens(k order.Kind) bool {
	for _, on := range r.On {
		if on == k {
			return true
		}
	}
	return false
}

// Call is one evaluation: one rule on one change.
type Call struct {
	Rule     string // Rule.Name
	Change   order.Change
	Order    order.Order // after the event
	Snapshot Snapshot
}

// Snapshot is everything else that a rule may look at, made before the call.
type Snapshot struct {
	Now        time.Time // in the restaurant's zone
	Restaurant Restaurant
	Number     string        // the order's number as the restaurant prints it
	Phone      string        // E.164 of the guest; empty: none bound yet. In clear: rules may look at it
	Language   string        // of the guest, or the default
	Settings   Notifications // the no-code page
}

// Restaurant is what rules know of the restaurant.
type Restaurant struct {
	Code string
	Name string
}

// Notifications are the settings that drive the shipped rule order-stage.js.
type Notifications struct {
	Enabled  bool
	Stage    order.Stage // the chosen stage; Started to Collected
	Template string      // with {order_number} and {restaurant_name}
	Expires  time.Duration
}

// Result is what one evaluation gave: exactly one of Messages, Skip and Err is meaningful, in the
// order Err, Skip, Messages.
type Result struct {
	Messages []Draft
	Skip     string // the rule's own words for why not
	Err      *Error
	Log      []string // what the rule logged, bounded
}

// Draft is a message as a rule returned it; nothing in it is believed yet (Check).
type Draft struct {
	To        string // empty: the guest's phone is not known yet
	Text      string
	Category  string
	ExpiresIn time.Duration // 0: the configured default
	Dedupe    string        // empty: one for each rule, order and stage
}

// Decision is the outcome of one rule on one change. It is always kept.
type Decision struct {
	ID          string // ULID
	EventID     string
	OrderID     string
	Restaurant  string
	Rule        string
	RuleVersion string
	Change      order.Change
	Outcome     Outcome
	Reason      message.Reason // for Skipped and Failed
	Note        string         // for people
	WaitUntil   time.Time      // for Waiting: until when a phone may still come
	Messages    []message.Message
	At          time.Time
}

// Outcome is what a decision came to.
type Outcome string

// Outcomes.
const (
	Sends   Outcome = "sends"   // Messages are queued
	Skipped Outcome = "skipped" // no text, Reason says why
	Waiting Outcome = "waiting" // for a phone
	Errored Outcome = "failed"  // the rule failed
)

// Limits are what Check holds a rule's messages to.
type Limits struct {
	Messages int // per change; default 5
	Segments int // per message; default 10
}

// Guest is the contact of an order as far as it is known, for Check.
type Guest struct {
	Contact *contact.Contact // nil: no phone yet
}
