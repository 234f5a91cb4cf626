package settings_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/config"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/problem"
	"github.com/orderbell/orderbell/gateway/internal/settings"
	"github.com/orderbell/orderbell/gateway/internal/store"
	"github.com/orderbell/orderbell/gateway/internal/vault"
)

// canary is a secret that must not be found anywhere but in memory.
const canary = "canary-9b1f4c7e2d3a"

func now() time.Time { return time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC) }

// home is a data folder with what its file declares.
type home struct {
	t    *testing.T
	data string
	yaml string
	db   *store.DB
	*settings.Keeper
}

func setup(t *testing.T, yaml string) *home {
	t.Helper()
	h := &home{t: t, data: filepath.Join(t.TempDir(), "data"), yaml: yaml}
	if err := h.start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.stop)
	return h
}

func (h *home) start() error {
	h.t.Helper()
	if err := os.MkdirAll(h.data, 0o700); err != nil {
		return err
	}
	file := filepath.Join(h.data, "orderbell.yaml")
	if err := os.WriteFile(file, []byte(h.yaml), 0o600); err != nil {
		return err
	}
	declared, err := config.Read(config.Sources{File: file, Flags: config.Flags{Data: h.data}})
	if err != nil {
		return err
	}
	if h.db, err = store.Open(h.t.Context(), store.Options{Folder: h.data, Instance: true, Now: now}); err != nil {
		return err
	}
	h.Keeper, err = settings.Open(h.t.Context(), settings.Options{Declared: declared, Store: h.db, Now: now})
	return err
}

func (h *home) stop() {
	if err := h.db.Close(); err != nil {
		h.t.Error(err)
	}
}

// restart is a stop and a start with another file.
func (h *home) restart(yaml string) error {
	h.stop()
	h.yaml = yaml
	return h.start()
}

func account(name string) settings.Account {
	return settings.Account{
		Name: name, Provider: "smsru", Settings: map[string]string{"api_id": canary, "from": "CAFE"},
		Limits: config.Limits{PerSecond: 1, PerDay: 2, PerPhonePerDay: 3},
	}
}

func (h *home) save(a settings.Account) {
	h.t.Helper()
	if _, err := h.SaveAccount(h.t.Context(), a, by("anna")); err != nil {
		h.t.Fatal(err)
	}
}

// by begins the audit log's line about a change of somebody's.
func by(name string) access.Record {
	return access.Call{Principal: access.Principal{Kind: access.KindUser, Name: name}}.Record("settings.put", "")
}

func code(err error) problem.Code {
	if refused, ok := errors.AsType[*problem.Refusal](err); ok {
		return refused.Code
	}
	return ""
}

// fields lists the fields of a refusal.
func fields(err error) string {
	var all []string
	if refused, ok := errors.AsType[*problem.Refusal](err); ok {
		for _, f := range refused.Fields {
			all = append(all, f.Field)
		}
	}
	return strings.Join(all, " ")
}

func TestWhatIsSavedCountsAtOnceAndAfterARestart(t *testing.T) {
	t.Parallel()
	h := setup(t, `notifications: {stage: kdsOut}`)
	var applied atomic.Int32
	h.OnChange(func(_ context.Context, c *settings.Current) {
		if c == h.Current() {
			applied.Add(1)
		}
	})
	h.save(account("main"))
	doc := h.Current().Notifications.Document()
	doc["template"] = "Новый {order_number}"
	if _, err := h.SaveNotifications(t.Context(), doc, 0, by("anna")); err != nil {
		t.Fatal(err)
	}
	restaurant := settings.Restaurant{Doc: map[string]any{"code": "1", "name": "Кафе", "timezone": "Asia/Omsk"}, Key: "intake-" + canary}
	if _, err := h.SaveRestaurants(t.Context(), []settings.Restaurant{restaurant}, 0, by("anna")); err != nil {
		t.Fatal(err)
	}
	check := func(when string) {
		t.Helper()
		c := h.Current()
		a, _ := c.Account("main")
		if c.Notifications.Template != "Новый {order_number}" || c.Notifications.Stage != order.Out || c.NotificationsRevision != 1 {
			t.Errorf("%s: notifications %+v, revision %d", when, c.Notifications, c.NotificationsRevision)
		}
		if a.Settings["api_id"].Reveal() != canary || a.Limits.PerDay != 2 || c.AccountRevision("main") != 1 || strings.Join(c.Notifications.Route, ",") != "main" {
			t.Errorf("%s: account %+v, route %v", when, a, c.Notifications.Route)
		}
		if who, ok := c.IntakeRestaurant("intake-" + canary); !ok || who != "1" || c.Restaurant("1").Timezone.String() != "Asia/Omsk" {
			t.Errorf("%s: the intake key is of %q, %v", when, who, ok)
		}
		if len(c.Left) > 0 || len(c.Closed) > 0 {
			t.Errorf("%s: left out: %v, %v", when, c.Left, c.Closed)
		}
	}
	check("at once")
	if applied.Load() != 3 {
		t.Errorf("took effect %d times, want 3", applied.Load())
	}
	if err := h.restart(h.yaml); err != nil {
		t.Fatal(err)
	}
	check("after a restart")
}

