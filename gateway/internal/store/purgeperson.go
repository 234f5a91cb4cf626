package store

import (
	"context"
	"database/sql"
	"time"
)

// personGone picks the people of whom nothing is needed any more. $1 is the first identifier that is too
// young, $2 the time before which everything must lie, $3 now. Those stay
//   - whom nobody may text: forgotten, they would be texted again;
//   - who agreed to more than texts about an order, for that does not end with the order;
//   - of whom a text is kept, or who wait for an order, or whose order was heard of since.
const personGone = `c.id < $1 AND c.updated_at < $2 AND c.suppressed = ''
	AND NOT EXISTS (SELECT 1 FROM consent s WHERE s.contact_id = c.id AND (s.recorded_at >= $2 OR s.category <> 'transactional' AND s.given = 1
		AND NOT EXISTS (SELECT 1 FROM consent l WHERE l.contact_id = s.contact_id AND l.category = s.category AND l.id > s.id)))
	AND NOT EXISTS (SELECT 1 FROM binding b LEFT JOIN orders o ON o.id = b.order_id AND o.contact_id = b.contact_id
		WHERE b.contact_id = c.id AND (b.created_at >= $2 OR b.order_id = '' AND b.valid_until > $3 OR o.received_at >= $2))
	AND NOT EXISTS (SELECT 1 FROM message m WHERE m.contact_id = c.id AND (m.phone <> '' OR m.text <> ''))`

// purgePeople takes away who has not come since the time, with bindings and consents. Orders forget whom
// they were bound to; a person who comes again is a new one.
func (db *DB) purgePeople(ctx context.Context, before, now time.Time) (taken int, err error) {
	bounds := []any{firstID(before), micros(before), micros(now)}
	for after := ""; ; {
		var ids []string
		err := db.reader.each(ctx, func(rows *sql.Rows) error {
			err := rows.Scan(&after)
			ids = append(ids, after)
			return err
		}, `SELECT c.id FROM contact c WHERE `+personGone+` AND c.id > $4 ORDER BY c.id LIMIT CAST($5 AS INTEGER)`,
			append(bounds[:len(bounds):len(bounds)], after, personSlice)...)
		if err != nil || len(ids) == 0 {
			return taken, err
		}
		n := 0
		err = db.do(ctx, func(t *tx) (err error) {
			n, err = takePeople(t, ids, bounds)
			return err
		})
		if err != nil {
			return taken, err
		}
		taken += n
		if len(ids) < personSlice || ctx.Err() != nil {
			return taken, ctx.Err()
		}
	}
}

// takePeople asks again: who came back since they were found stays.
func takePeople(t *tx, found []string, bounds []any) (int, error) {
	var ids []string
	err := inLists(found, len(bounds)+1, func(list string, args []any) error {
		return t.each(func(rows *sql.Rows) error {
			var id string
			err := rows.Scan(&id)
			ids = append(ids, id)
			return err
		}, `SELECT c.id FROM contact c WHERE `+personGone+` AND c.id IN `+list, append(bounds[:len(bounds):len(bounds)], args...)...)
	})
	if err != nil {
		return 0, err
	}
	// An order's contact was bound to it, so that its bindings lead to the order.
	err = inLists(ids, 1, func(list string, args []any) error {
		for _, query := range []string{
			`UPDATE orders SET contact_id = '', contact_at = 0 WHERE id IN (SELECT b.order_id FROM binding b
				JOIN orders o ON o.id = b.order_id AND o.contact_id = b.contact_id WHERE b.contact_id IN ` + list + `)`,
			`DELETE FROM binding WHERE contact_id IN ` + list,
			`DELETE FROM consent WHERE contact_id IN ` + list,
			`DELETE FROM contact WHERE id IN ` + list,
		} {
			if _, err := t.exec(query, args...); err != nil {
				return err
			}
		}
		return nil
	})
	return len(ids), err
}
