package screen

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/problem"
	"github.com/orderbell/orderbell/gateway/internal/rule"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

// Events implements adminapi.Events.
func (s *Screen) Events(ctx context.Context, f adminapi.EventFilter, lang string) ([]adminapi.Event, string, error) {
	filter := store.EventFilter{Order: f.Order, Restaurant: f.Restaurant, From: f.From, To: f.To, After: f.After, Limit: f.Limit}
	for _, word := range f.Statuses {
		switch status := kds.EventStatus(word); status {
		case kds.Stored, kds.Done, kds.Quarantined, kds.Failed:
			filter.Statuses = append(filter.Statuses, status)
		default:
			return nil, "", problem.RefuseField("status", problem.FieldInvalid)
		}
	}
	page, next, err := s.db.Events(ctx, filter)
	if err != nil {
		return nil, "", refuse(err)
	}
	items := make([]adminapi.Event, len(page))
	for i, e := range page {
		items[i] = event(e, lang)
	}
	return items, next, nil
}

func event(e store.ListedEvent, lang string) adminapi.Event {
	shown := adminapi.Event{
		ID: e.ID, Source: e.Source, RestaurantCode: e.Restaurant, Status: string(e.Status), Note: e.Note, OrderIDs: listOf(e.OrderIDs),
		Size: len(e.Body), ReceivedAt: e.ReceivedAt,
	}
	postings, err := kds.Decode(e.Body)
	if err != nil || len(e.Body) == 0 {
		return shown
	}
	if shown.RestaurantCode == "" && len(postings) > 0 {
		shown.RestaurantCode = postings[0].Restaurant
	}
	shown.Summary = saying(postings, lang)
	return shown
}

// Saying tells in words what an event's body said; empty where it is gone or cannot be understood.
func Saying(body []byte, lang string) string {
	postings, err := kds.Decode(body)
	if err != nil || len(body) == 0 {
		return ""
	}
	return saying(postings, lang)
}

// sayingMost is how many orders of one posting its summary names.
const sayingMost = 3

// saying tells what postings said: "№ 12.1 готов, № 12.2 готовится".
func saying(postings []kds.Posting, lang string) string {
	var parts []string
	more := 0
	for _, p := range postings {
		for _, o := range p.Orders {
			if len(parts) == sayingMost {
				more++
				continue
			}
			o = order.Carry(nil, o, order.Least)
			word := rule.StageWord(o.Stage, lang)
			if o.Closed() {
				word = pick(lang, "закрыт", "closed")
			}
			number := order.Number(o, "")
			if number == "" {
				parts = append(parts, word)
				continue
			}
			parts = append(parts, numberSign(lang)+number+" "+word)
		}
	}
	text := strings.Join(parts, ", ")
	if more > 0 {
		text += fmt.Sprintf(pick(lang, " и ещё %d", " and %d more"), more)
	}
	return text
}

// numberSign stands before the number of an order, as the screen writes it.
func numberSign(lang string) string { return pick(lang, "№ ", "No. ") }

// Event implements adminapi.Events.
func (s *Screen) Event(ctx context.Context, id, lang string) (adminapi.EventDetail, error) {
	e, err := s.db.EventWithOrders(ctx, id)
	if err != nil {
		return adminapi.EventDetail{}, refuse(err)
	}
	decisions, err := s.db.EventDecisions(ctx, id)
	if err != nil {
		return adminapi.EventDetail{}, refuse(err)
	}
	d := adminapi.EventDetail{Event: event(*e, lang), Decisions: []adminapi.Decision{}}
	for _, one := range decisions {
		d.Decisions = append(d.Decisions, decision(one, lang))
	}
	return d, nil
}

func decision(d store.ListedDecision, lang string) adminapi.Decision {
	why := message.Sentence(d.Reason, lang)
	if d.Note != "" && (d.Reason == message.RuleSkipped || d.Outcome == rule.Errored) {
		why = d.Note
	}
	return adminapi.Decision{
		ID: d.ID, OrderID: d.OrderID, OrderNumber: d.Number, Rule: d.Rule, RuleVersion: d.RuleVersion, Change: string(d.Change.Kind),
		Outcome: string(d.Outcome), Reason: string(d.Reason), Why: why, At: d.At, MessageIDs: listOf(d.MessageIDs),
	}
}

// rawMost is how much of a body is shown, in bytes.
const rawMost = 64 << 10

// RawEvent implements adminapi.Events.
func (s *Screen) RawEvent(ctx context.Context, _ adminapi.Caller, id string) (adminapi.RawEvent, error) {
	e, err := s.db.Event(ctx, id)
	if err != nil {
		return adminapi.RawEvent{}, refuse(err)
	}
	if e.Body == nil {
		return adminapi.RawEvent{}, problem.Refuse(problem.NotNow)
	}
	return raw(e.Body), nil
}

func raw(body []byte) adminapi.RawEvent {
	text, encoding, ok := kds.Text(body)
	if !ok {
		shown := body[:min(len(body), rawMost)]
		return adminapi.RawEvent{Encoding: "binary", Hex: hex.Dump(shown), Cut: len(shown) < len(body)}
	}
	text = contact.MaskPhones(text)
	shown := adminapi.RawEvent{Encoding: encoding, Text: text}
	if len(text) > rawMost {
		cut := rawMost
		for !utf8.RuneStart(text[cut]) {
			cut--
		}
		shown.Text, shown.Cut = text[:cut], true
	}
	return shown
}

// TryEvent implements adminapi.Events.
func (s *Screen) TryEvent(ctx context.Context, id, lang string) ([]adminapi.Trial, error) {
	e, err := s.db.Event(ctx, id)
	if err != nil {
		return nil, refuse(err)
	}
	if e.Body == nil {
		return nil, problem.Refuse(problem.NotNow)
	}
	return s.try(ctx, adminapi.RuleTest{EventID: id}, lang)
}

// ReplayEvent implements adminapi.Events.
func (s *Screen) ReplayEvent(ctx context.Context, _ adminapi.Caller, id string) error {
	return refuse(s.db.ReplayEvent(ctx, id))
}
