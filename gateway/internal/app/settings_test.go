package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/orderbell/orderbell/gateway/internal/app/apptest"
)

const adminKey = "ob_settingssettingssettings"

// office is a running gateway whose settings are edited over HTTP.
type office struct {
	*house
	folder string
}

// openOffice starts a gateway whose file declares what yaml says beside the keys.
func openOffice(t *testing.T, yaml string) *office {
	t.Helper()
	folder := t.TempDir()
	h := &house{t: t, programs: programs, texts: filepath.Join(folder, "texts.jsonl")}
	h.yaml = fmt.Sprintf(`api_keys:
  - {name: qr, key: %s, scopes: ["contacts:write"]}
  - {name: screen, key: %s, scopes: [admin]}
%s
`, qrKey, adminKey, yaml)
	h.Gateway = apptest.Start(t, h.programs, filepath.Join(folder, "data"), h.yaml)
	return &office{house: h, folder: folder}
}

// call makes one call of the admin's and reads the answer.
func (o *office) call(method, path string, body any, into any) int {
	o.t.Helper()
	var sent io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			o.t.Fatal(err)
		}
		sent = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(o.t.Context(), method, o.URL+"/api/v1"+path, sent)
	if err != nil {
		o.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+adminKey)
	req.Header.Set("Accept-Language", "en")
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		o.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	if into != nil {
		if err := json.Unmarshal(answer, into); err != nil {
			o.t.Fatalf("%s %s: %d %s", method, path, resp.StatusCode, answer)
		}
	}
	if resp.StatusCode >= 400 && into == nil {
		o.t.Logf("%s %s: %d %s", method, path, resp.StatusCode, answer)
	}
	return resp.StatusCode
}

// refused is a problem document.
type refused struct {
	Code   string
	Errors []struct{ Field, Code, Detail string }
}

func (r refused) String() string {
	parts := []string{r.Code}
	for _, e := range r.Errors {
		parts = append(parts, e.Field)
	}
	return strings.Join(parts, " ")
}

type value struct {
	Value *string `json:"value,omitempty"`
	Set   bool    `json:"set,omitempty"`
	Hint  string  `json:"hint,omitempty"`
}

type limits struct {
	PerSecond      float64 `json:"per_second"`
	PerDay         int     `json:"per_day"`
	PerPhonePerDay int     `json:"per_phone_per_day"`
}

type shownAccount struct {
	Name       string                        `json:"name"`
	Provider   string                        `json:"provider"`
	Settings   map[string]value              `json:"settings"`
	Limits     limits                        `json:"limits"`
	Revision   int64                         `json:"revision"`
	Declared   bool                          `json:"declared,omitempty"`
	RoutePlace int                           `json:"route_place,omitempty"`
	State      string                        `json:"state,omitempty"`
	LastError  *struct{ Reason, Why string } `json:"last_error,omitempty"`
	Today      *struct{ Sent, Failed int }
}

func text(s string) value { return value{Value: &s} }

func newAccount(name, provider string, settings map[string]value) map[string]any {
	return map[string]any{"name": name, "provider": provider, "settings": settings, "limits": limits{PerSecond: 100, PerDay: 1000, PerPhonePerDay: 100}, "revision": 0}
}

// saved is the account as it can be sent back.
func saved(a shownAccount) map[string]any {
	settings := map[string]value{}
	for key, v := range a.Settings {
		if v.Value != nil {
			settings[key] = value{Value: v.Value}
		}
	}
	return map[string]any{"name": a.Name, "provider": a.Provider, "settings": settings, "limits": a.Limits, "revision": a.Revision}
}

func (o *office) make(name string, settings map[string]value) shownAccount {
	o.t.Helper()
	var made shownAccount
	if status := o.call("POST", "/accounts", newAccount(name, "console", settings), &made); status != http.StatusCreated {
		o.t.Fatalf("make account %s: %d %+v", name, status, made)
	}
	return made
}

func (o *office) account(name string) shownAccount {
	o.t.Helper()
	var a shownAccount
	if status := o.call("GET", "/accounts/"+name, nil, &a); status != http.StatusOK {
		o.t.Fatalf("account %s: %d", name, status)
	}
	return a
}

type notificationPage struct {
	Settings map[string]any `json:"settings"`
	Declared []string       `json:"declared"`
	Revision int64          `json:"revision"`
	Triggers []string       `json:"triggers"`
}

