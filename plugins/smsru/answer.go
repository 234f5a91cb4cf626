package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/orderbell/orderbell/sdk"
)

// answer is what every call returns. sms.ru is free with types: numbers come as strings and the
// other way round, and null stands for nothing.
type answer struct {
	Code    loose   `json:"status_code"`
	Words   loose   `json:"status_text"`
	SMS     entries `json:"sms"`
	Balance loose   `json:"balance"`

	TotalLimit loose  `json:"total_limit"` // of /my/limit, comes as a string
	UsedToday  loose  `json:"used_today"`  // of /my/limit and /my/free, null for none
	TotalFree  loose  `json:"total_free"`  // of /my/free
	Senders    *names `json:"senders"`     // of /my/senders, missing when there is none
}

// entry is what became of one recipient, or in an answer about states of one sms_id.
type entry struct {
	Status   loose `json:"status"`
	Code     loose `json:"status_code"`
	Words    loose `json:"status_text"`
	ID       loose `json:"sms_id"`
	Cost     loose `json:"cost"` // roubles
	Segments loose `json:"sms"`
}

// loose takes a string, a number or a boolean as the text of it, anything else as "". One odd field
// must not cost the rest of the answer.
type loose string

// UnmarshalJSON never fails.
func (l *loose) UnmarshalJSON(data []byte) error {
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

// money is nil for what is no amount in roubles, or one below zero.
func (l loose) money() *sdk.Money {
	amount, err := sdk.ParseMoney(string(l), "RUB")
	if err != nil || amount.Negative() {
		return nil
	}
	return &amount
}

// names is a list of names. Odd says that there was one in a form that we do not know.
type names struct {
	list []string
	odd  bool
}

// UnmarshalJSON never fails. A list with a gap in its numbering comes as an object.
func (n *names) UnmarshalJSON(data []byte) error {
	var list []loose
	var object map[string]loose
	switch {
	case json.Unmarshal(data, &list) == nil:
	case json.Unmarshal(data, &object) == nil:
		list = slices.Collect(maps.Values(object))
	default:
		n.odd = true
	}
	for _, name := range list {
		n.list = append(n.list, string(name))
	}
	slices.Sort(n.list)
	return nil
}

// entries is keyed by the recipient as sms.ru writes it.
type entries map[string]entry

// UnmarshalJSON never fails. None at all come as a list, as null or not; a recipient whose entry is
// odd has an empty one.
func (e *entries) UnmarshalJSON(data []byte) error {
	var raw map[string]json.RawMessage
	if json.Unmarshal(data, &raw) != nil {
		return nil //nolint:nilerr // no recipients: each of ours counts as not mentioned
	}
	*e = entries{}
	for key, value := range raw {
		var one entry
		if json.Unmarshal(value, &one) != nil {
			one = entry{}
		}
		(*e)[key] = one
	}
	return nil
}

// read decodes an answer; a code other than codeOK for the call as a whole is in the answer, too.
func read(body []byte) (answer, error) {
	var a answer
	if err := json.Unmarshal(bytes.TrimPrefix(body, []byte("\ufeff")), &a); err != nil {
		return answer{}, sdk.Fail(sdk.Internal, "the answer is not the JSON expected").WithRaw(string(body))
	}
	if _, ok := a.Code.number(); !ok {
		return answer{}, sdk.Fail(sdk.Internal, "the answer holds no status_code").WithRaw(string(body))
	}
	return a, nil
}

// refusal is why the call as a whole failed, nil if it did not.
func (a answer) refusal() *sdk.Failure {
	code, _ := a.Code.number()
	if code == codeOK {
		return nil
	}
	return failure(code, string(a.Words))
}

// outcomes says what became of each message of one request. A recipient's own entry counts; the
// top level only speaks for those without one, because it says OK even if every recipient failed.
func outcomes(batch []sdk.Message, body []byte) []sdk.Outcome {
	out := make([]sdk.Outcome, len(batch))
	a, err := read(body)
	for i, m := range batch {
		out[i].ID = m.ID
		if err != nil {
			out[i].Failure = sdk.AsFailure(err, sdk.Internal)
			continue
		}
		e, found := a.SMS.of(m.To, len(batch) == 1)
		switch {
		case found:
			out[i].Accepted, out[i].Failure = e.verdict(body)
		case a.refusal() != nil:
			out[i].Failure = a.refusal()
		default:
			out[i].Failure = sdk.Fail(sdk.Internal, "the answer does not mention the recipient").WithRaw(string(body))
		}
	}
	return out
}

// verdict reads one recipient's entry. A refused one can carry an sms_id, which means nothing.
func (e entry) verdict(body []byte) (*sdk.Accepted, *sdk.Failure) {
	code, ok := e.Code.number()
	switch {
	case !ok:
		return nil, sdk.Fail(sdk.Internal, "the recipient's entry holds no status_code").WithRaw(string(body))
	case code != codeOK:
		return nil, failure(code, string(e.Words))
	case strings.EqualFold(string(e.Status), "ERROR"):
		return nil, sdk.Fail(sdk.Internal, "the recipient's entry says both ERROR and 100").WithRaw(string(body))
	case e.ID == "":
		return nil, sdk.Fail(sdk.Internal, "accepted without an sms_id").WithRaw(string(body))
	}
	return &sdk.Accepted{ID: string(e.ID)}, nil
}

// of finds a recipient's entry. Numbers are compared without the leading 7 or 8, because sms.ru
// brings them into its own form. When there was one recipient and the one key holds no number at
// all, it must be ours.
func (e entries) of(to string, only bool) (entry, bool) {
	wanted := subscriber(to)
	for key, found := range e {
		if subscriber(key) == wanted {
			return found, true
		}
		if only && len(e) == 1 && len(subscriber(key)) < 7 {
			return found, true
		}
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
