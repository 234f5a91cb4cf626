package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

// resource is a message as Twilio shows it. Counts and amounts come as strings, or as null.
type resource struct {
	SID       loose `json:"sid"`
	Status    loose `json:"status"`
	To        loose `json:"to"`
	Segments  loose `json:"num_segments"`
	Price     loose `json:"price"`
	PriceUnit loose `json:"price_unit"`
	ErrorCode loose `json:"error_code"`
	Updated   loose `json:"date_updated"`
}

// refusal is the body of an error.
type refusal struct {
	Code    loose `json:"code"`
	Message loose `json:"message"`
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

// number is 0 for what is no whole number.
func (l loose) number() int {
	n, _ := strconv.Atoi(strings.TrimSpace(string(l))) // 0 is the answer then
	return n
}

func trimmed(body []byte) []byte { return bytes.TrimPrefix(body, []byte("\ufeff")) }

func read(body []byte) (resource, error) {
	var r resource
	if json.Unmarshal(trimmed(body), &r) != nil {
		return resource{}, sdk.Fail(sdk.Internal, "the answer is not the JSON expected").WithRaw(string(body))
	}
	return r, nil
}

// cost is what the message cost; Twilio writes it as a negative amount, some time after the sending.
func (r resource) cost() *sdk.Money {
	amount, err := sdk.ParseMoney(strings.TrimPrefix(strings.TrimSpace(string(r.Price)), "-"), currency(r.PriceUnit))
	if err != nil || amount.Negative() {
		return nil
	}
	return &amount
}

// currency is in capitals; USD where Twilio names none.
func currency(unit loose) string {
	code := strings.ToUpper(strings.TrimSpace(string(unit)))
	if !regexp.MustCompile(`^[A-Z]{3}$`).MatchString(code) {
		return "USD"
	}
	return code
}

// at is when the status was reached; zero if that is not said.
func (r resource) at() time.Time {
	at, err := time.Parse(time.RFC1123Z, string(r.Updated))
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

// explain puts Twilio's own code in the place of the HTTP status. With 5xx the code does not make the
// outcome certain.
func explain(err error) error {
	f := sdk.AsFailure(err, sdk.UnknownOutcome)
	var refused *sdk.StatusError
	if !errors.As(err, &refused) {
		return f
	}
	var r refusal
	if json.Unmarshal(trimmed(refused.Body), &r) != nil || r.Code.number() == 0 {
		return f
	}
	g := f.WithCode(strconv.Itoa(r.Code.number()))
	v, known := codes()[r.Code.number()]
	if known && refused.Status < 500 {
		g.Reason, g.Detail = v.reason, v.words
		if g.Reason == sdk.RateLimited && g.RetryAfter == 0 {
			g.RetryAfter = v.wait
		}
	}
	if r.Message != "" {
		g.Detail += " (" + string(r.Message) + ")"
	}
	return g
}
