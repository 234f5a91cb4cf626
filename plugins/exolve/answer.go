package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/orderbell/orderbell/sdk"
)

// loose takes a string, a number or a boolean as the text of it, anything else as "". Ids are int64
// as strings in one version of MTS Exolve's pages and numbers in another; the text of a number keeps
// all its digits, which a float would not.
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

// trouble is an error in a body: {"error":{"code":…,"message":"…"}} is usual, {"error":"…"} and both
// fields at the top are seen as well.
type trouble struct {
	Code    string
	Message string
}

// findTrouble returns false for a body that holds no error.
func findTrouble(body []byte) (trouble, bool) {
	var top struct {
		Error   json.RawMessage `json:"error"`
		Code    loose           `json:"code"`
		Message loose           `json:"message"`
	}
	if json.Unmarshal(clean(body), &top) != nil {
		return trouble{}, false
	}
	var inner struct {
		Code    loose `json:"code"`
		Message loose `json:"message"`
	}
	var text loose
	if len(top.Error) > 0 {
		_ = json.Unmarshal(top.Error, &inner) // not an object then
		_ = text.UnmarshalJSON(top.Error)     // never fails
	}
	e := trouble{Code: string(inner.Code), Message: string(inner.Message)}
	if e.Code == "" {
		e.Code = string(top.Code)
	}
	for _, other := range []loose{text, top.Message} {
		if e.Message == "" {
			e.Message = string(other)
		}
	}
	present := len(top.Error) > 0 && text != "false" && !bytes.Equal(top.Error, []byte("null")) && !bytes.Equal(top.Error, []byte(`""`))
	return e, present || top.Message != "" && top.Code != ""
}

func clean(body []byte) []byte { return bytes.TrimPrefix(body, []byte("\ufeff")) }

// refusal is why a call with an HTTP status of success did not go well; nil if it did.
func refusal(body []byte) *sdk.Failure {
	if !json.Valid(clean(body)) {
		return sdk.Fail(sdk.Internal, "the answer is not the JSON expected").WithRaw(string(body))
	}
	e, found := findTrouble(body)
	if !found {
		return nil
	}
	f := e.judge()
	if _, none := accepted(body); f == nil || none == nil {
		f = e.failure(sdk.Internal, "an error that is not understood")
	}
	return f.WithRaw(string(body))
}

// explain looks for MTS Exolve's own words in an answer with an HTTP status of failure.
func explain(err error) *sdk.Failure {
	f := sdk.AsFailure(err, sdk.UnknownOutcome)
	var status *sdk.StatusError
	if !errors.As(err, &status) {
		return f
	}
	e, found := findTrouble(status.Body)
	if !found {
		return f
	}
	if f.Reason != sdk.Internal || status.Status < 400 {
		g := *f
		if e.Message != "" {
			g.Detail += " (" + e.Message + ")"
		}
		return &g
	}
	judged := e.judge()
	if reason, known := statuses()[status.Status]; judged == nil && known {
		judged = e.failure(reason, "the request was refused")
	}
	if judged == nil {
		return f
	}
	if judged.Code == "" {
		judged.Code = f.Code
	}
	return judged.WithRaw(f.Raw)
}

// accepted reads the answer of SendSMS.
func accepted(body []byte) (id string, f *sdk.Failure) {
	var reply struct {
		ID    loose `json:"message_id"`
		Camel loose `json:"messageId"` // what a gRPC gateway writes unless told otherwise
	}
	_ = json.Unmarshal(clean(body), &reply) // no id then
	if reply.ID == "" {
		reply.ID = reply.Camel
	}
	if !usable(string(reply.ID)) {
		return "", sdk.Fail(sdk.Internal, "accepted without a message_id").WithRaw(string(body))
	}
	return string(reply.ID), nil
}

// usable says whether an id can be asked for again: 1 … 64 letters, digits, dashes and underscores. A
// number with a fraction or an exponent has lost digits on its way.
func usable(id string) bool {
	odd := func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-' && r != '_'
	}
	switch id {
	case "", "0", "true", "false":
		return false
	}
	return len(id) <= 64 && !strings.ContainsFunc(id, odd)
}

// item is one message in a list or a callback. In a callback status may stand for delivery_status.
type item struct {
	MessageID loose `json:"message_id"`
	Delivery  loose `json:"delivery_status"`
	Status    loose `json:"status"`
	Direction loose `json:"direction"`
	Sender    loose `json:"sender"`
	Text      loose `json:"text"`

	stated bool // it has a status, be it one that cannot be read
}

func (i item) id() string { return string(i.MessageID) }

// items reads the list in an answer: messages, or the first list there is. False: none at all; an
// empty object is an empty list, as a gRPC gateway leaves empty fields out. What is no object in the
// list is passed over.
func items(body []byte) ([]item, bool) {
	var object map[string]json.RawMessage
	if json.Unmarshal(clean(body), &object) != nil || object == nil {
		return nil, false
	}
	names := slices.Sorted(maps.Keys(object))
	if _, usual := object["messages"]; usual {
		names = []string{"messages"}
	}
	for _, name := range names {
		var raw []json.RawMessage
		if json.Unmarshal(object[name], &raw) == nil && raw != nil {
			return each(raw), true
		}
	}
	return nil, len(object) == 0
}

func each(raw []json.RawMessage) []item {
	var all []item
	for _, data := range raw {
		var one item
		var fields map[string]json.RawMessage
		if json.Unmarshal(data, &one) != nil || json.Unmarshal(data, &fields) != nil || len(fields) == 0 {
			continue
		}
		one.stated = fields["delivery_status"] != nil || fields["status"] != nil
		all = append(all, one)
	}
	return all
}
