package main

import (
	"bytes"
	"encoding/base64"
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
	"github.com/orderbell/orderbell/sdk/sdktest/operators"
	simulated "github.com/orderbell/orderbell/sdk/sdktest/operators/exolve"
)

const (
	key     = "canary-4711-0123456789"
	webhook = "webhook-4711-0123456789"
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
	paths  []string
	bodies []string
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
		d.mu.Lock()
		d.calls.paths, d.calls.bodies = append(d.calls.paths, r.Method+" "+r.URL.String()), append(d.calls.bodies, string(body))
		d.mu.Unlock()
		r.Body = io.NopCloser(bytes.NewReader(body))
		operator.ServeHTTP(w, r)
	}))
	t.Cleanup(d.server.Close)
	d.Client = open(t, d.log, d.server.URL+"/", d.server.Listener.Addr().String(), settings...)
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
	values := map[string]string{"api_key": key, "number": "+7 (999) 000-00-00", "webhook_key": webhook, "base_url": base}
	for i := 0; i < len(settings); i += 2 {
		values[settings[i]] = settings[i+1]
	}
	sdktest.Open(t, c, "main", values, allow)
	return c
}

// secretless fails the test if the text holds the key in any spelling, or a whole phone number.
func secretless(t *testing.T, what, text string) {
	t.Helper()
	for _, secret := range []string{key, webhook, base64.StdEncoding.EncodeToString([]byte(key)), "79990000001"} {
		if strings.Contains(text, secret) {
			t.Errorf("%s holds %q: %.300s", what, secret, text)
		}
	}
}

func simulator(t *testing.T, now func() time.Time, callback ...string) *simulated.Simulator {
	t.Helper()
	s := simulated.New(operators.Options{Now: now, CallbackURL: strings.Join(callback, "")})
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

// send writes each outcome as "m1 accepted 5" or "m1 NO_MONEY 402".
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

// first is the id of the simulator's first message; a float could not hold it.
const first = "439166538239448536"

func TestAMessageIsWhatSendSMSWants(t *testing.T) {
	t.Parallel()
	var authorization, kind string
	d := setup(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		authorization, kind = r.Header.Get("Authorization"), r.Header.Get("Content-Type")
		_, _ = io.WriteString(w, `{"message_id":"`+first+`","template_resource_id":136519}`)
	}))
	same(t, "outcomes", []string{"m1 accepted " + first}, d.send(t, message(1)))
	same(t, "paths", []string{"POST /messaging/v1/SendSMS"}, d.noted().paths)
	same(t, "bodies", []string{`{"number":"79990000000","destination":"79990000001","text":"Заказ 1 готов"}`}, d.noted().bodies)
	if authorization != "Bearer "+key || kind != "application/json" {
		t.Errorf("got %q, %q", authorization, kind)
	}
}

func TestSettingsBecomeParameters(t *testing.T) {
	t.Parallel()
	d := setup(t, simulator(t, clock), "number", "Cafe", "template_resource_id", "00136519")
	d.send(t, message(1))
	other := message(2)
	other.Sender = "8 (999) 000-00-09"
	d.send(t, other)
	same(t, "bodies", []string{
		`{"number":"Cafe","destination":"79990000001","text":"Заказ 1 готов","template_resource_id":136519}`,
		`{"number":"79990000009","destination":"79990000002","text":"Заказ 2 готов","template_resource_id":136519}`,
	}, d.noted().bodies)
}

func TestWhatCannotBeSentIsNotTried(t *testing.T) {
	t.Parallel()
	d := setup(t, simulator(t, clock))
	abroad, landline, odd := message(1), message(2), message(3)
	abroad.To, landline.To, odd.Sender = "+375290000001", "+74950000001", "8 800 000-00-00"
	same(t, "outcomes", []string{"m1 UNSUPPORTED", "m2 UNSUPPORTED", "m3 BAD_SENDER"}, d.send(t, abroad, landline, odd))
	same(t, "calls", 0, len(d.noted().paths))
}

