package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/orderbell/orderbell/gateway/internal/message"
)

// SentSince implements pipeline.Outbox: the account's first attempts at messages that began at or after
// a time, oldest first, but for those that a limit stopped before they reached the provider. Attempts carry their
// time in their identifiers, so that no other index is needed.
func (db *DB) SentSince(ctx context.Context, account string, since time.Time) ([]message.Sent, error) {
	var first ulid.ULID
	if err := first.SetTime(ulid.Timestamp(since)); err != nil {
		return nil, fmt.Errorf("store: time of attempts: %w", err)
	}
	var sent []message.Sent
	err := db.reader.each(ctx, func(rows *sql.Rows) error {
		var s message.Sent
		var at int64
		err := rows.Scan(&s.ContactID, &at)
		s.At = instant(at)
		sent = append(sent, s)
		return err
	}, `SELECT m.contact_id, a.started_at FROM attempt a JOIN message m ON m.id = a.message_id
		WHERE a.id >= $1 AND a.account = $2 AND a.n = 1 AND a.outcome NOT LIKE '%"`+string(message.LimitExceeded)+`"%' ORDER BY a.id`,
		first.String(), account)
	return sent, err
}
