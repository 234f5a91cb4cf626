package guard

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"

	"github.com/orderbell/orderbell/gateway/internal/problem"
)

// Cost of one hashing: 19 MiB, two passes, one lane, the least that OWASP's cheat sheet on password
// storage names. More would make a login on a till's computer slow.
const (
	hashMemory = 19 << 10 // KiB
	hashPasses = 2
	hashLanes  = 1
)

// Bounds of the work that strangers can make us do.
const (
	hashAtOnce  = 2
	hashWaiting = 16
	hashPatient = 5 * time.Second
)

// hasher makes and compares password hashes, a few at a time: each takes 19 MiB, and a flood of
// sign-ins must not take them all at once. Safe for concurrent use.
type hasher struct {
	places  chan struct{}
	waiting atomic.Int32
	// dummy is compared with when there is no such user, so that the answer takes as long.
	dummy string
}

func newHasher() *hasher {
	return &hasher{
		places: make(chan struct{}, hashAtOnce),
		// Of a random password that nobody knows; same cost as all others.
		dummy: "$argon2id$v=19$m=19456,t=2,p=1$T3JkZXJiZWxsIGR1bW15IQ$Zm9yIG5vYm9keSBhdCBhbGwgLSBuZXZlciBtYXRjaGVzIQ",
	}
}

// enter waits for a place; leave must follow.
func (h *hasher) enter(ctx context.Context) error {
	if h.waiting.Add(1) > hashWaiting {
		h.waiting.Add(-1)
		return &problem.Refusal{Code: problem.LoginBusy, Retry: retryAfter}
	}
	defer h.waiting.Add(-1)
	timer := time.NewTimer(hashPatient)
	defer timer.Stop()
	select {
	case h.places <- struct{}{}:
		return nil
	case <-timer.C:
		return &problem.Refusal{Code: problem.LoginBusy, Retry: retryAfter}
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h *hasher) leave() { <-h.places }

// hash gives the PHC string of a password.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	defer h.leave()
	return argon2id.CreateHash(normal(password), &argon2id.Params{
		Memory: hashMemory, Iterations: hashPasses, Parallelism: hashLanes, SaltLength: 16, KeyLength: 32,
	})
}

// same compares a password with a hash, with none at the same cost.
func (h *hasher) same(ctx context.Context, password, phc string) (bool, error) {
	if err := h.enter(ctx); err != nil {
		return false, err
	}
	defer h.leave()
	known := phc != ""
	if !known {
		phc = h.dummy
	}
	same, err := argon2id.ComparePasswordAndHash(normal(password), phc)
	return same && known, err
}

// normal makes one spelling of a text whose letters can be put together in several ways: й typed on a
// phone and on a computer is the same letter.
func normal(password string) string { return norm.NFC.String(password) }
