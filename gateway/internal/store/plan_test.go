package store

import (
	"database/sql"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTheLoopsReadTheirIndexes pins how the statements that run each second find their rows: on a big
// table a scan would hold up everything behind it.
func TestTheLoopsReadTheirIndexes(t *testing.T) {
	t.Parallel()
	db := opened(t, Options{})
	cases := map[string]struct {
		query string
		want  string
	}{
		"claim events": {`SELECT id, note FROM event WHERE status = 'stored' AND id > 'a' ORDER BY id LIMIT 3`, "USING INDEX event_stored"},
		"claim waits":  {`SELECT id FROM decision WHERE outcome = 'waiting' AND due_at <= 5 ORDER BY due_at, id LIMIT 3`, "USING COVERING INDEX decision_due"},
		"claim messages": {`SELECT m.after_close, coalesce(o.closed, 0), ` + messageColumns + `
			FROM message m LEFT JOIN orders o ON o.id = m.order_id WHERE ` + strings.NewReplacer("$1", "'a'", "$2", "5").Replace(dueTerm) + `
			ORDER BY m.deadline, m.next_at, m.id LIMIT 3`, "USING INDEX message_due"},
		"is a message due": {`SELECT 1 FROM message m WHERE ` + strings.NewReplacer("$1", "'a'", "$2", "5").Replace(dueTerm) + ` LIMIT 1`, "USING COVERING INDEX message_due"},
		"next due": {`SELECT min(CASE WHEN deadline > 0 AND deadline < next_at THEN deadline ELSE next_at END)
			FROM message WHERE status = 'queued' AND account = 'a'`, "USING COVERING INDEX message_due"},
		"recover":                          {`SELECT id FROM message m WHERE m.status IN ('sending', 'unknown') AND m.status = 'sending' ORDER BY m.id`, "INDEX message_status"},
		"bindings that wait":               {`SELECT ref FROM binding WHERE order_id = '' AND valid_until > 5 AND ref IN ('a', 'b')`, "USING INDEX binding_waiting"},
		"cancel of an order":               {`SELECT id, account FROM message WHERE status || '' = 'queued' AND order_id = 'o' AND after_close = 0`, "USING INDEX message_order"},
		"cancel of a contact":              {`SELECT id, account FROM message WHERE status || '' = 'queued' AND contact_id = 'c' AND category = 'marketing'`, "USING INDEX message_contact"},
		"readdress":                        {`UPDATE message SET contact_id = 'd' WHERE order_id = 'o' AND contact_id || '' = 'c' AND status || '' = 'queued'`, "USING INDEX message_order"},
		"look up":                          {`SELECT id FROM message m WHERE m.status IN ('accepted', 'unknown') AND m.account = 'a' AND m.next_at <= 5 ORDER BY m.next_at, m.id LIMIT 3`, "USING INDEX message_lookup"},
		"is a look-up due":                 {`SELECT 1 FROM message WHERE status IN ('accepted', 'unknown') AND account = 'a' AND next_at <= 5 LIMIT 1`, "USING INDEX message_lookup"},
		"next generation":                  {`SELECT max(generation) FROM message WHERE restaurant = 'r' AND dedupe = 'd' AND contact_id = 'c'`, "INDEX message_dedupe"},
		"waits of an order":                {`UPDATE decision SET due_at = 5 WHERE order_id = 'o' AND outcome = 'waiting'`, "USING INDEX decision_order"},
		"same event":                       {`SELECT id FROM event WHERE key_hash = 'h' AND restaurant = 'r'`, "USING INDEX event_key"},
		"mark sending":                     {`UPDATE message SET status = 'sending', token = 'b' WHERE id = 'a'`, "SEARCH message USING INDEX sqlite_autoindex_message_1"},
		"end attempts":                     {`UPDATE attempt SET ended_at = 1 WHERE id = 'a'`, "SEARCH attempt USING INDEX sqlite_autoindex_attempt_1"},
		"order by number":                  {`SELECT id FROM orders WHERE number_key = '1' AND restaurant = 'r' AND closed = 0 AND received_at > 5 LIMIT 2`, "USING INDEX orders_number"},
		"last order of a restaurant":       {`SELECT o.id FROM orders o WHERE o.restaurant = 'r' ORDER BY o.id DESC LIMIT 1`, "INDEX orders_restaurant"},
		"recent orders":                    {`SELECT o.contact_id, o.doc FROM orders o WHERE o.id >= 'a' ORDER BY o.id DESC LIMIT 5`, "SEARCH o USING INDEX sqlite_autoindex_orders_1"},
		"restaurants there are orders of":  {restaurantsQuery, "SEARCH o USING COVERING INDEX orders_restaurant (restaurant>?)"},
		"recent attempts":                  {`SELECT id FROM attempt WHERE id >= 'a' AND ended_at > 0 ORDER BY id DESC LIMIT 5`, "SEARCH attempt USING INDEX sqlite_autoindex_attempt_1"},
		"texts queued for an account":      {`SELECT count(*) FROM message WHERE account = 'a' AND ` + openQueued, "USING COVERING INDEX message_due"},
		"texts of an account on their way": {`SELECT count(*) FROM message WHERE account = 'a' AND ` + openSending, "INDEX message_status"},
		"texts that a purge passes":        {`SELECT id, status FROM message WHERE id > 'a' AND id < 'b' ORDER BY id LIMIT 5`, "SEARCH message USING INDEX sqlite_autoindex_message_1 (id>? AND id<?)"},
		"callbacks that a purge passes":    {`SELECT id FROM callback WHERE id > 'a' AND id < 'b' ORDER BY id LIMIT 5`, "SEARCH callback USING COVERING INDEX sqlite_autoindex_callback_1 (id>? AND id<?)"},
		"people that a purge passes":       {bareValues(`SELECT c.id FROM contact c WHERE ` + personGone + ` AND c.id > 'a' ORDER BY c.id LIMIT 5`), "SEARCH c USING INDEX sqlite_autoindex_contact_1 (id>? AND id<?)"},
		"texts of a person":                {bareValues(`SELECT c.id FROM contact c WHERE ` + personGone), "SEARCH m USING INDEX message_contact (contact_id=?)"},
		"bindings of a person":             {bareValues(`SELECT c.id FROM contact c WHERE ` + personGone), "SEARCH b USING INDEX binding_contact (contact_id=?)"},
		"orders of people who go":          {`UPDATE orders SET contact_id = '' WHERE id IN (SELECT b.order_id FROM binding b JOIN orders o ON o.id = b.order_id AND o.contact_id = b.contact_id WHERE b.contact_id IN ('a', 'b'))`, "SEARCH b USING INDEX binding_contact (contact_id=?); SEARCH o USING"},
		"accounts with queued texts":       {`SELECT account FROM message WHERE ` + openQueued, "USING COVERING INDEX message_"},
	}
	for name, c := range cases {
		var plan []string
		err := db.reader.each(t.Context(), func(rows *sql.Rows) error {
			var id, parent, unused int
			var detail string
			err := rows.Scan(&id, &parent, &unused, &detail)
			plan = append(plan, detail)
			return err
		}, `EXPLAIN QUERY PLAN `+c.query)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		text := strings.Join(plan, "; ")
		if !strings.Contains(text, c.want) || strings.Contains(text, "TEMP B-TREE") {
			t.Errorf("%s: the plan is %q, want %q and no sorting", name, text, c.want)
		}
	}
}

// bareValues puts numbers for the parameters of a query whose plan is asked for.
func bareValues(query string) string {
	return strings.NewReplacer("$1", "'b'", "$2", "5", "$3", "6").Replace(query)
}

// A bare parameter after LIMIT tempts SQLite to look at its value and to compile the statement anew each
// time that another one is bound: a claim of messages took three times as long. Any expression hides it.
func TestNoStatementIsLimitedByABareParameter(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	bare := regexp.MustCompile(`(LIMIT|OFFSET) +[$?][^{]`)
	for _, file := range files {
		text, err := os.ReadFile(file) // #nosec G304 -- of this package
		if err != nil {
			t.Fatal(err)
		}
		if found := bare.Find(text); found != nil && !strings.HasSuffix(file, "_test.go") {
			t.Errorf("%s: %s: write LIMIT CAST($n AS INTEGER)", file, found)
		}
	}
}
