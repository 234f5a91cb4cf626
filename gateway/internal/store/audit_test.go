package store

import (
	"database/sql"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

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
		{"another change", []string{`UPDATE audit SET changes = '[{"field":"x","old":"1","new":"3"}]' WHERE n = 4`}, []string{"4 changed"}},
		{"a change that is made up", []string{`UPDATE audit SET changes = '[{"field":"x","new":"3"}]' WHERE n = 5`}, []string{"5 changed"}},
		{"a change that is taken out", []string{`UPDATE audit SET changes = '' WHERE n = 4`}, []string{"4 changed"}},
		{"a change that is no JSON", []string{`UPDATE audit SET changes = 'x' WHERE n = 4`}, []string{"4 changed"}},
		{"a detail that is no JSON", []string{`UPDATE audit SET detail = 'x' WHERE n = 4`}, []string{"4 changed"}},
		{"a line is taken out", []string{`DELETE FROM audit WHERE n = 4`}, []string{"5 missing"}},
		{"a line is taken out and the others move up", []string{`DELETE FROM audit WHERE n = 4`, `UPDATE audit SET n = n - 1 WHERE n > 4`}, []string{"4 chain_broken", "5 changed", "6 changed", "7 changed", "8 changed", "9 changed", "9 cut"}},
		{"two lines change places", []string{`UPDATE audit SET n = 100 WHERE n = 4`, `UPDATE audit SET n = 4 WHERE n = 5`, `UPDATE audit SET n = 5 WHERE n = 100`}, []string{"4 chain_broken", "5 chain_broken", "6 chain_broken"}},
		{"the last lines are cut off", []string{`DELETE FROM audit WHERE n > 7`}, []string{"7 cut"}},
		{"the last lines are cut off and the end is moved", []string{`DELETE FROM audit WHERE n > 7`, `UPDATE state SET value = (SELECT '{"n":7,"hash":"' || hash || '","seal":"00"}' FROM audit WHERE n = 7) WHERE key = 'audit_head'`}, []string{"7 cut", "7 seal_wrong"}},
		{"the first lines are taken out", []string{`DELETE FROM audit WHERE n < 4`}, []string{"4 missing"}},
		{"the first lines are taken out as if by the retention", []string{`DELETE FROM audit WHERE n < 4`, `INSERT INTO state (key, value) SELECT 'audit_anchor', '{"n":3,"hash":"' || prev || '","seal":"00"}' FROM audit WHERE n = 4`}, []string{"3 seal_wrong"}},
		{"the beginning is said to be elsewhere", []string{`DELETE FROM audit WHERE n < 4`, `INSERT INTO state (key, value) VALUES ('audit_anchor', '{"n":3,"hash":"00","seal":"00"}')`}, []string{"4 anchor_mismatch", "3 seal_wrong"}},
		{"all is gone but the end", []string{`DELETE FROM audit`}, []string{"0 cut"}},
		{"all is gone", []string{`DELETE FROM audit`, `DELETE FROM state WHERE key LIKE 'audit%'`}, []string{"0 cut"}},
		{"the end is forgotten", []string{`DELETE FROM state WHERE key = 'audit_head'`}, []string{"1 unsealed"}},
		{"the end is no JSON", []string{`UPDATE state SET value = 'x' WHERE key = 'audit_head'`}, []string{"1 unsealed", "0 seal_wrong"}},
		{"a line is added", []string{`INSERT INTO audit SELECT 11, at, kind, actor_id, actor, session, address, agent, request_id, action, object, outcome, detail, hash, hash, changes FROM audit WHERE n = 10`}, []string{"11 unsealed"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			db := opened(t, Options{})
			call := access.Call{Principal: access.Principal{Kind: access.KindUser, ID: "01U", Name: "olga"}}
			for i := range 10 {
				r := call.Record("thing.change", strconv.Itoa(i))
				if i%2 == 1 {
					r = r.Changed(access.Change{Field: "x", Old: "1", New: "2"})
				}
				if err := db.AddRecord(t.Context(), r); err != nil {
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
			stillNoticed(t, db, call)
		})
	}
}

// stillNoticed writes on, as the gateway, as a command beside it and as the retention, each of which seals
// the log anew: none of them makes it good again, nor is kept from its work.
func stillNoticed(t *testing.T, db *DB, call access.Call) {
	t.Helper()
	beside, err := Open(t.Context(), Options{Folder: filepath.Dir(db.path)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = beside.Close() }()
	for _, at := range []*DB{db, beside, db} {
		if err := at.AddRecord(t.Context(), call.Record("thing.change", "later")); err != nil {
			t.Fatal(err)
		}
		if got := flaws(t, at); len(got) == 0 {
			t.Error("one line later nothing is noticed any more")
		}
	}
	if removed, err := db.PurgeRecords(t.Context(), db.now().Add(time.Hour), 100); err != nil || removed == 0 {
		t.Fatalf("%d lines were removed for their age, %v", removed, err)
	}
	if got := flaws(t, db); len(got) != 1 || !strings.HasSuffix(got[0], " "+access.FlawRemoved) {
		t.Errorf("when its lines are removed for their age: %v, want that some of them had been changed", got)
	}
}

// TestADatabaseThatIsPutBackToAnEarlierStateIsNoticed puts an old copy of the file in its place: it is whole
// in itself, and sealed with the right key.
func TestADatabaseThatIsPutBackToAnEarlierStateIsNoticed(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	call := access.Call{Principal: access.Principal{Kind: access.KindUser, ID: "01U", Name: "olga"}}
	write := func(lines int) (found []string) {
		t.Helper()
		db, err := Open(t.Context(), Options{Folder: folder, Instance: true})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = db.Close() }()
		found = flaws(t, db)
		for range lines {
			if err := db.AddRecord(t.Context(), call.Record("thing.change", "x")); err != nil {
				t.Fatal(err)
			}
		}
		return found
	}
	write(2)
	file := filepath.Join(folder, FileName)
	copied, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got := write(3); len(got) != 0 {
		t.Errorf("before: %v", got)
	}
	if err := os.WriteFile(file, copied, 0o600); err != nil {
		t.Fatal(err)
	}
	if got, want := write(1), []string{"2 cut"}; !slices.Equal(got, want) {
		t.Errorf("at the next start: %v, want %v", got, want)
	}
	if got, want := write(0), []string{"6 missing", "6 seal_wrong"}; !slices.Equal(got, want) {
		t.Errorf("one line later: %v, want %v", got, want)
	}
}

// TestALogFromBeforeLinesToldWhatChangedIsStillSound opens a folder that an earlier program wrote.
func TestALogFromBeforeLinesToldWhatChangedIsStillSound(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	key, err := hex.DecodeString("4bb7ceca8e3bc9aeb31e648bd2aeba563761bc8bec74a4158ef89454c1fa4749")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(folder, keyFolder), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, keyFolder, auditKeyName), key, 0o600); err != nil {
		t.Fatal(err)
	}
	dump, err := os.ReadFile("testdata/schema-6.sql")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, FileName)
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	pastTheProgram(t, &DB{path: path}, string(dump))
	db, err := Open(t.Context(), Options{Folder: folder, Instance: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if got := flaws(t, db); len(got) != 0 {
		t.Errorf("the old lines: %v", got)
	}
	call := access.Call{Principal: access.Principal{Kind: access.KindUser, ID: "01U", Name: "olga"}}
	if err := db.AddRecord(t.Context(), call.Record("user.change", "oleg").Changed(access.Change{Field: "role", Old: "owner", New: "viewer"})); err != nil {
		t.Fatal(err)
	}
	if got := flaws(t, db); len(got) != 0 {
		t.Errorf("with a new line behind them: %v", got)
	}
	page, _, err := db.Records(t.Context(), access.RecordFilter{})
	if err != nil || len(page) != 4 || page[0].N != 4 || len(page[0].Changes) != 1 || page[3].Changes != nil || page[3].Detail["role"] != "owner" {
		t.Errorf("the lines: %+v, %v", page, err)
	}
	pastTheProgram(t, db, `UPDATE audit SET object = 'somebody' WHERE n = 2`)
	if got := flaws(t, db); !slices.Equal(got, []string{"2 changed"}) {
		t.Errorf("after an old line was changed: %v", got)
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
