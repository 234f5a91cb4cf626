package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Retention is for how long what names a guest is kept. Zero keeps it for ever; orderbell.yaml has no such
// setting, it asks for a day at least.
type Retention struct {
	Texts  time.Duration // phones and texts, counted from the last move of their message
	Events time.Duration // bodies of events and callbacks, counted from when they came
}

// Purged is what a purge took away.
type Purged struct {
	Bodies    int // of events
	Callbacks int // of providers, whose address, headers and body went
	Texts     int // messages that keep their row without phone and text
	People    int // who had not come for so long
}

// Slices of a purge: what one job of the writer takes, and so what an event may have to wait for. With a
// message go its attempts, receipts and history, with a person his consents and bindings, so that a
// slice comes to about 500 rows. dropSlice has the times.
const (
	callbackSlice = 128
	textSlice     = 128
	personSlice   = 128
)

// Purge takes away what has had its time: bodies of events that are decided and of callbacks, phones and
// texts of messages that have ended, people who do not come any more. Rows of events and messages stay, so
// that sums stay true and nobody is told twice. It works in slices, ends between two of them when ctx
// does, and then goes on where it was when it is called again.
//
// When something went, the write-ahead log is folded in, so that it does not keep what the tables lost.
// Between the rows of the file a trace may be left, as after an erasure, until that place is written
// over, or until Compact.
func (db *DB) Purge(ctx context.Context, r Retention) (p Purged, err error) {
	defer func() {
		if p != (Purged{}) {
			db.unfolded.Store(true)
		}
		if err == nil {
			err = db.foldPurged(ctx)
		}
	}()
	now := db.now()
	if r.Events > 0 {
		before := now.Add(-r.Events)
		if p.Bodies, err = db.DropBodies(ctx, before); err != nil {
			return p, err
		}
		if p.Callbacks, err = db.purgeCallbacks(ctx, before); err != nil {
			return p, err
		}
	}
	if r.Texts > 0 {
		before := now.Add(-r.Texts)
		if p.Texts, err = db.purgeTexts(ctx, before, now); err != nil {
			return p, err
		}
		p.People, err = db.purgePeople(ctx, before, now)
	}
	return p, err
}

// purgeWalk is a way through a table by its identifiers, which tell when a row was made.
type purgeWalk struct {
	mark  string // the state that keeps the last identifier before which nothing is left to take away
	bound string // the first identifier that is too young
	size  int
	read  func(ctx context.Context, after string) ([]purgeRow, error) // up to size rows below bound
	take  func(ctx context.Context, ids []string) (taken int, err error)
}

// purgeRow is a row that a purge comes by.
type purgeRow struct {
	id  string
	due bool // goes now
	yet bool // goes later: the next purge must come by again
}

// walk takes away what is due. Rows stay in the table after their purge, so that without the mark each walk
// would pass them all. A mark beyond the bound is of a longer walk, before a setting was raised or the clock
// was set back; it is given up, for rows may have been made below it since.
func (db *DB) walk(ctx context.Context, w purgeWalk) (taken int, err error) {
	kept, err := db.State(ctx, w.mark)
	if err != nil {
		return 0, err
	}
	mark := kept
	if mark >= w.bound {
		mark = ""
	}
	held := false
	for after, more := mark, true; more; {
		rows, err := w.read(ctx, after)
		if err != nil {
			return taken, err
		}
		var due []string
		for _, row := range rows {
			if row.due {
				due = append(due, row.id)
			}
			after = row.id
		}
		if len(due) > 0 {
			n, err := w.take(ctx, due)
			taken += n
			if err != nil {
				return taken, err
			}
			held = held || n < len(due) // one of them moved meanwhile
		}
		for _, row := range rows {
			if held = held || row.yet; !held {
				mark = row.id
			}
		}
		if more = len(rows) == w.size; more && ctx.Err() != nil {
			return taken, ctx.Err()
		}
	}
	if mark == kept {
		return taken, nil
	}
	return taken, db.SetState(ctx, w.mark, mark)
}

// purgeCallbacks empties the callbacks that came before the time. What nobody has read until then nobody
// will: its account is gone, and without its body it is not worth a question.
func (db *DB) purgeCallbacks(ctx context.Context, before time.Time) (int, error) {
	w := purgeWalk{mark: "purge.callbacks", bound: firstID(before), size: callbackSlice}
	w.read = func(ctx context.Context, after string) (all []purgeRow, err error) {
		err = db.reader.each(ctx, func(rows *sql.Rows) error {
			row := purgeRow{due: true}
			err := rows.Scan(&row.id)
			all = append(all, row)
			return err
		}, `SELECT id FROM callback WHERE id > $1 AND id < $2 ORDER BY id LIMIT CAST($3 AS INTEGER)`, after, w.bound, w.size)
		return all, err
	}
	w.take = func(ctx context.Context, ids []string) (int, error) {
		err := db.do(ctx, func(t *tx) error {
			return inLists(ids, 2, func(list string, args []any) error {
				_, err := t.exec(`UPDATE callback SET body = $1, query = '', header = '{}', url = '', note = '',
					verdict = CASE WHEN verdict = 'pending' THEN 'refused' ELSE verdict END WHERE id IN `+list, append([]any{[]byte{}}, args...)...)
				return err
			})
		})
		if err != nil {
			return 0, err
		}
		return len(ids), nil
	}
	return db.walk(ctx, w)
}

// foldPurged moves the log with what was purged into the file and empties it. Readers of an older state
// keep it from that: they are waited for here and not by the writer, for whom events wait. When they
// go on for too long, the next purge tries again.
func (db *DB) foldPurged(ctx context.Context) error {
	const tries, rest = 20, 100 * time.Millisecond
	if !db.unfolded.Load() {
		return nil
	}
	for range tries {
		if _, _, err := copyLog(ctx, db.checkpoints.pool); err != nil { // beside the writer, who has little left then
			return explain(db.path, err)
		}
		busy := false
		err := db.writer.apart(ctx, func(ctx context.Context, conn *sql.Conn) (err error) {
			busy, err = emptyLog(ctx, conn)
			return err
		})
		if err != nil {
			return err
		}
		if !busy {
			db.unfolded.Store(false)
			return nil
		}
		select {
		case <-time.After(rest):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	db.log.Debug("the write-ahead log is being read and still holds what was purged; the next purge folds it in")
	return nil
}

// emptyLog is foldLog's one try, that waits for nobody.
func emptyLog(ctx context.Context, conn *sql.Conn) (busy bool, err error) {
	if err := setBusyTimeout(ctx, conn, 0); err != nil {
		return false, err
	}
	busy, _, _, err = moveLog(ctx, conn, "TRUNCATE")
	return busy, errors.Join(err, setBusyTimeout(ctx, conn, busyTimeout))
}
