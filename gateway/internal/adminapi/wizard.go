package adminapi

import (
	"context"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/access"
)

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

// Wizard tells how far the set-up has come, and lets everything be tried without an account.
type Wizard interface {
	// Wizard is asked with the address by which the browser reached the screen.
	Wizard(ctx context.Context, host, lang string) (WizardState, error)
	// StartSimulator runs the provider's simulator inside the gateway and gives the settings of an account.
	// Refusal: NoSuchThing when the provider has none.
	StartSimulator(ctx context.Context, who Caller, provider string) (SimulatorRun, error)
}

func (a *API) wizard() {
	s := a.opt.Services.Wizard
	type host struct {
		Host string `header:"Host"`
	}
	type simulator struct {
		Body struct {
			Provider string `json:"provider" maxLength:"64"`
		}
	}
	add(a, call{id: "get-wizard", method: "GET", path: "/wizard", tag: "Overview", summary: "How far the set-up has come, and what to paste into the cash server", may: access.SettingsRead},
		func(ctx context.Context, who Caller, in *host) (*body[WizardState], error) {
			return answered(s.Wizard(ctx, in.Host, who.Language))
		})
	add(a, call{id: "start-simulator", method: "POST", path: "/simulators", tag: "Overview", summary: "Run a provider's simulator inside the gateway, to try everything without an account", may: access.AccountsWrite},
		func(ctx context.Context, who Caller, in *simulator) (*body[SimulatorRun], error) {
			return answered(s.StartSimulator(ctx, who, in.Body.Provider))
		})
}
