package store

import (
	"database/sql"
	"slices"
	"strconv"
	"testing"

	"github.com/orderbell/orderbell/gateway/internal/access"
)

// TestWhoeverChangesTheAuditLogIsNoticed writes past the program, as somebody with the file would.
func TestWhoeverChangesTheAuditLogIsNoticed(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change []string
		want   []string
	}{
		{"nobody", nil, []string{}},
		{"another actor", []string{`UPDATE audit SET actor = 'somebody' WHERE n = 4`}, []string{"4 changed"}},
		{"another time", []string{`UPDATE audit SET at = at + 1 WHERE n = 4`}, []string{"4 changed"}},
		{"another detail", []string{`UPDATE audit SET detail = '{"x":"y"}' WHERE n = 4`}, []string{"4 changed"}},
		{"a detail that is no JSON", []string{`UPDATE audit SET detail = 'x' WHERE n = 4`}, []string{"4 changed"}},
		{"a line is taken out", []string{`DELETE FROM audit WHERE n = 4`}, []string{"5 missing"}},
		{"a line is taken out and the others move up", []string{`DELETE FROM audit WHERE n = 4`, `UPDATE audit SET n = n - 1 WHERE n > 4`}, []string{"4 chain_broken", "5 changed", "6 changed", "7 changed", "8 changed", "9 changed", "9 cut"}},
		{"two lines change places", []string{`UPDATE audit SET n = 100 WHERE n = 4`, `UPDATE audit SET n = 4 WHERE n = 5`, `UPDATE audit SET n = 5 WHERE n = 100`}, []string{"4 chain_broken", "5 chain_broken", "6 chain_broken"}},
		{"the last lines are cut off", []string{`DELETE FROM audit WHERE n > 7`}, []string{"7 cut"}},
		{"the last lines are cut off and the end is moved", []string{`DELETE FROM audit WHERE n > 7`, `UPDATE state SET value = (SELECT '{"n":7,"hash":"' || hash || '","seal":"00"}' FROM audit WHERE n = 7) WHERE key = 'audit_head'`}, []string{"7 seal_wrong"}},
		{"the first lines are taken out", []string{`DELETE FROM audit WHERE n < 4`}, []string{"4 missing"}},
		{"the first lines are taken out as if by the retention", []string{`DELETE FROM audit WHERE n < 4`, `INSERT INTO state (key, value) SELECT 'audit_anchor', '{"n":3,"hash":"' || prev || '","seal":"00"}' FROM audit WHERE n = 4`}, []string{"3 seal_wrong"}},
		{"the beginning is said to be elsewhere", []string{`DELETE FROM audit WHERE n < 4`, `INSERT INTO state (key, value) VALUES ('audit_anchor', '{"n":3,"hash":"00","seal":"00"}')`}, []string{"4 anchor_mismatch", "3 seal_wrong"}},
		{"all is gone but the end", []string{`DELETE FROM audit`}, []string{"0 cut"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			db := opened(t, Options{})
			call := access.Call{Principal: access.Principal{Kind: access.KindUser, ID: "01U", Name: "olga"}}
			for i := range 10 {
				if err := db.AddRecord(t.Context(), call.Record("thing.change", strconv.Itoa(i))); err != nil {
					t.Fatal(err)
				}
			}
			pastTheProgram(t, db, tt.change...)
			if got := flaws(t, db); !slices.Equal(got, tt.want) {
				t.Errorf("flaws %v, want %v", got, tt.want)
			}
			if len(tt.want) == 0 {
				return
			}
			// What is written afterwards does not make it good again.
			if err := db.AddRecord(t.Context(), call.Record("thing.change", "later")); err != nil {
				t.Fatal(err)
			}
			if got := flaws(t, db); len(got) == 0 {
				t.Error("one line later nothing is noticed any more")
			}
		})
	}
}

func flaws(t *testing.T, db *DB) []string {
	t.Helper()
	v, err := db.VerifyRecords(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all := []string{}
	for _, f := range v.Faults {
		all = append(all, strconv.FormatInt(f.N, 10)+" "+f.Why)
	}
	return all
}

func pastTheProgram(t *testing.T, db *DB, statements ...string) {
	t.Helper()
	raw, err := sql.Open("sqlite", dsn(db.path, false))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = raw.Close() }()
	for _, statement := range statements {
		if _, err := raw.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}
