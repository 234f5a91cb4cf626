package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

// decided is a rule.Decided ready to be written.
type decided struct {
	rule.Decided
	orders    []savedOrder
	decisions []savedDecision
}

type savedDecision struct {
	rule.Decision
	change   []byte
	messages []savedMessage
}

func encodeDecided(batch []rule.Decided) ([]decided, error) {
	all := make([]decided, len(batch))
	for i, d := range batch {
		all[i].Decided = d
		for _, o := range d.Orders {
			s, err := encodeOrder(o)
			if err != nil {
				return nil, err
			}
			all[i].orders = append(all[i].orders, s)
		}
		var err error
		if all[i].decisions, err = encodeDecisions(d.Decisions); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func encodeDecisions(decisions []rule.Decision) ([]savedDecision, error) {
	all := make([]savedDecision, len(decisions))
	for i, d := range decisions {
		change, err := json.Marshal(d.Change)
		if err != nil {
			return nil, err
		}
		all[i] = savedDecision{Decision: d, change: change}
		for _, m := range d.Messages {
			s, err := encodeMessage(m, d)
			if err != nil {
				return nil, err
			}
			all[i].messages = append(all[i].messages, s)
		}
	}
	return all, nil
}

// SaveDecided implements pipeline.Inbox. An event that is no longer stored (somebody else finished
// it) is left alone with all that this caller made of it: the first one wins.
// Of an order that appears several times the last state is kept. Messages and decisions without an
// ID get one.
func (db *DB) SaveDecided(ctx context.Context, batch []rule.Decided) error {
	all, err := encodeDecided(batch)
	if err != nil {
		return err
	}
	ids := make([]string, len(batch))
	for i, d := range batch {
		ids[i] = d.EventID
	}
	err = db.do(ctx, func(t *tx) error {
		live, err := finishEvents(t, all)
		if err != nil {
			return err
		}
		closed, err := db.saveOrders(t, live)
		if err != nil {
			return err
		}
		if err := db.saveDecisions(t, live); err != nil {
			return err
		}
		for _, id := range closed {
			if err := db.closeOrder(t, id, db.now()); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		db.claims.end(ids)
	}
	return err
}

// finishEvents moves the events on and returns those items whose event was still to be finished.
func finishEvents(t *tx, all []decided) ([]*decided, error) {
	plain := map[string]bool{} // events that are done without a note: one statement for many
	var ids []string
	for i := range all {
		if all[i].Status == kds.Done && all[i].Note == "" && all[i].EventID != "" {
			plain[all[i].EventID] = false
			ids = append(ids, all[i].EventID)
		}
	}
	err := inLists(ids, 1, func(list string, args []any) error {
		return t.each(func(rows *sql.Rows) error {
			var id string
			err := rows.Scan(&id)
			plain[id] = true
			return err
		}, `UPDATE event SET status = 'done', note = '' WHERE status = 'stored' AND id IN `+list+` RETURNING id`, args...)
	})
	if err != nil {
		return nil, err
	}
	live := make([]*decided, 0, len(all))
	for i := range all {
		d := &all[i]
		finished, isPlain := plain[d.EventID]
		if !isPlain && d.EventID != "" {
			n, err := t.exec(`UPDATE event SET status = $2, note = $3 WHERE id = $1 AND status = 'stored'`,
				d.EventID, string(d.Status), d.Note)
			if err != nil {
				return nil, err
			}
			finished = n == 1
			if finished && d.Status != kds.Done {
				t.tell(ToldEvent, d.EventID)
			}
		}
		if finished || d.EventID == "" {
			live = append(live, d)
		}
	}
	return live, nil
}

// saveOrders writes the last state of each order, joins it with its events and with the bindings that
// waited for it, and returns the orders that are closed now.
func (db *DB) saveOrders(t *tx, live []*decided) (closed []string, err error) {
	at := map[string]int{}
	var last []*savedOrder // in order of first appearance, so that a run is like the next
	var joined []any
	for _, d := range live {
		for i := range d.orders {
			o := &d.orders[i]
			if k, seen := at[o.ID]; seen {
				last[k] = o
			} else {
				at[o.ID] = len(last)
				last = append(last, o)
			}
			if d.EventID != "" {
				joined = append(joined, o.ID, d.EventID)
			}
		}
	}
	if _, err := t.rows(&insertOrderEvents, joined, nil); err != nil {
		return nil, err
	}
	if len(last) == 0 {
		return nil, nil
	}
	s, err := db.readStored(t, last)
	if err != nil {
		return nil, err
	}
	for _, o := range last {
		if err := db.saveOrder(t, o, s); err != nil {
			return nil, err
		}
		if o.Closed() {
			closed = append(closed, o.ID)
		}
	}
	return closed, db.saw(t, last)
}

var (
	insertOrderEvents = newRowsQuery(`INSERT INTO order_event (order_id, event_id) VALUES `, 2, ` ON CONFLICT DO NOTHING`)
	insertDecisions   = newRowsQuery(`INSERT INTO decision (id, event_id, order_id, restaurant, rule, rule_version, change,
		outcome, reason, note, wait_until, due_at, decided_at) VALUES `, 13, ``)
)

// saveDecisions queues the messages of decisions and keeps each with what it came to.
func (db *DB) saveDecisions(t *tx, live []*decided) error {
	var all []*savedDecision
	var ids []string
	for _, l := range live {
		for i := range l.decisions {
			d := &l.decisions[i]
			id := d.ID
			if id == "" {
				id = db.ids.next()
			}
			all, ids = append(all, d), append(ids, id)
			t.tell(ToldDecision, id) // before its messages
		}
	}
	queued, err := db.queueAll(t, ids, all)
	if err != nil {
		return err
	}
	rows := make([]any, 0, insertDecisions.width*len(all))
	for i, d := range all {
		outcome, reason := d.cameTo(queued[i])
		due := int64(0)
		if outcome == rule.Waiting {
			if due, err = db.dueAt(t, d, 0); err != nil {
				return err
			}
		}
		rows = append(rows, ids[i], d.EventID, d.OrderID, d.Restaurant, d.Rule, d.RuleVersion, d.change,
			string(outcome), string(reason), d.Note, micros(d.WaitUntil), due, micros(d.At))
	}
	if _, err := t.rows(&insertDecisions, rows, nil); err != nil {
		return fmt.Errorf("decisions: %w", err)
	}
	return nil
}

// cameTo is the outcome of a decision of whose messages so many were queued: when every one was
// there already, the decision is a skip.
func (d *savedDecision) cameTo(queued int) (rule.Outcome, message.Reason) {
	if d.Outcome == rule.Sends && queued == 0 && len(d.messages) > 0 {
		return rule.Skipped, message.AlreadyTold
	}
	return d.Outcome, d.Reason
}

// dueAt is when a waiting decision can be taken up: after a rest (0 or more) if its order has a
// contact, which may have come while the event was being decided; else when the wait is over.
func (db *DB) dueAt(t *tx, d *savedDecision, rest time.Duration) (int64, error) {
	var who string
	if _, err := t.one([]any{&who}, `SELECT contact_id FROM orders WHERE id = $1`, d.OrderID); err != nil {
		return 0, err
	}
	due := micros(d.WaitUntil)
	if who != "" {
		due = min(due, micros(db.now().Add(rest)))
		t.woken.events = true
	}
	return due, nil
}

// decisions gives the decisions that an order led to, in time order.
func (db *DB) decisions(ctx context.Context, o *order.Order) ([]rule.Decision, error) {
	var all []rule.Decision
	err := db.reader.each(ctx, func(rows *sql.Rows) error {
		d, err := scanDecision(rows)
		all = append(all, d)
		return err
	}, `SELECT `+decisionColumns+` FROM decision WHERE order_id = $1 ORDER BY id`, o.ID)
	return all, err
}

const decisionColumns = `id, event_id, order_id, restaurant, rule, rule_version, change,
	outcome, reason, note, wait_until, decided_at`

// scanDecision reads decisionColumns behind whatever columns come before them.
func scanDecision(rows *sql.Rows, before ...any) (rule.Decision, error) {
	var d rule.Decision
	var change []byte
	var wait, at int64
	err := rows.Scan(append(before, &d.ID, &d.EventID, &d.OrderID, &d.Restaurant, &d.Rule, &d.RuleVersion, &change,
		&d.Outcome, &d.Reason, &d.Note, &wait, &at)...)
	if err != nil {
		return d, err
	}
	d.WaitUntil, d.At = instant(wait), instant(at)
	if err := json.Unmarshal(change, &d.Change); err != nil {
		return d, fmt.Errorf("stored decision %s: %w", d.ID, err)
	}
	return d, nil
}
