package main

import (
	"bytes"
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
	simulator "github.com/orderbell/orderbell/sdk/sdktest/operators/twilio"
)

const (
	token     = "canary-token-4711"
	accountID = "AC00000000000000000000000000000001"
	serviceID = "MG00000000000000000000000000000002"
	keyID     = "SK00000000000000000000000000000003"
	messageID = "SM00000000000000000000000000000001"
	reportURL = "https://bell.example.org/callbacks/main/tok?x=1"
)

func clock() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }

// desk plays Twilio: it notes each call and lets the test answer.
type desk struct {
	answer http.HandlerFunc
	mu     sync.Mutex
	noted
}

// noted is what was called.
type noted struct {
	forms  []url.Values
	paths  []string
	logins []string
}

// calls is what was called so far.
func (d *desk) calls() noted {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.noted
}

func (d *desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	login, _, _ := r.BasicAuth()
	d.mu.Lock()
	d.forms, d.paths, d.logins = append(d.forms, r.PostForm), append(d.paths, r.Method+" "+r.URL.String()), append(d.logins, login)
	d.mu.Unlock()
	d.answer(w, r)
}

func basic() map[string]string {
	return map[string]string{"account_sid": accountID, "auth_token": token, "from": "+15005550006"}
}

func with(changes ...string) map[string]string {
	s := basic()
	for i := 0; i < len(changes); i += 2 {
		s[changes[i]] = changes[i+1]
	}
	return s
}

func setup(t *testing.T, answer http.HandlerFunc, settings map[string]string) (*host.Client, *desk) {
	t.Helper()
	d := &desk{answer: answer}
	return open(t, d, settings), d
}

// simulated opens an account against the simulator.
func simulated(t *testing.T, settings map[string]string) *host.Client {
	t.Helper()
	return open(t, simulator.New(operators.Options{Now: clock}), settings)
}

func open(t *testing.T, handler http.Handler, settings map[string]string) *host.Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	log := &bytes.Buffer{}
	c := sdktest.Serve(t, provider(), log, clock)
	settings["base_url"] = server.URL + "/"
	sdktest.Open(t, c, "main", settings, server.Listener.Addr().String())
	t.Cleanup(func() { noSecret(t, "the log", log.String()) })
	return c
}

func noSecret(t *testing.T, where, text string) {
	t.Helper()
	for _, secret := range []string{token, "79990000001"} {
		if strings.Contains(text, secret) {
			t.Errorf("%s holds %q: %s", where, secret, text)
		}
	}
}

func say(status int, answer string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}
}

func message() sdk.Message {
	return sdk.Message{ID: "01JDCANARY0000000000000001", Attempt: 1, To: "+79990000001", Text: "Заказ 7 готов"}
}

// shape writes "accepted SM…" or "NO_MONEY 402".
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

const good = `{"sid":"` + messageID + `","status":"queued","to":"+79990000001","num_segments":"1","price":null,"price_unit":null,"error_code":null}`

