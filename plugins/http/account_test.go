package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/host"
	"github.com/orderbell/orderbell/sdk/sdktest"
)

const (
	key      = "canary-key-4711"
	password = "canary-password-4711"
)

func clock() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }

// seen is one call as the operator got it.
type seen struct {
	method, uri, body string
	header            http.Header
}

// desk plays an operator: it notes each call and lets the test answer.
type desk struct {
	mu     sync.Mutex
	noted  []seen
	answer http.HandlerFunc
}

func (d *desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	d.mu.Lock()
	d.noted = append(d.noted, seen{r.Method, r.RequestURI, string(body), r.Header})
	d.mu.Unlock()
	d.answer(w, r)
}

// calls is what was called so far.
func (d *desk) calls() []seen {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.noted
}

// basic is a description that suits most tests; base_url leads it to the desk.
func basic() map[string]string {
	return map[string]string{
		"url": "https://api.example.org/send", "key": key, "login": "cafe", "password": password,
		"body": "to={to}\ntext={text}\nfrom={sender}\nkey={key}", "success": "$.status = ok", "id": "$.id",
		"errors": "$.status = poor = NO_MONEY\n$.status = slow = RATE_LIMITED 1m\nHTTP 409 = BAD_RECIPIENT", "error_text": "$.words",
	}
}

func setup(t *testing.T, answer http.HandlerFunc, settings map[string]string) (*host.Client, *desk) {
	t.Helper()
	d := &desk{answer: answer}
	server := httptest.NewServer(d)
	t.Cleanup(server.Close)
	return open(t, server.URL, server.Listener.Addr().String(), settings), d
}

func open(t *testing.T, base, allow string, settings map[string]string) *host.Client {
	t.Helper()
	log := &bytes.Buffer{}
	c := sdktest.Serve(t, provider(), log, clock)
	settings["base_url"] = base
	sdktest.Open(t, c, "main", settings, allow)
	t.Cleanup(func() { noSecret(t, "the log", log.String()) })
	return c
}

func noSecret(t *testing.T, where, text string) {
	t.Helper()
	for _, secret := range []string{key, password, "cafe:" + password, "Y2FmZTpjYW5hcnk", "79990000001"} {
		if strings.Contains(text, secret) {
			t.Errorf("%s holds %q: %s", where, secret, text)
		}
	}
}

func say(answer string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, answer) }
}

func status(code int, answer string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, answer)
	}
}

func message() sdk.Message {
	return sdk.Message{ID: "01JDCANARY0000000000000001", Attempt: 1, To: "+79990000001", Text: `Заказ "7" & <готов>`}
}

// shape writes "accepted 77" or "NO_MONEY 402".
func shape(o sdk.Outcome) string {
	if o.Failure != nil {
		return strings.TrimSpace(string(o.Failure.Reason) + " " + o.Failure.Code)
	}
	return "accepted " + o.Accepted.ID
}

func send(t *testing.T, c *host.Client, m sdk.Message) sdk.Outcome {
	t.Helper()
	outcomes, err := c.Send(t.Context(), "main", 1, []sdk.Message{m})
	if err != nil {
		t.Fatal(err)
	}
	if f := outcomes[0].Failure; f != nil {
		noSecret(t, "the failure", f.Error()+f.Raw)
		if len(f.Raw) > 2<<10 {
			t.Errorf("the kept answer has %d bytes", len(f.Raw))
		}
	}
	return outcomes[0]
}

