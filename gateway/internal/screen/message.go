package screen

import (
	"context"
	"slices"

	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/problem"
)

// Messages implements adminapi.Messages.
func (s *Screen) Messages(ctx context.Context, f adminapi.MessageFilter, lang string) ([]adminapi.Message, string, error) {
	filter, err := messageFilter(f)
	if err != nil {
		return nil, "", err
	}
	page, next, err := s.db.Messages(ctx, filter)
	if err != nil {
		return nil, "", refuse(err)
	}
	items := make([]adminapi.Message, len(page))
	for i, m := range page {
		items[i] = s.message(m, lang)
	}
	return items, next, nil
}

func messageFilter(f adminapi.MessageFilter) (message.Filter, error) {
	whole, last4, err := phoneOf(f.Phone)
	if err != nil {
		return message.Filter{}, err
	}
	filter := message.Filter{
		Query: f.Search, Order: f.Order, Phone: whole, Last4: last4, Stage: f.Stage, Account: f.Account, Restaurant: f.Restaurant,
		From: f.From, To: f.To, After: f.After, Limit: f.Limit,
	}
	for _, word := range f.Statuses {
		status := message.Status(word)
		if !slices.Contains(message.Statuses(), status) {
			return message.Filter{}, problem.RefuseField("status", problem.FieldInvalid)
		}
		filter.Statuses = append(filter.Statuses, status)
	}
	return filter, nil
}

// MessageCounts implements adminapi.Messages.
func (s *Screen) MessageCounts(ctx context.Context, f adminapi.MessageFilter) (map[string]adminapi.Count, error) {
	filter, err := messageFilter(f)
	if err != nil {
		return nil, err
	}
	counts, err := s.db.MessageCounts(ctx, filter)
	if err != nil {
		return nil, refuse(err)
	}
	words := map[string]adminapi.Count{}
	for status, count := range counts {
		words[string(status)] = adminapi.Count{N: count.N, More: count.More}
	}
	return words, nil
}

// Message implements adminapi.Messages.
func (s *Screen) Message(ctx context.Context, id, lang string) (adminapi.MessageDetail, error) {
	m, err := s.db.Message(ctx, id)
	if err != nil {
		return adminapi.MessageDetail{}, refuse(err)
	}
	d := adminapi.MessageDetail{Message: s.message(*m, lang), Tries: []adminapi.Attempt{}, Receipts: []adminapi.Receipt{}, Moves: []adminapi.Move{}}
	for _, a := range m.Tries {
		d.Tries = append(d.Tries, attempt(a, m.Message, lang))
	}
	for _, r := range m.Receipts {
		d.Receipts = append(d.Receipts, adminapi.Receipt{
			Status: string(r.Status), Code: m.To.Hide(r.Code), Why: message.Sentence(r.Reason, lang), At: r.At, HeardAt: r.HeardAt, Source: string(r.Source),
		})
	}
	for _, move := range m.Moves {
		d.Moves = append(d.Moves, adminapi.Move{At: move.At, Status: string(move.Status), Account: move.Account, Reason: string(move.Reason), Note: m.To.Hide(move.Note), By: move.By})
	}
	return d, nil
}

// ResendMessage implements adminapi.Messages.
func (s *Screen) ResendMessage(ctx context.Context, who adminapi.Caller, id string) (adminapi.Message, error) {
	newID, err := s.db.ResendMessage(ctx, id, who.Name)
	return s.acted(ctx, who, newID, err)
}

// CancelMessage implements adminapi.Messages.
func (s *Screen) CancelMessage(ctx context.Context, who adminapi.Caller, id string) (adminapi.Message, error) {
	return s.acted(ctx, who, id, s.db.CancelMessage(ctx, id, who.Name, ""))
}

// SettleMessage implements adminapi.Messages.
func (s *Screen) SettleMessage(ctx context.Context, who adminapi.Caller, id string, as adminapi.Settlement) (adminapi.Message, error) {
	switch as {
	case adminapi.ConsiderSent:
		return s.acted(ctx, who, id, s.db.SettleUnknown(ctx, id, who.Name))
	case adminapi.SendAgain:
		m, err := s.db.Message(ctx, id)
		if err == nil && m.Status != message.Unknown {
			return adminapi.Message{}, problem.Refuse(problem.NotNow)
		}
		if err != nil {
			return adminapi.Message{}, refuse(err)
		}
		return s.ResendMessage(ctx, who, id)
	}
	return adminapi.Message{}, problem.RefuseField("as", problem.FieldInvalid)
}

// acted gives a message as it is after an act.
func (s *Screen) acted(ctx context.Context, who adminapi.Caller, id string, err error) (adminapi.Message, error) {
	if err != nil {
		return adminapi.Message{}, refuse(err)
	}
	m, err := s.db.Message(ctx, id)
	if err != nil {
		return adminapi.Message{}, refuse(err)
	}
	return s.message(*m, who.Language), nil
}

func (s *Screen) message(m message.Listed, lang string) adminapi.Message {
	return adminapi.Message{
		ID: m.ID, OrderID: m.OrderID, OrderNumber: m.OrderNumber, RestaurantCode: m.Restaurant, RestaurantName: s.placeName(m.Restaurant),
		ContactID: m.ContactID, To: m.To.String(), Text: m.Text, Stage: m.Stage, Rule: m.Rule, Status: string(m.Status),
		Reason: string(m.Reason), Why: message.Sentence(m.Reason, lang), Cure: message.Cure(m.Reason, lang), Note: m.To.Hide(m.Note),
		Account: m.Account, Segments: m.Segments, Cost: money(m.Cost), Attempts: m.Attempts, Generation: m.Generation,
		Deadline: m.Deadline, NextAt: m.NextAt, CreatedAt: m.CreatedAt, UpdatedAt: m.UpdatedAt, Can: can(m.Message),
	}
}

// can is what a person may do with a message now, as far as the message itself tells.
func can(m message.Message) []string {
	acts := []string{}
	switch m.Status {
	case message.Queued:
		return append(acts, "cancel")
	case message.Sending:
		return acts
	case message.Unknown:
		acts = append(acts, "settle")
	case message.Accepted, message.Delivered, message.Undelivered, message.Rejected, message.Expired, message.Cancelled, message.Absent:
	}
	if !m.To.IsZero() { // not erased
		acts = append(acts, "resend")
	}
	return acts
}

func attempt(a message.Attempt, m message.Message, lang string) adminapi.Attempt {
	shown := adminapi.Attempt{N: a.N, Account: a.Account, StartedAt: a.StartedAt, EndedAt: a.EndedAt}
	switch {
	case a.Outcome == nil:
	case a.Outcome.Accepted != nil:
		shown.Accepted, shown.ProviderID, shown.Cost = true, a.Outcome.Accepted.ProviderID, money(a.Outcome.Accepted.Cost)
		shown.Raw = answerOf(a.Outcome.Accepted.Raw, m.To)
	case a.Outcome.Failure != nil:
		f := a.Outcome.Failure
		shown.Reason, shown.Why, shown.ProviderCode, shown.Detail = string(f.Reason), message.Sentence(f.Reason, lang), f.ProviderCode, m.To.Hide(f.Detail)
		shown.Raw = answerOf(f.Raw, m.To)
	}
	return shown
}

// answerOf is what a provider answered, for people: the guest's number is masked in the spellings of
// machines, and whatever else reads as a phone in those of people. Secrets were taken out by the provider's
// program.
func answerOf(raw string, to contact.Phone) string { return contact.MaskPhones(to.Hide(raw)) }
