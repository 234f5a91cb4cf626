package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/orderbell/orderbell/sdk"
)

// answer is the envelope of every call. Result and Reason are what version 1 answered with.
type answer struct {
	Success loose           `json:"success"`
	Data    json.RawMessage `json:"data"`
	Message loose           `json:"message"`
	Result  loose           `json:"result"`
	Reason  loose           `json:"reason"`

	raw string
}

// entry is one message in an answer or a callback.
type entry struct {
	ID       loose `json:"id"`
	Number   loose `json:"number"`
	Status   loose `json:"status"`
	Cost     loose `json:"cost"`
	Answered loose `json:"dateAnswer"` // unix seconds
}

// loose takes a string, a number or a boolean as the text of it, anything else as "". SMS Aero turns
// numbers into strings and back between its calls; one odd field must not cost the rest of an answer.
type loose string

// UnmarshalJSON never fails.
func (l *loose) UnmarshalJSON(data []byte) error {
	*l = ""
	var text string
	switch {
	case json.Unmarshal(data, &text) == nil: // null leaves it empty
		*l = loose(text)
	case data[0] != '{' && data[0] != '[':
		*l = loose(data)
	}
	return nil
}

// number returns false for what is no whole number.
func (l loose) number() (int, bool) {
	n, err := strconv.Atoi(strings.TrimSpace(string(l)))
	return n, err == nil
}

// decode reads the envelope; false: the answer is not SMS Aero's.
func decode(body []byte) (answer, bool) {
	var a answer
	if json.Unmarshal(bytes.TrimPrefix(body, []byte("\ufeff")), &a) != nil || a.Success == "" && a.Result == "" {
		return answer{}, false
	}
	a.raw = string(body)
	return a, true
}

// read decodes an answer with an HTTP status of success. It is a failure unless it says success: true.
func read(body []byte) (answer, *sdk.Failure) {
	a, ok := decode(body)
	if !ok {
		return answer{}, sdk.Fail(sdk.Internal, "the answer is not the JSON expected").WithRaw(string(body))
	}
	if (a.Success == "true" || a.Success == "1") && a.Result == "" {
		return a, nil
	}
	if f := a.judge(); f != nil {
		return answer{}, f.WithRaw(string(body))
	}
	return answer{}, sdk.Fail(sdk.Internal, "refused in words without a known meaning").WithRaw(string(body))
}

// explain looks for SMS Aero's own words in an answer with an HTTP status of failure. Where the status
// alone says it (401, 402, 403, 429, 5xx), it stays with that.
func explain(err error) *sdk.Failure {
	f := sdk.AsFailure(err, sdk.UnknownOutcome)
	var status *sdk.StatusError
	if !errors.As(err, &status) {
		return f
	}
	a, ok := decode(status.Body)
	if !ok || a.Success == "true" || a.Success == "1" {
		return f
	}
	if f.Reason != sdk.Internal || status.Status < 400 {
		g := *f
		if a.Message != "" {
			g.Detail += " (" + string(a.Message) + ")"
		}
		return &g
	}
	if judged := a.judge(); judged != nil {
		return judged.WithRaw(f.Raw)
	}
	return f
}

// fields are the parameters that a validation error names: {"number": ["incorrect"]}. What follows a
// dot or a bracket is the place in a list.
func (a answer) fields() []string {
	var named map[string]json.RawMessage
	if json.Unmarshal(a.Data, &named) != nil {
		return nil
	}
	var all []string
	for name := range named {
		if end := strings.IndexAny(name, ".["); end >= 0 {
			name = name[:end]
		}
		all = append(all, name)
	}
	return all
}

// balance is "" where there is none.
func (a answer) balance() loose {
	var data struct {
		Balance loose `json:"balance"`
	}
	_ = json.Unmarshal(a.Data, &data) // nothing then
	return data.Balance
}

// entries reads one message, a list of them, or a list written as an object with the keys "0", "1", …
// What is no message is passed over.
func entries(data json.RawMessage) []entry {
	var list []json.RawMessage
	var object map[string]json.RawMessage
	switch {
	case json.Unmarshal(data, &list) == nil:
	case json.Unmarshal(data, &object) == nil && object["id"] != nil:
		list = []json.RawMessage{data}
	default:
		for _, key := range slices.Sorted(maps.Keys(object)) {
			list = append(list, object[key])
		}
	}
	var all []entry
	for _, raw := range list {
		var e entry
		if json.Unmarshal(raw, &e) == nil && e != (entry{}) {
			all = append(all, e)
		}
	}
	return all
}

// outcomes says what became of each message of one request.
func outcomes(r request, a answer) []sdk.Outcome {
	found := entries(a.Data)
	out := make([]sdk.Outcome, len(r.messages))
	for i, m := range r.messages {
		out[i].ID = m.ID
		e, ok := of(found, m.To, len(r.messages) == 1)
		if !ok {
			out[i].Failure = sdk.Fail(sdk.Internal, "the answer does not mention the recipient").WithRaw(a.raw)
			continue
		}
		out[i].Accepted, out[i].Failure = e.verdict(r.test, a.raw)
	}
	return out
}

// of finds a recipient's entry. When there was one recipient and the one entry holds no number at
// all, it must be ours.
func of(found []entry, to string, only bool) (entry, bool) {
	for _, e := range found {
		if subscriber(string(e.Number)) == subscriber(to) {
			return e, true
		}
	}
	if only && len(found) == 1 && len(subscriber(string(found[0].Number))) < 7 {
		return found[0], true
	}
	return entry{}, false
}

// subscriber keeps the digits, without Russia's 7 or 8 in front of ten others.
func subscriber(phone string) string {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, phone)
	if len(digits) == 11 && (digits[0] == '7' || digits[0] == '8') {
		return digits[1:]
	}
	return digits
}

// verdict reads one recipient's entry in the answer to a sending.
func (e entry) verdict(test bool, raw string) (*sdk.Accepted, *sdk.Failure) {
	if n, ok := e.Status.number(); ok && n == statusRefused {
		return nil, sdk.Fail(sdk.RejectedText, "the message was refused at once").WithCode(string(e.Status)).WithRaw(raw)
	}
	if !usable(string(e.ID)) {
		return nil, sdk.Fail(sdk.Internal, "accepted without an id").WithRaw(raw)
	}
	accepted := &sdk.Accepted{ID: string(e.ID), Cost: e.cost()}
	if test {
		accepted.ID = testPrefix + accepted.ID
	}
	return accepted, nil
}

// usable says whether an id can be asked for again: 1 … 56 printable bytes, which leaves room for
// testPrefix within the gateway's 64.
func usable(id string) bool {
	odd := func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }
	return id != "" && id != "0" && id != "false" && id != "true" && len(id) <= 56 && !strings.ContainsFunc(id, odd)
}

// cost is nil where none is said.
func (e entry) cost() *sdk.Money {
	m, err := sdk.ParseMoney(string(e.Cost), "RUB")
	if err != nil || m.Negative() {
		return nil
	}
	return &m
}

// receipt is what the entry says about a message. A status that is not in the table is unknown.
func (e entry) receipt(ourID, providerID string) sdk.Receipt {
	r := sdk.Receipt{
		OurID: ourID, ProviderID: providerID, Status: sdk.StatusUnknown,
		At: moment(e.Answered), Cost: e.cost(), Code: string(e.Status),
	}
	n, ok := e.Status.number()
	if s, known := standings()[n]; ok && known {
		r.Status, r.Reason = s.status, s.reason
	}
	return r
}
