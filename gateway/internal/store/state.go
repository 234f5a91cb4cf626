package store

import (
	"context"
	"errors"
)

// State gives a kept value; empty when there is none.
func (db *DB) State(ctx context.Context, key string) (string, error) {
	var value string
	err := db.reader.row(ctx, []any{&value}, `SELECT value FROM state WHERE key = $1`, key)
	if errors.Is(err, ErrNotFound) {
		return "", nil
	}
	return value, err
}

// SetState keeps a value under a key.
func (db *DB) SetState(ctx context.Context, key, value string) error {
	return db.do(ctx, func(t *tx) error { return setState(t, key, value) })
}

func setState(t *tx, key, value string) error {
	_, err := t.exec(`INSERT INTO state (key, value) VALUES ($1, $2)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value`, key, value)
	return err
}
