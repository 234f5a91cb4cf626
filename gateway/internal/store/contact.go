package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/order"
)

// bound is who was bound to an order, and when.
type bound struct {
	contactID string
	at        int64
}

func (b bound) newer(other bound) bound {
	if other.contactID != "" && (b.contactID == "" || other.at >= b.at) {
		return other
	}
	return b
}

// FindContacts implements pipeline.Inbox. The newest binding counts: one that is already joined to
// the stored order, or one that waits under any of the order's names.
func (db *DB) FindContacts(ctx context.Context, orders []order.Order) ([]*contact.Contact, error) {
	people := map[string]*contact.Contact{}
	joined, err := db.joinedContacts(ctx, orders, people)
	if err != nil {
		return nil, err
	}
	waiting, err := db.waitingBindings(ctx, orders)
	if err != nil {
		return nil, err
	}
	who := make([]string, len(orders))
	var ids []string
	for i := range orders {
		b := joined[orders[i].ID]
		for _, ref := range refs(&orders[i]) {
			b = b.newer(joined[ref])
		}
		for _, ref := range db.namesOf(&orders[i]) {
			for _, w := range waiting[ref] {
				b = b.newer(w.bound)
			}
		}
		if b.contactID != "" {
			who[i] = b.contactID
			ids = append(ids, b.contactID)
		}
	}
	if err := db.addPeople(ctx, people, ids); err != nil {
		return nil, err
	}
	found := make([]*contact.Contact, len(orders))
	for i, id := range who {
		found[i] = people[id]
	}
	return found, nil
}

// namesOf are all names under which a binding may wait for o. A closed order has no number any more:
// the number may be given out again.
func (db *DB) namesOf(o *order.Order) []string {
	names := refs(o)
	if n := numberRef(o.Restaurant, db.number(*o)); n != "" && !o.Closed() {
		names = append(names, n)
	}
	return names
}

// joinedContacts finds the contacts that stored orders have, by order ID and, for orders whose ID
// the caller does not know, by ref. The people it meets are put to people, without their consents.
func (db *DB) joinedContacts(ctx context.Context, orders []order.Order, people map[string]*contact.Contact) (map[string]bound, error) {
	joined := map[string]bound{}
	keep := func(rows *sql.Rows) error {
		var key string
		var at int64
		c, err := scanPerson(rows, &key, &at)
		joined[key] = bound{c.ID, at}
		people[c.ID] = c
		return err
	}
	var ids, names []string
	for i := range orders {
		if orders[i].ID != "" {
			ids = append(ids, orders[i].ID)
			continue
		}
		names = append(names, refs(&orders[i])...)
	}
	err := inLists(ids, 1, func(list string, args []any) error {
		return db.reader.each(ctx, keep, `SELECT o.id, o.contact_at, `+personColumns+`
			FROM orders o JOIN contact c ON c.id = o.contact_id WHERE o.id IN `+list, args...)
	})
	if err != nil {
		return nil, err
	}
	err = inLists(names, 1, func(list string, args []any) error {
		return db.reader.each(ctx, keep, `SELECT r.ref, o.contact_at, `+personColumns+`
			FROM order_ref r JOIN orders o ON o.id = r.order_id JOIN contact c ON c.id = o.contact_id WHERE r.ref IN `+list, args...)
	})
	return joined, err
}

const personColumns = `c.id, c.phone, c.language, c.suppressed`

// scanPerson reads personColumns behind whatever columns come before them.
func scanPerson(rows *sql.Rows, before ...any) (*contact.Contact, error) {
	var c contact.Contact
	var phone string
	err := rows.Scan(append(before, &c.ID, &phone, &c.Language, &c.Suppressed)...)
	c.Phone = contact.StoredPhone(phone)
	return &c, err
}

func (db *DB) waitingBindings(ctx context.Context, orders []order.Order) (map[string][]waiting, error) {
	var names []string
	for i := range orders {
		names = append(names, db.namesOf(&orders[i])...)
	}
	return waitingUnder(names, micros(db.now()), func(scan func(*sql.Rows) error, query string, args ...any) error {
		return db.reader.each(ctx, scan, query, args...)
	})
}

// contacts reads people with their consents.
func (db *DB) contacts(ctx context.Context, ids []string) (map[string]*contact.Contact, error) {
	people := map[string]*contact.Contact{}
	return people, db.addPeople(ctx, people, ids)
}

// addPeople reads those of ids whom people lacks, and the consents of all of ids.
func (db *DB) addPeople(ctx context.Context, people map[string]*contact.Contact, ids []string) error {
	var unknown []string
	for _, id := range ids {
		if people[id] == nil {
			unknown = append(unknown, id)
		}
	}
	err := inLists(unknown, 1, func(list string, args []any) error {
		return db.reader.each(ctx, func(rows *sql.Rows) error {
			c, err := scanPerson(rows)
			people[c.ID] = c
			return err
		}, `SELECT `+personColumns+` FROM contact c WHERE c.id IN `+list, args...)
	})
	if err != nil {
		return err
	}
	slices.Sort(ids)
	return inLists(slices.Compact(ids), 1, func(list string, args []any) error {
		return db.reader.each(ctx, func(rows *sql.Rows) error {
			return scanConsent(rows, people)
		}, `SELECT contact_id, category, given, given_at, purpose, policy_version, source, recorded_at
			FROM consent WHERE contact_id IN `+list+` ORDER BY contact_id, id`, args...)
	})
}

func scanConsent(rows *sql.Rows, people map[string]*contact.Contact) error {
	var id string
	var c contact.Consent
	var given, givenAt, recordedAt int64
	err := rows.Scan(&id, &c.Category, &given, &givenAt, &c.Purpose, &c.PolicyVersion, &c.Source, &recordedAt)
	if err != nil {
		return err
	}
	c.Given, c.GivenAt, c.RecordedAt = given != 0, instant(givenAt), instant(recordedAt)
	if p := people[id]; p != nil {
		p.Consents = append(p.Consents, c)
	}
	return nil
}

// Contact finds a person by ID; ErrNotFound when there is none.
func (db *DB) Contact(ctx context.Context, id string) (*contact.Contact, error) {
	people, err := db.contacts(ctx, []string{id})
	if err != nil {
		return nil, err
	}
	if people[id] == nil {
		return nil, fault(ErrNotFound, "contact "+strings.TrimSpace(id))
	}
	return people[id], nil
}
