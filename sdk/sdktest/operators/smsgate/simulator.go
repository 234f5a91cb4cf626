// Package smsgate plays the Android app SMSGate (capcom6) and its server: sending, states, devices,
// webhooks with their signatures, tokens and health. What it answers is from the vendor's documentation
// (docs.sms-gate.app) and the published sources of app and server, as of November 2026.
//
// The same calls are answered at the root, as a phone does, and under /3rdparty/v1, as a server does;
// where the two differ, the answer is that of the place that was called. Any username and password log
// in. What is answered otherwise depends on magic values. In the password (a part of it is enough):
//
//	bad-key   401
//	no-right  403
//	silent    a duplicate id is taken without a word, as versions of the app before 1.40 did
//	clumsy    a duplicate id is answered with 500, as some versions of the app did
//	expires   each token holds for one call
//	basic     there are no tokens (404), as in older versions of the app
//	nobody    no phone is registered
//	several   there are two phones; the server picks one by turns where no deviceId names one
//	unseen    the phone was last seen two days ago
//	empty     the battery is at 8 %, and three texts failed
//	broken    500
//	repair    200 with a web page
//
// In the last four digits of the number that a message goes to:
//
//	0400 0401    400: not a number, not a mobile one
//	0402 0403    400: simNumber, the device
//	0404         404 with a web page, as at a wrong address
//	0429 0500 0503 0522  that HTTP status (0503: the phone's queue is full; 0429 with a Retry-After of 30 seconds)
//	0600 0601    accepted; the answer is a web page, or breaks off in its middle
//	0602 0603    accepted; the answer is empty with 202, or 204
//	0604 0605    accepted; the connection is reset before, or within the answer
//	0606         accepted; never answers
//	0607 0608    accepted; the answer is about another number, another id
//	0609         accepted; only id and state are in the answer
//	0610 0611    accepted; a byte order mark in front, 2 MiB of answer
//	07NN         accepted and failed with the NNth of Failures
//	0790         the phone is offline: accepted, and Pending for ever
//	0791         no delivery report comes: Sent for ever
//	0792         accepted and Cancelled
//	08NN         accepted and delivered, but the webhooks are odd, see webhook.go
//	others       accepted; Pending, after a second Sent, after two Delivered
package smsgate

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/orderbell/orderbell/sdk/sdktest/operators"
)

// SigningKey signs the webhooks, as Settings → Webhooks → Signing Key of the simulated phone.
const SigningKey = "simulated-signing-key"

// DeviceID is the simulated phone's.
const DeviceID = "simulated-phone-00001"

// secondID is that of the second phone, where there is one.
const secondID = "simulated-phone-00002"

// Failures are the errors of the endings 0700 and following.
func Failures() []string {
	return []string{
		"TTL expired",
		"Send result: RESULT_ERROR_GENERIC_FAILURE (Generic failure cause)",
		"Send result: RESULT_ERROR_RADIO_OFF (Failed because radio was explicitly turned off)",
		"Send result: RESULT_ERROR_NULL_PDU (Failed because no PDU provided)",
		"Send result: RESULT_ERROR_NO_SERVICE (Failed because service is currently unavailable)",
		"Send result: RESULT_ERROR_LIMIT_EXCEEDED (Failed because we reached the sending queue limit)",
		"Send result: RESULT_ERROR_FDN_CHECK_FAILURE (Failed because FDN is enabled)",
		"Send result: RESULT_RIL_MODEM_ERR (The vendor RIL received an unexpected or incorrect response)",
		"Delivery result from SC +79990000000: 70",
		"Delivery result from SC +79990000000: 67",
		"Delivery result from SC +79990000000: 64",
		"Can't send message: No SIMs found",
		"sendSMS: Invalid destinationAddress",
		"sendSMS: Neither user 10123 nor current process has android.permission.SEND_SMS.",
		"",
	}
}

// Simulator is an http.Handler. Close it when its webhooks must stop.
type Simulator struct {
	options operators.Options
	context context.Context
	cancel  context.CancelFunc
	posting sync.WaitGroup
	client  *http.Client

	mu       sync.Mutex
	messages map[string]*message // by device and id
	webhooks []webhook
	tokens   map[string]string // passwords by token
	made     int               // tokens, and texts where the server picks the phone
}

