package message

import (
	"time"

	"github.com/orderbell/orderbell/gateway/internal/contact"
)

// Absent is what only a receipt can say: the provider has never seen the message.
const Absent Status = "absent"

// Query asks a provider what became of a message.
type Query struct {
	MessageID  string
	ProviderID string // empty: the answer to the sending was lost
	To         contact.Phone
}

// Source is how a receipt came.
type Source string

// Sources of receipts.
const (
	ByCallback Source = "callback" // the provider called us
	ByLookup   Source = "lookup"   // we asked
)

// Heard is a receipt as it is kept.
type Heard struct {
	Receipt
	Account string    `json:"account"`
	Source  Source    `json:"source"`
	HeardAt time.Time `json:"heard_at"`
}

// absentAfter is how long an outcome must have been unknown before "never seen" is believed: what was
// cut off may still be on its way into the provider's own queue, and a second text is worse than a late
// one.
const absentAfter = 2 * time.Minute

// Learn says where a receipt moves a message, and whether it moves at all. It is Advance, and one
// thing more: a message whose outcome nobody has known for two minutes, and that the provider has never
// seen, did not go out. It is queued again for the same account, or expires where its deadline has passed.
func Learn(m Message, r Receipt, now time.Time) (Move, bool) {
	move := Move{MessageID: m.ID, NextAt: now, Reason: r.Reason, ProviderID: r.ProviderID, Cost: r.Cost}
	if r.Code != "" {
		move.Note = oneLine(m.To.Hide(r.Code), maxNoteRunes)
	}
	if r.Status == Absent {
		if m.Status != Unknown || now.Sub(m.UpdatedAt) < absentAfter {
			return Move{}, false
		}
		move.Status, move.Account, move.Reason, move.ProviderID = Queued, m.Account, Unavailable, ""
		if !m.Deadline.IsZero() && !now.Before(m.Deadline) {
			move.Status, move.Reason = Expired, PastDeadline
		}
		return move, true
	}
	status, moves := Advance(m.Status, r)
	move.Status = status
	return move, moves
}

// Look-ups of one message.
const (
	lookupLeast = 10 * time.Second
	lookupMost  = 2 * time.Hour
	lookupEnd   = 48 * time.Hour // networks give up before that
)

// LookupAfter says how long to wait before a provider is asked again about a message that has been in
// its state for age: about as long as that, from 10 s to 2 h. After 48 h nobody asks any more.
func LookupAfter(age time.Duration) (wait time.Duration, ok bool) {
	if age >= lookupEnd {
		return 0, false
	}
	return min(max(age, lookupLeast), lookupMost), true
}
