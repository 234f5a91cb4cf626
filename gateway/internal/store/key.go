package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/access"
)

// AddKey keeps a key and the line that the audit log has about it. An empty ID is replaced by a new one, an empty CreatedAt by now. ErrTaken when
// a key that is not revoked has the name.
func (db *DB) AddKey(ctx context.Context, k access.Key, r access.Record) (id string, err error) {
	if k.Name == "" || k.Hash == "" {
		return "", errors.New("an API key needs a name and the hash of its secret")
	}
	if k.ID == "" {
		k.ID = db.ids.next()
	}
	if k.CreatedAt.IsZero() {
		k.CreatedAt = db.now()
	}
	scopes, err := json.Marshal(k.Scopes)
	if err != nil {
		return "", err
	}
	return k.ID, db.do(ctx, func(t *tx) error {
		n, err := t.exec(`INSERT INTO api_key (id, name, hint, hash, scopes, created_at, expires_at, revoked_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, 0) ON CONFLICT DO NOTHING`,
			k.ID, k.Name, k.Hint, k.Hash, string(scopes), micros(k.CreatedAt), optional(k.ExpiresAt))
		if err == nil && n == 0 {
			err = fault(ErrTaken, fmt.Sprintf("API key %q", k.Name))
		}
		if err != nil {
			return err
		}
		return db.audit(t, r.With("id", k.ID))
	})
}

func optional(t *time.Time) int64 {
	if t == nil {
		return 0
	}
	return micros(*t)
}

const keyColumns = `id, name, hint, hash, scopes, created_at, expires_at, revoked_at, used_at`

// Keys lists all keys, revoked ones included, oldest first.
func (db *DB) Keys(ctx context.Context) ([]access.Key, error) {
	return db.keys(ctx, `ORDER BY id`)
}

// FindKey finds the key whose secret has the hash (access.HashSecret), be it revoked or expired; nil
// when there is none.
func (db *DB) FindKey(ctx context.Context, hash string) (*access.Key, error) {
	found, err := db.keys(ctx, `WHERE hash = $1`, hash)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// RevokeKey ends a key, named by its ID or its name, at now, with a line in the audit log, and returns it. ErrNotFound when no key
// that is still valid has that ID or name.
func (db *DB) RevokeKey(ctx context.Context, ref string, now time.Time, r access.Record) (access.Key, error) {
	var id string
	err := db.do(ctx, func(t *tx) error {
		found, err := t.one([]any{&id}, `SELECT id FROM api_key WHERE revoked_at = 0 AND (id = $1 OR name = $1)`, ref)
		if err == nil && !found {
			err = fault(ErrNotFound, fmt.Sprintf("API key %q", ref))
		}
		if err != nil {
			return err
		}
		if _, err = t.exec(`UPDATE api_key SET revoked_at = $2 WHERE id = $1`, id, micros(now)); err != nil {
			return err
		}
		return db.audit(t, r.With("id", id))
	})
	if err != nil {
		return access.Key{}, err
	}
	revoked, err := db.keys(ctx, `WHERE id = $1`, id)
	if err != nil || len(revoked) == 0 {
		return access.Key{}, errors.Join(err, fault(ErrNotFound, id))
	}
	return revoked[0], nil
}

// TouchKey notes that a key was used.
func (db *DB) TouchKey(ctx context.Context, id string, now time.Time) error {
	return db.do(ctx, func(t *tx) error {
		_, err := t.exec(`UPDATE api_key SET used_at = $1 WHERE id = $2`, micros(now), id)
		return err
	})
}

func (db *DB) keys(ctx context.Context, which string, args ...any) ([]access.Key, error) {
	var all []access.Key
	err := db.reader.each(ctx, func(rows *sql.Rows) error {
		var k access.Key
		var scopes []byte
		var created, expires, revoked, used int64
		if err := rows.Scan(&k.ID, &k.Name, &k.Hint, &k.Hash, &scopes, &created, &expires, &revoked, &used); err != nil {
			return err
		}
		k.CreatedAt, k.ExpiresAt, k.RevokedAt, k.UsedAt = instant(created), pointer(expires), pointer(revoked), pointer(used)
		all = append(all, k)
		return json.Unmarshal(scopes, &all[len(all)-1].Scopes)
	}, `SELECT `+keyColumns+` FROM api_key `+which, args...)
	return all, err
}
