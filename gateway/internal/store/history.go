package store

import (
	"context"
	"database/sql"

	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

// History gives every stored fact about an order, named as for FindOrder. ErrNotFound when there is
// no such order.
func (db *DB) History(ctx context.Context, orderID string) (*rule.History, error) {
	o, row, err := db.findOrder(ctx, orderID)
	if err != nil {
		return nil, err
	}
	h := &rule.History{Order: *o, FirstSeen: instant(row.firstSeen)}
	if row.contactID != "" {
		if h.Contact, err = db.Contact(ctx, row.contactID); err != nil {
			return nil, err
		}
	}
	if h.LeftOut, err = db.rulesLeftOut(ctx); err != nil {
		return nil, err
	}
	if h.Events, err = db.eventsOf(ctx, o.ID); err != nil {
		return nil, err
	}
	if h.Decisions, err = db.decisions(ctx, o); err != nil {
		return nil, err
	}
	byDecision := map[string][]message.Message{}
	err = db.reader.each(ctx, func(rows *sql.Rows) error {
		m := message.Listed{OrderNumber: row.number}
		var decision string
		err := scanMessage(rows, &m.Message, &decision)
		h.Messages = append(h.Messages, m)
		byDecision[decision] = append(byDecision[decision], m.Message)
		return err
	}, `SELECT m.decision_id, `+messageColumns+` FROM message m WHERE m.order_id = $1 ORDER BY m.id`, o.ID)
	if err != nil {
		return nil, err
	}
	for i := range h.Decisions {
		h.Decisions[i].Messages = byDecision[h.Decisions[i].ID]
	}
	if err := db.addTries(ctx, h.Messages); err != nil {
		return nil, err
	}
	if err := db.addMoves(ctx, h.Messages); err != nil {
		return nil, err
	}
	return h, db.addReceipts(ctx, h.Messages)
}

func (db *DB) addTries(ctx context.Context, messages []message.Listed) error {
	ids := make([]string, len(messages))
	for i := range messages {
		ids[i] = messages[i].ID
	}
	tries, err := db.tries(ctx, ids)
	for i := range messages {
		messages[i].Tries = tries[messages[i].ID]
	}
	return err
}

func (db *DB) eventsOf(ctx context.Context, orderID string) ([]kds.Event, error) {
	var events []kds.Event
	err := db.reader.each(ctx, func(rows *sql.Rows) error {
		var e kds.Event
		err := scanEvent(rows, &e)
		events = append(events, e)
		return err
	}, `SELECT `+eventColumns+` FROM event WHERE id IN (SELECT event_id FROM order_event WHERE order_id = $1) ORDER BY id`, orderID)
	return events, err
}
