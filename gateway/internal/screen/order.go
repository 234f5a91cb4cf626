package screen

import (
	"context"
	"strconv"
	"strings"

	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/problem"
	"github.com/orderbell/orderbell/gateway/internal/rule"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

// Orders implements adminapi.Orders.
func (s *Screen) Orders(ctx context.Context, f adminapi.OrderFilter) ([]adminapi.Order, string, error) {
	filter := store.OrderFilter{
		Search: f.Search, Restaurant: f.Restaurant, Open: f.Open, Texted: f.Texted, From: f.From, To: f.To, After: f.After, Limit: f.Limit,
	}
	if f.Stage != "" {
		stage, ok := order.ParseStage(f.Stage)
		if !ok && f.Stage != stageNone {
			return nil, "", problem.RefuseField("stage", problem.FieldInvalid)
		}
		filter.Stage = &stage
	}
	page, next, err := s.db.Orders(ctx, filter)
	if err != nil {
		return nil, "", refuse(err)
	}
	items := make([]adminapi.Order, len(page))
	for i, o := range page {
		items[i] = s.order(o)
	}
	return items, next, nil
}

// stageNone is what adminapi calls no stage.
const stageNone = "none"

func stageName(stage order.Stage) string {
	if stage == order.None {
		return stageNone
	}
	return stage.String()
}

func (s *Screen) order(o store.ListedOrder) adminapi.Order {
	return adminapi.Order{
		ID: o.ID, Number: o.Number, Table: o.Table, Type: o.Type, RestaurantCode: o.Restaurant, RestaurantName: s.placeName(o.Restaurant),
		Stage: stageName(o.Stage), Closed: o.Closed(), HasContact: o.ContactID != "", Phone: o.Phone.String(), Text: string(o.Text),
		FirstSeen: o.FirstSeen, LastEvent: o.LastEvent,
	}
}

// Order implements adminapi.Orders.
func (s *Screen) Order(ctx context.Context, ref, lang string) (adminapi.OrderDetail, error) {
	h, err := s.db.History(ctx, ref)
	if err != nil {
		return adminapi.OrderDetail{}, refuse(err)
	}
	listed, err := s.db.OrderListed(ctx, h.Order.ID)
	if err != nil {
		return adminapi.OrderDetail{}, refuse(err)
	}
	h.Zone = s.zone(h.Order.Restaurant)
	d := adminapi.OrderDetail{
		Order: s.order(*listed), Why: rule.Why(*h, lang), Good: good(h), GUID: h.Order.Ref.GUID, Visit: h.Order.Ref.Visit, Ident: h.Order.Ref.Ident,
		Zone: h.Zone.String(), Stages: stageTimes(h), Dishes: dishes(h.Order.Dishes, lang), Steps: steps(h, lang),
	}
	if h.Contact != nil {
		d.Guest = &adminapi.ContactShort{ID: h.Contact.ID, Phone: h.Contact.Phone.String()}
	}
	return d, nil
}

// TryOrder implements adminapi.Orders.
func (s *Screen) TryOrder(ctx context.Context, ref, lang string) ([]adminapi.Trial, error) {
	o, err := s.db.FindOrder(ctx, ref)
	if err != nil {
		return nil, refuse(err)
	}
	return s.try(ctx, adminapi.RuleTest{OrderID: o.ID}, lang)
}

func (s *Screen) try(ctx context.Context, test adminapi.RuleTest, lang string) ([]adminapi.Trial, error) {
	if s.opt.Try == nil {
		return nil, problem.Refuse(problem.NotNow)
	}
	trials, err := s.opt.Try(ctx, test, lang)
	return listOf(trials), err
}

// good tells whether the guest has the text, or is about to.
func good(h *rule.History) bool {
	if len(h.Messages) == 0 {
		return false
	}
	switch h.Messages[len(h.Messages)-1].Status {
	case message.Queued, message.Sending, message.Accepted, message.Delivered:
		return true
	case message.Undelivered, message.Rejected, message.Expired, message.Cancelled, message.Unknown, message.Absent:
	}
	return false
}

// stageTimes is when each stage was first reached, as the events that led to decisions tell.
func stageTimes(h *rule.History) []adminapi.StageTime {
	received := map[string]kds.Event{}
	for _, e := range h.Events {
		received[e.ID] = e
	}
	times, seen := []adminapi.StageTime{}, map[order.Stage]bool{}
	for _, d := range h.Decisions {
		stage := d.Change.Stage
		if d.Change.Kind != order.OrderReached(stage) || stage == order.None || seen[stage] {
			continue
		}
		seen[stage] = true
		at := d.At
		if e, ok := received[d.EventID]; ok {
			at = e.ReceivedAt
		}
		times = append(times, adminapi.StageTime{Stage: stage.String(), At: at})
	}
	return times
}

func dishes(all []order.Dish, lang string) []adminapi.Dish {
	shown := []adminapi.Dish{}
	for _, d := range all {
		shown = append(shown, adminapi.Dish{
			Name: d.Name, Quantity: quantity(d.Quantity), Stage: stageName(d.Stage), Counts: d.Skip == "", Why: skipWord(d.Skip, lang),
		})
		shown = append(shown, dishes(d.Parts, lang)...)
	}
	return shown
}

// quantity writes thousandths as a decimal: 500 is 0.5.
func quantity(thousandths int64) string {
	return strings.TrimRight(strings.TrimRight(strconv.FormatFloat(float64(thousandths)/1000, 'f', 3, 64), "0"), ".")
}

func skipWord(cause order.SkipCause, lang string) string {
	switch cause {
	case order.OffScreen:
		return pick(lang, "не готовится на кухне", "not cooked in the kitchen")
	case order.LineDeleted:
		return pick(lang, "удалено из заказа", "taken off the order")
	case order.Voided:
		return pick(lang, "отказ", "voided")
	case order.ReturnLine:
		return pick(lang, "возврат", "a return")
	case order.Draft:
		return pick(lang, "ещё не отправлено на кухню", "not sent to the kitchen yet")
	case order.Packaging:
		return pick(lang, "упаковка", "packaging")
	}
	return string(cause)
}

func steps(h *rule.History, lang string) []adminapi.Step {
	all := []adminapi.Step{}
	for _, f := range rule.Timeline(*h, lang) {
		all = append(all, adminapi.Step{
			At: f.At, Kind: string(f.Kind), ID: f.ID, Summary: f.Summary, Detail: f.Detail, Tone: string(f.Tone), Rule: f.Rule, Version: f.Version,
		})
	}
	return all
}
