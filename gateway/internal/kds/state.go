package kds

import (
	"strings"

	"github.com/orderbell/orderbell/gateway/internal/order"
)

// parseState reads a kitchen state as r_keeper writes it (kdsstate, rkeeper.md 2.1): the word of the
// XML interface, its number, or the name of the vendor's settings page (kdsReady, kdsOut), in any
// letter case. Empty is 0: not on the kitchen screen. It tells whether the text is known.
func parseState(text string) (order.State, bool) {
	text = strings.TrimSpace(text)
	if len(text) == 1 && text[0] >= '0' && text[0] <= '9' {
		return order.State(text[0] - '0'), true
	}
	if len(text) > len("kdsstartpark") {
		return 0, false
	}
	switch strings.TrimPrefix(strings.ToLower(text), "kds") {
	case "":
		return 0, text == "" // "kds" alone is no state
	case "sent":
		return order.State(order.Sent), true
	case "started":
		return order.State(order.Started), true
	case "ready":
		return order.State(order.Ready), true
	case "taken", "out":
		return order.State(order.Out), true
	case "collect":
		return order.State(order.Collect), true
	case "collected":
		return order.State(order.Collected), true
	case "startpark":
		return order.ParkStart, true
	case "endpark":
		return order.ParkEnd, true
	case "removed":
		return order.Removed, true
	}
	return 0, false
}

// line is what was read of one line of an order, before it is known whether the line counts.
type line struct {
	dish    order.Dish
	deleted bool  // state="7"
	draft   bool  // its package is not sent yet
	tare    bool  // isTareDish
	source  int64 // srcQuantity, thousandths; 0 absent: how much there was before voids
	voided  int64 // sum of its voids, thousandths
}

// finish decides whether the line counts for its order's stage (rkeeper.md 2.6). Courses that are
// deferred count.
func (l *line) finish() order.Dish {
	d := l.dish
	switch {
	case l.deleted, d.State == order.Removed:
		d.Skip = order.LineDeleted
	case d.Quantity < 0:
		d.Skip = order.ReturnLine
	case d.Quantity == 0, l.allVoided():
		d.Skip = order.Voided
	case l.draft:
		d.Skip = order.Draft
	case l.tare:
		d.Skip = order.Packaging
	case d.State == 0 && !anyCounts(d.Parts):
		d.Skip = order.OffScreen
	}
	return d
}

// allVoided tells whether the voids leave nothing of the line. Where srcQuantity is given, quantity
// is what remains, and voids that equal it are no more than half of the line.
func (l *line) allVoided() bool {
	had := l.source
	if had <= 0 {
		had = l.dish.Quantity
	}
	return l.voided > 0 && l.voided >= had
}

func anyCounts(parts []order.Dish) bool {
	for i := range parts {
		if parts[i].Skip == "" {
			return true
		}
	}
	return false
}

// nothingOn tells whether none of the lines is still wanted by the guest.
func nothingOn(lines []order.Dish) bool {
	for i := range lines {
		switch lines[i].Skip {
		case order.LineDeleted, order.Voided, order.ReturnLine:
		case "", order.OffScreen, order.Draft, order.Packaging:
			return false
		}
	}
	return true
}
