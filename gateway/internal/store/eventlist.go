package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/orderbell/orderbell/gateway/internal/kds"
)

// EventFilter picks events for a list; zero fields do not restrict.
type EventFilter struct {
	Order      string // our ID of an order
	Restaurant string // code that the intake key stands for
	Status     kds.EventStatus
	From       time.Time // received at or after
	To         time.Time // received before
	After      string    // keyset: the ID of the last event of the page before
	Limit      int       // 1 to 500; 0 means 50
}

// Events gives a page of events without bodies, newest first, and the ID to put into After for the
// next page; empty: this was the last.
func (db *DB) Events(ctx context.Context, f EventFilter) (page []kds.Event, next string, err error) {
	where, args := f.where()
	limit := pageLimit(f.Limit)
	err = db.reader.each(ctx, func(rows *sql.Rows) error {
		var e kds.Event
		err := scanEvent(rows, &e)
		page = append(page, e)
		return err
	}, fmt.Sprintf(`SELECT %s FROM event %s ORDER BY id DESC LIMIT %d`, eventColumns, where, limit+1), args...)
	if err != nil {
		return nil, "", err
	}
	if len(page) > limit {
		page = page[:limit]
		next = page[limit-1].ID
	}
	return page, next, nil
}

func (f EventFilter) where() (string, []any) {
	var c conditions
	if f.Order != "" {
		c.add(`id IN (SELECT event_id FROM order_event WHERE order_id = $?)`, f.Order)
	}
	if f.Restaurant != "" {
		c.add(`restaurant = $?`, f.Restaurant)
	}
	if f.Status != "" {
		c.add(`status = $?`, string(f.Status))
	}
	if !f.From.IsZero() {
		c.add(`received_at >= $?`, micros(f.From))
	}
	if !f.To.IsZero() {
		c.add(`received_at < $?`, micros(f.To))
	}
	if f.After != "" {
		c.add(`id < $?`, f.After)
	}
	return c.where()
}

// Event gives one event with its body (nil after its retention); ErrNotFound when there is none.
func (db *DB) Event(ctx context.Context, id string) (*kds.Event, error) {
	var found []kds.Event
	err := db.reader.each(ctx, func(rows *sql.Rows) error {
		var e kds.Event
		err := scanEvent(rows, &e)
		found = append(found, e)
		return err
	}, `SELECT `+eventColumns+` FROM event WHERE id = $1`, id)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fault(ErrNotFound, "event "+id)
	}
	return &found[0], db.readBodies(ctx, found)
}

// dropSlice is how many bodies go in one commit, so that dropping a month of them stops nobody.
const dropSlice = 500

// DropBodies forgets the bodies of events that were received before the time and are not waiting to
// be decided. It returns how many went.
func (db *DB) DropBodies(ctx context.Context, before time.Time) (int, error) {
	bound := ulid.ULID{}
	if err := bound.SetTime(ulid.Timestamp(before)); err != nil {
		return 0, fmt.Errorf("drop bodies before %s: %w", before, err)
	}
	for dropped := 0; ; {
		var n int64
		err := db.do(ctx, func(t *tx) error {
			var err error
			n, err = t.exec(`DELETE FROM event_body WHERE event_id IN (
				SELECT b.event_id FROM event_body b JOIN event e ON e.id = b.event_id
				WHERE b.event_id < $1 AND e.status <> 'stored' ORDER BY b.event_id LIMIT $2)`, bound.String(), dropSlice)
			return err
		})
		dropped += int(n)
		if err != nil || n < dropSlice {
			return dropped, err
		}
	}
}
