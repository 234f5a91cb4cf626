package smsc

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/orderbell/orderbell/sdk/sdktest/operators"
)

// setup returns what posts a form, as "a=b&c=d", and returns the answer; the clock is moved by tick.
func setup(t *testing.T) (call func(script, form string) string, tick func(time.Duration)) {
	t.Helper()
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	handler := New(operators.Options{Now: func() time.Time { return now }})
	call = func(script, form string) string {
		r := httptest.NewRequest(http.MethodPost, "/sys/"+script, strings.NewReader(form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		body, _ := io.ReadAll(w.Result().Body)
		return string(body)
	}
	return call, func(d time.Duration) { now = now.Add(d) }
}

const login = "login=a&psw=b&fmt=3&charset=utf-8&"

func TestItAnswersAsTheVendorDoes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, script, form, want string }{
		{"sent", "send.php", login + "phones=%2B79990000001&mes=Ready&cost=3&op=1",
			`{"id":1001,"cnt":1,"cost":"1.44","balance":"998.56","phones":[{"phone":"79990000001","mccmnc":"25001","cost":"1.44"}]}`},
		{"sent under the client's id", "send.php", login + "phones=79990000001&mes=Ready&id=A-1", `{"id":"A-1","cnt":1}`},
		{"two numbers, one refused", "send.php", login + "phones=79990000001,79990000225&mes=Ready&op=1",
			`{"id":1001,"cnt":2,"phones":[{"phone":"79990000001","mccmnc":"25001","cost":"1.44"},{"phone":"79990000225","mccmnc":"25001","cost":"1.44","status":"25","error":"сообщение запрещено"}]}`},
		{"priced", "send.php", login + "phones=79990000001&mes=Ready&cost=1", `{"cost":"1.44","cnt":1}`},
		{"refused with an id", "send.php", login + "phones=79990000108&mes=Ready", `{"error":"доставка на номер невозможна","error_code":8,"id":1001}`},
		{"no text", "send.php", login + "phones=79990000001", `{"error":"ошибка в параметрах","error_code":1}`},
		{"a bad id", "send.php", login + "phones=79990000001&mes=Ready&id=a,b", `{"error":"ошибка в параметрах","error_code":1}`},
		{"a bad validity", "send.php", login + "phones=79990000001&mes=Ready&valid=25", `{"error":"ошибка в параметрах","error_code":1}`},
		{"a validity in minutes", "send.php", login + "phones=79990000001&mes=Ready&valid=00:20", `{"id":1001,"cnt":1}`},
		{"words", "send.php", "login=a&psw=b&charset=utf-8&phones=79990000001&mes=Ready", `OK - 1 SMS, ID - 1001`},
		{"words, refused", "send.php", "login=a&psw=b&charset=utf-8&fmt=0&phones=79990000108&mes=Ready", `ERROR = 8 (доставка на номер невозможна), ID - 1001`},
		{"numbers", "send.php", "login=a&psw=b&fmt=1&cost=3&phones=79990000001&mes=Ready", `1001,1,1.44,998.56`},
		{"numbers, refused", "send.php", "login=a&psw=b&fmt=1&phones=79990000001", `0,-1`},
		{"windows-1251 unless told", "send.php", "login=a&psw=b&fmt=0&phones=79990000001", "ERROR = 1 (\xee\xf8\xe8\xe1\xea\xe0 \xe2 \xef\xe0\xf0\xe0\xec\xe5\xf2\xf0\xe0\xf5)"},
		{"balance", "balance.php", login, `{"balance":"1000.00"}`},
		{"balance with its currency", "balance.php", login + "cur=1", `{"balance":"1000.00","currency":"RUB"}`},
		{"nobody", "balance.php", "fmt=3&charset=utf-8", `{"error":"неверный логин или пароль","error_code":2}`},
		{"a password without a login", "balance.php", "psw=b&fmt=3&charset=utf-8", `{"error":"неверный логин или пароль","error_code":2}`},
		{"a key", "balance.php", "apikey=k&fmt=3&charset=utf-8", `{"balance":"1000.00"}`},
		{"an unknown message", "status.php", login + "phone=79990000001&id=5", `{"status":-3,"last_date":"","last_timestamp":0}`},
		{"as a list", "status.php", login + "phone=79990000001,&id=5,", `[{"status":-3,"last_date":"","last_timestamp":0,"id":5,"phone":"79990000001"}]`},
		{"lists of different length", "status.php", login + "phone=79990000001,&id=5,6", `{"error":"ошибка в параметрах","error_code":1}`},
		{"swapped types", "send.php", "login=a&psw=swapped&fmt=3&charset=utf-8&cost=2&phones=79990000001&mes=Ready", `{"id":"1001","cnt":"1","cost":1.44}`},
		{"only what must be there", "send.php", "login=a&psw=bare&fmt=3&charset=utf-8&cost=3&op=1&phones=79990000001&mes=Ready", `{"id":1001,"cnt":1}`},
	} {
		call, _ := setup(t)
		if got := call(test.script, test.form); got != test.want {
			t.Errorf("%s: got\n%s, want\n%s", test.name, got, test.want)
		}
	}
}