// change saves the notifications with some keys changed.
func (o *office) change(keys map[string]any) {
	o.t.Helper()
	var page notificationPage
	o.call("GET", "/settings/notifications", nil, &page)
	for key, v := range keys {
		page.Settings[key] = v
	}
	if status := o.call("PUT", "/settings/notifications", map[string]any{"settings": page.Settings, "revision": page.Revision}, nil); status != http.StatusOK {
		o.t.Fatalf("save notifications: %d", status)
	}
}

// serve lets one order become ready and returns its text, once the gateway knows that it went out.
func (o *office) serve(n int) string {
	o.t.Helper()
	before := len(o.sent())
	o.event(n, "sent", "")
	o.phone(n)
	o.event(n, "ready", "")
	eventually(o.t, fmt.Sprintf("the text of order %d", n), func() bool { return len(o.sent()) > before })
	o.settle()
	return o.sent()[before]
}

func TestSettingsThatAreSavedWhileEventsFlowSpeakInTheNextText(t *testing.T) {
	t.Parallel()
	o := openOffice(t, "")
	o.make("main", map[string]value{"file": text(o.texts)})
	if got := o.serve(1); got != "Заказ 1.1 готов." {
		t.Errorf("by the first account: %q", got)
	}
	o.change(map[string]any{"template": "№ {order_number} ждёт вас в {restaurant_name}"})
	var page map[string]any
	restaurant := map[string]any{"code": cafe, "name": "Кафе", "timezone": "UTC", "intake_key": map[string]any{}, "order_stage": "least", "order_number": "orderName"}
	if status := o.call("PUT", "/settings/restaurants", map[string]any{"restaurants": []any{restaurant}, "revision": 0}, &page); status != http.StatusOK {
		t.Fatalf("restaurants: %d %v", status, page)
	}
	if got := o.serve(2); got != "№ 2.1 ждёт вас в Кафе" {
		t.Errorf("by the new template and name: %q", got)
	}
	other := filepath.Join(o.folder, "other.jsonl")
	a := o.account("main")
	change := saved(a)
	change["settings"] = map[string]value{"file": text(other)}
	var after shownAccount
	if status := o.call("PUT", "/accounts/main", change, &after); status != http.StatusOK || after.Revision != 2 {
		t.Fatalf("change the account: %d %+v", status, after)
	}
	o.texts = other
	if got := o.serve(3); got != "№ 3.1 ждёт вас в Кафе" {
		t.Errorf("by the changed account: %q", got)
	}
	o.change(map[string]any{"stage": "kdsOut"})
	o.event(4, "sent", "")
	o.phone(4)
	o.event(4, "ready", "")
	o.event(4, "taken", "")
	eventually(t, "the text at the new stage", func() bool { return len(o.sent()) == 2 })
	if show := o.command("order", "show", "4.1"); !strings.Contains(show, "out") {
		t.Errorf("the text of order 4 was not sent at the new stage:\n%s", show)
	}
	if list := o.command("account", "list"); !strings.Contains(list, "main") || !strings.Contains(list, "the database") {
		t.Errorf("account list does not know the account of the database:\n%s", list)
	}
	if check := o.command("account", "check", "main"); !strings.Contains(check, "takes the settings") {
		t.Errorf("account check:\n%s", check)
	}
	o.command("check")
	o.Kill()
	o.Gateway = apptest.Start(t, o.programs, o.Data, o.yaml)
	o.event(5, "sent", "")
	o.phone(5)
	o.event(5, "taken", "")
	eventually(t, "the text after a kill", func() bool { return len(o.sent()) == 3 })
}

func TestWhatTheFileDeclaresCannotBeSavedOver(t *testing.T) {
	t.Parallel()
	o := openOffice(t, `
notifications: {template: "Из файла {order_number}"}
accounts: [{name: main, provider: console, settings: {file: "texts"}}]
`)
	var page notificationPage
	o.call("GET", "/settings/notifications", nil, &page)
	if !slices.Equal(page.Declared, []string{"template"}) || page.Settings["template"] != "Из файла {order_number}" {
		t.Fatalf("page: %+v", page)
	}
	page.Settings["template"] = "other {order_number}"
	var no refused
	if status := o.call("PUT", "/settings/notifications", page, &no); status != http.StatusUnprocessableEntity && status != http.StatusConflict {
		t.Errorf("a declared template: %d %v", status, no)
	}
	if no = (refused{}); o.call("PUT", "/settings/notifications", map[string]any{"settings": page.Settings, "revision": page.Revision}, &no) != http.StatusConflict || no.String() != "declared settings.template" {
		t.Errorf("a declared template: %v", no)
	}
	a := o.account("main")
	if !a.Declared || a.Revision != 0 || a.RoutePlace != 1 {
		t.Errorf("account %+v, want it declared", a)
	}
	if status := o.call("DELETE", "/accounts/main", nil, &no); status != http.StatusConflict || no.Code != "declared" {
		t.Errorf("delete a declared account: %d %v", status, no)
	}
	if status := o.call("POST", "/accounts", newAccount("main", "console", map[string]value{}), &no); status != http.StatusConflict || no.Code != "name_taken" {
		t.Errorf("an account of a declared name: %d %v", status, no)
	}
}

