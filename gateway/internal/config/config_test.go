package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/order"
)

// secrets are what the tests put in and must never see again.
const (
	intakeKey = "intake-key-of-the-first-one"
	menuKey   = "menu-key-0123456789"
	smsKey    = "0F0F0F0F-secret-of-the-provider"
)

func fullEnv() []string {
	return []string{
		"INTAKE_KEY=" + intakeKey, "SMSRU_API_ID=" + smsKey, "QR_MENU_KEY=ob_" + menuKey,
		"PATH=/bin", "broken", "=C:=C:\\",
	}
}

func load(t *testing.T, from Sources) *Config {
	t.Helper()
	cfg, err := Load(from)
	if err != nil {
		t.Fatalf("Load(%+v) failed: %v", from, err)
	}
	return cfg
}

// write puts a file into a temporary folder and gives its path.
func write(t *testing.T, name, body string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestEveryKeyIsRead(t *testing.T) {
	t.Parallel()
	cfg := load(t, Sources{File: "testdata/good/full.yaml", Env: fullEnv()})

	settings := map[string]string{}
	for name, secret := range cfg.Accounts[0].Settings {
		settings[name] = secret.Reveal()
	}
	wantSettings := map[string]string{
		"api_id": smsKey, "from": "", "test": "true", "pause": "1.50", "note": "${literal}",
	}
	if diff := cmp.Diff(wantSettings, settings); diff != "" {
		t.Errorf("settings of the account (-want +got):\n%s", diff)
	}

	r := cfg.Restaurants[0]
	want := map[string][2]any{
		"listen":        {"0.0.0.0:11010", cfg.Listen},
		"admin_listen":  {"127.0.0.1:11011", cfg.AdminListen},
		"public_url":    {"https://bell.example.org/sms", cfg.PublicURL},
		"data":          {filepath.Join("testdata", "good", "data"), cfg.Data},
		"plugins":       {filepath.Clean("/opt/plugins"), cfg.Plugins},
		"rules":         {filepath.Join("testdata", "good", "rules"), cfg.Rules},
		"egress_allow":  {"[192.168.0.5:8080 modem.local:80]", fmt.Sprint(cfg.EgressAllow)},
		"log":           {Log{"debug", "json"}, cfg.Log},
		"language":      {"en", cfg.Language},
		"retention":     {Retention{7, 8, 9}, cfg.Retention},
		"code":          {"0199990777", r.Code},
		"name":          {"Кафе «Пример»", r.Name},
		"timezone":      {"Asia/Yekaterinburg", r.Timezone.String()},
		"intake_key":    {intakeKey, r.IntakeKey.Reveal()},
		"order_stage":   {order.Most, r.OrderStage},
		"order_number":  {BySeqNumber, r.Number},
		"default zone":  {"Europe/Moscow", cfg.Restaurants[1].Timezone.String()},
		"limits":        {Limits{0.5, 10, 2}, cfg.Accounts[0].Limits},
		"limits unset":  {Limits{10, 1000, 5}, cfg.Accounts[1].Limits},
		"provider":      {"smsc", cfg.Accounts[1].Provider},
		"enabled":       {false, cfg.Notifications.Enabled},
		"route":         {"[backup main]", fmt.Sprint(cfg.Notifications.Route)},
		"stage":         {order.Out, cfg.Notifications.Stage},
		"template":      {"Заказ {order_number}\n{restaurant_name}", cfg.Notifications.Template},
		"expires":       {90 * time.Minute, cfg.Notifications.Expires},
		"quiet_hours":   {"{22:00 09:30}", fmt.Sprint(cfg.Notifications.QuietHours)},
		"on_unknown":    {Resend, cfg.Notifications.OnUnknown},
		"contact_wait":  {time.Duration(0), cfg.Notifications.ContactWait},
		"api key":       {"ob_" + menuKey, cfg.APIKeys[0].Key.Reveal()},
		"api key scope": {"[contacts:write messages:read]", fmt.Sprint(cfg.APIKeys[0].Scopes)},
	}
	for key, pair := range want {
		if pair[0] != pair[1] {
			t.Errorf("%s = %v, want %v", key, pair[1], pair[0])
		}
	}
}

func TestWithoutAFileTheDefaultsHold(t *testing.T) {
	t.Parallel()
	cfg := load(t, Sources{})
	r := cfg.Restaurant("199990777")
	got := fmt.Sprintln(cfg.Listen, cfg.AdminListen, cfg.SharesListener(), cfg.Data, filepath.ToSlash(cfg.Rules),
		cfg.Log, cfg.Language, cfg.Retention, len(cfg.Accounts), cfg.Notifications.Enabled, cfg.Notifications.Route,
		cfg.Notifications.Stage, cfg.Notifications.Expires, cfg.Notifications.OnUnknown, cfg.Notifications.ContactWait,
		!cfg.Notifications.QuietHours.On(), r.Code, r.Name == "", r.Timezone, r.OrderStage, r.Number)
	want := "127.0.0.1:11010 127.0.0.1:11010 true data data/rules {info text} ru {30 30 365} 0 true [] " +
		"ready 20m0s hold 15m0s true 199990777 true Europe/Moscow least orderName\n"
	if got != want {
		t.Errorf("defaults:\n got %s want %s", got, want)
	}
}

// TestSample holds that the sample says what holds anyway, and that its examples are right.
func TestSample(t *testing.T) {
	t.Parallel()
	plain := load(t, Sources{File: write(t, "orderbell.yaml", SampleYAML())})
	none := load(t, Sources{})
	if diff := cmp.Diff(valuesOf(none), valuesOf(plain)); diff != "" {
		t.Errorf("the sample differs from the defaults (-defaults +sample):\n%s", diff)
	}

	examples := regexp.MustCompile(`(?m)^# `).ReplaceAllString(SampleYAML(), "")
	examples = regexp.MustCompile(`\s+## .*`).ReplaceAllString(examples, "")
	cfg := load(t, Sources{File: write(t, "orderbell.yaml", examples), Env: fullEnv()})
	if len(cfg.Restaurants) != 1 || len(cfg.Accounts) != 1 || len(cfg.APIKeys) != 1 {
		t.Errorf("the examples of the sample gave %d restaurants, %d accounts, %d keys; want one each",
			len(cfg.Restaurants), len(cfg.Accounts), len(cfg.APIKeys))
	}
	if want := []string{"main"}; !slices.Equal(cfg.Notifications.Route, want) {
		t.Errorf("route with one account = %v, want %v", cfg.Notifications.Route, want)
	}
}

// TestSampleNamesEveryKey holds the sample against the keys that are read.
func TestSampleNamesEveryKey(t *testing.T) {
	t.Parallel()
	cfg := load(t, Sources{File: "testdata/good/full.yaml", Env: fullEnv()})
	for _, s := range cfg.Redacted() {
		if strings.Contains(s.Path, "settings.") {
			continue
		}
		key := s.Path[strings.LastIndex(s.Path, ".")+1:]
		if !regexp.MustCompile(`\b` + key + `:`).MatchString(SampleYAML()) {
			t.Errorf("the sample does not name %s", s.Path)
		}
	}
}

// valuesOf gives what is shown, without the folders, which depend on where the file is.
func valuesOf(c *Config) map[string]string {
	values := map[string]string{}
	for _, s := range c.Redacted() {
		if s.Path != "data" && s.Path != "rules" {
			values[s.Path] = s.Value
		}
	}
	return values
}

func TestFileIsWeakerThanEnvironmentIsWeakerThanFlags(t *testing.T) {
	t.Parallel()
	file := write(t, "orderbell.yaml", "listen: 127.0.0.1:1\ndata: one\nplugins: p\nlog: {level: warn}\n")
	tests := []struct {
		name         string
		env          []string
		flags        Flags
		listen, data string
		origin       string
	}{
		{"the file alone", nil, Flags{}, "127.0.0.1:1", filepath.Join(filepath.Dir(file), "one"), file},
		{
			"the environment wins over the file", []string{"ORDERBELL_LISTEN=127.0.0.1:2", "ORDERBELL_DATA=two"}, Flags{},
			"127.0.0.1:2", "two", "ORDERBELL_LISTEN",
		},
		{
			"a flag wins over both", []string{"ORDERBELL_LISTEN=127.0.0.1:2"}, Flags{Listen: "127.0.0.1:3", Data: "three"},
			"127.0.0.1:3", "three", "--listen",
		},
		{
			"an empty variable is none", []string{"ORDERBELL_LISTEN=", "ORDERBELL_DATA="}, Flags{},
			"127.0.0.1:1", filepath.Join(filepath.Dir(file), "one"), file,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			cfg := load(t, Sources{File: file, Env: test.env, Flags: test.flags})
			if cfg.Listen != test.listen || cfg.Data != test.data || cfg.Origin("listen") != test.origin {
				t.Errorf("listen %s (from %s), data %s; want %s (from %s), %s",
					cfg.Listen, cfg.Origin("listen"), cfg.Data, test.listen, test.origin, test.data)
			}
			if cfg.Log.Level != "warn" || cfg.Origin("log.format") != "" {
				t.Errorf("log.level %s, log.format from %q; want warn, default", cfg.Log.Level, cfg.Origin("log.format"))
			}
		})
	}
}

