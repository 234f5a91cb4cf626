package httpapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/kds"
)

// What the tests put in and must never see in a log or an error.
const (
	goodKey   = "intake-key-0123456789"
	anyKey    = "key-of-any-restaurant"
	wrongKey  = "wrong-intake-key-98765"
	menuToken = "ob_menu-token-0123456789"
	allToken  = "ob_admin-token-0123456789"
	readToken = "ob_reader-token-0123456789"
	goneToken = "ob_revoked-token-0123456789"
	oldToken  = "ob_expired-token-0123456789"
	declared  = "declared-token-0123456789"
	badToken  = "ob_nobody-has-this-token"
	phone     = "+79990000001"
)

// Remote addresses of the tests.
const (
	home    = "127.0.0.1:50000"
	home6   = "[::1]:50000"
	mapped  = "[::ffff:127.0.0.1]:50000"
	lan     = "192.168.7.9:50000"
	lan6    = "[2001:db8::7]:50000"
	odd     = "@"
	eventsV = "/api/v4/kds/events"
	someXML = `<a RestCode="1" Situation="3"><Order guid="{A1D3E9B0-6C1F-4E2E-8B61-3F0C5D7E9A01}"/></a>`
)

var noon = time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)

// fakeStore remembers what it is given. It implements everything that a Server calls.
type fakeStore struct {
	mu      sync.Mutex
	events  []kds.Event
	bound   []contact.Binding
	keys    map[string]*access.Key
	failing error // of every call
	binding error // of Bind
	unready error
	asked   int           // calls of Ready
	hold    chan struct{} // AddEvent waits for it, when set
	entered chan struct{} // AddEvent says that it is there, when set
}

func (f *fakeStore) AddEvent(ctx context.Context, event kds.Event) (string, bool, error) {
	if err := ctx.Err(); err != nil {
		return "", false, err
	}
	if f.entered != nil {
		f.entered <- struct{}{}
	}
	if f.hold != nil {
		select {
		case <-f.hold:
		case <-ctx.Done():
			return "", false, ctx.Err()
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.failing != nil {
		return "", false, f.failing
	}
	for i, known := range f.events {
		if known.Key == event.Key {
			return fmt.Sprintf("EVENT%d", i+1), true, nil
		}
	}
	f.events = append(f.events, event)
	return fmt.Sprintf("EVENT%d", len(f.events)), false, nil
}

func (f *fakeStore) Bind(_ context.Context, b contact.Binding) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := errors.Join(f.failing, f.binding); err != nil {
		return "", err
	}
	f.bound = append(f.bound, b)
	return "CONTACT1", nil
}

func (f *fakeStore) FindKey(_ context.Context, hash string) (*access.Key, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.keys[hash], f.failing
}

func (f *fakeStore) Ready(context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked++
	return f.unready
}

func (f *fakeStore) stored() []kds.Event {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]kds.Event(nil), f.events...)
}

// ambiguous is the error of a number that fits several orders.
type ambiguous struct{}

func (ambiguous) Error() string   { return "several orders" }
func (ambiguous) Ambiguous() bool { return true }

// stand is a server with everything around it.
type stand struct {
	*Server
	store *fakeStore
	log   *safeBuffer
	clock *fakeClock
}

// safeBuffer is a bytes.Buffer for several goroutines.
type safeBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

type fakeClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *fakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *fakeClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// setup makes a server; change adjusts its options.
func setup(t testing.TB, change ...func(*Options)) *stand {
	t.Helper()
	past := noon.Add(-time.Hour)
	key := func(name string, scopes ...access.Scope) *access.Key { return &access.Key{Name: name, Scopes: scopes} }
	store := &fakeStore{keys: map[string]*access.Key{
		access.HashSecret(menuToken): key("menu", access.ScopeContactsWrite),
		access.HashSecret(allToken):  key("admin", access.ScopeAdmin),
		access.HashSecret(readToken): key("reader", access.ScopeMessagesRead),
		access.HashSecret(goneToken): {Name: "gone", Scopes: []access.Scope{access.ScopeContactsWrite}, RevokedAt: &past},
		access.HashSecret(oldToken):  {Name: "old", Scopes: []access.Scope{access.ScopeContactsWrite}, ExpiresAt: &past},
	}}
	log, clock := &safeBuffer{}, &fakeClock{now: noon}
	opt := Options{
		Events: store, Contacts: store, Keys: store, Ready: store,
		Declared: []access.Key{{Name: "declared", Hash: access.HashSecret(declared), Scopes: []access.Scope{access.ScopeContactsWrite, access.ScopeEventsWrite}}},
		IntakeKey: func(key string) (string, bool) {
			switch key {
			case goodKey:
				return "199990777", true
			case anyKey:
				return "*", true
			}
			return "", false
		},
		OnlyRestaurant: func(context.Context) (string, bool, error) { return "199990777", true, nil },
		Check: func(body []byte) error {
			if !bytes.HasPrefix(body, []byte("<")) {
				return errors.New("neither XML nor JSON")
			}
			return nil
		},
		Now:     clock.Now,
		Log:     hclog.New(&hclog.LoggerOptions{Output: log, Level: hclog.Trace}),
		Version: "1.2.3",
	}
	for _, c := range change {
		c(&opt)
	}
	return &stand{Server: New(opt), store: store, log: log, clock: clock}
}

// ask sends one request without a network.
func (s *stand) ask(t testing.TB, method, target, remote, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	r.RemoteAddr = remote
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func (s *stand) post(t testing.TB, target, remote, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	return s.ask(t, http.MethodPost, target, remote, body, headers...)
}
