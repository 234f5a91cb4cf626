package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/message"
)

// refusedKept is how many refused callbacks of an account are kept, so that a flood of forgeries does
// not fill the disk.
const refusedKept = 1000

// CallbackToken gives the secret part of the account's callback address. It is made when it is first
// asked for and then stays.
func (db *DB) CallbackToken(ctx context.Context, account string) (string, error) {
	token, err := db.callbackToken(ctx, account)
	if err != nil || token != "" || db.writer == nil {
		return token, err
	}
	err = db.do(ctx, func(t *tx) error {
		_, err := t.exec(`INSERT INTO callback_address (account, token, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
			account, rand.Text(), micros(db.now()))
		return err
	})
	if err != nil {
		return "", err
	}
	return db.callbackToken(ctx, account)
}

func (db *DB) callbackToken(ctx context.Context, account string) (token string, err error) {
	err = db.reader.each(ctx, func(rows *sql.Rows) error { return rows.Scan(&token) },
		`SELECT token FROM callback_address WHERE account = $1`, account)
	return token, err
}

// AddCallback implements pipeline.Receipts: it keeps a callback as it came, as pending, and returns
// its ID after it is on disk.
func (db *DB) AddCallback(ctx context.Context, c message.Callback) (id string, err error) {
	header, err := json.Marshal(c.Header)
	if err != nil {
		return "", err
	}
	if c.Body == nil {
		c.Body = []byte{}
	}
	err = db.do(ctx, func(t *tx) error {
		id = db.ids.next()
		_, err := t.exec(`INSERT INTO callback (id, account, received_at, method, url, query, header, body, remote_ip, verdict, note)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '')`, id, c.Account, micros(c.At), c.Method, c.URL, c.Query,
			string(header), c.Body, c.RemoteIP, string(message.CallbackPending))
		return err
	})
	return id, err
}

// EndCallback implements pipeline.Receipts: it says what became of a callback. Of the refused ones only
// the last thousand of an account stay.
func (db *DB) EndCallback(ctx context.Context, c message.Callback, verdict message.Verdict, note string) error {
	return db.do(ctx, func(t *tx) error {
		_, err := t.exec(`UPDATE callback SET verdict = $2, note = $3 WHERE id = $1`, c.ID, string(verdict), note)
		if err != nil || verdict != message.CallbackRefused {
			return err
		}
		_, err = t.exec(`DELETE FROM callback WHERE account = $1 AND verdict = 'refused' AND id <= (
			SELECT id FROM callback WHERE account = $1 AND verdict = 'refused' ORDER BY id DESC LIMIT 1 OFFSET CAST($2 AS INTEGER))`,
			c.Account, refusedKept)
		return err
	})
}

// PendingCallbacks implements pipeline.Receipts: callbacks that came before the time and that nobody
// has read yet, oldest first.
func (db *DB) PendingCallbacks(ctx context.Context, accounts []string, before time.Time, n int) ([]message.Callback, error) {
	var all []message.Callback
	for _, account := range accounts {
		err := db.reader.each(ctx, func(rows *sql.Rows) error {
			c, err := scanCallback(rows)
			all = append(all, c)
			return err
		}, `SELECT id, account, received_at, method, url, query, header, body, remote_ip FROM callback
			WHERE account = $1 AND verdict = 'pending' AND received_at < $2 ORDER BY id LIMIT CAST($3 AS INTEGER)`, account, micros(before), n)
		if err != nil {
			return nil, err
		}
	}
	return all[:min(len(all), n)], nil
}

func scanCallback(rows *sql.Rows) (message.Callback, error) {
	var c message.Callback
	var at int64
	var header string
	err := rows.Scan(&c.ID, &c.Account, &at, &c.Method, &c.URL, &c.Query, &header, &c.Body, &c.RemoteIP)
	if err != nil {
		return c, err
	}
	c.At, c.Body = instant(at), slices.Clone(c.Body)
	if err := json.Unmarshal([]byte(header), &c.Header); err != nil {
		return c, fmt.Errorf("stored callback %s: %w", c.ID, err)
	}
	return c, nil
}
