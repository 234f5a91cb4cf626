package main

import (
	"crypto/sha256"
	"encoding/hex"
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
	"github.com/orderbell/orderbell/sdk/sdktest/operators"
	simulator "github.com/orderbell/orderbell/sdk/sdktest/operators/twilio"
)

// TestThePublishedVector checks the signature against the example of Twilio's own library.
func TestThePublishedVector(t *testing.T) {
	t.Parallel()
	fields := url.Values{
		"Digits": {"1234"}, "CallSid": {"CA1234567890ABCDE"}, "To": {"+18005551212"}, "Caller": {"+14158675309"}, "From": {"+14158675309"},
		"ReasonConferenceEnded": {"test"}, "Reason": {"Participant"},
	}
	const signature = "vOEb5UThFn24KEfnOFLQY2AE5FY="
	for address, want := range map[string]bool{
		"https://mycompany.com/myapp.php?foo=1&bar=2":      true,
		"https://mycompany.com:443/myapp.php?foo=1&bar=2":  true,
		"https://mycompany.com:8443/myapp.php?foo=1&bar=2": false,
		"http://mycompany.com/myapp.php?foo=1&bar=2":       false,
		"https://mycompany.com/myapp.php?foo=1":            false,
		"https://mycompany.com/myapp.php":                  false,
	} {
		a := &account{config: config{AuthToken: "12345"}}
		c := sdk.Callback{URL: address, Header: http.Header{"X-Twilio-Signature": {signature}}}
		if got := a.verified(c, fields, true); got != want {
			t.Errorf("%s: got %v, want %v", address, got, want)
		}
	}
	if got := simulator.Sign("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", fields); got != signature {
		t.Errorf("the simulator signs %s, want %s", got, signature)
	}
}

func report(changes ...string) url.Values {
	v := url.Values{
		"MessageSid": {messageID}, "SmsSid": {messageID}, "AccountSid": {accountID}, "MessageStatus": {"delivered"}, "SmsStatus": {"delivered"},
		"To": {"+79990000001"}, "From": {"+15005550006"}, "ApiVersion": {"2010-04-01"},
	}
	for i := 0; i < len(changes); i += 2 {
		v.Set(changes[i], changes[i+1])
		if changes[i+1] == "" {
			v.Del(changes[i])
		}
	}
	return v
}

// posted is a callback as the gateway hands it on, signed.
func posted(fields url.Values) sdk.Callback {
	return sdk.Callback{
		Method: http.MethodPost, URL: reportURL, Query: "x=1", Body: []byte(fields.Encode()), RemoteIP: "203.0.113.7",
		Header: http.Header{"X-Twilio-Signature": {simulator.Sign(token, reportURL, fields)}, "Content-Type": {"application/x-www-form-urlencoded; charset=UTF-8"}},
	}
}

func parse(t *testing.T, c *host.Client, cb sdk.Callback) ([]sdk.Receipt, string) {
	t.Helper()
	receipts, reply, err := c.ParseCallback(t.Context(), "main", 1, cb)
	if err == nil {
		if reply.Status != http.StatusNoContent {
			t.Errorf("got the reply %+v", reply)
		}
		return receipts, ""
	}
	noSecret(t, "the error", err.Error()+string(reply.Body))
	if len(receipts) > 0 || reply.Status < 300 {
		t.Errorf("a refused callback gave %v, %+v", receipts, reply)
	}
	return nil, string(sdk.AsFailure(err, "no failure").Reason)
}

