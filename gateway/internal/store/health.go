package store

import (
	"context"
	"time"
)

// Health tells whether the database can be read and whether the last write reached the disk. It is
// cheap; after trouble it stays bad until a write succeeds (see EnsureWritable).
func (db *DB) Health(ctx context.Context) error {
	var one int
	if err := db.reader.row(ctx, []any{&one}, `SELECT 1`); err != nil {
		return err
	}
	if db.writer == nil {
		return nil
	}
	if trouble := db.writer.trouble.Load(); trouble != nil {
		return *trouble
	}
	return nil
}

// EnsureWritable commits a small write and so tells for certain whether an event could be stored now.
func (db *DB) EnsureWritable(ctx context.Context) error {
	return db.SetState(ctx, "written_at", db.now().UTC().Format(time.RFC3339))
}

// Ready tells whether events can be stored now: Health, and after trouble a try.
func (db *DB) Ready(ctx context.Context) error {
	if err := db.Health(ctx); err == nil || db.writer == nil {
		return err
	}
	return db.EnsureWritable(ctx)
}