// message is one that was taken.
type message struct {
	ID, Device, To, Text string
	SIM                  int
	At                   time.Time
}

// New returns a simulator of a phone that has sent nothing yet. With a CallbackURL the webhooks for
// sms:sent, sms:delivered and sms:failed are registered from the start.
func New(options operators.Options) *Simulator {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Log == nil {
		options.Log = func(string, ...any) {}
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &Simulator{
		options: options, context: ctx, cancel: cancel, messages: map[string]*message{}, tokens: map[string]string{},
		client: &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}},
	}
	if options.CallbackURL != "" {
		for _, event := range []string{"sms:sent", "sms:delivered", "sms:failed"} {
			s.webhooks = append(s.webhooks, webhook{ID: event, URL: options.CallbackURL, Event: event})
		}
	}
	return s
}

// Close stops the webhooks and waits for those under way.
func (s *Simulator) Close() error {
	s.cancel()
	s.posting.Wait()
	return nil
}

// prefix is where a server has its API.
const prefix = "/3rdparty/v1"

// ServeHTTP answers one call.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.options.Log("%s %s", r.Method, r.URL.Path)
	path, server := strings.CutPrefix(r.URL.Path, prefix)
	c := call{w: w, r: r, path: path, server: server}
	if path == "/health" {
		c.health(c.password()) // needs no log-in
		return
	}
	password, ok := s.login(c)
	c.secret = password
	switch {
	case !ok || strings.Contains(password, "bad-key"):
		w.Header().Set("WWW-Authenticate", `Basic realm="Access to SMS Gateway"`)
		c.fail(http.StatusUnauthorized, "Unauthorized")
	case strings.Contains(password, "no-right"):
		c.fail(http.StatusForbidden, "forbidden: scope required")
	case strings.Contains(password, "broken"):
		c.fail(http.StatusInternalServerError, "failed to handle request")
	case strings.Contains(password, "repair"):
		c.page(http.StatusOK)
	default:
		s.route(c)
	}
}

func (s *Simulator) route(c call) {
	id, one := strings.CutPrefix(c.path, "/messages/")
	hook, oneHook := strings.CutPrefix(c.path, "/webhooks/")
	switch {
	case c.is(http.MethodPost, "/messages"):
		s.send(c)
	case one && c.r.Method == http.MethodGet:
		s.show(c, id)
	case c.is(http.MethodGet, "/devices") && c.server, c.is(http.MethodGet, "/device"):
		c.answer(http.StatusOK, s.devices(c))
	case c.is(http.MethodGet, "/webhooks"):
		s.listWebhooks(c)
	case c.is(http.MethodPost, "/webhooks"):
		s.addWebhook(c)
	case oneHook && c.r.Method == http.MethodDelete:
		s.dropWebhook(c, hook)
	case c.is(http.MethodPost, "/auth/token") && !strings.Contains(c.secret, "basic"):
		s.giveToken(c)
	default:
		c.w.WriteHeader(http.StatusNotFound)
	}
}

// login takes basic authorisation, or a token that was given out, and returns the password behind it.
func (s *Simulator) login(c call) (password string, ok bool) {
	if username, password, ok := c.r.BasicAuth(); ok {
		return password, username != "" && password != ""
	}
	token, ok := strings.CutPrefix(c.r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return "", false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	password, ok = s.tokens[token]
	if strings.Contains(password, "expires") {
		delete(s.tokens, token)
	}
	return password, ok
}

func (s *Simulator) devices(c call) []map[string]any {
	seen := s.options.Now()
	if strings.Contains(c.secret, "unseen") {
		seen = seen.Add(-48 * time.Hour)
	}
	list := []map[string]any{}
	for _, id := range c.phones() {
		list = append(list, map[string]any{
			"id": id, "name": "Simulated/phone", "createdAt": stamp(seen.Add(-24 * time.Hour)), "updatedAt": stamp(seen), "lastSeen": stamp(seen),
			"simCards": []map[string]any{{"slotIndex": 0, "simNumber": 1, "carrierName": "Simulated", "phoneNumber": nil}},
		})
	}
	return list
}

// stamp writes a time as the app does.
func stamp(at time.Time) string { return at.Format("2006-01-02T15:04:05.000Z07:00") }
