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
	read := func(scan func(*sql.Rows) error, query string, args ...any) error {
		return db.reader.each(ctx, scan, query, args...)
	}
	if wait, err = longestWait(read, subjects, now); err != nil || wait > 0 {
		return "", wait, err // a flood of guesses must not take the writer's time
	}
	id = db.ids.next()
	err = db.do(ctx, func(t *tx) error {
		longest, err := longestWait(t.each, subjects, now)
		if wait = longest; err != nil || wait > 0 {
			return err
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

// longestWait tells how long all subjects together have to wait.
func longestWait(each func(func(*sql.Rows) error, string, ...any) error, subjects []access.Subject, now time.Time) (wait time.Duration, err error) {
	for _, s := range subjects {
		tries, err := triesOf(each, s.Key, now)
		if err != nil {
			return 0, err
		}
		wait = max(wait, s.Wait(tries, now))
	}
	return wait, nil
}

func triesOf(each func(func(*sql.Rows) error, string, ...any) error, subject string, now time.Time) ([]time.Time, error) {
	var tries []time.Time
	err := each(func(rows *sql.Rows) error {
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