func TestBodiesAreEscapedForTheirPlace(t *testing.T) {
	t.Parallel()
	form := "from=Cafe&key=canary-key-4711&text=%D0%97%D0%B0%D0%BA%D0%B0%D0%B7+%227%22+%26+%3C%D0%B3%D0%BE%D1%82%D0%BE%D0%B2%3E&to=79990000001"
	tests := []struct {
		name, kind, body, want, contentType string
	}{
		{"a form", "form", "to={to}\ntext={text}\nfrom={sender}\nkey={key}", form, "application/x-www-form-urlencoded"},
		{"a form with a placeholder in a name", "form", "to[{to}]={text}", "to%5B79990000001%5D=%D0%97%D0%B0%D0%BA%D0%B0%D0%B7+%227%22+%26+%3C%D0%B3%D0%BE%D1%82%D0%BE%D0%B2%3E", "application/x-www-form-urlencoded"},
		{"JSON", "json", `{"n": 12345678901234567890, "m": [{"to": "{to}",` + "\n" + `"text": "{text}"}], "id": "{id}", "ttl": "{ttl}"}`,
			`{"id":"01JDCANARY0000000000000001","m":[{"text":"Заказ \"7\" & <готов>","to":"79990000001"}],"n":12345678901234567890,"ttl":"1440"}`, "application/json; charset=utf-8"},
		{"XML", "xml", `<sms to="{to}">{text}</sms>`, `<sms to="79990000001">Заказ &#34;7&#34; &amp; &lt;готов&gt;</sms>`, "text/xml; charset=utf-8"},
		{"raw text", "raw", `{to};{text:json};{text:plain}`, `79990000001;Заказ \"7\" \u0026 \u003cготов\u003e;Заказ "7" & <готов>`, "text/plain; charset=utf-8"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := basic()
			s["body_type"], s["body"], s["sender"] = test.kind, test.body, "Cafe"
			c, d := setup(t, say(`{"status":"ok","id":77}`), s)
			if got := shape(send(t, c, message())); got != "accepted 77" {
				t.Errorf("got %s, want accepted 77", got)
			}
			got := d.calls()[0]
			if got.body != test.want || got.method != http.MethodPost || got.uri != "/send" || got.header.Get("Content-Type") != test.contentType {
				t.Errorf("got %s %s (%s)\n%s\nwant %s\n%s", got.method, got.uri, got.header.Get("Content-Type"), got.body, test.contentType, test.want)
			}
		})
	}
}

func TestWhatIsEmptyIsNotSent(t *testing.T) {
	t.Parallel()
	s := basic()
	s["headers"] = "X-Sender: {sender}\nX-Fixed: yes"
	c, d := setup(t, say(`{"status":"ok","id":"a"}`), s)
	send(t, c, message())
	if got := d.calls()[0]; strings.Contains(got.body, "from") || got.header["X-Sender"] != nil || got.header.Get("X-Fixed") != "yes" {
		t.Errorf("got %s, %v", got.body, got.header)
	}
	s = basic()
	s["body_type"], s["body"] = "json", `{"to":"{to}","text":"{text}","from":"{sender}","list":["{sender}"]}`
	c, d = setup(t, say(`{"status":"ok","id":"a"}`), s)
	send(t, c, message())
	if got := d.calls()[0].body; strings.Contains(got, "from") || !strings.Contains(got, `"list":[]`) {
		t.Errorf("got %s", got)
	}
}

func TestAMessageBringsItsOwnSenderAndTime(t *testing.T) {
	t.Parallel()
	s := basic()
	s["sender"], s["headers"], s["body"] = "Cafe", "X-Name: {sender}", s["body"]+"\nttl={ttl}"
	c, d := setup(t, say(`{"status":"ok","id":"a"}`), s)
	m := message()
	m.Sender, m.NotAfter = "Bar", clock().Add(20*time.Minute+59*time.Second)
	send(t, c, m)
	if got := d.calls()[0]; !strings.Contains(got.body, "from=Bar") || !strings.Contains(got.body, "ttl=20") || got.header.Get("X-Name") != "Bar" {
		t.Errorf("got %s, %v", got.body, got.header)
	}
	m.Sender = "Бар\r\nX-Evil: 1"
	if got := shape(send(t, c, m)); got != "BAD_SENDER" || len(d.calls()) != 1 {
		t.Errorf("a name that a header cannot carry: got %s after %d calls", got, len(d.calls()))
	}
	s = basic()
	s["body"] = "to={to}\ntext={text}"
	c, _ = setup(t, say(`{"status":"ok","id":"a"}`), s)
	if got := shape(send(t, c, m)); got != "UNSUPPORTED" {
		t.Errorf("no place for a name: got %s, want UNSUPPORTED", got)
	}
}

func TestPhonesTakeTheirForm(t *testing.T) {
	t.Parallel()
	for form, want := range map[string]string{"digits": "79990000001", "plus": "+79990000001", "national": "9990000001"} {
		c := config{PhoneFormat: form}
		if got := c.phone("+79990000001"); got != want {
			t.Errorf("%s: got %s, want %s", form, got, want)
		}
	}
}