func TestManyMessagesHaveAnOutcomeEachInOrder(t *testing.T) {
	t.Parallel()
	d := setup(t, simulator(t, clock))
	var batch []sdk.Message
	for i := range 101 {
		batch = append(batch, message(i))
	}
	seen := map[string]bool{}
	for i, line := range d.send(t, batch...) {
		if !strings.HasPrefix(line, fmt.Sprintf("m%d accepted ", i)) || seen[line] {
			t.Errorf("place %d: got %s", i, line)
		}
		seen[line] = true
	}
}

func TestLookupFollowsTheMessage(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, key string
		settings  []string
		early     string
		late      [3]string // sent to 0001, 0704 and 0755
	}{
		{"words", "words-" + key, nil, "ACCEPTED accepted", [3]string{"DELIVERED delivered", "UNDELIVERED undelivered", "UNKNOWN unspecified"}},
		{"numbers that nobody knows", key, nil, "UNKNOWN 1", [3]string{"UNKNOWN 3", "UNKNOWN 4", "UNKNOWN 55"}},
		{"numbers that the admin knows", "int64-" + key, []string{"delivery_statuses", "1=ACCEPTED\n3=DELIVERED\n 4=EXPIRED"}, "ACCEPTED 1", [3]string{"DELIVERED 3", "EXPIRED 4", "UNKNOWN 55"}},
		{"the admin's word counts", "words-" + key, []string{"delivery_statuses", "Delivered=REJECTED"}, "ACCEPTED accepted", [3]string{"REJECTED delivered", "UNDELIVERED undelivered", "UNKNOWN unspecified"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			now := clock()
			d := setup(t, simulator(t, func() time.Time { mu.Lock(); defer mu.Unlock(); return now }), append([]string{"api_key", test.key}, test.settings...)...)
			queries := []sdk.Query{{OurID: "lost"}, {OurID: "nobody", ProviderID: "17"}}
			for _, i := range []int{1, 704, 755} {
				line := d.send(t, message(i))[0]
				queries = append(queries, sdk.Query{OurID: "q", ProviderID: line[strings.LastIndex(line, " ")+1:]})
			}
			look := func() []string {
				receipts, err := d.Lookup(t.Context(), "main", 1, queries)
				if err != nil {
					t.Fatal(err)
				}
				var lines []string
				for i, r := range receipts {
					if r.OurID != queries[i].OurID || r.ProviderID != queries[i].ProviderID {
						t.Errorf("query %+v: got %+v", queries[i], r)
					}
					lines = append(lines, strings.TrimSpace(string(r.Status)+" "+r.Code))
				}
				return lines
			}
			same(t, "at once", []string{"UNKNOWN", "UNKNOWN", test.early, test.early, test.early}, look())
			mu.Lock()
			now = now.Add(3 * time.Second)
			mu.Unlock()
			same(t, "later", append([]string{"UNKNOWN", "UNKNOWN"}, test.late[:]...), look())
		})
	}
}

