package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/host"
	"github.com/orderbell/orderbell/sdk/sdktest"
	"github.com/orderbell/orderbell/sdk/sdktest/operators"
	simulated "github.com/orderbell/orderbell/sdk/sdktest/operators/smsaero"
)

const (
	email = "cafe@example.org"
	key   = "canary-4711-0123456789"
)

func clock() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }

// journal is a log that may be read while it is written.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// desk notes each call before the operator answers it.
type desk struct {
	*host.Client
	server *httptest.Server
	log    *journal

	mu    sync.Mutex
	calls calls
}

// calls are what the operator was asked.
type calls struct {
	paths []string
	forms []url.Values
}

// noted returns the calls so far.
func (d *desk) noted() calls {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.calls
}

func setup(t *testing.T, operator http.Handler, settings ...string) *desk {
	t.Helper()
	d := &desk{log: &journal{}}
	d.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		form, _ := url.ParseQuery(string(body))
		d.mu.Lock()
		d.calls.paths, d.calls.forms = append(d.calls.paths, r.Method+" "+r.URL.String()), append(d.calls.forms, form)
		d.mu.Unlock()
		r.Body = io.NopCloser(bytes.NewReader(body))
		operator.ServeHTTP(w, r)
	}))
	t.Cleanup(d.server.Close)
	d.Client = open(t, d.log, d.server.URL+"/v2/", d.server.Listener.Addr().String(), settings...)
	t.Cleanup(func() {
		for _, path := range d.noted().paths {
			if strings.Contains(path, "canary") || strings.Contains(path, "?") {
				t.Errorf("the address holds more than a path: %s", path)
			}
		}
		secretless(t, "the log", d.log.String())
	})
	return d
}

func open(t *testing.T, log io.Writer, base, allow string, settings ...string) *host.Client {
	t.Helper()
	c := sdktest.Serve(t, provider(), log, clock)
	values := map[string]string{"email": email, "api_key": key, "base_url": base}
	for i := 0; i < len(settings); i += 2 {
		values[settings[i]] = settings[i+1]
	}
	sdktest.Open(t, c, "main", values, allow)
	return c
}

// secretless fails the test if the text holds the key in any spelling, or a whole phone number.
func secretless(t *testing.T, what, text string) {
	t.Helper()
	header := base64.StdEncoding.EncodeToString([]byte(email + ":" + key))
	for _, secret := range []string{key, header, base64.StdEncoding.EncodeToString([]byte(key)), "79990000001"} {
		if strings.Contains(text, secret) {
			t.Errorf("%s holds %q: %.300s", what, secret, text)
		}
	}
}

func simulator(t *testing.T, now func() time.Time) *simulated.Simulator {
	t.Helper()
	s := simulated.New(operators.Options{Now: now})
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func fixed(status int, body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}

// message goes to a number that ends in i, four digits.
func message(i int) sdk.Message {
	return sdk.Message{ID: fmt.Sprintf("m%d", i), Attempt: 1, To: fmt.Sprintf("+7999000%04d", i), Text: fmt.Sprintf("Заказ %d готов", i)}
}

// send writes each outcome as "m1 accepted 5" or "m1 NO_MONEY no credits".
func (d *desk) send(t *testing.T, batch ...sdk.Message) []string {
	t.Helper()
	lines, _ := sendVia(t, d.Client, batch...)
	return lines
}

func sendVia(t *testing.T, c *host.Client, batch ...sdk.Message) ([]string, []sdk.Outcome) {
	t.Helper()
	outcomes, err := c.Send(t.Context(), "main", 1, batch)
	if err != nil || len(outcomes) != len(batch) {
		t.Fatalf("%d outcomes for %d messages, %v", len(outcomes), len(batch), err)
	}
	var lines []string
	for _, o := range outcomes {
		if o.Failure == nil {
			lines = append(lines, o.ID+" accepted "+o.Accepted.ID)
			continue
		}
		secretless(t, "the failure", o.Failure.Error()+o.Failure.Raw)
		if len(o.Failure.Raw) > 2048 {
			t.Errorf("%d bytes of the answer are kept, want at most 2048", len(o.Failure.Raw))
		}
		lines = append(lines, strings.TrimSpace(o.ID+" "+string(o.Failure.Reason)+" "+o.Failure.Code))
	}
	return lines, outcomes
}

func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestOneMessageIsOneNumber(t *testing.T) {
	t.Parallel()
	d := setup(t, simulator(t, clock))
	same(t, "outcomes", []string{"m1 accepted 1"}, d.send(t, message(1)))
	same(t, "paths", []string{"POST /v2/sms/send"}, d.noted().paths)
	same(t, "form", []url.Values{{"number": {"79990000001"}, "sign": {"SMS Aero"}, "text": {"Заказ 1 готов"}}}, d.noted().forms)
}

func TestTheLoginIsAHeader(t *testing.T) {
	t.Parallel()
	var user, password string
	d := setup(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ = r.BasicAuth()
		_, _ = io.WriteString(w, `{"success":true,"data":{"id":5,"number":"79990000001"}}`)
	}))
	same(t, "outcomes", []string{"m1 accepted 5"}, d.send(t, message(1)))
	if user != email || password != key || len(d.noted().forms[0]) != 3 {
		t.Errorf("got %s:%s and the form %v", user, password, d.noted().forms[0])
	}
}

