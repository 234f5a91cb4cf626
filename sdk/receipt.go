package sdk

import (
	"net/http"
	"time"
)

// Status is what an operator says of a message after it took it.
type Status string

// Statuses.
const (
	StatusUnknown     Status = "UNKNOWN"     // the operator cannot tell
	StatusAbsent      Status = "ABSENT"      // the operator has never seen the message
	StatusAccepted    Status = "ACCEPTED"    // taken, on its way
	StatusDelivered   Status = "DELIVERED"   // the handset has it
	StatusUndelivered Status = "UNDELIVERED" // the network could not deliver it
	StatusRejected    Status = "REJECTED"    // refused after it was taken
	StatusExpired     Status = "EXPIRED"     // its time passed at the operator
)

// Receipt is a later statement by the operator about a message.
type Receipt struct {
	OurID      string // Message.ID, where the operator knows it
	ProviderID string // Accepted.ID
	Status     Status
	Reason     Reason    // why, where Status is an ending other than delivered; may be empty
	At         time.Time // when it happened, by the operator's clock; zero: not said
	Cost       *Money
	Code       string // the operator's own code
}

// Query asks for one message.
type Query struct {
	OurID      string
	ProviderID string // empty: not known, the answer to the sending was lost
	To         string // E.164
}

// Callback is what somebody posted to the account's callback address. Anybody can: verify it.
type Callback struct {
	Method   string
	URL      string // as the operator was told it; some operators sign it
	Query    string
	Header   http.Header
	Body     []byte
	RemoteIP string
}

// Reply is what the operator wants to hear after a callback.
type Reply struct {
	Status      int    // HTTP; 0: 200, or 403 when the callback was refused
	ContentType string // empty: text/plain; charset=utf-8
	Body        []byte
}
