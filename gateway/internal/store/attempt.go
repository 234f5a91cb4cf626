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
			open, err := db.settleRound(t, round, now)
			if err != nil {
				return err
			}
			begun, err := db.begin(t, open, now)
			if err != nil {
				return err
			}
			for i := range open {
				claimed, attempts = append(claimed, open[i].Message), append(attempts, begun[i])
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
		ORDER BY m.deadline, m.next_at, m.id LIMIT CAST($3 AS INTEGER)`+db.dialect.claim, account, micros(now), n)
	return round, err
}

// settleRound settles the messages that are not to be sent any more and returns the others.
func (db *DB) settleRound(t *tx, round []due, now time.Time) ([]due, error) {
	open := round[:0]
	for i := range round {
		why, ok := round[i].settled(now)
		if !ok {
			open = append(open, round[i])
			continue
		}
		if err := db.settle(t, &round[i].Message, why, now); err != nil {
			return nil, err
		}
	}
	return open, nil
}

var insertAttempts = newRowsQuery(`INSERT INTO attempt (id, message_id, n, account, started_at, ended_at, outcome) VALUES `, 7, ``)

// begin marks messages sending and writes their attempts.
func (db *DB) begin(t *tx, open []due, now time.Time) ([]message.Attempt, error) {
	attempts := make([]message.Attempt, len(open))
	rows := make([]any, 0, insertAttempts.width*len(open))
	at, lease := micros(now), micros(now.Add(messageLease))
	for i := range open {
		d := &open[i]
		a := message.Attempt{ID: db.ids.next(), MessageID: d.ID, N: d.Attempts + 1, Account: d.Account, StartedAt: now}
		_, err := t.exec(`UPDATE message SET token = $1, attempts = $2, lease_until = $3, updated_at = $4, status = 'sending',
			reason = '', note = '' WHERE id = $5`, a.ID, a.N, lease, at, d.ID)
		if err != nil {
			return nil, err
		}
		rows = append(rows, a.ID, a.MessageID, a.N, a.Account, at, 0, "")
		d.Status, d.Reason, d.Note, d.Attempts, d.UpdatedAt = message.Sending, "", "", a.N, now
		attempts[i] = a
		if err := db.touched(t, d.ID); err != nil {
			return nil, err
		}
	}
	_, err := t.rows(&insertAttempts, rows, nil)
	return attempts, err
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
	if err := db.touched(t, m.ID); err != nil {
		return err
	}
	return db.record(t, m.ID, message.Moved{At: now, Status: why.status, Account: m.Account, Reason: why.reason, Note: why.note})
}

// cancelQueued settles the queued messages that fit the term, which leads to them by its own index: a
// bare status would tempt the planner to go through all that is queued.
func (db *DB) cancelQueued(t *tx, now time.Time, why move, term string, args ...any) error {
	var queued []message.Message
	err := t.each(func(rows *sql.Rows) error {
		var m message.Message
		err := rows.Scan(&m.ID, &m.Account)
		queued = append(queued, m)
		return err
	}, `SELECT id, account FROM message WHERE status || '' = 'queued' AND `+term, args...)
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

// finish writes the outcome of an attempt, and moves its message on if the attempt still has it.
func (db *DB) finish(t *tx, f *message.Finished, outcome string) error {
	a, m := &f.Attempt, f.Next
	m.MessageID = a.MessageID
	at := db.now()
	if a.EndedAt != nil {
		at = *a.EndedAt
	}
	if _, err := t.exec(`UPDATE attempt SET ended_at = $1, outcome = $2 WHERE id = $3`, micros(at), outcome, a.ID); err != nil {
		return err
	}
	if m.Account != "" && m.Account != a.Account {
		_, err := t.exec(`UPDATE message SET account = $1 WHERE id = $2 AND token = $3 AND status = 'sending'`, m.Account, m.MessageID, a.ID)
		if err != nil {
			return err
		}
	}
	return db.moveOn(t, m, at, m.Status != message.Accepted, `token = $9 AND status = 'sending'`, a.ID)
}

// moveOn writes a move, and a row of its history if record is set, if the message still fits the term, whose
// parameters begin with $9. It moves one message, for a statement that takes many (UPDATE … FROM) sets its rows
// aside first and costs twice as much; and the account stays, for each index that names it would be
// written again.
func (db *DB) moveOn(t *tx, m message.Move, at time.Time, record bool, term string, args ...any) error {
	n, err := t.exec(`UPDATE message SET status = $1, reason = $2, note = $3, token = '', lease_until = 0, updated_at = $4,
		next_at = coalesce(nullif(CAST($5 AS BIGINT), 0), next_at),
		provider_id = coalesce(nullif($6, ''), provider_id),
		segments = coalesce(nullif(CAST($7 AS INTEGER), 0), segments)
		WHERE id = $8 AND `+term,
		append([]any{
			string(m.Status), string(m.Reason), m.Note, micros(at), micros(m.NextAt), m.ProviderID, m.Segments, m.MessageID,
		}, args...)...)
	if err != nil || n == 0 {
		return err
	}
	return db.hasMoved(t, m, at, record)
}

// hasMoved does what follows from a move of a message: its cost, whom it wakes and, unless another
// row tells of the move, a row of its history.
func (db *DB) hasMoved(t *tx, m message.Move, at time.Time, record bool) error {
	if m.Cost != nil {
		_, err := t.exec(`UPDATE message SET cost_units = $2, cost_nanos = $3, cost_currency = $4 WHERE id = $1`,
			m.MessageID, m.Cost.Units, m.Cost.Nanos, m.Cost.Currency)
		if err != nil {
			return err
		}
	}
	if err := db.touched(t, m.MessageID); err != nil {
		return err
	}
	if m.Status == message.Queued {
		t.woken.accounts = append(t.woken.accounts, m.Account)
	}
	if !record {
		return nil
	}
	return db.record(t, m.MessageID, message.Moved{At: at, Status: m.Status, Account: m.Account, Reason: m.Reason, Note: m.Note, By: m.By})
}
