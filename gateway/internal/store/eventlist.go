package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

// EventFilter picks events for a list; zero fields do not restrict.
type EventFilter struct {
	Order      string // our ID of an order, its GUID or its number
	Restaurant string // that the intake key stands for, or that the orders of the event belong to
	Statuses   []kds.EventStatus
	From       time.Time // received at or after
	To         time.Time // received before
	After      string    // keyset: what the page before gave as next
	Limit      int       // 1 to 500; 0 means 50
}

// ListedEvent is an event with its body (nil after its retention) and the orders that it told of.
type ListedEvent struct {
	kds.Event
	OrderIDs []string
}

// Events gives a page of events, newest first, and what to put into After for the next page; empty:
// this was the last. A page may be short, even empty, and not be the last: see pageBudget.
func (db *DB) Events(ctx context.Context, f EventFilter) (page []ListedEvent, next string, err error) {
	ids, next, err := db.page(ctx, pager{
		table: "event e", id: "e.id", ways: f.ways(), fits: f.fits(), after: f.After, limit: pageLimit(f.Limit),
	})
	if err != nil {
		return nil, "", err
	}
	page, err = db.eventsByID(ctx, ids)
	return page, next, err
}

// ways leads to what is stored, odd or failed by their own small indexes; nearly all others are done, and
// are found by going back in time.
func (f EventFilter) ways() []conditions {
	var ways []conditions
	one := func(term string, args ...any) {
		var c conditions
		if term != "" {
			c.add(term, args...)
		}
		c.madeBetween("e.id", f.From, f.To)
		ways = append(ways, c)
	}
	switch {
	case f.Order != "":
		one(`e.id IN (SELECT oe.event_id FROM order_event oe WHERE `+ordersNamed(`oe.order_id`, f.Restaurant)+`)`, orderNames(f.Order, f.Restaurant)...)
	case len(f.Statuses) > 0 && !slices.Contains(f.Statuses, kds.Done):
		for _, s := range f.Statuses {
			if s == kds.Stored {
				one(`e.status = 'stored'`)
				continue
			}
			one(`e.status IN ('quarantined', 'failed') AND e.status = $?`, string(s))
		}
	default:
		one(``)
	}
	return ways
}

func (f EventFilter) fits() conditions {
	var c conditions
	if f.Restaurant != "" {
		c.add(`(e.restaurant = $? OR EXISTS (SELECT 1 FROM order_event oe JOIN orders o ON o.id = oe.order_id
			WHERE oe.event_id = e.id AND o.restaurant = $?))`, f.Restaurant, f.Restaurant)
	}
	if len(f.Statuses) > 0 {
		args := make([]any, len(f.Statuses))
		for i, s := range f.Statuses {
			args[i] = string(s)
		}
		c.add(`e.status IN (`+strings.TrimSuffix(strings.Repeat("$?,", len(args)), ",")+`)`, args...)
	}
	if !f.From.IsZero() {
		c.add(`e.received_at >= $?`, micros(f.From))
	}
	if !f.To.IsZero() {
		c.add(`e.received_at < $?`, micros(f.To))
	}
	return c
}

