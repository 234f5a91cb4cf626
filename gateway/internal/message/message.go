// Package message holds texts to people: their life, their attempts, what a failure means and how
// many segments a text takes. It is pure: no clock, no disk, no network.
package message

import (
	"time"

	"github.com/orderbell/orderbell/gateway/internal/contact"
)

// Status is where a message is in its life. See Advance for the moves that exist.
type Status string

// Statuses. Delivered, Undelivered, Rejected, Expired and Cancelled are final.
const (
	Queued      Status = "queued"      // waits for its account and time
	Sending     Status = "sending"     // handed to a provider; the attempt is on disk
	Accepted    Status = "accepted"    // the provider took it
	Delivered   Status = "delivered"   // the handset has it
	Undelivered Status = "undelivered" // the network could not deliver it
	Rejected    Status = "rejected"    // refused for good by the provider
	Expired     Status = "expired"     // its deadline passed before it went out
	Cancelled   Status = "cancelled"   // no longer wanted: order closed, person's choice
	Unknown     Status = "unknown"     // it may or may not have gone out; rests until settled
)

// Message is one text to one contact.
type Message struct {
	ID         string           `json:"id"` // ULID; the provider sees it as the client's id
	EventID    string           `json:"event_id,omitempty"`
	OrderID    string           `json:"order_id,omitempty"`
	Restaurant string           `json:"restaurant"`
	Rule       string           `json:"rule"`
	Stage      string           `json:"stage,omitempty"` // the order's stage it tells of: "ready"
	ContactID  string           `json:"contact_id"`
	To         contact.Phone    `json:"to"`
	Text       string           `json:"text"`
	Segments   int              `json:"segments"`
	Category   contact.Category `json:"category"`
	Dedupe     string           `json:"dedupe"`     // the rule's key; unique with restaurant, contact and generation
	Generation int              `json:"generation"` // 0; raised only by a person who presses "send again"
	Route      []string         `json:"route"`      // accounts in order of preference
	Account    string           `json:"account"`    // the account whose turn it is, or that took it
	Status     Status           `json:"status"`
	Reason     Reason           `json:"reason,omitempty"` // why it is where it is, when something went wrong
	Note       string           `json:"note,omitempty"`   // the same for a person; never holds a secret or a phone
	OnUnknown  OnUnknown        `json:"on_unknown"`
	Deadline   time.Time        `json:"deadline"` // after it the text is worthless and is not sent
	NextAt     time.Time        `json:"next_at"`  // not before
	Attempts   int              `json:"attempts"` // begun so far
	ProviderID string           `json:"provider_id,omitempty"`
	Cost       *Money           `json:"cost,omitempty"`
	CreatedAt  time.Time        `json:"created_at"`
	UpdatedAt  time.Time        `json:"updated_at"`
}

// OnUnknown says what to do with an attempt whose outcome nobody can settle.
type OnUnknown string

// Policies for an unknown outcome.
const (
	Hold   OnUnknown = "hold"   // show it to a person (default): at most one text
	Resend OnUnknown = "resend" // send again: at least one text
)

// Money is an exact amount: Units whole ones and Nanos billionths, of the same sign.
type Money struct {
	Units    int64  `json:"units"`
	Nanos    int32  `json:"nanos"`
	Currency string `json:"currency"` // ISO 4217
}

// Attempt is one call of one account for one message. It is written before the call.
type Attempt struct {
	ID        string     `json:"id"` // ULID; also the fencing token of the claim
	MessageID string     `json:"message_id"`
	N         int        `json:"n"` // 1, 2, …
	Account   string     `json:"account"`
	StartedAt time.Time  `json:"started_at"`
	EndedAt   *time.Time `json:"ended_at,omitempty"` // nil while the call runs
	Outcome   *Outcome   `json:"outcome,omitempty"`
}

// Outgoing is what a provider is given.
type Outgoing struct {
	ID       string // Message.ID
	Attempt  int
	To       contact.Phone
	Text     string
	Category contact.Category
	NotAfter time.Time
	Segments int
	Test     bool // the provider should simulate, where it can
}

// Outcome is what became of one attempt: exactly one of Accepted and Failure is set.
type Outcome struct {
	ID       string      `json:"id"` // Message.ID
	Accepted *Acceptance `json:"accepted,omitempty"`
	Failure  *Failure    `json:"failure,omitempty"`
}

// Acceptance is the provider's word that it took the message.
type Acceptance struct {
	ProviderID string `json:"provider_id"`
	Segments   int    `json:"segments,omitempty"`
	Cost       *Money `json:"cost,omitempty"`
	Raw        string `json:"raw,omitempty"` // the provider's answer, scrubbed, at most 2 KiB
}

// Failure is why it did not, or why nobody knows.
type Failure struct {
	Reason       Reason        `json:"reason"`
	Detail       string        `json:"detail,omitempty"` // scrubbed; for people
	ProviderCode string        `json:"provider_code,omitempty"`
	RetryAfter   time.Duration `json:"retry_after,omitempty"`
	Raw          string        `json:"raw,omitempty"` // the provider's answer, scrubbed, at most 2 KiB: a person decides by it where nobody else can
}

// Receipt is a later statement by the provider about a message.
type Receipt struct {
	MessageID  string    `json:"message_id,omitempty"` // empty: only the provider's own ID is known
	ProviderID string    `json:"provider_id,omitempty"`
	Status     Status    `json:"status"` // Accepted, Delivered, Undelivered, Rejected, Expired, Unknown or Absent
	Reason     Reason    `json:"reason,omitempty"`
	At         time.Time `json:"at,omitzero"` // by the provider's clock; zero: not said
	Cost       *Money    `json:"cost,omitempty"`
	Code       string    `json:"code,omitempty"` // the provider's own
}
