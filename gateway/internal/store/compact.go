package store

import (
	"context"
	"database/sql"
	"time"
)

// compactMost is the greatest file, in bytes, that an erasure rewrites as a whole when traces are left
// between the rows, unless Options say otherwise; a bigger one would stop the intake for too long.
const compactMost = 256 << 20

// tracesKey is the state that tells since when erased data has been left between the rows.
const tracesKey = "erase.traces"

// Compact rewrites the database without what is left between its rows, and gives the size of its files
// before and after, in bytes. Nothing is stored meanwhile, and the disk must have room for a second
// copy. It is for a gateway that does not run: open with Options.Instance.
func (db *DB) Compact(ctx context.Context) (before, after int64, err error) {
	if before, err = db.fileSize(); err != nil {
		return 0, 0, err
	}
	if err := db.rewrite(ctx); err != nil {
		return before, before, err
	}
	after, err = db.fileSize()
	return before, after, err
}

// rewrite makes a new file of the rows alone. What was noted about traces is true no more.
func (db *DB) rewrite(ctx context.Context) error {
	err := db.writer.apart(ctx, func(ctx context.Context, conn *sql.Conn) error {
		if _, err := conn.ExecContext(ctx, "VACUUM"); err != nil {
			return err
		}
		return foldLog(ctx, conn)
	})
	if err != nil {
		return err
	}
	return db.do(ctx, func(t *tx) error {
		_, err := t.exec(`DELETE FROM state WHERE key = $1`, tracesKey)
		return err
	})
}

// leaveTraces notes that the files still hold what was erased, and says so.
func (db *DB) leaveTraces(ctx context.Context) error {
	if err := db.SetState(ctx, tracesKey, db.now().UTC().Format(time.RFC3339)); err != nil {
		return err
	}
	return &Fault{Kind: ErrTraces, Path: db.path}
}
