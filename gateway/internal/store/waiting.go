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

// waitingUnder finds the bindings that wait under names, by name, the oldest first. each runs a query, within
// a transaction or not.
func waitingUnder(names []string, now int64, each func(scan func(*sql.Rows) error, query string, args ...any) error) (map[string][]waiting, error) {
	all := map[string][]waiting{}
	err := inLists(names, 2, func(list string, args []any) error {
		return each(func(rows *sql.Rows) error {
			var ref string
			var w waiting
			err := rows.Scan(&ref, &w.id, &w.contactID, &w.at)
			all[ref] = append(all[ref], w)
			return err
		}, `SELECT ref, id, contact_id, created_at FROM binding
			WHERE order_id = '' AND valid_until > $1 AND ref IN `+list+` ORDER BY created_at, id`, append([]any{now}, args...)...)
	})
	return all, err
}

// readWaiting finds the bindings that wait for orders under any of their names; mostly none waits at all.
func (db *DB) readWaiting(t *tx, orders []*savedOrder) (map[string][]waiting, error) {
	var some int
	if _, err := t.one([]any{&some}, `SELECT count(*) FROM (SELECT 1 FROM binding WHERE order_id = '' LIMIT 1) w`); err != nil || some == 0 {
		return nil, err
	}
	var names []string
	for _, o := range orders {
		names = append(names, db.namesOf(&o.Order)...)
	}
	return waitingUnder(names, micros(db.now()), t.each)
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
	if newest.contactID != "" {
		newest.at = cmp.Or(newest.at, micros(db.now()))
	}
	return newest, err
}
