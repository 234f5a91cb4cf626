package main

import (
	"bytes"
	"encoding/json"
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
	simulator "github.com/orderbell/orderbell/sdk/sdktest/operators/smsgate"
)

const (
	password   = "canary-password-4711"
	signingKey = "canary-signing-key-4711"
	ourID      = "01JDCANARY0000000000000001"
)

func clock() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }

func basic() map[string]string {
	return map[string]string{"username": "sms", "password": password}
}

func with(changes ...string) map[string]string {
	s := basic()
	for i := 0; i < len(changes); i += 2 {
		s[changes[i]] = changes[i+1]
	}
	return s
}

// line is the telephone's network: it notes each call on its way to the handler.
type line struct {
	handler http.Handler
	mu      sync.Mutex
	calls   []string // "POST /messages"
	bodies  []string
}

func (l *line) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	l.mu.Lock()
	l.calls, l.bodies = append(l.calls, r.Method+" "+r.URL.String()), append(l.bodies, string(body))
	l.mu.Unlock()
	l.handler.ServeHTTP(w, r)
}

// took returns the calls so far, and forgets them.
func (l *line) took() (calls, bodies []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	calls, bodies, l.calls, l.bodies = l.calls, l.bodies, nil, nil
	return calls, bodies
}

// ring opens an account at the handler; path is what the server has before its calls.
func ring(t *testing.T, handler http.Handler, path string, settings map[string]string) (*host.Client, *line) {
	t.Helper()
	l := &line{handler: handler}
	server := httptest.NewServer(l)
	t.Cleanup(server.Close)
	log := &bytes.Buffer{}
	c := sdktest.Serve(t, provider(), log, clock)
	settings["base_url"] = server.URL + path
	sdktest.Open(t, c, "main", settings, server.Listener.Addr().String())
	t.Cleanup(func() { noSecret(t, "the log", log.String()) })
	return c, l
}

// phone opens an account at a simulated phone.
func phone(t *testing.T, settings map[string]string) (*host.Client, *line, *simulator.Simulator) {
	t.Helper()
	return simulated(t, "", settings)
}

// server opens an account at a simulated server.
func server(t *testing.T, settings map[string]string) (*host.Client, *line, *simulator.Simulator) {
	t.Helper()
	return simulated(t, "/3rdparty/v1/", settings)
}

func simulated(t *testing.T, path string, settings map[string]string) (*host.Client, *line, *simulator.Simulator) {
	t.Helper()
	s := simulator.New(operators.Options{Now: clock})
	t.Cleanup(func() { _ = s.Close() })
	c, l := ring(t, s, path, settings)
	return c, l, s
}

func noSecret(t *testing.T, where, text string) {
	t.Helper()
	for _, secret := range []string{password, signingKey, "simulated-token", "79990000001"} {
		if strings.Contains(text, secret) {
			t.Errorf("%s holds %q: %s", where, secret, text)
		}
	}
}

func message() sdk.Message {
	return sdk.Message{ID: ourID, Attempt: 1, To: "+79990000001", Text: "Заказ 7 готов"}
}

func to(number string) sdk.Message {
	m := message()
	m.To = number
	return m
}

// shape writes "accepted 01JD…" or "EXPIRED 400".
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
	}
	return outcomes[0]
}

