package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/order"
)

const (
	// messageLease is how long a claim of a message holds; far above the time limit of a call.
	messageLease = 5 * time.Minute
	// staleAfter is how long a text may wait before it is checked against an order that went on.
	staleAfter = time.Minute
	// claimRounds bounds how many rounds of settled messages one claim goes through.
	claimRounds = 16
)

// move is where the store itself sends a message.
type move struct {
	status message.Status
	reason message.Reason
	note   string
}

func gone() move { return move{message.Cancelled, message.OrderGone, ""} }

// due is a claimable message with what is known of its order.
type due struct {
	message.Message
	afterClose bool
	closed     bool
	stage      order.Stage
}

// ClaimMessages implements pipeline.Outbox: due messages of the account in order of their deadlines.
// What is past its deadline becomes expired; what belongs to a closed order, and a text of an
// earlier stage that has waited over a minute while its order was collected, is cancelled. Everything
// else is marked sending, with an attempt whose ID is the token that FinishAttempts asks for.
func (db *DB) ClaimMessages(ctx context.Context, account string, n int, now time.Time) ([]message.Message, []message.Attempt, error) {
	waits, err := db.dueMessages(ctx, account, now)
	if err != nil || !waits || n <= 0 {
		return nil, nil, err // nothing to claim: no need to trouble the writer
	}
	var claimed []message.Message
	var attempts []message.Attempt
	err = db.do(ctx, func(t *tx) error {
		claimed, attempts = nil, nil
		for range claimRounds {
			round, err := db.readDue(t, account, n-len(claimed), now)
			if err != nil {
				return err
			}
			for i := range round {
				a, err := db.claim(t, &round[i], now)
				if err != nil {
					return err
				}
				if a != nil {
					claimed, attempts = append(claimed, round[i].Message), append(attempts, *a)
				}
			}
			if len(round) == 0 || len(claimed) == n {
				return nil
			}
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	return claimed, attempts, nil
}

const dueTerm = `m.status = 'queued' AND m.account = $1 AND (m.next_at <= $2 OR (m.deadline > 0 AND m.deadline <= $2))`

func (db *DB) dueMessages(ctx context.Context, account string, now time.Time) (bool, error) {
	var n int
	err := db.reader.row(ctx, []any{&n}, `SELECT count(*) FROM (SELECT 1 FROM message m WHERE `+dueTerm+` LIMIT 1) w`,
		account, micros(now))
	return n > 0, err
}

func (db *DB) readDue(t *tx, account string, n int, now time.Time) ([]due, error) {
	var round []due
	err := t.each(func(rows *sql.Rows) error {
		var d due
		var afterClose, closed, stage int64
		if err := scanMessage(rows, &d.Message, &afterClose, &closed, &stage); err != nil {
			return err
		}
		d.afterClose, d.closed, d.stage = afterClose != 0, closed != 0, order.Stage(stage) //nolint:gosec // written by saveOrder
		round = append(round, d)
		return nil
	}, `SELECT m.after_close, coalesce(o.closed, 0), coalesce(o.stage, 0), `+messageColumns+`
		FROM message m LEFT JOIN orders o ON o.id = m.order_id WHERE `+dueTerm+`
		ORDER BY m.deadline, m.next_at, m.id LIMIT $3`+db.dialect.claim, account, micros(now), n)
	return round, err
}

// claim settles a message that is not to be sent any more, or marks it sending and writes its attempt.
func (db *DB) claim(t *tx, d *due, now time.Time) (*message.Attempt, error) {
	if why, ok := d.settled(now); ok {
		return nil, db.settle(t, &d.Message, why, now)
	}
	a := message.Attempt{ID: db.ids.next(), MessageID: d.ID, N: d.Attempts + 1, Account: d.Account, StartedAt: now}
	_, err := t.exec(`UPDATE message SET status = 'sending', reason = '', note = '', token = $2, attempts = $3, lease_until = $4, updated_at = $5
		WHERE id = $1`, d.ID, a.ID, a.N, micros(now.Add(messageLease)), micros(now))
	if err != nil {
		return nil, err
	}
	_, err = t.exec(`INSERT INTO attempt (id, message_id, n, account, started_at, ended_at, outcome) VALUES ($1, $2, $3, $4, $5, 0, '')`,
		a.ID, a.MessageID, a.N, a.Account, micros(now))
	if err != nil {
		return nil, err
	}
	d.Status, d.Reason, d.Note, d.Attempts, d.UpdatedAt = message.Sending, "", "", a.N, now
	return &a, db.record(t, d.ID, now, message.Sending, d.Account, "", "")
}

// settled tells whether a due message is not to be sent any more, and why.
func (d *due) settled(now time.Time) (move, bool) {
	stage, isStage := order.ParseStage(d.Stage)
	switch {
	case !d.Deadline.IsZero() && !now.Before(d.Deadline):
		return move{message.Expired, message.PastDeadline, ""}, true
	case d.afterClose:
		return move{}, false
	case d.closed:
		return gone(), true
	case isStage && stage < order.Collected && d.stage == order.Collected && now.Sub(d.CreatedAt) > staleAfter:
		return move{message.Cancelled, message.OrderGone, "the order is collected already"}, true
	}
	return move{}, false
}

func (db *DB) settle(t *tx, m *message.Message, why move, now time.Time) error {
	_, err := t.exec(`UPDATE message SET status = $2, reason = $3, note = $4, updated_at = $5 WHERE id = $1`,
		m.ID, string(why.status), string(why.reason), why.note, micros(now))
	if err != nil {
		return err
	}
	return db.record(t, m.ID, now, why.status, m.Account, why.reason, why.note)
}

// cancelQueued settles the queued messages that fit the term.
func (db *DB) cancelQueued(t *tx, now time.Time, why move, term string, args ...any) error {
	var queued []message.Message
	err := t.each(func(rows *sql.Rows) error {
		var m message.Message
		err := rows.Scan(&m.ID, &m.Account)
		queued = append(queued, m)
		return err
	}, `SELECT id, account FROM message WHERE status = 'queued' AND `+term, args...)
	if err != nil {
		return err
	}
	for i := range queued {
		if err := db.settle(t, &queued[i], why, now); err != nil {
			return err
		}
	}
	return nil
}

// FinishAttempts implements pipeline.Outbox.
func (db *DB) FinishAttempts(ctx context.Context, done []message.Finished) error {
	outcomes := make([]string, len(done))
	for i, f := range done {
		outcome, err := encodeOutcome(f.Attempt.Outcome)
		if err != nil {
			return err
		}
		outcomes[i] = outcome
	}
	return db.do(ctx, func(t *tx) error {
		for i := range done {
			if err := db.finish(t, &done[i], outcomes[i]); err != nil {
				return fmt.Errorf("attempt %s: %w", done[i].Attempt.ID, err)
			}
		}
		return nil
	})
}

func encodeOutcome(o *message.Outcome) (string, error) {
	if o == nil {
		return "", nil
	}
	text, err := json.Marshal(o)
	return string(text), err
}

func (db *DB) finish(t *tx, f *message.Finished, outcome string) error {
	ended := db.now()
	if f.Attempt.EndedAt != nil {
		ended = *f.Attempt.EndedAt
	}
	_, err := t.exec(`UPDATE attempt SET ended_at = $2, outcome = $3 WHERE id = $1`, f.Attempt.ID, micros(ended), outcome)
	if err != nil {
		return err
	}
	m := f.Next
	m.MessageID = f.Attempt.MessageID
	return db.moveOn(t, m, ended, `token = $10 AND status = 'sending'`, f.Attempt.ID)
}

// moveOn writes a move, if the message still fits the term, whose parameters begin with $10.
func (db *DB) moveOn(t *tx, m message.Move, at time.Time, term string, args ...any) error {
	n, err := t.exec(`UPDATE message SET status = $2, reason = $3, note = $4, token = '', lease_until = 0, updated_at = $5,
		account = CASE WHEN $6 <> '' THEN $6 ELSE account END,
		next_at = CASE WHEN $7 > 0 THEN $7 ELSE next_at END,
		provider_id = CASE WHEN $8 <> '' THEN $8 ELSE provider_id END,
		segments = CASE WHEN $9 > 0 THEN $9 ELSE segments END
		WHERE id = $1 AND `+term,
		append([]any{
			m.MessageID, string(m.Status), string(m.Reason), m.Note, micros(at), m.Account, micros(m.NextAt),
			m.ProviderID, m.Segments,
		}, args...)...)
	if err != nil || n == 0 {
		return err
	}
	if m.Cost != nil {
		_, err := t.exec(`UPDATE message SET cost_units = $2, cost_nanos = $3, cost_currency = $4 WHERE id = $1`,
			m.MessageID, m.Cost.Units, m.Cost.Nanos, m.Cost.Currency)
		if err != nil {
			return err
		}
	}
	if m.Status == message.Queued {
		t.woken.accounts = append(t.woken.accounts, m.Account)
	}
	return db.record(t, m.MessageID, at, m.Status, m.Account, m.Reason, m.Note)
}
