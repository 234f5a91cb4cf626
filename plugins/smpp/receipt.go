package main

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"strings"
	"time"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"

	"github.com/orderbell/orderbell/sdk"
)

// delivery is what came in a deliver_sm or data_sm.
type delivery struct {
	source, dest string
	esm, coding  byte
	body         []byte
	tlv          map[pdu.Tag]pdu.Field
}

// delivered reads a unit; false if it is none that delivers.
func delivered(unit pdu.PDU) (delivery, bool) {
	var d delivery
	switch u := unit.(type) {
	case *pdu.DeliverSM:
		body, _ := u.Message.GetMessageData() // never fails
		d = delivery{source: u.SourceAddr.Address(), dest: u.DestAddr.Address(), esm: u.EsmClass, body: body, tlv: u.OptionalParameters}
		if coding := u.Message.Encoding(); coding != nil {
			d.coding = coding.DataCoding()
		}
	case *pdu.DataSM:
		d = delivery{source: u.SourceAddr.Address(), dest: u.DestAddr.Address(), esm: u.EsmClass, coding: u.DataCoding, tlv: u.OptionalParameters}
	default:
		return delivery{}, false
	}
	if payload, ok := d.tlv[pdu.TagMessagePayload]; ok && len(d.body) == 0 {
		d.body = payload.Data
	}
	return d, true
}

// Bits of esm_class that say what a delivery is.
const (
	esmKind         = 0x3C
	esmReceipt      = 0x04
	esmIntermediate = 0x20
)

// notice is what a receipt says of one submitted unit.
type notice struct {
	id     string // the SMSC's, as the receipt writes it
	status sdk.Status
	code   string    // its word for the state, and its error if there is one: UNDELIV/011
	source string    // digits; the recipient, or what the operator writes there
	dest   string    // digits; the sender, or the recipient where the operator swaps them
	at     time.Time // when it came: receipts name no time zone
	quote  []byte    // the beginning of the message's text, in the operator's spelling; empty: not said
}

// final says whether the message comes to rest with it.
func (n notice) final() bool {
	return n.status != sdk.StatusAccepted && n.status != sdk.StatusUnknown
}

// noticeOf reads a receipt: optional parameters first, then the text of appendix B. False for what is
// no receipt, such as a guest's message, and for one that does not say of which message it speaks. That
// a delivery is a receipt must be said outside its text: a guest can write a text that looks like one.
func noticeOf(d delivery) (notice, bool) {
	id, tagged := d.tlv[pdu.TagReceiptedMessageID]
	kind := d.esm & esmKind
	if kind != esmReceipt && kind != esmIntermediate && !tagged {
		return notice{}, false
	}
	body := d.body
	if d.coding == data.UCS2Coding {
		if text, err := data.UCS2.Decode(body); err == nil {
			body = []byte(text)
		}
	}
	text := readText(body)
	n := notice{id: text.id, status: sdk.StatusUnknown, source: digits(d.source), dest: digits(d.dest), quote: text.quote()}
	if tagged && id.String() != "" {
		n.id = id.String()
	}
	word, cause := text.state, text.err
	if s, ok := d.tlv[pdu.TagMessageStateOption]; ok && len(s.Data) > 0 {
		word = stateWords[s.Data[0]]
		if word == "" {
			word = strconv.Itoa(int(s.Data[0]))
		}
	}
	if e, ok := d.tlv[pdu.TagNetworkErrorCode]; ok && len(e.Data) == 3 {
		cause = strconv.Itoa(int(binary.BigEndian.Uint16(e.Data[1:])))
	}
	if s, known := states[word]; known {
		n.status = s
	}
	n.code = word
	if strings.Trim(cause, "0") != "" {
		n.code += "/" + cause
	}
	return n, usable(n.id)
}

// about says whether the receipt names the phone as one of its two addresses.
func (n notice) about(phone string) bool {
	return samePhone(n.source, phone) || samePhone(n.dest, phone)
}

// plausible is about, or true where the receipt's addresses are no phones at all.
func (n notice) plausible(phone string) bool {
	return n.about(phone) || len(n.source) < nationalDigits && len(n.dest) < nationalDigits
}

// nationalDigits is how many digits of a phone operators agree on: +7 999…, 8 999… and 999… are one.
const nationalDigits = 10

func samePhone(a, b string) bool {
	if len(a) < nationalDigits || len(b) < nationalDigits {
		return a == b && a != ""
	}
	return a[len(a)-nationalDigits:] == b[len(b)-nationalDigits:]
}

