package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/access"
)

// PurgeRecords takes away the lines that are older than before, from the beginning of the log, at most
// n of them, and tells how many. What stays can still be verified. A line says so, unless there was
// nothing to take away; it also says when what was taken away was not as it had been written.
func (db *DB) PurgeRecords(ctx context.Context, before time.Time, n int) (removed int, err error) {
	err = db.do(ctx, func(t *tx) error {
		old, err := db.oldRecords(t, before, n)
		removed = old.lines
		if err != nil || removed == 0 {
			return err
		}
		if _, err := t.exec(`DELETE FROM audit WHERE n <= $1`, old.last.N); err != nil {
			return err
		}
		if err := writeMark(t, auditAnchor, db.auditKey.sealed(old.last.N, old.last.Hash)); err != nil {
			return err
		}
		r := access.Call{Principal: access.Principal{Kind: access.KindSystem, Name: "retention"}}.Record("audit.purge", "audit").
			With("lines", strconv.Itoa(removed)).With("last", strconv.FormatInt(old.last.N, 10))
		if old.flaw != "" {
			r = r.With(removedDetail, old.flaw)
		}
		return db.audit(t, r)
	})
	return removed, err
}

// oldRecords are the lines that one purge takes away.
type oldRecords struct {
	lines int
	last  auditMark
	flaw  string // the first place that is not as it was written; empty: there is none
}

// found keeps the first flaw.
func (o *oldRecords) found(n int64, why string) {
	if why != "" && o.flaw == "" {
		o.flaw = fmt.Sprintf("%d %s", n, why)
	}
}

// oldRecords looks at the lines before it lets them go: the new anchor vouches for them from then on.
func (db *DB) oldRecords(t *tx, before time.Time, n int) (oldRecords, error) {
	anchor, err := readMark(t.one, auditAnchor)
	if err != nil {
		return oldRecords{}, err
	}
	old := oldRecords{last: anchor}
	if !db.auditKey.good(anchor) {
		old.found(anchor.N, access.FlawSeal)
	}
	young := false // a clock that was set back must not take younger lines along
	err = t.each(func(rows *sql.Rows) error {
		r, err := scanRecord(rows)
		if young = young || err == nil && !r.At.Before(before); young || err != nil {
			return err
		}
		old.found(r.N, r.Follows(old.last.N+1, old.last.Hash))
		if r.Detail[sealDetail] != "" {
			old.found(r.N, access.FlawSeal)
		}
		old.lines++
		old.last = auditMark{N: r.N, Hash: r.Hash}
		return nil
	}, `SELECT `+auditColumns+` FROM audit ORDER BY n LIMIT CAST($1 AS INTEGER)`, n)
	return old, err
}
