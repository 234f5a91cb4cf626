package rule

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/orderbell/orderbell/gateway/internal/order"
)

// Case is an entry of NAME.cases.json: events of one order in turn, and what the rules of the file NAME
// say to each change that they listen to.
type Case struct {
	Name     string      `json:"name"`
	Events   []CaseEvent `json:"events"`
	Stage    order.Stage `json:"stage,omitempty"`    // the chosen one; default ready
	Template string      `json:"template,omitempty"` // of the settings page; default "Заказ {order_number} готов. {restaurant_name}"
	Off      bool        `json:"off,omitempty"`      // notifications are off
	Language string      `json:"language,omitempty"` // the guest's; default ru
	NoPhone  bool        `json:"no_phone,omitempty"` // nobody has left a phone
	At       string      `json:"at,omitempty"`       // the restaurant's clock at the last event, HH:MM; default that of the events
	Want     []Saying    `json:"want"`
}

// CaseEvent is one posting of a case: the name of a sample (examples/events), or the posting itself.
type CaseEvent struct {
	Sample string
	Body   string
}

// UnmarshalJSON reads "08-kds-all-ready.xml" or {"body": "<RK7Query>…"}.
func (e *CaseEvent) UnmarshalJSON(data []byte) error {
	if err := json.Unmarshal(data, &e.Sample); err == nil {
		return nil
	}
	return strict(data, &struct {
		Body *string `json:"body"`
	}{&e.Body})
}

// MarshalJSON writes what UnmarshalJSON reads.
func (e CaseEvent) MarshalJSON() ([]byte, error) {
	if e.Body == "" {
		return json.Marshal(e.Sample)
	}
	return json.Marshal(map[string]string{"body": e.Body})
}

// Saying is what a rule said to one change: a text, a skip in its own words, or an error. Rule may be
// left out where the file declares one rule.
type Saying struct {
	Change order.Kind `json:"change"`
	Rule   string     `json:"rule,omitempty"`
	Text   string     `json:"text,omitempty"`
	Skip   string     `json:"skip,omitempty"`
	Error  string     `json:"error,omitempty"`
}

// Bounds of a cases file, so that running one takes seconds at most.
const (
	maxCases      = 200
	maxCaseEvents = 50
)

// ParseCases reads a cases file strictly: a misspelt field would be a case that checks nothing.
func ParseCases(data []byte) ([]Case, error) {
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, nil
	}
	var cases []Case
	if err := strict(data, &cases); err != nil {
		return nil, err
	}
	if len(cases) > maxCases {
		return nil, fmt.Errorf("%d cases; at most %d are allowed", len(cases), maxCases)
	}
	for i, c := range cases {
		switch {
		case strings.TrimSpace(c.Name) == "":
			return nil, fmt.Errorf("case %d: name is empty", i+1)
		case len(c.Events) == 0:
			return nil, fmt.Errorf("case %q: events is empty", c.Name)
		case len(c.Events) > maxCaseEvents:
			return nil, fmt.Errorf("case %q: %d events; at most %d are allowed", c.Name, len(c.Events), maxCaseEvents)
		}
	}
	return cases, nil
}

func strict(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		if at, ok := errors.AsType[*json.SyntaxError](err); ok {
			return fmt.Errorf("line %d: %w", 1+bytes.Count(data[:min(int(at.Offset), len(data))], []byte("\n")), err)
		}
		return err
	}
	if d.More() {
		return errors.New("something follows the list of cases")
	}
	return nil
}