func TestSecretsAreWrittenAndNeverRead(t *testing.T) {
	t.Parallel()
	const secret, second = "CANARY-1111-2222-a1f9", "CANARY-3333-4444-b2e8"
	o := openOffice(t, "")
	var a shownAccount
	if status := o.call("POST", "/accounts", newAccount("main", "smsru", map[string]value{"api_id": text(secret), "from": text("CAFE")}), &a); status != http.StatusCreated {
		t.Fatalf("make: %d %+v", status, a)
	}
	if v := a.Settings["api_id"]; !v.Set || v.Hint != "…a1f9" || v.Value != nil || *a.Settings["from"].Value != "CAFE" {
		t.Errorf("shown: %+v", a.Settings)
	}
	keep := saved(a)
	keep["settings"] = map[string]value{"from": text("BAR"), "api_id": {}}
	if status := o.call("PUT", "/accounts/main", keep, &a); status != http.StatusOK || a.Settings["api_id"].Hint != "…a1f9" || *a.Settings["from"].Value != "BAR" {
		t.Errorf("an absent secret: %d %+v, want the kept one", status, a.Settings)
	}
	moved := saved(a)
	moved["settings"] = map[string]value{"from": text("BAR"), "base_url": text("https://evil.example")}
	var no refused
	for _, path := range []struct{ method, path string }{{"PUT", "/accounts/main"}, {"POST", "/accounts/check"}} {
		if no = (refused{}); o.call(path.method, path.path, moved, &no) != http.StatusUnprocessableEntity || no.String() != "fields_invalid settings.api_id" {
			t.Errorf("%s: another address without the secret: %v, want it asked for again", path.path, no)
		}
	}
	moved["settings"] = map[string]value{"from": text("BAR"), "base_url": text("https://other.example"), "api_id": text(second)}
	if status := o.call("PUT", "/accounts/main", moved, &a); status != http.StatusOK || a.Settings["api_id"].Hint != "…b2e8" {
		t.Errorf("another address with a secret: %d %+v", status, a.Settings)
	}
	kept := saved(a)
	kept["settings"] = map[string]any{"base_url": text("https://other.example"), "api_id": map[string]bool{"clear": true}}
	if no = (refused{}); o.call("PUT", "/accounts/main", kept, &no) != http.StatusUnprocessableEntity || !strings.Contains(no.String(), "settings.api_id") {
		t.Errorf("clearing a secret that is needed: %v, want it refused", no)
	}
	var other shownAccount
	with := map[string]value{"url": text("https://other.example/send"), "body": text("to={to}\ntext={text}"), "success": text("^ok"),
		"key": text("CANARY-5555-6666"), "password": text("CANARY-7777-8888")}
	if status := o.call("POST", "/accounts", newAccount("other", "http", with), &other); status != http.StatusCreated || !other.Settings["password"].Set {
		t.Fatalf("make: %d %+v", status, other)
	}
	without := saved(other)
	without["settings"] = map[string]any{"url": with["url"], "body": with["body"], "success": with["success"], "key": value{}, "password": map[string]bool{"clear": true}}
	other.Settings = nil
	if status := o.call("PUT", "/accounts/other", without, &other); status != http.StatusOK || other.Settings["password"].Set || !other.Settings["key"].Set {
		t.Errorf("a secret that is not needed was cleared: %d %+v, want it gone and the other one kept", status, other.Settings)
	}
	bad := saved(a)
	bad["settings"] = map[string]value{"from": text("A NAME THAT IS MUCH TOO LONG"), "base_url": text("https://other.example"), "nosuch": text("x")}
	if no = (refused{}); o.call("PUT", "/accounts/main", bad, &no) != http.StatusUnprocessableEntity || !strings.Contains(no.String(), "settings.from") || !strings.Contains(no.String(), "settings.nosuch") {
		t.Errorf("bad settings: %v, want them named", no)
	}
	stale := saved(a)
	stale["revision"] = 1
	if status := o.call("PUT", "/accounts/main", stale, &no); status != http.StatusConflict || no.Code != "stale" {
		t.Errorf("a stale save: %d %v", status, no)
	}
	o.Stop()
	err := filepath.WalkDir(o.folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		if bytes.Contains(body, []byte("CANARY")) {
			t.Errorf("%s holds a secret", path)
		}
		return err
	})
	if err != nil || strings.Contains(o.Log(), "CANARY") {
		t.Errorf("the log holds a secret, or the folder cannot be read: %v", err)
	}
}

