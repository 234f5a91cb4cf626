package access

import (
	"crypto/rand"
	"encoding/base32"
	"strings"
	"time"
)

// How long things hold.
const (
	SessionIdle = 12 * time.Hour      // without a call
	SessionLife = 30 * 24 * time.Hour // in all
	FreshFor    = 5 * time.Minute     // after the password, dangerous acts need no second one
	DeviceLife  = 180 * 24 * time.Hour
	SetupFor    = 30 * time.Minute // the one-time link of the first start
)

// Session is one signed-in browser. Its secret is in a cookie; here is only the secret's hash.
type Session struct {
	ID          string // ULID, which may be shown
	Hash        string // HashSecret of the secret
	UserID      string
	From        string // address of the last call
	Agent       string // what the browser says it is, cut
	CreatedAt   time.Time
	SeenAt      time.Time // of the last call, to a minute
	ConfirmedAt time.Time // when the password was last given
}

// Alive tells whether the session still opens anything at now. A session from the future, after a
// clock that was set back, does not.
func (s Session) Alive(now time.Time) bool {
	const skew = time.Minute
	return now.Sub(s.SeenAt) < SessionIdle && now.Sub(s.CreatedAt) < SessionLife && s.SeenAt.Sub(now) < skew
}

// Fresh tells whether the password was given a moment ago.
func (s Session) Fresh(now time.Time) bool {
	ago := now.Sub(s.ConfirmedAt)
	return ago >= 0 && ago < FreshFor
}

// NewToken makes a secret of 256 random bits: of a session, a known device, a set-up link.
func NewToken() string {
	var raw [32]byte
	_, _ = rand.Read(raw[:]) // never fails (crypto/rand)
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw[:]))
}

// SignIn is a new session with all that is kept together with it.
type SignIn struct {
	Session  Session
	Password string   // the user's hash that the password was compared with; a change since then undoes the sign-in
	Step     int64    // time step of the second factor's code that is spent; 0: none
	Code     string   // hash of the recovery code that is spent; empty: none
	Device   string   // hash of a known device's secret, to be remembered; empty: none
	Forgive  []string // keys of subjects whose failed tries are forgotten
	Record   Record
}
