package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

// savedMessage is a message ready to be written.
type savedMessage struct {
	message.Message
	route      string
	afterClose bool
}

// encodeMessage completes a message from its decision and encodes what is kept as JSON.
func encodeMessage(m message.Message, d rule.Decision) (savedMessage, error) {
	if m.EventID == "" {
		m.EventID = d.EventID
	}
	if m.OrderID == "" {
		m.OrderID = d.OrderID
	}
	if m.Account == "" && len(m.Route) > 0 {
		m.Account = m.Route[0]
	}
	if m.Status == "" {
		m.Status = message.Queued
	}
	if m.CreatedAt.IsZero() {
		m.CreatedAt = d.At
	}
	if m.NextAt.IsZero() {
		m.NextAt = m.CreatedAt
	}
	if m.UpdatedAt.IsZero() {
		m.UpdatedAt = m.CreatedAt
	}
	route, err := json.Marshal(m.Route)
	return savedMessage{
		Message: m, route: string(route),
		afterClose: d.Change.Kind == order.OrderClosed || d.Change.Kind == order.OrderVoided,
	}, err
}

var insertMessages = newRowsQuery(`INSERT INTO message (id, event_id, decision_id, order_id, restaurant, rule, stage, contact_id, phone,
	text, segments, category, dedupe, generation, route, account, status, reason, note, on_unknown,
	deadline, next_at, attempts, provider_id, cost_units, cost_nanos, cost_currency, token, lease_until, after_close,
	created_at, updated_at) VALUES `, 32,
	` ON CONFLICT (restaurant, dedupe, contact_id, generation) DO NOTHING RETURNING id`)

// queueAll queues the messages of decisions, whose IDs are given beside them, but for those whose
// dedupe key is there, and tells how many it queued of each decision.
func (db *DB) queueAll(t *tx, ids []string, decisions []*savedDecision) ([]int, error) {
	queued := make([]int, len(decisions))
	var rows []any
	from := map[string]place{}
	for i, d := range decisions {
		for k := range d.messages {
			id := d.messages[k].ID
			if id == "" {
				id = db.ids.next()
			}
			if _, twice := from[id]; !twice {
				from[id] = place{i, &d.messages[k]}
			}
			rows = appendMessage(rows, id, ids[i], &d.messages[k])
		}
	}
	var added []string
	_, err := t.rows(&insertMessages, rows, func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		added = append(added, id)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("messages: %w", err)
	}
	for _, id := range added {
		p := from[id]
		queued[p.decision]++
		if err := db.begun(t, id, p.message); err != nil {
			return nil, err
		}
	}
	return queued, nil
}

// place is where a message that is being queued came from.
type place struct {
	decision int
	message  *savedMessage
}

// begun wakes who sends a new message; one that begins its life otherwise than queued says so in its
// history.
func (db *DB) begun(t *tx, id string, m *savedMessage) error {
	if err := db.touched(t, id); err != nil {
		return err
	}
	if m.Status == message.Queued {
		t.woken.accounts = append(t.woken.accounts, m.Account)
		return nil
	}
	return db.record(t, id, message.Moved{At: m.CreatedAt, Status: m.Status, Account: m.Account, Reason: m.Reason, Note: m.Note})
}

func appendMessage(rows []any, id, decisionID string, m *savedMessage) []any {
	cost := message.Money{}
	if m.Cost != nil {
		cost = *m.Cost
	}
	return append(rows, id, m.EventID, decisionID, m.OrderID, m.Restaurant, m.Rule, m.Stage, m.ContactID, m.To.Reveal(),
		m.Text, m.Segments, string(m.Category), m.Dedupe, m.Generation, m.route, m.Account, string(m.Status),
		string(m.Reason), m.Note, string(m.OnUnknown), micros(m.Deadline), micros(m.NextAt), m.Attempts, m.ProviderID,
		cost.Units, cost.Nanos, cost.Currency, "", 0, bit(m.afterClose), micros(m.CreatedAt), micros(m.UpdatedAt))
}

