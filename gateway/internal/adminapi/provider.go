package adminapi

import (
	"context"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/access"
)

// Provider is a provider program and how it is.
type Provider struct {
	Name         string        `json:"name"`
	Version      string        `json:"version"`
	SDKVersion   string        `json:"sdk_version,omitempty"`
	Title        Words         `json:"title"`
	Homepage     string        `json:"homepage,omitempty"`
	State        string        `json:"state" enum:"stopped,starting,serving,draining,backoff,quarantined,missing" doc:"Of its process; stopped when no account uses it."`
	Problem      string        `json:"problem,omitempty" doc:"Why it does not serve, in the language of the answer."`
	Abilities    []string      `json:"abilities" nullable:"false" enum:"batch,check,lookup,callbacks,balance,estimate,sender_names,validity"`
	Settings     []Setting     `json:"settings" nullable:"false"`
	Callback     *CallbackInfo `json:"callback,omitempty"`
	Simulator    bool          `json:"simulator" doc:"It can be tried without an account: give accounts the simulator's settings."`
	Restarts     int           `json:"restarts"`
	MemoryBytes  int64         `json:"memory_bytes"`
	ServingSince *time.Time    `json:"serving_since,omitempty"`
}

// Setting is one field of an account's form, in the provider's words.
type Setting struct {
	Key         string     `json:"key"`
	Kind        string     `json:"kind" enum:"STRING,SECRET,INT,BOOL,ENUM,DURATION,URL,PHONE,LIST"`
	Label       Words      `json:"label"`
	Help        Words      `json:"help"`
	Placeholder Words      `json:"placeholder"`
	Group       Words      `json:"group"`
	Required    bool       `json:"required"`
	Advanced    bool       `json:"advanced"`
	Default     string     `json:"default,omitempty"`
	Choices     []Choice   `json:"choices" nullable:"false"`
	Pattern     string     `json:"pattern,omitempty"`
	Min         *float64   `json:"min,omitempty"`
	Max         *float64   `json:"max,omitempty"`
	ShownWhen   *Condition `json:"shown_when,omitempty"`
}

// Choice is one value of an ENUM.
type Choice struct {
	Value string `json:"value"`
	Label Words  `json:"label"`
}

// Condition shows a field only when another one has a value.
type Condition struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// CallbackInfo tells an admin about delivery reports.
type CallbackInfo struct {
	Setup        Words `json:"setup"`
	Verification Words `json:"verification"`
}

// Account is a configured use of a provider.
type Account struct {
	Name        string                  `json:"name" pattern:"^[a-z0-9][a-z0-9-]{0,62}$" doc:"Cannot be changed later."`
	Provider    string                  `json:"provider" maxLength:"64"`
	Settings    map[string]AccountValue `json:"settings" nullable:"false"`
	Limits      AccountLimits           `json:"limits"`
	Revision    int64                   `json:"revision" doc:"Give it back when saving; 0 for a new account."`
	Declared    bool                    `json:"declared" readOnly:"true"`
	RoutePlace  int                     `json:"route_place" readOnly:"true" doc:"1, 2 … on the route of notifications; 0: not on it."`
	Simulated   bool                    `json:"simulated" readOnly:"true" doc:"It talks to a simulator: its texts reach nobody."`
	State       string                  `json:"state" readOnly:"true" enum:"ready,starting,stopped,failing,missing"`
	LastError   *AccountError           `json:"last_error,omitempty" readOnly:"true"`
	Today       AccountToday            `json:"today" readOnly:"true"`
	Balance     *Balance                `json:"balance,omitempty" readOnly:"true" doc:"As last asked."`
	CallbackURL string                  `json:"callback_url,omitempty" readOnly:"true" doc:"Where the provider is to send delivery reports; empty without public_url."`
}

