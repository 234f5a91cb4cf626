// Package order holds the order as the last event showed it and says what an event did to it.
// It is pure: no clock, no disk, no network.
package order

// State is what a line of the order says about itself in the kitchen: r_keeper's kdsstate.
// 0 to 6 are the stages; the others are no stages and never trigger a text.
type State uint8

// States that are no stages.
const (
	ParkStart State = 7 // parked; keeps the line's last stage
	ParkEnd   State = 8 // parking ended; keeps the line's last stage
	Removed   State = 9 // taken off the order
)

// Ref is everything by which others name an order. GUID wins when it is present; else the pair
// Visit and Ident names the order within its restaurant. All fields are normalised by kds: GUID
// upper case without braces; "0" counts as absent.
type Ref struct {
	GUID  string `json:"guid,omitempty"`
	Visit string `json:"visit,omitempty"`
	Ident string `json:"ident,omitempty"`
}

// Order is an order as the last event showed it.
//
// The decoder fills what the event says; Carry adds what only history knows (ID, Stage, Peak,
// parked ranks). An Order is a value: nobody changes one that he was given.
type Order struct {
	ID         string `json:"id,omitempty"`   // ours, a ULID; empty until stored
	Restaurant string `json:"restaurant"`     // r_keeper RestCode; may be empty
	Ref        Ref    `json:"ref"`            //
	Name       string `json:"name,omitempty"` // orderName: what guests and waiters call it ("12.1")
	Seq        string `json:"seq,omitempty"`  // seqNumber
	Table      string `json:"table,omitempty"`
	Type       string `json:"type,omitempty"` // order type by name ("В зале")
	Dishes     []Dish `json:"dishes,omitempty"`
	State      State  `json:"state,omitempty"`    // said of the order as a whole; wins over the dishes when not 0
	Finished   bool   `json:"finished,omitempty"` // closed: the guest has gone. Paid alone closes nothing
	Deleted    bool   `json:"deleted,omitempty"`  // all dishes deleted, or cancelled
	Return     bool   `json:"return,omitempty"`   // a return order; never texts
	Empty      bool   `json:"empty,omitempty"`    // the source counts no pieces on it. Deleted, if it ever had a line (Carry)

	Stage Stage `json:"stage,omitempty"` // of the order, derived from its dishes by Carry
	Peak  Stage `json:"peak,omitempty"`  // the highest stage that it ever reached

	OccurredMicros int64 `json:"occurred,omitempty"` // the source's clock at the last event, µs UTC; 0 unknown
	ReceivedMicros int64 `json:"received,omitempty"` // our clock at the last event, µs UTC
	// BehindMicros is how far the source's clock is believed to be behind ours, negative where it is ahead.
	// On what the decoder read: as far as other orders of the restaurant have shown it.
	BehindMicros int64 `json:"behind,omitempty"`
}

// Dish is one line of an order that may have a kitchen stage.
type Dish struct {
	ID       string    `json:"id,omitempty"` // line_guid, normalised as Ref.GUID; else uni
	Name     string    `json:"name,omitempty"`
	Quantity int64     `json:"quantity,omitempty"` // thousandths, as r_keeper counts
	State    State     `json:"state,omitempty"`
	Stage    Stage     `json:"stage,omitempty"` // State as a stage; a parked line keeps its last one (Carry)
	Peak     Stage     `json:"peak,omitempty"`  // the highest stage that it reached while it counted (Carry)
	Skip     SkipCause `json:"skip,omitempty"`  // why the line does not count for the order's stage; "" = it counts
	Parts    []Dish    `json:"parts,omitempty"` // components of a combo, where they have a state of their own
}

// SkipCause says why a line does not count for the order's stage.
type SkipCause string

// Causes.
const (
	OffScreen   SkipCause = "off_screen" // no kdsstate: bar, retail, service
	LineDeleted SkipCause = "deleted"    // state 7, or removed
	Voided      SkipCause = "voided"     // fully voided
	ReturnLine  SkipCause = "return"     // negative quantity
	Draft       SkipCause = "draft"      // its package is not sent yet
	Packaging   SkipCause = "packaging"  // tare
)

// Aggregate is how the order's stage follows from its dishes.
type Aggregate string

// Ways to derive the order's stage.
const (
	Least Aggregate = "least" // that of the dish furthest behind (default)
	Most  Aggregate = "most"  // that of the dish furthest ahead
	Last  Aggregate = "last"  // that of the dish that changed last
)

// Closed tells whether nothing more is to be told about the order.
func (o *Order) Closed() bool { return o.Finished || o.Deleted || o.Return }
