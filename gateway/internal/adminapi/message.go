package adminapi

import (
	"context"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/access"
)

// Message is one text to one contact as lists show it.
type Message struct {
	ID             string    `json:"id"`
	OrderID        string    `json:"order_id,omitempty"`
	OrderNumber    string    `json:"order_number,omitempty"`
	RestaurantCode string    `json:"restaurant_code"`
	RestaurantName string    `json:"restaurant_name,omitempty"`
	ContactID      string    `json:"contact_id,omitempty"`
	To             string    `json:"to" doc:"Masked: +7916•••4567. Empty after erasure."`
	Text           string    `json:"text" doc:"Empty after its retention or erasure."`
	Stage          string    `json:"stage,omitempty" doc:"The order's stage it tells of: started ready out collect collected."`
	Rule           string    `json:"rule"`
	Status         string    `json:"status" enum:"queued,sending,accepted,delivered,undelivered,rejected,expired,cancelled,unknown"`
	Reason         string    `json:"reason,omitempty" doc:"The one word for what went wrong."`
	Why            string    `json:"why,omitempty" doc:"The reason as a sentence."`
	Cure           string    `json:"cure,omitempty" doc:"What to do about it."`
	Note           string    `json:"note,omitempty"`
	Account        string    `json:"account"`
	Segments       int       `json:"segments"`
	Cost           *Money    `json:"cost,omitempty"`
	Attempts       int       `json:"attempts_made"`
	Generation     int       `json:"generation" doc:"0; raised each time a person sends the text again."`
	Deadline       time.Time `json:"deadline"`
	NextAt         time.Time `json:"next_at" doc:"Of a queued message: not before."`
	CreatedAt      time.Time `json:"created_at"`
	UpdatedAt      time.Time `json:"updated_at"`
	Can            []string  `json:"can" nullable:"false" enum:"resend,cancel,settle" doc:"What a person may do with it now."`
}

// MessageDetail is a message with everything that happened to it.
type MessageDetail struct {
	Message
	Tries    []Attempt `json:"attempts" nullable:"false"`
	Receipts []Receipt `json:"receipts" nullable:"false"`
	Moves    []Move    `json:"moves" nullable:"false" doc:"What people and the gateway did to it."`
}

// Attempt is one call of one account.
type Attempt struct {
	N            int        `json:"n"`
	Account      string     `json:"account"`
	StartedAt    time.Time  `json:"started_at"`
	EndedAt      *time.Time `json:"ended_at,omitempty"`
	Accepted     bool       `json:"accepted"`
	ProviderID   string     `json:"provider_id,omitempty"`
	ProviderCode string     `json:"provider_code,omitempty" doc:"The provider's own code."`
	Reason       string     `json:"reason,omitempty"`
	Why          string     `json:"why,omitempty"`
	Detail       string     `json:"detail,omitempty" doc:"The provider's own words, scrubbed."`
	Raw          string     `json:"raw,omitempty" doc:"The provider's answer as it came, where it was kept; phones and secrets are masked."`
	Cost         *Money     `json:"cost,omitempty"`
}

// Receipt is a later statement by the provider.
type Receipt struct {
	Status  string    `json:"status"`
	Code    string    `json:"code,omitempty"`
	Why     string    `json:"why,omitempty"`
	At      time.Time `json:"at,omitzero" doc:"By the provider's clock."`
	HeardAt time.Time `json:"heard_at"`
	Source  string    `json:"source" enum:"callback,lookup"`
}

// Move is one move of a message that no attempt tells.
type Move struct {
	At      time.Time `json:"at"`
	Status  string    `json:"status"`
	Account string    `json:"account,omitempty"`
	Reason  string    `json:"reason,omitempty"`
	Note    string    `json:"note,omitempty"`
	By      string    `json:"by,omitempty" doc:"The person who did it; empty: the gateway itself."`
}

// Count is how many there are, as far as they were counted.
type Count struct {
	N    int  `json:"n"`
	More bool `json:"more" doc:"There are more: show n+"`
}

// MessageFilter picks messages; zero fields do not restrict.
type MessageFilter struct {
	Order      string
	Phone      string // last four digits, or a whole number
	Stage      string
	Statuses   []string
	Account    string
	Restaurant string
	Search     string // an order number, four last digits or a message ID
	From, To   time.Time
	After      string
	Limit      int
}

