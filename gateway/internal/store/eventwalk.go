package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/orderbell/orderbell/gateway/internal/kds"
)

// idAt is below every ID that was made at or after a time.
func idAt(at time.Time) string {
	bound := ulid.ULID{}
	_ = bound.SetTime(ulid.Timestamp(at)) // fails in the year 10889
	return bound.String()
}

// LastEvents gives the events received in [from, to), at most limit of them, the latest; with their bodies, in
// order of arrival. Events whose bodies are gone are left out.
func (db *DB) LastEvents(ctx context.Context, from, to time.Time, limit int) ([]kds.Event, error) {
	events, err := db.listEvents(ctx, `WHERE id >= $1 AND id < $2 AND EXISTS (SELECT 1 FROM event_body b WHERE b.event_id = event.id)
		ORDER BY id DESC LIMIT CAST($3 AS INTEGER)`, idAt(from), idAt(to), limit)
	if err != nil {
		return nil, err
	}
	slices.Reverse(events)
	return events, db.ReadBodies(ctx, events)
}

// EventsOfOrders gives the events of orders, with their bodies, in order of arrival.
func (db *DB) EventsOfOrders(ctx context.Context, orderIDs []string) ([]kds.Event, error) {
	var all []kds.Event
	err := inLists(orderIDs, 1, func(list string, args []any) error {
		part, err := db.listEvents(ctx, `WHERE id IN (SELECT event_id FROM order_event WHERE order_id IN `+list+`) ORDER BY id`, args...)
		all = append(all, part...)
		return err
	})
	if err != nil {
		return nil, err
	}
	return all, db.ReadBodies(ctx, all)
}

func (db *DB) listEvents(ctx context.Context, which string, args ...any) ([]kds.Event, error) {
	var events []kds.Event
	err := db.reader.each(ctx, func(rows *sql.Rows) error {
		var e kds.Event
		err := scanEvent(rows, &e)
		events = append(events, e)
		return err
	}, `SELECT `+eventColumns+` FROM event `+which, args...)
	return events, err
}
