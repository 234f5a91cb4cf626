// Package exolve plays MTS Exolve's messaging API for tests and for trying things out by hand:
// SendSMS, GetList, GetCount and the balance, with errors as a gRPC gateway writes them. Any API key
// of 16 characters or more logs in.
//
// What is answered depends on magic values. In the API key (a part of it is enough):
//
//	bad-key     401
//	blocked-ip  403
//	no-money    402 on sending; the balance is 0
//	too-many    429 with Retry-After: 5
//	broken      500
//	repair      200 with a web page
//	words       delivery_status is a word; without it, a number (see statuses)
//	int64       message_id is a number in GetList and in webhooks; without it, a string
//
// In the last four digits of the number that a message goes to:
//
//	0400 … 0404  400: the Destination, "Number does not exist", the sender, the text, something else
//	0405         404 with an error
//	0406 0407    200 with an error body: the Destination, something else
//	0408         400 with the error as a plain string
//	0429 0500 0503 0522  that HTTP status (0429 with a Retry-After of 30 seconds)
//	0600 0601    accepted; the answer is a web page, or breaks off in its middle
//	0602 0603    accepted; the answer is empty with 200, or 204
//	0604 0605    accepted; the connection is reset before, or within the answer
//	0606         accepted; never answers
//	0607         accepted; message_id and an error at the same time
//	0608         accepted; message_id is a number
//	0609         accepted; message_id is null
//	0610         accepted; a byte order mark in front
//	0611         accepted; 2 MiB of answer
//	0700 … 0799  accepted; the final delivery_status is the last two digits
//	0800 … 0807  accepted and delivered, but the webhooks are odd, see webhook.go
//	others       accepted; delivered two seconds later
//
// Webhooks go to Options.CallbackURL, as it is with its query; the real service is told the address in
// its cabinet.
//
// Not known of the real service, and played by guess: the values of delivery_status, the form of a
// delivery report, the code in an error, what a refusal for lack of money looks like.
package exolve

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/orderbell/orderbell/sdk/sdktest/operators"
)

// startBalance is in kopecks.
const startBalance = 352038

// firstID makes ids as long as the real ones, beyond what a float can hold.
const firstID = 439166538239448536

// Simulator is an http.Handler. Close it when its webhooks must stop.
type Simulator struct {
	options operators.Options
	context context.Context
	cancel  context.CancelFunc
	posting sync.WaitGroup

	mu       sync.Mutex
	messages []*message
}

// message is one that was taken.
type message struct {
	ID          int64
	Number      string
	Destination string
	Text        string
	Final       int
	At          time.Time
}

// Made-up values of delivery_status.
const (
	statusAccepted  = 1
	statusSent      = 2
	statusDelivered = 3
)

// statuses names them for a key with "words" in it; others have no word.
func statuses(n int) string {
	names := []string{"", "accepted", "sent", "delivered", "undelivered", "expired", "rejected"}
	if n <= 0 || n >= len(names) {
		return "unspecified"
	}
	return names[n]
}

// New returns a simulator without any messages.
func New(options operators.Options) *Simulator {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Log == nil {
		options.Log = func(string, ...any) {}
	}
	ctx, cancel := context.WithCancel(context.Background())
	return &Simulator{options: options, context: ctx, cancel: cancel}
}

// Close stops the webhooks and waits for those under way.
func (s *Simulator) Close() error {
	s.cancel()
	s.posting.Wait()
	return nil
}

// call is one request, read.
type call struct {
	w    http.ResponseWriter
	r    *http.Request
	key  string
	body map[string]any
}

// ServeHTTP answers one call.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.options.Log("%s %s", r.Method, r.URL.Path)
	key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	c := call{w: w, r: r, key: key}
	switch {
	case !ok || len(key) < 16 || strings.Contains(key, "bad-key"):
		c.fail(http.StatusUnauthorized, 16, "invalid token")
	case r.Method != http.MethodPost:
		c.fail(http.StatusMethodNotAllowed, 12, "Method Not Allowed")
	case json.NewDecoder(io.LimitReader(r.Body, 1<<20)).Decode(&c.body) != nil:
		c.fail(http.StatusBadRequest, 3, "invalid JSON")
	case strings.Contains(key, "blocked-ip"):
		c.fail(http.StatusForbidden, 7, "forbidden")
	case strings.Contains(key, "too-many"):
		w.Header().Set("Retry-After", "5")
		c.fail(http.StatusTooManyRequests, 8, "rate limit exceeded")
	case strings.Contains(key, "broken"):
		c.fail(http.StatusInternalServerError, 13, "internal error")
	case strings.Contains(key, "repair"):
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<html><body>Maintenance</body></html>")
	default:
		s.route(c)
	}
}

func (s *Simulator) route(c call) {
	poor := strings.Contains(c.key, "no-money") || s.options.Broke()
	switch path := c.r.URL.Path; {
	case path == "/messaging/v1/SendSMS" && poor:
		c.fail(http.StatusPaymentRequired, 9, "not enough money")
	case path == "/messaging/v1/SendSMS":
		s.send(c)
	case path == "/messaging/v1/GetList":
		c.answer(map[string]any{"messages": s.list(c)})
	case path == "/messaging/v1/GetCount":
		c.answer(map[string]any{"count": strconv.Itoa(len(s.list(c)))})
	case path == "/finance/v1/GetBalance" && poor:
		c.answer(map[string]any{"balance": 0, "credit_limit": 0})
	case path == "/finance/v1/GetBalance":
		c.answer(map[string]any{"balance": json.Number(operators.Decimal(s.options.Funds(startBalance))), "credit_limit": 0})
	default:
		c.fail(http.StatusNotFound, 5, "Not Found")
	}
}

