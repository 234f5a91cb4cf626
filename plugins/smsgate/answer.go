package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

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

// messageState is a message as the app and the server show it. The lists are read leniently: they are
// not needed to know what became of the message.
type messageState struct {
	ID         loose           `json:"id"`
	State      loose           `json:"state"`
	Recipients json.RawMessage `json:"recipients"`
	States     json.RawMessage `json:"states"`
}

type recipient struct {
	Phone loose `json:"phoneNumber"` // or the first 16 digits of its SHA-256, once the server forgets it
	State loose `json:"state"`
	Error loose `json:"error"`
}

func read(body []byte) (messageState, error) {
	var s messageState
	if json.Unmarshal(bytes.TrimPrefix(body, []byte("\ufeff")), &s) != nil {
		return messageState{}, sdk.Fail(sdk.Internal, "the answer is not the JSON expected").WithRaw(string(body))
	}
	return s, nil
}

// recipient is the only one that a message of ours has; zero if the answer does not show it.
func (s messageState) recipient() recipient {
	var list []recipient
	if json.Unmarshal(s.Recipients, &list) != nil || len(list) != 1 {
		return recipient{}
	}
	return list[0]
}

// phone is the number that the answer is about, if it shows one and not its hash.
func (s messageState) phone() (string, bool) {
	phone := string(s.recipient().Phone)
	return phone, strings.HasPrefix(phone, "+") || phone != "" && digits(phone) == phone && len(phone) < 16
}

// verdict is what the message's state means to us.
func (s messageState) verdict() verdict { return meaning(string(s.State), string(s.recipient().Error)) }

// at is when the state was reached; zero if that is not said.
func (s messageState) at() time.Time {
	var states map[string]loose
	if json.Unmarshal(s.States, &states) != nil {
		return time.Time{}
	}
	return moment(states[string(s.State)])
}

// moment reads a time as the app writes it; zero for anything else.
func moment(text loose) time.Time {
	at, err := time.Parse(time.RFC3339, string(text))
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}

// statusOf is the HTTP status of a refused call, 0 for another error.
func statusOf(err error) int {
	var refused *sdk.StatusError
	if errors.As(err, &refused) {
		return refused.Status
	}
	return 0
}

// words is what the server says about a refusal: {"message": "…"}; "" if it says nothing.
func words(err error) string {
	var refused *sdk.StatusError
	if !errors.As(err, &refused) {
		return ""
	}
	var r struct {
		Message loose `json:"message"`
	}
	_ = json.Unmarshal(bytes.TrimPrefix(refused.Body, []byte("\ufeff")), &r) // a web page says nothing
	return string(r.Message)
}

// duplicate says whether a sending was refused because the id is there already: the server calls it a
// duplicate id, the app says that it already exists, in some versions with 500. Without these words it
// may be anybody's refusal.
func duplicate(err error) bool {
	switch statusOf(err) {
	case http.StatusConflict, http.StatusInternalServerError:
		said := words(err)
		return strings.Contains(said, "already exists") || strings.Contains(said, "duplicate id")
	}
	return false
}

// explain says in what way a call was refused, beyond its HTTP status.
func explain(err error) error {
	if err == nil {
		return nil
	}
	f := *sdk.AsFailure(err, sdk.UnknownOutcome)
	var refused *sdk.EgressError
	if errors.As(err, &refused) {
		f.Detail = fmt.Sprintf("%s не разрешён: добавьте его в egress_allow в orderbell.yaml / is not allowed: add it to egress_allow in orderbell.yaml", refused.Address)
		return &f
	}
	said := words(err)
	switch statusOf(err) {
	case 0:
		return &f
	case http.StatusBadRequest:
		f.Reason = refusal(said)
	case http.StatusForbidden:
		f.Detail += "; the token or the user lacks the right"
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusUnsupportedMediaType:
		f.Reason = sdk.Unauthorized // nothing at this address takes messages: somebody must mend the settings
		f.Detail += "; there is no SMSGate at this address, check base_url"
	case http.StatusRequestEntityTooLarge:
		f.Reason = sdk.RejectedText
	}
	if said != "" {
		f.Detail += " (" + said + ")"
	}
	return &f
}
