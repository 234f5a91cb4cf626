package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/host"
	"github.com/orderbell/orderbell/sdk/sdktest"
)

// query is what follows the ? of the address that SMS Aero was told.
func query(ourID string) string {
	a := &account{config: config{Email: email, APIKey: key, CallbackURL: "https://bell.example/c"}}
	_, after, _ := strings.Cut(a.callbackAddress(ourID), "?")
	return after
}

func posted(contentType, query, body string) sdk.Callback {
	return sdk.Callback{
		Method: http.MethodPost, URL: "https://bell.example/c", Query: query,
		Header: http.Header{"Content-Type": {contentType}}, Body: []byte(body),
	}
}

// read writes each receipt as "m1 5 DELIVERED 1", or the reason and what is replied.
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
		lines = append(lines, fmt.Sprint(r.OurID, " ", r.ProviderID, " ", r.Status, " ", r.Code))
	}
	return strings.Join(lines, ", ")
}

func form(pairs ...string) (contentType, body string) {
	var buffer bytes.Buffer
	w := multipart.NewWriter(&buffer)
	for i := 0; i < len(pairs); i += 2 {
		_ = w.WriteField(pairs[i], pairs[i+1])
	}
	_ = w.Close()
	return w.FormDataContentType(), buffer.String()
}

func TestCallbacks(t *testing.T) {
	t.Parallel()
	const asJSON, asForm = "application/json", "application/x-www-form-urlencoded"
	multi, parts := form("id", "5", "status", "1", "number", "79990000001")
	_, twice := form("id", "5", "id", "6", "status", "1")
	_, many := form(strings.Split(strings.Repeat("x,1,", 70)+"id,5", ",")...)
	sealed, other := query("m1"), query("m2")
	tests := []struct {
		name string
		call sdk.Callback
		want string
	}{
		{"JSON", posted(asJSON, sealed, `{"id":5,"number":79990000001,"status":1,"extendStatus":"delivery","dateAnswer":1795521600}`), "m1 5 DELIVERED 1"},
		{"JSON with strings", posted(asJSON, sealed, `{"id":"5","status":"2"}`), "m1 5 UNDELIVERED 2"},
		{"JSON in an envelope", posted(asJSON, sealed, `{"success":true,"data":{"id":5,"status":6}}`), "m1 5 REJECTED 6"},
		{"a form", posted(asForm, sealed, "id=5&status=3&extendStatus=rejected"), "m1 5 ACCEPTED 3"},
		{"a form without its type", posted("", sealed, "id=5&status=0"), "m1 5 ACCEPTED 0"},
		{"a multipart form", posted(multi, sealed, parts), "m1 5 DELIVERED 1"},
		{"JSON that says it is a form", posted(asForm, sealed, "\ufeff "+`{"id":5,"status":8}`), "m1 5 ACCEPTED 8"},
		{"a status of nobody's", posted(asJSON, sealed, `{"id":5,"status":77}`), "m1 5 UNKNOWN 77"},
		{"a status in words", posted(asJSON, sealed, `{"id":5,"status":"delivered"}`), "m1 5 UNKNOWN delivered"},
		{"windows-1251 in it", posted(asForm, sealed, "id=5&status=1&text=\xc3\xee\xf2"), "m1 5 DELIVERED 1"},
		{"an id that we do not know", posted(asJSON, sealed, `{"id":999,"status":1}`), "m1 999 DELIVERED 1"},
		{"a call for several", posted(asJSON, query(""), `[{"id":5,"status":1},{"id":6,"status":2}]`), " 5 DELIVERED 1,  6 UNDELIVERED 2"},

		{"no seal", posted(asJSON, "", `{"id":5,"status":1}`), "UNAUTHORIZED 403"},
		{"no seal with a message", posted(asJSON, "m=m1", `{"id":5,"status":1}`), "UNAUTHORIZED 403"},
		{"an empty seal", posted(asJSON, "key=&m=m1", `{"id":5,"status":1}`), "UNAUTHORIZED 403"},
		{"a wrong seal", posted(asJSON, "m=m1&key="+strings.Repeat("0", 32), `{"id":5,"status":1}`), "UNAUTHORIZED 403"},
		{"a cut seal", posted(asJSON, sealed[:30]+"&m=m1", `{"id":5,"status":1}`), "UNAUTHORIZED 403"},
		{"the seal of another message", posted(asJSON, strings.Replace(other, "m=m2", "m=m1", 1), `{"id":5,"status":1}`), "UNAUTHORIZED 403"},
		{"the seal of one message for all", posted(asJSON, strings.TrimSuffix(sealed, "&m=m1"), `{"id":5,"status":1}`), "UNAUTHORIZED 403"},
		{"two seals", posted(asJSON, "key=0&"+sealed, `{"id":5,"status":1}`), "UNAUTHORIZED 403"},
		{"a second seal after the right one", posted(asJSON, sealed+"&key=0", `{"id":5,"status":1}`), "UNAUTHORIZED 403"},
		{"two messages", posted(asJSON, sealed+"&m=m2", `{"id":5,"status":1}`), "UNAUTHORIZED 403"},
		{"a broken query", posted(asJSON, sealed+"&%zz", `{"id":5,"status":1}`), "UNAUTHORIZED 403"},
		{"the seal in the body", posted(asForm, "", sealed+"&id=5&status=1"), "UNAUTHORIZED 403"},

		{"several under the seal of one", posted(asJSON, sealed, `[{"id":5,"status":1},{"id":6,"status":2}]`), "INTERNAL 400"},
		{"a GET", sdk.Callback{Method: http.MethodGet, Query: sealed + "&id=5&status=1"}, "INTERNAL 405"},
		{"nothing", posted(asJSON, sealed, " "), "INTERNAL 400"},
		{"a web page", posted(asForm, sealed, "<html>"), "INTERNAL 400"},
		{"cut JSON", posted(asJSON, sealed, `{"id":5,"sta`), "INTERNAL 400"},
		{"no id", posted(asJSON, sealed, `{"status":1}`), "INTERNAL 400"},
		{"no status", posted(asJSON, sealed, `{"id":5}`), "INTERNAL 400"},
		{"null for both", posted(asJSON, sealed, `{"id":null,"status":null}`), "INTERNAL 400"},
		{"lists for scalars", posted(asJSON, sealed, `{"id":[5],"status":[1]}`), "INTERNAL 400"},
		{"lists for scalars in a form", posted(asForm, sealed, "id[]=5&status[]=1"), "INTERNAL 400"},
		{"a field twice", posted(asForm, sealed, "id=5&id=6&status=1"), "INTERNAL 400"},
		{"a part twice", posted(multi, sealed, strings.ReplaceAll(twice, boundary(twice), boundary(parts))), "INTERNAL 400"},
		{"too many parts", posted(multi, sealed, strings.ReplaceAll(many, boundary(many), boundary(parts))), "INTERNAL 400"},
		{"a cut multipart form", posted(multi, sealed, parts[:80]), "INTERNAL 400"},
		{"an id with a line break", posted(asJSON, sealed, `{"id":"5\n6","status":1}`), "INTERNAL 400"},
		{"a huge id", posted(asJSON, sealed, `{"id":"`+strings.Repeat("5", 1000)+`","status":1}`), "INTERNAL 400"},
		{"101 reports", posted(asJSON, query(""), "["+strings.Repeat(`{"id":5,"status":1},`, 100)+`{"id":5,"status":1}]`), "INTERNAL 400"},
		{"10,000 reports", posted(asJSON, query(""), "["+strings.Repeat(`{"id":5,"status":1},`, 10_000)+`{"id":5,"status":1}]`), "INTERNAL 400"},
		{"300 KiB", posted(asForm, sealed, "id=5&status=1&text="+strings.Repeat("x", 300<<10)), "INTERNAL 413"},
		{"a secret in it", posted(asForm, sealed, "key="+key+"&phone=79990000001"), "INTERNAL 400"},
	}
	d := setup(t, simulator(t, clock))
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := d.read(t, test.call); got != test.want {
				t.Errorf("%s %.100s: got %q, want %q", test.call.Query, test.call.Body, got, test.want)
			}
		})
	}
}

