package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"sync"

	"github.com/orderbell/orderbell/gateway/internal/kds"
)

// maxTries is how often an event is taken up before it is given up.
const maxTries = 3

const gaveUp = "gave up after three tries"

// claims are the events that this gateway has taken up and not ended. They are kept in memory, for nobody
// else works on its folder; event.lease_until is there for gateways that will share a database.
//
// Tries are counted on disk before the work, so that an event that kills the gateway is given up after
// three. To count the first one costs no commit: an event is written as taken up once when it is stored,
// since that is what comes next. What this gateway finds of an earlier one, and what is decided again, is
// counted when it is claimed. So an event that a crash keeps from its turn has a try less.
type claims struct {
	mu    sync.Mutex
	held  map[string]bool // by ID; true: the claim counted it on disk
	since string          // the last ID before this gateway
	after string          // whatever waits up to this ID is held
}

// end drops the claims of events that are ended on disk.
func (c *claims) end(ids []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, id := range ids {
		delete(c.held, id)
	}
}

// giveBack lets events be claimed again. It returns those that the claim had counted.
func (c *claims) giveBack(ids ...string) (counted []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.after = ""
	for _, id := range ids {
		if c.held[id] {
			counted = append(counted, id)
		}
		delete(c.held, id)
	}
	return counted
}

// counts tells whether the try that is to come is counted already.
func (c *claims) counts(e kds.Event) bool { return e.Tries == 1 && e.ID > c.since }

// ClaimEvents implements pipeline.Inbox: up to n stored events in order of arrival, their tries counted
// on disk before it returns, without their bodies. One that was taken up three times before is marked
// failed instead.
func (db *DB) ClaimEvents(ctx context.Context, n int) ([]kds.Event, error) {
	if db.writer == nil {
		return nil, fault(ErrReadOnly, "")
	}
	c := &db.claims
	c.mu.Lock() // also while reading, so that no claim ends between what is read and what is held
	defer c.mu.Unlock()
	waiting, err := db.waitingEvents(ctx, n)
	if err != nil {
		return nil, err
	}
	var claimed, uncounted []kds.Event
	for _, e := range waiting {
		if c.counts(e) {
			claimed = append(claimed, e)
		} else {
			uncounted = append(uncounted, e)
		}
	}
	counted, err := db.countTries(ctx, uncounted)
	if err != nil {
		return nil, err
	}
	for _, e := range claimed {
		c.held[e.ID] = false
	}
	for _, e := range counted {
		c.held[e.ID] = true
	}
	claimed = append(claimed, counted...)
	slices.SortFunc(claimed, func(a, b kds.Event) int { return cmp.Compare(a.ID, b.ID) })
	c.after = ""
	if len(waiting) == n {
		c.after = waiting[n-1].ID
	}
	return claimed, nil
}

// waitingEvents reads up to n stored events that nobody holds. The lock of the claims is held.
func (db *DB) waitingEvents(ctx context.Context, n int) ([]kds.Event, error) {
	c := &db.claims
	limit := n
	if c.after == "" {
		limit += len(c.held)
	}
	var waiting []kds.Event
	err := db.reader.each(ctx, func(rows *sql.Rows) error {
		var e kds.Event
		if err := scanEvent(rows, &e); err != nil {
			return err
		}
		if _, held := c.held[e.ID]; !held && len(waiting) < n {
			waiting = append(waiting, e)
		}
		return nil
	}, `SELECT `+eventColumns+` FROM event WHERE status = 'stored' AND id > $1 ORDER BY id LIMIT CAST($2 AS INTEGER)`, c.after, limit)
	return waiting, err
}

// countTries raises the tries of events in one commit, marks those failed that were taken up too often, and
// returns the others.
func (db *DB) countTries(ctx context.Context, events []kds.Event) ([]kds.Event, error) {
	if len(events) == 0 {
		return nil, nil // as a rule: no commit
	}
	var kept []kds.Event
	err := db.do(ctx, func(t *tx) error {
		kept = nil
		for _, e := range events {
			if e.Tries >= maxTries {
				_, err := t.exec(`UPDATE event SET status = $2, note = $3 WHERE id = $1`, e.ID, string(kds.Failed), gaveUp)
				if err != nil {
					return err
				}
				t.tell(ToldEvent, e.ID)
				continue
			}
			e.Tries++
			kept = append(kept, e)
		}
		return inLists(eventIDs(kept), 1, func(list string, args []any) error {
			_, err := t.exec(`UPDATE event SET tries = tries + 1 WHERE status = 'stored' AND id IN `+list, args...)
			return err
		})
	})
	return kept, err
}

// ReleaseEvents implements pipeline.Inbox: claimed events go back undone, as if they had not been taken
// up. They go back even if that cannot be written; then one more of their tries is counted.
func (db *DB) ReleaseEvents(ctx context.Context, ids []string) error {
	counted := db.claims.giveBack(ids...)
	if len(counted) == 0 {
		return nil
	}
	return db.do(ctx, func(t *tx) error {
		return inLists(counted, 1, func(list string, args []any) error {
			_, err := t.exec(`UPDATE event SET tries = tries - 1 WHERE status = 'stored' AND tries > 0 AND id IN `+list, args...)
			return err
		})
	})
}