func TestAnAccountGoesOnlyWhenNothingNeedsItAndItsOldTextsDoNotGetStuck(t *testing.T) {
	t.Parallel()
	o := openOffice(t, "")
	o.make("main", map[string]value{"fail": text("unavailable")})
	o.make("spare", map[string]value{"file": text(o.texts)})
	o.change(map[string]any{"route": []string{"main"}})
	o.event(1, "sent", "")
	o.phone(1)
	o.event(1, "ready", "")
	eventually(t, "a text that waits for its account", func() bool { s := o.statuses(); return len(s) == 1 && strings.HasPrefix(s[0], "queued") })
	var no refused
	if status := o.call("DELETE", "/accounts/main", nil, &no); status != http.StatusConflict || no.String() != "in_use name" {
		t.Errorf("an account on the route: %d %v", status, no)
	}
	o.change(map[string]any{"route": []string{"spare"}})
	if status := o.call("DELETE", "/accounts/main", nil, &no); status != http.StatusConflict || no.Code != "in_use" {
		t.Errorf("an account with a queued text: %d %v", status, no)
	}
	o.Stop()
	// The account is gone all the same: somebody took it out of the file that declared it.
	o.yaml += "accounts: [{name: gone, provider: console, settings: {fail: unavailable}}]\nnotifications: {route: [gone, spare]}\n"
	o.Gateway = apptest.Start(t, o.programs, o.Data, strings.Replace(o.yaml, "fail: unavailable", "fail: unavailable, delay: 300ms", 1))
	o.event(2, "sent", "")
	o.phone(2)
	o.event(2, "ready", "")
	eventually(t, "the text through the spare account", func() bool { return slices.Contains(o.sent(), "Заказ 2.1 готов.") })
	o.change(map[string]any{"enabled": true})
	o.event(3, "sent", "")
	o.phone(3)
	o.Kill()
	before, _, _ := strings.Cut(o.yaml, "accounts:")
	o.Gateway = apptest.Start(t, o.programs, o.Data, before)
	o.event(3, "ready", "")
	eventually(t, "the text by the route of the database", func() bool { return slices.Contains(o.sent(), "Заказ 3.1 готов.") })
}

func TestASaveThatTheGatewayDidNotLiveToApplyHoldsAfterTheStart(t *testing.T) {
	t.Parallel()
	o := openOffice(t, "")
	o.make("main", map[string]value{"file": text(o.texts)})
	for n := 1; n <= 3; n++ {
		template := fmt.Sprintf("Правка %d: {order_number}", n)
		var page notificationPage
		o.call("GET", "/settings/notifications", nil, &page)
		page.Settings["template"] = template
		body, err := json.Marshal(map[string]any{"settings": page.Settings, "revision": page.Revision})
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan int, 1)
		go func() {
			req, _ := http.NewRequest(http.MethodPut, o.URL+"/api/v1/settings/notifications", bytes.NewReader(body)) //nolint:noctx // killed with the gateway
			req.Header.Set("Authorization", "Bearer "+adminKey)
			req.Header.Set("Content-Type", "application/json")
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				done <- 0
				return
			}
			_ = resp.Body.Close()
			done <- resp.StatusCode
		}()
		status := -1
		if n == 3 {
			status = <-done // killed right after the answer
		}
		o.Kill()
		if status < 0 {
			status = <-done
		}
		o.Gateway = apptest.Start(t, o.programs, o.Data, o.yaml)
		var after notificationPage
		o.call("GET", "/settings/notifications", nil, &after)
		kept := after.Settings["template"] == template
		if status == http.StatusOK && !kept {
			t.Errorf("save %d was answered 200 and is lost: %v", n, after.Settings["template"])
		}
		if !kept && after.Revision != page.Revision {
			t.Errorf("save %d is half there: %+v", n, after)
		}
		if got := o.serve(n); !strings.Contains(got, fmt.Sprintf("%d.1", n)) {
			t.Errorf("after the start: %q", got)
		}
	}
}
