package main

import (
	"bytes"
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
	"github.com/orderbell/orderbell/sdk/sdktest/operators/smsc"
)

const (
	password = "canary-psw-4711"
	word     = smsc.CallbackSecret
)

func clock() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }

// desk notes each call before it hands it to what plays SMSC.
type desk struct {
	mu    sync.Mutex
	calls []url.Values
	paths []string
	play  http.Handler
}

func (d *desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	form, _ := url.ParseQuery(string(body))
	r.Body = io.NopCloser(bytes.NewReader(body))
	d.mu.Lock()
	d.calls, d.paths = append(d.calls, form), append(d.paths, r.Method+" "+r.URL.String())
	play := d.play
	d.mu.Unlock()
	play.ServeHTTP(w, r)
}

func (d *desk) turn(to http.Handler) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.play = to
}

// setup opens an account at what plays SMSC, and afterwards looks for secrets where none belong.
func setup(t *testing.T, play http.Handler, settings ...string) (*host.Client, *desk) {
	t.Helper()
	return setupAt(t, clock, play, settings...)
}

func setupAt(t *testing.T, now func() time.Time, play http.Handler, settings ...string) (*host.Client, *desk) {
	t.Helper()
	d := &desk{play: play}
	server := httptest.NewServer(d)
	t.Cleanup(server.Close)
	log := &bytes.Buffer{}
	c := sdktest.Serve(t, provider(), log, now)
	values := map[string]string{"login": "cafe", "psw": password, "callback_secret": word, "base_url": server.URL}
	for i := 0; i < len(settings); i += 2 {
		values[settings[i]] = settings[i+1]
	}
	sdktest.Open(t, c, "main", values, server.Listener.Addr().String())
	t.Cleanup(func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		for _, path := range d.paths {
			if !strings.HasPrefix(path, "POST /sys/") || strings.Contains(path, "?") {
				t.Errorf("got %s, want a POST to a path without a query", path)
			}
		}
		for _, form := range d.calls {
			if form.Get("charset") != "utf-8" || form.Get("fmt") != "3" {
				t.Errorf("got charset %q and fmt %q, want utf-8 and 3", form.Get("charset"), form.Get("fmt"))
			}
		}
		clean(t, "the log", log.String())
	})
	return c, d
}

func clean(t *testing.T, where, text string) {
	t.Helper()
	for _, secret := range []string{password, url.QueryEscape(password), word} {
		if strings.Contains(text, secret) {
			t.Errorf("%s holds a secret: %s", where, text)
		}
	}
}

func says(answer string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, answer) })
}

func simulator(t *testing.T) http.Handler {
	t.Helper()
	return smsc.New(operators.Options{Now: clock})
}

// id has the form of the gateway's ids, which are ULIDs; these were made a minute before clock.
func id(i int) string { return idMadeAt(clock().Add(-time.Minute), i) }

func idMadeAt(at time.Time, i int) string {
	const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	var made [10]byte
	for j, ms := 9, at.UnixMilli(); j >= 0; j, ms = j-1, ms/32 {
		made[j] = letters[ms%32]
	}
	return fmt.Sprintf("%s0000000000%06d", made[:], i)
}

func message(i int) sdk.Message {
	return sdk.Message{ID: id(i), Attempt: 1, To: fmt.Sprintf("+7999000%04d", i), Text: fmt.Sprintf("Заказ %d готов", i)}
}

func again(m sdk.Message, attempt int) sdk.Message {
	m.Attempt = attempt
	return m
}

// shape writes "accepted ID" or "NO_MONEY 3".
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
		clean(t, "the failure", f.Error()+f.Raw)
		if strings.Contains(f.Error()+f.Raw, strings.TrimPrefix(m.To, "+")) {
			t.Errorf("the failure holds the number: %v, %s", f, f.Raw)
		}
	}
	return outcomes[0]
}

func TestAMessageIsARequestOfItsOwn(t *testing.T) {
	t.Parallel()
	c, d := setup(t, simulator(t))
	m := message(1)
	m.NotAfter = clock().Add(20*time.Minute + 59*time.Second)
	got := send(t, c, m)
	if shape(got) != "accepted "+m.ID || got.Accepted.Cost.String() != "1.44 RUB" || got.Accepted.Segments != 1 {
		t.Errorf("got %+v, %+v", got.Accepted, got.Failure)
	}
	want := url.Values{
		"login": {"cafe"}, "psw": {password}, "charset": {"utf-8"}, "fmt": {"3"}, "cost": {"3"}, "op": {"1"},
		"phones": {"+79990000001"}, "mes": {"Заказ 1 готов"}, "id": {m.ID}, "valid": {"00:20"},
	}
	if diff := cmp.Diff([]url.Values{want}, d.calls); diff != "" || d.paths[0] != "POST /sys/send.php" {
		t.Errorf("%v (-want +got):\n%s", d.paths, diff)
	}
}

