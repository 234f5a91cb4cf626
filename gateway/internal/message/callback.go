package message

import "time"

// Callback is what was posted to an account's callback address, as it came. Anybody may have posted
// it: only the provider's program can tell.
type Callback struct {
	ID       string
	Account  string
	At       time.Time
	Method   string
	URL      string // as the provider was told it; some sign it
	Query    string
	Header   map[string][]string
	Body     []byte
	RemoteIP string
}

// Verdict is what became of a callback.
type Verdict string

// Verdicts.
const (
	CallbackPending Verdict = "pending" // the provider's program could not be asked yet
	CallbackTaken   Verdict = "taken"   // verified and understood
	CallbackRefused Verdict = "refused" // forged, or not understood: it changed nothing
)

// CallbackReply is what the provider wants to hear.
type CallbackReply struct {
	Status      int
	ContentType string
	Body        []byte
}

// Parsed is what the provider's program made of a callback.
type Parsed struct {
	Receipts []Receipt
	Reply    CallbackReply
	Refusal  string // why it was refused; empty: it was verified
}
