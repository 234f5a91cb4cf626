package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/sdktest/operators"
	simulator "github.com/orderbell/orderbell/sdk/sdktest/operators/smsgate"
)

// posted is a webhook, signed at a time.
func posted(body []byte, at time.Time) sdk.Callback {
	header := http.Header{"Content-Type": {"application/json"}}
	simulator.Sign(header, signingKey, body, at)
	return sdk.Callback{Method: http.MethodPost, URL: "https://orderbell.example/callbacks/main/token", Header: header, Body: body, RemoteIP: "192.0.2.1"}
}

func report(event, rest string) []byte {
	return []byte(`{"event":"` + event + `","payload":{"messageId":"` + ourID + `"` + rest + `}}`)
}

// reading is an account that only reads webhooks.
func reading(key sdk.Secret) *account {
	return &account{config: config{SigningKey: key}, Env: sdk.Env{Now: clock}}
}

func TestWebhooksAreVerified(t *testing.T) {
	t.Parallel()
	good := report("sms:delivered", `,"deliveredAt":"2026-11-24T14:05:00.000+03:00"`)
	changed := func(change func(*sdk.Callback)) sdk.Callback {
		c := posted(slices.Clone(good), clock())
		change(&c)
		return c
	}
	tests := []struct {
		name string
		c    sdk.Callback
		want string
	}{
		{"as the app signs it", posted(good, clock()), "DELIVERED"},
		{"signed four minutes ago", posted(good, clock().Add(-4*time.Minute)), "DELIVERED"},
		{"a clock that is four minutes ahead", posted(good, clock().Add(4*time.Minute)), "DELIVERED"},
		{"in capitals", changed(func(c *sdk.Callback) { c.Header.Set("X-Signature", strings.ToUpper(c.Header.Get("X-Signature"))) }), "DELIVERED"},
		{"signed six minutes ago", posted(good, clock().Add(-6*time.Minute)), "UNAUTHORIZED"},
		{"a clock that is an hour ahead", posted(good, clock().Add(time.Hour)), "UNAUTHORIZED"},
		{"another time than the signed one", changed(func(c *sdk.Callback) { c.Header.Set("X-Timestamp", "1795521601") }), "UNAUTHORIZED"},
		{"a body changed", changed(func(c *sdk.Callback) { c.Body[len(c.Body)-1] = ' ' }), "UNAUTHORIZED"},
		{"without a signature", changed(func(c *sdk.Callback) { c.Header.Del("X-Signature") }), "UNAUTHORIZED"},
		{"without a time", changed(func(c *sdk.Callback) { c.Header.Del("X-Timestamp") }), "UNAUTHORIZED"},
		{"two signatures", changed(func(c *sdk.Callback) { c.Header.Add("X-Signature", "00") }), "UNAUTHORIZED"},
		{"a signature that is no hexadecimal", changed(func(c *sdk.Callback) { c.Header.Set("X-Signature", "zz") }), "UNAUTHORIZED"},
		{"by GET", changed(func(c *sdk.Callback) { c.Method = http.MethodGet }), "UNAUTHORIZED"},
		{"too large", posted(report("sms:sent", `,"x":"`+strings.Repeat("x", maxCallback)+`"`), clock()), "UNAUTHORIZED"},
		{"signed, but no JSON", posted([]byte("<html>"), clock()), "INTERNAL"},
		{"signed, but no event", posted([]byte("{}"), clock()), "INTERNAL"},
		{"signed, but without a message", posted([]byte(`{"event":"sms:sent","payload":{}}`), clock()), "INTERNAL"},
		{"signed, with an id that is a path", posted([]byte(`{"event":"sms:sent","payload":{"messageId":"../x"}}`), clock()), "INTERNAL"},
		{"signed, with odd types", posted([]byte(`{"event":"sms:failed","payload":{"messageId":`+"12345"+`,"reason":{},"failedAt":7}}`), clock()), "REJECTED"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			receipts, reply, err := reading(signingKey).ParseCallback(t.Context(), test.c)
			got := reasonOf(err)
			if err == nil && len(receipts) == 1 {
				got = told(receipts[0])
			}
			if got != test.want || err == nil && reply.Status != http.StatusOK {
				t.Errorf("got %s, %d, %v, want %s", got, reply.Status, err, test.want)
			}
		})
	}
	if _, _, err := reading("").ParseCallback(t.Context(), posted(good, clock())); sdk.AsFailure(err, "").Reason != sdk.Unauthorized {
		t.Errorf("without a key: got %v", err)
	}
	if _, _, err := reading("another key").ParseCallback(t.Context(), posted(good, clock())); sdk.AsFailure(err, "").Reason != sdk.Unauthorized {
		t.Errorf("with another key: got %v", err)
	}
}