// Settlement is how a person settles an unknown outcome.
type Settlement string

// Settlements.
const (
	ConsiderSent Settlement = "sent"  // the guest has it: never sent again
	SendAgain    Settlement = "again" // as a new message; the guest may get it twice
)

// Messages lists messages and does what people may do with them. Refusals: NoSuchThing; NotNow when the
// message is in a state that does not permit the act.
type Messages interface {
	Messages(ctx context.Context, f MessageFilter, lang string) (items []Message, next string, err error)
	MessageCounts(ctx context.Context, f MessageFilter) (map[string]Count, error) // by status; the filter's own statuses do not count
	Message(ctx context.Context, id, lang string) (MessageDetail, error)
	ResendMessage(ctx context.Context, who Caller, id string) (Message, error) // gives the new one
	CancelMessage(ctx context.Context, who Caller, id string) (Message, error)
	SettleMessage(ctx context.Context, who Caller, id string, as Settlement) (Message, error)
}

type messageQuery struct {
	Paging
	Span
	Order      string   `query:"order" maxLength:"64"`
	Phone      string   `query:"phone" maxLength:"32" doc:"The last four digits, or the whole number."`
	Stage      string   `query:"stage" maxLength:"16"`
	Status     []string `query:"status" maxItems:"9" doc:"Several separated by commas."`
	Account    string   `query:"account" maxLength:"64"`
	Restaurant string   `query:"restaurant" maxLength:"64"`
	Q          string   `query:"q" maxLength:"64" doc:"An order number, four last digits of a phone, or a message's id."`
}

func (q *messageQuery) filter() MessageFilter {
	return MessageFilter{
		Order: q.Order, Phone: q.Phone, Stage: q.Stage, Statuses: q.Status, Account: q.Account, Restaurant: q.Restaurant,
		Search: q.Q, From: q.From, To: q.To, After: q.After, Limit: q.Limit,
	}
}

// ByID names one thing in the path.
type ByID struct {
	ID string `path:"id" maxLength:"64"`
}

type settleQuery struct {
	ByID
	Body struct {
		As Settlement `json:"as" enum:"sent,again"`
	}
}

func (a *API) messages() {
	s := a.opt.Services.Messages
	add(a, call{id: "list-messages", method: "GET", path: "/messages", tag: "Messages", summary: "List messages, newest first", may: access.MessagesRead},
		func(ctx context.Context, who Caller, in *messageQuery) (*body[Page[Message]], error) {
			items, next, err := s.Messages(ctx, in.filter(), who.Language)
			return page(items, next), err
		})
	add(a, call{id: "count-messages", method: "GET", path: "/messages/counts", tag: "Messages", summary: "Count messages by status", may: access.MessagesRead},
		func(ctx context.Context, _ Caller, in *messageQuery) (*body[map[string]Count], error) {
			return answered(s.MessageCounts(ctx, in.filter()))
		})
	add(a, call{id: "get-message", method: "GET", path: "/messages/{id}", tag: "Messages", summary: "One message with its attempts and receipts", may: access.MessagesRead},
		func(ctx context.Context, who Caller, in *ByID) (*body[MessageDetail], error) {
			return answered(s.Message(ctx, in.ID, who.Language))
		})
	add(a, call{id: "resend-message", method: "POST", path: "/messages/{id}/resend", tag: "Messages", summary: "Send the text again, as a new message", may: access.MessagesWrite},
		func(ctx context.Context, who Caller, in *ByID) (*body[Message], error) {
			return answered(s.ResendMessage(ctx, who, in.ID))
		})
	add(a, call{id: "cancel-message", method: "POST", path: "/messages/{id}/cancel", tag: "Messages", summary: "Cancel a queued message", may: access.MessagesWrite},
		func(ctx context.Context, who Caller, in *ByID) (*body[Message], error) {
			return answered(s.CancelMessage(ctx, who, in.ID))
		})
	add(a, call{id: "settle-message", method: "POST", path: "/messages/{id}/settle", tag: "Messages", summary: "Say what became of a message whose outcome is unknown", may: access.MessagesWrite},
		func(ctx context.Context, who Caller, in *settleQuery) (*body[Message], error) {
			return answered(s.SettleMessage(ctx, who, in.ID, in.Body.As))
		})
}
