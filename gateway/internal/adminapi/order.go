package adminapi

import (
	"context"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/access"
)

// Order is an order as lists show it.
type Order struct {
	ID             string    `json:"id"`
	Number         string    `json:"number" doc:"As guests know it."`
	Table          string    `json:"table,omitempty"`
	Type           string    `json:"type,omitempty"`
	RestaurantCode string    `json:"restaurant_code"`
	RestaurantName string    `json:"restaurant_name,omitempty"`
	Stage          string    `json:"stage" enum:"none,sent,started,ready,out,collect,collected"`
	Closed         bool      `json:"closed"`
	HasContact     bool      `json:"has_contact"`
	Phone          string    `json:"phone,omitempty" doc:"Masked."`
	Text           string    `json:"text_status,omitempty" doc:"Status of its last message; empty: none."`
	FirstSeen      time.Time `json:"first_seen"`
	LastEvent      time.Time `json:"last_event"`
}

// OrderDetail is an order with all that is known of it.
type OrderDetail struct {
	Order
	Why    string        `json:"why" doc:"Why the guest got a text, or why not: the first line."`
	Good   bool          `json:"good" doc:"The guest has the text, or is about to."`
	GUID   string        `json:"guid,omitempty"`
	Visit  string        `json:"visit,omitempty"`
	Ident  string        `json:"ident,omitempty"`
	Zone   string        `json:"zone" doc:"Time zone of the restaurant, IANA."`
	Stages []StageTime   `json:"stages" nullable:"false" doc:"When each stage was first reached."`
	Dishes []Dish        `json:"dishes" nullable:"false"`
	Steps  []Step        `json:"timeline" nullable:"false"`
	Guest  *ContactShort `json:"guest,omitempty"`
}

// StageTime is when an order reached a stage.
type StageTime struct {
	Stage string    `json:"stage"`
	At    time.Time `json:"at"`
}

// Dish is one line of an order.
type Dish struct {
	Name     string `json:"name"`
	Quantity string `json:"quantity" doc:"Decimal: 1, 0.5"`
	Stage    string `json:"stage"`
	Counts   bool   `json:"counts" doc:"Whether it counts for the order's stage."`
	Why      string `json:"why,omitempty" doc:"Why it does not."`
}

// Step is one line of a timeline.
type Step struct {
	At      time.Time `json:"at"`
	Kind    string    `json:"kind" enum:"event,decision,message,attempt,receipt,move,contact"`
	ID      string    `json:"id,omitempty" doc:"Of the event, decision or message."`
	Summary string    `json:"summary" doc:"A sentence."`
	Detail  string    `json:"detail,omitempty"`
	Tone    string    `json:"tone" enum:"plain,good,bad,wait,muted"`
	Rule    string    `json:"rule,omitempty"`
	Version string    `json:"rule_version,omitempty"`
}

// OrderFilter picks orders.
type OrderFilter struct {
	Search     string // number, GUID or ID
	Restaurant string
	Stage      string
	Open       *bool
	Texted     *bool
	From, To   time.Time
	After      string
	Limit      int
}

// Orders lists orders and tells their stories. A ref is our ID, the GUID, or a number (the latest order of
// that number). Refusal: NoSuchThing.
type Orders interface {
	Orders(ctx context.Context, f OrderFilter) (items []Order, next string, err error)
	Order(ctx context.Context, ref, lang string) (OrderDetail, error)
	// TryOrder decides the order's changes again with the rules that serve now, without a trace.
	TryOrder(ctx context.Context, ref, lang string) ([]Trial, error)
}

type orderQuery struct {
	Paging
	Span
	Q          string `query:"q" maxLength:"64" doc:"A number, a GUID or an id."`
	Restaurant string `query:"restaurant" maxLength:"64"`
	Stage      string `query:"stage" maxLength:"16"`
	Open       string `query:"open" enum:"yes,no"`
	Texted     string `query:"texted" enum:"yes,no"`
}

type byRef struct {
	Ref string `path:"ref" maxLength:"64"`
}

func (a *API) orders() {
	s := a.opt.Services.Orders
	add(a, call{id: "list-orders", method: "GET", path: "/orders", tag: "Orders", summary: "List orders, the latest first", may: access.OrdersRead},
		func(ctx context.Context, _ Caller, in *orderQuery) (*body[Page[Order]], error) {
			items, next, err := s.Orders(ctx, OrderFilter{
				Search: in.Q, Restaurant: in.Restaurant, Stage: in.Stage, Open: yesNo(in.Open), Texted: yesNo(in.Texted),
				From: in.From, To: in.To, After: in.After, Limit: in.Limit,
			})
			return page(items, next), err
		})
	add(a, call{id: "get-order-timeline", method: "GET", path: "/orders/{ref}/timeline", tag: "Orders", summary: "An order with every fact in time order, and why the guest got a text or not", may: access.OrdersRead},
		func(ctx context.Context, who Caller, in *byRef) (*body[OrderDetail], error) {
			return answered(s.Order(ctx, in.Ref, who.Language))
		})
	add(a, call{id: "try-order", method: "POST", path: "/orders/{ref}/try", tag: "Orders", summary: "What the rules would decide now; nothing is sent or stored", may: access.RulesRead, dry: true},
		func(ctx context.Context, who Caller, in *byRef) (*body[[]Trial], error) {
			return answered(s.TryOrder(ctx, in.Ref, who.Language))
		})
}

func yesNo(word string) *bool {
	switch word {
	case "yes":
		return new(true)
	case "no":
		return new(false)
	default:
		return nil
	}
}
