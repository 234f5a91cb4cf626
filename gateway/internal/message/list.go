package message

import (
	"time"

	"github.com/orderbell/orderbell/gateway/internal/contact"
)

// Filter picks messages for a list; zero fields do not restrict. Of Query, Order, Phone, Last4 and
// ContactID only the first that is given counts; all others hold together.
type Filter struct {
	Query      string        // as people search: order's number, last four digits, whole phone, message's ID
	Order      string        // order's ID, GUID or number
	Phone      contact.Phone // the whole number
	Last4      string        // last four digits of the phone
	ContactID  string
	Stage      string
	Statuses   []Status // any of them
	Account    string
	Restaurant string
	From       time.Time // created at or after
	To         time.Time // created before
	After      string    // keyset: what the page before gave as next
	Limit      int       // 1 to 500; 0 means 50
}

// Count is how many messages there are, as far as they were counted.
type Count struct {
	N    int  `json:"n"`
	More bool `json:"more,omitempty"` // there are more than N
}

// Listed is a message as lists and pages show it.
type Listed struct {
	Message
	OrderNumber string    `json:"order_number"`
	Tries       []Attempt `json:"tries,omitempty"`    // only when one message is asked for
	Receipts    []Heard   `json:"receipts,omitempty"` // the same
	Moves       []Moved   `json:"moves,omitempty"`    // the same
}

// Moved is one move of a message that no attempt tells: an expiry, a receipt, an act of a person.
type Moved struct {
	ID      string    `json:"id"`
	At      time.Time `json:"at"`
	Status  Status    `json:"status"` // where it went
	Account string    `json:"account,omitempty"`
	Reason  Reason    `json:"reason,omitempty"`
	Note    string    `json:"note,omitempty"`
	By      string    `json:"by,omitempty"` // the person; empty: the gateway itself
}