func TestSettingsBecomeParameters(t *testing.T) {
	t.Parallel()
	d := setup(t, simulator(t, clock), "sign", "Cafe", "short_link", "true", "callback_url", "https://bell.example/callbacks/main/token")
	d.send(t, message(1))
	other := message(2)
	other.Sender = "Bar"
	d.send(t, other)
	first, second := d.noted().forms[0], d.noted().forms[1]
	if first.Get("sign") != "Cafe" || first.Get("shortLink") != "1" || first.Get("callbackFormat") != "JSON" || second.Get("sign") != "Bar" {
		t.Errorf("got %v and %v", first, second)
	}
	if a, b := first.Get("callbackUrl"), second.Get("callbackUrl"); a == b || !strings.HasPrefix(a, "https://bell.example/callbacks/main/token?key=") || !strings.HasSuffix(a, "&m=m1") {
		t.Errorf("callback addresses: got %s and %s, want one for each message", a, b)
	}
}

func TestATestMessageGoesToTheTestTwin(t *testing.T) {
	t.Parallel()
	d := setup(t, simulator(t, clock), "callback_url", "https://bell.example/c")
	m := message(1)
	m.Test = true
	same(t, "outcomes", []string{"m1 accepted test:1"}, d.send(t, m))
	if d.noted().paths[0] != "POST /v2/sms/testsend" || d.noted().forms[0].Has("callbackUrl") {
		t.Errorf("got %s %v, want the twin and no callback", d.noted().paths[0], d.noted().forms[0])
	}
	receipts, err := d.Lookup(t.Context(), "main", 1, []sdk.Query{{OurID: "m1", ProviderID: "test:1"}})
	if err != nil || receipts[0].Status != sdk.StatusAccepted || d.noted().paths[1] != "POST /v2/sms/teststatus" || d.noted().forms[1].Get("id") != "1" {
		t.Errorf("look-up: got %+v, %v from %s %v", receipts, err, d.noted().paths[1], d.noted().forms[1])
	}
	d = setup(t, simulator(t, clock), "test", "true")
	same(t, "by the setting", []string{"m2 accepted test:1"}, d.send(t, message(2)))
	if warnings, err := d.Check(t.Context(), "main", 1); err != nil || len(warnings) != 1 || warnings[0].Field != "test" {
		t.Errorf("Check: got %+v, %v, want a warning on test", warnings, err)
	}
}

func TestOneTextToManyIsOneCall(t *testing.T) {
	t.Parallel()
	d := setup(t, simulator(t, clock))
	batch := []sdk.Message{message(1), message(2), message(3), message(1)}
	for i := range batch {
		batch[i].Text = "Мы открылись"
	}
	batch[3].ID = "same number"
	got := d.send(t, batch...)
	if len(d.noted().forms) != 2 {
		t.Fatalf("got %d calls, want 2: %v", len(d.noted().forms), d.noted().forms)
	}
	many, one := d.noted().forms[0], d.noted().forms[1]
	if many.Has("number") {
		many, one = one, many
	}
	same(t, "numbers", []string{"79990000001", "79990000002", "79990000003"}, many["numbers[]"])
	same(t, "the second to the same", "79990000001", one.Get("number"))
	seen := map[string]bool{}
	for _, line := range got {
		id := line[strings.LastIndex(line, " ")+1:]
		if !strings.Contains(line, " accepted ") || seen[id] {
			t.Errorf("got %s, want an id of its own for each", line)
		}
		seen[id] = true
	}
}

func TestOneWrongNumberCostsOneMessage(t *testing.T) {
	t.Parallel()
	d := setup(t, simulator(t, clock))
	batch := []sdk.Message{message(1), message(400), message(3)}
	for i := range batch {
		batch[i].Text = "Мы открылись"
	}
	same(t, "outcomes", []string{"m1 accepted 1", "m400 BAD_RECIPIENT number", "m3 accepted 2"}, d.send(t, batch...))
	if len(d.noted().forms) != 4 {
		t.Errorf("got %d calls, want the batch and one for each", len(d.noted().forms))
	}
}

func TestAManyTimesLostAnswerIsNotSentAgain(t *testing.T) {
	t.Parallel()
	for _, ending := range []int{404, 405, 406, 429, 500, 503, 600, 602, 604} {
		d := setup(t, simulator(t, clock))
		batch := []sdk.Message{message(ending), message(2)}
		batch[0].Text, batch[1].Text = "x y", "x y"
		d.send(t, batch...)
		if len(d.noted().forms) != 1 {
			t.Errorf("%04d: got %d calls, want 1", ending, len(d.noted().forms))
		}
	}
}

