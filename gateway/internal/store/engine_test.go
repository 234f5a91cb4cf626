package store

import (
	"database/sql"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

func TestVersionsAreComparedByTheirNumbers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		version string
		want    bool
	}{{"3.51.3", true}, {"3.54.1", true}, {"4.0", true}, {"3.51.2", false}, {"3.9.99", false}, {"3.51", false}, {"", false}} {
		if got := atLeast(c.version, minSQLite); got != c.want {
			t.Errorf("atLeast(%q) = %v, want %v", c.version, got, c.want)
		}
	}
}

func TestNetworkSharesAreToldFromLocalDisks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		magic int64
		name  string
		want  verdict
	}{
		{0x6969, "nfs", remote}, {0xFF534D42, "cifs", remote}, {-0xACB2BE, "cifs", remote}, {0xFE534D42, "smb2", remote},
		{0x01021997, "9p", suspect}, {0x65735546, "fuse", suspect}, {0xEF53, "", local}, {0x01021994, "", local},
	} {
		if name, got := shareKind(c.magic); got != c.want || name != c.name {
			t.Errorf("shareKind(%#x) = %q %v, want %q %v", c.magic, name, got, c.name, c.want)
		}
	}
}

func TestEveryKindHasWordsInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, k := range []Kind{
		ErrBusy, ErrClosed, ErrReadOnly, ErrLocked, ErrNewerSchema, ErrOlderSchema, ErrCorrupt, ErrFull, ErrIO,
		ErrDenied, ErrNoFolder, ErrKeyLost, ErrNetworkShare, ErrUnsafe, ErrAmbiguous, ErrNotFound, ErrNotAllowed, ErrTaken, ErrNoOrder,
	} {
		f := &Fault{Kind: k, Path: "P"}
		en, ru := f.Sentence("en"), f.Sentence("ru")
		if en == ru || len(en) < 5 || en == string(k) && k != ErrNotFound {
			t.Errorf("%s: %q and %q", k, en, ru)
		}
	}
}

func TestIdentifiersOnlyIncrease(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
	ids := newIdentifiers(func() time.Time { at = at.Add(-time.Second); return at })
	last := "01ZZZZZZZZZZZZZZZZZZZZZZZZ"
	ids.after(last)
	for range 1000 {
		id := ids.next()
		if id <= last {
			t.Fatalf("%s after %s", id, last)
		}
		last = id
	}
}

func TestInListsPadWithoutRepeatingOrForgetting(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 2, 5, 64, 127, 128, 129, 300} {
		values := make([]string, n)
		for i := range values {
			values[i] = string(rune('a' + i))
		}
		seen, widths := map[any]bool{}, map[int]bool{}
		_ = inLists(values, 3, func(_ string, args []any) error {
			for _, a := range args {
				seen[a] = true
			}
			widths[len(args)] = true
			return nil
		})
		if len(seen) != n || len(widths) > 2 {
			t.Errorf("%d values: %d seen in lists of %v", n, len(seen), widths)
		}
	}
}

func TestParametersLoseTheirNamesOnlyWhereTheirOrderSaysTheSame(t *testing.T) {
	t.Parallel()
	long := "SELECT " + valueLists(4, 3)
	for query, want := range map[string]string{
		"SELECT 1":                       "SELECT 1",
		"a = $1 AND b IN ($2,$3)":        "a = ? AND b IN (?,?)",
		"a = $1 OR b = $1":               "a = $1 OR b = $1",
		"a = $2 AND b = $1":              "a = $2 AND b = $1",
		"a = $10":                        "a = $10",
		"CAST($1 AS BIGINT), $2 || 'x'":  "CAST(? AS BIGINT), ? || 'x'",
		long:                             "SELECT (?,?,?),(?,?,?),(?,?,?),(?,?,?)",
		"a = $1 AND note LIKE '$5' || 1": "a = $1 AND note LIKE '$5' || 1",
	} {
		if got := bareParameters(query); got != want {
			t.Errorf("%q: got %q, want %q", query, got, want)
		}
	}
}

func TestManyRowsGoIntoFewStatements(t *testing.T) {
	t.Parallel()
	db := opened(t, Options{})
	insert := newRowsQuery(`INSERT INTO state (key, value) VALUES `, 2, ` ON CONFLICT (key) DO NOTHING RETURNING key`)
	change := newRowsQuery(`UPDATE state SET value = v.column2 FROM (VALUES `, 2, `) v WHERE state.key = v.column1`)
	for _, n := range []int{0, 1, 7, 8, 9, 77} {
		var added int
		err := db.do(t.Context(), func(tx *tx) error {
			added = 0
			var rows []any
			for i := range n {
				rows = append(rows, placeholder(n)+placeholder(i), "x")
			}
			if _, err := tx.rows(&insert, rows, func(rows *sql.Rows) error {
				added++
				var key string
				return rows.Scan(&key)
			}); err != nil {
				return err
			}
			for i := range n {
				rows[2*i+1] = placeholder(i)
			}
			changed, err := tx.rows(&change, rows, nil)
			if changed != int64(n) {
				t.Errorf("%d rows: told of %d changes", n, changed)
			}
			return err
		})
		if err != nil || added != n {
			t.Errorf("%d rows: %d added, %v", n, added, err)
		}
		right, err := db.count(t.Context(), `SELECT count(*) FROM state WHERE key = $1 || value`, placeholder(n))
		if err != nil || right != n {
			t.Errorf("%d rows: %d changed, %v", n, right, err)
		}
	}
}

func TestANewFileHasThePageSizeThatTheCheckpointsCountWith(t *testing.T) {
	t.Parallel()
	db := opened(t, Options{})
	var size int
	if err := db.reader.row(t.Context(), []any{&size}, "PRAGMA page_size"); err != nil || size != pageSize {
		t.Errorf("page size: got %d, %v; want %d", size, err, pageSize)
	}
}

func TestAKnownOrderIsFoundByTheNumberItGotLater(t *testing.T) {
	t.Parallel()
	db := opened(t, Options{})
	o := order.Order{ID: "01", Restaurant: "R", Ref: order.Ref{GUID: "G"}}
	for _, number := range []string{"12.1", "14.2"} {
		o.Name = number
		if err := db.SaveDecided(t.Context(), []rule.Decided{{Status: kds.Done, Orders: []order.Order{o}}}); err != nil {
			t.Fatal(err)
		}
		if found, err := db.FindOrder(t.Context(), number); err != nil || found.ID != o.ID {
			t.Errorf("number %s: got %+v, %v", number, found, err)
		}
	}
}
