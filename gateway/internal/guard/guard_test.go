package guard_test

import (
	"encoding/hex"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/guard"
	"github.com/orderbell/orderbell/gateway/internal/problem"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Passwords of the tests.
const (
	good  = "copper violin under grass"
	other = "seven lamps walk slowly"
)

// stand is a guard over a real database with a clock that only the test moves.
type stand struct {
	*guard.Guard
	db    *store.DB
	clock *clock
}

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// plainSealer stands in for the vault, which has its own tests: it only holds to the place.
type plainSealer struct{}

func (plainSealer) Seal(userID, text string) (string, error) {
	return userID + ":" + hex.EncodeToString([]byte(text)), nil
}

func (plainSealer) Open(userID, sealed string) (string, error) {
	text, ok := strings.CutPrefix(sealed, userID+":")
	if !ok {
		return "", errors.New("sealed for somebody else")
	}
	raw, err := hex.DecodeString(text)
	return string(raw), err
}

func setup(t *testing.T) *stand {
	t.Helper()
	c := &clock{now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
	db, err := store.Open(t.Context(), store.Options{Folder: t.TempDir(), Instance: true, Now: c.Now})
	must(t, err)
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return &stand{Guard: guard.New(guard.Options{Store: db, Sealer: plainSealer{}, Now: c.Now}), db: db, clock: c}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// from is a call of nobody in particular from an address.
func from(address string) access.Call {
	return access.Call{From: address, Agent: "browser", RequestID: "r"}
}

// boss is who makes users in the tests.
func boss() access.Call {
	return access.Call{Principal: access.Principal{Kind: access.KindConsole, Name: "console"}}
}

func (s *stand) user(t *testing.T, name string, role access.Role) access.User {
	t.Helper()
	u, err := s.AddUser(t.Context(), boss(), access.UserForm{Name: name, Role: role, Language: "ru", Password: good})
	must(t, err)
	return u
}

// enter signs in and gives the call of who is signed in then.
func (s *stand) enter(t *testing.T, name string) (access.Entry, access.Call) {
	t.Helper()
	entry, err := s.Login(t.Context(), from("192.0.2.1"), access.Login{Name: name, Password: good})
	must(t, err)
	return entry, s.as(t, entry.Secret)
}

// as is the call of who has the session's secret.
func (s *stand) as(t *testing.T, secret string) access.Call {
	t.Helper()
	who, err := s.Identify(t.Context(), guard.Credentials{Session: secret, Remote: "192.0.2.1"})
	must(t, err)
	return access.Call{Principal: who, From: "192.0.2.1", Agent: "browser", RequestID: "r"}
}

// refused fails unless the error is the refusal, in the request or in one of its fields.
func refused(t *testing.T, what string, err error, want problem.Code) {
	t.Helper()
	got, ok := errors.AsType[*problem.Refusal](err)
	if !ok {
		t.Errorf("%s: %v, want the refusal %s", what, err, want)
		return
	}
	codes := []problem.Code{got.Code}
	for _, f := range got.Fields {
		codes = append(codes, f.Code)
	}
	for _, code := range codes {
		if code == want {
			return
		}
	}
	t.Errorf("%s: refused with %v, want %s", what, codes, want)
}

// log gives the audit log, newest first, as "action object outcome".
func (s *stand) log(t *testing.T) []string {
	t.Helper()
	page, _, err := s.Records(t.Context(), access.RecordFilter{Limit: 500})
	must(t, err)
	var lines []string
	for _, r := range page {
		lines = append(lines, strings.Join([]string{r.Action, r.Object, r.Outcome}, " "))
	}
	return lines
}
