package guard

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/problem"
)

// Begin writes down that something is about to be done. What cannot be written down must not be done: the
// error says so. End must follow with the id.
func (g *Guard) Begin(ctx context.Context, r access.Record) (id string, err error) {
	if id, err = g.Store.BeginRecord(ctx, r); err != nil {
		return "", auditUnavailable(err)
	}
	return id, nil
}

// End adds the one line about what was begun, as it ended; a record without an action adds none. Who hangs
// up meanwhile is written down all the same. After an error the line follows at the gateway's next start.
func (g *Guard) End(ctx context.Context, id string, r access.Record) error {
	if err := g.Store.EndRecord(context.WithoutCancel(ctx), id, r); err != nil {
		return auditUnavailable(err)
	}
	return nil
}

// Note writes a line into the audit log about what needs no doing: that something was asked for and refused.
func (g *Guard) Note(ctx context.Context, r access.Record) error {
	if err := g.Store.AddRecord(ctx, r); err != nil {
		return auditUnavailable(err)
	}
	return nil
}

// told passes on how an act on users or keys ended, and writes a refusal down: what is done writes its own
// line, in one transaction with the change. What failed by a fault of ours is no refusal. The record says
// what was wanted; of fields that were filled in wrongly it must name none, because a password may have
// been typed in the wrong one.
func (g *Guard) told(ctx context.Context, r access.Record, err error) error {
	refused, ok := errors.AsType[*problem.Refusal](err)
	if !ok || refused.Code.Words().Status >= http.StatusInternalServerError {
		return err
	}
	code := refused.Code
	if len(refused.Fields) == 1 {
		code = refused.Fields[0].Code
	}
	// Who hangs up as soon as he is refused is written down all the same.
	if err := g.Store.AddRecord(context.WithoutCancel(ctx), r.Refused(string(code))); err != nil {
		return auditUnavailable(err)
	}
	return err
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
