package store

import (
	"context"
	"crypto/hmac"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/contact"
)

// Where the audit log ends, and after which line it begins, as state keys.
const (
	auditHead   = "audit_head"
	auditAnchor = "audit_anchor"
)

// sealDetail is the detail of a line that was written after an end that was not as we left it. So the next
// line cannot cover up that somebody cut the log, or wrote into it.
const sealDetail = "seal_before"

// removedDetail is the detail of a line that says what was removed for its age, where that was not as it
// was written: "LINE WHY". So the retention does not clear away every trace of a change.
const removedDetail = "removed_flaw"

// moreDetail is the detail that tells how many changes a line has no room for.
const moreDetail = "more_changes"

// auditMark is one end of the audit log.
type auditMark struct {
	N    int64  `json:"n"`
	Hash string `json:"hash"`
	Seal string `json:"seal"`
}

// text is what the seal is over.
func (m auditMark) text() string { return strconv.FormatInt(m.N, 10) + " " + m.Hash }

func (k auditKey) sealed(n int64, hash string) auditMark {
	m := auditMark{N: n, Hash: hash}
	m.Seal = k.mac("end", m.text())
	return m
}

// good tells whether the mark carries this key's seal. The mark of an empty log needs none.
func (k auditKey) good(m auditMark) bool {
	return m.N == 0 && m.Seal == "" || hmac.Equal([]byte(m.Seal), []byte(k.mac("end", m.text())))
}

// Limits of a line, in bytes; more is cut. They bound what a browser can make us keep.
const (
	maxAuditAgent  = 200
	maxAuditText   = 200
	maxAuditDetail = 1000
	maxAuditFields = 40 // of details, and of changes
)

// AddRecord adds a line to the audit log; N, At, Prev and Hash are set here. The line is on disk when
// it returns without an error.
func (db *DB) AddRecord(ctx context.Context, r access.Record) error {
	return db.do(ctx, func(t *tx) error { return db.audit(t, r) })
}

// audit adds a line within a change, so that the change is not done without it.
func (db *DB) audit(t *tx, r access.Record) error {
	if r.Action == "" || r.Kind == "" {
		return fmt.Errorf("a line of the audit log needs an action and an actor: %q by %q", r.Action, r.Kind)
	}
	head, ours, err := db.auditEnd(t)
	if err != nil {
		return err
	}
	if !ours {
		r = r.With(sealDetail, "wrong")
	}
	r = db.trim(r)
	r.N, r.Prev, r.At = head.N+1, head.Hash, instant(micros(db.now()))
	r.Hash = r.Sum()
	detail, err := json.Marshal(r.Detail)
	if err != nil {
		return err
	}
	changes := ""
	if len(r.Changes) > 0 {
		text, err := json.Marshal(r.Changes)
		if err != nil {
			return err
		}
		changes = string(text)
	}
	_, err = t.exec(`INSERT INTO audit (`+auditColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		r.N, micros(r.At), string(r.Kind), r.ActorID, r.Actor, r.Session, r.From, r.Agent, r.RequestID, r.Action, r.Object, r.Outcome, string(detail), r.Prev, r.Hash, changes)
	if err != nil {
		return err
	}
	t.audited = db.auditKey.sealed(r.N, r.Hash)
	return writeMark(t, auditHead, t.audited)
}

// auditEnd gives the end of the log that the next line follows on, and whether it is as we left it. Whatever
// somebody made of it, there is a number that is free: what is done must be written down all the same.
func (db *DB) auditEnd(t *tx) (end auditMark, ours bool, err error) {
	end, err = readMark(t.one, auditHead)
	if err != nil {
		return end, false, err
	}
	last, err := readMark(t.one, auditAnchor) // the retention may have taken all lines away
	if err != nil {
		return end, false, err
	}
	if _, err := t.one([]any{&last.N, &last.Hash}, `SELECT n, hash FROM audit ORDER BY n DESC LIMIT 1`); err != nil {
		return end, false, err
	}
	ours = db.auditKey.good(end) && last.N == end.N && last.Hash == end.Hash
	if last.N > end.N {
		end = last
	}
	if told := db.toldEnd(); told.N > end.N {
		return told, false, nil
	}
	return end, ours, nil
}

