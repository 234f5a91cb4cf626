// Package guard lets people and programs in and writes down what they change: sign-in, sessions, the
// second factor, users, API keys, the first set-up and the audit log. What a role may do is access's
// business; how a request carries its credentials is adminapi's.
package guard

import (
	"context"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/problem"
)

// Users keeps users. Implemented by store.DB, as all of Store.
type Users interface {
	Users(ctx context.Context) ([]access.User, error)
	FindUser(ctx context.Context, ref string) (*access.User, error)
	AddUser(ctx context.Context, u access.User, first bool, r access.Record) (access.User, error)
	ChangeUser(ctx context.Context, c access.UserChange) (access.User, error)
	RemoveUser(ctx context.Context, id string, revision int64, r access.Record) error
}

// Sessions keeps sessions.
type Sessions interface {
	AddSession(ctx context.Context, in access.SignIn) (access.Session, error)
	FindSession(ctx context.Context, hash string) (*access.Session, *access.User, error)
	Sessions(ctx context.Context, userID string) ([]access.Session, error)
	EndSession(ctx context.Context, userID, id string, r access.Record) error
	EndSessions(ctx context.Context, userID, keep string, r access.Record) error
}

// Presence keeps what changes while a session is used.
type Presence interface {
	TouchSession(ctx context.Context, id, from string, now time.Time) error
	ConfirmSession(ctx context.Context, id string, now time.Time, r access.Record) error
	TidySessions(ctx context.Context, now time.Time) error
}

// Tries counts failed sign-ins.
type Tries interface {
	BeginTry(ctx context.Context, subjects []access.Subject, now time.Time) (id string, wait time.Duration, err error)
	ForgiveTry(ctx context.Context, id string) error
	KnownDevice(ctx context.Context, hash, userID string, since time.Time) (bool, error)
	RecoveryCodes(ctx context.Context, userID string) (int, error)
}

// Keys keeps API keys.
type Keys interface {
	Keys(ctx context.Context) ([]access.Key, error)
	FindKey(ctx context.Context, hash string) (*access.Key, error)
	AddKey(ctx context.Context, k access.Key, r access.Record) (id string, err error)
	RevokeKey(ctx context.Context, ref string, now time.Time, r access.Record) (access.Key, error)
	TouchKey(ctx context.Context, id string, now time.Time) error
}

// Log keeps the audit log.
type Log interface {
	AddRecord(ctx context.Context, r access.Record) error
	BeginRecord(ctx context.Context, r access.Record) (id string, err error)
	EndRecord(ctx context.Context, id string, r access.Record) error
	Records(ctx context.Context, f access.RecordFilter) (page []access.Record, next int64, err error)
	VerifyRecords(ctx context.Context) (access.Verdict, error)
	PurgeRecords(ctx context.Context, before time.Time, n int) (removed int, err error)
}

// Store is everything that a Guard keeps.
type Store interface {
	Users
	Sessions
	Presence
	Tries
	Keys
	Log
}

// Sealer keeps the second factors' secrets unreadable on disk. One that was sealed for a user does not
// open for another.
type Sealer interface {
	Seal(userID, text string) (string, error)
	Open(userID, sealed string) (string, error)
}

// Options are what a Guard is made of. Store, Sealer and Now must be set.
type Options struct {
	Store    Store
	Sealer   Sealer
	Declared []access.Key // of the configuration; looked at before the store's
	Now      func() time.Time
	Issuer   string // what an authenticator app shows beside the user's name; empty: Orderbell
}

// Guard is the one who lets in. Its methods may be called from any goroutine. They fail with a
// *problem.Refusal where the caller did something wrong, with another error where we did.
type Guard struct {
	Options
	hasher *hasher
	setup  setupLink

	mu      sync.Mutex
	touched map[string]time.Time // when sessions and keys were last noted as used
}

// New makes a Guard.
func New(o Options) *Guard {
	if o.Issuer == "" {
		o.Issuer = "Orderbell"
	}
	return &Guard{Options: o, hasher: newHasher(), touched: map[string]time.Time{}}
}

