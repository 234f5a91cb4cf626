package store

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"time"
)

// Sizes is how much there is.
type Sizes struct {
	Engine                             string // of the database, with its version: "SQLite 3.54.1"
	Version                            string
	Schema                             int64
	Bytes                              int64 // on disk, with the log
	Events, Orders, Messages, Contacts int
}

// Sizes counts whole tables through their smallest index: for a page that a person opens, not for loops.
func (db *DB) Sizes(ctx context.Context) (Sizes, error) {
	s := Sizes{Engine: "SQLite"}
	err := db.reader.row(ctx, []any{&s.Version, &s.Schema, &s.Events, &s.Orders, &s.Messages, &s.Contacts}, `SELECT sqlite_version(),
		(SELECT max(version_id) FROM `+schemaTable+`), (SELECT count(*) FROM event), (SELECT count(*) FROM orders),
		(SELECT count(*) FROM message), (SELECT count(*) FROM contact)`)
	if err == nil {
		s.Bytes, err = db.fileSize()
	}
	return s, err
}

// fileSize is the size of the database and its log, in bytes.
func (db *DB) fileSize() (int64, error) {
	var size int64
	for _, path := range []string{db.path, db.path + "-wal"} {
		info, err := os.Stat(path)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return 0, err
		}
		size += info.Size()
	}
	return size, nil
}

// Firsts is when things happened for the first time; zero: not yet.
type Firsts struct {
	Event time.Time // that was understood
	Text  time.Time // that a provider took
}

// Firsts looks for the first event that was decided and the first text that was taken.
func (db *DB) Firsts(ctx context.Context) (f Firsts, err error) {
	first := func(at *time.Time, query string) error {
		return db.reader.each(ctx, func(rows *sql.Rows) error {
			var micro int64
			err := rows.Scan(&micro)
			*at = instant(micro)
			return err
		}, query)
	}
	if err = first(&f.Event, `SELECT received_at FROM event WHERE status = 'done' ORDER BY id LIMIT 1`); err != nil {
		return f, err
	}
	return f, first(&f.Text, `SELECT updated_at FROM message WHERE status IN ('accepted', 'delivered') ORDER BY id LIMIT 1`)
}
