package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/order"
)

// FindOrders implements pipeline.Inbox. An order is found by its GUID, else by visit and ident within
// its restaurant; one that has another GUID is another order although the pair is the same.
func (db *DB) FindOrders(ctx context.Context, wanted []order.Order) ([]*order.Order, error) {
	owner := map[string]string{} // of a ref: the ID of the order
	var ids []string
	err := inLists(allRefs(wanted), 1, func(list string, args []any) error {
		return db.reader.each(ctx, func(rows *sql.Rows) error {
			var ref, id string
			err := rows.Scan(&ref, &id)
			owner[ref], ids = id, append(ids, id)
			return err
		}, `SELECT ref, order_id FROM order_ref WHERE ref IN `+list, args...)
	})
	if err != nil {
		return nil, err
	}
	slices.Sort(ids)
	byID := map[string]*order.Order{}
	err = inLists(slices.Compact(ids), 1, func(list string, args []any) error {
		return db.reader.each(ctx, func(rows *sql.Rows) error {
			o, err := scanOrder(rows)
			if err == nil {
				byID[o.ID] = o
			}
			return err
		}, `SELECT `+orderColumns+` FROM orders o WHERE o.id IN `+list, args...)
	})
	if err != nil {
		return nil, err
	}
	found := make([]*order.Order, len(wanted))
	for i := range wanted {
		found[i] = pick(&wanted[i], owner, byID)
	}
	return found, nil
}

func allRefs(orders []order.Order) []string {
	names := make([]string, 0, 2*len(orders))
	for i := range orders {
		names = append(names, refs(&orders[i])...)
	}
	return names
}

func pick(wanted *order.Order, owner map[string]string, byID map[string]*order.Order) *order.Order {
	for _, ref := range refs(wanted) {
		o := byID[owner[ref]]
		if o == nil || otherGUID(wanted, o) {
			continue
		}
		own := *o // callers may hold the same order twice
		return &own
	}
	return nil
}

func otherGUID(a, b *order.Order) bool {
	return a.Ref.GUID != "" && b.Ref.GUID != "" && guidRef(a.Ref.GUID) != guidRef(b.Ref.GUID)
}

const orderColumns = `o.id, o.guid, o.visit, o.ident, o.doc`

// scanOrder reads orderColumns behind whatever columns come before them.
func scanOrder(rows *sql.Rows, before ...any) (*order.Order, error) {
	var o order.Order
	var id, guid, visit, ident string
	var doc sql.RawBytes // valid until the next row, which is long enough to make a text of it
	if err := rows.Scan(append(before, &id, &guid, &visit, &ident, &doc)...); err != nil {
		return nil, err
	}
	if err := parseOrder(string(doc), &o); err != nil {
		return nil, fmt.Errorf("stored order %s: %w", id, err)
	}
	// The columns know names that the last event did not repeat.
	o.ID, o.Ref = id, order.Ref{GUID: guid, Visit: visit, Ident: ident}
	return &o, nil
}

// FindOrder finds an order by our ID, by its GUID (any letter case, braces or not) or by its number;
// of several with the number the one seen last. ErrNotFound when there is none.
func (db *DB) FindOrder(ctx context.Context, ref string) (*order.Order, error) {
	o, _, err := db.findOrder(ctx, ref)
	return o, err
}

func (db *DB) findOrder(ctx context.Context, ref string) (o *order.Order, row orderRow, err error) {
	queries := []struct{ where, arg string }{
		{`o.id = $1`, ref},
		{`o.id = (SELECT order_id FROM order_ref WHERE ref = $1)`, guidRef(ref)},
		{`o.id = (SELECT id FROM orders WHERE number_key = $1 ORDER BY received_at DESC, id DESC LIMIT 1)`, numberKey(ref)},
	}
	for _, q := range queries {
		err = db.reader.each(ctx, func(rows *sql.Rows) error {
			o, err = scanOrder(rows, &row.contactID, &row.number, &row.firstSeen)
			return err
		}, `SELECT o.contact_id, o.number, o.first_seen, `+orderColumns+` FROM orders o WHERE `+q.where, q.arg)
		if err != nil || o != nil {
			return o, row, err
		}
	}
	return nil, row, fault(ErrNotFound, "order")
}

// orderRow is what the table knows of an order beside the order itself.
type orderRow struct {
	contactID string
	number    string
	firstSeen int64
}

// savedOrder is an order ready to be written; the encoding is done before the writer has it.
type savedOrder struct {
	order.Order
	doc []byte
}

func encodeOrder(o order.Order) (savedOrder, error) {
	if o.ID == "" {
		return savedOrder{}, errors.New("store: an order without an ID cannot be saved")
	}
	return savedOrder{Order: o, doc: appendOrder(make([]byte, 0, 512), &o)}, nil
}

// stored is what the tables say of the orders that are about to be saved, so that only what changes
// is written.
type stored struct {
	known map[string]knownOrder // by ID
	owner map[string]string     // by ref: the ID of its order
	waits map[string][]waiting  // by ref: the bindings that wait under it
}

// knownOrder is what matters of an order's row.
type knownOrder struct {
	restaurant string
	ref        order.Ref
	numberKey  string
	contact    bound
}

