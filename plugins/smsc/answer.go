package main

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"github.com/orderbell/orderbell/sdk"
)

// answer is what send.php and balance.php return with fmt=3. Money comes as strings, codes and ids as
// numbers, but not always; keys are missing at will. HTTP says 200 to everything.
type answer struct {
	Error    loose      `json:"error"`
	Code     loose      `json:"error_code"`
	ID       loose      `json:"id"`
	Count    loose      `json:"cnt"`
	Cost     loose      `json:"cost"`
	Balance  loose      `json:"balance"`
	Currency loose      `json:"currency"`
	Phones   recipients `json:"phones"` // with op=1
}

// recipient is one entry of phones. A bad number does not fail the request: it only shows here.
type recipient struct {
	Phone  loose `json:"phone"`
	Status loose `json:"status"`
	Error  loose `json:"error"`
}

// loose takes a string, a number or a boolean as the text of it, anything else as "". One odd field
// must not cost the rest of the answer.
type loose string

// UnmarshalJSON never fails.
func (l *loose) UnmarshalJSON(data []byte) error {
	var text string
	switch {
	case json.Unmarshal(data, &text) == nil: // null leaves it empty
		*l = loose(strings.TrimSpace(text))
	case data[0] != '{' && data[0] != '[':
		*l = loose(data)
	}
	return nil
}

// number returns false for what is no whole number.
func (l loose) number() (int, bool) {
	n, err := strconv.Atoi(string(l))
	return n, err == nil
}

// recipients is a list whose odd entries are empty; anything that is no list counts as none.
type recipients []recipient

// UnmarshalJSON never fails.
func (r *recipients) UnmarshalJSON(data []byte) error {
	var entries []json.RawMessage
	if json.Unmarshal(data, &entries) != nil {
		return nil //nolint:nilerr // no list: the answer says nothing about single numbers
	}
	for _, entry := range entries {
		var one recipient
		if json.Unmarshal(entry, &one) != nil {
			one = recipient{}
		}
		*r = append(*r, one)
	}
	return nil
}

// of finds the entry of a number.
func (r recipients) of(to string) (recipient, bool) {
	for _, entry := range r {
		if subscriber(string(entry.Phone)) == subscriber(to) {
			return entry, true
		}
	}
	return recipient{}, false
}

// bare takes off the byte order mark that some servers put in front of JSON.
func bare(body []byte) []byte { return bytes.TrimPrefix(body, []byte("\ufeff")) }

// misread keeps an answer that was not understood.
func misread(body []byte, words string) *sdk.Failure {
	return sdk.Fail(sdk.Internal, "%s", words).WithRaw(string(body))
}

// read decodes an answer; a refusal of the request as a whole is the error.
func read(body []byte) (answer, error) {
	var a answer
	if err := json.Unmarshal(bare(body), &a); err != nil {
		return answer{}, misread(body, "the answer is not the JSON expected")
	}
	if a.Error == "" && (a.Code == "" || a.Code == "0") {
		return a, nil
	}
	code, ok := a.Code.number()
	if !ok {
		return answer{}, misread(body, "the answer is an error without a number")
	}
	return answer{}, refusal(code, string(a.Error), body)
}

// verdict reads the answer to one message. The id in it is ours, given back, or the operator's
// number; another text is somebody else's message.
func (a answer) verdict(m sdk.Message, currency string, body []byte) (sdk.Accepted, error) {
	if err := a.refused(m.To, body); err != nil {
		return sdk.Accepted{}, err
	}
	_, numbered := a.ID.number()
	switch {
	case a.ID == "" || a.ID == "0":
		return sdk.Accepted{}, misread(body, "accepted without an id")
	case !numbered && string(a.ID) != m.ID:
		return sdk.Accepted{}, misread(body, "accepted under the id of another message")
	case a.Phones == nil && a.Count == "0":
		return sdk.Accepted{}, misread(body, "accepted, but no message was made of it")
	}
	return sdk.Accepted{ID: string(a.ID), Segments: a.segments(), Cost: money(a.Cost, currency)}, nil
}

// refused says why the recipient's own entry refuses the message, nil if it does not. An answer
// without any entries refuses nobody.
func (a answer) refused(to string, body []byte) error {
	entry, found := a.Phones.of(to)
	switch {
	case a.Phones == nil:
		return nil
	case !found:
		return misread(body, "the answer is about another number")
	}
	if f := entry.refusal(); f != nil {
		return f
	}
	return nil
}

// segments is 0 for a count that cannot be.
func (a answer) segments() int {
	n, ok := a.Count.number()
	if !ok || n < 0 || n > math.MaxUint8 {
		return 0
	}
	return n
}

// money is nil for what is no amount, or a negative one: a price is never below zero.
func money(amount loose, currency string) *sdk.Money {
	m, err := sdk.ParseMoney(string(amount), currency)
	if err != nil || m.Negative() {
		return nil
	}
	return &m
}

// subscriber keeps the digits, without Russia's 7 or 8 in front of ten others: SMSC corrects numbers
// by itself.
func subscriber(phone string) string {
	number := digits(phone)
	if len(number) == 11 && (number[0] == '7' || number[0] == '8') {
		return number[1:]
	}
	return number
}

// digits drops everything else.
func digits(phone string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, phone)
}
