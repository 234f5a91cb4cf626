package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/order"
)

// declare reads a file of its own for the test.
func declare(t *testing.T, yaml string) *Config {
	t.Helper()
	file := filepath.Join(t.TempDir(), "orderbell.yaml")
	if err := os.WriteFile(file, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Read(Sources{File: file})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// paths lists the paths of faults, marking those of the file.
func paths(faults Faults) string {
	var all []string
	for _, f := range faults {
		path := f.Path
		if f.Source != "" {
			path += "@file"
		}
		all = append(all, path)
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

func storedAccount(name string) map[string]any {
	return map[string]any{"name": name, "provider": "smsru", "settings": map[string]any{"api_id": "secret-of-" + name}}
}

func TestWhatIsDeclaredWinsAndTheRestComesFromTheDatabase(t *testing.T) {
	t.Parallel()
	c := declare(t, `
notifications: {stage: kdsOut, quiet_hours: {from: "22:00", to: "09:00"}}
restaurants: [{code: "1", name: Declared}]
accounts: [{name: main, provider: console}]
`)
	got, faults := c.With(Stored{
		Notifications: map[string]any{
			"stage": "kdsReady", "template": "Новый {order_number}", "expires": "5m", "enabled": false, "route": []any{"spare", "main"},
			"quiet_hours": map[string]any{"from": "01:00", "to": "02:00"},
		},
		Restaurants: []map[string]any{{"code": "1", "name": "Stored"}, {"code": "2", "name": "Second ${HOME}", "intake_key": "0123456789abcdef"}},
		Accounts:    []map[string]any{storedAccount("main"), storedAccount("spare")},
	})
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	n := got.Notifications
	if n.Stage != order.Out || n.QuietHours.From.String() != "22:00" {
		t.Errorf("declared: stage %v, quiet from %v; want those of the file", n.Stage, n.QuietHours.From)
	}
	if n.Template != "Новый {order_number}" || n.Expires != 5*time.Minute || n.Enabled || strings.Join(n.Route, ",") != "spare,main" {
		t.Errorf("stored: %+v, want what the database says", n)
	}
	if len(got.Restaurants) != 2 || got.Restaurants[0].Name != "Declared" || got.Restaurants[1].Name != "Second ${HOME}" {
		t.Errorf("restaurants: %+v, want ${…} of the database as it is written", got.Restaurants)
	}
	if code, ok := got.IntakeRestaurant("0123456789abcdef"); !ok || code != "2" {
		t.Errorf("the stored intake key: %q, %v, want restaurant 2", code, ok)
	}
	if len(got.Accounts) != 2 || got.Accounts[0].Provider != "console" || got.Accounts[1].Settings["api_id"].Reveal() != "secret-of-spare" {
		t.Errorf("accounts: %+v", got.Accounts)
	}
	if got.Accounts[1].Limits != defaultLimits() {
		t.Errorf("limits that nobody wrote: %+v, want the defaults", got.Accounts[1].Limits)
	}
	if want := "stage quiet_hours"; strings.Join(c.DeclaredNotifications(), " ") != want {
		t.Errorf("declared keys: %v, want %s", c.DeclaredNotifications(), want)
	}
	if !got.DeclaredAccount("main") || got.DeclaredAccount("spare") || !got.DeclaredRestaurant("1") || got.DeclaredRestaurant("2") {
		t.Error("what is declared and what is stored cannot be told apart")
	}
	if len(c.Accounts) != 1 || len(c.Restaurants) != 1 {
		t.Error("the declared configuration was changed by the merge")
	}
}

func TestTheRouteThatNobodyChoseIsTheOldestAccount(t *testing.T) {
	t.Parallel()
	one := `accounts: [{name: main, provider: console}]`
	two := `accounts: [{name: main, provider: console}, {name: other, provider: console}]`
	tests := []struct {
		name   string
		yaml   string
		stored Stored
		want   string
		faults string
	}{
		{"no account, no route", "", Stored{}, "", ""},
		{"the only declared account", one, Stored{}, "main", ""},
		{"the oldest stored account", "", Stored{Accounts: []map[string]any{storedAccount("b"), storedAccount("a")}}, "b", ""},
		{"the declared one before the stored ones", one, Stored{Accounts: []map[string]any{storedAccount("a")}}, "main", ""},
		{"a stored route of declared accounts", two, Stored{Notifications: map[string]any{"route": []any{"other"}}}, "other", ""},
		{"two declared accounts and no order", two, Stored{}, "main", "notifications.route@file"},
		{"two declared accounts and no order, switched off", two, Stored{Notifications: map[string]any{"enabled": false}}, "main", ""},
		{"a declared route of a stored account", `notifications: {route: [a]}`, Stored{Accounts: []map[string]any{storedAccount("a")}}, "a", ""},
		{"a declared route of nobody", `notifications: {route: [nobody]}`, Stored{Accounts: []map[string]any{storedAccount("a")}}, "a", "notifications.route[0]@file"},
		{"a stored route of an account that left the file", one, Stored{Notifications: map[string]any{"route": []any{"gone", "main"}}}, "main", "notifications.route[0]"},
		{"a stored route of accounts that all left the file", one, Stored{Notifications: map[string]any{"route": []any{"gone"}}}, "main", "notifications.route[0]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, faults := declare(t, tt.yaml).With(tt.stored)
			if route := strings.Join(got.Notifications.Route, ","); route != tt.want || paths(faults) != tt.faults {
				t.Errorf("route %q, faults %q; want %q, %q", route, paths(faults), tt.want, tt.faults)
			}
		})
	}
}

func TestAStoredMistakeIsLeftOutSaidAtItsPathAndStopsNothingElse(t *testing.T) {
	t.Parallel()
	c := declare(t, `restaurants: [{code: "9", intake_key: aaaaaaaaaaaaaaaaaaaa}]`)
	got, faults := c.With(Stored{
		Notifications: map[string]any{"stage": "kdsSent", "template": "{oops}", "expires": "30m", "tempate": "x", "enabled": "maybe", "route": "main"},
		Restaurants: []map[string]any{
			{"code": "1", "timezone": "Mars/Olympus"}, {"name": "nameless"}, {"code": "2", "intake_key": "aaaaaaaaaaaaaaaaaaaa"}, {"code": "3"}, {"code": "3"},
		},
		Accounts: []map[string]any{
			{"name": "Big", "provider": "smsru"}, storedAccount("good"), storedAccount("good"),
			{"name": "limits", "provider": "smsru", "limits": map[string]any{"per_second": 0.0, "per_day": -1}}, {"name": "none"},
		},
	})
	want := "accounts[0].name accounts[2].name accounts[3].limits.per_day accounts[3].limits.per_second accounts[4].provider " +
		"notifications.enabled notifications.route notifications.stage notifications.tempate notifications.template " +
		"restaurants[0].timezone restaurants[1].code restaurants[2].intake_key restaurants[4].code"
	if paths(faults) != want {
		t.Errorf("faults: got  %s\nwant %s", paths(faults), want)
	}
	if n := got.Notifications; n.Expires != 30*time.Minute || n.Stage != order.Ready || !n.Enabled || n.Template != defaults().Notifications.Template {
		t.Errorf("notifications: %+v, want the good key and the defaults", n)
	}
	if len(got.Restaurants) != 2 || len(got.Accounts) != 1 {
		t.Errorf("%d restaurants, %d accounts; want 2 and 1", len(got.Restaurants), len(got.Accounts))
	}
	for _, f := range faults {
		if f.Sentence("ru") == f.Sentence("en") || strings.Contains(f.Sentence("en"), "aaaaaaaaaaaa") {
			t.Errorf("%s: %q: want both languages and no key", f.Path, f.Sentence("en"))
		}
	}
}

func TestAMergeCanBeMergedAgain(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "orderbell.yaml")
	if err := os.WriteFile(file, []byte(`accounts: [{name: main, provider: console}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(Sources{File: file})
	if err != nil {
		t.Fatal(err)
	}
	got, faults := c.With(Stored{Notifications: map[string]any{"route": []any{"spare"}}, Accounts: []map[string]any{storedAccount("spare")}})
	if len(faults) > 0 || strings.Join(got.Notifications.Route, ",") != "spare" {
		t.Errorf("route %v, faults %v; want the stored route over the one that Load filled in", got.Notifications.Route, faults)
	}
}

func TestOnlyADeclaredKeyWithAnotherValueIsAChange(t *testing.T) {
	t.Parallel()
	c := declare(t, `notifications: {stage: kdsOut, expires: 20m, route: [], quiet_hours: {from: "22:00", to: "09:00"}}`)
	doc := c.Notifications.Document()
	doc["template"], doc["expires"] = "other", "1200s"
	if got := c.ChangesDeclared(doc); len(got) > 0 {
		t.Errorf("the same values, written otherwise: got %v, want no change", got)
	}
	doc["stage"], doc["quiet_hours"] = "kdsReady", map[string]any{"from": "22:00", "to": "08:00"}
	if got := strings.Join(c.ChangesDeclared(doc), " "); got != "stage quiet_hours" {
		t.Errorf("got %q, want stage quiet_hours", got)
	}
}

func TestADocumentReadsBackAsItself(t *testing.T) {
	t.Parallel()
	c := declare(t, "")
	n := c.Notifications
	n.Expires, n.ContactWait, n.OnUnknown, n.Template = 90*time.Minute, 0, Resend, "{order_number}: \"да\"\n— ок"
	got, faults := c.With(Stored{Notifications: n.Document()})
	if len(faults) > 0 || !got.Notifications.same(n) {
		t.Errorf("got %+v, %v; want %+v", got.Notifications, faults, n)
	}
}
