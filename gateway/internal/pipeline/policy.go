package pipeline

import (
	"time"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

// Policy is what the configuration says about one restaurant, as the Decide loop needs it.
type Policy struct {
	Code          string
	Name          string         // {restaurant_name}
	Zone          *time.Location // of the cash server's clock and of quiet hours
	Stage         order.Aggregate
	Number        string // orderName, seqNumber or table: what {order_number} prints
	Language      string // default language of texts
	Notifications rule.Notifications
	Route         []string // accounts in order of preference
	OnUnknown     message.OnUnknown
	ContactWait   time.Duration
	Quiet         contact.QuietHours
}

// Policies finds the policy of a restaurant by its code; safe for concurrent use. It always finds
// one: an unknown code has the policy of "*" or the defaults.
type Policies func(code string) Policy