func TestAHundredAndOneMessagesHaveAnOutcomeEachInOrder(t *testing.T) {
	t.Parallel()
	d := setup(t, simulator(t, clock))
	var batch []sdk.Message
	for i := range 101 {
		m := message(i)
		if i%3 == 0 {
			m.Text = "Мы открылись"
		}
		batch = append(batch, m)
	}
	for i, line := range d.send(t, batch...) {
		if !strings.HasPrefix(line, fmt.Sprintf("m%d accepted ", i)) {
			t.Errorf("place %d: got %s", i, line)
		}
	}
}

func TestLookupFollowsTheMessage(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	now := clock()
	ticking := func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	d := setup(t, simulator(t, ticking))
	d.send(t, message(1), message(702), message(703), message(704), message(706), message(708), message(755))
	queries := []sdk.Query{{OurID: "lost"}, {OurID: "nobody", ProviderID: "999"}}
	want := []string{"UNKNOWN", "UNKNOWN"}
	ids := map[string]string{}
	for id := 1; id <= 7; id++ {
		queries = append(queries, sdk.Query{OurID: fmt.Sprint("q", id), ProviderID: fmt.Sprint(id)})
		ids[fmt.Sprint(id)] = ""
	}
	statuses := func() map[string]int {
		t.Helper()
		receipts, err := d.Lookup(t.Context(), "main", 1, queries)
		if err != nil {
			t.Fatal(err)
		}
		count := map[string]int{}
		for i, r := range receipts {
			if r.OurID != queries[i].OurID || i < len(want) && string(r.Status) != want[i] {
				t.Errorf("query %+v: got %+v", queries[i], r)
			}
			if i >= len(want) && (r.Cost == nil || r.Cost.String() != "5.49 RUB" || r.At.IsZero()) {
				t.Errorf("query %+v: got %+v, want a cost of 5.49 RUB and a time", queries[i], r)
			}
			count[string(r.Status)+strings.TrimSuffix(":"+string(r.Reason), ":")]++
		}
		return count
	}
	same(t, "at once", map[string]int{"UNKNOWN": 2, "ACCEPTED": 7}, statuses())
	mu.Lock()
	now = now.Add(3 * time.Second)
	mu.Unlock()
	same(t, "later", map[string]int{"UNKNOWN": 3, "ACCEPTED": 3, "DELIVERED": 1, "UNDELIVERED": 1, "REJECTED:REJECTED_TEXT": 1}, statuses())
}

func TestALookupThatFailsAltogetherSaysWhy(t *testing.T) {
	t.Parallel()
	d := setup(t, simulator(t, clock), "api_key", "bad-key-"+key)
	if _, err := d.Lookup(t.Context(), "main", 1, []sdk.Query{{OurID: "m1", ProviderID: "1"}}); sdk.AsFailure(err, "").Reason != sdk.Unauthorized {
		t.Errorf("got %v, want UNAUTHORIZED", err)
	}
	another := setup(t, fixed(200, `{"success":true,"data":{"id":6,"number":"79990000001","status":1}}`))
	if r, err := another.Lookup(t.Context(), "main", 1, []sdk.Query{{OurID: "m1", ProviderID: "5"}}); err == nil {
		t.Errorf("an answer about another message: got %+v", r)
	}
}

func TestBalanceAndCheck(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{
		`{"success":true,"data":{"balance":1389.26}}`:                                               "1389.26 RUB",
		`{"success":true,"data":{"balance":"1000"},"message":null}`:                                 "1000.00 RUB",
		`{"success":"true","data":{"balance":-0.10}}`:                                               "-0.10 RUB",
		`{"success":true,"data":{"balance":null}}`:                                                  "INTERNAL",
		`{"success":true,"data":{"balance":[]}}`:                                                    "INTERNAL",
		`{"success":true,"data":[]}`:                                                                "INTERNAL",
		`{"success":true,"data":null}`:                                                              "INTERNAL",
		`{"success":false,"data":null,"message":"Your request was made with invalid credentials."}`: "UNAUTHORIZED",
		`<html>`: "INTERNAL",
	} {
		d := setup(t, fixed(200, answer))
		balance, err := d.Balance(t.Context(), "main", 1)
		got := balance.Amount.String()
		if err != nil {
			got = string(sdk.AsFailure(err, "no failure").Reason)
		}
		if got != want || d.noted().paths[0] != "POST /v2/balance" {
			t.Errorf("%s: got %s (%v) from %s, want %s", answer, got, err, d.noted().paths[0], want)
		}
	}
	d := setup(t, simulator(t, clock))
	if warnings, err := d.Check(t.Context(), "main", 1); err != nil || len(warnings) > 0 || d.noted().paths[0] != "POST /v2/auth" {
		t.Errorf("Check: got %v, %v from %s", warnings, err, d.noted().paths[0])
	}
	for part, want := range map[string]sdk.Reason{"bad-key": sdk.Unauthorized, "blocked-ip": sdk.Unauthorized, "too-many": sdk.RateLimited, "broken": sdk.Unavailable, "repair": sdk.Internal} {
		d := setup(t, simulator(t, clock), "api_key", part+key)
		if _, err := d.Check(t.Context(), "main", 1); sdk.AsFailure(err, "").Reason != want {
			t.Errorf("Check with %s: got %v, want %s", part, err, want)
		}
	}
}