// TestEveryKeyHasAVariable sets each variable to something that cannot be and wants to hear of it.
func TestEveryKeyHasAVariable(t *testing.T) {
	t.Parallel()
	for _, path := range []string{
		"listen", "admin_listen", "public_url", "database", "egress_allow", "log.level", "log.format", "language",
		"retention.texts_days", "retention.events_days", "retention.audit_days", "notifications.enabled",
		"notifications.route", "notifications.stage", "notifications.expires", "notifications.quiet_hours.from",
		"notifications.quiet_hours.to", "notifications.on_unknown", "notifications.contact_wait",
		"notifications.template", "data", "plugins", "rules",
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			_, err := Load(Sources{Env: []string{EnvName(path) + "={\x01 impossible"}})
			var faults Faults
			if !errors.As(err, &faults) || len(faults) != 1 || !strings.HasPrefix(faults[0].Path, path) {
				t.Errorf("%s set to nonsense gave %v, want one fault of %s", EnvName(path), err, path)
			}
		})
	}
}

func TestAdminListen(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, listen, admin, want string }{
		{"shares a loopback address", "127.0.0.1:11010", "", "127.0.0.1:11010"},
		{"shares a loopback name", "localhost:11010", "", "localhost:11010"},
		{"shares IPv6 loopback", "[::1]:11010", "", "[::1]:11010"},
		{"shares another loopback address", "127.0.0.2:0", "", "127.0.0.2:0"},
		{"is apart when the intake is open", "0.0.0.0:11010", "", "127.0.0.1:11011"},
		{"is apart when the intake is open on every address", ":11010", "", "127.0.0.1:11011"},
		{"is apart on a LAN address", "192.168.0.2:11010", "", "127.0.0.1:11011"},
		{"goes where it is told", "127.0.0.1:11010", "0.0.0.0:80", "0.0.0.0:80"},
		{"may share an open address when told", "0.0.0.0:11010", "0.0.0.0:11010", "0.0.0.0:11010"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			cfg := load(t, Sources{Flags: Flags{Listen: test.listen, AdminListen: test.admin}})
			if cfg.AdminListen != test.want {
				t.Errorf("listen %s, admin_listen %q gave %s, want %s", test.listen, test.admin, cfg.AdminListen, test.want)
			}
		})
	}
}