// record appends one row to the history of a message. Three moves are told by other rows and have
// none: that it was queued (the message), that it is being sent and that it was accepted (the attempt).
func (db *DB) record(t *tx, id string, m message.Moved) error {
	_, err := t.exec(`INSERT INTO message_log (message_id, id, at, status, account, reason, note, actor)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, id, db.ids.next(), micros(m.At), string(m.Status), m.Account, string(m.Reason), m.Note, m.By)
	return err
}

const messageColumns = `m.id, m.event_id, m.order_id, m.restaurant, m.rule, m.stage, m.contact_id, m.phone, m.text,
	m.segments, m.category, m.dedupe, m.generation, m.route, m.account, m.status, m.reason, m.note, m.on_unknown,
	m.deadline, m.next_at, m.attempts, m.provider_id, m.cost_units, m.cost_nanos, m.cost_currency, m.created_at, m.updated_at`

// scanMessage reads messageColumns behind whatever columns come before them.
func scanMessage(rows *sql.Rows, m *message.Message, before ...any) error {
	var phone string
	var route []byte
	var deadline, next, created, updated int64
	var cost message.Money
	err := rows.Scan(append(before, &m.ID, &m.EventID, &m.OrderID, &m.Restaurant, &m.Rule, &m.Stage, &m.ContactID, &phone,
		&m.Text, &m.Segments, &m.Category, &m.Dedupe, &m.Generation, &route, &m.Account, &m.Status, &m.Reason, &m.Note,
		&m.OnUnknown, &deadline, &next, &m.Attempts, &m.ProviderID, &cost.Units, &cost.Nanos, &cost.Currency,
		&created, &updated)...)
	if err != nil {
		return err
	}
	m.To = contact.StoredPhone(phone)
	m.Deadline, m.NextAt, m.CreatedAt, m.UpdatedAt = instant(deadline), instant(next), instant(created), instant(updated)
	if cost.Currency != "" {
		m.Cost = &cost
	}
	if err := json.Unmarshal(route, &m.Route); err != nil {
		return fmt.Errorf("stored message %s: %w", m.ID, err)
	}
	return nil
}

// Message gives one message with its attempts; ErrNotFound when there is none.
func (db *DB) Message(ctx context.Context, id string) (*message.Listed, error) {
	var m message.Listed
	found := false
	err := db.reader.each(ctx, func(rows *sql.Rows) error {
		found = true
		return scanMessage(rows, &m.Message, &m.OrderNumber)
	}, `SELECT coalesce(o.number, ''), `+messageColumns+` FROM message m LEFT JOIN orders o ON o.id = m.order_id
		WHERE m.id = $1`, id)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, fault(ErrNotFound, "message "+id)
	}
	tries, err := db.tries(ctx, []string{id})
	if err != nil {
		return nil, err
	}
	m.Tries = tries[id]
	one := []message.Listed{m}
	if err := db.addMoves(ctx, one); err != nil {
		return nil, err
	}
	return &one[0], db.addReceipts(ctx, one)
}

// addMoves puts to messages their moves that no attempt tells, in time order.
func (db *DB) addMoves(ctx context.Context, messages []message.Listed) error {
	at := make(map[string]int, len(messages))
	ids := make([]string, len(messages))
	for i := range messages {
		ids[i] = messages[i].ID
		at[ids[i]] = i
	}
	return inLists(ids, 1, func(list string, args []any) error {
		return db.reader.each(ctx, func(rows *sql.Rows) error {
			var id string
			var when int64
			var m message.Moved
			err := rows.Scan(&id, &m.ID, &when, &m.Status, &m.Account, &m.Reason, &m.Note, &m.By)
			m.At = instant(when)
			messages[at[id]].Moves = append(messages[at[id]].Moves, m)
			return err
		}, `SELECT message_id, id, at, status, account, reason, note, actor FROM message_log WHERE message_id IN `+list+` ORDER BY id`, args...)
	})
}