func boundary(body string) string {
	line, _, _ := strings.Cut(body, "\r\n")
	return strings.TrimPrefix(line, "--")
}

func TestAReportHasItsTime(t *testing.T) {
	t.Parallel()
	d := setup(t, simulator(t, clock))
	for value, want := range map[string]time.Time{`1795521600`: time.Unix(1795521600, 0), `"1795521600"`: time.Unix(1795521600, 0), `-1`: {}, `9e18`: {}, `99999999999`: {}, `null`: {}} {
		receipts, _, err := d.ParseCallback(t.Context(), "main", 1, posted("", query("m1"), `{"id":5,"status":1,"dateAnswer":`+value+`}`))
		if err != nil || !receipts[0].At.Equal(want) {
			t.Errorf("%s: got %+v, %v, want %v", value, receipts, err, want)
		}
	}
}

func TestACallbackOfAnotherAccountIsRefused(t *testing.T) {
	t.Parallel()
	theirs := setup(t, simulator(t, clock), "api_key", "another-key-0123456789")
	if got := theirs.read(t, posted("", query("m1"), `{"id":5,"status":1}`)); got != "UNAUTHORIZED 403" {
		t.Errorf("another key: got %s", got)
	}
	theirs = setup(t, simulator(t, clock), "email", "bar@example.org")
	if got := theirs.read(t, posted("", query("m1"), `{"id":5,"status":1}`)); got != "UNAUTHORIZED 403" {
		t.Errorf("another login: got %s", got)
	}
}

func TestReplayedReportsSayTheSame(t *testing.T) {
	t.Parallel()
	d := setup(t, simulator(t, clock))
	for range 1000 {
		if got := d.read(t, posted("", query("m1"), `{"id":5,"status":1}`)); got != "m1 5 DELIVERED 1" {
			t.Fatalf("got %s", got)
		}
	}
}