func TestReportsAreUnderstood(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		fields url.Values
		want   sdk.Receipt
	}{
		{"delivered", report(), sdk.Receipt{Status: sdk.StatusDelivered}},
		{"sent", report("MessageStatus", "sent"), sdk.Receipt{Status: sdk.StatusAccepted}},
		{"read", report("MessageStatus", "read"), sdk.Receipt{Status: sdk.StatusDelivered}},
		{"undelivered", report("MessageStatus", "undelivered", "ErrorCode", "30005"), sdk.Receipt{Status: sdk.StatusUndelivered, Reason: sdk.BadRecipient, Code: "30005"}},
		{"failed", report("MessageStatus", "failed", "ErrorCode", "30007"), sdk.Receipt{Status: sdk.StatusRejected, Reason: sdk.RejectedText, Code: "30007"}},
		{"expired", report("MessageStatus", "undelivered", "ErrorCode", "30036"), sdk.Receipt{Status: sdk.StatusExpired, Reason: sdk.Expired, Code: "30036"}},
		{"canceled", report("MessageStatus", "canceled"), sdk.Receipt{Status: sdk.StatusRejected}},
		{"failed with an unknown code", report("MessageStatus", "failed", "ErrorCode", "39999"), sdk.Receipt{Status: sdk.StatusRejected, Code: "39999"}},
		{"failed with a code that is none", report("MessageStatus", "failed", "ErrorCode", "<b>"), sdk.Receipt{Status: sdk.StatusRejected}},
		{"a new status", report("MessageStatus", "teleported"), sdk.Receipt{Status: sdk.StatusUnknown}},
		{"only the old names", report("MessageSid", "", "MessageStatus", ""), sdk.Receipt{Status: sdk.StatusDelivered}},
		{"further fields", report("RawDlrDoneDate", "2611241200", "Новое", "поле"), sdk.Receipt{Status: sdk.StatusDelivered}},
		{"a message that is not ours", report("MessageSid", "SMffffffffffffffffffffffffffffffff"), sdk.Receipt{ProviderID: "SMffffffffffffffffffffffffffffffff", Status: sdk.StatusDelivered}},
	}
	c, _ := setup(t, say(500, ""), with("status_callback", reportURL))
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if test.want.ProviderID == "" {
				test.want.ProviderID = messageID
			}
			for range 2 { // a report may be repeated, and says the same again
				got, reason := parse(t, c, posted(test.fields))
				if diff := cmp.Diff([]sdk.Receipt{test.want}, got); diff != "" {
					t.Errorf("%v: %s (-want +got):\n%s", test.fields, reason, diff)
				}
			}
		})
	}
}