// text is a field of the request, "" for one of another type.
func (c call) text(name string) string {
	text, _ := c.body[name].(string)
	return text
}

func (c call) answer(answer map[string]any) {
	body, _ := json.Marshal(answer) // of plain values
	c.say(http.StatusOK, string(body))
}

func (c call) fail(status, code int, message string) {
	body, _ := json.Marshal(map[string]any{"error": map[string]any{"code": code, "message": message}})
	c.say(status, string(body))
}

func (c call) say(status int, body string) {
	c.w.Header().Set("Content-Type", "application/json")
	c.w.WriteHeader(status)
	_, _ = io.WriteString(c.w, body)
}

// ending is the last four digits.
func ending(number string) string { return number[max(0, len(number)-4):] }

func (s *Simulator) send(c call) {
	number, destination, text := c.text("number"), c.text("destination"), c.text("text")
	switch {
	case len(destination) != 11 || !strings.HasPrefix(destination, "79") || strings.Trim(destination, "0123456789") != "":
		c.fail(http.StatusBadRequest, 3, `invalid SendRequest.Destination: value does not match regex pattern "^79[0-9]{9}$"`)
	case number == "":
		c.fail(http.StatusBadRequest, 3, "invalid SendRequest.Number: value length must be at least 1 runes")
	case text == "":
		c.fail(http.StatusBadRequest, 3, "invalid SendRequest.Text: value length must be at least 1 runes")
	case c.refused(ending(destination)):
	default:
		m := s.take(number, destination, text)
		s.options.Took(destination, number, text)
		s.report(m, c.key)
		s.reply(c, m)
	}
}

// refused answers for the endings that are not taken.
func (c call) refused(end string) bool {
	const pattern = `invalid SendRequest.Destination: value does not match regex pattern "^79[0-9]{9}$"`
	switch end {
	case "0400":
		c.fail(http.StatusBadRequest, 3, pattern)
	case "0401":
		c.fail(http.StatusBadRequest, 3, "Number does not exist")
	case "0402":
		c.fail(http.StatusBadRequest, 3, "invalid SendRequest.Number: not yours")
	case "0403":
		c.fail(http.StatusBadRequest, 3, "invalid SendRequest.Text: value length must be at most 1000 runes")
	case "0404":
		c.fail(http.StatusBadRequest, 9, "something else")
	case "0405":
		c.fail(http.StatusNotFound, 5, "resource not found")
	case "0406":
		c.fail(http.StatusOK, 3, pattern)
	case "0407":
		c.fail(http.StatusOK, 9, "something else")
	case "0408":
		c.say(http.StatusBadRequest, `{"error":"Number does not exist"}`)
	case "0429":
		c.w.Header().Set("Retry-After", "30")
		c.fail(http.StatusTooManyRequests, 8, "rate limit exceeded")
	case "0500":
		c.fail(http.StatusInternalServerError, 13, "internal error")
	case "0503":
		c.say(http.StatusServiceUnavailable, "<html>503</html>")
	case "0522":
		c.say(522, "<html>522</html>")
	default:
		return false
	}
	return true
}

func (s *Simulator) take(number, destination, text string) *message {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := &message{
		ID: firstID + int64(len(s.messages)), Number: number, Destination: destination, Text: text,
		Final: statusDelivered, At: s.options.Now(),
	}
	if end := ending(destination); strings.HasPrefix(end, "07") {
		m.Final, _ = strconv.Atoi(end[2:])
	}
	s.messages = append(s.messages, m)
	return m
}

// list is what GetList finds: by message_id (of either type) or all, at most limit of them.
func (s *Simulator) list(c call) []map[string]any {
	limit := 100
	if n, ok := c.body["limit"].(float64); ok && n >= 1 && n <= 2000 {
		limit = int(n)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found := []map[string]any{}
	for _, m := range s.messages {
		if id := c.text("message_id"); id != "" && id != strconv.FormatInt(m.ID, 10) || len(found) == limit {
			continue
		}
		found = append(found, m.fields(m.status(s.options.Now()), c.key))
	}
	return found
}

// status moves on by the clock.
func (m *message) status(now time.Time) int {
	switch age := now.Sub(m.At); {
	case age < time.Second:
		return statusAccepted
	case age < 2*time.Second:
		return statusSent
	}
	return m.Final
}

func (m *message) fields(status int, key string) map[string]any {
	fields := map[string]any{
		"message_id": strconv.FormatInt(m.ID, 10), "application_uuid": "00000000-0000-0000-0000-000000000000",
		"date": m.At.Format(time.RFC3339), "number": m.Number, "sender": m.Number, "receiver": m.Destination, "text": m.Text,
		"direction": 2, "segments_count": 1, "billing_status": 1, "delivery_status": status, "channel": 1, "status": 1,
	}
	if strings.Contains(key, "int64") {
		fields["message_id"] = m.ID
	}
	if strings.Contains(key, "words") {
		fields["delivery_status"], fields["direction"] = statuses(status), "outgoing"
	}
	return fields
}
