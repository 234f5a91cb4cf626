package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/access"
)

// AddSession does the whole sign-in or none of it, and notes when the user was seen. ErrStale when the
// password was changed, or the user locked or removed, while it was compared; ErrNotAllowed when the code of the
// second factor was spent before. An empty ID is replaced by a new one.
func (db *DB) AddSession(ctx context.Context, in access.SignIn) (access.Session, error) {
	s := in.Session
	if s.ID == "" {
		s.ID = db.ids.next()
	}
	in.Record.Session = s.ID
	return s, db.do(ctx, func(t *tx) error {
		n, err := t.exec(`UPDATE users SET seen_at = $1 WHERE id = $2 AND password = $3 AND locked_at = 0`, micros(s.CreatedAt), s.UserID, in.Password)
		if err == nil && n == 0 {
			err = fault(ErrStale, "user "+s.UserID)
		}
		if err != nil {
			return err
		}
		if err := spend(t, in); err != nil {
			return err
		}
		if err := insertSession(t, s); err != nil {
			return err
		}
		if err := rememberDevice(t, in.Device, s.UserID, s.CreatedAt); err != nil {
			return err
		}
		for _, subject := range in.Forgive {
			if _, err := t.exec(`DELETE FROM login_try WHERE subject = $1`, subject); err != nil {
				return err
			}
		}
		return db.audit(t, in.Record)
	})
}

// spend makes sure that a code of the second factor serves once.
func spend(t *tx, in access.SignIn) error {
	n, err := int64(1), error(nil)
	switch {
	case in.Step > 0:
		n, err = t.exec(`UPDATE users SET totp_step = $1 WHERE id = $2 AND totp_step < $3`, in.Step, in.Session.UserID, in.Step)
	case in.Code != "":
		n, err = t.exec(`DELETE FROM recovery_code WHERE user_id = $1 AND hash = $2`, in.Session.UserID, in.Code)
	}
	if err == nil && n == 0 {
		err = fault(ErrNotAllowed, "code")
	}
	return err
}

