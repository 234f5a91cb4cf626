package app_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// preview is what the page shows of settings that are not saved.
type preview struct {
	Text        string
	OrderNumber string `json:"order_number"`
	Real        bool
	Encoding    string
	Characters  int
	Segments    int
	Left        int
	Cost        *struct{ Units int64 }
	CostWhy     string `json:"cost_why"`
	Warnings    []struct{ Code string }
	LastDay     struct{ Texts, Orders int } `json:"last_day"`
}

func (o *office) preview(keys map[string]any) preview {
	o.t.Helper()
	var page notificationPage
	o.call("GET", "/settings/notifications", nil, &page)
	for key, v := range keys {
		page.Settings[key] = v
	}
	var p preview
	if status := o.call("POST", "/settings/notifications/preview", map[string]any{"settings": page.Settings}, &p); status != http.StatusOK {
		o.t.Fatalf("preview: %d", status)
	}
	return p
}

func TestThePreviewIsTheTextThatTheGuestGets(t *testing.T) {
	t.Parallel()
	o := openOffice(t, "restaurants: [{code: \""+cafe+"\", name: Кафе, timezone: UTC}]")
	p := o.preview(nil)
	if p.Real || p.Text != "Заказ 12.1 готов. Кафе" || p.Encoding != "UCS-2" || p.Characters != 22 || p.Segments != 1 || p.Left != 48 || p.CostWhy == "" {
		t.Errorf("before the first order: %+v", p)
	}
	o.make("main", map[string]value{"file": text(o.texts)})
	got := o.serve(7)
	o.event(8, "ready", "") // no phone
	eventually(t, "the second order", func() bool { return strings.Contains(o.story("8.1"), "8.1") })
	p = o.preview(nil)
	if !p.Real || p.OrderNumber != "8.1" || p.LastDay.Orders != 2 || p.LastDay.Texts != 1 {
		t.Errorf("after orders: %+v, want the last order's number, and one of two orders texted", p)
	}
	if want := strings.Replace(got, "7.1", "8.1", 1); p.Text != want {
		t.Errorf("preview %q, the guest's text %q", p.Text, got)
	}
	p = o.preview(map[string]any{"stage": "kdsCollected", "template": "Order ready. " + strings.Repeat("x", 160)})
	var codes []string
	for _, w := range p.Warnings {
		codes = append(codes, w.Code)
	}
	if p.LastDay.Texts != 0 || p.Segments != 2 || p.Encoding != "GSM-7" || !slices.Equal(codes, []string{"no_order_number", "many_segments"}) {
		t.Errorf("other settings: %+v", p)
	}
	var no refused
	bad := map[string]any{"enabled": true, "route": []string{}, "stage": "kdsReady", "template": "{oops}", "expires": "20m", "quiet_hours": map[string]any{"from": "", "to": ""}, "on_unknown": "hold", "contact_wait": "15m"}
	if o.call("POST", "/settings/notifications/preview", map[string]any{"settings": bad}, &no) != http.StatusUnprocessableEntity || no.String() != "fields_invalid settings.template" {
		t.Errorf("a bad template: %v", no)
	}
}

func TestProvidersShowTheirFormsWithoutAnAccount(t *testing.T) {
	t.Parallel()
	o := openOffice(t, `accounts: [{name: lost, provider: nosuch, settings: {}}]`)
	var all []struct {
		Name, Version, State, Problem string
		Abilities                     []string
		Settings                      []struct{ Key, Kind string }
		Title                         struct{ RU, EN string }
	}
	if status := o.call("GET", "/providers", nil, &all); status != http.StatusOK || len(all) < 3 {
		t.Fatalf("providers: %d %+v", status, all)
	}
	place := func(name string) int {
		for i := range all {
			if all[i].Name == name {
				return i
			}
		}
		t.Fatalf("provider %s is not in %+v", name, all)
		return 0
	}
	console, missing, smsru := all[place("console")], all[place("nosuch")], all[place("smsru")]
	if console.Name != "console" || console.State != "stopped" || console.Version == "" || !slices.Contains(console.Abilities, "balance") || len(console.Settings) == 0 {
		t.Errorf("console: %+v", console)
	}
	if missing.Name != "nosuch" || missing.State != "missing" || missing.Problem == "" || missing.Title.RU == "" {
		t.Errorf("a program that is not there: %+v", missing)
	}
	if smsru.Settings[0].Key != "api_id" || smsru.Settings[0].Kind != "SECRET" {
		t.Errorf("smsru: %+v", smsru)
	}
	if a := o.account("lost"); a.State != "missing" || a.LastError == nil || a.LastError.Why == "" {
		t.Errorf("its account: %+v", a)
	}
	var no refused
	if status := o.call("POST", "/accounts", newAccount("new", "nosuch", map[string]value{}), &no); status != http.StatusUnprocessableEntity || no.String() != "fields_invalid provider" {
		t.Errorf("an account of a provider that is not there: %d %v", status, no)
	}
}

