package store

import (
	"context"
	"database/sql"
	"fmt"
)

// A checkpoint copies pages from the write-ahead log into the file. It takes as long as many commits, so
// it runs beside the writer, on a connection of its own; what came meanwhile is copied in further, ever
// shorter rounds. The log starts over only when nothing is left to copy, which a writer that goes on never
// lets happen: so the last few pages of a log that has grown are copied between two of its batches.
const (
	checkpointCommits = 64    // commits after which there is enough to copy
	checkpointRounds  = 4     // rounds in a row at most
	checkpointRest    = 128   // pages that are left to the writer rather than to another round
	checkpointStart   = 2000  // pages of log from which it is to start over
	checkpointLast    = 16000 // pages of log from which each commit copies what it can: 64 MB, when all else lags
)

// checkpointer runs checkpoints whenever the writer says that there is enough.
type checkpointer struct {
	pool  *sql.DB
	ended chan struct{}
}

func (db *DB) openCheckpointer() error {
	pool, err := sql.Open("sqlite", dsn(db.path, false))
	if err != nil {
		return err
	}
	pool.SetMaxOpenConns(1)
	db.checkpoints = &checkpointer{pool: pool, ended: make(chan struct{})}
	return nil
}

// runCheckpoints copies until the writer has ended. An error is logged and costs nothing but a longer log:
// the next checkpoint, the writer itself or the next start copies what is left.
func (db *DB) runCheckpoints(ctx context.Context) {
	defer close(db.checkpoints.ended)
	for {
		select {
		case <-db.writer.grown:
		case <-db.writer.ended:
			return
		}
		if err := db.checkpoint(ctx); err != nil {
			db.log.Debug("the write-ahead log was not copied; it is tried again", "error", explain(db.path, err))
		}
	}
}

func (db *DB) checkpoint(ctx context.Context) error {
	for range checkpointRounds {
		pages, left, err := copyLog(ctx, db.checkpoints.pool)
		if err != nil {
			return err
		}
		if pages < checkpointStart {
			return nil
		}
		if left > checkpointRest {
			continue
		}
		return db.writer.apart(ctx, func(ctx context.Context, conn *sql.Conn) error {
			_, _, err := copyLog(ctx, conn)
			return err
		})
	}
	return nil
}

// copyLog copies what no reader still needs in the log, and tells how many pages the log has and how many
// of them are still to be copied.
func copyLog(ctx context.Context, on rowQuerier) (pages, left int, err error) {
	_, pages, left, err = moveLog(ctx, on, "PASSIVE")
	return pages, left, err
}

// rowQuerier is a connection, or a pool that gives one.
type rowQuerier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// moveLog runs a checkpoint in one of SQLite's modes (sqlite.org/pragma.html#pragma_wal_checkpoint). busy says
// that somebody kept it from doing all that the mode promises.
func moveLog(ctx context.Context, on rowQuerier, mode string) (busy bool, pages, left int, err error) {
	var copied int
	if err := on.QueryRowContext(ctx, "PRAGMA wal_checkpoint("+mode+")").Scan(&busy, &pages, &copied); err != nil {
		return false, 0, 0, fmt.Errorf("checkpoint: %w", err)
	}
	return busy, pages, pages - copied, nil
}