func insertSession(t *tx, s access.Session) error {
	_, err := t.exec(`INSERT INTO session (id, hash, user_id, address, agent, created_at, seen_at, confirmed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		s.ID, s.Hash, s.UserID, cut(s.From, maxAuditText), cut(s.Agent, maxAuditAgent), micros(s.CreatedAt), micros(s.SeenAt), micros(s.ConfirmedAt))
	return err
}

// maxDevices is how many browsers of a user are remembered; the longest unseen is forgotten.
const maxDevices = 20

func rememberDevice(t *tx, device, userID string, now time.Time) error {
	if device == "" {
		return nil
	}
	_, err := t.exec(`INSERT INTO known_device (hash, user_id, seen_at) VALUES ($1, $2, $3)
		ON CONFLICT (hash) DO UPDATE SET user_id = excluded.user_id, seen_at = excluded.seen_at`, device, userID, micros(now))
	if err != nil {
		return err
	}
	_, err = t.exec(`DELETE FROM known_device WHERE user_id = $1 AND hash NOT IN
		(SELECT hash FROM known_device WHERE user_id = $2 ORDER BY seen_at DESC, hash LIMIT CAST($3 AS INTEGER))`, userID, userID, maxDevices)
	return err
}

// KnownDevice tells whether the user has signed in from the browser with this secret since then.
func (db *DB) KnownDevice(ctx context.Context, hash, userID string, since time.Time) (bool, error) {
	n := 0
	err := db.reader.row(ctx, []any{&n}, `SELECT count(*) FROM known_device WHERE hash = $1 AND user_id = $2 AND seen_at > $3`, hash, userID, micros(since))
	return n > 0, err
}

// FindSession gives the session whose secret has the hash, be it alive or not, with its user; nil when
// there is none.
func (db *DB) FindSession(ctx context.Context, hash string) (*access.Session, *access.User, error) {
	all, err := db.sessions(ctx, `WHERE hash = $1`, hash)
	if err != nil || len(all) == 0 {
		return nil, nil, err
	}
	users, err := db.users(ctx, `WHERE id = $1`, all[0].UserID)
	if err != nil || len(users) == 0 {
		return nil, nil, err
	}
	return &all[0], &users[0], nil
}

// TouchSession notes that a session is in use, from where. One that was ended meanwhile stays ended.
func (db *DB) TouchSession(ctx context.Context, id, from string, now time.Time) error {
	return db.do(ctx, func(t *tx) error {
		_, err := t.exec(`UPDATE session SET seen_at = $1, address = $2 WHERE id = $3`, micros(now), cut(from, maxAuditText), id)
		return err
	})
}

// ConfirmSession notes that the password was given again. ErrNotFound when the session was ended.
func (db *DB) ConfirmSession(ctx context.Context, id string, now time.Time, r access.Record) error {
	return db.do(ctx, func(t *tx) error {
		err := oneSession(t, id, `UPDATE session SET confirmed_at = $1 WHERE id = $2`, micros(now), id)
		if err != nil {
			return err
		}
		return db.audit(t, r)
	})
}

// EndSession ends a session of the user. ErrNotFound when the user has no such session.
func (db *DB) EndSession(ctx context.Context, userID, id string, r access.Record) error {
	return db.do(ctx, func(t *tx) error {
		err := oneSession(t, id, `DELETE FROM session WHERE id = $1 AND user_id = $2`, id, userID)
		if err != nil {
			return err
		}
		return db.audit(t, r)
	})
}

// oneSession runs a statement that must change the session.
func oneSession(t *tx, id, query string, args ...any) error {
	n, err := t.exec(query, args...)
	if err == nil && n == 0 {
		err = fault(ErrNotFound, "session "+id)
	}
	return err
}

// EndSessions ends all sessions of the user and forgets the known devices; keep is the ID of a session
// that stays, or empty.
func (db *DB) EndSessions(ctx context.Context, userID, keep string, r access.Record) error {
	return db.do(ctx, func(t *tx) error {
		if err := endAll(t, userID, keep); err != nil {
			return err
		}
		return db.audit(t, r)
	})
}

func endAll(t *tx, userID, keep string) error {
	if _, err := t.exec(`DELETE FROM session WHERE user_id = $1 AND id <> $2`, userID, keep); err != nil {
		return err
	}
	_, err := t.exec(`DELETE FROM known_device WHERE user_id = $1`, userID)
	return err
}

// Sessions lists the user's sessions, the last used first, dead ones that were not tidied up included.
func (db *DB) Sessions(ctx context.Context, userID string) ([]access.Session, error) {
	return db.sessions(ctx, `WHERE user_id = $1 ORDER BY seen_at DESC, id DESC`, userID)
}

func (db *DB) sessions(ctx context.Context, which string, args ...any) ([]access.Session, error) {
	var all []access.Session
	err := db.reader.each(ctx, func(rows *sql.Rows) error {
		var s access.Session
		var created, seen, confirmed int64
		err := rows.Scan(&s.ID, &s.Hash, &s.UserID, &s.From, &s.Agent, &created, &seen, &confirmed)
		s.CreatedAt, s.SeenAt, s.ConfirmedAt = instant(created), instant(seen), instant(confirmed)
		all = append(all, s)
		return err
	}, `SELECT id, hash, user_id, address, agent, created_at, seen_at, confirmed_at FROM session `+which, args...)
	return all, err
}

// TidySessions takes away sessions that are dead at now and devices that were not seen for too long.
func (db *DB) TidySessions(ctx context.Context, now time.Time) error {
	return db.do(ctx, func(t *tx) error {
		_, err := t.exec(`DELETE FROM session WHERE seen_at < $1 OR created_at < $2`, micros(now.Add(-access.SessionIdle)), micros(now.Add(-access.SessionLife)))
		if err != nil {
			return err
		}
		_, err = t.exec(`DELETE FROM known_device WHERE seen_at < $1`, micros(now.Add(-access.DeviceLife)))
		return err
	})
}
