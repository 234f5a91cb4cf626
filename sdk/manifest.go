package sdk

import "time"

// Manifest is what a provider says about itself. It is derived from the plugin's type and struct
// tags; nobody writes one by hand.
type Manifest struct {
	Name         string       `json:"name"`    // acme
	Version      string       `json:"version"` // of the plugin
	SDKVersion   string       `json:"sdk_version,omitzero"`
	Title        Text         `json:"title"`
	Homepage     string       `json:"homepage,omitzero"`
	Capabilities Capabilities `json:"capabilities"`
	Settings     []Field      `json:"settings"`
	Callback     CallbackInfo `json:"callback,omitzero"`
}

// Capabilities is what a provider can do. The zero value can only send, one by one.
type Capabilities struct {
	MaxBatch     int           `json:"max_batch,omitzero"` // messages in one call of SendBatch; 0 or 1: one by one
	Resend       Resend        `json:"resend,omitzero"`
	ResendWindow time.Duration `json:"resend_window_ns,omitzero"` // how long Resend holds; 0: for ever
	Check        bool          `json:"check,omitzero"`
	Lookup       bool          `json:"lookup,omitzero"`
	Callbacks    bool          `json:"callbacks,omitzero"`
	Balance      bool          `json:"balance,omitzero"`
	Estimate     bool          `json:"estimate,omitzero"`
	SenderNames  bool          `json:"sender_names,omitzero"` // honours Message.Sender
	Validity     bool          `json:"validity,omitzero"`     // tells the operator about NotAfter
	Scheduled    bool          `json:"scheduled,omitzero"`
	Channels     []Channel     `json:"channels,omitzero"`       // empty: SMS
	MaxInFlight  int           `json:"max_in_flight,omitzero"`  // calls to the operator at the same time
	MaxPerSecond float64       `json:"max_per_second,omitzero"` // messages; 0: not said
}

// Resend says what happens when the same message is sent a second time.
type Resend string

// Classes of sending again.
const (
	ResendNone            Resend = "NONE"             // it goes out twice
	ResendIdempotent      Resend = "IDEMPOTENT"       // our id makes it one
	ResendLookupByOurID   Resend = "LOOKUP_BY_OUR_ID" // Lookup by our id tells whether the first one went
	ResendDuplicateFilter Resend = "DUPLICATE_FILTER" // the operator refuses the same text to the same number for ResendWindow
)

// CallbackInfo tells an admin about delivery reports.
type CallbackInfo struct {
	Setup        Text `json:"setup,omitzero"`        // where to paste the address
	Verification Text `json:"verification,omitzero"` // how a forged report is told from a true one
}

// Kind is what a setting holds.
type Kind string

// Kinds of settings.
const (
	KindString   Kind = "STRING"
	KindSecret   Kind = "SECRET" // write-only
	KindInt      Kind = "INT"
	KindBool     Kind = "BOOL" // "true" or "false"
	KindEnum     Kind = "ENUM"
	KindDuration Kind = "DURATION" // Go's notation: 1m30s
	KindURL      Kind = "URL"
	KindPhone    Kind = "PHONE" // E.164
	KindList     Kind = "LIST"  // one entry a line
)

// Field is one setting of an account, enough to draw a form.
type Field struct {
	Key         string   `json:"key"`
	Kind        Kind     `json:"kind"`
	Label       Text     `json:"label"`
	Help        Text     `json:"help,omitzero"`
	Placeholder Text     `json:"placeholder,omitzero"`
	Group       Text     `json:"group,omitzero"`
	Required    bool     `json:"required,omitzero"`
	Advanced    bool     `json:"advanced,omitzero"` // hidden until asked for
	Default     string   `json:"default,omitzero"`
	Choices     []Choice `json:"choices,omitzero"` // of an ENUM
	Pattern     string   `json:"pattern,omitzero"` // RE2, matched against the whole value
	// Min and Max bound an INT's value, a DURATION in seconds, a LIST's entries, else the runes.
	Min       *float64   `json:"min,omitzero"`
	Max       *float64   `json:"max,omitzero"`
	ShownWhen *Condition `json:"shown_when,omitzero"`
}

// Choice is one value of an ENUM.
type Choice struct {
	Value string `json:"value"`
	Label Text   `json:"label"`
}

// Condition shows a field only when another one has a value.
type Condition struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Severity is how bad a diagnostic is.
type Severity string

// Severities.
const (
	SeverityError   Severity = "ERROR"
	SeverityWarning Severity = "WARNING"
	SeverityInfo    Severity = "INFO"
)

// Diagnostic is a finding about an account's settings or its state.
type Diagnostic struct {
	Severity Severity `json:"severity"`
	Field    string   `json:"field,omitzero"` // a settings key; empty: the account as a whole
	Summary  Text     `json:"summary"`
	Cure     Text     `json:"cure,omitzero"`
}
