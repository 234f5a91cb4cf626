package app_test

import (
	"database/sql"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/orderbell/orderbell/gateway/internal/store"
)

// TestAnAuditLogThatWasChangedInBetweenIsToldEverywhere changes the file between two runs, in each way that
// the next line sealed away before.
func TestAnAuditLogThatWasChangedInBetweenIsToldEverywhere(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change []string
		said   string
	}{
		"a line was changed":   {[]string{`UPDATE audit SET actor = 'mallory' WHERE n = 1`}, "from line 1 on: its text was changed"},
		"the log was emptied":  {[]string{`DELETE FROM audit`, `DELETE FROM state WHERE key LIKE 'audit%'`}, "all its lines are gone"},
		"its end is forgotten": {[]string{`DELETE FROM state WHERE key = 'audit_head'`}, "from line 1 on: it and what follows were not added by this gateway"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := openOffice(t, "")
			o.call("POST", "/accounts", newAccount("main", "smsru", map[string]value{"api_id": text("CANARY-1"), "from": text("CAFE"), "base_url": text("https://a.example")}), nil)
			o.change(map[string]any{"template": "Готов {order_number}"})
			if out, _ := o.run("check"); strings.Contains(out, "audit") {
				t.Errorf("before anything happened: %s", out)
			}
			o.Stop()
			db, err := sql.Open("sqlite", filepath.Join(o.Data, store.FileName))
			if err != nil {
				t.Fatal(err)
			}
			for _, statement := range c.change {
				if _, err := db.ExecContext(t.Context(), statement); err != nil {
					t.Fatal(err)
				}
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			if out, _ := o.run("check"); !strings.Contains(out, "! today audit_changed: The audit log was changed past Orderbell") || !strings.Contains(out, c.said) {
				t.Errorf("check says %s", out)
			}
			if out, err := o.run("apikey", "create", "--name", "x", "--scope", "admin"); err != nil || !strings.Contains(out, c.said) {
				t.Errorf("a command that adds a line: %v, %s; want that it is done, and says %q", err, out, c.said)
			}
			o.again()
			eventually(t, "the log of the start tells", func() bool {
				return strings.Contains(o.Log(), "the audit log cannot be vouched for")
			})
			o.change(map[string]any{"template": "Готово {order_number}"})
			var today struct {
				Findings []struct{ Code, Summary string }
			}
			o.call("GET", "/today", nil, &today)
			found := false
			for _, f := range today.Findings {
				found = found || f.Code == "audit_changed" && strings.Contains(f.Summary, "changed past Orderbell")
			}
			var verdict struct{ Faults []struct{ Text string } }
			if status := o.call("GET", "/audit/verify", nil, &verdict); !found || status != http.StatusOK || len(verdict.Faults) == 0 || verdict.Faults[0].Text == "" {
				t.Errorf("the home page says %+v, the audit page %d %+v", today, status, verdict)
			}
		})
	}
}
