package adminapi

import (
	"context"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/access"
)

// Today is the home page: whether all is well, and if not, what to do.
type Today struct {
	Well     bool       `json:"well"`
	Sentence string     `json:"sentence" doc:"The one sentence."`
	Findings []Finding  `json:"findings" nullable:"false" doc:"The worst first; the same as orderbell check gives."`
	Events   int        `json:"events" doc:"Since midnight."`
	Texts    int        `json:"texts"`
	Accepted int        `json:"accepted"`
	Done     int        `json:"delivered"`
	Failed   int        `json:"failed"`
	Unknown  int        `json:"unknown"`
	Waiting  int        `json:"waiting" doc:"Stages that wait for a phone."`
	Queued   int        `json:"queued"`
	Cost     *Money     `json:"cost,omitempty"`
	Heard    *time.Time `json:"last_event,omitempty"`
	Zone     string     `json:"zone" doc:"Time zone of the first restaurant."`
	First    bool       `json:"first_event" doc:"The cash server has posted at least one event that was understood."`
}

// LiveItem is one thing that happened, in words.
type LiveItem struct {
	ID         int64     `json:"id" doc:"Grows; give the last one as Last-Event-ID."`
	At         time.Time `json:"at"`
	Kind       string    `json:"kind" enum:"event,decision,message,account"`
	Ref        string    `json:"ref" doc:"ID of the event or message; name of the account."`
	OrderID    string    `json:"order_id,omitempty"`
	Number     string    `json:"order_number,omitempty"`
	Restaurant string    `json:"restaurant_code,omitempty"`
	Stage      string    `json:"stage,omitempty"`
	Status     string    `json:"status,omitempty" doc:"Of the event, decision, message or account."`
	Reason     string    `json:"reason,omitempty"`
	To         string    `json:"to,omitempty" doc:"Masked."`
	Summary    string    `json:"summary" doc:"The line, in the language of the stream."`
	Millis     int64     `json:"ms,omitempty" doc:"From the event to the provider's answer."`
}

// LiveNews is an item, or word that items were left out: then only its ID and time are set.
type LiveNews struct {
	Item LiveItem
	Gap  bool
}

// ChartPoint is one bar of a chart.
type ChartPoint struct {
	At         time.Time `json:"at" doc:"Start of the hour or day, in the restaurant's zone."`
	Key        string    `json:"key" doc:"Of the group: an account, restaurant or stage; empty: all."`
	Texts      int       `json:"texts"`
	Delivered  int       `json:"delivered"`
	Failed     int       `json:"failed"`
	Unknown    int       `json:"unknown"`
	Segments   int       `json:"segments"`
	CostNanos  int64     `json:"cost_nanos" doc:"Billionths of the currency's unit."`
	Currency   string    `json:"currency,omitempty"`
	P50Seconds float64   `json:"p50_s" doc:"From the stage to the provider's acceptance."`
	P95Seconds float64   `json:"p95_s"`
}

// ChartQuestion is what a chart shows.
type ChartQuestion struct {
	From, To   time.Time
	Step       string // hour, day
	By         string // "", account, restaurant, stage
	Restaurant string
}

// Overview tells how things are.
type Overview interface {
	Today(ctx context.Context, lang string) (Today, error)
	Chart(ctx context.Context, q ChartQuestion) ([]ChartPoint, error)
	// Live gives what happened after an ID (0: from now on) until ctx ends; it closes the channel early when
	// nobody more can be served. A reader who is too slow is told of the gap and goes on with what is new.
	Live(ctx context.Context, after int64, lang string) <-chan LiveNews
}

func (a *API) overview() {
	s := a.opt.Services.Overview
	type chart struct {
		Span
		Step       string `query:"step" enum:"hour,day" default:"day"`
		By         string `query:"by" enum:"account,restaurant,stage"`
		Restaurant string `query:"restaurant" maxLength:"64"`
	}
	add(a, call{id: "get-today", method: "GET", path: "/today", tag: "Overview", summary: "Whether all is well, and what to do", may: access.SystemRead},
		func(ctx context.Context, who Caller, _ *struct{}) (*body[Today], error) {
			return answered(s.Today(ctx, who.Language))
		})
	add(a, call{id: "get-chart", method: "GET", path: "/charts", tag: "Overview", summary: "Texts, deliveries, times and cost by hour or day", may: access.MessagesRead},
		func(ctx context.Context, _ Caller, in *chart) (*body[[]ChartPoint], error) {
			points, err := s.Chart(ctx, ChartQuestion{From: in.From, To: in.To, Step: in.Step, By: in.By, Restaurant: in.Restaurant})
			return answered(some(points), err)
		})
	a.live(s)
}
