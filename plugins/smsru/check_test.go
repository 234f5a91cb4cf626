package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/host"
	"github.com/orderbell/orderbell/sdk/sdktest"
)

// pages answers each method with its own answer.
func pages(byPath map[string]string) func(string, url.Values) string {
	return func(path string, _ url.Values) string { return byPath[path] }
}

func ok(fields string) string { return `{"status":"OK","status_code":100` + fields + `}` }

// findings writes "WARNING from: text" for each diagnostic, in Russian.
func findings(diagnostics []sdk.Diagnostic) []string {
	lines := []string{}
	for _, d := range diagnostics {
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s: %s %s", d.Severity, d.Field, d.Summary.RU, d.Cure.RU)))
	}
	return lines
}

func TestCheckTellsWhatWouldGetInTheWay(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name                 string
		limit, free, senders string
		settings             []string
		want                 []string
	}{
		{"everything as recorded", ok(`,"total_limit":"10","used_today":2`), ok(`,"total_free":5,"used_today":null`), ok(`,"senders":["Cafe","Bar"]`),
			[]string{"from", "Cafe"},
			[]string{"INFO : Дневной лимит: использовано 2 из 10.", "INFO : Бесплатные сообщения сегодня: использовано 0 из 5."}},
		{"the limit is used up", ok(`,"total_limit":10,"used_today":"10"`), ok(""), ok(`,"senders":["Cafe"]`), nil,
			[]string{"WARNING : Дневной лимит: использовано 10 из 10. До завтра sms.ru будет отклонять сообщения с кодом 206. Поднимите лимит в кабинете."}},
		{"a name that is not approved", ok(""), ok(""), ok(`,"senders":{"1":"Cafe","3":"Bar"}`), []string{"from", "Kafe"},
			[]string{`WARNING from: Имя отправителя "Kafe" не согласовано; sms.ru отклоняет его (код 204). Возьмите одно из этих: Bar, Cafe.`}},
		{"a name in another case is another name", ok(""), ok(""), ok(`,"senders":["Cafe"]`), []string{"from", "CAFE"},
			[]string{`WARNING from: Имя отправителя "CAFE" не согласовано; sms.ru отклоняет его (код 204). Возьмите одно из этих: Cafe.`}},
		{"no name at all", ok(""), ok(""), ok(""), nil,
			[]string{"WARNING from: В кабинете нет ни одного согласованного имени отправителя; sms.ru может отклонять все сообщения (код 221). Зарегистрируйте имя в кабинете sms.ru."}},
		{"an empty list of names", ok(""), ok(""), ok(`,"senders":[]`), nil,
			[]string{"WARNING from: В кабинете нет ни одного согласованного имени отправителя; sms.ru может отклонять все сообщения (код 221). Зарегистрируйте имя в кабинете sms.ru."}},
		{"names that are no list", ok(""), ok(""), ok(`,"senders":7`), []string{"from", "Cafe"},
			[]string{"WARNING from: Список имён отправителя не понят."}},
		{"test mode", ok(`,"total_limit":0`), ok(`,"total_free":null`), ok(`,"senders":["Cafe"]`), []string{"test", "true"},
			[]string{"WARNING test: Включён тестовый режим: гости ничего не получают."}},
		{"what cannot be asked is said", `{"status":"ERROR","status_code":220}`, "<html>", ok(`,"senders":["Cafe"]`), nil, []string{
			"WARNING : /my/limit не дал понятного ответа: UNAVAILABLE (220): the service is temporarily unavailable " + sdk.Unavailable.Cure().RU,
			"WARNING : /my/free не дал понятного ответа: INTERNAL: the answer is not the JSON expected " + sdk.Internal.Cure().RU}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, d, _ := setup(t, pages(map[string]string{
				"/auth/check": ok(""), "/my/limit": test.limit, "/my/free": test.free, "/my/senders": test.senders,
			}), test.settings...)
			got, err := c.Check(t.Context(), "main", 1)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, findings(got)); diff != "" {
				t.Errorf("%v (-want +got):\n%s", d.paths, diff)
			}
			for _, f := range got {
				if f.Summary.EN == "" || f.Severity != sdk.SeverityInfo && strings.Contains(f.Summary.EN, key) {
					t.Errorf("finding without English text or with the key: %+v", f)
				}
			}
		})
	}
}

func TestCheckStopsAtARefusedLogin(t *testing.T) {
	t.Parallel()
	c, d, _ := setup(t, fixed(`{"status":"ERROR","status_code":300}`))
	if _, err := c.Check(t.Context(), "main", 1); sdk.AsFailure(err, "").Reason != sdk.Unauthorized || len(d.paths) != 1 {
		t.Errorf("got %v after %v", err, d.paths)
	}
}

func TestABadSettingIsReportedOnItsField(t *testing.T) {
	t.Parallel()
	for field, value := range map[string]string{
		"api_id": "short", "from": "sixteen letters!", "translit": "maybe", "daytime": "2", "test": "да", "base_url": "sms.ru", "apiid": "x",
	} {
		c := sdktest.Serve(t, provider(), io.Discard, clock)
		settings := map[string]string{"api_id": key, field: value}
		found, err := c.Open(t.Context(), host.OpenRequest{Account: "main", Revision: 1, Settings: settings})
		if err != nil || len(found) != 1 || found[0].Field != field || found[0].Severity != sdk.SeverityError || found[0].Summary.RU == "" {
			t.Errorf("%s=%q: got %v, %v, want one error on the field", field, value, findings(found), err)
		}
	}
	c := sdktest.Serve(t, provider(), io.Discard, clock)
	found, err := c.Open(t.Context(), host.OpenRequest{Account: "main", Revision: 1})
	if err != nil || len(found) != 1 || found[0].Field != "api_id" {
		t.Errorf("without an api_id: got %v, %v", findings(found), err)
	}
}

func TestTheManifestShowsAllThatSmsruCanDo(t *testing.T) {
	t.Parallel()
	c, _, _ := setup(t, all)
	m, err := c.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	has := m.Capabilities
	if !has.Check || !has.Lookup || !has.Callbacks || !has.Balance || !has.Estimate || !has.SenderNames || !has.Validity ||
		has.MaxBatch != 100 || has.Resend != sdk.ResendDuplicateFilter {
		t.Errorf("got %+v", has)
	}
	for _, text := range []sdk.Text{m.Callback.Setup, m.Callback.Verification} {
		if text.EN == "" || text.RU == "" {
			t.Errorf("the callback's texts: %+v", m.Callback)
		}
	}
	if shown, err := json.Marshal(m); err != nil || strings.Contains(string(shown), key) {
		t.Errorf("the manifest holds the api_id, or %v", err)
	}
}
