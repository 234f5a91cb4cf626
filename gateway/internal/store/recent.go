package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/order"
)

// LastOrder gives the newest order of a restaurant, of any when the code is empty; nil when there is none.
func (db *DB) LastOrder(ctx context.Context, restaurant string) (o *order.Order, err error) {
	where, args := `o.restaurant = $1`, []any{restaurant}
	if restaurant == "" {
		where, args = `o.id > $1`, []any{""}
	}
	err = db.reader.each(ctx, func(rows *sql.Rows) error {
		o, err = scanOrder(rows)
		return err
	}, `SELECT `+orderColumns+` FROM orders o WHERE `+where+` ORDER BY o.id DESC LIMIT 1`, args...)
	return o, err
}

// RecentOrder is an order with what matters for whether its guest can be texted.
type RecentOrder struct {
	order.Order
	Phone bool // a contact is bound to it
}

// RecentOrders gives the orders that were first seen since a time, newest first, at most limit of them.
func (db *DB) RecentOrders(ctx context.Context, since time.Time, limit int) ([]RecentOrder, error) {
	var oldest ulid.ULID // no identifier of that time is less
	if err := oldest.SetTime(ulid.Timestamp(since)); err != nil {
		return nil, err
	}
	var all []RecentOrder
	err := db.reader.each(ctx, func(rows *sql.Rows) error {
		var contactID string
		o, err := scanOrder(rows, &contactID)
		if err == nil {
			all = append(all, RecentOrder{Order: *o, Phone: contactID != ""})
		}
		return err
	}, `SELECT o.contact_id, `+orderColumns+` FROM orders o WHERE o.id >= $1 ORDER BY o.id DESC LIMIT CAST($2 AS INTEGER)`, oldest.String(), limit)
	return all, err
}

// RestaurantOrders tells which restaurant codes there are orders of, and when the newest of each was last
// heard of.
func (db *DB) RestaurantOrders(ctx context.Context) (map[string]time.Time, error) {
	all := map[string]time.Time{}
	err := db.reader.each(ctx, func(rows *sql.Rows) error {
		var code string
		var at int64
		err := rows.Scan(&code, &at)
		all[code] = instant(at)
		return err
	}, restaurantsQuery)
	return all, err
}

// restaurantsQuery goes from code to code by the index instead of reading every order.
const restaurantsQuery = `WITH RECURSIVE codes (code) AS (
		SELECT min(restaurant) FROM orders
		UNION ALL SELECT (SELECT min(o.restaurant) FROM orders o WHERE o.restaurant > codes.code) FROM codes WHERE codes.code IS NOT NULL)
	SELECT code, (SELECT o.received_at FROM orders o WHERE o.restaurant = codes.code ORDER BY o.id DESC LIMIT 1)
	FROM codes WHERE code IS NOT NULL`

// RecentAttempts gives the attempts that began since a time and have ended, newest first, at most limit
// of them.
func (db *DB) RecentAttempts(ctx context.Context, since time.Time, limit int) ([]message.Attempt, error) {
	var oldest ulid.ULID
	if err := oldest.SetTime(ulid.Timestamp(since)); err != nil {
		return nil, err
	}
	var all []message.Attempt
	err := db.reader.each(ctx, func(rows *sql.Rows) error {
		var a message.Attempt
		var began, ended int64
		var outcome []byte
		if err := rows.Scan(&a.ID, &a.MessageID, &a.Account, &began, &ended, &outcome); err != nil {
			return err
		}
		a.StartedAt, a.EndedAt = instant(began), pointer(ended)
		if err := json.Unmarshal(outcome, &a.Outcome); err != nil {
			return fmt.Errorf("stored attempt %s: %w", a.ID, err)
		}
		all = append(all, a)
		return nil
	}, `SELECT id, message_id, account, started_at, ended_at, outcome FROM attempt
		WHERE id >= $1 AND ended_at > 0 AND outcome <> '' ORDER BY id DESC LIMIT CAST($2 AS INTEGER)`, oldest.String(), limit)
	return all, err
}
