package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

const (
	// waitLease is how long a claim of a waiting decision holds.
	waitLease = time.Minute
	// waitRest keeps a decision that waits on although its order has a contact from being taken up
	// again at once.
	waitRest = time.Second
)

// ClaimWaits implements pipeline.Inbox: waiting decisions whose order has got a contact, and those
// whose wait is over, the longest due first.
func (db *DB) ClaimWaits(ctx context.Context, n int, now time.Time) ([]rule.Wait, error) {
	due, err := db.dueWaits(ctx, now)
	if err != nil || !due {
		return nil, err // mostly nothing is due: no need to trouble the writer
	}
	var decisions []rule.Decision
	err = db.do(ctx, func(t *tx) error {
		decisions = nil
		return t.each(func(rows *sql.Rows) error {
			d, err := scanDecision(rows)
			decisions = append(decisions, d)
			return err
		}, `UPDATE decision SET due_at = $1 WHERE id IN (
			SELECT id FROM decision WHERE outcome = 'waiting' AND due_at <= $2 ORDER BY due_at, id LIMIT CAST($3 AS INTEGER)`+db.dialect.claim+`)
			RETURNING `+decisionColumns, micros(now.Add(waitLease)), micros(now), n)
	})
	if err != nil {
		return nil, err
	}
	return db.withOrders(ctx, decisions)
}

func (db *DB) dueWaits(ctx context.Context, now time.Time) (bool, error) {
	var n int
	err := db.reader.row(ctx, []any{&n}, `SELECT count(*) FROM (
		SELECT 1 FROM decision WHERE outcome = 'waiting' AND due_at <= $1 LIMIT 1) w`, micros(now))
	return n > 0, err
}

// withOrders adds the orders and contacts as they are now.
func (db *DB) withOrders(ctx context.Context, decisions []rule.Decision) ([]rule.Wait, error) {
	var ids []string
	for _, d := range decisions {
		ids = append(ids, d.OrderID)
	}
	orders := map[string]*order.Order{}
	who := map[string]string{}
	err := inLists(ids, 1, func(list string, args []any) error {
		return db.reader.each(ctx, func(rows *sql.Rows) error {
			var contactID string
			o, err := scanOrder(rows, &contactID)
			if err != nil {
				return err
			}
			orders[o.ID], who[o.ID] = o, contactID
			return nil
		}, `SELECT o.contact_id, `+orderColumns+` FROM orders o WHERE o.id IN `+list, args...)
	})
	if err != nil {
		return nil, err
	}
	var contactIDs []string
	for _, id := range who {
		if id != "" {
			contactIDs = append(contactIDs, id)
		}
	}
	people, err := db.contacts(ctx, contactIDs)
	if err != nil {
		return nil, err
	}
	return waits(decisions, orders, who, people), nil
}

func waits(decisions []rule.Decision, orders map[string]*order.Order, who map[string]string, people map[string]*contact.Contact) []rule.Wait {
	all := make([]rule.Wait, len(decisions))
	for i, d := range decisions {
		all[i] = rule.Wait{Decision: d, Order: order.Order{ID: d.OrderID}}
		if o := orders[d.OrderID]; o != nil {
			all[i].Order, all[i].Contact = *o, people[who[d.OrderID]]
		}
	}
	return all
}

// SaveWaits implements pipeline.Inbox. A decision that no longer waits (its order was closed, its
// contact withdrew) stays as it is, and none of its messages is queued.
func (db *DB) SaveWaits(ctx context.Context, decisions []rule.Decision) error {
	all, err := encodeDecisions(decisions)
	if err != nil {
		return err
	}
	return db.do(ctx, func(t *tx) error {
		for i := range all {
			if err := db.saveWait(t, &all[i]); err != nil {
				return fmt.Errorf("decision %s: %w", all[i].ID, err)
			}
		}
		return nil
	})
}

func (db *DB) saveWait(t *tx, d *savedDecision) error {
	var still int
	found, err := t.one([]any{&still}, `SELECT 1 FROM decision WHERE id = $1 AND outcome = 'waiting'`, d.ID)
	if err != nil || !found {
		return err
	}
	t.tell(ToldDecision, d.ID)
	queued, err := db.queueAll(t, []string{d.ID}, []*savedDecision{d})
	if err != nil {
		return err
	}
	outcome, reason := d.cameTo(queued[0])
	due := int64(0)
	if outcome == rule.Waiting {
		if due, err = db.dueAt(t, d, waitRest); err != nil {
			return err
		}
	}
	_, err = t.exec(`UPDATE decision SET rule_version = $2, outcome = $3, reason = $4, note = $5, wait_until = $6, due_at = $7
		WHERE id = $1`, d.ID, d.RuleVersion, string(outcome), string(reason), d.Note, micros(d.WaitUntil), due)
	return err
}
