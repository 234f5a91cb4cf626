package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/access"
)

// BeginTry counts a sign-in before its password is looked at, so that tries that run at the same time
// cannot exceed a limit together. Either it counts for all subjects, and id names the try, or some
// subject has to wait, and nothing is counted. A counted try is a failed one until it is forgiven.
func (db *DB) BeginTry(ctx context.Context, subjects []access.Subject, now time.Time) (id string, wait time.Duration, err error) {
	id = db.ids.next()
	err = db.do(ctx, func(t *tx) error {
		wait = 0
		for _, s := range subjects {
			tries, err := triesOf(t, s.Key, now)
			if err != nil {
				return err
			}
			wait = max(wait, s.Wait(tries, now))
		}
		if wait > 0 {
			return nil
		}
		if _, err := t.exec(`DELETE FROM login_try WHERE at < $1`, micros(now.Add(-access.LongestLimit))); err != nil {
			return err
		}
		for _, s := range subjects {
			if _, err := t.exec(`INSERT INTO login_try (id, subject, at) VALUES ($1, $2, $3)`, id, s.Key, micros(now)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || wait > 0 {
		id = ""
	}
	return id, wait, err
}

func triesOf(t *tx, subject string, now time.Time) ([]time.Time, error) {
	var tries []time.Time
	err := t.each(func(rows *sql.Rows) error {
		var at int64
		err := rows.Scan(&at)
		tries = append(tries, instant(at))
		return err
	}, `SELECT at FROM login_try WHERE subject = $1 AND at > $2`, subject, micros(now.Add(-access.LongestLimit)))
	return tries, err
}

// ForgiveTry takes back a try that did not fail.
func (db *DB) ForgiveTry(ctx context.Context, id string) error {
	return db.do(ctx, func(t *tx) error {
		_, err := t.exec(`DELETE FROM login_try WHERE id = $1`, id)
		return err
	})
}
