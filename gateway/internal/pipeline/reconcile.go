package pipeline

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/gateway/internal/message"
)

// Ledger is the receipts' view of the messages. Implemented by store.DB.
type Ledger interface {
	// ApplyReceipts keeps what an account's provider says and moves messages as message.Learn says. What
	// speaks of no known message waits for it.
	ApplyReceipts(ctx context.Context, account string, source message.Source, receipts []message.Receipt, now time.Time) (moved int, err error)
	// MatchReceipts looks again for the messages of receipts that wait; it returns how many still do.
	MatchReceipts(ctx context.Context, now time.Time) (waiting int, err error)
	// ClaimLookups takes up to n messages of the account that are due to be asked about.
	ClaimLookups(ctx context.Context, account string, n int, now time.Time) ([]message.Message, error)
	// AskAgain says when each message is to be asked about next; a zero time means never.
	AskAgain(ctx context.Context, at map[string]time.Time) error
}

// Postbox keeps what was posted to callback addresses. Implemented by store.DB.
type Postbox interface {
	CallbackToken(ctx context.Context, account string) (string, error)
	AddCallback(ctx context.Context, c message.Callback) (id string, err error)
	EndCallback(ctx context.Context, c message.Callback, verdict message.Verdict, note string) error
	PendingCallbacks(ctx context.Context, accounts []string, before time.Time, n int) ([]message.Callback, error)
}

// Asker reaches the providers' programs. Implemented by provider.Host.
type Asker interface {
	// CanLookup and HasCallbacks tell what the account's provider can; false while it does not serve.
	CanLookup(account string) bool
	HasCallbacks(account string) bool
	// Lookup returns one receipt for each query, in order.
	Lookup(ctx context.Context, account string, queries []message.Query) ([]message.Receipt, error)
	// ParseCallback verifies and reads a callback. An error means that nobody has looked at it.
	ParseCallback(ctx context.Context, c message.Callback) (message.Parsed, error)
}

// Reconcile learns what became of messages after their provider took them, or may have: from callbacks,
// and by asking.
type Reconcile struct {
	Accounts  func() []string // those that are configured now
	Ledger    Ledger
	Postbox   Postbox
	Asker     Asker
	Reachable bool // providers can reach our callback addresses
	Now       func() time.Time
	Log       hclog.Logger
}

// ErrCallbackLater says that a callback is kept, and that the provider should come again.
var ErrCallbackLater = errors.New("the callback is kept; the provider's program cannot be asked now")

// ErrNoSuchCallback says that a callback address is not ours.
var ErrNoSuchCallback error = noSuchCallback{}

type noSuchCallback struct{}

// Error says it in English.
func (noSuchCallback) Error() string { return "no such callback address" }

// Unknown tells the HTTP side what this is.
func (noSuchCallback) Unknown() bool { return true }

const (
	lookupBatch   = 50
	lookupPause   = 30 * time.Second // after a look-up that failed
	callbackGrace = 5 * time.Minute  // how long a callback is waited for before its message is asked about
	pendingAfter  = 10 * time.Second // a callback that is younger is still in the hands of its request
	pendingBatch  = 20
	refusalLength = 200
)

// Run reads callbacks that were left, until ctx ends.
func (r *Reconcile) Run(ctx context.Context) {
	r.loop(ctx, func() (bool, error) { return r.tidy(ctx) })
}

// RunAccount asks an account's provider about its messages, until ctx ends. Each account has its own, so
// that one that hangs delays no other.
func (r *Reconcile) RunAccount(ctx context.Context, account string) {
	r.loop(ctx, func() (bool, error) { return r.ask(ctx, account) })
}

// loop repeats a step: at once while there is more to do, after a rest when there is not, and after a
// growing one when it fails.
func (r *Reconcile) loop(ctx context.Context, step func() (more bool, err error)) {
	const most = 30 * time.Second
	rest := idle
	for ctx.Err() == nil {
		more, err := step()
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			r.Log.Warn("what became of messages cannot be learnt now; it is tried again", "error", err)
			rest = min(2*rest, most)
		default:
			rest = idle
		}
		if err != nil || !more {
			(pacer{}).rest(ctx, rest)
		}
	}
}

// ask asks the account's provider about the messages that are due.
func (r *Reconcile) ask(ctx context.Context, account string) (more bool, err error) {
	if !r.Asker.CanLookup(account) {
		return false, nil
	}
	claimed, err := r.Ledger.ClaimLookups(ctx, account, lookupBatch, r.Now())
	if err != nil || len(claimed) == 0 {
		return false, err
	}
	next := map[string]time.Time{}
	var asked []message.Message
	for _, m := range claimed {
		if left := r.patience(account, m); left > 0 {
			next[m.ID] = r.Now().Add(left)
			continue
		}
		asked = append(asked, m)
	}
	err = r.lookUp(ctx, account, asked, next)
	return err == nil && len(claimed) == lookupBatch, errors.Join(err, r.Ledger.AskAgain(ctx, next))
}