func TestSecretsAreNowhereInTheDataFolder(t *testing.T) {
	t.Parallel()
	h := setup(t, "")
	h.save(account("main"))
	a := account("main")
	a.Revision, a.Settings["api_id"] = 1, canary+"-second"
	h.save(a)
	restaurant := settings.Restaurant{Doc: map[string]any{"code": "1"}, Key: "intake-" + canary}
	if _, err := h.SaveRestaurants(t.Context(), []settings.Restaurant{restaurant}, 0, by("anna")); err != nil {
		t.Fatal(err)
	}
	search := func(when string) {
		t.Helper()
		seen := 0
		err := filepath.WalkDir(h.data, func(path string, entry os.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			body, err := os.ReadFile(path)
			seen += len(body)
			if bytes.Contains(body, []byte(canary)) {
				t.Errorf("%s: %s holds a secret", when, path)
			}
			return err
		})
		if err != nil || seen < 4096 {
			t.Errorf("%s: looked at %d bytes, %v", when, seen, err)
		}
	}
	search("running, with the log of the database")
	h.stop()
	search("stopped")
	if err := h.start(); err != nil {
		t.Fatal(err)
	}
}

func TestTheSecondOfTwoWhoSaveIsToldAndNothingIsOverwritten(t *testing.T) {
	t.Parallel()
	h := setup(t, "")
	h.save(account("main"))
	doc := h.Current().Notifications.Document()
	if _, err := h.SaveNotifications(t.Context(), doc, 0, by("anna")); err != nil {
		t.Fatal(err)
	}
	doc["template"] = "late"
	if _, err := h.SaveNotifications(t.Context(), doc, 0, by("boris")); code(err) != problem.Stale {
		t.Errorf("notifications: %v, want stale", err)
	}
	if _, err := h.SaveRestaurants(t.Context(), nil, 7, by("boris")); code(err) != problem.Stale {
		t.Errorf("restaurants: %v, want stale", err)
	}
	a := account("main")
	a.Revision = 9
	if _, err := h.SaveAccount(t.Context(), a, by("boris")); code(err) != problem.Stale {
		t.Errorf("account: %v, want stale", err)
	}
	var both sync.WaitGroup
	var won atomic.Int32
	for range 8 {
		both.Go(func() {
			_, err := h.SaveNotifications(t.Context(), h.Current().Notifications.Document(), 1, by("many"))
			if err == nil {
				won.Add(1)
			} else if code(err) != problem.Stale {
				t.Errorf("got %v, want stale", err)
			}
		})
	}
	both.Wait()
	if won.Load() != 1 || h.Current().Notifications.Template == "late" {
		t.Errorf("%d of 8 saves won, want 1", won.Load())
	}
}

func TestWhatTheFileDeclaresIsReadOnly(t *testing.T) {
	t.Parallel()
	h := setup(t, `
notifications: {stage: kdsOut}
restaurants: [{code: "1", name: Declared, intake_key: 0123456789abcdef}]
accounts: [{name: main, provider: console}]
`)
	doc := h.Current().Notifications.Document()
	doc["stage"], doc["expires"] = "kdsReady", "5m"
	if _, err := h.SaveNotifications(t.Context(), doc, 0, by("anna")); code(err) != problem.Declared || fields(err) != "stage" {
		t.Errorf("another stage: %v %s, want it refused as declared", err, fields(err))
	}
	doc["stage"] = "kdsOut"
	if _, err := h.SaveNotifications(t.Context(), doc, 0, by("anna")); err != nil || h.Current().Notifications.Expires != 5*time.Minute {
		t.Errorf("the same stage: %v, want the rest saved", err)
	}
	if _, err := h.SaveAccount(t.Context(), account("main"), by("anna")); code(err) != problem.NameTaken {
		t.Errorf("an account of a declared name: %v", err)
	}
	a := account("main")
	a.Revision = 1
	if _, err := h.SaveAccount(t.Context(), a, by("anna")); code(err) != problem.Declared {
		t.Errorf("a change of a declared account: %v", err)
	}
	if err := h.DropAccount(t.Context(), "main", by("anna")); code(err) != problem.Declared {
		t.Errorf("the end of a declared account: %v", err)
	}
	same := settings.Restaurant{Doc: map[string]any{"code": "1", "name": "Declared", "timezone": "Europe/Moscow"}, Keep: true}
	other := settings.Restaurant{Doc: map[string]any{"code": "2", "name": "Second"}}
	if _, err := h.SaveRestaurants(t.Context(), []settings.Restaurant{same, other}, 0, by("anna")); err != nil || len(h.Current().Restaurants) != 2 {
		t.Errorf("a declared restaurant as it is, and another: %v, %+v", err, h.Current().Restaurants)
	}
	for name, change := range map[string]func(*settings.Restaurant){
		"another name": func(r *settings.Restaurant) { r.Doc["name"] = "Changed" },
		"another zone": func(r *settings.Restaurant) { r.Doc["timezone"] = "Asia/Omsk" },
		"another key":  func(r *settings.Restaurant) { r.Keep, r.Key = false, "fedcba9876543210" },
		"no key":       func(r *settings.Restaurant) { r.Keep = false },
	} {
		changed := settings.Restaurant{Doc: map[string]any{"code": "1", "name": "Declared", "timezone": "Europe/Moscow"}, Keep: true}
		change(&changed)
		if _, err := h.SaveRestaurants(t.Context(), []settings.Restaurant{other, changed}, 1, by("anna")); code(err) != problem.Declared || fields(err) != "restaurants[1]" {
			t.Errorf("%s of a declared restaurant: %v %s, want it refused", name, err, fields(err))
		}
	}
}

