package contact

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"unique"
)

// Phone is a phone number in E.164. It masks itself wherever it is printed, logged or marshalled;
// only Reveal gives the digits. The zero value is "no phone". Phones may be compared with == and
// used as keys of a map.
//
// The digits lie behind a handle, not in a string field: fmt cannot call methods on what sits in an
// unexported field of somebody else's struct and would print a string found there in clear. Of a
// handle it prints an address.
type Phone struct{ e164 unique.Handle[string] }

// StoredPhone takes back what Reveal gave and a store kept; it does not check it again.
func StoredPhone(e164 string) Phone {
	if e164 == "" {
		return Phone{}
	}
	return Phone{unique.Make(e164)}
}

// Reveal gives the number in E.164 ("+79990000001"), or the empty text. Use it only to store the
// number, to hand it to a provider or a rule; never in a log, an error or a page.
func (p Phone) Reveal() string {
	if p.IsZero() {
		return ""
	}
	return p.e164.Value()
}

// IsZero tells whether there is no phone.
func (p Phone) IsZero() bool { return p == Phone{} }

// Equal tells whether both are the same number; two absent ones are equal.
func (p Phone) Equal(other Phone) bool { return p == other }

// Last4 gives the last four digits, which people may see and search by; empty without a phone.
func (p Phone) Last4() string {
	const shown = 4
	number := p.Reveal()
	if len(number) <= shown {
		return ""
	}
	return number[len(number)-shown:]
}

// String masks: "+7999•••0001".
func (p Phone) String() string {
	const head, tail = 5, 4
	number := p.Reveal()
	if number == "" {
		return ""
	}
	if len(number) <= head+tail {
		return "+•••"
	}
	return number[:head] + "•••" + number[len(number)-tail:]
}

// Format masks under every verb, %#v and %x included.
func (p Phone) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, p.String()) }

// GoString masks.
func (p Phone) GoString() string { return p.String() }

// MarshalJSON masks. A store that needs the digits keeps them in a column of their own.
func (p Phone) MarshalJSON() ([]byte, error) { return json.Marshal(p.String()) }

// MarshalText masks.
func (p Phone) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// LogValue masks in log/slog.
func (p Phone) LogValue() slog.Value { return slog.StringValue(p.String()) }

// Hide masks the number inside a text that others wrote (a provider's answer, the message of a
// rule's exception), in the spellings of machines: E.164 with and without the plus, and the last
// ten digits with or without a trunk 8. It does not look for other numbers.
func (p Phone) Hide(text string) string {
	const national = 10
	number := p.Reveal()
	if len(number) <= national {
		return text
	}
	digits := number[1:]
	short := digits[max(0, len(digits)-national):]
	if !strings.Contains(text, short) { // each spelling ends in it; nearly every text has none
		return text
	}
	mask := p.String()
	return strings.NewReplacer(number, mask, digits, mask, "8"+short, mask, short, mask).Replace(text)
}