// AccountValue is one setting of an account. A secret is written, never read.
type AccountValue struct {
	Value *string `json:"value,omitempty" maxLength:"8192" doc:"Of a secret: only written. Absent: as it is."`
	Clear bool    `json:"clear,omitempty" writeOnly:"true" doc:"Of a secret: the one that is kept goes."`
	Set   bool    `json:"set,omitempty" readOnly:"true" doc:"Of a secret: whether there is one."`
	Hint  string  `json:"hint,omitempty" readOnly:"true" doc:"Of a secret: …a1f9"`
}

// AccountLimits bound what an account sends.
type AccountLimits struct {
	PerSecond      float64 `json:"per_second" minimum:"0.01" maximum:"10000"`
	PerDay         int     `json:"per_day" minimum:"1" maximum:"100000000"`
	PerPhonePerDay int     `json:"per_phone_per_day" minimum:"1" maximum:"100000"`
}

// AccountError is the last failure of an account.
type AccountError struct {
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
	Why    string    `json:"why"`
	Cure   string    `json:"cure,omitempty"`
	Detail string    `json:"detail,omitempty" doc:"The provider's own words."`
	Code   string    `json:"provider_code,omitempty"`
}

// AccountToday is what an account did since midnight of the first restaurant.
type AccountToday struct {
	Sent       int    `json:"sent"`
	Delivered  int    `json:"delivered"`
	Failed     int    `json:"failed"`
	Unknown    int    `json:"unknown"`
	Cost       *Money `json:"cost,omitempty"`
	P50Millis  int    `json:"p50_ms" doc:"Half of the calls were answered within."`
	DaysOfCash *int   `json:"days_left,omitempty" doc:"For how many days the balance lasts at the pace of the last week."`
}

// Balance is what an account holds.
type Balance struct {
	Money   *Money    `json:"money,omitempty"`
	Credits string    `json:"credits,omitempty" doc:"Where the provider counts texts and not money."`
	AskedAt time.Time `json:"asked_at"`
}

// Estimate is what a text would cost.
type Estimate struct {
	Segments int    `json:"segments"`
	Cost     *Money `json:"cost,omitempty"`
}

// TestResult is what became of a test text.
type TestResult struct {
	Accepted   bool   `json:"accepted"`
	ProviderID string `json:"provider_id,omitempty"`
	Reason     string `json:"reason,omitempty"`
	Why        string `json:"why,omitempty"`
	Cure       string `json:"cure,omitempty"`
	Detail     string `json:"detail,omitempty"`
	Cost       *Money `json:"cost,omitempty"`
	Text       string `json:"text"`
	Millis     int64  `json:"ms"`
}

// Accounts keeps accounts and asks their providers. Refusals: NoSuchThing, NameTaken, InUse, Stale,
// Declared, FieldsInvalid (fields are settings.KEY), NoAbility, ProviderFailed.
type Accounts interface {
	Providers(ctx context.Context, lang string) ([]Provider, error)
	Accounts(ctx context.Context, lang string) ([]Account, error)
	// SaveAccount makes an account (revision 0) or changes one; it holds at once.
	SaveAccount(ctx context.Context, who Caller, account Account) (Account, error)
	DeleteAccount(ctx context.Context, who Caller, name string) error
	AccountUse
}

// AccountUse asks providers.
type AccountUse interface {
	CheckAccount(ctx context.Context, name, lang string) ([]Finding, error)
	// CheckSettings checks settings that are not saved; secrets that are absent are taken from the account.
	CheckSettings(ctx context.Context, account Account, lang string) (findings []Finding, balance *Balance, err error)
	AccountBalance(ctx context.Context, name, lang string) (Balance, error)
	EstimateText(ctx context.Context, name, text, phone, lang string) (Estimate, error)
	SendTest(ctx context.Context, who Caller, name, phone, text string) (TestResult, error)
}

func (a *API) providers() {
	s := a.opt.Services.Accounts
	add(a, call{id: "list-providers", method: "GET", path: "/providers", tag: "Providers", summary: "Provider programs with their manifests", may: access.AccountsRead},
		func(ctx context.Context, who Caller, _ *struct{}) (*body[[]Provider], error) {
			return answered(s.Providers(ctx, who.Language))
		})
}