// Credentials are what a request says of its sender.
type Credentials struct {
	Bearer  string // the secret of an API key; empty: none
	Session string // the secret of a session; empty: none
	Remote  string // network address
}

// touchEvery is how exactly it is known when a session or a key was last used: each note is a write.
const touchEvery = 5 * time.Minute

// Identify tells who makes a call. A key goes before a session: who sends one means it. Without
// credentials it is nobody, the zero Principal; wrong ones are refused.
func (g *Guard) Identify(ctx context.Context, c Credentials) (access.Principal, error) {
	switch {
	case c.Bearer != "":
		return g.keyHolder(ctx, c.Bearer)
	case c.Session != "":
		return g.sessionUser(ctx, c)
	default:
		return access.Principal{}, nil
	}
}

func (g *Guard) sessionUser(ctx context.Context, c Credentials) (access.Principal, error) {
	s, u, err := g.Store.FindSession(ctx, access.HashSecret(c.Session))
	if err != nil {
		return access.Principal{}, unavailable(err)
	}
	now := g.Now()
	if s == nil || !s.Alive(now) {
		return access.Principal{}, problem.Refuse(problem.LoginRequired)
	}
	if now.Sub(s.SeenAt) >= touchEvery && g.due(s.ID, now) {
		if err := g.Store.TouchSession(ctx, s.ID, c.Remote, now); err != nil {
			return access.Principal{}, unavailable(err)
		}
	}
	return access.Principal{Kind: access.KindUser, ID: u.ID, Name: u.Name, Role: u.Role, Session: s.ID, Fresh: s.Fresh(now)}, nil
}

// due lets one of many calls at the same time note that something was used.
func (g *Guard) due(id string, now time.Time) bool {
	const most = 10_000
	g.mu.Lock()
	defer g.mu.Unlock()
	if now.Sub(g.touched[id]) < touchEvery {
		return false
	}
	if len(g.touched) >= most {
		clear(g.touched)
	}
	g.touched[id] = now
	return true
}

// network gives what counts as one address: all of IPv4, the /64 of IPv6, of which one machine has as
// many addresses as it likes.
func network(remote string) string {
	address, err := netip.ParseAddr(remote)
	if err != nil {
		return "?"
	}
	address = address.Unmap().WithZone("")
	if !address.Is6() {
		return address.String()
	}
	prefix, err := address.Prefix(64)
	if err != nil {
		return "?"
	}
	return prefix.String()
}

// unavailable is the refusal when the store fails.
func unavailable(err error) error {
	return &problem.Refusal{Code: problem.StoreUnavailable, Retry: retryAfter, Cause: err}
}

const retryAfter = 5 * time.Second

// refusal puts what the store says into what a caller is told. The store's package must not be known
// here; its errors tell their kind as a word.
func refusal(err error) error {
	if err == nil {
		return nil
	}
	kind, ok := asKind(err)
	if !ok {
		return unavailable(err)
	}
	switch kind {
	case "taken":
		return problem.RefuseField("name", problem.NameTaken)
	case "stale":
		return problem.Refuse(problem.Stale)
	case "last_owner":
		return problem.Refuse(problem.LastOwner)
	case "not_found":
		return problem.Refuse(problem.NoSuchThing)
	default:
		return unavailable(err)
	}
}

// nameSubject counts the tries of a name, without keeping the name: a password may have been typed there.
func nameSubject(name string) access.Subject {
	return access.Subject{Key: "name:" + access.HashSecret(access.NameKey(name)), Limits: access.NameLimits()}
}

func addressSubject(remote string) access.Subject {
	return access.Subject{Key: "address:" + network(remote), Limits: access.AddressLimits()}
}

func deviceSubject(hash string) access.Subject {
	return access.Subject{Key: "device:" + hash, Limits: access.DeviceLimits()}
}

// language gives one that we speak.
func language(lang string) string {
	if strings.HasPrefix(strings.ToLower(lang), "en") {
		return "en"
	}
	return "ru"
}
