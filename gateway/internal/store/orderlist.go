package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/order"
)

// OrderFilter picks orders for a list; zero fields do not restrict.
type OrderFilter struct {
	Search     string // our ID, GUID or number
	Restaurant string
	Stage      *order.Stage
	Open       *bool
	Texted     *bool     // whether there is a message, whatever became of it
	From       time.Time // first seen at or after
	To         time.Time // first seen before
	After      string    // keyset: what the page before gave as next
	Limit      int       // 1 to 500; 0 means 50
}

// ListedOrder is an order as lists show it.
type ListedOrder struct {
	order.Order
	Number    string
	ContactID string
	Phone     contact.Phone  // of the contact; zero: none is bound
	Text      message.Status // of its last message; empty: none
	FirstSeen time.Time
	LastEvent time.Time
}

// Orders gives a page of orders, the latest first, and what to put into After for the next page; empty:
// this was the last. A page may be short, even empty, and not be the last: see pageBudget.
func (db *DB) Orders(ctx context.Context, f OrderFilter) (page []ListedOrder, next string, err error) {
	ids, next, err := db.page(ctx, pager{
		table: "orders o", id: "o.id", ways: []conditions{f.way()}, fits: f.fits(), after: f.After, limit: pageLimit(f.Limit),
	})
	if err != nil {
		return nil, "", err
	}
	page, err = db.ordersByID(ctx, ids)
	return page, next, err
}

func (f OrderFilter) way() conditions {
	var c conditions
	switch {
	case strings.TrimSpace(f.Search) != "":
		c.add(ordersNamed(`o.id`, f.Restaurant), orderNames(f.Search, f.Restaurant)...)
	case f.Restaurant != "":
		c.add(`o.restaurant = $?`, f.Restaurant)
	}
	c.madeBetween("o.id", f.From, f.To)
	return c
}

func (f OrderFilter) fits() conditions {
	var c conditions
	if f.Restaurant != "" && strings.TrimSpace(f.Search) != "" {
		c.add(`o.restaurant = $?`, f.Restaurant)
	}
	if f.Stage != nil {
		c.add(`o.stage = $?`, int64(*f.Stage))
	}
	if f.Open != nil {
		c.add(`o.closed = $?`, bit(!*f.Open))
	}
	if f.Texted != nil {
		const some = `EXISTS (SELECT 1 FROM message m WHERE m.order_id = o.id)`
		if *f.Texted {
			c.add(some)
		} else {
			c.add(`NOT ` + some)
		}
	}
	if !f.From.IsZero() {
		c.add(`o.first_seen >= $?`, micros(f.From))
	}
	if !f.To.IsZero() {
		c.add(`o.first_seen < $?`, micros(f.To))
	}
	return c
}

// ordersByID gives orders, the latest first.
func (db *DB) ordersByID(ctx context.Context, ids []string) (all []ListedOrder, err error) {
	err = inLists(ids, 1, func(list string, args []any) error {
		return db.reader.each(ctx, func(rows *sql.Rows) error {
			var l ListedOrder
			var phone string
			var first, last int64
			o, err := scanOrder(rows, &l.Number, &l.ContactID, &phone, &l.Text, &first, &last)
			if err != nil {
				return err
			}
			l.Order, l.Phone, l.FirstSeen, l.LastEvent = *o, contact.StoredPhone(phone), instant(first), instant(last)
			all = append(all, l)
			return nil
		}, `SELECT o.number, o.contact_id, coalesce(c.phone, ''),
			coalesce((SELECT m.status FROM message m WHERE m.order_id = o.id ORDER BY m.id DESC LIMIT 1), ''),
			o.first_seen, o.received_at, `+orderColumns+` FROM orders o LEFT JOIN contact c ON c.id = o.contact_id WHERE o.id IN `+list, args...)
	})
	slices.SortFunc(all, func(a, b ListedOrder) int { return strings.Compare(b.ID, a.ID) })
	return all, err
}

// OrderListed gives one order, by our ID, as lists show it; ErrNotFound when there is none.
func (db *DB) OrderListed(ctx context.Context, id string) (*ListedOrder, error) {
	found, err := db.ordersByID(ctx, []string{id})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fault(ErrNotFound, "order "+id)
	}
	return &found[0], nil
}
