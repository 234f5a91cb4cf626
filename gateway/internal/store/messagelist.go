package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/message"
)

// ordersOfNumber is how many orders of one number a list goes into, the latest first: numbers are given
// out anew each day.
const ordersOfNumber = 500

// Messages gives a page of messages, newest first, and the ID to put into Filter.After for the next
// page; empty: this was the last. A page may be short, even empty, and not be the last: see pageBudget.
func (db *DB) Messages(ctx context.Context, f message.Filter) (page []message.Listed, next string, err error) {
	ids, next, err := db.page(ctx, pager{
		table: "message m", id: "m.id", ways: messageWays(f), fits: messageFits(f), after: f.After, limit: pageLimit(f.Limit),
	})
	if err != nil {
		return nil, "", err
	}
	page, err = db.messagesByID(ctx, ids)
	return page, next, err
}

// messagesByID gives messages newest first; identifiers that are none are passed over.
func (db *DB) messagesByID(ctx context.Context, ids []string) (all []message.Listed, err error) {
	err = inLists(ids, 1, func(list string, args []any) error {
		return db.reader.each(ctx, func(rows *sql.Rows) error {
			var m message.Listed
			err := scanMessage(rows, &m.Message, &m.OrderNumber)
			all = append(all, m)
			return err
		}, `SELECT coalesce(o.number, ''), `+messageColumns+` FROM message m LEFT JOIN orders o ON o.id = m.order_id
			WHERE m.id IN `+list, args...)
	})
	slices.SortFunc(all, func(a, b message.Listed) int { return strings.Compare(b.ID, a.ID) })
	return all, err
}

// messageWays chooses the index through which the messages of a filter are reached: the one that the
// fewest messages share.
func messageWays(f message.Filter) []conditions {
	var ways []conditions
	one := func(term string, args ...any) {
		var c conditions
		c.add(term, args...)
		c.madeBetween("m.id", f.From, f.To)
		ways = append(ways, c)
	}
	person := func(term, value string) {
		one(`m.contact_id IN (SELECT c.id FROM contact c WHERE `+term+` = $?)`, value)
	}
	switch q := strings.TrimSpace(f.Query); {
	case q != "":
		one(`m.id = $?`, strings.ToUpper(q))
		one(ordersNamed(`m.order_id`, f.Restaurant), orderNames(q, f.Restaurant)...)
		if p, err := contact.ParsePhone(q, "RU"); err == nil {
			person(`c.phone`, p.Reveal())
		}
		if isLast4(q) {
			person(lastFour, q)
		}
	case f.Order != "":
		one(ordersNamed(`m.order_id`, f.Restaurant), orderNames(f.Order, f.Restaurant)...)
	case !f.Phone.IsZero():
		person(`c.phone`, f.Phone.Reveal())
	case f.Last4 != "":
		person(lastFour, f.Last4)
	case f.ContactID != "":
		one(`m.contact_id = $?`, f.ContactID)
	case len(f.Statuses) > 0 && (f.Restaurant == "" || !commonStatuses(f.Statuses)):
		for _, s := range f.Statuses {
			one(`m.status = $?`, string(s))
		}
	case f.Restaurant != "":
		one(`m.restaurant = $?`, f.Restaurant)
	case f.Account != "":
		one(`m.account = $?`, f.Account)
	case f.Stage != "":
		one(`m.stage = $?`, f.Stage)
	default:
		var c conditions
		c.madeBetween("m.id", f.From, f.To)
		ways = append(ways, c)
	}
	return ways
}

// commonStatuses tells whether nearly all messages have one of the statuses.
func commonStatuses(statuses []message.Status) bool {
	return slices.Contains(statuses, message.Delivered) || slices.Contains(statuses, message.Accepted)
}

