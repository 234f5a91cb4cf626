package store

import (
	"context"
	"database/sql"

	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

// Summary counts what is stored. It reads whole indexes or tables: for demos, pages and tests, not
// for loops.
type Summary struct {
	Events    map[kds.EventStatus]int
	Orders    int
	Contacts  int
	Decisions map[DecisionCount]int
	Messages  map[MessageCount]int
}

// DecisionCount is one line of the count of decisions.
type DecisionCount struct {
	Outcome rule.Outcome
	Reason  message.Reason
}

// MessageCount is one line of the count of messages.
type MessageCount struct {
	Status message.Status
	Reason message.Reason
}

// Summary counts events by status, decisions by outcome and reason, messages by status and reason.
func (db *DB) Summary(ctx context.Context) (Summary, error) {
	s := Summary{
		Events: map[kds.EventStatus]int{}, Decisions: map[DecisionCount]int{}, Messages: map[MessageCount]int{},
	}
	err := db.reader.each(ctx, func(rows *sql.Rows) error {
		var table, first, second string
		var n int
		if err := rows.Scan(&table, &first, &second, &n); err != nil {
			return err
		}
		switch table {
		case "event":
			s.Events[kds.EventStatus(first)] += n
		case "orders":
			s.Orders = n
		case "contact":
			s.Contacts = n
		case "decision":
			s.Decisions[DecisionCount{rule.Outcome(first), message.Reason(second)}] += n
		case "message":
			s.Messages[MessageCount{message.Status(first), message.Reason(second)}] += n
		}
		return nil
	}, `SELECT 'event', status, '', count(*) FROM event GROUP BY status
		UNION ALL SELECT 'orders', '', '', count(*) FROM orders
		UNION ALL SELECT 'contact', '', '', count(*) FROM contact
		UNION ALL SELECT 'decision', outcome, reason, count(*) FROM decision GROUP BY outcome, reason
		UNION ALL SELECT 'message', status, reason, count(*) FROM message GROUP BY status, reason`)
	return s, err
}

// Unfinished counts what the loops have still to do: events to decide, decisions that wait for a
// phone, messages queued or being sent. It reads small indexes only.
func (db *DB) Unfinished(ctx context.Context) (int, error) {
	return db.count(ctx, `SELECT (SELECT count(*) FROM event WHERE status = 'stored')
		+ (SELECT count(*) FROM decision WHERE outcome = 'waiting')
		+ (SELECT count(*) FROM message WHERE status = 'queued')
		+ (SELECT count(*) FROM message WHERE status IN ('sending', 'unknown') AND status = 'sending')`)
}

// Backlog is Unfinished without the decisions whose wait is not over.
func (db *DB) Backlog(ctx context.Context) (int, error) {
	return db.count(ctx, `SELECT (SELECT count(*) FROM event WHERE status = 'stored')
		+ (SELECT count(*) FROM decision WHERE outcome = 'waiting' AND due_at <= $1)
		+ (SELECT count(*) FROM message WHERE status = 'queued')
		+ (SELECT count(*) FROM message WHERE status IN ('sending', 'unknown') AND status = 'sending')`, micros(db.now()))
}

func (db *DB) count(ctx context.Context, query string, args ...any) (n int, err error) {
	err = db.reader.row(ctx, []any{&n}, query, args...)
	return n, err
}