func TestTheSimulatorsCallbacksAreUnderstood(t *testing.T) {
	t.Parallel()
	for ending, want := range map[int][]string{
		1:   {"m1 1 ACCEPTED 3", "m1 1 DELIVERED 1"},
		702: {"m702 1 ACCEPTED 3", "m702 1 UNDELIVERED 2"},
		800: {"UNAUTHORIZED 403", "UNAUTHORIZED 403"},
		801: {"m801 1 ACCEPTED 3", "m801 1 ACCEPTED 3", "m801 1 DELIVERED 1", "m801 1 DELIVERED 1"},
		802: {"m802 1 DELIVERED 1", "m802 1 ACCEPTED 3"},
		803: {"m803 999999999 ACCEPTED 3", "m803 999999999 DELIVERED 1"},
		804: {"INTERNAL 400", "INTERNAL 400"},
		805: {"m805 1 ACCEPTED 3", "m805 1 DELIVERED 1"},
		806: {"INTERNAL 400", "INTERNAL 400"},
		807: {"m807 1 ACCEPTED 3", "m807 1 DELIVERED 1"},
		604: {"m604 1 ACCEPTED 3", "m604 1 DELIVERED 1"}, // the answer is lost, the report tells
	} {
		t.Run(fmt.Sprintf("%04d", ending), func(t *testing.T) {
			t.Parallel()
			calls := make(chan sdk.Callback, 10)
			orderbell := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				calls <- sdk.Callback{Method: r.Method, Query: r.URL.RawQuery, Header: r.Header, Body: body}
			}))
			t.Cleanup(orderbell.Close)
			d := setup(t, simulator(t, clock), "callback_url", orderbell.URL+"/callbacks/main/token")
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
		{"email", ""}, {"email", "cafe"}, {"email", "cafe@ex ample.org"}, {"email", "cafe:x@example.org"}, {"email", "a@b@c"},
		{"api_key", ""}, {"api_key", "short"}, {"api_key", strings.Repeat("k", 200)}, {"api_key", key + "\n" + key},
		{"sign", "X"}, {"sign", strings.Repeat("x", 65)},
		{"callback_url", "bell.example"}, {"callback_url", "ftp://bell.example/x"}, {"callback_url", "https://bell.example/x?y=1"},
		{"callback_url", "https://u:p@bell.example/x"}, {"callback_url", "https://bell.example/x#y"}, {"callback_url", "https://"},
		{"short_link", "perhaps"}, {"test", "2"}, {"base_url", "gate.smsaero.ru"}, {"base_url", "file:///etc/passwd"}, {"password", "x"},
	} {
		c := sdktest.Serve(t, provider(), io.Discard, clock)
		values := map[string]string{"email": email, "api_key": key, test.field: test.value}
		got, err := c.Open(t.Context(), host.OpenRequest{Account: "main", Settings: values})
		if err != nil || len(got) != 1 || got[0].Field != test.field || got[0].Severity != sdk.SeverityError || got[0].Summary.RU == "" {
			t.Errorf("%s=%.40q: got %+v, %v, want one error on the field", test.field, test.value, got, err)
		}
		secretless(t, "the diagnostics", fmt.Sprint(got))
	}
	c := sdktest.Serve(t, provider(), io.Discard, clock)
	sdktest.Open(t, c, "main", map[string]string{"email": "Кафе@пример.рф", "api_key": key, "sign": "Кафе", "callback_url": "https://bell.example"})
}

func TestTheManifest(t *testing.T) {
	t.Parallel()
	d := setup(t, simulator(t, clock))
	m, err := d.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c := m.Capabilities
	if m.Name != "smsaero" || c.MaxBatch != maxBatch || c.Resend != sdk.ResendNone || !c.Check || !c.Lookup || !c.Callbacks || !c.Balance || c.Estimate || !c.SenderNames || c.Validity {
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
	multi, parts := form("id", "5", "status", "1")
	for _, body := range []string{`{"id":5,"status":1}`, `[{"id":"5","status":"2"}]`, "id=5&status=1", parts, `{"data":{"id":5,"status":[]}}`, "[[]]", "\ufeff{}", "id=%zz"} {
		f.Add(multi, query("m1"), body)
		f.Add("application/json", "key=x", body)
	}
	a := &account{config: config{Email: email, APIKey: key}}
	f.Fuzz(func(t *testing.T, contentType, query, body string) {
		receipts, reply, err := a.ParseCallback(t.Context(), posted(contentType, query, body))
		if (err == nil) != (len(receipts) > 0) || (err == nil) != (reply.Status == http.StatusOK) || len(receipts) > maxReports {
			t.Errorf("%q %q %q: got %d receipts, %+v, %v", contentType, query, body, len(receipts), reply, err)
		}
		values, _ := url.ParseQuery(query)
		if err == nil && values.Get(sealParameter) != a.seal(values.Get(messageParameter)) {
			t.Errorf("%q is taken for sealed", query)
		}
	})
}
