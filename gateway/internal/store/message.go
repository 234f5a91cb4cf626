package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

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
	created_at, updated_at) VALUES `, plain(32),
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
	if m.Status == message.Queued {
		t.woken.accounts = append(t.woken.accounts, m.Account)
		return nil
	}
	return db.record(t, id, m.CreatedAt, m.Status, m.Account, m.Reason, m.Note)
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
func (db *DB) record(t *tx, id string, at time.Time, s message.Status, account string, r message.Reason, note string) error {
	_, err := t.exec(`INSERT INTO message_log (message_id, id, at, status, account, reason, note)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, id, db.ids.next(), micros(at), string(s), account, string(r), note)
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

// Messages gives a page of messages, newest first, and the ID to put into Filter.After for the next
// page; empty: this was the last.
func (db *DB) Messages(ctx context.Context, f message.Filter) (page []message.Listed, next string, err error) {
	where, args := messageWhere(f)
	limit := pageLimit(f.Limit)
	err = db.reader.each(ctx, func(rows *sql.Rows) error {
		var m message.Listed
		err := scanMessage(rows, &m.Message, &m.OrderNumber)
		page = append(page, m)
		return err
	}, fmt.Sprintf(`SELECT coalesce(o.number, ''), %s FROM message m LEFT JOIN orders o ON o.id = m.order_id
		%s ORDER BY m.id DESC LIMIT %d`, messageColumns, where, limit+1), args...)
	if err != nil {
		return nil, "", err
	}
	if len(page) > limit {
		page = page[:limit]
		next = page[limit-1].ID
	}
	return page, next, nil
}

// pageLimit clamps the length of a page to 1..500; 0 means 50.
func pageLimit(n int) int {
	if n == 0 {
		n = 50
	}
	return min(max(n, 1), 500)
}

func messageWhere(f message.Filter) (string, []any) {
	var c conditions
	if f.Order != "" {
		c.add(`m.order_id IN (SELECT id FROM orders WHERE id = $? OR guid = $? OR number_key = $?)`,
			f.Order, strings.TrimPrefix(guidRef(f.Order), "g"+refMark), numberKey(f.Order))
	}
	if f.Last4 != "" {
		c.add(`substr(m.phone, length(m.phone) - 3) = $?`, f.Last4)
	}
	for column, value := range map[string]string{"m.stage": f.Stage, "m.status": string(f.Status), "m.account": f.Account} {
		if value != "" {
			c.add(column+` = $?`, value)
		}
	}
	if !f.From.IsZero() {
		c.add(`m.created_at >= $?`, micros(f.From))
	}
	if !f.To.IsZero() {
		c.add(`m.created_at < $?`, micros(f.To))
	}
	if f.After != "" {
		c.add(`m.id < $?`, f.After)
	}
	return c.where()
}

// conditions collects the terms of a WHERE; "$?" is the next parameter.
type conditions struct {
	terms []string
	args  []any
}

func (c *conditions) add(term string, args ...any) {
	for _, a := range args {
		c.args = append(c.args, a)
		term = strings.Replace(term, "$?", fmt.Sprintf("$%d", len(c.args)), 1)
	}
	c.terms = append(c.terms, term)
}

func (c *conditions) where() (string, []any) {
	if len(c.terms) == 0 {
		return "", nil
	}
	return "WHERE " + strings.Join(c.terms, " AND "), c.args
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
	return &one[0], db.addReceipts(ctx, one)
}
