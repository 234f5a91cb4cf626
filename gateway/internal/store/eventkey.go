package store

import (
	"bytes"
	"strings"

	"github.com/orderbell/orderbell/gateway/internal/kds"
)

// Marks in the stored key of an event: before the hash comes the time, behind it the ID of an event
// that gave its key away. Neither is a hex digit.
const (
	keyTimed = ":"
	keyGiven = "@"
)

const (
	timeWithin = 1024 // bytes of the body that are searched for its time
	timeDigits = 14   // year to second

	countWidth = 10 // digits of the count of events, so that the order of texts is that of numbers
)

// storedKey is what the unique index sees of an event: its hash, led by the digits of its own time and of
// r_keeper's own count of events when it is dated. Equal bytes have an equal lead, so that the key is as
// unique as the hash; but the keys of events that come one after the other are neighbours, which saves a
// page of writing for each event. A time that is not found, or that is nonsense, costs only that saving.
func storedKey(e kds.Event) string {
	if !e.Key.Dated {
		return e.Key.Hash
	}
	if lead := timeLead(e.Body); lead != "" {
		return lead + countLead(e.Body) + keyTimed + e.Key.Hash
	}
	return e.Key.Hash
}

// keyHash takes the hash out of a stored key.
func keyHash(key string) string {
	if _, hash, timed := strings.Cut(key, keyTimed); timed {
		key = hash
	}
	hash, _, _ := strings.Cut(key, keyGiven)
	return hash
}

// timeLead gives the digits of the first time that a body names, "20260520120000"; empty when it names
// none in its first kilobyte.
func timeLead(body []byte) string {
	head := body[:min(len(body), timeWithin)]
	_, value, found := bytes.Cut(head, []byte(`DateTime="`))
	if !found {
		_, value, _ = bytes.Cut(head, []byte(`"occurred_at"`))
		_, value, _ = bytes.Cut(value, []byte(`"`))
	}
	value, _, _ = bytes.Cut(value, []byte(`"`))
	digits := make([]byte, 0, timeDigits)
	for _, c := range value[:min(len(value), 2*timeDigits)] {
		if c >= '0' && c <= '9' && len(digits) < timeDigits {
			digits = append(digits, c)
		}
	}
	if len(digits) < 8 {
		return ""
	}
	return string(digits)
}

// countLead gives the count of events that a body names (seqnumber), ".0000000066"; empty when it names
// none, or none of so few digits, in its first kilobyte.
func countLead(body []byte) string {
	_, value, _ := bytes.Cut(body[:min(len(body), timeWithin)], []byte(` seqnumber="`))
	value, _, closed := bytes.Cut(value, []byte(`"`))
	if !closed || len(value) == 0 || len(value) > countWidth {
		return ""
	}
	for _, c := range value {
		if c < '0' || c > '9' {
			return ""
		}
	}
	return "." + strings.Repeat("0", countWidth-len(value)) + string(value)
}
