package guard

import (
	"context"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/access"
)

// Note writes a line into the audit log before something is done. What cannot be written down must not
// be done: the error says so.
func (g *Guard) Note(ctx context.Context, r access.Record) error {
	if err := g.Store.AddRecord(ctx, r); err != nil {
		return auditUnavailable(err)
	}
	return nil
}

// Records gives a page of the audit log, newest first, and what to put into Before for the next page;
// 0: this was the last.
func (g *Guard) Records(ctx context.Context, f access.RecordFilter) ([]access.Record, int64, error) {
	page, next, err := g.Store.Records(ctx, f)
	return page, next, unlessNil(err)
}

// Verify reads the whole audit log and tells whether it is as it was written.
func (g *Guard) Verify(ctx context.Context) (access.Verdict, error) {
	verdict, err := g.Store.VerifyRecords(ctx)
	return verdict, unlessNil(err)
}

// purgeChunk is how many old lines go in one transaction: others wait for it.
const purgeChunk = 1000

// Tidy takes away what has had its time: dead sessions, forgotten devices, and lines of the audit log
// that are older than days.
func (g *Guard) Tidy(ctx context.Context, days int) error {
	if err := g.Store.TidySessions(ctx, g.Now()); err != nil {
		return err
	}
	before := g.Now().Add(-time.Duration(days) * 24 * time.Hour)
	for {
		removed, err := g.Store.PurgeRecords(ctx, before, purgeChunk)
		if err != nil || removed < purgeChunk {
			return err
		}
	}
}