func TestAProviderIsAskedBeforeAndAfterAnAccountIsSaved(t *testing.T) {
	t.Parallel()
	o := openOffice(t, "")
	var checked struct {
		Findings []struct{ Severity, Field, Summary string }
		Balance  *struct{ Credits string }
	}
	draft := newAccount("", "console", map[string]value{"file": text(o.texts)})
	draft["name"] = "new"
	if status := o.call("POST", "/accounts/check", draft, &checked); status != http.StatusOK || len(checked.Findings) != 1 || checked.Findings[0].Severity != "ok" || checked.Balance == nil {
		t.Errorf("settings that are right: %d %+v", status, checked)
	}
	draft["settings"] = map[string]value{"delay": text("a while")}
	checked.Findings, checked.Balance = nil, nil
	if o.call("POST", "/accounts/check", draft, &checked); len(checked.Findings) != 1 || checked.Findings[0].Field != "delay" || checked.Findings[0].Severity != "error" || checked.Balance != nil {
		t.Errorf("a wrong setting: %+v", checked)
	}
	var none []shownAccount
	if o.call("GET", "/accounts", nil, &none); len(none) != 0 {
		t.Fatalf("a check has kept something: %+v", none)
	}
	o.make("main", map[string]value{"file": text(o.texts)})
	if a := o.account("main"); a.State != "ready" || a.RoutePlace != 1 || a.LastError != nil {
		t.Errorf("account: %+v", a)
	}
	var result struct {
		Accepted   bool
		ProviderID string `json:"provider_id"`
		Text       string
	}
	if status := o.call("POST", "/accounts/main/test-message", map[string]any{"phone": guest}, &result); status != http.StatusOK || !result.Accepted || result.ProviderID == "" || !slices.Equal(o.sent(), []string{result.Text}) {
		t.Errorf("a test text: %d %+v, the operator has %q", status, result, o.sent())
	}
	var no refused
	if status := o.call("POST", "/accounts/main/test-message", map[string]any{"phone": "12345"}, &no); status != http.StatusUnprocessableEntity || no.String() != "fields_invalid phone" {
		t.Errorf("a test text to no phone: %d %v", status, no)
	}
	if status := o.call("POST", "/accounts/main/estimate", map[string]any{"text": "x", "phone": ""}, &no); status != http.StatusConflict || no.Code != "no_ability" {
		t.Errorf("a price that the provider cannot tell: %d %v", status, no)
	}
	if status := o.call("POST", "/accounts/nobody/balance", nil, &no); status != http.StatusNotFound {
		t.Errorf("nobody's balance: %d", status)
	}
	o.make("broken", map[string]value{"fail": text("unavailable")})
	no = refused{}
	if status := o.call("POST", "/accounts/broken/check", nil, &checked); status != http.StatusOK || checked.Findings[len(checked.Findings)-1].Severity != "error" {
		t.Errorf("an operator that is out of order: %d %+v", status, checked)
	}
	o.change(map[string]any{"route": []string{"broken", "main"}})
	o.serve(1)
	if a := o.account("broken"); a.LastError == nil || a.LastError.Reason != "UNAVAILABLE" || a.Today.Sent != 0 {
		t.Errorf("the failed one: %+v %+v", a, a.LastError)
	}
	if a := o.account("main"); a.Today.Sent != 1 || a.LastError != nil {
		t.Errorf("the one that sent: %+v", a.Today)
	}
}

