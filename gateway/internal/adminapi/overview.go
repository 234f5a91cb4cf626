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

// WizardState is how far the set-up has come; each step tests itself.
type WizardState struct {
	HasAccount    bool           `json:"has_account"`
	Checked       bool           `json:"account_checked" doc:"The first account on the route logged in or sent something."`
	TestSent      bool           `json:"test_sent"`
	FirstEvent    *time.Time     `json:"first_event,omitempty"`
	FirstText     *time.Time     `json:"first_text,omitempty"`
	Done          bool           `json:"done"`
	Lines         []CashAddress  `json:"addresses" nullable:"false"`
	JoinedLine    string         `json:"joined" doc:"Several addresses as r_keeper wants them: separated by ;"`
	Notes         []Finding      `json:"notes" nullable:"false" doc:"The user (RK) rule and what else to know."`
	LastQuarrel   string         `json:"last_refusal,omitempty" doc:"Why the last posting was refused or quarantined."`
	Simulators    []SimulatorRun `json:"simulators" nullable:"false"`
	Dismissed     bool           `json:"dismissed"`
	RestaurantSet bool           `json:"restaurant_named"`
}

// CashAddress is what to paste into the cash server.
type CashAddress struct {
	URL     string `json:"url"`
	When    string `json:"when" doc:"When to use it: the cash server runs on this computer, or on another."`
	Works   bool   `json:"works" doc:"Orderbell listens there now."`
	Problem string `json:"problem,omitempty"`
}

// SimulatorRun is a provider's simulator that runs inside the gateway.
type SimulatorRun struct {
	Provider string            `json:"provider"`
	Title    string            `json:"title"`
	Running  bool              `json:"running"`
	Settings map[string]string `json:"settings" nullable:"false" doc:"What an account needs to use it."`
	Texts    []SimulatedText   `json:"texts" nullable:"false" doc:"The last ten that it took."`
}

// SimulatedText is a text that a simulator took.
type SimulatedText struct {
	At   time.Time `json:"at"`
	To   string    `json:"to" doc:"Masked."`
	Text string    `json:"text"`
}

// Overview tells how things are.
type Overview interface {
	Today(ctx context.Context, lang string) (Today, error)
	Chart(ctx context.Context, q ChartQuestion) ([]ChartPoint, error)
	// Live gives what happened after an ID (0: from now on) until ctx ends or the reader is too slow; then
	// the channel closes, and gap tells whether something was left out.
	Live(ctx context.Context, after int64, lang string) (items <-chan LiveItem, gap func() bool)
	Wizard(ctx context.Context, host, lang string) (WizardState, error)
	// StartSimulator runs the provider's simulator inside the gateway and gives the settings of an account.
	StartSimulator(ctx context.Context, who Caller, provider string) (SimulatorRun, error)
}

func (a *API) overview() {
	s := a.opt.Services.Overview
	type chart struct {
		Span
		Step       string `query:"step" enum:"hour,day" default:"day"`
		By         string `query:"by" enum:"account,restaurant,stage"`
		Restaurant string `query:"restaurant" maxLength:"64"`
	}
	type host struct {
		Host string `header:"Host"`
	}
	type simulator struct {
		Body struct {
			Provider string `json:"provider" maxLength:"64"`
		}
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
	add(a, call{id: "get-wizard", method: "GET", path: "/wizard", tag: "Overview", summary: "How far the set-up has come, and what to paste into the cash server", may: access.SettingsRead},
		func(ctx context.Context, who Caller, in *host) (*body[WizardState], error) {
			return answered(s.Wizard(ctx, in.Host, who.Language))
		})
	add(a, call{id: "start-simulator", method: "POST", path: "/simulators", tag: "Overview", summary: "Run a provider's simulator inside the gateway, to try everything without an account", may: access.AccountsWrite},
		func(ctx context.Context, who Caller, in *simulator) (*body[SimulatorRun], error) {
			return answered(s.StartSimulator(ctx, who, in.Body.Provider))
		})
	a.live(s)
}
