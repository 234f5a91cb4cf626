package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/host"
	"github.com/orderbell/orderbell/sdk/sdktest"
)

const key = "00000000-canary-4711"

func clock() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }

// desk plays sms.ru: it notes each call and answers what the test wants.
type desk struct {
	mu     sync.Mutex
	calls  []url.Values
	paths  []string
	answer func(path string, form url.Values) string
}

func (d *desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	d.mu.Lock()
	d.calls, d.paths = append(d.calls, r.PostForm), append(d.paths, r.URL.String())
	answer := d.answer
	d.mu.Unlock()
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = io.WriteString(w, answer(r.URL.Path, r.PostForm))
}

func setup(t *testing.T, answer func(string, url.Values) string, settings ...string) (*host.Client, *desk, *bytes.Buffer) {
	t.Helper()
	d := &desk{answer: answer}
	server := httptest.NewServer(d)
	t.Cleanup(server.Close)
	log := &bytes.Buffer{}
	c := sdktest.Serve(t, provider(), log, clock)
	values := map[string]string{"api_id": key, "base_url": server.URL + "/"}
	for i := 0; i < len(settings); i += 2 {
		values[settings[i]] = settings[i+1]
	}
	sdktest.Open(t, c, "main", values, server.Listener.Addr().String())
	t.Cleanup(func() {
		for _, path := range d.paths {
			if strings.Contains(path, key) || strings.Contains(path, "?") {
				t.Errorf("the address holds more than a path: %s", path)
			}
		}
		if strings.Contains(log.String(), key) {
			t.Errorf("the log holds the api_id: %s", log)
		}
	})
	return c, d, log
}

func fixed(answer string) func(string, url.Values) string {
	return func(string, url.Values) string { return answer }
}

// all accepts every recipient, numbering them.
func all(_ string, form url.Values) string {
	var entries []string
	for name := range form {
		if number, ok := strings.CutPrefix(name, "to["); ok {
			number = strings.TrimSuffix(number, "]")
			entries = append(entries, fmt.Sprintf(`"%s":{"status":"OK","status_code":100,"sms_id":"202648-%s"}`, number, number[len(number)-4:]))
		}
	}
	return `{"status":"OK","status_code":100,"sms":{` + strings.Join(entries, ",") + `},"balance":10.5}`
}

func message(i int) sdk.Message {
	return sdk.Message{ID: fmt.Sprintf("m%d", i), Attempt: 1, To: fmt.Sprintf("+7999000%04d", i), Text: fmt.Sprintf("Заказ %d готов", i)}
}

// shape writes "m1 accepted 202648-0001" or "m1 NO_MONEY 201".
func shape(outcomes []sdk.Outcome) []string {
	var lines []string
	for _, o := range outcomes {
		if o.Failure != nil {
			lines = append(lines, strings.TrimSpace(o.ID+" "+string(o.Failure.Reason)+" "+o.Failure.Code))
			continue
		}
		lines = append(lines, o.ID+" accepted "+o.Accepted.ID)
	}
	return lines
}

func send(t *testing.T, c *host.Client, batch ...sdk.Message) []sdk.Outcome {
	t.Helper()
	outcomes, err := c.Send(t.Context(), "main", 1, batch)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range outcomes {
		if o.Failure != nil && strings.Contains(o.Failure.Error()+o.Failure.Raw, key) {
			t.Errorf("the failure holds the api_id: %v, %s", o.Failure, o.Failure.Raw)
		}
	}
	return outcomes
}

func TestABatchIsOneRequestWithWhatSmsruNeeds(t *testing.T) {
	t.Parallel()
	c, d, _ := setup(t, all)
	got := shape(send(t, c, message(1), message(2)))
	if diff := cmp.Diff([]string{"m1 accepted 202648-0001", "m2 accepted 202648-0002"}, got); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
	want := url.Values{"api_id": {key}, "json": {"1"}, "to[79990000001]": {"Заказ 1 готов"}, "to[79990000002]": {"Заказ 2 готов"}}
	if diff := cmp.Diff([]url.Values{want}, d.calls); diff != "" || d.paths[0] != "/sms/send" {
		t.Errorf("%v (-want +got):\n%s", d.paths, diff)
	}
}