func TestForgedAndBrokenReportsAreRefused(t *testing.T) {
	t.Parallel()
	change := func(f func(*sdk.Callback)) sdk.Callback {
		cb := posted(report())
		cb.Header = cb.Header.Clone()
		f(&cb)
		return cb
	}
	repeated := report()
	repeated["MessageSid"] = []string{messageID, "SM00000000000000000000000000000009"}
	signedTwice := posted(repeated)
	signedTwice.Header.Set("X-Twilio-Signature", signLists(repeated))
	list := url.Values{"MessageSid[]": {messageID}, "AccountSid": {accountID}, "MessageStatus": {"delivered"}}
	many := report()
	for i := range maxFields {
		many.Set("f"+strings.Repeat("x", i), "")
	}
	tests := []struct {
		name string
		cb   sdk.Callback
		want string
	}{
		{"unsigned", change(func(c *sdk.Callback) { c.Header.Del("X-Twilio-Signature") }), "UNAUTHORIZED"},
		{"an empty signature", change(func(c *sdk.Callback) { c.Header.Set("X-Twilio-Signature", "") }), "UNAUTHORIZED"},
		{"a signature that is no base64", change(func(c *sdk.Callback) { c.Header.Set("X-Twilio-Signature", "%%%") }), "UNAUTHORIZED"},
		{"a short signature", change(func(c *sdk.Callback) { c.Header.Set("X-Twilio-Signature", "AAAA") }), "UNAUTHORIZED"},
		{"two signatures, one right", change(func(c *sdk.Callback) { c.Header.Add("X-Twilio-Signature", "AAAA") }), "UNAUTHORIZED"},
		{"signed with another token", change(func(c *sdk.Callback) {
			c.Header.Set("X-Twilio-Signature", simulator.Sign("another token", reportURL, report()))
		}), "UNAUTHORIZED"},
		{"signed for another address", change(func(c *sdk.Callback) {
			c.Header.Set("X-Twilio-Signature", simulator.Sign(token, "https://bell.example.org/callbacks/other/tok?x=1", report()))
		}), "UNAUTHORIZED"},
		{"a status exchanged", change(func(c *sdk.Callback) { c.Body = []byte(report("MessageStatus", "failed").Encode()) }), "UNAUTHORIZED"},
		{"a field added", change(func(c *sdk.Callback) { c.Body = append(c.Body, "&ErrorCode=30005"...) }), "UNAUTHORIZED"},
		{"GET", change(func(c *sdk.Callback) { c.Method = http.MethodGet }), "UNAUTHORIZED"},
		{"huge", change(func(c *sdk.Callback) { c.Body = make([]byte, maxCallback+1) }), "UNAUTHORIZED"},
		{"too many fields", posted(many), "UNAUTHORIZED"},
		{"broken escapes", change(func(c *sdk.Callback) { c.Body = []byte("MessageSid=%zz") }), "UNAUTHORIZED"},
		{"JSON without its hash", change(func(c *sdk.Callback) { c.Body = []byte(`{"MessageSid":"x"}`) }), "UNAUTHORIZED"},
		{"nothing", change(func(c *sdk.Callback) { c.Body = nil }), "UNAUTHORIZED"},
		{"another account", posted(report("AccountSid", "AC00000000000000000000000000000009")), "UNAUTHORIZED"},
		{"no account", posted(report("AccountSid", "")), "UNAUTHORIZED"},
		{"signed, no message", posted(report("MessageSid", "", "SmsSid", "")), "INTERNAL"},
		{"signed, a message that is none", posted(report("MessageSid", "../x")), "INTERNAL"},
		{"signed, no status", posted(report("MessageStatus", "", "SmsStatus", "")), "INTERNAL"},
		{"signed, a list where a value belongs", posted(list), "INTERNAL"},
		{"signed, the message twice", signedTwice, "INTERNAL"},
	}
	c, _ := setup(t, say(500, ""), with("status_callback", reportURL))
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got, reason := parse(t, c, test.cb); reason != test.want {
				t.Errorf("got %v, %q, want %s", got, reason, test.want)
			}
		})
	}
}

func signLists(fields url.Values) string {
	flat := url.Values{}
	for name, values := range fields {
		flat.Set(name, strings.Join(values, name)) // name+a+name+b, as lists are signed
	}
	return simulator.Sign(token, reportURL, flat)
}

func TestTheSettingsAddressCountsBehindAProxy(t *testing.T) {
	t.Parallel()
	c, _ := setup(t, say(500, ""), with("status_callback", reportURL))
	cb := posted(report())
	cb.URL = "http://10.0.0.5:11010/callbacks/main/tok"
	if got, reason := parse(t, c, cb); len(got) != 1 {
		t.Errorf("got %v, %s", got, reason)
	}
	c, _ = setup(t, say(500, ""), basic())
	if got, reason := parse(t, c, cb); reason != "UNAUTHORIZED" {
		t.Errorf("without the setting: got %v, %s", got, reason)
	}
	cb = posted(report())
	cb.URL, _, _ = strings.Cut(cb.URL, "?") // the query comes apart
	if got, reason := parse(t, c, cb); len(got) != 1 {
		t.Errorf("the query apart: got %v, %s", got, reason)
	}
}

func TestAKeySecretSignsNothing(t *testing.T) {
	t.Parallel()
	c, _ := setup(t, say(500, ""), with("auth_token", "", "api_key_sid", keyID, "api_key_secret", token))
	if got, reason := parse(t, c, posted(report())); reason != "UNAUTHORIZED" {
		t.Errorf("got %v, %s", got, reason)
	}
}

