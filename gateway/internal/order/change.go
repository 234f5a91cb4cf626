package order

import "time"

// Kind names what an event did: "order.ready", "dish.ready", "order.voided", "order.closed".
type Kind string

// Kinds beside the stages. The stages' kinds come from OrderReached and DishReached.
const (
	OrderVoided Kind = "order.voided" // deleted or all dishes taken off
	OrderClosed Kind = "order.closed" // finished: paid and gone
)

// OrderReached is the kind of "the order reached stage s": "order.ready".
func OrderReached(s Stage) Kind { return Kind("order." + s.String()) }

// DishReached is the kind of "a dish reached stage s": "dish.ready".
func DishReached(s Stage) Kind { return Kind("dish." + s.String()) }

// Change is one thing that an event did to an order. One event gives 0..n of them; a jump over
// stages gives one for each stage passed, in order, Passed set on all but the last.
type Change struct {
	Kind   Kind   `json:"kind"`
	Stage  Stage  `json:"stage,omitempty"`  // the stage reached, for stage kinds
	Before Stage  `json:"before,omitempty"` // the highest stage of the order (or dish) before this event
	Passed bool   `json:"passed,omitempty"` // jumped over: a later stage was reached in the same event
	First  bool   `json:"first,omitempty"`  // the first event of this order that Orderbell has seen
	Dish   string `json:"dish,omitempty"`   // Dish.ID, for dish kinds
	// Late is how long before its arrival the change happened, as far as it can be known, never
	// negative: the age of the event by its own clock, less what that one is behind (Order.BehindMicros).
	Late time.Duration `json:"late,omitempty"`
}
