package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/orderbell/orderbell/gateway/internal/access"
)

// AddUser keeps a user together with the line that the audit log has about it. An empty ID is replaced
// by a new one. ErrTaken when somebody has the name. With first it fails, with ErrNotAllowed, when
// there is any user: two people cannot both be the first.
func (db *DB) AddUser(ctx context.Context, u access.User, first bool, r access.Record) (access.User, error) {
	if u.Name == "" || u.Password == "" || u.Role == "" {
		return u, errors.New("a user needs a name, a role and the hash of a password")
	}
	if u.ID == "" {
		u.ID = db.ids.next()
	}
	now := instant(micros(db.now()))
	u.Name = strings.TrimSpace(u.Name)
	u.CreatedAt, u.UpdatedAt, u.PasswordAt, u.Revision = now, now, now, 1
	return u, db.do(ctx, func(t *tx) error {
		if first {
			users := 0
			if _, err := t.one([]any{&users}, `SELECT count(*) FROM users`); err != nil {
				return err
			}
			if users > 0 {
				return fault(ErrNotAllowed, "there are users")
			}
		}
		n, err := t.exec(`INSERT INTO users (id, name, name_key, role, language, password, totp, new_totp, totp_step, revision, created_at, updated_at, password_at, seen_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0) ON CONFLICT DO NOTHING`,
			u.ID, u.Name, access.NameKey(u.Name), string(u.Role), u.Language, u.Password, u.TOTP, u.NewTOTP, u.TOTPStep, u.Revision,
			micros(u.CreatedAt), micros(u.UpdatedAt), micros(u.PasswordAt))
		if err == nil && n == 0 {
			err = fault(ErrTaken, fmt.Sprintf("user %q", u.Name))
		}
		if err != nil {
			return err
		}
		return db.audit(t, r.With("id", u.ID))
	})
}

// ChangeUser does the whole change or none of it and gives the user as it is then. ErrStale when
// somebody else changed the user since; ErrTaken when the name is in use; ErrLastOwner when nobody
// would be left who may hand out access. SeenAt is not changed, and TOTPStep never goes back.
func (db *DB) ChangeUser(ctx context.Context, c access.UserChange) (access.User, error) {
	var changed access.User
	err := db.do(ctx, func(t *tx) error {
		old, err := userByID(t, c.User.ID)
		if err != nil {
			return err
		}
		u := c.User
		if old.Revision != u.Revision {
			return fault(ErrStale, fmt.Sprintf("user %q", old.Name))
		}
		if err := keepAnOwner(t, old, u); err != nil {
			return err
		}
		u.CreatedAt, u.Revision, u.UpdatedAt = old.CreatedAt, old.Revision+1, instant(micros(db.now()))
		u.SeenAt, u.TOTPStep = old.SeenAt, max(old.TOTPStep, u.TOTPStep)
		u.Name = strings.TrimSpace(u.Name)
		if u.Password != old.Password {
			u.PasswordAt = u.UpdatedAt
		}
		if err := updateUser(t, u); err != nil {
			return err
		}
		if err := changeCodes(t, c); err != nil {
			return err
		}
		if c.EndAll {
			if err := endAll(t, u.ID, c.Keep); err != nil {
				return err
			}
		}
		changed = u
		return db.audit(t, c.Record)
	})
	return changed, err
}

func updateUser(t *tx, u access.User) error {
	taken := ""
	found, err := t.one([]any{&taken}, `SELECT id FROM users WHERE name_key = $1 AND id <> $2`, access.NameKey(u.Name), u.ID)
	if err == nil && found {
		err = fault(ErrTaken, fmt.Sprintf("user %q", u.Name))
	}
	if err != nil {
		return err
	}
	_, err = t.exec(`UPDATE users SET name = $1, name_key = $2, role = $3, language = $4, password = $5, totp = $6, new_totp = $7,
		totp_step = $8, revision = $9, updated_at = $10, password_at = $11, seen_at = $12, locked_at = $13 WHERE id = $14`,
		u.Name, access.NameKey(u.Name), string(u.Role), u.Language, u.Password, u.TOTP, u.NewTOTP, u.TOTPStep, u.Revision,
		micros(u.UpdatedAt), micros(u.PasswordAt), micros(u.SeenAt), micros(u.LockedAt), u.ID)
	return err
}

