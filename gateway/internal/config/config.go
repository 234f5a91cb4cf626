// Package config reads orderbell.yaml, the environment and the flags into one checked Config. It is
// strict: unknown keys, wrong types and impossible combinations are all reported together, each with
// its place and a cure, in Russian and English; secrets are never shown.
package config

import (
	"time"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/order"
)

// Config is the whole configuration, checked and with defaults filled in. Nobody changes one after
// Load; it is safe for concurrent use.
type Config struct {
	Listen      string   // host:port of the intake and the callbacks; port 0 takes a free one
	AdminListen string   // host:port of the UI and the API; equal to Listen when they share it
	PublicURL   string   // what providers can reach, without a slash at the end; may be empty
	Data        string   // folder
	Plugins     string   // extra folder of provider programs; may be empty
	Rules       string   // folder of rule files; never empty: DATA/rules by default
	EgressAllow []string // private or loopback host:port that plugins may call

	Log       Log
	Language  string // "ru" or "en": default of texts and UI
	Retention Retention

	Restaurants   []Restaurant // as declared; see (*Config).Restaurant for the lookup
	Accounts      []Account
	Notifications Notifications
	APIKeys       []APIKey

	file    string           // as named; empty: none
	origins map[string]place // by path: where the value that counts was written
	keys    []intakeHash

	undeclared Restaurant // made once: reading a zone takes longer than reading an event
}

// Log is how the program logs.
type Log struct {
	Level  string // trace, debug, info, warn, error
	Format string // text, json
}

// Retention is for how many days facts are kept, 1 to 3650.
type Retention struct {
	TextsDays  int // texts and phones, from the last move of their message
	EventsDays int // bodies of events and callbacks
	AuditDays  int
}

// Restaurant is one restaurant whose events come in.
type Restaurant struct {
	Code       string // r_keeper RestCode; "*" matches any
	Name       string // {restaurant_name}; may be empty
	Timezone   *time.Location
	IntakeKey  Secret // empty: events without a key, from this machine only
	OrderStage order.Aggregate
	Number     OrderNumber

	stored bool // from the database
}

// OrderNumber is which field of the order guests know as its number.
type OrderNumber string

// Fields of the order (r_keeper's words; table is the name of the table).
const (
	ByOrderName OrderNumber = "orderName"
	BySeqNumber OrderNumber = "seqNumber"
	ByTable     OrderNumber = "table"
)

// Account is a configured use of a provider.
type Account struct {
	Name     string            // unique, [a-z0-9-]
	Provider string            // name of the plugin: "smsru"
	Settings map[string]Secret // which of them are secret only the plugin's manifest knows
	Limits   Limits

	stored bool // from the database
}

// Limits bound what an account sends.
type Limits struct {
	PerSecond      float64 // above 0
	PerDay         int     // at least 1
	PerPhonePerDay int     // at least 1
}

// Notifications is the no-code page: the settings of the shipped rule order-stage.js.
type Notifications struct {
	Enabled     bool
	Route       []string // names of accounts in order of preference; empty: there is no account
	Stage       order.Stage
	Template    string // with {order_number} and {restaurant_name}
	Expires     time.Duration
	QuietHours  contact.QuietHours
	OnUnknown   OnUnknown
	ContactWait time.Duration // how long a stage waits for a late phone number
}

// OnUnknown is what happens to a message of which nobody can say whether it went out.
type OnUnknown string

// Choices.
const (
	Hold   OnUnknown = "hold"   // it rests until a person decides
	Resend OnUnknown = "resend" // it is sent again: maybe twice, never not at all
)

// Values that count where nobody wrote anything.
const (
	defaultListen   = "127.0.0.1:11010"
	defaultAdmin    = "127.0.0.1:11011"
	defaultTimezone = "Europe/Moscow"

	defaultTemplateRU = "Заказ {order_number} готов. {restaurant_name}"
	defaultTemplateEN = "Order {order_number} is ready. {restaurant_name}"
)

// AnyRestaurant is the code of the restaurant that any other code fits.
const AnyRestaurant = "*"

// defaults is the configuration without a file. There are no accounts: such a program serves and
// stores; what would be sent is decided as message.NoAccount, visibly, instead of getting lost.
func defaults() *Config {
	return &Config{
		Listen:    defaultListen,
		Data:      "data",
		Log:       Log{Level: "info", Format: "text"},
		Language:  "ru",
		Retention: Retention{TextsDays: 30, EventsDays: 30, AuditDays: 365},
		Notifications: Notifications{
			Enabled:     true,
			Stage:       order.Ready,
			Template:    defaultTemplateRU, // in English where language says so; see complete
			Expires:     20 * time.Minute,
			OnUnknown:   Hold,
			ContactWait: 15 * time.Minute,
		},
		origins:    map[string]place{},
		undeclared: defaultRestaurant(""),
	}
}

// defaultRestaurant is what an undeclared restaurant gets. It reads the zone; lookups use the one in
// Config.
func defaultRestaurant(code string) Restaurant {
	// The zone is part of the embedded database (see load.go), so that it cannot be missing.
	zone, err := time.LoadLocation(defaultTimezone)
	if err != nil {
		zone = time.UTC
	}
	return Restaurant{Code: code, Timezone: zone, OrderStage: order.Least, Number: ByOrderName}
}

func defaultLimits() Limits { return Limits{PerSecond: 10, PerDay: 1000, PerPhonePerDay: 5} }
