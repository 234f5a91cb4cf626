// Package pipeline holds the loops between the tables: Decide turns stored events into decisions and
// queued messages, Deliver hands messages to providers, Recover settles what a crash left behind.
// They are joined only by the store; a crash between them loses nothing and repeats nothing unseen.
package pipeline

import (
	"context"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

// Decider runs rules. Implemented by script.Pool; called with snapshots, it does no I/O of its own.
// The results are in the order of the calls. An error means that no rule ran at all (no worker);
// what goes wrong inside a rule is in its Result.
type Decider interface {
	Set() rule.Set
	Decide(ctx context.Context, calls []rule.Call) ([]rule.Result, error)
}

// Sender calls providers. Implemented by provider.Host. It returns one outcome for each message, in
// order; whatever fails on the way is an outcome with a Reason. It never returns fewer.
type Sender interface {
	Send(ctx context.Context, account string, batch []message.Outgoing) []message.Outcome
}

// Inbox is the Decide loop's view of the store. Implemented by store.DB.
type Inbox interface {
	// ClaimEvents takes up to n stored events in order of arrival, without their bodies. Tries is raised
	// and committed before it returns. An event is claimed by nobody else until it is saved or released.
	ClaimEvents(ctx context.Context, n int) ([]kds.Event, error)
	// ReadBodies fills in the bodies of events; one that was dropped after its retention stays nil.
	ReadBodies(ctx context.Context, events []kds.Event) error
	// ReleaseEvents gives claimed events back undone.
	ReleaseEvents(ctx context.Context, ids []string) error
	// FindOrders returns the stored order for each of the wanted ones, nil where it is new.
	FindOrders(ctx context.Context, wanted []order.Order) ([]*order.Order, error)
	// FindContacts returns the contact bound to each order (by its references), nil where none is.
	FindContacts(ctx context.Context, orders []order.Order) ([]*contact.Contact, error)
	// SaveDecided commits everything in one transaction: events finished, orders written, decisions
	// kept, messages queued. A message whose dedupe key is taken is not queued; its decision is kept
	// as skipped with message.AlreadyTold. Closing an order cancels its waiting decisions and its
	// queued messages.
	SaveDecided(ctx context.Context, batch []rule.Decided) error
	// ClaimWaits takes up to n waiting decisions whose order has a contact now, and those whose wait
	// ended before now. The change, the order and the contact come with them.
	ClaimWaits(ctx context.Context, n int, now time.Time) ([]rule.Wait, error)
	// SaveWaits replaces waiting decisions by what they came to; messages as in SaveDecided.
	SaveWaits(ctx context.Context, decisions []rule.Decision) error
}

// Outbox is the Deliver loop's view of the store. Implemented by store.DB.
type Outbox interface {
	// ClaimMessages takes up to n messages of the account that are due, newest deadline last, marks
	// them sending and writes their attempts, all in one commit before it returns. What is past its
	// deadline, or whose order is closed, is settled (expired, cancelled) instead of returned.
	ClaimMessages(ctx context.Context, account string, n int, now time.Time) ([]message.Message, []message.Attempt, error)
	// FinishAttempts records outcomes and moves the messages on, in one commit. A message whose claim
	// was lost (Attempt.ID is no longer its token) keeps its state; the outcome is still recorded.
	FinishAttempts(ctx context.Context, done []message.Finished) error
	// NextDue returns when the next queued message of the account is due; zero: none is queued.
	NextDue(ctx context.Context, account string) (time.Time, error)
	// RecoverAttempts turns every attempt that a dead process left open into an unknown outcome, once
	// at start, and returns the messages concerned.
	RecoverAttempts(ctx context.Context, now time.Time) ([]message.Message, error)
	// SentSince returns the account's first attempts at messages that began at or after a time and were
	// not stopped by a limit, oldest first.
	SentSince(ctx context.Context, account string, since time.Time) ([]message.Sent, error)
}