func TestSettingsBecomeParameters(t *testing.T) {
	t.Parallel()
	c, d, _ := setup(t, all, "from", "Cafe", "translit", "true", "daytime", "true", "test", "true")
	m := message(1)
	m.NotAfter = clock().Add(20*time.Minute + 59*time.Second)
	send(t, c, m)
	for name, want := range map[string]string{"from": "Cafe", "translit": "1", "daytime": "1", "test": "1", "ttl": "20"} {
		if got := d.calls[0].Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestAnEmptySenderIsNotSentAtAll(t *testing.T) {
	t.Parallel()
	c, d, _ := setup(t, all, "from", "")
	send(t, c, message(1))
	for _, name := range []string{"from", "ttl", "test", "translit", "daytime"} {
		if values, sent := d.calls[0][name]; sent {
			t.Errorf("%s is sent as %q", name, values)
		}
	}
}

func TestMessagesThatCannotShareARequestDoNot(t *testing.T) {
	t.Parallel()
	c, d, _ := setup(t, all)
	batch := []sdk.Message{message(1), message(2), message(1), message(3), message(4), message(5)}
	batch[2].ID = "same number"
	batch[3].Sender = "Bar"
	batch[4].Test = true
	batch[5].NotAfter = clock().Add(48 * time.Hour)
	got := shape(send(t, c, batch...))
	want := []string{
		"m1 accepted 202648-0001", "m2 accepted 202648-0002", "same number accepted 202648-0001",
		"m3 accepted 202648-0003", "m4 accepted 202648-0004", "m5 accepted 202648-0005",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
	if len(d.calls) != 5 || len(d.calls[0]) != 4 || d.calls[2].Get("from") != "Bar" || d.calls[3].Get("test") != "1" || d.calls[4].Get("ttl") != "1440" {
		t.Errorf("got %d calls: %v", len(d.calls), d.calls)
	}
}

func TestHundredAndOneMessagesAreTwoRequests(t *testing.T) {
	t.Parallel()
	c, d, _ := setup(t, all)
	var batch []sdk.Message
	for i := range 101 {
		batch = append(batch, message(i))
	}
	for i, line := range shape(send(t, c, batch...)) {
		if want := fmt.Sprintf("m%d accepted 202648-%04d", i, i); line != want {
			t.Errorf("got %s, want %s", line, want)
		}
	}
	sizes := []int{len(d.calls[0]) - 2, len(d.calls[1]) - 2}
	slices.Sort(sizes)
	if diff := cmp.Diff([]int{1, 100}, sizes); diff != "" {
		t.Errorf("recipients per request (-want +got):\n%s", diff)
	}
}

func TestAnswersAreUnderstood(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, answer string
		want         [2]string
	}{
		{"partly refused", `{"status":"OK","status_code":100,"sms":{"79990000001":{"status":"OK","status_code":100,"sms_id":"000000-1"},"79990000002":{"status":"ERROR","status_code":207,"status_text":"no route"}},"balance":1}`,
			[2]string{"m1 accepted 000000-1", "m2 UNSUPPORTED 207"}},
		{"all refused under an OK, with ids", `{"status":"OK","status_code":100,"sms":{"79990000001":{"status":"ERROR","status_code":221,"sms_id":"202648-1"},"79990000002":{"status":"ERROR","status_code":221,"sms_id":"202648-2"}}}`,
			[2]string{"m1 BAD_SENDER 221", "m2 BAD_SENDER 221"}},
		{"refused as a whole", `{"status":"ERROR","status_code":200,"status_text":"wrong api_id"}`, [2]string{"m1 UNAUTHORIZED 200", "m2 UNAUTHORIZED 200"}},
		{"refused as a whole, code as a string", `{"status":"ERROR","status_code":"201"}`, [2]string{"m1 NO_MONEY 201", "m2 NO_MONEY 201"}},
		{"refused as a whole, no recipients as a list", `{"status":"ERROR","status_code":220,"sms":[]}`, [2]string{"m1 UNAVAILABLE 220", "m2 UNAVAILABLE 220"}},
		{"codes and ids of the other type", `{"status":"OK","status_code":"100","sms":{"79990000001":{"status":"OK","status_code":"100","sms_id":20264811},"79990000002":{"status":"ERROR","status_code":"202","status_text":null}},"balance":"1.5"}`,
			[2]string{"m1 accepted 20264811", "m2 BAD_RECIPIENT 202"}},
		{"numbers of another form", `{"status":"OK","status_code":100,"sms":{"89990000001":{"status":"OK","status_code":100,"sms_id":"a"},"9990000002":{"status":"OK","status_code":100,"sms_id":"b"}}}`,
			[2]string{"m1 accepted a", "m2 accepted b"}},
		{"pretty, escaped, with a BOM", "\ufeff{\n    \"status\": \"OK\",\n    \"status_code\": 100,\n    \"sms\": {\n \"79990000001\": {\"status\": \"OK\", \"status_code\": 100, \"sms_id\": \"a\\/b\"},\n\"79990000002\":{\"status\":\"ERROR\",\"status_code\":204,\"status_text\":\"https:\\/\\/sms.ru\\/\"}}}",
			[2]string{"m1 accepted a/b", "m2 BAD_SENDER 204"}},
		{"one recipient is missing", `{"status":"OK","status_code":100,"sms":{"79990000002":{"status":"OK","status_code":100,"sms_id":"b"}}}`, [2]string{"m1 INTERNAL", "m2 accepted b"}},
		{"success for somebody else", `{"status":"OK","status_code":100,"sms":{"79991234567":{"status":"OK","status_code":100,"sms_id":"b"}}}`, [2]string{"m1 INTERNAL", "m2 INTERNAL"}},
		{"success without an id", `{"status":"OK","status_code":100,"sms":{"79990000001":{"status":"OK","status_code":100},"79990000002":{"status":"OK","status_code":100,"sms_id":null}}}`, [2]string{"m1 INTERNAL", "m2 INTERNAL"}},
		{"ERROR with the code of success", `{"status":"OK","status_code":100,"sms":{"79990000001":{"status":"ERROR","status_code":100,"sms_id":"a"},"79990000002":{"sms_id":"b"}}}`, [2]string{"m1 INTERNAL", "m2 INTERNAL"}},
		{"an entry that is no object", `{"status":"OK","status_code":100,"sms":{"79990000001":"ok","79990000002":{"status":"OK","status_code":100,"sms_id":"b"}}}`, [2]string{"m1 INTERNAL", "m2 accepted b"}},
		{"recipients that are no object", `{"status":"OK","status_code":100,"sms":"none"}`, [2]string{"m1 INTERNAL", "m2 INTERNAL"}},
		{"odd fields that do not matter", `{"status":{},"status_code":100,"balance":[],"sms":{"79990000001":{"status":null,"status_code":100,"sms_id":"a","status_text":{}},"79990000002":{"status_code":100,"sms_id":{}}}}`, [2]string{"m1 accepted a", "m2 INTERNAL"}},
		{"no code", `{"status":"OK"}`, [2]string{"m1 INTERNAL", "m2 INTERNAL"}},
		{"OK and nobody", `{"status":"OK","status_code":100}`, [2]string{"m1 INTERNAL", "m2 INTERNAL"}},
		{"text mode", "100\n000000-1\n000000-2\nbalance=4122.56", [2]string{"m1 INTERNAL", "m2 INTERNAL"}},
		{"a web page", "<html>maintenance</html>", [2]string{"m1 INTERNAL", "m2 INTERNAL"}},
		{"nothing", "", [2]string{"m1 INTERNAL", "m2 INTERNAL"}},
		{"a cut answer", `{"status":"OK","status_code":100,"sms":{"79990000001":{"sta`, [2]string{"m1 INTERNAL", "m2 INTERNAL"}},
		{"null", "null", [2]string{"m1 INTERNAL", "m2 INTERNAL"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, _, _ := setup(t, fixed(test.answer))
			got := send(t, c, message(1), message(2))
			if diff := cmp.Diff(test.want[:], shape(got)); diff != "" {
				t.Errorf("%s\n(-want +got):\n%s", test.answer, diff)
			}
			for _, o := range got {
				if o.Failure != nil && o.Failure.Reason == sdk.Internal && o.Failure.Raw == "" && test.answer != "" {
					t.Errorf("%s: the answer that was not understood is lost", o.ID)
				}
				if o.Failure != nil && strings.Contains(o.Failure.Raw, "9990000001") {
					t.Errorf("%s: the kept answer holds a number: %s", o.ID, o.Failure.Raw)
				}
			}
		})
	}
}

func TestOneRecipientWithoutANumberInTheAnswerIsOurs(t *testing.T) {
	t.Parallel()
	c, _, _ := setup(t, fixed(`{"status_code":100,"sms":{"0":{"status":"OK","status_code":100,"sms_id":"a"}}}`))
	if got := shape(send(t, c, message(1))); got[0] != "m1 accepted a" {
		t.Errorf("got %v", got)
	}
}

func TestEveryCodeHasItsReason(t *testing.T) {
	t.Parallel()
	want := map[sdk.Reason][]int{
		sdk.Unauthorized:     {200, 300, 301, 302, 303, 304, 305, 399},
		sdk.NoMoney:          {201},
		sdk.BadRecipient:     {202},
		sdk.BlockedRecipient: {209, 215},
		sdk.RejectedText:     {203, 216, 217, 299},
		sdk.BadSender:        {204, 221},
		sdk.Unsupported:      {205, 207, 214, 501, 502, 506, 507, 550},
		sdk.RateLimited:      {206, 230, 231, 232, 233, 503, 504, 505, 508},
		sdk.Unavailable:      {220, 500, 599},
		sdk.Internal:         {-1, 0, 101, 208, 210, 211, 212, 213, 400, 401, 402, 901, 902, 1000},
	}
	listed := 0
	for reason, numbers := range want {
		for _, code := range numbers {
			if got := failure(code, ""); got.Reason != reason || got.Detail == "" || got.Code != fmt.Sprint(code) {
				t.Errorf("%d: got %+v, want %s", code, got, reason)
			}
			if _, known := codes()[code]; known {
				listed++
			}
		}
	}
	if listed != len(codes()) {
		t.Errorf("%d of the table's %d codes are tested", listed, len(codes()))
	}
}

func TestBalance(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{
		`{"status":"OK","status_code":100,"balance":4122.56}`:   "4122.56 RUB",
		`{"status":"OK","status_code":"100","balance":"1000"}`:  "1000.00 RUB",
		`{"status":"OK","status_code":100,"balance":-0.10}`:     "-0.10 RUB",
		`{"status":"OK","status_code":100}`:                     "INTERNAL",
		`{"status":"OK","status_code":100,"balance":null}`:      "INTERNAL",
		`{"status":"OK","status_code":100,"balance":{}}`:        "INTERNAL",
		`{"status":"ERROR","status_code":301,"status_text":""}`: "UNAUTHORIZED",
		`{"status":"ERROR","status_code":500}`:                  "UNAVAILABLE",
		"<html>":                                                "INTERNAL",
	} {
		c, d, _ := setup(t, fixed(answer))
		balance, err := c.Balance(t.Context(), "main", 1)
		got := balance.Amount.String()
		if err != nil {
			got = string(sdk.AsFailure(err, "no failure").Reason)
		}
		if got != want || d.paths[0] != "/my/balance" {
			t.Errorf("%s: got %s (%v) from %s, want %s", answer, got, err, d.paths[0], want)
		}
	}
}

func TestAClosedOperatorIsUnavailable(t *testing.T) {
	t.Parallel()
	const address = "127.0.0.1:1" // nobody listens there; a port that was left may be somebody's by now
	c := sdktest.Serve(t, provider(), io.Discard, clock)
	sdktest.Open(t, c, "main", map[string]string{"api_id": key, "base_url": "http://" + address}, address)
	if got := shape(send(t, c, message(1), message(2))); got[0] != "m1 UNAVAILABLE" || got[1] != "m2 UNAVAILABLE" {
		t.Errorf("got %v", got)
	}
}

func FuzzOutcomes(f *testing.F) {
	f.Add(`{"status":"OK","status_code":100,"sms":{"79990000001":{"status":"OK","status_code":100,"sms_id":"a"}}}`)
	f.Add(`{"status_code":"100","sms":{"":{"status_code":100,"sms_id":{}}}}`)
	f.Add(`{"status_code":1e2,"sms":[[]]}`)
	f.Add(`[{"sms":null}]`)
	f.Fuzz(func(t *testing.T, body string) {
		batch := []sdk.Message{message(1), message(2)}
		got := outcomes(batch, []byte(body))
		if len(got) != 2 {
			t.Fatalf("%q: got %d outcomes", body, len(got))
		}
		for i, o := range got {
			if o.ID != batch[i].ID || (o.Accepted == nil) == (o.Failure == nil) || o.Accepted != nil && o.Accepted.ID == "" {
				t.Errorf("%q: got %+v", body, o)
			}
		}
	})
}
