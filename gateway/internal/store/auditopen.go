package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"

	"github.com/orderbell/orderbell/gateway/internal/access"
)

// openRecord begins the state key of what was begun and has no line yet.
const openRecord = "audit_open:"

// BeginRecord keeps on disk, outside of the log, that something is about to be done: what cannot be written
// down is not done, and how it ends is not known yet. EndRecord must follow with the id.
func (db *DB) BeginRecord(ctx context.Context, r access.Record) (id string, err error) {
	text, err := json.Marshal(db.trim(r))
	if err != nil {
		return "", err
	}
	id = db.ids.next()
	return id, db.do(ctx, func(t *tx) error { return setState(t, openRecord+id, string(text)) })
}

// EndRecord adds the line about what was begun, as it ended. A record without an action adds none: somebody
// else writes the line.
func (db *DB) EndRecord(ctx context.Context, id string, r access.Record) error {
	return db.do(ctx, func(t *tx) error {
		if _, err := t.exec(`DELETE FROM state WHERE key = $1`, openRecord+id); err != nil || r.Action == "" {
			return err
		}
		return db.audit(t, r)
	})
}

// CloseRecords adds the lines about what was begun by a program that is gone: nobody knows how it ended
// (access.OutcomeBegun). It tells how many there were.
func (db *DB) CloseRecords(ctx context.Context) (closed int, err error) {
	err = db.do(ctx, func(t *tx) error {
		open := map[string]access.Record{}
		var ids []string
		err := t.each(func(rows *sql.Rows) error {
			var key, text string
			if err := rows.Scan(&key, &text); err != nil {
				return err
			}
			var r access.Record
			if json.Unmarshal([]byte(text), &r) != nil || r.Action == "" || r.Kind == "" {
				r = access.Call{Principal: access.Principal{Kind: access.KindSystem, Name: "audit"}}.Record("audit.unreadable", strings.TrimPrefix(key, openRecord))
			}
			r.Outcome = access.OutcomeBegun
			ids, open[key] = append(ids, key), r
			return nil
		}, `SELECT key, value FROM state WHERE key >= $1 AND key < $2 ORDER BY key`, openRecord, openRecord+"~")
		if err != nil {
			return err
		}
		for _, key := range ids {
			if _, err := t.exec(`DELETE FROM state WHERE key = $1`, key); err != nil {
				return err
			}
			if err := db.audit(t, open[key]); err != nil {
				return err
			}
		}
		closed = len(ids)
		return nil
	})
	return closed, err
}