func TestSignedJSONIsAuthenticButNoReport(t *testing.T) {
	t.Parallel()
	body := `{"MessageSid":"` + messageID + `"}`
	sum := sha256.Sum256([]byte(body))
	address := "https://bell.example.org/c?bodySHA256=" + hex.EncodeToString(sum[:])
	cb := sdk.Callback{Method: http.MethodPost, URL: address, Body: []byte(body), Header: http.Header{"X-Twilio-Signature": {simulator.Sign(token, address, nil)}}}
	c, _ := setup(t, say(500, ""), basic())
	if got, reason := parse(t, c, cb); reason != "INTERNAL" {
		t.Errorf("got %v, %s, want INTERNAL", got, reason)
	}
	cb.Body = []byte(body + " ")
	if got, reason := parse(t, c, cb); reason != "UNAUTHORIZED" {
		t.Errorf("another body: got %v, %s, want UNAUTHORIZED", got, reason)
	}
}

// inbox collects what the simulator reports.
type inbox struct {
	got chan sdk.Callback
	mu  sync.Mutex
	url string
}

func (b *inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	b.mu.Lock()
	address := b.url
	b.mu.Unlock()
	b.got <- sdk.Callback{Method: r.Method, URL: address, Body: []byte(r.PostForm.Encode()), Header: r.Header}
	w.WriteHeader(http.StatusNoContent)
}

func TestTheSimulatorsReportsAreBelievedUnlessTheyAreForged(t *testing.T) {
	t.Parallel()
	tests := []struct{ token, to, want string }{
		{token, "+79990000001", "ACCEPTED DELIVERED"},
		{token, "+79990000301", "DELIVERED ACCEPTED"},
		{token, "+79990000302", "ACCEPTED ACCEPTED DELIVERED DELIVERED"},
		{token, "+79990030005", "ACCEPTED UNDELIVERED"},
		{"forged", "+79990000001", "UNAUTHORIZED UNAUTHORIZED"},
		{"unsigned", "+79990000001", "UNAUTHORIZED UNAUTHORIZED"},
	}
	for _, test := range tests {
		t.Run(test.token+test.to, func(t *testing.T) {
			t.Parallel()
			box := &inbox{got: make(chan sdk.Callback)}
			server := httptest.NewServer(box)
			t.Cleanup(server.Close)
			box.mu.Lock()
			box.url = server.URL + "/callbacks/main/tok"
			box.mu.Unlock()
			c := open(t, simulator.New(operators.Options{Now: clock}), with("auth_token", test.token, "status_callback", box.url))
			m := message()
			m.To = test.to
			o := send(t, c, m)
			var said []string
			for range strings.Fields(test.want) {
				select {
				case cb := <-box.got:
					receipts, reason := parse(t, c, cb)
					for _, r := range receipts {
						reason = string(r.Status)
						if r.ProviderID != o.Accepted.ID {
							t.Errorf("got %s, want %s", r.ProviderID, o.Accepted.ID)
						}
					}
					said = append(said, reason)
				case <-time.After(10 * time.Second):
					t.Fatal("the simulator does not report")
				}
			}
			if got := strings.Join(said, " "); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func FuzzCallback(f *testing.F) {
	f.Add(report().Encode(), token)
	f.Add("MessageSid=a&MessageSid=b", token)
	f.Add("{}", "x")
	f.Add("a=%&&;=", token)
	f.Fuzz(func(t *testing.T, body, signer string) {
		a := &account{config: config{AccountSID: accountID, AuthToken: token}}
		fields, _ := url.ParseQuery(body)
		cb := posted(fields)
		cb.Body = []byte(body)
		cb.Header.Set("X-Twilio-Signature", simulator.Sign(signer, reportURL, fields))
		receipts, _, err := a.ParseCallback(t.Context(), cb)
		if signer != token && err == nil || (err == nil) != (len(receipts) == 1) {
			t.Errorf("%q signed with %q: got %v, %v", body, signer, receipts, err)
		}
	})
}