func TestARefusedSaveNamesTheFieldAndChangesNothing(t *testing.T) {
	t.Parallel()
	h := setup(t, `restaurants: [{code: "9"}]`)
	doc := h.Current().Notifications.Document()
	doc["template"], doc["expires"], doc["route"] = "{oops}", "a while", []string{"nobody"}
	_, err := h.SaveNotifications(t.Context(), doc, 0, by("anna"))
	if code(err) != problem.FieldsInvalid || fields(err) != "expires template route[0]" {
		t.Errorf("notifications: %v %s", err, fields(err))
	}
	if refused, ok := errors.AsType[*problem.Refusal](err); ok {
		for _, f := range refused.Fields {
			if f.RU == "" || f.EN == "" || f.RU == f.EN || strings.Contains(f.EN, "oops") {
				t.Errorf("%s: %q, %q: want both languages and not the value", f.Field, f.RU, f.EN)
			}
		}
	}
	doc = h.Current().Notifications.Document()
	doc["template"] = strings.Repeat("ж", 671)
	if _, err = h.SaveNotifications(t.Context(), doc, 0, by("anna")); code(err) != problem.FieldsInvalid || fields(err) != "template" {
		t.Errorf("a template of 11 SMS: %v %s", err, fields(err))
	}
	declared := settings.Restaurant{Doc: map[string]any{"code": "9"}, Keep: true}
	bad := settings.Restaurant{Doc: map[string]any{"code": "1", "timezone": "Mars"}, Key: "short"}
	_, err = h.SaveRestaurants(t.Context(), []settings.Restaurant{declared, bad}, 0, by("anna"))
	if code(err) != problem.FieldsInvalid || fields(err) != "restaurants[1].intake_key restaurants[1].timezone" {
		t.Errorf("restaurants: %v %s", err, fields(err))
	}
	a := account("Main")
	a.Limits.PerDay = 0
	_, err = h.SaveAccount(t.Context(), a, by("anna"))
	if code(err) != problem.FieldsInvalid || fields(err) != "limits.per_day name" {
		t.Errorf("account: %v %s", err, fields(err))
	}
	if c := h.Current(); c.NotificationsRevision != 0 || c.RestaurantsRevision != 0 || len(c.Accounts) != 0 {
		t.Errorf("something was saved: %+v", c)
	}
}

func TestAnAccountKeepsItsNameAndItsProvider(t *testing.T) {
	t.Parallel()
	h := setup(t, "")
	h.save(account("main"))
	if _, err := h.SaveAccount(t.Context(), account("main"), by("anna")); code(err) != problem.NameTaken {
		t.Errorf("made again: %v", err)
	}
	a := account("main")
	a.Revision, a.Provider = 1, "smsc"
	if _, err := h.SaveAccount(t.Context(), a, by("anna")); fields(err) != "provider" {
		t.Errorf("another provider: %v", err)
	}
	a = account("other")
	a.Revision = 1
	if _, err := h.SaveAccount(t.Context(), a, by("anna")); code(err) != problem.NoSuchThing {
		t.Errorf("another name: %v", err)
	}
}