func TestAnswersAreJudgedByTheSettings(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		answer http.HandlerFunc
		want   string
	}{
		{"accepted", say(`{"status":"ok","id":"a1"}`), "accepted a1"},
		{"accepted, the id a number beyond a float", say(`{"status":"ok","id":439166538239448536}`), "accepted 439166538239448536"},
		{"accepted, with a BOM", say("\ufeff" + `{"status":"ok","id":"a1"}`), "accepted a1"},
		{"accepted with 201", status(201, `{"status":"ok","id":"a1"}`), "accepted a1"},
		{"a known error", say(`{"status":"poor","words":"top up for +79990000001"}`), "NO_MONEY poor"},
		{"a known error with a status of its own", status(402, `{"status":"poor"}`), "NO_MONEY poor"},
		{"a known HTTP status", status(409, "<html>"), "BAD_RECIPIENT 409"},
		{"a success without an id", say(`{"status":"ok"}`), "INTERNAL"},
		{"a success with null for an id", say(`{"status":"ok","id":null}`), "INTERNAL"},
		{"a success with an object for an id", say(`{"status":"ok","id":{"a":1}}`), "INTERNAL"},
		{"a success with an endless id", say(`{"status":"ok","id":"` + strings.Repeat("7", 65) + `"}`), "INTERNAL"},
		{"a success with a status of failure", status(500, `{"status":"ok","id":"a1"}`), "UNKNOWN_OUTCOME 500"},
		{"an unknown word", say(`{"status":"perhaps"}`), "INTERNAL"},
		{"the sign of success with another type", say(`{"status":["ok"],"id":"a1"}`), "INTERNAL"},
		{"nothing", say(""), "INTERNAL"},
		{"204", status(204, ""), "INTERNAL"},
		{"a web page", say("<html>ok</html>"), "INTERNAL"},
		{"a cut answer", say(`{"status":"ok","id":"a1"`), "INTERNAL"},
		{"two answers", say(`{"status":"ok","id":"a1"}{"status":"poor"}`), "INTERNAL"},
		{"a list", say(`[{"status":"ok"}]`), "INTERNAL"},
		{"null", say(`null`), "INTERNAL"},
		{"10 MB", say(strings.Repeat("x", 10<<20)), "INTERNAL"},
		{"another charset", say("{\"status\":\"ok\",\"id\":\"\xe0\xe1\"}"), "accepted \ufffd\ufffd"},
		{"400", status(400, "bad"), "INTERNAL 400"},
		{"401", status(401, ""), "UNAUTHORIZED 401"},
		{"402", status(402, ""), "NO_MONEY 402"},
		{"403", status(403, "the key "+key+" of 79990000001 is blocked"), "UNAUTHORIZED 403"},
		{"404", status(404, ""), "INTERNAL 404"},
		{"408", status(408, ""), "UNKNOWN_OUTCOME 408"},
		{"429", status(429, "", "Retry-After", "7"), "RATE_LIMITED 429"},
		{"500", status(500, ""), "UNKNOWN_OUTCOME 500"},
		{"502", status(502, "<html>"), "UNKNOWN_OUTCOME 502"},
		{"503", status(503, ""), "UNAVAILABLE 503"},
		{"504", status(504, ""), "UNKNOWN_OUTCOME 504"},
		{"521", status(521, ""), "UNAVAILABLE 521"},
		{"a redirect elsewhere", status(302, "", "Location", "https://other.example.org/?key="+key), "INTERNAL 302"},
		{"a redirect to a page that says nothing", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/send" {
				http.Redirect(w, r, "/login", http.StatusFound)
			}
		}, "INTERNAL"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, _ := setup(t, test.answer, basic())
			o := send(t, c, message())
			if got := shape(o); got != test.want {
				t.Errorf("got %s (%v), want %s", got, o.Failure, test.want)
			}
		})
	}
}

