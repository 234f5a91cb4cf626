package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"math"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/message"
)

// purgeTexts takes phone, text and note from messages whose last move is older than before, and from what
// is kept beside them whatever a provider said in its own words. Statuses, reasons, sums and the dedupe key
// stay.
func (db *DB) purgeTexts(ctx context.Context, before, now time.Time) (int, error) {
	w := purgeWalk{mark: "purge.texts", bound: firstID(before), size: textSlice}
	w.read = func(ctx context.Context, after string) (all []purgeRow, err error) {
		err = db.reader.each(ctx, func(rows *sql.Rows) error {
			var id string
			var status message.Status
			var deadline, updated int64
			var gone bool
			err := rows.Scan(&id, &status, &deadline, &updated, &gone)
			due := !gone && textIsDue(status, instant(deadline), instant(updated), before, now)
			all = append(all, purgeRow{id: id, due: due, yet: !gone && !due})
			return err
		}, `SELECT id, status, deadline, updated_at, CASE WHEN phone = '' AND text = '' THEN 1 ELSE 0 END
			FROM message WHERE id > $1 AND id < $2 ORDER BY id LIMIT CAST($3 AS INTEGER)`, after, w.bound, w.size)
		return all, err
	}
	w.take = func(ctx context.Context, ids []string) (int, error) { return db.takeTexts(ctx, ids, before) }
	return db.walk(ctx, w)
}

// textIsDue tells whether a message can do without its phone and text. Those that have ended can. One that
// was accepted, or whose outcome is unknown, is followed for two days, which takes the phone; after that
// nobody asks, and a receipt that comes all the same needs neither. One that is queued although its deadline
// is as long ago belongs to an account that is there no more: nobody will send it.
func textIsDue(status message.Status, deadline, updated, before, now time.Time) bool {
	if !updated.Before(before) {
		return false
	}
	switch status {
	case message.Accepted, message.Unknown:
		_, followed := message.LookupAfter(now.Sub(updated))
		return !followed
	case message.Queued:
		return !deadline.IsZero() && deadline.Before(before)
	case message.Sending, message.Absent:
		return false
	case message.Delivered, message.Undelivered, message.Rejected, message.Expired, message.Cancelled:
	}
	return true
}

// takeTexts empties messages, unless they moved since they were found due.
func (db *DB) takeTexts(ctx context.Context, ids []string, before time.Time) (taken int, err error) {
	outcomes, err := db.quietOutcomes(ctx, ids)
	if err != nil {
		return 0, err
	}
	err = db.do(ctx, func(t *tx) error {
		gone, left, err := emptyMessages(t, ids, before)
		if err != nil {
			return err
		}
		taken = len(gone)
		for i := range left {
			if err := db.settle(t, &left[i], move{message.Expired, message.PastDeadline, ""}, db.now()); err != nil {
				return err
			}
		}
		for _, id := range gone {
			for _, a := range outcomes[id] {
				if _, err := t.exec(`UPDATE attempt SET outcome = $1 WHERE id = $2`, a.outcome, a.id); err != nil {
					return err
				}
			}
		}
		return inLists(gone, 1, func(list string, args []any) error {
			if _, err := t.exec(`UPDATE receipt SET code = '' WHERE code <> '' AND message_id IN `+list, args...); err != nil {
				return err
			}
			_, err := t.exec(`UPDATE message_log SET note = '' WHERE note <> '' AND message_id IN `+list, args...)
			return err
		})
	})
	if err != nil {
		return 0, err
	}
	return taken, nil
}

// emptyMessages gives those that it emptied, and of these the ones that are still queued. Nobody asks a
// provider about them any more. updated_at stays: it tells when the message moved.
func emptyMessages(t *tx, ids []string, before time.Time) (gone []string, queued []message.Message, err error) {
	err = inLists(ids, 3, func(list string, args []any) error {
		return t.each(func(rows *sql.Rows) error {
			var m message.Message
			err := rows.Scan(&m.ID, &m.Account, &m.Status)
			gone = append(gone, m.ID)
			if m.Status == message.Queued {
				queued = append(queued, m)
			}
			return err
		}, `UPDATE message SET phone = '', text = '', note = '',
			next_at = CASE WHEN status IN ('accepted', 'unknown') THEN CAST($1 AS BIGINT) ELSE next_at END
			WHERE updated_at < $2 AND status <> 'sending' AND id IN `+list+` RETURNING id, account, status`,
			append([]any{int64(math.MaxInt64), micros(before)}, args...)...)
	})
	return gone, queued, err
}

// quietOutcome is the outcome of an attempt without the provider's own words.
type quietOutcome struct{ id, outcome string }

// quietOutcomes gives, by message, the attempts whose outcome repeats what a provider said. The rest of it
// stays: by it the charts know how fast a text was accepted. It is read before the writer is asked, for the
// attempts of such messages are over.
func (db *DB) quietOutcomes(ctx context.Context, ids []string) (map[string][]quietOutcome, error) {
	all := map[string][]quietOutcome{}
	err := inLists(ids, 1, func(list string, args []any) error {
		return db.reader.each(ctx, func(rows *sql.Rows) error {
			var a quietOutcome
			var messageID string
			var stored []byte
			if err := rows.Scan(&a.id, &messageID, &stored); err != nil {
				return err
			}
			quiet, err := quieten(stored)
			if err == nil && quiet != string(stored) {
				a.outcome = quiet
				all[messageID] = append(all[messageID], a)
			}
			return err
		}, `SELECT id, message_id, outcome FROM attempt WHERE outcome <> '' AND message_id IN `+list, args...)
	})
	return all, err
}

// quieten takes the provider's own words out of a stored outcome; all of it, when it cannot be read.
func quieten(stored []byte) (string, error) {
	var o message.Outcome
	if err := json.Unmarshal(stored, &o); err != nil {
		return "", nil //nolint:nilerr // somebody wrote it by hand: who knows what is in it
	}
	if o.Accepted != nil {
		o.Accepted.Raw = ""
	}
	if o.Failure != nil {
		o.Failure.Detail, o.Failure.ProviderCode, o.Failure.Raw = "", "", ""
	}
	return encodeOutcome(&o)
}
