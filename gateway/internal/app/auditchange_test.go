package app_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// auditLine is a line of the audit log as the screen gets it.
type auditLine struct {
	Action, Object, Outcome string
	Changes                 []struct {
		Field, Old, New string
		Hidden          bool
	}
}

// String is "action object outcome: field old → new, secret changed".
func (l auditLine) String() string {
	var parts []string
	for _, c := range l.Changes {
		if c.Hidden {
			parts = append(parts, c.Field+" changed")
			continue
		}
		parts = append(parts, c.Field+" "+c.Old+" → "+c.New)
	}
	return l.Action + " " + l.Object + " " + l.Outcome + ": " + strings.Join(parts, ", ")
}

// audited lists the lines about a kind of thing, oldest first.
func (o *office) audited(action string) []string {
	o.t.Helper()
	var page struct{ Items []auditLine }
	if status := o.call("GET", "/audit?"+url.Values{"action": {action}}.Encode(), nil, &page); status != http.StatusOK {
		o.t.Fatalf("audit: %d", status)
	}
	var lines []string
	for _, l := range page.Items {
		lines = append([]string{l.String()}, lines...)
	}
	return lines
}

func TestTheAuditLogTellsWhatAChangeOfSettingsChanged(t *testing.T) {
	t.Parallel()
	const secret = "CANARY-1111-2222-a1f9"
	o := openOffice(t, "")
	var a shownAccount
	made := newAccount("main", "smsru", map[string]value{"api_id": text(secret), "from": text("CAFE"), "base_url": text("https://a.example")})
	if status := o.call("POST", "/accounts", made, &a); status != http.StatusCreated {
		t.Fatalf("make: %d %+v", status, a)
	}
	change := saved(a)
	change["settings"] = map[string]value{"from": text("BAR"), "base_url": text("https://b.example"), "api_id": text("CANARY-3")}
	change["limits"] = limits{PerSecond: 0.5, PerDay: 2_000_000, PerPhonePerDay: 100}
	if status := o.call("PUT", "/accounts/main", change, &a); status != http.StatusOK {
		t.Fatalf("change: %d %+v", status, a)
	}
	var no refused
	o.call("PUT", "/accounts/main", change, &no) // of a revision that is no longer the last
	o.change(map[string]any{"template": "Готов {order_number}. Звоните +7 999 000-00-01", "quiet_hours": map[string]any{"from": "22:00", "to": "09:00"}})
	if status := o.call("DELETE", "/accounts/main", nil, &no); status != http.StatusConflict {
		t.Errorf("delete what is on the route: %d", status)
	}
	restaurants := func(revision int, list ...map[string]any) {
		t.Helper()
		if status := o.call("PUT", "/settings/restaurants", map[string]any{"restaurants": list, "revision": revision}, nil); status != http.StatusOK {
			t.Fatalf("restaurants: %d", status)
		}
	}
	cafe := map[string]any{"code": "7", "name": "Кафе", "timezone": "UTC", "intake_key": map[string]any{}, "order_stage": "least", "order_number": "orderName"}
	restaurants(0, cafe)
	var key struct{ Key string }
	o.call("POST", "/settings/restaurants/7/intake-key", nil, &key)
	cafe["name"] = "Волна"
	restaurants(2, cafe)
	restaurants(3)

	for action, want := range map[string][]string{
		"accounts": {
			"accounts.create-account main done: limits.per_day  → 1000, limits.per_phone_per_day  → 100, limits.per_second  → 100, provider  → smsru, settings.api_id changed, settings.base_url  → https://a.example, settings.from  → CAFE",
			"accounts.put-account main done: limits.per_day 1000 → 2000000, limits.per_second 100 → 0.5, settings.api_id changed, settings.base_url https://a.example → https://b.example, settings.from CAFE → BAR",
			"accounts.put-account main refused: stale: ",
			"accounts.delete-account main refused: in_use: ",
		},
		"settings": {
			"settings.put-notifications  done: quiet_hours.from  → 22:00, quiet_hours.to  → 09:00, template Заказ {order_number} готов. {restaurant_name} → Готов {order_number}. Звоните +7999•••0001",
			"settings.put-restaurants  done: restaurants[7].code  → 7, restaurants[7].name  → Кафе, restaurants[7].order_number  → orderName, restaurants[7].order_stage  → least, restaurants[7].timezone  → UTC",
			"settings.new-intake-key 7 done: restaurants[7].intake_key changed",
			"settings.put-restaurants  done: restaurants[7].name Кафе → Волна",
			"settings.put-restaurants  done: restaurants[7].code 7 → , restaurants[7].intake_key changed, restaurants[7].name Волна → , restaurants[7].order_number orderName → , restaurants[7].order_stage least → , restaurants[7].timezone UTC → ",
		},
	} {
		if got := o.audited(action); !slices.Equal(got, want) {
			t.Errorf("%s:\n%s\nwant\n%s", action, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	if out := o.command("audit", "verify"); !strings.Contains(out, "sound") {
		t.Errorf("audit verify: %s", out)
	}
	if list := o.command("audit", "list", "--action", "settings"); !strings.Contains(list, "Кафе → Волна") || strings.Contains(list, key.Key) {
		t.Errorf("audit list does not tell what changed:\n%s", list)
	}
}
