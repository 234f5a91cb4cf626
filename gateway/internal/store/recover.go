package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/message"
)

const stopped = "the gateway stopped during the call"

// RecoverAttempts implements pipeline.Outbox: called once at start, before anything is claimed. Every
// message that is being sent was left by a process that is gone, and nobody knows whether it went
// out: it becomes unknown, or is queued again where its rule says so. It returns the messages as they
// are now.
func (db *DB) RecoverAttempts(ctx context.Context, now time.Time) ([]message.Message, error) {
	outcome, err := encodeOutcome(&message.Outcome{Failure: &message.Failure{Reason: message.UnknownOutcome, Detail: stopped}})
	if err != nil {
		return nil, err
	}
	var left []message.Message
	err = db.do(ctx, func(t *tx) error {
		left = nil
		err := t.each(func(rows *sql.Rows) error {
			var m message.Message
			err := scanMessage(rows, &m)
			left = append(left, m)
			return err
		}, `SELECT `+messageColumns+` FROM message m
			WHERE m.status IN ('sending', 'unknown') AND m.status = 'sending' ORDER BY m.id`)
		if err != nil {
			return err
		}
		for i := range left {
			if err := db.recover1(t, &left[i], outcome, now); err != nil {
				return fmt.Errorf("message %s: %w", left[i].ID, err)
			}
		}
		return nil
	})
	return left, err
}

func (db *DB) recover1(t *tx, m *message.Message, outcome string, now time.Time) error {
	_, err := t.exec(`UPDATE attempt SET ended_at = $2, outcome = $3 WHERE message_id = $1 AND ended_at = 0`,
		m.ID, micros(now), outcome)
	if err != nil {
		return err
	}
	m.Status, m.Reason, m.Note, m.UpdatedAt = message.Unknown, message.UnknownOutcome, stopped, now
	next := message.Move{MessageID: m.ID, Status: m.Status, Reason: m.Reason, Note: m.Note}
	if m.OnUnknown == message.Resend {
		m.Status, m.NextAt = message.Queued, now
		next.Status, next.NextAt, next.Account = m.Status, now, m.Account
	}
	return db.moveOn(t, next, now, true, `status = 'sending'`)
}

// Unknowns implements pipeline.Outbox.
func (db *DB) Unknowns(ctx context.Context, n int) ([]message.Message, error) {
	var all []message.Message
	err := db.reader.each(ctx, func(rows *sql.Rows) error {
		var m message.Message
		err := scanMessage(rows, &m)
		all = append(all, m)
		return err
	}, `SELECT `+messageColumns+` FROM message m
		WHERE m.status IN ('sending', 'unknown') AND m.status = 'unknown' ORDER BY m.id LIMIT CAST($1 AS INTEGER)`, n)
	return all, err
}

// NextDue implements pipeline.Outbox. A message whose deadline comes first is due then: it is to be
// settled.
func (db *DB) NextDue(ctx context.Context, account string) (time.Time, error) {
	var next sql.NullInt64
	err := db.reader.row(ctx, []any{&next}, `SELECT min(CASE WHEN deadline > 0 AND deadline < next_at THEN deadline ELSE next_at END)
		FROM message WHERE status = 'queued' AND account = $1`, account)
	return instant(next.Int64), err
}

// tries gives the attempts of messages, in order.
func (db *DB) tries(ctx context.Context, ids []string) (map[string][]message.Attempt, error) {
	all := map[string][]message.Attempt{}
	err := inLists(ids, 1, func(list string, args []any) error {
		return db.reader.each(ctx, func(rows *sql.Rows) error {
			a, err := scanAttempt(rows)
			all[a.MessageID] = append(all[a.MessageID], a)
			return err
		}, `SELECT id, message_id, n, account, started_at, ended_at, outcome FROM attempt
			WHERE message_id IN `+list+` ORDER BY id`, args...)
	})
	return all, err
}

func scanAttempt(rows *sql.Rows) (message.Attempt, error) {
	var a message.Attempt
	var started, ended int64
	var outcome []byte
	err := rows.Scan(&a.ID, &a.MessageID, &a.N, &a.Account, &started, &ended, &outcome)
	if err != nil {
		return a, err
	}
	a.StartedAt, a.EndedAt = instant(started), pointer(ended)
	if len(outcome) == 0 {
		return a, nil
	}
	a.Outcome = &message.Outcome{}
	if err := json.Unmarshal(outcome, a.Outcome); err != nil {
		return a, fmt.Errorf("stored attempt %s: %w", a.ID, err)
	}
	if a.Outcome.ID == "" {
		a.Outcome.ID = a.MessageID
	}
	return a, nil
}
