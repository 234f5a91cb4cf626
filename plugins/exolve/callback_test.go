package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/host"
	"github.com/orderbell/orderbell/sdk/sdktest"
)

const sealed = "key=" + webhook

func posted(query, body string) sdk.Callback {
	return sdk.Callback{
		Method: http.MethodPost, URL: "https://bell.example/c", Query: query,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(body),
	}
}

// read writes each receipt as "5 DELIVERED delivered", or the reason and what is replied.
func (d *desk) read(t *testing.T, c sdk.Callback) string {
	t.Helper()
	receipts, reply, err := d.ParseCallback(t.Context(), "main", 1, c)
	if err != nil {
		f := sdk.AsFailure(err, "no failure")
		secretless(t, "the failure", f.Error()+f.Raw)
		return fmt.Sprint(f.Reason, " ", reply.Status)
	}
	if reply.Status != http.StatusOK {
		t.Errorf("got the reply %+v, want 200", reply)
	}
	var lines []string
	for _, r := range receipts {
		lines = append(lines, fmt.Sprint(r.ProviderID, " ", r.Status, " ", r.Code))
	}
	return strings.Join(lines, ", ")
}

func TestCallbacks(t *testing.T) {
	t.Parallel()
	const one = `{"message_id":"5","delivery_status":"delivered"}`
	d := setup(t, simulator(t, clock))
	for _, test := range []struct {
		name string
		call sdk.Callback
		want string
	}{
		{"a report", posted(sealed, one), "5 DELIVERED delivered"},
		{"a report with a number as id", posted(sealed, `{"message_id":439166538239448536,"delivery_status":"expired"}`), "439166538239448536 EXPIRED expired"},
		{"a report with status", posted(sealed, `{"message_id":"5","status":"rejected"}`), "5 REJECTED rejected"},
		{"both, the first counts", posted(sealed, `{"message_id":"5","delivery_status":"sent","status":"rejected"}`), "5 ACCEPTED sent"},
		{"a value that nobody knows", posted(sealed, `{"message_id":"5","delivery_status":3}`), "5 UNKNOWN 3"},
		{"a list", posted(sealed, "["+one+`,{"message_id":"6","delivery_status":"failed"}]`), "5 DELIVERED delivered, 6 UNDELIVERED failed"},
		{"a list under messages", posted(sealed, `{"messages":[`+one+`]}`), "5 DELIVERED delivered"},
		{"a byte order mark", posted(sealed, "\ufeff "+one), "5 DELIVERED delivered"},
		{"an incoming message", posted(sealed, `{"sender":"79990000001","receiver":"79990000000","text":"STOP"}`), ""},
		{"an incoming message by its direction", posted(sealed, `{"message_id":"9","direction":1,"delivery_status":"delivered","text":"STOP"}`), ""},
		{"an incoming message in words", posted(sealed, `{"message_id":"9","direction":"DIRECTION_INCOMING","status":"x"}`), ""},
		{"an incoming message and a report", posted(sealed, `[{"sender":"7","text":"STOP"},`+one+`]`), "5 DELIVERED delivered"},

		{"no key", posted("", one), "UNAUTHORIZED 403"},
		{"an empty key", posted("key=", one), "UNAUTHORIZED 403"},
		{"a wrong key", posted("key=forged-forged-forged", one), "UNAUTHORIZED 403"},
		{"a cut key", posted(sealed[:20], one), "UNAUTHORIZED 403"},
		{"a longer key", posted(sealed+"0", one), "UNAUTHORIZED 403"},
		{"two keys", posted(sealed+"&key=x", one), "UNAUTHORIZED 403"},
		{"the same key twice", posted(sealed+"&"+sealed, one), "UNAUTHORIZED 403"},
		{"a broken query", posted(sealed+"&%zz", one), "UNAUTHORIZED 403"},
		{"the key in the body", posted("", `{"key":"`+webhook+`","message_id":"5","delivery_status":"delivered"}`), "UNAUTHORIZED 403"},
		{"the API key instead", posted("key="+key, one), "UNAUTHORIZED 403"},

		{"a GET", sdk.Callback{Method: http.MethodGet, Query: sealed + "&message_id=5&delivery_status=delivered"}, "INTERNAL 405"},
		{"nothing", posted(sealed, ""), "INTERNAL 400"},
		{"a form", posted(sealed, "message_id=5&delivery_status=delivered"), "INTERNAL 400"},
		{"a web page", posted(sealed, "<html>"), "INTERNAL 400"},
		{"cut JSON", posted(sealed, one[:20]), "INTERNAL 400"},
		{"a string", posted(sealed, `"delivered"`), "INTERNAL 400"},
		{"null", posted(sealed, "null"), "INTERNAL 400"},
		{"an empty object", posted(sealed, "{}"), "INTERNAL 400"},
		{"an empty list", posted(sealed, "[]"), "INTERNAL 400"},
		{"no id", posted(sealed, `{"delivery_status":"delivered"}`), "INTERNAL 400"},
		{"no status", posted(sealed, `{"message_id":"5"}`), "INTERNAL 400"},
		{"null for both", posted(sealed, `{"message_id":null,"delivery_status":null}`), "INTERNAL 400"},
		{"lists for scalars", posted(sealed, `{"message_id":["5"],"delivery_status":["delivered"],"sender":"7","text":"x"}`), "INTERNAL 400"},
		{"an id with a line break", posted(sealed, `{"message_id":"5\n6","delivery_status":"delivered"}`), "INTERNAL 400"},
		{"a huge id", posted(sealed, `{"message_id":"`+strings.Repeat("5", 1000)+`","delivery_status":"delivered"}`), "INTERNAL 400"},
		{"one bad report of two", posted(sealed, "["+one+`,{"message_id":"6"}]`), "INTERNAL 400"},
		{"101 reports", posted(sealed, "["+strings.Repeat(one+",", 100)+one+"]"), "INTERNAL 400"},
		{"2,000 reports", posted(sealed, "["+strings.Repeat(one+",", 2000)+one+"]"), "INTERNAL 400"},
		{"300 KiB", posted(sealed, `{"x":"`+strings.Repeat("x", 300<<10)+`"}`), "INTERNAL 413"},
		{"deep", posted(sealed, strings.Repeat("[", 100_000)), "INTERNAL 400"},
		{"secrets in it", posted(sealed, `{"a":"`+key+`","b":"`+webhook+`","c":"79990000001"}`), "INTERNAL 400"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := d.read(t, test.call); got != test.want {
				t.Errorf("%s %.100s: got %q, want %q", test.call.Query, test.call.Body, got, test.want)
			}
		})
	}
	keyless := setup(t, simulator(t, clock), "webhook_key", "")
	for _, query := range []string{"", "key=", sealed} {
		if got := keyless.read(t, posted(query, one)); got != "UNAUTHORIZED 403" {
			t.Errorf("without a webhook_key, %q: got %s", query, got)
		}
	}
	for range 1000 {
		if got := d.read(t, posted(sealed, one)); got != "5 DELIVERED delivered" {
			t.Fatalf("a replay: got %s", got)
		}
	}
}

