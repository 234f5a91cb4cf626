package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/message"
)

// receiptPatience is how long a receipt waits for the message that it speaks of.
const receiptPatience = 10 * time.Minute

// ApplyReceipts implements pipeline.Receipts: it keeps what the provider of an account says of its
// messages and moves them as message.Learn says, in one commit. A receipt that names a message of
// another account, or whose two names contradict each other, is passed over; one that names no message
// that is known waits ten minutes for it. It returns how many messages moved.
func (db *DB) ApplyReceipts(ctx context.Context, account string, source message.Source, receipts []message.Receipt, now time.Time) (moved int, err error) {
	err = db.do(ctx, func(t *tx) error {
		moved = 0
		for _, r := range receipts {
			h := message.Heard{Receipt: r, Account: account, Source: source, HeardAt: now}
			found, hasMoved, err := db.hear(t, h)
			if err != nil {
				return err
			}
			if hasMoved {
				moved++
			}
			if !found && r.ProviderID != "" {
				if err := db.keepReceipt(t, "", h); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return moved, err
}

// hear applies one receipt. found is false when there is no message that it could speak of.
func (db *DB) hear(t *tx, h message.Heard) (found, moved bool, err error) {
	m, err := db.spokenOf(t, h)
	if err != nil || m == nil {
		return false, false, err
	}
	if m.ID == "" {
		return true, false, nil // a message, but not this account's, or not this one
	}
	if err := db.keepReceipt(t, m.ID, h); err != nil {
		return true, false, err
	}
	next, moves := message.Learn(*m, h.Receipt, h.HeardAt)
	if moves {
		return true, true, db.moveOn(t, next, h.HeardAt, true, `status = $9`, string(m.Status))
	}
	if h.Cost != nil && m.Cost == nil {
		err = db.hasMoved(t, message.Move{MessageID: m.ID, Status: m.Status, Cost: h.Cost}, h.HeardAt, false)
	}
	return true, false, err
}

// spokenOf finds the message of a receipt: nil when there is none, one without an ID when the receipt
// must not be believed about it.
func (db *DB) spokenOf(t *tx, h message.Heard) (*message.Message, error) {
	term, name := `m.id = $1`, h.MessageID
	if name == "" {
		if h.ProviderID == "" {
			return &message.Message{}, nil
		}
		term, name = `m.provider_id <> '' AND m.provider_id = $1`, h.ProviderID
	}
	var all []message.Message
	err := t.each(func(rows *sql.Rows) error {
		var m message.Message
		err := scanMessage(rows, &m)
		all = append(all, m)
		return err
	}, `SELECT `+messageColumns+` FROM message m WHERE `+term+` ORDER BY m.id DESC LIMIT 8`, name)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	for i := range all {
		tried, err := triedBy(t, &all[i], h.Account)
		if err != nil {
			return nil, err
		}
		another := h.ProviderID != "" && all[i].ProviderID != "" && h.ProviderID != all[i].ProviderID
		if tried && !another {
			return &all[i], nil
		}
	}
	if h.MessageID == "" {
		return nil, nil // another account's provider may use the same numbers
	}
	return &message.Message{}, nil
}

// triedBy tells whether the account has tried to send the message.
func triedBy(t *tx, m *message.Message, account string) (bool, error) {
	var n int
	_, err := t.one([]any{&n}, `SELECT count(*) FROM attempt WHERE message_id = $1 AND account = $2`, m.ID, account)
	return n > 0, err
}

// keepReceipt adds a receipt to the history; one that says nothing new is not kept twice.
func (db *DB) keepReceipt(t *tx, messageID string, h message.Heard) error {
	cost := message.Money{}
	if h.Cost != nil {
		cost = *h.Cost
	}
	_, err := t.exec(`INSERT INTO receipt (message_id, id, account, provider_id, status, reason, code, happened_at,
		cost_units, cost_nanos, cost_currency, source, heard_at)
		SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13
		WHERE NOT EXISTS (SELECT 1 FROM receipt WHERE message_id = $1 AND account = $3 AND provider_id = $4 AND status = $5 AND code = $7)`,
		messageID, db.ids.next(), h.Account, h.ProviderID, string(h.Status), string(h.Reason), h.Code, micros(h.At),
		cost.Units, cost.Nanos, cost.Currency, string(h.Source), micros(h.HeardAt))
	return err
}

// MatchReceipts implements pipeline.Receipts: it looks again whether the messages are there that
// earlier receipts spoke of, and forgets receipts that waited ten minutes in vain. It returns how many
// still wait.
func (db *DB) MatchReceipts(ctx context.Context, now time.Time) (waiting int, err error) {
	n, err := db.count(ctx, `SELECT count(*) FROM (SELECT 1 FROM receipt WHERE message_id = '' LIMIT 1) w`)
	if err != nil || n == 0 {
		return 0, err
	}
	err = db.do(ctx, func(t *tx) error {
		waiting = 0
		ids, all, err := waitingReceipts(t)
		if err != nil {
			return err
		}
		for i, h := range all {
			found, _, err := db.hear(t, h)
			if err != nil {
				return err
			}
			if !found && now.Sub(h.HeardAt) < receiptPatience {
				waiting++
				continue
			}
			if _, err := t.exec(`DELETE FROM receipt WHERE message_id = '' AND id = $1`, ids[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return waiting, err
}

const receiptColumns = `id, message_id, account, provider_id, status, reason, code, happened_at,
	cost_units, cost_nanos, cost_currency, source, heard_at`

func waitingReceipts(t *tx) (ids []string, all []message.Heard, err error) {
	err = t.each(func(rows *sql.Rows) error {
		id, h, err := scanReceipt(rows)
		ids, all = append(ids, id), append(all, h)
		return err
	}, `SELECT `+receiptColumns+` FROM receipt WHERE message_id = '' ORDER BY id LIMIT 1000`)
	return ids, all, err
}

func scanReceipt(rows *sql.Rows) (id string, h message.Heard, err error) {
	var happened, heard int64
	var cost message.Money
	err = rows.Scan(&id, &h.MessageID, &h.Account, &h.ProviderID, &h.Status, &h.Reason, &h.Code, &happened,
		&cost.Units, &cost.Nanos, &cost.Currency, &h.Source, &heard)
	h.At, h.HeardAt = instant(happened), instant(heard)
	if cost.Currency != "" {
		h.Cost = &cost
	}
	return id, h, err
}

// addReceipts puts to messages what was said of them, in the order in which it was heard.
func (db *DB) addReceipts(ctx context.Context, messages []message.Listed) error {
	at := make(map[string]int, len(messages))
	ids := make([]string, len(messages))
	for i := range messages {
		ids[i] = messages[i].ID
		at[ids[i]] = i
	}
	return inLists(ids, 1, func(list string, args []any) error {
		return db.reader.each(ctx, func(rows *sql.Rows) error {
			_, h, err := scanReceipt(rows)
			if err != nil {
				return fmt.Errorf("stored receipt: %w", err)
			}
			m := &messages[at[h.MessageID]]
			m.Receipts = append(m.Receipts, h)
			return nil
		}, `SELECT `+receiptColumns+` FROM receipt WHERE message_id IN `+list+` ORDER BY heard_at, id`, args...)
	})
}