func TestRestaurantLookup(t *testing.T) {
	t.Parallel()
	cfg := load(t, Sources{File: "testdata/good/full.yaml", Env: fullEnv()})
	tests := []struct{ name, code, wantName string }{
		{"its own settings", "0199990777", "Кафе «Пример»"},
		{"those of any for another", "555", "Остальные"},
		{"those of any for an event without a code", "", "Остальные"},
	}
	for _, test := range tests {
		got := cfg.Restaurant(test.code)
		if got.Name != test.wantName || got.Code != test.code {
			t.Errorf("%s: Restaurant(%q) = %q %q, want %q %q", test.name, test.code, got.Code, got.Name, test.code, test.wantName)
		}
	}
	keys := []struct {
		key, code string
		ok        bool
	}{
		{intakeKey, "0199990777", true},
		{"other-key-of-the-chain", "*", true},
		{intakeKey + "x", "", false},
		{strings.ToUpper(intakeKey), "", false},
		{"", "", false},
	}
	for _, k := range keys {
		if code, ok := cfg.IntakeRestaurant(k.key); code != k.code || ok != k.ok {
			t.Errorf("IntakeRestaurant(%q) = %q, %v; want %q, %v", k.key, code, ok, k.code, k.ok)
		}
	}
	if code, ok := load(t, Sources{}).IntakeRestaurant(""); ok {
		t.Errorf("an empty key let in %q where no key is set", code)
	}
}