func TestTheSimulatorsCallbacksAreUnderstood(t *testing.T) {
	t.Parallel()
	for ending, want := range map[int][]string{
		1:   {first + " ACCEPTED sent", first + " DELIVERED delivered"},
		704: {first + " ACCEPTED sent", first + " UNDELIVERED undelivered"},
		800: {"UNAUTHORIZED 403", "UNAUTHORIZED 403"},
		801: {first + " ACCEPTED sent", first + " ACCEPTED sent", first + " DELIVERED delivered", first + " DELIVERED delivered"},
		802: {first + " DELIVERED delivered", first + " ACCEPTED sent"},
		803: {"999999999999999999 ACCEPTED sent", "999999999999999999 DELIVERED delivered"},
		804: {"INTERNAL 400", "INTERNAL 400"},
		805: {first + " ACCEPTED sent", first + " DELIVERED delivered"},
		806: {"INTERNAL 400", "INTERNAL 400"},
		807: {first + " ACCEPTED sent", first + " DELIVERED delivered"},
	} {
		t.Run(fmt.Sprintf("%04d", ending), func(t *testing.T) {
			t.Parallel()
			calls := make(chan sdk.Callback, 10)
			orderbell := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				calls <- sdk.Callback{Method: r.Method, Query: r.URL.RawQuery, Header: r.Header, Body: body}
			}))
			t.Cleanup(orderbell.Close)
			d := setup(t, simulator(t, clock, orderbell.URL+"/callbacks/main/token?"+sealed), "api_key", "words-"+key)
			lines := d.send(t, message(ending))
			if ending == 807 && len(calls) != 2 {
				t.Errorf("got %d callbacks before %v, want both", len(calls), lines)
			}
			var got []string
			for range want {
				got = append(got, d.read(t, <-calls))
			}
			same(t, "callbacks", want, got)
		})
	}
}

