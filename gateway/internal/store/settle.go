package store

import (
	"context"
	"fmt"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

// CancelMessage takes a queued message back for a person. The note says why, for people. ErrNotAllowed
// when it is too late: a provider has been given it, or it has ended.
func (db *DB) CancelMessage(ctx context.Context, id, by, note string) error {
	return db.act(ctx, message.Move{MessageID: id, Status: message.Cancelled, Note: note, By: by}, message.Queued)
}

// SettleUnknown takes a message whose outcome nobody knows as sent, for a person who says so: it
// becomes accepted, and what the provider says later still counts. ErrNotAllowed when its outcome is
// known, perhaps since a moment ago.
func (db *DB) SettleUnknown(ctx context.Context, id, by string) error {
	return db.act(ctx, message.Move{MessageID: id, Status: message.Accepted, Note: "considered sent", By: by}, message.Unknown)
}

// act moves a message for a person, if it has the status that his act needs.
func (db *DB) act(ctx context.Context, m message.Move, from message.Status) error {
	m.Reason = message.ByPerson
	return db.do(ctx, func(t *tx) error {
		status, account, err := whereIs(t, m.MessageID)
		if err != nil {
			return err
		}
		if status != from {
			return notAllowed(m.MessageID, status)
		}
		m.Account = account
		return db.moveOn(t, m, db.now(), true, `status = $9`, string(status))
	})
}

func notAllowed(id string, status message.Status) error {
	return forbidden(fmt.Sprintf("message %s is %s", id, status), fmt.Sprintf("сообщение %s: %s", id, status))
}

// forbidden says why a status does not allow something.
func forbidden(en, ru string) error {
	return &Fault{Kind: ErrNotAllowed, Detail: en, DetailRU: ru}
}

func whereIs(t *tx, id string) (status message.Status, account string, err error) {
	found, err := t.one([]any{&status, &account}, `SELECT status, account FROM message WHERE id = $1`, id)
	if err == nil && !found {
		err = fault(ErrNotFound, "message "+id)
	}
	return status, account, err
}

// ResendMessage queues a message again for a person, as a new one of the next generation on the first
// account of its route, with as much time to its deadline as the old one had. It is what a person
// wants, so a closed order does not stop it; that the guest must not be texted does. The old message
// stays as it is, with a line in its history; one whose outcome is unknown ends as cancelled, for
// nobody waits for its outcome any more.
//
// ErrNotAllowed while the old one or another that followed it is queued or being sent (so that two
// who press at once send one text), when the guest must not be texted, or when his data were erased.
func (db *DB) ResendMessage(ctx context.Context, id, by string) (newID string, err error) {
	now := db.now()
	old, err := db.Message(ctx, id)
	if err != nil {
		return "", err
	}
	if err := db.mayResend(ctx, old.Message, now); err != nil {
		return "", err
	}
	m, err := encodeMessage(again(old.Message, now), rule.Decision{})
	if err != nil {
		return "", err
	}
	m.afterClose = true
	err = db.do(ctx, func(t *tx) error {
		status, account, err := whereIs(t, id)
		if err != nil {
			return err
		}
		if status == message.Queued || status == message.Sending {
			return notAllowed(id, status)
		}
		if err := db.nextGeneration(t, &m); err != nil {
			return err
		}
		m.ID = db.ids.next()
		if _, err := db.queueAll(t, []string{""}, []*savedDecision{{messages: []savedMessage{m}}}); err != nil {
			return err
		}
		said := message.Moved{At: now, Status: status, Account: account, Reason: message.ByPerson, Note: "sent again as " + m.ID, By: by}
		if status != message.Unknown {
			return db.record(t, id, said)
		}
		end := message.Move{MessageID: id, Status: message.Cancelled, Account: account, Reason: said.Reason, Note: said.Note, By: by}
		return db.moveOn(t, end, now, true, `status = $9`, string(status))
	})
	if err != nil {
		return "", err
	}
	return m.ID, nil
}

// mayResend refuses what must not be sent to its guest, by anybody.
func (db *DB) mayResend(ctx context.Context, m message.Message, now time.Time) error {
	people, err := db.contacts(ctx, []string{m.ContactID})
	if err != nil {
		return err
	}
	guest := people[m.ContactID]
	if m.To.IsZero() || guest == nil {
		return forbidden(fmt.Sprintf("the guest's data of message %s were erased", m.ID), fmt.Sprintf("данные гостя сообщения %s удалены", m.ID))
	}
	switch verdict := guest.May(m.Category, now); verdict.Refusal {
	case contact.NotTexted, contact.ConsentTaken:
		return forbidden(fmt.Sprintf("the guest of message %s must not be texted: %s", m.ID, verdict.Refusal),
			fmt.Sprintf("гостю сообщения %s писать нельзя: %s", m.ID, verdict.Refusal))
	case contact.NoNumber, contact.NeverAgreed: // an operator's own act may stand in for what was never asked
	}
	return nil
}

// nextGeneration numbers a message that follows others of its dedupe key, none of which may be on its
// way.
func (db *DB) nextGeneration(t *tx, m *savedMessage) error {
	var open int
	_, err := t.one([]any{&m.Generation, &open}, `SELECT max(generation) + 1, coalesce(sum(CASE WHEN status IN ('queued', 'sending') THEN 1 ELSE 0 END), 0)
		FROM message WHERE restaurant = $1 AND dedupe = $2 AND contact_id = $3`, m.Restaurant, m.Dedupe, m.ContactID)
	if err == nil && open > 0 {
		err = forbidden("it is being sent again already", "оно уже отправляется ещё раз")
	}
	return err
}

// again is old as if it had never been tried.
func again(old message.Message, now time.Time) message.Message {
	m := old
	m.Status, m.Reason, m.Note, m.Attempts, m.ProviderID, m.Cost = message.Queued, "", "", 0, "", nil
	m.Account = ""
	if len(m.Route) == 0 {
		m.Account = old.Account
	}
	m.CreatedAt, m.UpdatedAt, m.NextAt = now, now, now
	if !old.Deadline.IsZero() {
		m.Deadline = now.Add(old.Deadline.Sub(old.CreatedAt))
	}
	return m
}
