package store

import (
	"cmp"
	"database/sql"
	"slices"
)

// waiting is a binding whose order is not known yet.
type waiting struct {
	id string
	bound
}

// readWaiting finds the bindings that wait for orders under any of their names; mostly none waits at all.
func (db *DB) readWaiting(t *tx, orders []*savedOrder, s *stored) error {
	var some int
	if _, err := t.one([]any{&some}, `SELECT count(*) FROM (SELECT 1 FROM binding WHERE order_id = '' LIMIT 1) w`); err != nil || some == 0 {
		return err
	}
	var names []string
	for _, o := range orders {
		names = append(names, db.namesOf(&o.Order)...)
	}
	now := micros(db.now())
	return inLists(names, 2, func(list string, args []any) error {
		return t.each(func(rows *sql.Rows) error {
			var ref string
			var w waiting
			err := rows.Scan(&ref, &w.id, &w.contactID, &w.at)
			w.at = cmp.Or(w.at, now)
			s.waits[ref] = append(s.waits[ref], w)
			return err
		}, `SELECT ref, id, contact_id, created_at FROM binding
			WHERE order_id = '' AND valid_until > $1 AND ref IN `+list, append([]any{now}, args...)...)
	})
}

// takeWaiting gives the bindings that wait under a name of an order to it, and returns the newest; the zero
// value: none waits.
func (db *DB) takeWaiting(t *tx, o *savedOrder, s *stored) (newest bound, err error) {
	if len(s.waits) == 0 {
		return newest, nil
	}
	var taken []waiting
	for _, ref := range db.namesOf(&o.Order) {
		taken = append(taken, s.waits[ref]...)
		delete(s.waits, ref)
	}
	slices.SortFunc(taken, func(a, b waiting) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.id, b.id)) })
	ids := make([]string, len(taken))
	for i, w := range taken {
		ids[i], newest = w.id, newest.newer(w.bound)
	}
	err = inLists(ids, 2, func(list string, args []any) error {
		_, err := t.exec(`UPDATE binding SET order_id = $1 WHERE id IN `+list, append([]any{o.ID}, args...)...)
		return err
	})
	return newest, err
}