func TestBadSettingsAreSaidOnTheirField(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ field, value string }{
		{"api_key", ""}, {"api_key", "short"}, {"api_key", "Bearer " + key}, {"api_key", key + "\n" + key}, {"api_key", "ключ-" + key},
		{"number", ""}, {"number", "7"}, {"number", "+74950000001"}, {"number", "8 (800) 000-00-01"}, {"number", "+79990000"}, {"number", strings.Repeat("x", 21)},
		{"webhook_key", "short"}, {"webhook_key", strings.Repeat("k", 129)}, {"webhook_key", webhook + "&x=1"},
		{"template_resource_id", "-1"}, {"template_resource_id", "1.5"}, {"template_resource_id", "99999999999999999999"},
		{"delivery_statuses", "3"}, {"delivery_statuses", "3=delivered"}, {"delivery_statuses", "=DELIVERED"}, {"delivery_statuses", strings.Repeat("1=SENT\n", 3)},
		{"balance_path", "finance"}, {"balance_path", "/x?key=1"}, {"base_url", "api.exolve.ru"}, {"base_url", "file:///etc/passwd"}, {"sender", "x"},
	} {
		c := sdktest.Serve(t, provider(), io.Discard, clock)
		values := map[string]string{"api_key": key, "number": "Cafe", test.field: test.value}
		got, err := c.Open(t.Context(), host.OpenRequest{Account: "main", Settings: values})
		if err != nil || len(got) != 1 || got[0].Field != test.field || got[0].Severity != sdk.SeverityError || got[0].Summary.RU == "" {
			t.Errorf("%s=%.40q: got %+v, %v, want one error on the field", test.field, test.value, got, err)
		}
		secretless(t, "the diagnostics", fmt.Sprint(got))
	}
	for _, number := range []string{"79990000000", "+7 (999) 000-00-00", "89990000000", "Cafe", "Кафе 24", "B2"} {
		c := sdktest.Serve(t, provider(), io.Discard, clock)
		sdktest.Open(t, c, "main", map[string]string{"api_key": key, "number": number})
	}
}

func TestTheManifest(t *testing.T) {
	t.Parallel()
	d := setup(t, simulator(t, clock))
	m, err := d.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c := m.Capabilities
	if m.Name != "exolve" || c.MaxBatch > 1 || c.Resend != sdk.ResendNone || !c.Check || !c.Lookup || !c.Callbacks || !c.Balance || c.Estimate || !c.SenderNames || c.Validity {
		t.Errorf("got %s %+v", m.Name, c)
	}
	if m.Callback.Setup.EN == "" || m.Callback.Setup.RU == "" || m.Callback.Verification.EN == "" || m.Callback.Verification.RU == "" {
		t.Errorf("callback texts: got %+v", m.Callback)
	}
	for _, f := range m.Settings {
		if f.Label.EN == "" || f.Label.RU == "" || (f.Help.EN == "") != (f.Help.RU == "") {
			t.Errorf("%s: got %+v, want both languages", f.Key, f)
		}
	}
	text, _ := json.Marshal(m)
	secretless(t, "the manifest", string(text))
}

func FuzzCallback(f *testing.F) {
	for _, body := range []string{`{"message_id":5,"delivery_status":"sent"}`, `[{"message_id":"5","status":[]}]`, `{"messages":[{}]}`, "[[]]", "\ufeff{}", `{"sender":"x","text":"y"}`} {
		f.Add(sealed, body)
		f.Add("key=x", body)
	}
	a := &account{config: config{WebhookKey: webhook}}
	f.Fuzz(func(t *testing.T, query, body string) {
		receipts, reply, err := a.ParseCallback(t.Context(), posted(query, body))
		if err != nil && len(receipts) > 0 || (err == nil) != (reply.Status == http.StatusOK) || len(receipts) > maxReports {
			t.Errorf("%q %q: got %d receipts, %+v, %v", query, body, len(receipts), reply, err)
		}
		if err == nil && !a.knows(query) {
			t.Errorf("%q is taken for ours", query)
		}
	})
}
