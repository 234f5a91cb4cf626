package store

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/access"
)

// Setting is one document of settings.
type Setting struct {
	Name      string
	Doc       []byte // JSON
	Revision  int64  // raised with every save; 0: never saved
	UpdatedAt time.Time
	UpdatedBy string // who saved it
}

// Setting gives a document; one that was never saved has the revision 0 and no text.
func (db *DB) Setting(ctx context.Context, name string) (Setting, error) {
	s := Setting{Name: name}
	err := db.reader.each(ctx, func(rows *sql.Rows) error {
		var at int64
		err := rows.Scan(&s.Doc, &s.Revision, &at, &s.UpdatedBy)
		s.UpdatedAt, s.Doc = instant(at), bytes.Clone(s.Doc)
		return err
	}, `SELECT doc, revision, updated_at, updated_by FROM setting WHERE name = $1`, name)
	return s, err
}

// SaveSetting keeps a document and returns its new revision. s.Revision is the one that was read: when
// somebody else has saved since, nothing changes and the error is ErrStale. The audit log's line r is
// written together with the change, or neither is.
func (db *DB) SaveSetting(ctx context.Context, s Setting, r access.Record) (revision int64, err error) {
	err = db.do(ctx, func(t *tx) error {
		query := `UPDATE setting SET doc = $2, updated_at = $4, updated_by = $5, revision = revision + 1
			WHERE name = $1 AND revision = $3`
		if s.Revision == 0 {
			query = `INSERT INTO setting (name, doc, revision, updated_at, updated_by)
				VALUES ($1, $2, $3 + 1, $4, $5) ON CONFLICT DO NOTHING`
		}
		n, err := t.exec(query, s.Name, s.Doc, s.Revision, micros(db.now()), s.UpdatedBy)
		if err == nil && n == 0 {
			err = fault(ErrStale, s.Name)
		}
		if err != nil {
			return err
		}
		return db.audit(t, r)
	})
	return s.Revision + 1, err
}

// Account is a configured use of a provider, as it is kept.
type Account struct {
	Name      string
	Provider  string
	Settings  []byte // sealed
	Limits    []byte // JSON
	Revision  int64  // raised with every change; 0: new
	CreatedAt time.Time
	UpdatedAt time.Time
	UpdatedBy string // who saved it
}

// Accounts lists the accounts, oldest first.
func (db *DB) Accounts(ctx context.Context) ([]Account, error) {
	var all []Account
	err := db.reader.each(ctx, func(rows *sql.Rows) error {
		var a Account
		var created, updated int64
		err := rows.Scan(&a.Name, &a.Provider, &a.Settings, &a.Limits, &a.Revision, &created, &updated, &a.UpdatedBy)
		a.CreatedAt, a.UpdatedAt = instant(created), instant(updated)
		a.Settings, a.Limits = bytes.Clone(a.Settings), bytes.Clone(a.Limits)
		all = append(all, a)
		return err
	}, `SELECT name, provider, settings, limits, revision, created_at, updated_at, updated_by FROM account ORDER BY created_at, name`)
	return all, err
}

// SaveAccount makes an account (Revision 0) or changes one, and returns its new revision. ErrTaken: there
// is one of that name. ErrStale: it was changed or removed since it was read. Name and provider never
// change. The audit log's line r is written together with the change, or neither is.
func (db *DB) SaveAccount(ctx context.Context, a Account, r access.Record) (revision int64, err error) {
	err = db.do(ctx, func(t *tx) error {
		if err := writeAccount(t, a, micros(db.now())); err != nil {
			return err
		}
		return db.audit(t, r)
	})
	return a.Revision + 1, err
}

func writeAccount(t *tx, a Account, now int64) error {
	if a.Revision == 0 {
		n, err := t.exec(`INSERT INTO account (name, provider, settings, limits, revision, created_at, updated_at, updated_by)
			VALUES ($1, $2, $3, $4, 1, $5, $5, $6) ON CONFLICT DO NOTHING`, a.Name, a.Provider, a.Settings, a.Limits, now, a.UpdatedBy)
		if err == nil && n == 0 {
			err = fault(ErrTaken, fmt.Sprintf("account %q", a.Name))
		}
		return err
	}
	n, err := t.exec(`UPDATE account SET settings = $3, limits = $4, updated_at = $5, updated_by = $6, revision = revision + 1
		WHERE name = $1 AND provider = $2 AND revision = $7`, a.Name, a.Provider, a.Settings, a.Limits, now, a.UpdatedBy, a.Revision)
	if err == nil && n == 0 {
		err = fault(ErrStale, fmt.Sprintf("account %q", a.Name))
	}
	return err
}

// Terms that find the open texts by their indexes.
const (
	openQueued  = `status = 'queued'`
	openSending = `status IN ('sending', 'unknown') AND status = 'sending'`
)

// DropAccount removes an account. ErrInUse while texts of its are queued or on their way: nobody would
// send them, or learn what became of them. ErrNotFound when there is none. The audit log's line r is
// written together with the change, or neither is.
func (db *DB) DropAccount(ctx context.Context, name string, r access.Record) error {
	return db.do(ctx, func(t *tx) error {
		for _, open := range []string{openQueued, openSending} {
			var count int
			_, err := t.one([]any{&count}, `SELECT count(*) FROM message WHERE account = $1 AND `+open, name)
			if err == nil && count > 0 {
				err = fault(ErrInUse, fmt.Sprintf("account %q: %d texts", name, count))
			}
			if err != nil {
				return err
			}
		}
		n, err := t.exec(`DELETE FROM account WHERE name = $1`, name)
		if err == nil && n == 0 {
			err = fault(ErrNotFound, fmt.Sprintf("account %q", name))
		}
		if err != nil {
			return err
		}
		return db.audit(t, r)
	})
}

// QueuedAccounts lists the accounts whose turn it is to send a queued text, be they configured or not.
func (db *DB) QueuedAccounts(ctx context.Context) ([]string, error) {
	var names []string
	err := db.reader.each(ctx, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		names = append(names, name)
		return err
	}, `SELECT account FROM message WHERE `+openQueued)
	slices.Sort(names)
	return slices.Compact(names), err
}
