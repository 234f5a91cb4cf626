package sdk

import (
	"fmt"
	"time"

	"github.com/orderbell/orderbell/sdk/internal/mask"
)

// Message is one text to one number.
type Message struct {
	ID       string // ULID, 26 characters; the same ID is the same message, on every attempt
	Attempt  int    // 1, 2, …
	To       string // E.164: +79990000001
	Text     string
	Sender   string // a name for this message alone; usually empty
	Channel  Channel
	Category Category
	NotAfter time.Time // worthless afterwards; zero: no limit
	Segments int       // as the gateway counts them
	Test     bool      // simulate it, if the operator can
}

// Format writes the message without its text and with a masked number, for every verb: messages
// end up in logs.
func (m Message) Format(s fmt.State, _ rune) {
	_, _ = fmt.Fprintf(s, "message %s to %s attempt %d", m.ID, mask.Phone(m.To), m.Attempt)
}

// Channel is the way a message takes.
type Channel string

// Channels.
const (
	SMS       Channel = "SMS"
	Viber     Channel = "VIBER"
	Telegram  Channel = "TELEGRAM"
	WhatsApp  Channel = "WHATSAPP"
	FlashCall Channel = "FLASH_CALL"
	Push      Channel = "PUSH"
)

// Category says what the message is for.
type Category string

// Categories.
const (
	Transactional Category = "TRANSACTIONAL" // about the guest's own order
	Marketing     Category = "MARKETING"
)

// Accepted is the operator's word that it took a message.
type Accepted struct {
	ID       string // the operator's id of the message; required, at most 64 bytes
	Segments int    // as the operator counts them; 0: not said
	Cost     *Money // nil: not said
	Raw      string // the operator's answer, if that helps; at most 2 KiB is kept
}

// Outcome is what became of one message of a batch: exactly one of Accepted and Failure is set.
type Outcome struct {
	ID       string // Message.ID
	Accepted *Accepted
	Failure  *Failure
}

// Balance is what an account holds.
type Balance struct {
	Amount    Money
	Unlimited bool // the account does not run dry; Amount is of no meaning
}

// Price is what a message would cost.
type Price struct {
	ID       string // Message.ID
	Segments int
	Cost     *Money
	Failure  *Failure // set: the operator would refuse the message
}