// patience is how much longer a callback is waited for. Nobody calls back about a message whose
// acceptance nobody saw.
func (r *Reconcile) patience(account string, m message.Message) time.Duration {
	if m.Status == message.Unknown || !r.Reachable || !r.Asker.HasCallbacks(account) {
		return 0
	}
	return callbackGrace - r.Now().Sub(m.UpdatedAt)
}

// lookUp asks about the messages, applies the answers and says when each is asked about again.
func (r *Reconcile) lookUp(ctx context.Context, account string, asked []message.Message, next map[string]time.Time) error {
	if len(asked) == 0 {
		return nil
	}
	queries := make([]message.Query, len(asked))
	for i, m := range asked {
		queries[i] = message.Query{MessageID: m.ID, ProviderID: m.ProviderID, To: m.To}
	}
	receipts, err := r.Asker.Lookup(ctx, account, queries)
	now := r.Now()
	if err == nil && len(receipts) != len(asked) {
		err = fmt.Errorf("%d answers to %d questions", len(receipts), len(asked))
	}
	for _, m := range asked {
		next[m.ID] = now.Add(lookupPause)
		if wait, ok := message.LookupAfter(now.Sub(m.UpdatedAt)); err == nil && ok {
			next[m.ID] = now.Add(wait)
		} else if !ok {
			next[m.ID] = time.Time{}
		}
	}
	if err != nil {
		return fmt.Errorf("look up messages of %s: %w", account, err)
	}
	for i := range receipts {
		receipts[i].MessageID = asked[i].ID
	}
	told := slices.DeleteFunc(receipts, func(r message.Receipt) bool { return r.Status == message.Unknown })
	_, err = r.Ledger.ApplyReceipts(ctx, account, message.ByLookup, told, now)
	return err
}

// tidy reads callbacks that nobody could read when they came, and finds messages for receipts that came
// before their messages.
func (r *Reconcile) tidy(ctx context.Context) (more bool, err error) {
	pending, err := r.Postbox.PendingCallbacks(ctx, r.Accounts(), r.Now().Add(-pendingAfter), pendingBatch)
	if err != nil {
		return false, err
	}
	for _, c := range pending {
		if _, err := r.read(ctx, c); err != nil {
			return false, err
		}
	}
	_, err = r.Ledger.MatchReceipts(ctx, r.Now())
	return len(pending) == pendingBatch, err
}

// Receive takes a callback that came to the account's address with a token, and returns what to answer.
// It is on disk before anybody looks into it. ErrNoSuchCallback: the address is not ours.
// ErrCallbackLater: it is kept, and the provider should come again.
func (r *Reconcile) Receive(ctx context.Context, c message.Callback, token string) (message.CallbackReply, error) {
	if !slices.Contains(r.Accounts(), c.Account) {
		return message.CallbackReply{}, ErrNoSuchCallback
	}
	ours, err := r.Postbox.CallbackToken(ctx, c.Account)
	if err != nil {
		return message.CallbackReply{}, err
	}
	if ours == "" || subtle.ConstantTimeCompare([]byte(ours), []byte(token)) != 1 {
		return message.CallbackReply{}, ErrNoSuchCallback
	}
	if c.ID, err = r.Postbox.AddCallback(ctx, c); err != nil {
		return message.CallbackReply{}, err
	}
	return r.read(ctx, c)
}

// read lets the provider's program look at a callback that is kept, and does what it says.
func (r *Reconcile) read(ctx context.Context, c message.Callback) (message.CallbackReply, error) {
	parsed, err := r.Asker.ParseCallback(ctx, c)
	if err != nil {
		r.Log.Debug("a callback cannot be read now", "account", c.Account, "callback", c.ID, "error", err)
		return message.CallbackReply{}, fmt.Errorf("%w: %w", ErrCallbackLater, err)
	}
	if parsed.Refusal != "" {
		r.Log.Warn("a callback was refused; it changed nothing", "account", c.Account, "callback", c.ID, "why", parsed.Refusal)
		return parsed.Reply, r.Postbox.EndCallback(ctx, c, message.CallbackRefused, cut(parsed.Refusal, refusalLength))
	}
	// Applied before it is ended: what is cut in between is read again, and receipts repeat harmlessly.
	moved, err := r.Ledger.ApplyReceipts(ctx, c.Account, message.ByCallback, parsed.Receipts, r.Now())
	if err != nil {
		return message.CallbackReply{}, err
	}
	r.Log.Debug("callback", "account", c.Account, "callback", c.ID, "receipts", len(parsed.Receipts), "moved", moved)
	return parsed.Reply, r.Postbox.EndCallback(ctx, c, message.CallbackTaken, "")
}

// cut shortens a foreign text for a row or a log.
func cut(text string, runes int) string {
	if all := []rune(text); len(all) > runes {
		return string(all[:runes-1]) + "…"
	}
	return text
}