// TestSignatureAsDocumented holds the published algorithm to a value computed by another program:
// printf '{"event":"sms:sent"}1795521600' | openssl dgst -sha256 -hmac test-key
func TestSignatureAsDocumented(t *testing.T) {
	t.Parallel()
	c := sdk.Callback{Method: http.MethodPost, Body: []byte(`{"event":"sms:sent"}`), Header: http.Header{
		"X-Timestamp": {"1795521600"},
		"X-Signature": {"9ead0c6f59acea4ecc875b69361505aa89bb08a7924611a5240b02726991c82d"},
	}}
	if at, right := reading("test-key").verified(c); !right || at.Unix() != 1795521600 {
		t.Errorf("got %v, %t", at, right)
	}
}

// mailbox takes the simulator's webhooks as the gateway would.
type mailbox struct {
	mu   sync.Mutex
	told []string
	more chan struct{}
}

func (m *mailbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	a := reading(simulator.SigningKey)
	receipts, _, err := a.ParseCallback(r.Context(), sdk.Callback{Method: r.Method, Header: r.Header, Body: body})
	said := "nothing"
	switch {
	case err != nil:
		said = string(sdk.AsFailure(err, "").Reason)
		w.WriteHeader(http.StatusForbidden)
	case len(receipts) > 0:
		said = told(receipts[0])
	}
	m.mu.Lock()
	m.told = append(m.told, said)
	m.mu.Unlock()
	m.more <- struct{}{}
}

func TestTheSimulatorsWebhooksAreRead(t *testing.T) {
	t.Parallel()
	tests := []struct {
		number string
		want   []string
	}{
		{"+79990000001", []string{"ACCEPTED", "DELIVERED"}},
		{"+79990000700", []string{"EXPIRED EXPIRED TTL expired"}},
		{"+79990000705", []string{"REJECTED RATE_LIMITED RESULT_ERROR_LIMIT_EXCEEDED"}},
		{"+79990000709", []string{"ACCEPTED", "UNDELIVERED BAD_RECIPIENT TP-STATUS 67"}},
		{"+79990000791", []string{"ACCEPTED"}},
		{"+79990000800", []string{"UNAUTHORIZED", "UNAUTHORIZED"}},
		{"+79990000801", []string{"ACCEPTED", "ACCEPTED", "DELIVERED", "DELIVERED"}},
		{"+79990000802", []string{"DELIVERED", "ACCEPTED"}},
		{"+79990000803", []string{"ACCEPTED", "DELIVERED"}},
		{"+79990000804", []string{"INTERNAL", "INTERNAL"}},
		{"+79990000805", []string{"UNAUTHORIZED", "UNAUTHORIZED"}},
		{"+79990000806", []string{"UNAUTHORIZED", "UNAUTHORIZED"}},
		{"+79990000807", []string{"ACCEPTED", "DELIVERED"}},
		{"+79990000808", []string{"ACCEPTED", "DELIVERED", "DELIVERED", "DELIVERED"}},
		{"+79990000809", []string{"ACCEPTED", "nothing", "DELIVERED"}},
	}
	for _, test := range tests {
		t.Run(test.number, func(t *testing.T) {
			t.Parallel()
			box := &mailbox{more: make(chan struct{}, 16)}
			gateway := httptest.NewServer(box)
			t.Cleanup(gateway.Close)
			s := simulator.New(operators.Options{Now: clock, CallbackURL: gateway.URL})
			t.Cleanup(func() { _ = s.Close() })
			c, _ := ring(t, s, "", basic())
			send(t, c, to(test.number))
			for range test.want {
				select {
				case <-box.more:
				case <-t.Context().Done():
					t.Fatal("the webhooks did not come")
				}
			}
			box.mu.Lock()
			defer box.mu.Unlock()
			if diff := cmp.Diff(test.want, box.told); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func FuzzParseCallback(f *testing.F) {
	f.Add([]byte(report("sms:delivered", `,"deliveredAt":"2026-11-24T14:05:00.000+03:00"`)))
	f.Add([]byte(report("sms:failed", `,"reason":"Delivery result from SC +79990000000: 70"`)))
	f.Add([]byte(`{"event":"sms:received","payload":{"messageId":null,"message":"x"}}`))
	f.Add([]byte(`{"event":{},"payload":[]}`))
	f.Add([]byte("\ufeff[]"))
	f.Fuzz(func(t *testing.T, body []byte) {
		receipts, reply, err := reading(signingKey).ParseCallback(context.Background(), posted(body, clock()))
		if err != nil {
			if len(receipts) > 0 || !sdk.AsFailure(err, "").Reason.Known() {
				t.Errorf("%q: got %+v, %v", body, receipts, err)
			}
			return
		}
		if len(receipts) > 1 || reply.Status != http.StatusOK || !json.Valid([]byte(strings.TrimPrefix(string(body), "\ufeff"))) {
			t.Errorf("%q: got %+v, %+v", body, receipts, reply)
		}
		for _, r := range receipts {
			if r.OurID == "" || r.OurID != r.ProviderID || r.Status == sdk.StatusUnknown || r.Status == sdk.StatusAbsent {
				t.Errorf("%q: got %+v", body, r)
			}
		}
	})
}

func reasonOf(err error) string {
	if err == nil {
		return ""
	}
	return string(sdk.AsFailure(err, "").Reason)
}
