package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/message"
)

// ContactFilter picks contacts for a list; zero fields do not restrict.
type ContactFilter struct {
	Phone contact.Phone // the whole number
	Last4 string        // its last four digits
	After string        // keyset: what the page before gave as next
	Limit int           // 1 to 500; 0 means 50
}

// ListedContact is a person as lists show him.
type ListedContact struct {
	contact.Contact
	Orders    int // that he was bound to
	Messages  int
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Contacts gives a page of contacts, the latest first, and what to put into After for the next page;
// empty: this was the last.
func (db *DB) Contacts(ctx context.Context, f ContactFilter) (page []ListedContact, next string, err error) {
	var way conditions
	switch {
	case !f.Phone.IsZero():
		way.add(`c.phone = $?`, f.Phone.Reveal())
	case f.Last4 != "":
		way.add(lastFour+` = $?`, f.Last4)
	}
	ids, next, err := db.page(ctx, pager{table: "contact c", id: "c.id", ways: []conditions{way}, after: f.After, limit: pageLimit(f.Limit)})
	if err != nil {
		return nil, "", err
	}
	page, err = db.contactsByID(ctx, ids)
	return page, next, err
}

// lastFour is the expression of contact_last4.
const lastFour = `substr(c.phone, length(c.phone) - 3)`

// ContactListed gives one contact as lists show him; ErrNotFound when there is none.
func (db *DB) ContactListed(ctx context.Context, id string) (*ListedContact, error) {
	found, err := db.contactsByID(ctx, []string{id})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fault(ErrNotFound, "contact "+id)
	}
	return &found[0], nil
}

func (db *DB) contactsByID(ctx context.Context, ids []string) (all []ListedContact, err error) {
	people, err := db.contacts(ctx, ids)
	if err != nil {
		return nil, err
	}
	err = inLists(ids, 1, func(list string, args []any) error {
		return db.reader.each(ctx, func(rows *sql.Rows) error {
			var l ListedContact
			var id string
			var created, updated int64
			err := rows.Scan(&id, &created, &updated, &l.Orders, &l.Messages)
			if c := people[id]; c != nil {
				l.Contact, l.CreatedAt, l.UpdatedAt = *c, instant(created), instant(updated)
				all = append(all, l)
			}
			return err
		}, `SELECT c.id, c.created_at, c.updated_at,
			(SELECT count(DISTINCT b.order_id) FROM binding b WHERE b.contact_id = c.id AND b.order_id <> ''),
			(SELECT count(*) FROM message m WHERE m.contact_id = c.id) FROM contact c WHERE c.id IN `+list, args...)
	})
	slices.SortFunc(all, func(a, b ListedContact) int { return strings.Compare(b.ID, a.ID) })
	return all, err
}

// OrdersOfContact gives the orders that a person was bound to, the latest first.
func (db *DB) OrdersOfContact(ctx context.Context, id string) ([]ListedOrder, error) {
	var ids []string
	err := db.reader.each(ctx, func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	}, `SELECT DISTINCT order_id FROM binding WHERE contact_id = $1 AND order_id <> ''`, id)
	if err != nil {
		return nil, err
	}
	return db.ordersByID(ctx, ids)
}

// SuppressContact says that nobody may text a person, and why; queued texts to him are cancelled. An
// empty reason releases him. ErrNotFound when there is no such person.
func (db *DB) SuppressContact(ctx context.Context, id, why string) error {
	now := db.now()
	return db.do(ctx, func(t *tx) error {
		n, err := t.exec(`UPDATE contact SET suppressed = $2, updated_at = $3 WHERE id = $1`, id, why, micros(now))
		if err == nil && n == 0 {
			err = fault(ErrNotFound, "contact "+id)
		}
		if err != nil || why == "" {
			return err
		}
		return db.cancelQueued(t, now, move{message.Cancelled, message.Suppressed, ""}, `contact_id = $1`, id)
	})
}

// WithdrawConsent records that a person takes a consent back; what was still to be sent to him of that
// category is ended. source says who wrote it down. ErrNotFound when there is no such person.
func (db *DB) WithdrawConsent(ctx context.Context, id string, category contact.Category, source string) error {
	c, err := db.Contact(ctx, id)
	if err != nil {
		return err
	}
	now := db.now()
	_, err = db.Bind(ctx, contact.Binding{
		Phone: c.Phone, At: now, Consent: contact.Consent{Category: category, GivenAt: now, Source: source, RecordedAt: now},
	})
	return err
}
