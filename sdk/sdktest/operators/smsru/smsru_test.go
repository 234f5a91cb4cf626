package smsru_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/sdk/sdktest/operators"
	"github.com/orderbell/orderbell/sdk/sdktest/operators/smsru"
)

func clock() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }

// ask posts a form, "name", "value", …, and returns the answer without its white space.
func ask(t *testing.T, s http.Handler, path string, fields ...string) string {
	t.Helper()
	form := url.Values{"api_id": {"by hand"}, "json": {"1"}}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != http.StatusOK || w.Header().Get("Sms-Api") != "1" {
		t.Errorf("%s: got %d, %v", path, w.Code, w.Header())
	}
	return strings.NewReplacer("\n", "", "    ", "").Replace(w.Body.String())
}

func TestAnswersLookAsRecorded(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, path string
		fields     []string
		want       string
	}{
		{"login", "/auth/check", nil, `{"status": "OK","status_code": 100}`},
		{"no key", "/auth/check", []string{"api_id", ""}, `{"status": "ERROR","status_code": 200,"status_text": "Симулятор: код 200"}`},
		{"login and password", "/auth/check", []string{"api_id", "", "login", "cafe", "password", "x"}, `{"status": "OK","status_code": 100}`},
		{"balance", "/my/balance", nil, `{"status": "OK","status_code": 100,"balance": 1000.0}`},
		{"limit", "/my/limit", nil, `{"status": "OK","status_code": 100,"total_limit": "1000","used_today": 0}`},
		{"free", "/my/free", nil, `{"status": "OK","status_code": 100,"total_free": 5,"used_today": null}`},
		{"senders", "/my/senders", nil, `{"status": "OK","status_code": 100,"senders": ["Orderbell","Cafe"]}`},
		{"no senders", "/my/senders", []string{"api_id", "no-sender"}, `{"status": "OK","status_code": 100}`},
		{"an unknown call", "/sms/sent", nil, `{"status": "ERROR","status_code": 211,"status_text": "Симулятор: код 211"}`},
		{"a text to one", "/sms/send", []string{"to", "89990000001", "text", "x"},
			`{"status": "OK","status_code": 100,"sms": {"79990000001": {"status": "OK","status_code": 100,"sms_id": "202648-1000001"}},"balance": 995.8}`},
		{"all refused", "/sms/send", []string{"api_id", "no-sender", "multi[9990000001]", "x"},
			`{"status": "OK","status_code": 100,"sms": {"79990000001": {"status": "ERROR","status_code": 221,"status_text": "Симулятор: нужно имя отправителя, https:\/\/sms.ru\/?panel=senders","sms_id": "202626-1000002"}},"balance": 1000.0}`},
		{"in text mode", "/sms/send", []string{"json", "0", "to", "79990000001,79990000207", "msg", "x"}, "100202648-1000001207balance=995.8"},
		{"no text", "/sms/send", []string{"to[79990000001]", ""},
			`{"status": "OK","status_code": 100,"sms": {"79990000001": {"status": "ERROR","status_code": 203,"status_text": "Симулятор: код 203"}},"balance": 1000.0}`},
		{"nobody", "/sms/send", []string{"msg", "x"}, `{"status": "ERROR","status_code": 202,"status_text": "Симулятор: код 202"}`},
		{"no UTF-8", "/sms/send", []string{"to[79990000001]", "\xcf"}, `{"status": "ERROR","status_code": 212,"status_text": "Симулятор: код 212"}`},
		{"too many", "/sms/send", []string{"to", strings.Repeat("79990000001,", 101), "msg", "x"}, `{"status": "ERROR","status_code": 213,"status_text": "Симулятор: код 213"}`},
		{"three months ahead", "/sms/send", []string{"to", "79990000001", "msg", "x", "time", "1803000000"}, `{"status": "ERROR","status_code": 208,"status_text": "Симулятор: код 208"}`},
		{"nine segments", "/sms/cost", []string{"to", "79990000001", "msg", strings.Repeat("ж", 8*67+1)},
			`{"status": "OK","status_code": 100,"sms": {"79990000001": {"status": "ERROR","status_code": 205,"status_text": "Симулятор: код 205"}}}`},
		{"the price of one", "/sms/cost", []string{"to", "79990000001"},
			`{"status": "OK","status_code": 100,"sms": {"79990000001": {"status": "OK","status_code": 100,"cost": 4.2,"sms": 1}},"total_cost": 4.2,"total_sms": 1}`},
		{"an id that is not found", "/sms/status", []string{"sms_id", "000000-1"},
			`{"status": "OK","status_code": 100,"sms": {"000000-1": {"status": "ERROR","status_code": -1,"status_text": "Симулятор: код -1"}}}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, ask(t, smsru.New(operators.Options{Now: clock}), test.path, test.fields...)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestListsRememberWhatIsPutIntoThem(t *testing.T) {
	t.Parallel()
	s := smsru.New(operators.Options{Now: clock})
	const done, code = `{"status": "OK","status_code": 100`, `{"status": "ERROR","status_code": `
	for _, step := range []struct {
		path   string
		fields []string
		want   string
	}{
		{"/callback/get", nil, done + "}"},
		{"/callback/add", []string{"url", "not an address"}, code + `901,"status_text": "Симулятор: код 901"}`},
		{"/callback/add", []string{"url", "https://cafe.example/c"}, done + `,"callback": ["https:\/\/cafe.example\/c"]}`},
		{"/callback/del", []string{"url", "https://cafe.example/d"}, code + `902,"status_text": "Симулятор: код 902"}`},
		{"/callback/del", []string{"url", "https://cafe.example/c"}, done + "}"},
		{"/stoplist/add", []string{"stoplist_phone", "none"}, code + `202,"status_text": "Симулятор: код 202"}`},
		{"/stoplist/add", []string{"stoplist_phone", "89990000001", "stoplist_text", "asked"}, done + "}"},
		{"/stoplist/get", nil, done + `,"stoplist": {"79990000001": "asked"}}`},
		{"/sms/cost", []string{"to", "79990000001"}, done + `,"sms": {"79990000001": {"status": "ERROR","status_code": 209,"status_text": "Симулятор: код 209"}}}`},
		{"/stoplist/del", []string{"stoplist_phone", "79990000001"}, done + "}"},
		{"/stoplist/get", nil, done + `,"stoplist": {}}`},
	} {
		if got := ask(t, s, step.path, step.fields...); got != step.want {
			t.Errorf("%s %v: got %s, want %s", step.path, step.fields, got, step.want)
		}
	}
}

func TestAReportIsPostedAgainUntilItIsTaken(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	answer, posted := "later", 0
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		posted++
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(gateway.Close)
	s := smsru.New(operators.Options{Now: clock, CallbackURL: gateway.URL})
	ask(t, s, "/sms/send", "to", "79990000001", "msg", "x")
	s.Wait()
	if posted != 2 || s.Waiting() != 2 {
		t.Errorf("not taken: %d posted, %d waiting, want 2 and 2", posted, s.Waiting())
	}
	answer = " 100\n"
	s.Flush()
	if posted != 4 || s.Waiting() != 0 {
		t.Errorf("taken: %d posted, %d waiting, want 4 and 0", posted, s.Waiting())
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