func TestAMessageGrowsOld(t *testing.T) {
	t.Parallel()
	call, tick := setup(t)
	call("send.php", login+"phones=79990001248&mes=Ready&id=x")
	ask := func() string { return call("status.php", login+"phone=79990001248&id=x") }
	for _, step := range []struct {
		wait time.Duration
		want string
	}{
		{0, `{"status":-1,"last_date":"24.11.2026 15:00:00","last_timestamp":1795521600}`},
		{2 * time.Second, `{"status":0,"last_date":"24.11.2026 15:00:02","last_timestamp":1795521602}`},
		{3 * time.Second, `{"status":20,"last_date":"24.11.2026 15:00:05","last_timestamp":1795521605,"err":248}`},
	} {
		tick(step.wait)
		if got := ask(); got != step.want {
			t.Errorf("got %s, want %s", got, step.want)
		}
	}
}

func TestTheFilterOfIdenticalRequests(t *testing.T) {
	t.Parallel()
	call, tick := setup(t)
	send := func(more string) string { return call("send.php", login+"phones=79990000001&mes=Ready"+more) }
	if got := send("&id=a"); got != `{"id":"a","cnt":1}` {
		t.Errorf("first: got %s", got)
	}
	if got := send("&id=b"); !strings.Contains(got, `"error_code":9`) {
		t.Errorf("again, under another id: got %s", got)
	}
	if got := send("&sender=Cafe"); got != `{"id":1001,"cnt":1}` {
		t.Errorf("with another sender: got %s", got)
	}
	tick(filterWindow)
	if got := send(""); got != `{"id":1002,"cnt":1}` {
		t.Errorf("after a minute: got %s", got)
	}
	for i := range 7 {
		got := call("status.php", login+"phone=79990000001&id=a")
		if limited := strings.Contains(got, `"error_code":9`); limited != (i >= sameQueries) {
			t.Errorf("question %d: got %s", i+1, got)
		}
	}
}

func TestWrongPasswordsBlockTheCaller(t *testing.T) {
	t.Parallel()
	call, tick := setup(t)
	wrong := strings.Replace(login, "psw=b", "psw=wrong", 1)
	for i := range blockAfter {
		if got := call("balance.php", wrong); !strings.Contains(got, `"error_code":2`) {
			t.Errorf("%d: got %s", i+1, got)
		}
	}
	if got := call("balance.php", login); !strings.Contains(got, `"error_code":4`) {
		t.Errorf("with the right password from the same address: got %s", got)
	}
	tick(blockWindow)
	if got := call("balance.php", login); got != `{"balance":"1000.00"}` {
		t.Errorf("after half an hour: got %s", got)
	}
}

func TestMoneyRunsOut(t *testing.T) {
	t.Parallel()
	call, _ := setup(t)
	for i := range startBalance / price {
		if got := call("send.php", login+fmt.Sprintf("phones=79990000001&mes=%d", i)); strings.Contains(got, "error") {
			t.Fatalf("%d: got %s", i, got)
		}
	}
	if got := call("send.php", login+"phones=79990000001&mes=one-more"); !strings.Contains(got, `"error_code":3`) {
		t.Errorf("got %s", got)
	}
}

func TestReportsAreSigned(t *testing.T) {
	t.Parallel()
	form := url.Values{"id": {"1"}, "phone": {"79990000001"}, "status": {"1"}}
	Sign(form, "word")
	// printf '1:79990000001:1:word' | md5sum, sha1sum
	for name, want := range map[string]string{"md5": "5f3c38fe7186b8ba13f732d221abcd28", "sha1": "c74561c472ba41503fa9266d7e087fb3f8ae82e7"} {
		if got := form.Get(name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}
