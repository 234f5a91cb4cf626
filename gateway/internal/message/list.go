package message

import "time"

// Filter picks messages for a list; zero fields do not restrict.
type Filter struct {
	Order   string // order's ID, GUID or number
	Last4   string // last four digits of the phone
	Stage   string
	Status  Status
	Account string
	From    time.Time // created at or after
	To      time.Time // created before
	After   string    // keyset: the ID of the last message of the page before
	Limit   int       // 1 to 500; 0 means 50
}

// Listed is a message as lists and pages show it.
type Listed struct {
	Message
	OrderNumber string    `json:"order_number"`
	Tries       []Attempt `json:"tries,omitempty"`    // only when one message is asked for
	Receipts    []Heard   `json:"receipts,omitempty"` // the same
}
