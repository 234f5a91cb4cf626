package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/problem"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

// CancelMessage takes a queued message back, and gives it as it then is. A gateway that serves the folder
// asks the database before each attempt, so that it needs no telling.
func (k *Keeper) CancelMessage(ctx context.Context, who access.Call, id string) (*message.Listed, error) {
	return k.actOnMessage(ctx, who.Record("messages.cancel-message", id), func() (string, error) {
		return id, k.db.CancelMessage(ctx, id, who.Name, "")
	})
}

// ResendMessage queues a message again, as a new one, and gives the new one.
func (k *Keeper) ResendMessage(ctx context.Context, who access.Call, id string) (*message.Listed, error) {
	return k.actOnMessage(ctx, who.Record("messages.resend-message", id), func() (string, error) {
		return k.db.ResendMessage(ctx, id, who.Name)
	})
}

// SettleMessage says what became of a message whose outcome is unknown: "sent" keeps it as it is, "again"
// queues a new one. It gives the message that counts from now on.
func (k *Keeper) SettleMessage(ctx context.Context, who access.Call, id, as string) (*message.Listed, error) {
	r := who.Record("messages.settle-message", id).With("as", as)
	switch adminapi.Settlement(as) {
	case adminapi.ConsiderSent:
		return k.actOnMessage(ctx, r, func() (string, error) { return id, k.db.SettleUnknown(ctx, id, who.Name) })
	case adminapi.SendAgain:
		return k.actOnMessage(ctx, r, func() (string, error) {
			m, err := k.db.Message(ctx, id)
			if err != nil {
				return "", err
			}
			if m.Status != message.Unknown {
				return "", &store.Fault{Kind: store.ErrNotAllowed, Detail: fmt.Sprintf("message %s is %s", id, m.Status), DetailRU: fmt.Sprintf("сообщение %s: %s", id, m.Status)}
			}
			return k.db.ResendMessage(ctx, id, who.Name)
		})
	}
	return nil, problem.RefuseField("as", problem.FieldInvalid)
}

// ReplayEvent puts an event that was quarantined or given up back to those that wait to be decided. Dedupe
// keys hold: nobody is texted twice.
func (k *Keeper) ReplayEvent(ctx context.Context, who access.Call, id string) error {
	return k.act(ctx, who.Record("events.replay-event", id), func() error { return k.db.ReplayEvent(ctx, id) })
}

// SendByHand hands one text to the account's provider, as Providers.Send does; the audit log says who had it
// sent and through which account, not to whom.
func (k *Keeper) SendByHand(ctx context.Context, who access.Call, p *Providers, opts Options, account string, to contact.Phone, text string) (sent Sent, err error) {
	err = k.act(ctx, who.Record("accounts.send-test-message", account), func() (err error) {
		sent, err = p.Send(ctx, opts, account, to, text)
		return err
	})
	return sent, err
}

// RawEvent gives an event's body as it came, phones masked. The audit log says who looked.
func (k *Keeper) RawEvent(ctx context.Context, who access.Call, id string) (raw RawEvent, err error) {
	err = k.act(ctx, who.Record("events.get-event-raw", id), func() error {
		raw, err = k.screen().RawEvent(ctx, adminapi.Caller{Principal: who.Principal}, id)
		return plain(err)
	})
	return raw, err
}

func (k *Keeper) actOnMessage(ctx context.Context, r access.Record, do func() (id string, err error)) (*message.Listed, error) {
	var id string
	err := k.act(ctx, r, func() (err error) {
		id, err = do()
		return err
	})
	if err != nil {
		return nil, err
	}
	return k.db.Message(ctx, id)
}

// act does as the admin's calls do: what cannot be written down is not done, and one line says how it ended.
func (k *Keeper) act(ctx context.Context, r access.Record, do func() error) error {
	begun, err := k.Begin(ctx, r)
	if err != nil {
		return err
	}
	if err = do(); err != nil {
		r = r.Refused(string(refusedAs(err)))
	}
	return errors.Join(err, k.End(ctx, begun, r))
}

// refusedAs is the word that the audit log has for why something was not done.
func refusedAs(err error) problem.Code {
	refusal, refused := errors.AsType[*problem.Refusal](err)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return problem.NoSuchThing
	case errors.Is(err, store.ErrNotAllowed):
		return problem.NotNow
	case refused:
		return refusal.Code
	default:
		return problem.StoreUnavailable
	}
}

// Absent tells whether an error says that what was asked for by name is not there.
func Absent(err error) bool { return err != nil && refusedAs(err) == problem.NoSuchThing }