func TestSettingsBecomeParameters(t *testing.T) {
	t.Parallel()
	c, d := setup(t, simulator(t), "login", "", "psw", "", "apikey", password, "sender", "Cafe", "translit", "2", "tinyurl", "true")
	send(t, c, message(1))
	m := message(2)
	m.Sender = "Bar"
	send(t, c, m)
	for name, want := range map[string]string{"apikey": password, "sender": "Cafe", "translit": "2", "tinyurl": "1", "login": "", "psw": "", "valid": ""} {
		if got := d.calls[0].Get(name); got != want || want == "" && d.calls[0].Has(name) {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if got := d.calls[1].Get("sender"); got != "Bar" {
		t.Errorf("got the sender %q, want the message's own", got)
	}
}

func TestWhatIsEmptyIsNotSentAtAll(t *testing.T) {
	t.Parallel()
	c, d := setup(t, simulator(t))
	m := message(1)
	m.ID = "not an id for SMSC"
	if got := shape(send(t, c, m)); got != "accepted 1001" {
		t.Errorf("got %s, want the operator's own id", got)
	}
	for _, name := range []string{"sender", "translit", "tinyurl", "valid", "apikey", "id"} {
		if d.calls[0].Has(name) {
			t.Errorf("%s is sent as %q", name, d.calls[0][name])
		}
	}
}

func TestValidityIsRoundedDownAndBounded(t *testing.T) {
	t.Parallel()
	for left, want := range map[time.Duration]string{
		time.Second: "00:01", time.Minute: "00:01", 119 * time.Second: "00:01", time.Hour: "01:00",
		90 * time.Minute: "01:30", 24 * time.Hour: "24:00", 48 * time.Hour: "24:00", -time.Hour: "00:01",
	} {
		if got := valid(clock().Add(left), clock()); got != want {
			t.Errorf("%v left: got %q, want %q", left, got, want)
		}
	}
	if got := valid(time.Time{}, clock()); got != "" {
		t.Errorf("no limit: got %q", got)
	}
}

func TestALongTextDoesNotLeave(t *testing.T) {
	t.Parallel()
	c, d := setup(t, simulator(t))
	m := message(1)
	m.Text = strings.Repeat("я", maxText+1)
	if got := shape(send(t, c, m)); got != "UNSUPPORTED" || len(d.calls) > 0 {
		t.Errorf("got %s after %d calls", got, len(d.calls))
	}
	m.Text = strings.Repeat("я", maxText)
	if got := shape(send(t, c, m)); got != "accepted "+m.ID {
		t.Errorf("%d characters: got %s", maxText, got)
	}
}

func TestATestMessageIsPricedAndNotSent(t *testing.T) {
	t.Parallel()
	c, d := setup(t, simulator(t))
	m := message(1)
	m.Test = true
	if got := shape(send(t, c, m)); got != "accepted test-"+m.ID || d.calls[0].Get("cost") != "1" {
		t.Errorf("got %s with %v", got, d.calls)
	}
	receipts, err := c.Lookup(t.Context(), "main", 1, []sdk.Query{{OurID: m.ID, ProviderID: "test-" + m.ID, To: m.To}})
	if err != nil || receipts[0].Status != sdk.StatusUnknown || len(d.calls) != 1 {
		t.Errorf("look-up: got %v, %v after %d calls, want UNKNOWN without a call", receipts, err, len(d.calls))
	}
}

func TestTheSimulatorsMagicIsUnderstood(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		psw, want string
		end       int
	}{
		{"wrong", "UNAUTHORIZED 2", 1}, {"no-money", "NO_MONEY 3", 1}, {"blocked", "RATE_LIMITED 4", 1}, {"busy", "RATE_LIMITED 9", 1},
		{"maintenance", "UNAVAILABLE 503", 1}, {"page", "INTERNAL", 1}, {"empty", "INTERNAL", 1}, {"cut", "INTERNAL", 1},
		{"marked", "accepted", 1}, {"swapped", "accepted", 1}, {"bare", "accepted", 1},
		{password, "REJECTED_TEXT 1", 101}, {password, "NO_MONEY 3", 103}, {password, "REJECTED_TEXT 6", 106},
		{password, "BAD_RECIPIENT 7", 107}, {password, "UNSUPPORTED 8", 108}, {password, "RATE_LIMITED 9", 109}, {password, "INTERNAL 77", 177},
		{password, "BAD_RECIPIENT 22", 222}, {password, "REJECTED_TEXT 23", 223}, {password, "NO_MONEY 24", 224}, {password, "UNSUPPORTED 25", 225},
		{password, "accepted", 320}, {password, "accepted", 1248},
		{password, "UNKNOWN_OUTCOME", 401}, {password, "UNKNOWN_OUTCOME", 402}, {password, "INTERNAL", 403},
	} {
		t.Run(fmt.Sprint(test.psw, test.end), func(t *testing.T) {
			t.Parallel()
			c, _ := setup(t, simulator(t), "psw", test.psw)
			want := test.want
			if want == "accepted" {
				want += " " + id(test.end)
			}
			if got := send(t, c, message(test.end)); shape(got) != want {
				t.Errorf("got %s, want %s (%+v)", shape(got), want, got.Failure)
			}
		})
	}
}

func TestBalanceAndCheck(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{
		`{"balance":"100.00"}`:                                "100.00 RUB",
		`{"balance":100.5,"credit":"10.00","currency":"KZT"}`: "100.50 KZT",
		`{"balance":"-3.20","currency":"roubles"}`:            "-3.20 RUB",
		`{}`:                "INTERNAL",
		`{"balance":null}`:  "INTERNAL",
		`{"balance":{}}`:    "INTERNAL",
		`{"balance":"1e9"}`: "INTERNAL",
		`{"error":"authorise error","error_code":2}`: "UNAUTHORIZED",
		`{"error":"IP is blocked","error_code":"4"}`: "RATE_LIMITED",
		`<html>`: "INTERNAL",
		``:       "INTERNAL",
		`{"error":"a word for ` + password + `","error_code":"no"}`: "INTERNAL",
	} {
		c, d := setup(t, says(answer))
		balance, err := c.Balance(t.Context(), "main", 1)
		got := balance.Amount.String()
		if err != nil {
			f := sdk.AsFailure(err, "no failure")
			got = string(f.Reason)
			clean(t, "the failure", f.Error()+f.Raw)
		}
		if got != want || d.paths[0] != "POST /sys/balance.php" {
			t.Errorf("%s: got %s (%v) from %s, want %s", answer, got, err, d.paths[0], want)
		}
	}
	for psw, want := range map[string]int{password: 0, "no-money": 1} {
		c, _ := setup(t, simulator(t), "psw", psw)
		if diagnostics, err := c.Check(t.Context(), "main", 1); err != nil || len(diagnostics) != want {
			t.Errorf("check with %s: got %v, %v, want %d diagnostics", psw, diagnostics, err, want)
		}
	}
	c, _ := setup(t, simulator(t), "psw", "wrong")
	for i := range 6 {
		want := sdk.Unauthorized
		if i > 4 {
			want = sdk.RateLimited // the fifth wrong password blocked the address
		}
		if _, err := c.Check(t.Context(), "main", 1); sdk.AsFailure(err, "").Reason != want {
			t.Errorf("check %d with a wrong password: got %v, want %s", i+1, err, want)
		}
	}
}

func TestEstimate(t *testing.T) {
	t.Parallel()
	c, d := setup(t, simulator(t))
	same := message(1)
	same.ID = id(9)
	long := message(3)
	long.Text = strings.Repeat("я", 100)
	batch := []sdk.Message{message(1), message(107), same, long}
	prices, err := c.Estimate(t.Context(), "main", 1, batch)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range prices {
		line := p.ID + " "
		if p.Failure != nil {
			line += string(p.Failure.Reason)
		} else {
			line += fmt.Sprint(p.Cost, " ", p.Segments)
		}
		got = append(got, line)
	}
	want := []string{id(1) + " 1.44 RUB 1", id(107) + " BAD_RECIPIENT", id(9) + " 1.44 RUB 1", id(3) + " 2.88 RUB 2"}
	if diff := cmp.Diff(want, got); diff != "" || len(d.calls) != 3 {
		t.Errorf("%d calls (-want +got):\n%s", len(d.calls), diff)
	}
	c, _ = setup(t, simulator(t), "psw", "wrong")
	if _, err := c.Estimate(t.Context(), "main", 1, batch); sdk.AsFailure(err, "").Reason != sdk.Unauthorized {
		t.Errorf("with a wrong password: got %v", err)
	}
	c, _ = setup(t, says(`{"cnt":1}`))
	if _, err := c.Estimate(t.Context(), "main", 1, batch); sdk.AsFailure(err, "").Reason != sdk.Internal {
		t.Errorf("without a cost: got %v", err)
	}
}
