package store

import (
	"context"
	"database/sql"

	"github.com/orderbell/orderbell/gateway/internal/access"
)

// maxFlaws bounds what a verification lists: after the first few, the rest say nothing new.
const maxFlaws = 100

// VerifyRecords reads the whole audit log and tells where it is not as it was written. Lines that are
// added meanwhile are left out. The error is about reading, not about the log.
func (db *DB) VerifyRecords(ctx context.Context) (access.Verdict, error) {
	for {
		head, anchor, err := db.auditEnds(ctx)
		if err != nil {
			return access.Verdict{}, err
		}
		verdict, err := db.verify(ctx, head, anchor)
		if err != nil {
			return access.Verdict{}, err
		}
		_, again, err := db.auditEnds(ctx)
		if err != nil || again == anchor { // else the retention took lines away while we read
			return verdict, err
		}
	}
}

func (db *DB) auditEnds(ctx context.Context) (head, anchor auditMark, err error) {
	one := func(dest []any, query string, args ...any) (found bool, err error) {
		err = db.reader.each(ctx, func(rows *sql.Rows) error {
			found = true
			return rows.Scan(dest...)
		}, query, args...)
		return found, err
	}
	if anchor, err = readMark(one, auditAnchor); err != nil {
		return head, anchor, err
	}
	head, err = readMark(one, auditHead)
	return head, anchor, err
}

func (db *DB) verify(ctx context.Context, head, anchor auditMark) (access.Verdict, error) {
	v := access.Verdict{First: anchor.N + 1, Last: head.N, Head: head.Hash, Faults: []access.Flaw{}}
	flaw := func(n int64, why string) {
		if len(v.Faults) < maxFlaws {
			v.Faults = append(v.Faults, access.Flaw{N: n, Why: why})
		}
	}
	last := anchor
	err := db.reader.each(ctx, func(rows *sql.Rows) error {
		r, err := scanRecord(rows)
		if err != nil {
			return err
		}
		v.Records++
		why := r.Follows(last.N+1, last.Hash)
		if why != "" && last == anchor && anchor.N > 0 {
			why = access.FlawAnchor
		}
		if why != "" {
			flaw(r.N, why)
		}
		if r.Detail[sealDetail] != "" {
			flaw(r.N, access.FlawSeal)
		}
		last = auditMark{N: r.N, Hash: r.Hash}
		return nil
	}, `SELECT `+auditColumns+` FROM audit WHERE n <= $1 ORDER BY n`, head.N)
	if err != nil {
		return v, err
	}
	switch {
	case last.N != head.N:
		flaw(last.N, access.FlawCut)
	case last.Hash != head.Hash:
		flaw(last.N, access.FlawChanged)
	}
	for _, end := range []auditMark{anchor, head} {
		switch {
		case end.N == 0:
		case db.auditKey == nil:
			flaw(end.N, access.FlawNoKey)
		case !db.auditKey.good(end):
			flaw(end.N, access.FlawSeal)
		}
	}
	return v, nil
}
