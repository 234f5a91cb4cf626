package app_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/orderbell/orderbell/gateway/internal/store"
)

// noMoney stops the gateway and writes an attempt that ended so.
func noMoney(t *testing.T, h *house) {
	h.Stop()
	db, err := sql.Open("sqlite", filepath.Join(h.Data, store.FileName))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	now := time.Now()
	_, err = db.ExecContext(t.Context(), `INSERT INTO attempt (id, message_id, n, account, started_at, ended_at, outcome) VALUES ($1, 'm', 1, 'main', $2, $2, $3)`,
		ulid.MustNew(ulid.Timestamp(now), ulid.DefaultEntropy()).String(), now.UnixMicro(), `{"id":"m","failure":{"reason":"NO_MONEY"}}`)
	if err != nil {
		t.Fatal(err)
	}
}

func TestCheckTellsWhatTheHomePageTells(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		yaml    string
		arrange func(t *testing.T, h *house)
		want    []string
		fails   bool
	}{
		{name: "all is well", want: []string{"rules, all readable"}},
		{name: "notifications that are switched off are advice", yaml: "notifications: {enabled: false}",
			want: []string{"! today notifications_off: Notifications are switched off: guests are not texted. Switch them on on the page Notifications."}},
		{name: "no rule is a fault", arrange: func(t *testing.T, h *house) {
			if err := os.Remove(filepath.Join(h.Data, "rules", "order-stage.js")); err != nil {
				t.Fatal(err)
			}
		}, want: []string{"✗ today no_rule: No rule serves: nothing decides whom to text, so no texts are sent."}, fails: true},
		{name: "a rule file with a fault says what serves in its place", arrange: func(_ *testing.T, h *house) {
			h.rule("order-stage.js", "\nrule({ torn")
		}, want: []string{"✗ rules order-stage.js: order-stage.js:2", "serves in its place"}, fails: true},
		{name: "an account whose last text found no money stands still", arrange: noMoney,
			want: []string{"✗ today account_failing: main: does not work."}, fails: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := open(t, "", tt.yaml)
			eventually(t, "rules in the log", func() bool { return strings.Contains(h.Log(), "rules loaded") })
			if tt.arrange != nil {
				tt.arrange(t, h)
			}
			h.Stop()
			out, err := h.run("check")
			for _, want := range tt.want {
				if !strings.Contains(out, want) {
					t.Errorf("check does not say %q:\n%s", want, out)
				}
			}
			if (err != nil) != tt.fails {
				t.Errorf("check ends with %v, want a failure: %v\n%s", err, tt.fails, out)
			}
		})
	}
}

func TestCheckSaysInTheSameWordsThatThereIsNoAccount(t *testing.T) {
	t.Parallel()
	o := openOffice(t, "")
	if out, err := o.run("check"); err == nil || !strings.Contains(out, "✗ today no_account: There is nobody to send through: no account. Add an account with a provider.") {
		t.Errorf("%v, %s", err, out)
	}
}