// ordersNamed is the term for a column that has one of the orders that orderNames names.
func ordersNamed(column, restaurant string) string {
	within := ""
	if restaurant != "" {
		within = ` AND restaurant = $?`
	}
	return column + ` IN (SELECT id FROM orders WHERE id = $? UNION SELECT order_id FROM order_ref WHERE ref = $?
		UNION SELECT id FROM (SELECT id FROM orders WHERE number_key = $?` + within + ` ORDER BY id DESC LIMIT CAST($? AS INTEGER)) n)`
}

func orderNames(name, restaurant string) []any {
	args := []any{strings.TrimSpace(name), guidRef(name), numberKey(name)}
	if restaurant != "" {
		args = append(args, restaurant)
	}
	return append(args, ordersOfNumber)
}

func isLast4(text string) bool {
	return len(text) == 4 && strings.Trim(text, "0123456789") == ""
}

// messageFits is the whole filter but for what always holds on its ways: the search, the order, the
// person.
func messageFits(f message.Filter) conditions {
	var c conditions
	for _, e := range []struct{ column, value string }{
		{"m.stage", f.Stage}, {"m.account", f.Account}, {"m.restaurant", f.Restaurant},
	} {
		if e.value != "" {
			c.add(e.column+` = $?`, e.value)
		}
	}
	if len(f.Statuses) > 0 {
		args := make([]any, len(f.Statuses))
		for i, s := range f.Statuses {
			args[i] = string(s)
		}
		c.add(`m.status IN (`+strings.TrimSuffix(strings.Repeat("$?,", len(args)), ",")+`)`, args...)
	}
	if !f.From.IsZero() {
		c.add(`m.created_at >= $?`, micros(f.From))
	}
	if !f.To.IsZero() {
		c.add(`m.created_at < $?`, micros(f.To))
	}
	return c
}

const (
	// countMost is how far messages of one status are counted; a page says "1000+" beyond.
	countMost = 1000
	// countBudget is how many rows of one status are looked at for a count.
	countBudget = 2000
)

// MessageCounts counts the messages that fit a filter, whatever their status, by status. More says that
// there are more than were counted. Filter.Statuses, After and Limit are not looked at.
func (db *DB) MessageCounts(ctx context.Context, f message.Filter) (map[message.Status]message.Count, error) {
	f.Statuses, f.After = nil, ""
	counts := map[message.Status]message.Count{}
	if named(f) {
		return counts, db.countNamed(ctx, f, counts)
	}
	for _, s := range message.Statuses() {
		f.Statuses = []message.Status{s}
		way := f
		way.Restaurant = "" // the status leads
		ids, next, err := db.page(ctx, pager{
			table: "message m", id: "m.id", ways: messageWays(way), fits: messageFits(f), limit: countMost, budget: countBudget,
		})
		if err != nil {
			return nil, err
		}
		counts[s] = message.Count{N: len(ids), More: next != ""}
	}
	return counts, nil
}

// named tells whether a filter names an order, a person or a message: few messages fit it.
func named(f message.Filter) bool {
	return strings.TrimSpace(f.Query) != "" || f.Order != "" || !f.Phone.IsZero() || f.Last4 != "" || f.ContactID != ""
}

// countNamed counts the messages of a filter that few fit: they are found once and then told apart.
func (db *DB) countNamed(ctx context.Context, f message.Filter, counts map[message.Status]message.Count) error {
	ids, next, err := db.page(ctx, pager{table: "message m", id: "m.id", ways: messageWays(f), fits: messageFits(f), limit: countMost})
	if err != nil {
		return err
	}
	for _, s := range message.Statuses() {
		counts[s] = message.Count{More: next != ""}
	}
	return inLists(ids, 1, func(list string, args []any) error {
		return db.reader.each(ctx, func(rows *sql.Rows) error {
			var s message.Status
			err := rows.Scan(&s)
			counts[s] = message.Count{N: counts[s].N + 1, More: next != ""}
			return err
		}, `SELECT status FROM message WHERE id IN `+list, args...)
	})
}