func TestFailuresTellWhatTheyKnow(t *testing.T) {
	t.Parallel()
	c, _ := setup(t, say(`{"status":"slow","words":"not so fast"}`), basic())
	if f := send(t, c, message()).Failure; f.Reason != sdk.RateLimited || f.RetryAfter != time.Minute || f.Detail != "not so fast" || f.Raw == "" {
		t.Errorf("got %+v", f)
	}
	c, _ = setup(t, status(429, "", "Retry-After", "7"), basic())
	if f := send(t, c, message()).Failure; f.RetryAfter != 7*time.Second {
		t.Errorf("got %v, want 7s", f.RetryAfter)
	}
	patient := basic()
	patient["errors"] = "HTTP 429 = RATE_LIMITED"
	c, _ = setup(t, status(429, "", "Retry-After", "7"), patient)
	if f := send(t, c, message()).Failure; f.RetryAfter != 7*time.Second {
		t.Errorf("judged by the settings: got %v, want 7s", f.RetryAfter)
	}
	c, _ = setup(t, say("<html>maintenance"), basic())
	if f := send(t, c, message()).Failure; f.Raw != "<html>maintenance" {
		t.Errorf("the answer that was not understood is lost: %+v", f)
	}
}

func TestFinerPatterns(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, answer, want string
		settings           map[string]string
	}{
		{"the first group is the id", "accepted; A-7 ", "accepted A-7", map[string]string{"success": "^accepted", "id": `;\s*(\S+)`}},
		{"all of a match without a group", "A-7", "accepted A-7", map[string]string{"success": "^A", "id": `\S+`}},
		{"no id at this operator", "OK", "accepted " + message().ID, map[string]string{"success": "^OK$", "id": ""}},
		{"two signs of success, one missing", `{"status":"ok","id":1,"data":[{"state":"bad"}]}`, "INTERNAL", map[string]string{"success": "$.status = ok\n$.data[0].state = sent"}},
		{"the sign is false", `{"success":false,"id":1}`, "INTERNAL", map[string]string{"success": "$.success"}},
		{"the sign is true", `{"success":true,"id":1}`, "accepted 1", map[string]string{"success": "$.success"}},
		{"another status than asked for", `{"status":"ok","id":1}`, "INTERNAL", map[string]string{"success_statuses": "201, 202"}},
		{"success and error at once", `{"status":"ok","id":1,"warning":"poor"}`, "INTERNAL", map[string]string{"errors": "poor = NO_MONEY"}},
		{"success for another number", `{"status":"ok","id":1,"to":"79991234567"}`, "INTERNAL", map[string]string{"answer_to": "$.to"}},
		{"success for no number", `{"status":"ok","id":1}`, "INTERNAL", map[string]string{"answer_to": "$.to"}},
		{"success for our number in another form", `{"status":"ok","id":1,"to":"8 (999) 000-00-01"}`, "accepted 1", map[string]string{"answer_to": "$.to"}},
		{"any member", `{"r":{"79990000001":{"status":"ok","id":"z"}}}`, "accepted z", map[string]string{"success": "$.r.*.status = ok", "id": "$.r[*].id"}},
		{"a name in brackets", `{"a b":"ok","id":"z"}`, "accepted z", map[string]string{"success": `$["a b"] = ok`}},
		{"an equals sign in a pattern", `code=7`, "NO_MONEY code=7", map[string]string{"errors": "code=7 = NO_MONEY"}},
		{"a class of statuses", `{"status":"x"}`, "BAD_SENDER 200", map[string]string{"errors": "HTTP 2xx = BAD_SENDER"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := basic()
			for name, value := range test.settings {
				s[name] = value
			}
			c, _ := setup(t, say(test.answer), s)
			if o := send(t, c, message()); shape(o) != test.want {
				t.Errorf("%s: got %s (%v), want %s", test.answer, shape(o), o.Failure, test.want)
			}
		})
	}
}

func TestTheCostIsReadWhereItIsSaid(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{`"1,5"`: "1.50 RUB", `2.25`: "2.25 RUB", `"1 234.50"`: "1234.50 RUB", `null`: "", `-1`: "", `"free"`: ""} {
		s := basic()
		s["cost"] = "$.cost"
		c, _ := setup(t, say(fmt.Sprintf(`{"status":"ok","id":1,"cost":%s}`, written)), s)
		o := send(t, c, message())
		got := ""
		if o.Accepted != nil && o.Accepted.Cost != nil {
			got = o.Accepted.Cost.String()
		}
		if diff := cmp.Diff(want, got); diff != "" || o.Failure != nil {
			t.Errorf("%s: %v (-want +got):\n%s", written, o.Failure, diff)
		}
	}
}
