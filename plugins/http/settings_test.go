package main

import (
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/orderbell/orderbell/sdk/host"
	"github.com/orderbell/orderbell/sdk/sdktest"
)

func TestBadSettingsAreRefusedOnTheirField(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, field string
		change      map[string]string
	}{
		{"no address", "url", map[string]string{"url": ""}},
		{"no web address", "url", map[string]string{"url": "api.example.org"}},
		{"a login in the address", "url", map[string]string{"url": "https://cafe:" + password + "@api.example.org/"}},
		{"a placeholder for the host", "url", map[string]string{"url": "https://{key}/send"}},
		{"a key in the address", "url", map[string]string{"url": "https://api.example.org/{key}/send"}},
		{"a phone in the query", "url", map[string]string{"url": "https://api.example.org/send?to={to}"}},
		{"an unknown placeholder in the address", "url", map[string]string{"url": "https://api.example.org/{kee}", "data_in_url": "true"}},
		{"GET without the switch", "method", map[string]string{"method": "GET"}},
		{"another method", "method", map[string]string{"method": "PUT"}},
		{"GET with a JSON body", "body", map[string]string{"method": "GET", "data_in_url": "true", "body_type": "json", "body": `{"t":"{to}{text}"}`}},
		{"no sign of success", "success", map[string]string{"success": ""}},
		{"a broken regular expression", "success", map[string]string{"success": "(("}},
		{"a broken path", "success", map[string]string{"success": "$.a..b = ok"}},
		{"a broken value", "success", map[string]string{"success": "$.a = (("}},
		{"an error without a reason", "errors", map[string]string{"errors": "poor"}},
		{"an error with a reason of its own invention", "errors", map[string]string{"errors": "poor = VERY_POOR"}},
		{"an error with a time that is none", "errors", map[string]string{"errors": "poor = NO_MONEY soon"}},
		{"an error without a pattern", "errors", map[string]string{"errors": "= NO_MONEY"}},
		{"statuses that are none", "success_statuses", map[string]string{"success_statuses": "ok"}},
		{"statuses out of range", "success_statuses", map[string]string{"success_statuses": "299-200"}},
		{"a form line without =", "body", map[string]string{"body": "to={to}\ntext"}},
		{"an unknown placeholder", "body", map[string]string{"body": "to={to}\ntext={txt}"}},
		{"no text", "body", map[string]string{"body": "to={to}"}},
		{"no body at all", "body", map[string]string{"body": ""}},
		{"JSON that is none", "body", map[string]string{"body_type": "json", "body": `{"to": {to}}`}},
		{"JSON with more behind it", "body", map[string]string{"body_type": "json", "body": `{"to":"{to}","text":"{text}"} x`}},
		{"raw text that does not say how", "body", map[string]string{"body_type": "raw", "body": `{to};{text}`}},
		{"raw text with an unknown way", "body", map[string]string{"body_type": "raw", "body": `{to};{text:rot}`}},
		{"a form that says how", "body", map[string]string{"body": "to={to}\ntext={text:url}"}},
		{"a header without a colon", "headers", map[string]string{"headers": "Authorization"}},
		{"a header with a space in its name", "headers", map[string]string{"headers": "A B: c"}},
		{"a header of the client's own", "headers", map[string]string{"headers": "Host: other.example.org"}},
		{"a header that would make net/http repeat", "headers", map[string]string{"headers": "Idempotency-Key: {id}"}},
		{"a text in a header", "headers", map[string]string{"headers": "X-Text: {text}"}},
		{"a login that a header cannot carry", "headers", map[string]string{"headers": "X-Login: {login}", "login": "кафе"}},
		{"a token from nowhere", "token_url", map[string]string{"headers": "Authorization: Bearer {token}"}},
		{"a log-in without a place for the token", "token", map[string]string{"token_url": "https://api.example.org/login"}},
		{"a balance without a place for the amount", "balance", map[string]string{"balance_url": "https://api.example.org/balance"}},
		{"a balance with a message", "balance_body", map[string]string{"balance_url": "https://api.example.org/balance", "balance": "$.a", "balance_body": "to={to}"}},
		{"a currency that is none", "currency", map[string]string{"currency": "roubles"}},
		{"an unknown setting", "api_id", map[string]string{"api_id": "x"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := basic()
			for name, value := range test.change {
				s[name] = value
			}
			c := sdktest.Serve(t, provider(), io.Discard, clock)
			found, err := c.Open(t.Context(), host.OpenRequest{Account: "main", Revision: 1, Settings: s})
			if err != nil || len(found) == 0 || found[0].Field != test.field || found[0].Summary.EN == "" || found[0].Summary.RU == "" {
				t.Errorf("got %+v, %v, want a finding on %s", found, err, test.field)
			}
			for _, d := range found {
				noSecret(t, "the finding", d.Summary.EN+d.Summary.RU+d.Cure.EN+d.Cure.RU)
			}
		})
	}
}

func TestTheManifestSpeaksBothLanguagesAndHoldsNoSecret(t *testing.T) {
	t.Parallel()
	m, err := sdktest.Serve(t, provider(), io.Discard, clock).Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !m.Capabilities.Balance || !m.Capabilities.Check || m.Capabilities.Lookup || m.Capabilities.Callbacks || m.Capabilities.Resend != "NONE" {
		t.Errorf("got %+v", m.Capabilities)
	}
	for _, f := range m.Settings {
		if f.Label.EN == "" || f.Label.RU == "" || (f.Help.EN == "") != (f.Help.RU == "") {
			t.Errorf("%s: label %+v, help %+v", f.Key, f.Label, f.Help)
		}
		if (f.Key == "key" || f.Key == "password") != (f.Kind == "SECRET") {
			t.Errorf("%s is a %s", f.Key, f.Kind)
		}
	}
	written, _ := json.Marshal(m)
	if !strings.Contains(string(written), "DANGER") {
		t.Error("the switch for data in addresses does not warn")
	}
}
