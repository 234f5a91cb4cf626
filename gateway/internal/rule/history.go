package rule

import (
	"time"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/order"
)

// History is every stored fact about one order; each list is in time order.
type History struct {
	Order     order.Order
	FirstSeen time.Time
	Zone      *time.Location // of the restaurant, for the clock times in Why; nil: UTC, and said so
	Contact   *contact.Contact
	Events    []kds.Event // without bodies
	Decisions []Decision
	Messages  []message.Listed // with Tries
	LeftOut   []string         // rule files that do not serve now because of a fault
}
