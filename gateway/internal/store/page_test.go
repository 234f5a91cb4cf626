package store

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/message"
)

// TestNoPageScansTheTable pins that each way of a page goes through an index in the order in which the
// page is read. Only what names an order or a person may be sorted: few messages do.
func TestNoPageScansTheTable(t *testing.T) {
	t.Parallel()
	db := opened(t, Options{})
	for _, c := range pageFilters() {
		c.filter.After = firstID(time.Now())
		p := pager{table: "message m", id: "m.id", ways: messageWays(c.filter), fits: messageFits(c.filter), after: c.filter.After, limit: 50}
		for _, way := range p.ways {
			query, args := p.query(way, pageBudget)
			plan := planOf(t, db, query, args...)
			if !strings.Contains(plan, "SEARCH m USING") {
				t.Errorf("%s: the plan is %q, want a search of m", c.name, plan)
			}
			if !named(c.filter) && strings.Contains(plan, "TEMP B-TREE") {
				t.Errorf("%s: the plan is %q, want no sorting", c.name, plan)
			}
		}
	}
}

func planOf(t *testing.T, db *DB, query string, args ...any) string {
	t.Helper()
	var plan []string
	err := db.reader.each(t.Context(), func(rows *sql.Rows) error {
		var id, parent, unused int
		var detail string
		err := rows.Scan(&id, &parent, &unused, &detail)
		plan = append(plan, detail)
		return err
	}, `EXPLAIN QUERY PLAN `+query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return strings.Join(plan, "; ")
}

// TestShortPagesLoseNothing reads all pages with a budget that runs out again and again.
func TestShortPagesLoseNothing(t *testing.T) {
	t.Parallel()
	db := opened(t, Options{})
	var rows []any
	want := map[string][]string{}
	for n := range 200 {
		m := savedMessage{route: `[]`, Message: message.Message{Restaurant: []string{"a", "b", "c"}[n%3], Status: message.Delivered, Dedupe: fmt.Sprint(n)}}
		if n%7 == 0 {
			m.Status = message.Rejected
		}
		if n%5 == 0 {
			m.Status = message.Expired
		}
		id := yearID(n)
		rows = appendMessage(rows, id, "", &m)
		want[m.Restaurant+string(m.Status)] = append(want[m.Restaurant+string(m.Status)], id)
	}
	if err := db.do(t.Context(), func(tx *tx) error { _, err := tx.rows(&insertMessages, rows, nil); return err }); err != nil {
		t.Fatal(err)
	}
	for budget := 1; budget < 40; budget++ {
		for limit := 1; limit < 9; limit += 3 {
			f := message.Filter{Restaurant: "b", Statuses: []message.Status{message.Rejected, message.Expired, message.Unknown}}
			p := pager{table: "message m", id: "m.id", ways: messageWays(f), fits: messageFits(f), limit: limit, budget: budget}
			expect := append(slices.Clone(want["brejected"]), want["bexpired"]...)
			slices.Sort(expect)
			slices.Reverse(expect)
			if got := allPages(t, db, p); !slices.Equal(got, expect) {
				t.Fatalf("budget %d, limit %d: got %v, want %v", budget, limit, got, expect)
			}
		}
	}
}

func allPages(t *testing.T, db *DB, p pager) (all []string) {
	t.Helper()
	for range 1000 {
		ids, next, err := db.page(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		if len(ids) > p.limit || next != "" && p.after != "" && next >= p.after {
			t.Fatalf("page of %d after %q gave %v, next %q", p.limit, p.after, ids, next)
		}
		all = append(all, ids...)
		if next == "" {
			return all
		}
		p.after = next
	}
	t.Fatal("pages without an end")
	return nil
}

func TestIdentifiersOfATime(t *testing.T) {
	t.Parallel()
	ids := newIdentifiers(func() time.Time { return time.UnixMilli(1_779_278_400_000) })
	if made := ids.next(); made < firstID(time.UnixMilli(1_779_278_400_000)) || made >= firstID(time.UnixMilli(1_779_278_400_001)) {
		t.Errorf("%s is not within its millisecond", made)
	}
	if got := firstID(time.Time{}); got != "00000000000000000000000000" {
		t.Errorf("of no time: %s", got)
	}
	if got := firstID(time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC)); !strings.HasPrefix(got, "7ZZZZZZZZZ") {
		t.Errorf("of a time that none can name: %s", got)
	}
}
