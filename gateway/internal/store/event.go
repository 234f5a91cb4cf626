package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/kds"
)

// sameEventWindow is how long equal bytes without a time of their own are the same event.
const sameEventWindow = 10 * time.Minute

// AddEvent stores a posting as received and returns after it is on disk. An event that is there
// already (same key and restaurant; without a time of its own only within ten minutes) is not stored
// again: its id is returned with duplicate set. An empty e.ID is replaced by a new one, greater than
// all before; an empty e.ReceivedAt by now; an empty e.Status by Stored. ErrBusy at once when too
// much waits for the disk.
func (db *DB) AddEvent(ctx context.Context, e kds.Event) (id string, duplicate bool, err error) {
	if db.writer == nil {
		return "", false, fault(ErrReadOnly, "")
	}
	if e.ReceivedAt.IsZero() {
		e.ReceivedAt = db.now()
	}
	e.Status = cmp.Or(e.Status, kds.Stored)
	if e.Body == nil {
		e.Body = []byte{}
	}
	n := newEvent{Event: e}
	n.form, n.stored = packBody(e.Body)
	if err := db.writer.accept(ctx, &n, func(t *tx) error { return db.addEvent(t, &n) }); err != nil {
		return "", false, err
	}
	return n.id, n.duplicate, nil
}

// newEvent is an event on its way to the disk, and what became of it.
type newEvent struct {
	kds.Event
	form   int
	stored []byte

	id        string
	duplicate bool
}

func (n *newEvent) bytes() int { return len(n.stored) + 256 }

func (db *DB) addEvent(t *tx, n *newEvent) error {
	if n.id, n.duplicate = n.ID, false; n.id == "" {
		n.id = db.ids.next()
	}
	inserted, err := t.rows(&insertEvents, appendEvent(nil, n), nil)
	if err != nil {
		return err
	}
	return db.addBody(t, n, inserted == 1)
}

// addBody ends what addEvent began. An event that was not inserted is a duplicate, or only looks alike
// and is inserted after all.
func (db *DB) addBody(t *tx, n *newEvent, inserted bool) error {
	if !inserted {
		earlier, err := sameEvent(t, n.Event)
		if err != nil || earlier != "" {
			n.id, n.duplicate = earlier, true
			return err
		}
		again, err := t.rows(&insertEvents, appendEvent(nil, n), nil)
		if err == nil && again != 1 {
			err = fmt.Errorf("event %s: %w", n.id, ErrTaken)
		}
		if err != nil {
			return err
		}
	}
	t.woken.events = t.woken.events || n.Status == kds.Stored
	t.tell(ToldEvent, n.id)
	_, err := t.rows(&insertBodies, []any{n.id, n.form, n.stored}, nil)
	return err
}

var (
	insertEvents = newRowsQuery(`INSERT INTO event
		(id, restaurant, source, key_hash, dated, status, note, tries, lease_until, received_at) VALUES `, 10, ` ON CONFLICT DO NOTHING`)
	insertBodies = newRowsQuery(`INSERT INTO event_body (event_id, form, body) VALUES `, 3, ``)
)

// appendEvent adds an event's columns. The first try of one that is to be taken up is counted here: see claims.
func appendEvent(row []any, n *newEvent) []any {
	return append(row, n.id, n.Restaurant, n.Source, storedKey(n.Event), bit(n.Key.Dated), string(n.Status), n.Note,
		bit(n.Status == kds.Stored), 0, micros(n.ReceivedAt))
}

// addEvents is addEvent for several that have no ID yet, in a few statements.
func (db *DB) addEvents(t *tx, all []*newEvent) error {
	rows := make([]any, 0, insertEvents.width*len(all))
	bodies := make([]any, 0, insertBodies.width*len(all))
	for _, n := range all {
		n.id, n.duplicate = db.ids.next(), false
		rows = appendEvent(rows, n)
		bodies = append(bodies, n.id, n.form, n.stored)
		t.woken.events = t.woken.events || n.Status == kds.Stored
	}
	inserted, err := t.rows(&insertEvents, rows, nil)
	if err != nil {
		return err
	}
	if inserted == int64(len(all)) {
		for _, n := range all {
			t.tell(ToldEvent, n.id)
		}
		_, err := t.rows(&insertBodies, bodies, nil)
		return err
	}
	fresh, err := present(t, all)
	if err != nil {
		return err
	}
	for _, n := range all {
		if err := db.addBody(t, n, fresh[n.id]); err != nil {
			return err
		}
	}
	return nil
}

// present tells which of the events are there under their own ID.
func present(t *tx, all []*newEvent) (map[string]bool, error) {
	ids := make([]string, len(all))
	for i, n := range all {
		ids[i] = n.id
	}
	there := map[string]bool{}
	err := inLists(ids, 1, func(list string, args []any) error {
		return t.each(func(rows *sql.Rows) error {
			var id string
			err := rows.Scan(&id)
			there[id] = true
			return err
		}, `SELECT id FROM event WHERE id IN `+list, args...)
	})
	return there, err
}

// sameEvent finds the event that has the key of e. When it only looks alike (no time of its own, and
// longer ago than the window) it gives its key away, and sameEvent finds nothing.
func sameEvent(t *tx, e kds.Event) (id string, err error) {
	var dated, received int64
	found, err := t.one([]any{&id, &dated, &received},
		`SELECT id, dated, received_at FROM event WHERE key_hash = $1 AND restaurant = $2`, storedKey(e), e.Restaurant)
	if err != nil || !found {
		return "", err
	}
	apart := e.ReceivedAt.Sub(instant(received)).Abs() // Abs: the clock may have been set back
	if dated != 0 || e.Key.Dated || apart <= sameEventWindow {
		return id, nil
	}
	_, err = t.exec(`UPDATE event SET key_hash = key_hash || '`+keyGiven+`' || id WHERE id = $1`, id)
	return "", err
}

func eventIDs(events []kds.Event) []string {
	ids := make([]string, len(events))
	for i, e := range events {
		ids[i] = e.ID
	}
	return ids
}

const eventColumns = `id, restaurant, source, key_hash, dated, status, note, tries, received_at`

func scanEvent(rows *sql.Rows, e *kds.Event) error {
	var dated, received int64
	err := rows.Scan(&e.ID, &e.Restaurant, &e.Source, &e.Key.Hash, &dated, &e.Status, &e.Note, &e.Tries, &received)
	e.Key.Hash = keyHash(e.Key.Hash)
	e.Key.Dated, e.ReceivedAt = dated != 0, instant(received)
	return err
}

// ReadBodies implements pipeline.Inbox; one that was dropped after its retention stays nil.
func (db *DB) ReadBodies(ctx context.Context, events []kds.Event) error {
	at := make(map[string]int, len(events))
	for i, e := range events {
		at[e.ID] = i
	}
	return inLists(eventIDs(events), 1, func(list string, args []any) error {
		return db.reader.each(ctx, func(rows *sql.Rows) error {
			var id string
			var form int
			var stored []byte
			err := rows.Scan(&id, &form, &stored)
			if err == nil {
				events[at[id]].Body, err = unpackBody(form, stored)
			}
			return err
		}, `SELECT event_id, form, body FROM event_body WHERE event_id IN `+list, args...)
	})
}