func TestSettingsBecomeParameters(t *testing.T) {
	t.Parallel()
	plain := url.Values{"To": {"+79990000001"}, "Body": {"Заказ 7 готов"}, "From": {"+15005550006"}}
	changed := func(changes ...string) url.Values {
		v := url.Values{}
		for name := range plain {
			v[name] = plain[name]
		}
		for i := 0; i < len(changes); i += 2 {
			v.Set(changes[i], changes[i+1])
			if changes[i+1] == "" {
				v.Del(changes[i])
			}
		}
		return v
	}
	soon, late := message(), message()
	soon.NotAfter, late.NotAfter = clock().Add(20*time.Minute), clock().Add(48*time.Hour)
	named := message()
	named.Sender = "Cafe"
	tests := []struct {
		name     string
		settings map[string]string
		m        sdk.Message
		want     url.Values
		login    string
	}{
		{"as little as possible", basic(), message(), plain, accountID},
		{"a messaging service in place of From", with("from", "", "messaging_service_sid", serviceID), message(), changed("From", "", "MessagingServiceSid", serviceID), accountID},
		{"a message's own sender goes over the service", with("from", "", "messaging_service_sid", serviceID), named, changed("From", "Cafe"), accountID},
		{"reports and encoding", with("status_callback", reportURL, "smart_encoded", "true"), message(), changed("StatusCallback", reportURL, "SmartEncoded", "true"), accountID},
		{"validity", basic(), soon, changed("ValidityPeriod", "1200"), accountID},
		{"validity is at most ten hours", basic(), late, changed("ValidityPeriod", "36000"), accountID},
		{"an API key", with("api_key_sid", keyID, "api_key_secret", "canary-secret"), message(), plain, keyID},
		{"an API key alone", with("auth_token", "", "api_key_sid", keyID, "api_key_secret", "canary-secret"), message(), plain, keyID},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, d := setup(t, say(201, good), test.settings)
			if o := send(t, c, test.m); shape(o) != "accepted "+messageID || o.Accepted.Segments != 1 {
				t.Errorf("got %+v, %v", o.Accepted, o.Failure)
			}
			if diff := cmp.Diff(test.want, d.calls().forms[0]); diff != "" || d.calls().logins[0] != test.login {
				t.Errorf("login %s (-want +got):\n%s", d.calls().logins[0], diff)
			}
			if want := "POST /2010-04-01/Accounts/" + accountID + "/Messages.json"; d.calls().paths[0] != want {
				t.Errorf("got %s, want %s", d.calls().paths[0], want)
			}
		})
	}
}

func TestAnswersAreUnderstood(t *testing.T) {
	t.Parallel()
	broken := func(w http.ResponseWriter, part string) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		_, _ = io.WriteString(conn, part)
		_ = conn.Close()
	}
	tests := []struct {
		name   string
		answer http.HandlerFunc
		want   string
	}{
		{"accepted", say(201, good), "accepted " + messageID},
		{"accepted with 200 and a BOM", say(200, "\ufeff"+good), "accepted " + messageID},
		{"accepted, types the other way round", say(201, `{"sid":"`+messageID+`","status":"accepted","to":79990000001,"num_segments":1,"price":-0.0075,"error_code":""}`), "accepted " + messageID},
		{"failed at once", say(201, `{"sid":"`+messageID+`","status":"failed","to":"+79990000001","error_code":"30007"}`), "REJECTED_TEXT 30007"},
		{"failed for a reason that nobody knows", say(201, `{"sid":"`+messageID+`","status":"failed","to":"+79990000001","error_code":39999}`), "INTERNAL 39999"},
		{"success for another number", say(201, strings.Replace(good, "79990000001", "79991234567", 1)), "INTERNAL"},
		{"success without an SID", say(201, `{"status":"queued","to":"+79990000001"}`), "INTERNAL"},
		{"success with something else for an SID", say(201, strings.Replace(good, messageID, "../../x", 1)), "INTERNAL"},
		{"nothing", say(200, ""), "INTERNAL"},
		{"204", say(204, ""), "INTERNAL"},
		{"a web page", say(200, "<html>"), "INTERNAL"},
		{"a cut answer", say(201, good[:40]), "INTERNAL"},
		{"a list", say(201, "["+good+"]"), "INTERNAL"},
		{"null", say(201, "null"), "INTERNAL"},
		{"10 MB", say(201, strings.Repeat(" ", 10<<20)), "INTERNAL"},
		{"a refusal with a code", say(400, `{"code":21610,"message":"opted out","status":400}`), "BLOCKED_RECIPIENT 21610"},
		{"a refusal with a code as a string", say(400, `{"code":"21211"}`), "BAD_RECIPIENT 21211"},
		{"a refusal with an unknown code", say(400, `{"code":29999,"message":"?"}`), "INTERNAL 29999"},
		{"a refusal without a code", say(400, `{"message":"?"}`), "INTERNAL 400"},
		{"a wrong login", say(401, `{"code":20003,"message":"Authenticate","status":401}`), "UNAUTHORIZED 20003"},
		{"a login page", say(403, "<html>"), "UNAUTHORIZED 403"},
		{"402", say(402, ""), "NO_MONEY 402"},
		{"404", say(404, `{"code":20404}`), "UNAUTHORIZED 20404"},
		{"too fast", say(429, `{"code":20429}`, "Retry-After", "7"), "RATE_LIMITED 20429"},
		{"500 with a code that would be certain elsewhere", say(500, `{"code":21211}`), "UNKNOWN_OUTCOME 21211"},
		{"500", say(500, `{"code":20500}`), "UNKNOWN_OUTCOME 20500"},
		{"502", say(502, "<html>"), "UNKNOWN_OUTCOME 502"},
		{"503", say(503, `{"code":20503}`), "UNAVAILABLE 20503"},
		{"504", say(504, ""), "UNKNOWN_OUTCOME 504"},
		{"a redirect elsewhere", say(302, "", "Location", "https://other.example.org/"), "INTERNAL 302"},
		{"hung up", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "UNKNOWN_OUTCOME"},
		{"hung up in the header", func(w http.ResponseWriter, _ *http.Request) { broken(w, "HTTP/1.1 201 Cre") }, "UNKNOWN_OUTCOME"},
		{"hung up in the body", func(w http.ResponseWriter, _ *http.Request) {
			broken(w, "HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n"+good)
		}, "UNKNOWN_OUTCOME"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, d := setup(t, test.answer, basic())
			o := send(t, c, message())
			if got := shape(o); got != test.want || len(d.calls().paths) != 1 {
				t.Errorf("got %s (%v) after %d calls, want %s", got, o.Failure, len(d.calls().paths), test.want)
			}
			if test.name == "too fast" && o.Failure.RetryAfter != 7*time.Second {
				t.Errorf("got %v, want 7s", o.Failure.RetryAfter)
			}
			if test.name == "a web page" && o.Failure.Raw != "<html>" {
				t.Errorf("the answer that was not understood is lost: %+v", o.Failure)
			}
		})
	}
}

