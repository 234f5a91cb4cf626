package adminapi

import (
	"context"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/access"
)

// Event is one posting of the cash server.
type Event struct {
	ID             string    `json:"id"`
	Source         string    `json:"source"`
	RestaurantCode string    `json:"restaurant_code,omitempty"`
	Status         string    `json:"status" enum:"stored,done,quarantined,failed"`
	Note           string    `json:"note,omitempty" doc:"Why it is quarantined or failed."`
	Summary        string    `json:"summary" doc:"What it said, in words; empty when not understood."`
	OrderIDs       []string  `json:"order_ids" nullable:"false"`
	Size           int       `json:"size" doc:"Bytes; 0: the body is gone, its retention is over."`
	ReceivedAt     time.Time `json:"received_at"`
}

// EventDetail is an event with what it led to.
type EventDetail struct {
	Event
	Decisions []Decision `json:"decisions" nullable:"false"`
}

// Decision is what one rule made of one change.
type Decision struct {
	ID          string    `json:"id"`
	OrderID     string    `json:"order_id"`
	OrderNumber string    `json:"order_number,omitempty"`
	Rule        string    `json:"rule"`
	RuleVersion string    `json:"rule_version"`
	Change      string    `json:"change" doc:"order.ready, order.voided …"`
	Outcome     string    `json:"outcome" enum:"sends,skipped,waiting,failed"`
	Reason      string    `json:"reason,omitempty"`
	Why         string    `json:"why,omitempty"`
	At          time.Time `json:"at"`
	MessageIDs  []string  `json:"message_ids" nullable:"false"`
}

// Trial is what one rule would decide; nothing of it is stored.
type Trial struct {
	Rule     string      `json:"rule"`
	Version  string      `json:"version"`
	Change   string      `json:"change"`
	OrderNo  string      `json:"order_number,omitempty"`
	Outcome  string      `json:"outcome" enum:"sends,skipped,waiting,failed"`
	Reason   string      `json:"reason,omitempty"`
	Why      string      `json:"why,omitempty"`
	Messages []TrialText `json:"messages" nullable:"false"`
	Log      []string    `json:"log" nullable:"false"`
	Error    *RuleFault  `json:"error,omitempty"`
	Micros   int64       `json:"micros" doc:"How long it took, µs."`
}

// TrialText is a text that would go out.
type TrialText struct {
	To       string `json:"to" doc:"Masked."`
	Text     string `json:"text"`
	Segments int    `json:"segments"`
	Dedupe   string `json:"dedupe"`
}

// RawEvent is a posting as it came.
type RawEvent struct {
	Encoding string `json:"encoding" doc:"What it was written in: utf-8, windows-1251, utf-16le …"`
	Text     string `json:"text" doc:"Decoded; phones masked. Empty when binary."`
	Hex      string `json:"hex,omitempty" doc:"A hex dump, when it is no text; at most 64 KiB of it."`
	Cut      bool   `json:"cut" doc:"Only the beginning is shown."`
}

// EventFilter picks events.
type EventFilter struct {
	Order      string
	Restaurant string
	Statuses   []string
	From, To   time.Time
	After      string
	Limit      int
}

// Events lists postings. Refusals: NoSuchThing; NotNow when the body is gone or it is being decided.
type Events interface {
	Events(ctx context.Context, f EventFilter, lang string) (items []Event, next string, err error)
	Event(ctx context.Context, id, lang string) (EventDetail, error)
	RawEvent(ctx context.Context, who Caller, id string) (RawEvent, error)
	TryEvent(ctx context.Context, id, lang string) ([]Trial, error) // with the rules that serve now
	ReplayEvent(ctx context.Context, who Caller, id string) error   // decide it again; no guest is texted twice
}

type eventQuery struct {
	Paging
	Span
	Order      string   `query:"order" maxLength:"64"`
	Restaurant string   `query:"restaurant" maxLength:"64"`
	Status     []string `query:"status" maxItems:"4"`
}

func (a *API) events() {
	s := a.opt.Services.Events
	add(a, call{id: "list-events", method: "GET", path: "/events", tag: "Events", summary: "List postings of the cash server, newest first", may: access.EventsRead},
		func(ctx context.Context, who Caller, in *eventQuery) (*body[Page[Event]], error) {
			items, next, err := s.Events(ctx, EventFilter{
				Order: in.Order, Restaurant: in.Restaurant, Statuses: in.Status, From: in.From, To: in.To, After: in.After, Limit: in.Limit,
			}, who.Language)
			return page(items, next), err
		})
	add(a, call{id: "get-event", method: "GET", path: "/events/{id}", tag: "Events", summary: "One posting with the decisions it led to", may: access.EventsRead},
		func(ctx context.Context, who Caller, in *ByID) (*body[EventDetail], error) {
			return answered(s.Event(ctx, in.ID, who.Language))
		})
	add(a, call{id: "get-event-raw", method: "GET", path: "/events/{id}/raw", tag: "Events", summary: "The posting as it came", may: access.EventsRaw, reveals: true},
		func(ctx context.Context, who Caller, in *ByID) (*body[RawEvent], error) {
			return answered(s.RawEvent(ctx, who, in.ID))
		})
	add(a, call{id: "try-event", method: "POST", path: "/events/{id}/try", tag: "Events", summary: "What the rules would decide now; nothing is sent or stored", may: access.RulesRead, dry: true},
		func(ctx context.Context, who Caller, in *ByID) (*body[[]Trial], error) {
			return answered(s.TryEvent(ctx, in.ID, who.Language))
		})
	add(a, call{id: "replay-event", method: "POST", path: "/events/{id}/replay", tag: "Events", summary: "Decide the posting again; nobody is texted twice", may: access.EventsWrite},
		func(ctx context.Context, who Caller, in *ByID) (*nothing, error) {
			return &nothing{}, s.ReplayEvent(ctx, who, in.ID)
		})
}
