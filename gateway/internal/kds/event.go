// Package kds reads what a cash server posts: r_keeper XML in any encoding that it uses, and our own
// JSON. It is pure: no clock, no disk, no network.
package kds

import "time"

// EventStatus is where a stored event is in its life.
type EventStatus string

// Statuses of an event.
const (
	Stored      EventStatus = "stored"      // on disk, not decided yet
	Done        EventStatus = "done"        // decided
	Quarantined EventStatus = "quarantined" // authentic but not understood; kept for a person
	Failed      EventStatus = "failed"      // gave up after three tries
)

// Event is one posting from the cash server, stored as received.
type Event struct {
	ID         string // ULID, increasing in order of arrival
	Source     string // how it came in: "http", "key:NAME", "cli"
	Restaurant string // code that the intake key stands for; empty: believe the body
	Body       []byte // as received
	Key        Key
	Status     EventStatus
	Note       string // why it is quarantined or failed
	Tries      int    // times it was taken up; counted before the work
	ReceivedAt time.Time
}

// Key tells one posting from another without understanding it.
type Key struct {
	Hash  string // of the bytes, hex
	Dated bool   // the body carries its own time or id, so that equal bytes are the same event for ever
}