func TestSettingsBecomeTheRequest(t *testing.T) {
	t.Parallel()
	soon, late, tight := message(), message(), message()
	soon.NotAfter, late.NotAfter, tight.NotAfter = clock().Add(20*time.Minute), clock().Add(48*time.Hour), clock().Add(2*time.Second)
	plain := `"id":"` + ourID + `","textMessage":{"text":"Заказ 7 готов"},"phoneNumbers":["+79990000001"]`
	tests := []struct {
		name     string
		settings map[string]string
		m        sdk.Message
		path     string
		want     string
	}{
		{"as little as possible", basic(), message(), "/messages", `{` + plain + `,"withDeliveryReport":true}`},
		{"without delivery reports", with("with_delivery_report", "false"), message(), "/messages", `{` + plain + `,"withDeliveryReport":false}`},
		{"the second SIM of one phone, at once", with("sim_number", "2", "device_id", simulator.DeviceID, "priority", "100"), message(), "/messages", `{` + plain + `,"withDeliveryReport":true,"simNumber":2,"deviceId":"` + simulator.DeviceID + `","priority":100}`},
		{"numbers unchecked", with("skip_phone_validation", "true"), message(), "/messages?skipPhoneValidation=true", `{` + plain + `,"withDeliveryReport":true}`},
		{"twenty minutes of worth", basic(), soon, "/messages", `{` + plain + `,"withDeliveryReport":true,"ttl":1200}`},
		{"two days of worth", basic(), late, "/messages", `{` + plain + `,"withDeliveryReport":true,"ttl":172800}`},
		{"two seconds of worth are the server's five", basic(), tight, "/messages", `{` + plain + `,"withDeliveryReport":true,"ttl":5}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, l, _ := phone(t, test.settings)
			if o := send(t, c, test.m); shape(o) != "accepted "+ourID {
				t.Errorf("got %s: %v", shape(o), o.Failure)
			}
			calls, bodies := l.took()
			if diff := cmp.Diff([]string{"POST " + test.path}, calls); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(decoded(t, test.want), decoded(t, bodies[0])); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
		})
	}
}

func decoded(t *testing.T, text string) (v map[string]any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

func TestATextPastItsTimeIsNotSent(t *testing.T) {
	t.Parallel()
	c, l, _ := phone(t, basic())
	m := message()
	m.NotAfter = clock().Add(-time.Second)
	if o := send(t, c, m); shape(o) != "EXPIRED" {
		t.Errorf("got %s", shape(o))
	}
	if calls, _ := l.took(); len(calls) > 0 {
		t.Errorf("the phone was called: %v", calls)
	}
}

func TestTheSimulatorsAnswersReachTheGateway(t *testing.T) {
	t.Parallel()
	c, _, _ := phone(t, basic())
	for number, want := range map[string]string{
		"+79990000400": "BAD_RECIPIENT 400", "+79990000401": "BAD_RECIPIENT 400", "+79990000402": "UNSUPPORTED 400",
		"+79990000403": "UNAUTHORIZED 400", "+79990000404": "UNAUTHORIZED 404", "+79990000429": "RATE_LIMITED 429",
		"+79990000500": "UNKNOWN_OUTCOME 500", "+79990000503": "UNAVAILABLE 503", "+79990000522": "UNKNOWN_OUTCOME 522",
		"+79990000600": "INTERNAL", "+79990000601": "INTERNAL", "+79990000602": "INTERNAL", "+79990000603": "INTERNAL",
		"+79990000604": "UNKNOWN_OUTCOME", "+79990000605": "UNKNOWN_OUTCOME", "+79990000607": "INTERNAL",
		"+79990000608": "INTERNAL", "+79990000609": "accepted", "+79990000610": "accepted", "+79990000611": "INTERNAL",
		"+79990000700": "accepted", "+79990000790": "accepted", "12": "BAD_RECIPIENT 400",
	} {
		m := to(number)
		m.ID = "01JDCANARY00000000000" + number[max(0, len(number)-4):]
		if o := send(t, c, m); !strings.HasPrefix(shape(o), want) || want != "accepted" && shape(o) != want {
			t.Errorf("%s: got %s (%v), want %s", number, shape(o), o.Failure, want)
		}
	}
	empty := message()
	empty.Text = ""
	if o := send(t, c, empty); shape(o) != "REJECTED_TEXT 400" {
		t.Errorf("no text: got %s", shape(o))
	}
}

func TestPasswordsDecideWhoMaySend(t *testing.T) {
	t.Parallel()
	for secret, want := range map[string]string{
		"bad-key": "UNAUTHORIZED 401", "no-right": "UNAUTHORIZED 403", "broken": "UNKNOWN_OUTCOME 500", "repair": "INTERNAL", "nobody": "UNAUTHORIZED 400",
	} {
		c, _, _ := phone(t, with("password", secret))
		if o := send(t, c, message()); shape(o) != want {
			t.Errorf("%s: got %s (%v), want %s", secret, shape(o), o.Failure, want)
		}
	}
}

func TestAMessageSentAgainIsTheSameOne(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		settings map[string]string
		open     func(*testing.T, map[string]string) (*host.Client, *line, *simulator.Simulator)
		want     []string // calls of the second attempt
	}{
		{"a phone that says so", with("device_id", simulator.DeviceID), phone, []string{"POST /messages"}},
		{"a phone that says nothing", with("device_id", simulator.DeviceID, "password", "silent"), phone, []string{"POST /messages"}},
		{"a phone that says it with 500", with("device_id", simulator.DeviceID, "password", "clumsy"), phone, []string{"POST /messages"}},
		{"a server with one phone by name", with("device_id", simulator.DeviceID), server, []string{"POST /3rdparty/v1/messages"}},
		{"a server that picks one of two phones is asked first", with("password", "several"), server, []string{"GET /3rdparty/v1/messages/" + ourID}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, l, s := test.open(t, test.settings)
			send(t, c, message())
			l.took()
			again := message()
			again.Attempt = 2
			if o := send(t, c, again); shape(o) != "accepted "+ourID {
				t.Errorf("got %s: %v", shape(o), o.Failure)
			}
			calls, _ := l.took()
			if diff := cmp.Diff(test.want, calls); diff != "" || s.Sent(ourID) != 1 {
				t.Errorf("sent %d times (-want +got):\n%s", s.Sent(ourID), diff)
			}
		})
	}
}

func TestASecondAttemptThatCannotSeeTheFirstHoldsTheText(t *testing.T) {
	t.Parallel()
	for secret, want := range map[string]string{"bad-key": "UNKNOWN_OUTCOME 401", "broken": "UNKNOWN_OUTCOME 500", "repair": "UNKNOWN_OUTCOME"} {
		c, l, _ := server(t, with("password", secret))
		again := message()
		again.Attempt = 2
		if o := send(t, c, again); shape(o) != want {
			t.Errorf("%s: got %s: %v, want %s", secret, shape(o), o.Failure, want)
		}
		if calls, _ := l.took(); len(calls) != 1 {
			t.Errorf("%s: called %v, want the look-up alone", secret, calls)
		}
	}
	c, _, _ := server(t, basic())
	again := message()
	again.Attempt = 2
	if o := send(t, c, again); shape(o) != "accepted "+ourID {
		t.Errorf("a first attempt that did not go through: got %s: %v", shape(o), o.Failure)
	}
}

func TestAnAddressInTheLocalNetworkMustBeAllowed(t *testing.T) {
	t.Parallel()
	listener := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(listener.Close)
	c := sdktest.Serve(t, provider(), io.Discard, clock)
	sdktest.Open(t, c, "main", with("base_url", listener.URL)) // nothing is allowed
	o := send(t, c, message())
	address := listener.Listener.Addr().String()
	if f := o.Failure; f == nil || f.Reason != sdk.Unavailable || !strings.Contains(f.Detail, address+" не разрешён: добавьте его в egress_allow") || !strings.Contains(f.Detail, "add it to egress_allow") {
		t.Errorf("got %v", f)
	}
	found, err := c.Check(t.Context(), "main", 1)
	if err != nil || len(found) != 1 || found[0].Severity != sdk.SeverityError || found[0].Field != "base_url" ||
		!strings.Contains(found[0].Cure.RU, `egress_allow: ["`+address+`"]`) || !strings.Contains(found[0].Summary.EN, address) {
		t.Errorf("check: got %+v, %v", found, err)
	}
}

func TestTheManifestSpeaksBothLanguages(t *testing.T) {
	t.Parallel()
	m, err := sdktest.Serve(t, provider(), io.Discard, clock).Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if c := m.Capabilities; c.Balance || !c.Check || !c.Lookup || !c.Callbacks || c.Estimate || c.SenderNames || !c.Validity || c.Resend != sdk.ResendIdempotent {
		t.Errorf("got %+v", c)
	}
	for _, f := range m.Settings {
		secret := f.Key == "password" || f.Key == "signing_key"
		if f.Label.EN == "" || f.Label.RU == "" || (f.Help.EN == "") != (f.Help.RU == "") || secret != (f.Kind == sdk.KindSecret) {
			t.Errorf("%+v", f)
		}
	}
}
