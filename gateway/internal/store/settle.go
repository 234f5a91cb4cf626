package store

import (
	"context"
	"fmt"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

// Settle moves a message outside of an attempt: a look-up or a person found out what became of it.
// Only queued, accepted and unknown messages can be settled; else ErrNotAllowed. ErrNotFound when
// there is no such message.
func (db *DB) Settle(ctx context.Context, id string, m message.Move) error {
	m.MessageID = id
	return db.do(ctx, func(t *tx) error {
		return db.settleFrom(t, m, db.now(), message.Queued, message.Accepted, message.Unknown)
	})
}

// CancelMessage takes a queued message back, or ends the question about an unknown one. The note
// says why, for people. ErrNotAllowed when it is too late.
func (db *DB) CancelMessage(ctx context.Context, id, note string) error {
	m := message.Move{MessageID: id, Status: message.Cancelled, Reason: message.ByPerson, Note: note}
	return db.do(ctx, func(t *tx) error {
		return db.settleFrom(t, m, db.now(), message.Queued, message.Unknown)
	})
}

func (db *DB) settleFrom(t *tx, m message.Move, at time.Time, from ...message.Status) error {
	status, err := statusOf(t, m.MessageID)
	if err != nil {
		return err
	}
	for _, s := range from {
		if s == status {
			return db.moveOn(t, m, at, `status = $10`, string(status))
		}
	}
	return fault(ErrNotAllowed, fmt.Sprintf("message %s is %s", m.MessageID, status))
}

func statusOf(t *tx, id string) (message.Status, error) {
	var status message.Status
	found, err := t.one([]any{&status}, `SELECT status FROM message WHERE id = $1`, id)
	if err == nil && !found {
		err = fault(ErrNotFound, "message "+id)
	}
	return status, err
}

// ResendMessage queues a message again, as a new one of the next generation on the first account of
// its route, with as much time to its deadline as the old one had. It is what a person wants, so
// a closed order does not stop it. The old message stays as it is, with a line in its history.
// ErrNotAllowed while the old one is queued or being sent.
func (db *DB) ResendMessage(ctx context.Context, id string, now time.Time) (newID string, err error) {
	old, err := db.Message(ctx, id)
	if err != nil {
		return "", err
	}
	m, err := encodeMessage(again(old.Message, now), rule.Decision{})
	if err != nil {
		return "", err
	}
	m.afterClose = true
	err = db.do(ctx, func(t *tx) error {
		status, err := statusOf(t, id)
		if err != nil {
			return err
		}
		if status == message.Queued || status == message.Sending {
			return fault(ErrNotAllowed, fmt.Sprintf("message %s is %s", id, status))
		}
		_, err = t.one([]any{&m.Generation}, `SELECT max(generation) + 1 FROM message
			WHERE restaurant = $1 AND dedupe = $2 AND contact_id = $3`, m.Restaurant, m.Dedupe, m.ContactID)
		if err != nil {
			return err
		}
		m.ID = db.ids.next()
		if _, err := db.queueAll(t, []string{""}, []*savedDecision{{messages: []savedMessage{m}}}); err != nil {
			return err
		}
		return db.record(t, id, now, status, old.Account, message.ByPerson, "sent again as "+m.ID)
	})
	return m.ID, err
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
