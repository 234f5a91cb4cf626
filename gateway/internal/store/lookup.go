package store

import (
	"context"
	"database/sql"
	"math"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/message"
)

const (
	// lookupFirst is how long a message is left alone before anybody asks about it: most providers need
	// some seconds before they know their own messages. next_at is when it came into its state.
	lookupFirst = 10 * time.Second
	// lookupLease is how long a claim of a look-up holds; above the time limit of a call.
	lookupLease = time.Minute
)

// ClaimLookups implements pipeline.Receipts: up to n messages of the account that were accepted, or
// whose outcome is unknown, and that are due to be asked about. Nobody else gets them within a minute.
func (db *DB) ClaimLookups(ctx context.Context, account string, n int, now time.Time) ([]message.Message, error) {
	const due = `status IN ('accepted', 'unknown') AND account = $1 AND next_at <= $2`
	before := micros(now.Add(-lookupFirst))
	waits, err := db.count(ctx, `SELECT count(*) FROM (SELECT 1 FROM message WHERE `+due+` LIMIT 1) w`, account, before)
	if err != nil || waits == 0 {
		return nil, err
	}
	var claimed []message.Message
	err = db.do(ctx, func(t *tx) error {
		claimed = nil
		err := t.each(func(rows *sql.Rows) error {
			var m message.Message
			err := scanMessage(rows, &m)
			claimed = append(claimed, m)
			return err
		}, `SELECT `+messageColumns+` FROM message m WHERE m.status IN ('accepted', 'unknown') AND m.account = $1
			AND m.next_at <= $2 ORDER BY m.next_at, m.id LIMIT CAST($3 AS INTEGER)`+db.dialect.claim, account, before, n)
		if err != nil {
			return err
		}
		for _, m := range claimed {
			if err := askAgain(t, m.ID, now.Add(lookupLease)); err != nil {
				return err
			}
		}
		return nil
	})
	return claimed, err
}

// AskAgain implements pipeline.Receipts: the message is not asked about before at; never again when
// that is zero. A message that moved meanwhile is left alone.
func (db *DB) AskAgain(ctx context.Context, at map[string]time.Time) error {
	if len(at) == 0 {
		return nil
	}
	return db.do(ctx, func(t *tx) error {
		for id, when := range at {
			if err := askAgain(t, id, when); err != nil {
				return err
			}
		}
		return nil
	})
}

func askAgain(t *tx, id string, at time.Time) error {
	next := int64(math.MaxInt64)
	if !at.IsZero() {
		next = micros(at.Add(-lookupFirst))
	}
	_, err := t.exec(`UPDATE message SET next_at = $2 WHERE id = $1 AND status IN ('accepted', 'unknown')`, id, next)
	return err
}
