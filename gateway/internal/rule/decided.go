package rule

import (
	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/order"
)

// Decided is one event with all that it led to. It is what the loop that decides hands to the store,
// which must not know the loop; so it lives here, between them.
type Decided struct {
	EventID   string
	Status    kds.EventStatus // Done, Quarantined or Failed
	Note      string
	Orders    []order.Order // as they are after the event, ID set
	Decisions []Decision
}

// Wait is a waiting decision that can be decided again.
type Wait struct {
	Decision Decision    // as stored: ID, Change, …
	Order    order.Order // as it is now
	Contact  *contact.Contact
}