// trim brings a line within its limits and replaces sensitive values by their fingerprints.
func (db *DB) trim(r access.Record) access.Record {
	detail := map[string]string{}
	for name, value := range r.Detail {
		if len(detail) < maxAuditFields {
			detail[cut(name, maxAuditText)] = cut(value, maxAuditDetail)
		}
	}
	for name, value := range r.Sensitive {
		detail[cut(name, maxAuditText)] = db.auditKey.fingerprint(value)
	}
	r.Changes = trimChanges(r.Changes)
	if more := len(r.Changes) - maxAuditFields; more > 0 {
		r.Changes = r.Changes[:maxAuditFields]
		detail[moreDetail] = strconv.Itoa(more)
	}
	r.Detail, r.Sensitive = detail, nil
	r.Agent = cut(r.Agent, maxAuditAgent)
	for _, text := range []*string{&r.ActorID, &r.Actor, &r.Session, &r.From, &r.RequestID, &r.Action, &r.Object, &r.Outcome} {
		*text = cut(*text, maxAuditText)
	}
	return r
}

// trimChanges brings each change within its limits and masks phones; without any it gives nil, as a line
// comes back.
func trimChanges(changes []access.Change) []access.Change {
	var trimmed []access.Change
	for _, c := range changes {
		c.Field, c.Old, c.New = cut(c.Field, maxAuditText), cut(contact.MaskPhones(c.Old), maxAuditDetail), cut(contact.MaskPhones(c.New), maxAuditDetail)
		if c.Hidden {
			c.Old, c.New = "", ""
		}
		trimmed = append(trimmed, c)
	}
	return trimmed
}

// cut shortens a text to at most n bytes of valid UTF-8.
func cut(text string, n int) string {
	if len(text) > n {
		text = text[:n]
	}
	return strings.ToValidUTF8(text, "")
}

func readMark(one func(dest []any, query string, args ...any) (bool, error), key string) (auditMark, error) {
	var mark auditMark
	var text string
	found, err := one([]any{&text}, `SELECT value FROM state WHERE key = $1`, key)
	if err != nil || !found {
		return mark, err
	}
	if unreadable := json.Unmarshal([]byte(text), &mark); unreadable != nil || mark.N < 0 {
		mark = auditMark{Seal: "unreadable"} // somebody wrote it by hand: no key makes that seal
	}
	return mark, nil
}

func writeMark(t *tx, key string, mark auditMark) error {
	text, err := json.Marshal(mark)
	if err != nil {
		return err
	}
	return setState(t, key, string(text))
}

const auditColumns = `n, at, kind, actor_id, actor, session, address, agent, request_id, action, object, outcome, detail, prev, hash, changes`

func scanRecord(rows *sql.Rows) (access.Record, error) {
	var r access.Record
	var at int64
	var detail, changes string
	err := rows.Scan(&r.N, &at, &r.Kind, &r.ActorID, &r.Actor, &r.Session, &r.From, &r.Agent, &r.RequestID, &r.Action, &r.Object, &r.Outcome, &detail, &r.Prev, &r.Hash, &changes)
	if err != nil {
		return r, err
	}
	r.At = instant(at)
	if err := json.Unmarshal([]byte(detail), &r.Detail); err != nil {
		r.Detail = map[string]string{"unreadable": detail} // somebody wrote it by hand; the sum will tell
	}
	if changes == "" {
		return r, nil
	}
	if err := json.Unmarshal([]byte(changes), &r.Changes); err != nil {
		r.Changes = []access.Change{{Field: "unreadable", New: changes}}
	}
	return r, nil
}

// Records gives a page of the audit log, newest first, and what to put into Before for the next page;
// 0: this was the last.
func (db *DB) Records(ctx context.Context, f access.RecordFilter) (page []access.Record, next int64, err error) {
	var c conditions
	if f.Actor != "" {
		c.add(`(actor_id = $? OR actor = $?)`, f.Actor, f.Actor)
	}
	if f.Action != "" {
		c.add(`(action = $? OR action LIKE $? ESCAPE '\')`, f.Action, strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(f.Action)+".%")
	}
	if f.Object != "" {
		c.add(`object = $?`, f.Object)
	}
	if !f.From.IsZero() {
		c.add(`at >= $?`, micros(f.From))
	}
	if !f.To.IsZero() {
		c.add(`at < $?`, micros(f.To))
	}
	if f.Before > 0 {
		c.add(`n < $?`, f.Before)
	}
	where, args := c.where()
	limit := pageLimit(f.Limit)
	err = db.reader.each(ctx, func(rows *sql.Rows) error {
		r, err := scanRecord(rows)
		page = append(page, r)
		return err
	}, fmt.Sprintf(`SELECT %s FROM audit %s ORDER BY n DESC LIMIT %d`, auditColumns, where, limit+1), args...)
	if err != nil {
		return nil, 0, err
	}
	if len(page) > limit {
		page = page[:limit]
		next = page[limit-1].N
	}
	return page, next, nil
}