func (db *DB) readStored(t *tx, orders []*savedOrder) (*stored, error) {
	s := &stored{known: map[string]knownOrder{}, owner: map[string]string{}}
	ids := make([]string, len(orders))
	names := make([]string, 0, 2*len(orders))
	for i, o := range orders {
		ids[i] = o.ID
		names = append(names, refs(&o.Order)...)
	}
	err := inLists(ids, 1, func(list string, args []any) error {
		return t.each(func(rows *sql.Rows) error {
			var id string
			var k knownOrder
			err := rows.Scan(&id, &k.restaurant, &k.ref.GUID, &k.ref.Visit, &k.ref.Ident, &k.numberKey, &k.contact.contactID, &k.contact.at)
			s.known[id] = k
			return err
		}, `SELECT id, restaurant, guid, visit, ident, number_key, contact_id, contact_at FROM orders WHERE id IN `+list, args...)
	})
	if err != nil {
		return nil, err
	}
	err = inLists(names, 1, func(list string, args []any) error {
		return t.each(func(rows *sql.Rows) error {
			var ref, id string
			err := rows.Scan(&ref, &id)
			s.owner[ref] = id
			return err
		}, `SELECT ref, order_id FROM order_ref WHERE ref IN `+list, args...)
	})
	if err != nil {
		return nil, err
	}
	s.waits, err = db.readWaiting(t, orders)
	return s, err
}

// sameNames tells whether saving o leaves all indexed columns of its row as they are.
func (s *stored) sameNames(o *savedOrder, number string) bool {
	was, known := s.known[o.ID]
	kept := func(now, was string) bool { return now == "" || now == was }
	return known && was.restaurant == o.Restaurant && was.numberKey == number &&
		kept(o.Ref.GUID, was.ref.GUID) && kept(o.Ref.Visit, was.ref.Visit) && kept(o.Ref.Ident, was.ref.Ident)
}

// saveOrder writes an order and the names it is known by, and joins it with the bindings that waited for it.
// A name that belonged to another order moves: the last event that carried it knows best.
func (db *DB) saveOrder(t *tx, o *savedOrder, s *stored) error {
	received := o.ReceivedMicros
	if received == 0 {
		received = micros(db.now())
	}
	newest, err := db.takeWaiting(t, o, s)
	if err != nil {
		return err
	}
	if err := db.saveOrderRow(t, o, s, newest, received); err != nil {
		return fmt.Errorf("order %s: %w", o.ID, err)
	}
	for _, ref := range refs(&o.Order) {
		if s.owner[ref] == o.ID {
			continue
		}
		_, err := t.exec(`INSERT INTO order_ref (ref, order_id) VALUES ($1, $2)
			ON CONFLICT (ref) DO UPDATE SET order_id = excluded.order_id`, ref, o.ID)
		if err != nil {
			return err
		}
		s.owner[ref] = o.ID
	}
	if was, known := s.known[o.ID]; known && was.contact.newer(newest) != was.contact {
		return db.join(t, o.ID, newest)
	}
	return nil
}

// saveOrderRow writes the row of an order. An order that is new has the contact of newest from the start:
// nothing waits for it that join would have to wake.
func (db *DB) saveOrderRow(t *tx, o *savedOrder, s *stored, newest bound, received int64) error {
	number := db.number(o.Order)
	key := numberKey(number)
	if s.sameNames(o, key) {
		_, err := t.exec(`UPDATE orders SET number = $2, stage = $3, closed = $4, doc = $5, received_at = $6 WHERE id = $1`,
			o.ID, number, int64(o.Stage), bit(o.Closed()), o.doc, received)
		return err
	}
	_, err := t.exec(`INSERT INTO orders
		(id, restaurant, guid, visit, ident, number, number_key, stage, closed, contact_id, contact_at, doc, first_seen, received_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $12, $13, $10, $11, $11)
		ON CONFLICT (id) DO UPDATE SET restaurant = excluded.restaurant,
		guid = CASE WHEN excluded.guid <> '' THEN excluded.guid ELSE orders.guid END,
		visit = CASE WHEN excluded.visit <> '' THEN excluded.visit ELSE orders.visit END,
		ident = CASE WHEN excluded.ident <> '' THEN excluded.ident ELSE orders.ident END,
		number = excluded.number, number_key = excluded.number_key,
		stage = excluded.stage, closed = excluded.closed, doc = excluded.doc, received_at = excluded.received_at`,
		o.ID, o.Restaurant, o.Ref.GUID, o.Ref.Visit, o.Ref.Ident, number, key,
		int64(o.Stage), bit(o.Closed()), o.doc, received, newest.contactID, newest.at)
	return err
}

// closeOrder ends what waits for a closed order: nobody is to be told any more. Texts that tell of
// the closing itself stay.
func (db *DB) closeOrder(t *tx, id string, now time.Time) error {
	_, err := t.exec(`UPDATE decision SET outcome = 'skipped', reason = 'ORDER_GONE', note = ''
		WHERE order_id = $1 AND outcome = 'waiting'`, id)
	if err != nil {
		return err
	}
	return db.cancelQueued(t, now, gone(), `order_id = $1 AND after_close = 0`, id)
}