func TestLookupAnswers(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{
		`{"messages":[{"message_id":"7","delivery_status":"delivered"}]}`:                                             "DELIVERED",
		`{"messages":[{"message_id":7,"delivery_status":"Expired"}],"total":"1"}`:                                     "EXPIRED",
		`{"items":[{"message_id":"6","delivery_status":"expired"},{"message_id":"7","delivery_status":"delivered"}]}`: "DELIVERED",
		`{"messages":["x",null,{"message_id":"7","delivery_status":"not_delivered"}]}`:                                "UNDELIVERED",
		`{"messages":[{"message_id":"7","delivery_status":["delivered"]}]}`:                                           "UNKNOWN",
		`{"messages":[{"message_id":"6","delivery_status":"delivered"}]}`:                                             "UNKNOWN",
		`{"messages":[{"message_id":"7"}]}`:                                                                           "UNKNOWN",
		`{"messages":[]}`:                                                                                             "UNKNOWN", `{}`: "UNKNOWN",
		`{"messages":{}}`: "INTERNAL", `{"count":"0"}`: "INTERNAL", `[]`: "INTERNAL", `null`: "INTERNAL", `<html>`: "INTERNAL", ``: "INTERNAL",
		`{"error":{"code":9,"message":"x"}}`: "INTERNAL",
	} {
		d := setup(t, fixed(200, answer))
		receipts, err := d.Lookup(t.Context(), "main", 1, []sdk.Query{{OurID: "m", ProviderID: "7"}})
		got := ""
		if err != nil {
			got = string(sdk.AsFailure(err, "no failure").Reason)
		} else {
			got = string(receipts[0].Status)
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", answer, got, want)
		}
	}
	d := setup(t, simulator(t, clock), "api_key", "bad-key-"+key)
	if _, err := d.Lookup(t.Context(), "main", 1, []sdk.Query{{OurID: "m1", ProviderID: "1"}}); sdk.AsFailure(err, "").Reason != sdk.Unauthorized {
		t.Errorf("got %v, want UNAUTHORIZED", err)
	}
	if r, err := d.Lookup(t.Context(), "main", 1, []sdk.Query{{OurID: "m1", ProviderID: "1"}, {OurID: "m2"}}); err != nil || len(r) != 2 {
		t.Errorf("half of it: got %v, %v", r, err)
	}
}

func TestBalanceAndCheck(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{
		`{"balance":3520.38,"credit_limit":0}`: "3520.38 RUB", `{"balance":"1000"}`: "1000.00 RUB", `{"balance":-0.10}`: "-0.10 RUB",
		`{"balance":null}`: "INTERNAL", `{"balance":[]}`: "INTERNAL", `{"balance":1e400}`: "INTERNAL", `{}`: "INTERNAL", `[]`: "INTERNAL", `<html>`: "INTERNAL",
		`{"error":{"code":16,"message":"x"}}`: "INTERNAL",
	} {
		d := setup(t, fixed(200, answer))
		balance, err := d.Balance(t.Context(), "main", 1)
		got := balance.Amount.String()
		if err != nil {
			got = string(sdk.AsFailure(err, "no failure").Reason)
		}
		if got != want || d.noted().paths[0] != "POST /finance/v1/GetBalance" || d.noted().bodies[0] != "{}" {
			t.Errorf("%s: got %s (%v) from %s, want %s", answer, got, err, d.noted().paths[0], want)
		}
	}
	moved := setup(t, simulator(t, clock), "balance_path", "/billing/v2/Balance")
	if _, err := moved.Balance(t.Context(), "main", 1); err == nil || moved.noted().paths[0] != "POST /billing/v2/Balance" {
		t.Errorf("another path: got %v from %s", err, moved.noted().paths[0])
	}
	d := setup(t, simulator(t, clock))
	if warnings, err := d.Check(t.Context(), "main", 1); err != nil || len(warnings) > 0 || d.noted().paths[0] != "POST /messaging/v1/GetList" {
		t.Errorf("Check: got %v, %v from %s", warnings, err, d.noted().paths[0])
	}
	for part, want := range map[string]sdk.Reason{"bad-key": sdk.Unauthorized, "blocked-ip": sdk.Unauthorized, "too-many": sdk.RateLimited, "broken": sdk.Unavailable, "repair": sdk.Internal} {
		d := setup(t, simulator(t, clock), "api_key", part+key)
		if _, err := d.Check(t.Context(), "main", 1); sdk.AsFailure(err, "").Reason != want {
			t.Errorf("Check with %s: got %v, want %s", part, err, want)
		}
	}
	if _, err := setup(t, fixed(200, `{"count":"1"}`)).Check(t.Context(), "main", 1); sdk.AsFailure(err, "").Reason != sdk.Internal {
		t.Errorf("Check without a list: got %v", err)
	}
}
