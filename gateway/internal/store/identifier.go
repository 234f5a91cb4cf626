package store

import (
	"bufio"
	"crypto/rand"
	"io"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"
)

// identifiers makes ULIDs that only ever increase, also when the clock is set back.
type identifiers struct {
	now func() time.Time

	mu      sync.Mutex
	last    uint64 // ms
	entropy ulid.MonotonicReader
}

func newIdentifiers(now func() time.Time) *identifiers {
	return &identifiers{now: now, entropy: ulid.Monotonic(randomness(), 0)}
}

// randomness is crypto/rand, read ahead: one identifier needs ten bytes.
func randomness() io.Reader { return bufio.NewReaderSize(rand.Reader, 4096) }

// after makes sure that what next gives is greater than id, the greatest one in the database.
func (g *identifiers) after(id string) {
	parsed, err := ulid.ParseStrict(id)
	if err != nil {
		return // not one of ours: nothing to keep above
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.last = max(g.last, parsed.Time()+1)
}

func (g *identifiers) next() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.last = max(g.last, ulid.Timestamp(g.now()))
	id, err := ulid.New(g.last, g.entropy)
	if err != nil { // the random part of this millisecond overflowed
		g.last++
		id = ulid.MustNew(g.last, g.entropy)
	}
	return id.String()
}
