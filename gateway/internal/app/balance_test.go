package app_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/app/apptest"
)

func TestTheBalanceThatWasLastAskedForOutlivesARestart(t *testing.T) {
	t.Parallel()
	o := openOffice(t, "")
	o.make("main", map[string]value{"file": text(o.texts)})
	type balance struct {
		Credits string
		AskedAt time.Time `json:"asked_at"`
	}
	shown := func() *balance {
		t.Helper()
		var all []struct{ Balance *balance }
		if status := o.call("GET", "/accounts", nil, &all); status != http.StatusOK || len(all) != 1 {
			t.Fatalf("accounts: %d %+v", status, all)
		}
		return all[0].Balance
	}
	if got := shown(); got != nil {
		t.Errorf("before anybody asked: %+v", got)
	}
	var asked balance
	if status := o.call("POST", "/accounts/main/balance", nil, &asked); status != http.StatusOK || asked.Credits != "∞" || asked.AskedAt.IsZero() {
		t.Fatalf("asked: %d %+v", status, asked)
	}
	o.Stop()
	o.Gateway = apptest.Start(t, o.programs, o.Data, o.yaml)
	if got := shown(); got == nil || got.Credits != "∞" || !got.AskedAt.Equal(asked.AskedAt) {
		t.Errorf("after a restart: %+v, want %+v", got, asked)
	}
	changed := saved(o.account("main"))
	changed["settings"] = map[string]value{"file": text(o.texts + ".other")}
	if status := o.call("PUT", "/accounts/main", changed, nil); status != http.StatusOK {
		t.Fatalf("a change: %d", status)
	}
	if got := shown(); got != nil {
		t.Errorf("after its settings changed, when it may be another account: %+v", got)
	}
}
