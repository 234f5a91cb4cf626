package access

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// User is a person who may sign in.
type User struct {
	ID       string // ULID
	Name     string // as it was typed; NameKey tells which names are one
	Role     Role
	Language string // "ru" or "en"
	Password string // the hash, as a PHC string; never the password
	// TOTP is the second factor's secret, sealed; empty: there is none. NewTOTP is one that was offered
	// but not proved yet. TOTPStep is the last time step whose code was used: no code serves twice.
	TOTP     string
	NewTOTP  string
	TOTPStep int64

	Revision   int64 // counts the changes, so that two people cannot overwrite each other
	CreatedAt  time.Time
	UpdatedAt  time.Time
	PasswordAt time.Time // of the last change of the password
	SeenAt     time.Time // of the last sign-in; zero: never
	LockedAt   time.Time // since when the user may not sign in; zero: may
}

// Locked tells whether the user may not sign in.
func (u User) Locked() bool { return !u.LockedAt.IsZero() }

// HandsOutAccess tells whether the user can let others in: an owner who may sign in.
func (u User) HandsOutAccess() bool { return u.Role == Owner && !u.Locked() }

// UserChange is a change of a user. It is done as a whole or not at all.
type UserChange struct {
	User   User     // as it is to be; its Revision is the one that was seen
	EndAll bool     // ends the user's sessions and forgets the known devices
	Keep   string   // ID of the session that is not ended
	Codes  []string // hashes of new recovery codes, which replace the old ones; nil: leave those
	Record Record   // what the audit log says about it
}

// Limits of a user's name, in characters.
const maxName = 64

// NameKey gives what makes a name unique: letter case and spaces at the ends do not.
func NameKey(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

// CheckName tells whether a name may be a user's: 1 to 64 letters, digits, spaces and . _ - @ +, in any
// script. Combining marks, invisible characters and those that turn the direction of writing are out:
// two names that look the same must be the same.
func CheckName(name string) bool {
	name = strings.TrimSpace(name)
	if name == "" || !utf8.ValidString(name) || utf8.RuneCountInString(name) > maxName {
		return false
	}
	for _, r := range name {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" ._-@+", r) {
			return false
		}
	}
	return true
}
