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
		ends := auditEnds{told: db.toldEnd()} // before the head is read: a line that is added meanwhile is no flaw
		var err error
		if ends.most, err = db.lastRecord(ctx); err != nil {
			return access.Verdict{}, err
		}
		if ends.head, ends.anchor, err = db.auditEnds(ctx); err != nil {
			return access.Verdict{}, err
		}
		verdict, err := db.verify(ctx, ends)
		if err != nil {
			return access.Verdict{}, err
		}
		_, again, err := db.auditEnds(ctx)
		if err != nil || again == ends.anchor { // else the retention took lines away while we read
			return verdict, err
		}
	}
}

// lastRecord gives the number of the last line that is there; 0: there is none.
func (db *DB) lastRecord(ctx context.Context) (n int64, err error) {
	err = db.reader.row(ctx, []any{&n}, `SELECT coalesce(max(n), 0) FROM audit`)
	return n, err
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

// auditEnds are what is known of where the log begins and ends.
type auditEnds struct {
	anchor auditMark // after which line it begins
	head   auditMark // its last line
	told   auditMark // a last line that it had at some time, as the file beside the key tells
	most   int64     // number of the last line that is there
}

// verify compares the lines with the ends of the log.
func (db *DB) verify(ctx context.Context, ends auditEnds) (access.Verdict, error) {
	head, anchor := ends.head, ends.anchor
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
		if r.N == ends.told.N && r.Hash != ends.told.Hash && why == "" {
			flaw(r.N, access.FlawReplaced)
		}
		if r.Detail[removedDetail] != "" {
			flaw(r.N, access.FlawRemoved)
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
	case ends.told.N > max(head.N, ends.most):
		flaw(head.N, access.FlawCut)
	}
	if ends.most > head.N {
		flaw(head.N+1, access.FlawUnsealed)
	}
	for _, end := range []auditMark{anchor, head} {
		switch {
		case end.N == 0 && end.Seal == "":
		case db.auditKey == nil:
			flaw(end.N, access.FlawNoKey)
		case !db.auditKey.good(end):
			flaw(end.N, access.FlawSeal)
		}
	}
	return v, nil
}