func TestAccessKeys(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
	keys := load(t, Sources{File: "testdata/good/full.yaml", Env: fullEnv()}).AccessKeys(now)
	want := []access.Key{{
		ID: "declared:qr-menu", Name: "qr-menu", Hint: "…6789", Hash: access.HashSecret("ob_" + menuKey),
		Scopes: []access.Scope{access.ScopeContactsWrite, access.ScopeMessagesRead}, CreatedAt: now,
	}}
	if diff := cmp.Diff(want, keys); diff != "" {
		t.Errorf("AccessKeys (-want +got):\n%s", diff)
	}
}

func TestDeclared(t *testing.T) {
	t.Parallel()
	cfg := load(t, Sources{File: "testdata/good/full.yaml", Env: fullEnv()})
	for path, want := range map[string]bool{
		"restaurants": true, "restaurants[0].code": true, "notifications": true, "accounts[0].settings.api_id": true,
		"restaurants[1].timezone": false, "restaurant": false, "accounts[1].limits": false,
	} {
		if got := cfg.Declared(path); got != want {
			t.Errorf("Declared(%q) = %v, want %v", path, got, want)
		}
	}
	if load(t, Sources{}).Declared("restaurants") {
		t.Error("without a file restaurants are declared")
	}
}

func TestUnknownVariables(t *testing.T) {
	t.Parallel()
	file := write(t, "orderbell.yaml", `public_url: "${ORDERBELL_LISTN}"`)
	for _, from := range []Sources{
		{Env: []string{"ORDERBELL_SMS_TOKEN=x", "ORDERBELL_CONFIG=orderbell.yaml", "ORDERBELL_TEST_DSN=y"}},
		{Env: []string{"ORDERBELL_LISTN=https://example.org"}, File: file}, // asked for by the file itself
	} {
		if _, err := Load(from); err != nil {
			t.Errorf("Load(%+v) = %v, want no fault", from, err)
		}
	}
}

func TestByteOrderMarkAndWindowsLines(t *testing.T) {
	t.Parallel()
	cfg := load(t, Sources{File: write(t, "orderbell.yaml", "\ufefflanguage: en\r\nlog:\r\n  level: warn\r\n")})
	if cfg.Language != "en" || cfg.Log.Level != "warn" {
		t.Errorf("language %q, level %q; want en, warn", cfg.Language, cfg.Log.Level)
	}
}

func TestEmptyFilesAreDefaults(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", "\n\n", "# only a comment\n", "---\n", "restaurants:\naccounts:\n", "{}\n", "restaurants: []\n"} {
		cfg := load(t, Sources{File: write(t, "orderbell.yaml", body)})
		if cfg.Listen != defaultListen || len(cfg.Restaurants) != 0 {
			t.Errorf("%q gave %+v, want the defaults", body, cfg)
		}
	}
}