func TestAnAccountThatIsNeededStays(t *testing.T) {
	t.Parallel()
	h := setup(t, "")
	h.save(account("main"))
	h.save(account("spare"))
	if err := h.DropAccount(t.Context(), "main", by("anna")); code(err) != problem.InUse || fields(err) != "name" {
		t.Errorf("the only one on the route: %v", err)
	}
	doc := h.Current().Notifications.Document()
	doc["route"], doc["enabled"] = []string{"spare", "main"}, false
	if _, err := h.SaveNotifications(t.Context(), doc, 0, by("anna")); err != nil {
		t.Fatal(err)
	}
	if err := h.DropAccount(t.Context(), "main", by("anna")); code(err) != problem.InUse {
		t.Errorf("on a chosen route, switched off: %v", err)
	}
	doc["route"] = []string{"spare"}
	if _, err := h.SaveNotifications(t.Context(), doc, 1, by("anna")); err != nil {
		t.Fatal(err)
	}
	if err := h.DropAccount(t.Context(), "main", by("anna")); err != nil {
		t.Errorf("off the route: %v", err)
	}
	if err := h.DropAccount(t.Context(), "main", by("anna")); code(err) != problem.NoSuchThing {
		t.Errorf("a second time: %v", err)
	}
	if _, ok := h.Current().Account("main"); ok {
		t.Error("the account still counts")
	}
}

func TestALostKeyStopsOnlyWhatItSealed(t *testing.T) {
	t.Parallel()
	h := setup(t, `accounts: [{name: declared, provider: console}]`)
	h.save(account("main"))
	restaurant := settings.Restaurant{Doc: map[string]any{"code": "1", "name": "Кафе"}, Key: "intake-" + canary}
	if _, err := h.SaveRestaurants(t.Context(), []settings.Restaurant{restaurant}, 0, by("anna")); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(settings.KeysFolder(h.data)); err != nil {
		t.Fatal(err)
	}
	if err := h.restart(h.yaml); err != nil {
		t.Fatal(err)
	}
	c := h.Current()
	fault, ok := errors.AsType[*vault.Fault](c.Closed["main"])
	if !ok || fault.Kind != vault.KeyMissing {
		t.Errorf("main is closed because of %v, want the missing key", c.Closed["main"])
	}
	if _, ok := c.Account("declared"); !ok || len(c.Accounts) != 2 {
		t.Errorf("accounts: %+v, want both to be there", c.Accounts)
	}
	if len(c.Left) != 1 || c.Left[0].Path != "restaurants[0].intake_key" || c.Restaurant("1").Name != "Кафе" {
		t.Errorf("left out: %v, want the intake key alone", c.Left)
	}
	if made, err := filepath.Glob(filepath.Join(settings.KeysFolder(h.data), "secrets-*")); err != nil || len(made) > 0 {
		t.Errorf("a new key was made where an old one is missed: %v, %v", made, err)
	}
	a := account("main")
	a.Revision = 1
	h.save(a)
	if a, _ := h.Current().Account("main"); len(h.Current().Closed) > 0 || a.Settings["api_id"].Reveal() != canary {
		t.Errorf("entered again: %v, want it to work", h.Current().Closed)
	}
}

func TestAFileThatChangesUnderTheDatabaseStillStarts(t *testing.T) {
	t.Parallel()
	h := setup(t, `accounts: [{name: main, provider: console}]`)
	doc := h.Current().Notifications.Document()
	doc["route"] = []string{"main"}
	if _, err := h.SaveNotifications(t.Context(), doc, 0, by("anna")); err != nil {
		t.Fatal(err)
	}
	h.save(account("spare"))
	if err := h.restart(""); err != nil {
		t.Fatal(err)
	}
	if c := h.Current(); len(c.Left) != 1 || strings.Join(c.Notifications.Route, ",") != "spare" {
		t.Errorf("route %v, left out %v; want the account that is left, and the fault said", c.Notifications.Route, c.Left)
	}
	if err := h.restart(`accounts: [{name: spare, provider: console}]`); err != nil {
		t.Fatal(err)
	}
	if a, _ := h.Current().Account("spare"); a.Provider != "console" || h.Current().AccountRevision("spare") != 0 {
		t.Errorf("account %+v, want the declared one to win", a)
	}
	if err := h.restart(`notifications: {route: [spare]}`); err != nil {
		t.Fatal(err)
	}
	doc = h.Current().Notifications.Document()
	doc["expires"] = "7m"
	if _, err := h.SaveNotifications(t.Context(), doc, 1, by("anna")); err != nil {
		t.Fatal(err)
	}
	if err := h.restart(`accounts: [{name: main, provider: console}]`); err != nil {
		t.Fatal(err)
	}
	if c := h.Current(); strings.Join(c.Notifications.Route, ",") != "main" || c.Notifications.Expires != 7*time.Minute {
		t.Errorf("route %v: want the stored one again, once the file is silent", c.Notifications.Route)
	}
	err := h.restart(`notifications: {route: [nobody]}`)
	faults, ok := errors.AsType[config.Faults](err)
	if !ok || faults[0].Path != "notifications.route[0]" || faults[0].Line != 1 {
		t.Errorf("a declared route of nobody: %v, want a fault with its line", err)
	}
}