// usable says whether the text can be an id: short enough for the gateway, and made of characters that
// are seen.
func usable(id string) bool {
	return id != "" && len(id) <= data.SM_MSGID_LEN && strings.IndexFunc(id, func(r rune) bool { return r <= ' ' || r > '~' }) < 0
}

// states are the words that receipts have for states, as the specification and as operators write
// them. What is not in the table is sdk.StatusUnknown.
var states = map[string]sdk.Status{
	"SCHEDULED": sdk.StatusAccepted, "ENROUTE": sdk.StatusAccepted, "ACCEPTD": sdk.StatusAccepted, "ACCEPTED": sdk.StatusAccepted,
	"BUFFERED": sdk.StatusAccepted, "BUFFRED": sdk.StatusAccepted,
	"DELIVRD": sdk.StatusDelivered, "DELIVERED": sdk.StatusDelivered,
	"EXPIRED": sdk.StatusExpired,
	"DELETED": sdk.StatusUndelivered, "UNDELIV": sdk.StatusUndelivered, "UNDELIVERABLE": sdk.StatusUndelivered, "UNDELIVERED": sdk.StatusUndelivered,
	"FAILED": sdk.StatusUndelivered, "SKIPPED": sdk.StatusUndelivered,
	"REJECTD": sdk.StatusRejected, "REJECTED": sdk.StatusRejected,
	"UNKNOWN": sdk.StatusUnknown,
}

// stateWords are the values of message_state, by their words in receipts. 0 and 9 are of version 5.0.
var stateWords = map[byte]string{
	0: "SCHEDULED", 1: "ENROUTE", 2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 6: "ACCEPTD", 7: "UNKNOWN", 8: "REJECTD", 9: "SKIPPED",
}

// receiptText is the text of a receipt: "id:… sub:… dlvrd:… submit date:… done date:… stat:… err:… text:…".
// Dates are not taken: they have no time zone.
type receiptText struct {
	id, state, err string
	text           []byte
}

// readText takes what is there, in any order and in any case. What stands behind "text:" is the guest's
// and is not searched.
func readText(body []byte) receiptText {
	var t receiptText
	head := body
	if at := field(body, "text:"); at >= 0 {
		head, t.text = body[:at], body[at+len("text:"):]
	}
	t.id, t.state, t.err = value(head, "id:"), strings.ToUpper(value(head, "stat:")), value(head, "err:")
	return t
}

// field returns where a name begins that stands at the beginning or behind a space; -1 if it does not.
func field(body []byte, name string) int {
	for from := 0; ; {
		at := indexFold(body[from:], name)
		if at < 0 {
			return -1
		}
		at += from
		if at == 0 || body[at-1] <= ' ' {
			return at
		}
		from = at + 1
	}
}

// indexFold finds a lower-case name in any case of ASCII.
func indexFold(body []byte, name string) int {
	return bytes.Index(bytes.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, latin(body)), []byte(name))
}

// latin replaces what is no ASCII, octet by octet, so that places stay where they are.
func latin(body []byte) []byte {
	out := bytes.Clone(body)
	for i, b := range out {
		if b > '~' {
			out[i] = '?'
		}
	}
	return out
}

// value returns what stands behind a name, up to the next space; at most 80 octets.
func value(body []byte, name string) string {
	at := field(body, name)
	if at < 0 {
		return ""
	}
	rest := body[at+len(name):]
	if end := bytes.IndexFunc(rest, func(r rune) bool { return r <= ' ' }); end >= 0 {
		rest = rest[:end]
	}
	return string(latin(rest[:min(len(rest), 80)]))
}

// minQuote is the least that tells one text to a guest from another; in octets. A receipt quotes about 20.
const minQuote = 16

// quote returns the beginning of the message's text; nil if it is too short to tell anything.
func (t receiptText) quote() []byte {
	text := bytes.TrimRight(t.text, " \x00\r\n")
	if len(text) < minQuote {
		return nil
	}
	return text
}

// quotes says whether the quote is the beginning of the text, as it is or as UCS-2.
func quotes(quote []byte, text string) bool {
	if len(quote) == 0 {
		return false
	}
	if strings.HasPrefix(text, string(quote)) {
		return true
	}
	spelt, err := data.UCS2.Encode(text)
	return err == nil && bytes.HasPrefix(spelt, quote)
}