func TestAClosedOperatorIsUnavailable(t *testing.T) {
	t.Parallel()
	const address = "127.0.0.1:1" // nobody listens there; a port that was left may be somebody's by now
	c := sdktest.Serve(t, provider(), io.Discard, clock)
	sdktest.Open(t, c, "main", with("base_url", "http://"+address), address)
	if o := send(t, c, message()); shape(o) != "UNAVAILABLE" {
		t.Errorf("got %v", o.Failure)
	}
}

func TestBadSettingsAreRefusedOnTheirField(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, field string
		settings    map[string]string
	}{
		{"no account", "account_sid", with("account_sid", "")},
		{"another SID for the account", "account_sid", with("account_sid", keyID)},
		{"an account that would be another address", "account_sid", with("account_sid", accountID+"/x")},
		{"no token", "auth_token", with("auth_token", "")},
		{"an API key without a secret", "api_key_secret", with("api_key_sid", keyID)},
		{"a secret without an API key", "api_key_sid", with("api_key_secret", "canary-secret")},
		{"no sender", "from", with("from", "")},
		{"a sender that is none", "from", with("from", "Кафе")},
		{"two senders", "from", with("messaging_service_sid", serviceID)},
		{"a service that is none", "messaging_service_sid", with("messaging_service_sid", "MG1")},
		{"reports that nobody could verify", "auth_token", with("auth_token", "", "api_key_sid", keyID, "api_key_secret", "canary-secret", "status_callback", reportURL)},
		{"a report address that is none", "status_callback", with("status_callback", "bell")},
		{"an API address that is none", "base_url", with("base_url", "ftp://x")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := sdktest.Serve(t, provider(), io.Discard, clock)
			found, err := c.Open(t.Context(), host.OpenRequest{Account: "main", Revision: 1, Settings: test.settings})
			if err != nil || len(found) == 0 || found[0].Field != test.field || found[0].Summary.RU == "" || found[0].Summary.EN == "" {
				t.Errorf("got %+v, %v, want a finding on %s", found, err, test.field)
			}
			for _, d := range found {
				noSecret(t, "the finding", d.Summary.EN+d.Summary.RU+d.Cure.EN+d.Cure.RU)
			}
		})
	}
}
