package httpapi

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// How many wrong keys one address may try: a burst, then one a second.
const (
	failuresPerSecond = 1
	failuresAtOnce    = 20
)

// maxThrottled bounds how many addresses are remembered.
const maxThrottled = 4096

// throttle counts wrong keys by address. An address that has tried too many is not listened to for a
// while. This machine is never throttled: who is on it can read the configuration anyway, and the
// cash server must not be locked out by its own mistyped address. Safe for concurrent use.
type throttle struct {
	perSecond rate.Limit
	burst     int

	mu      sync.Mutex
	clients map[netip.Addr]*rate.Limiter
}

func newThrottle(perSecond rate.Limit, burst int) *throttle {
	return &throttle{perSecond: perSecond, burst: burst, clients: map[netip.Addr]*rate.Limiter{}}
}

// blocked tells whether an address has used up its tries.
func (t *throttle) blocked(from netip.Addr, now time.Time) bool {
	if from.IsLoopback() {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	limiter, known := t.clients[network(from)]
	return known && limiter.TokensAt(now) < 1
}

// failed counts one wrong key.
func (t *throttle) failed(from netip.Addr, now time.Time) {
	if from.IsLoopback() {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	limiter, known := t.clients[network(from)]
	if !known {
		t.makeRoom(now)
		limiter = rate.NewLimiter(t.perSecond, t.burst)
		t.clients[network(from)] = limiter
	}
	limiter.AllowN(now, 1)
}

// makeRoom forgets the addresses that have all their tries back, and if there are none, some others:
// memory stays bounded whatever comes.
func (t *throttle) makeRoom(now time.Time) {
	if len(t.clients) < maxThrottled {
		return
	}
	for from, limiter := range t.clients {
		if limiter.TokensAt(now) >= float64(t.burst) {
			delete(t.clients, from)
		}
	}
	for from := range t.clients {
		if len(t.clients) < maxThrottled*3/4 {
			return
		}
		delete(t.clients, from)
	}
}