func TestAnIntakeKeyOfTheScreenLetsTheCashServerInAtOnce(t *testing.T) {
	t.Parallel()
	o := openOffice(t, "restaurants: [{code: \"1\", name: Declared}]")
	list := []any{map[string]any{"code": "2", "name": "Second", "timezone": "UTC", "intake_key": map[string]any{}, "order_stage": "least", "order_number": "orderName"}}
	var page struct {
		Restaurants []struct {
			Code      string
			Declared  bool
			IntakeKey struct {
				Set  bool
				Hint string
			} `json:"intake_key"`
		}
		Revision int64
	}
	if status := o.call("PUT", "/settings/restaurants", map[string]any{"restaurants": list, "revision": 0}, &page); status != http.StatusOK || len(page.Restaurants) != 2 || !page.Restaurants[0].Declared {
		t.Fatalf("restaurants: %d %+v", status, page)
	}
	var no refused
	if status := o.call("POST", "/settings/restaurants/1/intake-key", nil, &no); status != http.StatusConflict || no.Code != "declared" {
		t.Errorf("a key for a declared restaurant: %d %v", status, no)
	}
	var made struct {
		Key       string
		Addresses []string
	}
	if status := o.call("POST", "/settings/restaurants/2/intake-key", nil, &made); status != http.StatusOK || len(made.Key) < 20 || len(made.Addresses) == 0 || !strings.HasPrefix(made.Addresses[0], o.URL+"/k/"+made.Key+"/") {
		t.Fatalf("a new key: %d %+v", status, made)
	}
	post := func(key string) int {
		status, _ := o.Post(t.Context(), http.DefaultClient, "/k/"+key+"/api/v4/kds/events", []byte(`<a RestCode="2"><Order guid="{A1D3E9B0-6C1F-4E2E-8B61-000000000001}" orderName="1.1" kdsstate="sent"/></a>`))
		return status
	}
	if status := post(made.Key); status != http.StatusOK {
		t.Errorf("a posting with the new key: %d", status)
	}
	o.call("GET", "/settings/restaurants", nil, &page)
	if key := page.Restaurants[1].IntakeKey; !key.Set || key.Hint != "…"+made.Key[len(made.Key)-4:] {
		t.Errorf("shown: %+v", page.Restaurants[1])
	}
	old := made.Key
	o.call("POST", "/settings/restaurants/2/intake-key", nil, &made)
	if status := post(old); status != http.StatusForbidden {
		t.Errorf("a posting with the key of before: %d, want it refused", status)
	}
	if status := post(made.Key); status != http.StatusOK {
		t.Errorf("a posting with the newest key: %d", status)
	}
}

func TestTheVendorsSettingsBecomeAProposalAndNothingIsSaved(t *testing.T) {
	t.Parallel()
	o := openOffice(t, "")
	var got struct {
		Provider      string
		Settings      map[string]string
		Notifications *struct {
			Enabled         bool
			Stage, Template string
		}
		Revision *int64 `json:"notifications_revision"`
		Named    string `json:"restaurant_name"`
		Findings []struct{ Severity, Code, Field string }
	}
	pasted := "Название ресторана: Волна\nВключить SMS-уведомления: нет\nSMS-агрегатор: SMS.RU\nТокен API: 1234-5678-90AB\nИмя отправителя: CAFE\nСтатус (KDS): (4) Забрано\nШаблон сообщения: Ваш {order_number}\ncolour=red"
	if status := o.call("POST", "/settings/import", map[string]any{"text": pasted}, &got); status != http.StatusOK {
		t.Fatalf("import: %d", status)
	}
	if got.Provider != "smsru" || got.Settings["api_id"] != "1234-5678-90AB" || got.Settings["from"] != "CAFE" {
		t.Errorf("account: %+v", got)
	}
	if n := got.Notifications; n == nil || n.Enabled || n.Stage != "kdsOut" || n.Template != "Ваш {order_number}" {
		t.Errorf("notifications: %+v", n)
	}
	if got.Named != "Волна" || got.Revision == nil || *got.Revision != 0 {
		t.Errorf("restaurant and revision: %+v", got)
	}
	var understood []string
	for _, f := range got.Findings {
		if f.Severity == "ok" {
			understood = append(understood, f.Field)
		}
	}
	if want := []string{"api_id", "from", "enabled", "stage", "template", "restaurant_name"}; !slices.Equal(understood, want) {
		t.Errorf("understood: %q, want %q", understood, want)
	}
	if f := got.Findings[0]; f.Code != "not_understood" || f.Field != "colour" {
		t.Errorf("findings: %+v", got.Findings)
	}
	got.Provider, got.Notifications, got.Findings = "", nil, nil
	if o.call("POST", "/settings/import", map[string]any{"text": "ресторан: Волна"}, &got); got.Named != "Волна" || len(got.Findings) != 1 || got.Notifications != nil {
		t.Errorf("a name alone: %+v", got)
	}
	got.Findings = nil
	if o.call("POST", "/settings/import", map[string]any{"text": "агрегатор: Голубиная почта\nтокен: x"}, &got); got.Provider != "" || len(got.Findings) != 2 || got.Findings[0].Code != "provider_unknown" {
		t.Errorf("an unknown aggregator: %+v", got)
	}
	var page notificationPage
	if o.call("GET", "/settings/notifications", nil, &page); page.Revision != 0 {
		t.Errorf("something was saved: %+v", page)
	}
	if strings.Contains(o.Log(), "1234-5678") {
		t.Error("the log holds the pasted token")
	}
}