// eventsByID gives events with their bodies, newest first; identifiers that are none are passed over.
func (db *DB) eventsByID(ctx context.Context, ids []string) ([]ListedEvent, error) {
	var events []kds.Event
	err := inLists(ids, 1, func(list string, args []any) error {
		return db.reader.each(ctx, func(rows *sql.Rows) error {
			var e kds.Event
			err := scanEvent(rows, &e)
			events = append(events, e)
			return err
		}, `SELECT `+eventColumns+` FROM event WHERE id IN `+list, args...)
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(events, func(a, b kds.Event) int { return strings.Compare(b.ID, a.ID) })
	if err := db.ReadBodies(ctx, events); err != nil {
		return nil, err
	}
	all := make([]ListedEvent, len(events))
	at := make(map[string]int, len(events))
	for i, e := range events {
		all[i].Event, at[e.ID] = e, i
	}
	err = inLists(ids, 1, func(list string, args []any) error {
		return db.reader.each(ctx, func(rows *sql.Rows) error {
			var event, order string
			err := rows.Scan(&event, &order)
			if i, known := at[event]; known {
				all[i].OrderIDs = append(all[i].OrderIDs, order)
			}
			return err
		}, `SELECT event_id, order_id FROM order_event WHERE event_id IN `+list+` ORDER BY order_id`, args...)
	})
	return all, err
}

// Event gives one event with its body (nil after its retention); ErrNotFound when there is none.
func (db *DB) Event(ctx context.Context, id string) (*kds.Event, error) {
	e, err := db.EventWithOrders(ctx, id)
	if err != nil {
		return nil, err
	}
	return &e.Event, nil
}

// EventWithOrders is Event with the orders that it told of.
func (db *DB) EventWithOrders(ctx context.Context, id string) (*ListedEvent, error) {
	found, err := db.eventsByID(ctx, []string{id})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fault(ErrNotFound, "event "+id)
	}
	return &found[0], nil
}

// ListedDecision is a decision with the number of its order and the messages that it queued.
type ListedDecision struct {
	rule.Decision
	Number     string
	MessageIDs []string
}

// EventDecisions gives the decisions that an event led to, in time order.
func (db *DB) EventDecisions(ctx context.Context, eventID string) ([]ListedDecision, error) {
	return db.listDecisions(ctx, `d.event_id = $1`, eventID)
}

func (db *DB) listDecisions(ctx context.Context, term string, args ...any) ([]ListedDecision, error) {
	var all []ListedDecision
	err := db.reader.each(ctx, func(rows *sql.Rows) error {
		var l ListedDecision
		d, err := scanDecision(rows, &l.Number)
		l.Decision = d
		all = append(all, l)
		return err
	}, `SELECT coalesce((SELECT o.number FROM orders o WHERE o.id = d.order_id), ''), `+decisionColumns+` FROM decision d WHERE `+term+` ORDER BY d.id`, args...)
	if err != nil {
		return nil, err
	}
	orders := make([]string, 0, len(all))
	at := make(map[string]int, len(all))
	for i := range all {
		orders, at[all[i].ID] = append(orders, all[i].OrderID), i
	}
	return all, inLists(orders, 1, func(list string, args []any) error {
		return db.reader.each(ctx, func(rows *sql.Rows) error {
			var id, decision string
			err := rows.Scan(&id, &decision)
			if i, ours := at[decision]; ours {
				all[i].MessageIDs = append(all[i].MessageIDs, id)
			}
			return err
		}, `SELECT id, decision_id FROM message WHERE order_id IN `+list+` ORDER BY id`, args...)
	})
}

// ReplayEvent puts an event that was quarantined or given up back to those that wait to be decided: what
// it tells is decided as if it had come now, and dedupe keys hold, so that nobody is told twice.
// ErrNotAllowed for one that is being decided, or was; and for one whose body is gone.
func (db *DB) ReplayEvent(ctx context.Context, id string) error {
	defer db.claims.giveBack(id)
	return db.do(ctx, func(t *tx) error {
		var status kds.EventStatus
		var bodies int
		found, err := t.one([]any{&status, &bodies}, `SELECT e.status, (SELECT count(*) FROM event_body b WHERE b.event_id = e.id)
			FROM event e WHERE e.id = $1`, id)
		switch {
		case err != nil:
			return err
		case !found:
			return fault(ErrNotFound, "event "+id)
		case bodies == 0:
			return forbidden(fmt.Sprintf("the body of event %s is no longer kept", id), fmt.Sprintf("тело события %s уже не хранится", id))
		case status != kds.Quarantined && status != kds.Failed:
			return forbidden(fmt.Sprintf("event %s is %s", id, status), fmt.Sprintf("событие %s: %s", id, status))
		}
		t.woken.events = true
		t.tell(ToldEvent, id)
		_, err = t.exec(`UPDATE event SET status = 'stored', note = '', tries = 0 WHERE id = $1`, id)
		return err
	})
}

// dropSlice is how many bodies go in one commit, so that dropping a month of them stops nobody. With 500 of
// 2.5 KB, an event that came meanwhile waited for 9 ms at the median and up to 110 ms; with 128, for 4 and 60.
const dropSlice = 128

// DropBodies forgets the bodies of events that were received before the time and are not waiting to
// be decided. It returns how many went.
func (db *DB) DropBodies(ctx context.Context, before time.Time) (int, error) {
	bound := ulid.ULID{}
	if err := bound.SetTime(ulid.Timestamp(before)); err != nil {
		return 0, fmt.Errorf("drop bodies before %s: %w", before, err)
	}
	for dropped := 0; ; {
		var n int64
		err := db.do(ctx, func(t *tx) error {
			var err error
			n, err = t.exec(`DELETE FROM event_body WHERE event_id IN (
				SELECT b.event_id FROM event_body b JOIN event e ON e.id = b.event_id
				WHERE b.event_id < $1 AND e.status <> 'stored' ORDER BY b.event_id LIMIT CAST($2 AS INTEGER))`, bound.String(), dropSlice)
			return err
		})
		dropped += int(n)
		if err != nil || n < dropSlice {
			return dropped, err
		}
		if err := ctx.Err(); err != nil {
			return dropped, err
		}
	}
}