// keepAnOwner refuses what would leave no owner who may sign in; now is what the user is to be, the zero
// User when it goes.
func keepAnOwner(t *tx, u, now access.User) error {
	if !u.HandsOutAccess() || now.HandsOutAccess() {
		return nil
	}
	owners := 0
	_, err := t.one([]any{&owners}, `SELECT count(*) FROM users WHERE role = $1 AND locked_at = 0`, string(access.Owner))
	if err == nil && owners < 2 {
		err = fault(ErrLastOwner, fmt.Sprintf("user %q", u.Name))
	}
	return err
}

// changeCodes replaces the recovery codes, if the change says so.
func changeCodes(t *tx, c access.UserChange) error {
	if c.Codes == nil {
		return nil
	}
	if _, err := t.exec(`DELETE FROM recovery_code WHERE user_id = $1`, c.User.ID); err != nil {
		return err
	}
	for _, hash := range c.Codes {
		if _, err := t.exec(`INSERT INTO recovery_code (user_id, hash) VALUES ($1, $2)`, c.User.ID, hash); err != nil {
			return err
		}
	}
	return nil
}

// RemoveUser takes a user away with all sessions. ErrLastOwner when nobody would be left who may hand
// out access; ErrStale when somebody changed the user since the revision was seen.
func (db *DB) RemoveUser(ctx context.Context, id string, revision int64, r access.Record) error {
	return db.do(ctx, func(t *tx) error {
		u, err := userByID(t, id)
		if err != nil {
			return err
		}
		if u.Revision != revision {
			return fault(ErrStale, fmt.Sprintf("user %q", u.Name))
		}
		if err := keepAnOwner(t, u, access.User{}); err != nil {
			return err
		}
		if err := endAll(t, id, ""); err != nil {
			return err
		}
		if _, err := t.exec(`DELETE FROM recovery_code WHERE user_id = $1`, id); err != nil {
			return err
		}
		if _, err := t.exec(`DELETE FROM users WHERE id = $1`, id); err != nil {
			return err
		}
		return db.audit(t, r)
	})
}

const userColumns = `id, name, role, language, password, totp, new_totp, totp_step, revision, created_at, updated_at, password_at, seen_at, locked_at`

func scanUser(rows *sql.Rows, u *access.User) error {
	var created, updated, password, seen, locked int64
	err := rows.Scan(&u.ID, &u.Name, &u.Role, &u.Language, &u.Password, &u.TOTP, &u.NewTOTP, &u.TOTPStep, &u.Revision, &created, &updated, &password, &seen, &locked)
	u.CreatedAt, u.UpdatedAt, u.PasswordAt, u.SeenAt, u.LockedAt = instant(created), instant(updated), instant(password), instant(seen), instant(locked)
	return err
}

func userByID(t *tx, id string) (access.User, error) {
	var u access.User
	found := false
	err := t.each(func(rows *sql.Rows) error {
		found = true
		return scanUser(rows, &u)
	}, `SELECT `+userColumns+` FROM users WHERE id = $1`, id)
	if err == nil && !found {
		err = fault(ErrNotFound, "user "+id)
	}
	return u, err
}

// Users lists the users by name.
func (db *DB) Users(ctx context.Context) ([]access.User, error) {
	return db.users(ctx, `ORDER BY name_key`)
}

// FindUser finds a user by ID or by name; nil when there is none.
func (db *DB) FindUser(ctx context.Context, ref string) (*access.User, error) {
	found, err := db.users(ctx, `WHERE id = $1 OR name_key = $2`, ref, access.NameKey(ref))
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

func (db *DB) users(ctx context.Context, which string, args ...any) ([]access.User, error) {
	var all []access.User
	err := db.reader.each(ctx, func(rows *sql.Rows) error {
		var u access.User
		err := scanUser(rows, &u)
		all = append(all, u)
		return err
	}, `SELECT `+userColumns+` FROM users `+which, args...)
	return all, err
}

// RecoveryCodes counts the codes of a user that are not spent.
func (db *DB) RecoveryCodes(ctx context.Context, userID string) (int, error) {
	n := 0
	err := db.reader.row(ctx, []any{&n}, `SELECT count(*) FROM recovery_code WHERE user_id = $1`, userID)
	return n, err
}
