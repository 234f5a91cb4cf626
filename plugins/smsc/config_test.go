package main

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/host"
	"github.com/orderbell/orderbell/sdk/sdktest"
)

func TestBadSettingsAreRefusedOnTheRightField(t *testing.T) {
	t.Parallel()
	log := &bytes.Buffer{}
	c := sdktest.Serve(t, provider(), log, clock)
	good := map[string]string{"login": "cafe", "psw": password}
	tests := []struct {
		name     string
		settings map[string]string
		want     string // the field; empty: it opens
	}{
		{"login and password", map[string]string{}, ""},
		{"a key alone", map[string]string{"login": "", "psw": "", "apikey": password}, ""},
		{"a key beside a login", map[string]string{"psw": "", "apikey": password}, ""},
		{"nothing", map[string]string{"login": "", "psw": ""}, "apikey"},
		{"a login alone", map[string]string{"psw": " "}, "psw"},
		{"a password alone", map[string]string{"login": ""}, "login"},
		{"a Cyrillic sender", map[string]string{"sender": "Кафе"}, "sender"},
		{"a long sender", map[string]string{"sender": "TwelveLetter"}, "sender"},
		{"a sender of 11", map[string]string{"sender": "Eleven-Char"}, ""},
		{"a sender of 15 digits", map[string]string{"sender": "123456789012345"}, ""},
		{"a sender of 16 digits", map[string]string{"sender": "1234567890123456"}, "sender"},
		{"a white label", map[string]string{"host": "sms.Example.org"}, ""},
		{"a site with a scheme", map[string]string{"host": "https://smsc.kz"}, "host"},
		{"a site with a path", map[string]string{"host": "smsc.kz/sys"}, "host"},
		{"a site that is a login", map[string]string{"host": "a@smsc.kz"}, "host"},
		{"an address without a scheme", map[string]string{"base_url": "smsc.ru/sys"}, "base_url"},
		{"an address with a query", map[string]string{"base_url": "https://smsc.ru/sys?psw=" + password}, "base_url"},
		{"an address with a question mark", map[string]string{"base_url": "https://smsc.ru/sys?"}, "base_url"},
		{"an address with a login", map[string]string{"base_url": "https://a:b@smsc.ru/sys"}, "base_url"},
		{"a second address with a query", map[string]string{"backup_url": "https://smsc.ru/sys?a=b"}, "backup_url"},
		{"a currency in words", map[string]string{"currency": "roubles"}, "currency"},
		{"a translit of 3", map[string]string{"translit": "3"}, "translit"},
		{"a tinyurl of perhaps", map[string]string{"tinyurl": "perhaps"}, "tinyurl"},
		{"a password of two lines", map[string]string{"psw": password + "\nx"}, "psw"},
		{"a long key", map[string]string{"apikey": strings.Repeat("k", 129)}, "apikey"},
		{"an unknown setting", map[string]string{"api_key": password}, "api_key"},
	}
	for i, test := range tests {
		values := maps.Clone(good)
		maps.Copy(values, test.settings)
		diagnostics, err := c.Open(t.Context(), host.OpenRequest{Account: "main", Revision: uint64(i + 1), Settings: values}) //nolint:gosec // small
		var got []string
		for _, d := range diagnostics {
			got = append(got, d.Field)
			if d.Summary.EN == "" || d.Summary.RU == "" || d.Severity != sdk.SeverityError {
				t.Errorf("%s: the diagnostic lacks a language or a severity: %+v", test.name, d)
			}
			shown, _ := json.Marshal(d)
			clean(t, "the diagnostic", string(shown))
		}
		if strings.Join(got, " ") != test.want || err != nil {
			t.Errorf("%s: got diagnostics on %v (%v), want %q", test.name, got, err, test.want)
		}
	}
	clean(t, "the log", log.String())
}

func TestTheServersOfASite(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		config                  config
		first, second, currency string
	}{
		{config{Host: "smsc.ru"}, "https://smsc.ru/sys/", "https://www2.smsc.ru/sys/", "RUB"},
		{config{Host: "SMSC.kz"}, "https://smsc.kz/sys/", "https://www2.smsc.kz/sys/", "KZT"},
		{config{Host: "www.smsc.ua"}, "https://www.smsc.ua/sys/", "https://www2.smsc.ua/sys/", "UAH"},
		{config{Host: "smscentre.com", Currency: "USD"}, "https://smscentre.com/sys/", "https://www2.smscentre.com/sys/", "USD"},
		{config{Host: "smsc.ru", BackupURL: "https://b.example.org/api/"}, "https://smsc.ru/sys/", "https://b.example.org/api/", "RUB"},
		{config{Host: "smsc.ru", BaseURL: "https://a.example.org"}, "https://a.example.org/sys/", "", "RUB"},
		{config{Host: "smsc.ru", BaseURL: "https://a.example.org/"}, "https://a.example.org/sys/", "", "RUB"},
		{config{Host: "smsc.ru", BaseURL: "https://a.example.org/x/sys//"}, "https://a.example.org/x/sys/", "", "RUB"},
	} {
		test.config.APIKey = password
		a, err := open(t.Context(), test.config, sdk.Env{Now: clock})
		if err != nil {
			t.Errorf("%+v: %v", test.config, err)
			continue
		}
		got := []string{a.servers.first, a.servers.second, a.Currency}
		if diff := cmp.Diff([]string{test.first, test.second, test.currency}, got); diff != "" {
			t.Errorf("%s, %s (-want +got):\n%s", test.config.Host, test.config.BaseURL, diff)
		}
	}
}

func TestTheManifestSaysWhatItCan(t *testing.T) {
	t.Parallel()
	c := sdktest.Serve(t, provider(), io.Discard, clock)
	m, err := c.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	has := m.Capabilities
	if has.Resend != sdk.ResendLookupByOurID || !has.Lookup || !has.Callbacks || !has.Balance || !has.Estimate || !has.Check ||
		!has.SenderNames || !has.Validity || has.MaxBatch != 1 {
		t.Errorf("got %+v", has)
	}
	for _, text := range []sdk.Text{m.Callback.Setup, m.Callback.Verification} {
		if text.EN == "" || text.RU == "" {
			t.Errorf("the callback is not explained in both languages: %+v", m.Callback)
		}
	}
	var secrets, basic []string
	for _, f := range m.Settings {
		if f.Kind == sdk.KindSecret {
			secrets = append(secrets, f.Key)
		}
		if !f.Advanced {
			basic = append(basic, f.Key)
		}
		if (f.Help.EN == "") != (f.Help.RU == "") {
			t.Errorf("%s: the help is in one language only", f.Key)
		}
	}
	if diff := cmp.Diff([]string{"psw", "apikey", "callback_secret"}, secrets); diff != "" {
		t.Errorf("secrets (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"login", "psw", "apikey", "sender", "host", "callback_secret"}, basic); diff != "" {
		t.Errorf("settings that are shown at once (-want +got):\n%s", diff)
	}
}
