// Package smsaero plays SMS Aero, API version 2, for tests and for trying things out by hand. It
// answers as the vendor's official libraries (smsaero_golang, _php, _python) expect it, and as the
// recorded fixtures of independent clients show it. Any e-mail logs in; the API key must have 16
// characters or more. Paths work with and without /v2 in front and a slash at the end.
//
// What is answered depends on magic values. In the API key (a part of it is enough):
//
//	bad-key     401, wrong credentials
//	blocked-ip  403
//	no-money    sending answers 200 {"result":"no credits"}; the balance is 0
//	pay-402     sending answers 402
//	too-many    429 with Retry-After: 5
//	broken      500
//	repair      200 with a web page
//
// In the last four digits of the number that a message goes to:
//
//	0400 … 0404  validation error: number, text, sign, dateSend, a field that nobody knows
//	0405 0406    version 1 refusals with 200: no credits, reject
//	0429 0500 0503 0522  that HTTP status (0429 with a Retry-After of 30 seconds)
//	0600 0601    accepted; the answer is a web page, or breaks off in its middle
//	0602 0603    accepted; the answer is empty with 200, or 204
//	0604 0605    accepted; the connection is reset before, or within the answer
//	0606         accepted; never answers
//	0607         accepted; the answer speaks of another number
//	0608         accepted; numbers are strings and strings are numbers
//	0609         accepted; the id is null
//	0610         accepted; a byte order mark in front
//	0611         accepted; 2 MiB of answer
//	0700 … 0799  accepted; the final status is the last two digits (0702: 2, not delivered)
//	0800 … 0807  accepted and delivered, but the callbacks are odd, see callback.go
//	others       accepted; status 0 for a second, 3 for another, then 1 (delivered)
//
// One wrong number in a call with several refuses the call as a whole.
//
// Not known of the real service, and played by guess: how it words a lack of money in version 2, what
// it says of an unknown id, the fields of its callbacks beyond id, status and extendStatus.
package smsaero

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/orderbell/orderbell/sdk/sdktest/operators"
)

// startBalance is in kopecks.
const startBalance = 138926

// Simulator is an http.Handler. Close it when its callbacks must stop.
type Simulator struct {
	options operators.Options
	context context.Context
	cancel  context.CancelFunc
	posting sync.WaitGroup

	mu       sync.Mutex
	last     int
	messages map[string]*message // by id; those of the test twins under "test:" and the id
}

// message is one that was taken.
type message struct {
	ID     int
	Number string
	Sign   string
	Text   string
	Final  int
	At     time.Time
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
	return &Simulator{options: options, context: ctx, cancel: cancel, messages: map[string]*message{}}
}

// Close stops the callbacks and waits for those under way.
func (s *Simulator) Close() error {
	s.cancel()
	s.posting.Wait()
	return nil
}

// ServeHTTP answers one call.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	method := strings.Trim(strings.TrimPrefix(r.URL.Path, "/v2"), "/")
	s.options.Log("%s %s", r.Method, method)
	email, key, ok := r.BasicAuth()
	if !ok || email == "" || len(key) < 16 || strings.Contains(key, "bad-key") {
		say(w, http.StatusUnauthorized, `{"success":false,"data":null,"message":"Your request was made with invalid credentials."}`)
		return
	}
	form, err := parameters(r)
	switch {
	case err != nil:
		say(w, http.StatusBadRequest, `{"success":false,"data":null,"message":"Validation error."}`)
	case strings.Contains(key, "blocked-ip"):
		say(w, http.StatusForbidden, `{"success":false,"data":null,"message":"Forbidden."}`)
	case strings.Contains(key, "too-many"):
		w.Header().Set("Retry-After", "5")
		say(w, http.StatusTooManyRequests, `{"success":false,"data":null,"message":"Too many requests."}`)
	case strings.Contains(key, "broken"):
		say(w, http.StatusInternalServerError, `{"success":false,"data":null,"message":"Internal server error."}`)
	case strings.Contains(key, "repair"):
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<html><body>Maintenance</body></html>")
	default:
		s.route(w, r, method, key, form)
	}
}

func (s *Simulator) route(w http.ResponseWriter, r *http.Request, method, key string, form url.Values) {
	switch method {
	case "auth":
		say(w, http.StatusOK, `{"success":true,"data":null,"message":"Successful authorization."}`)
	case "balance":
		if strings.Contains(key, "no-money") || strings.Contains(key, "pay-402") {
			say(w, http.StatusOK, `{"success":true,"data":{"balance":0},"message":null}`)
			return
		}
		say(w, http.StatusOK, fmt.Sprintf(`{"success":true,"data":{"balance":%s},"message":null}`, operators.Decimal(s.options.Funds(startBalance))))
	case "sms/send", "sms/testsend":
		switch {
		case strings.Contains(key, "no-money") || s.options.Broke():
			say(w, http.StatusOK, `{"result":"no credits"}`)
		case strings.Contains(key, "pay-402"):
			say(w, http.StatusPaymentRequired, `{"success":false,"data":null,"message":"Payment required."}`)
		default:
			s.send(w, r, method == "sms/testsend", form)
		}
	case "sms/status":
		s.status(w, form.Get("id"))
	case "sms/teststatus":
		s.status(w, "test:"+form.Get("id"))
	default:
		say(w, http.StatusNotFound, `{"success":false,"data":null,"message":"Page not found."}`)
	}
}

// parameters reads query, form and JSON alike, as the real service does.
func parameters(r *http.Request) (url.Values, error) {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		err := r.ParseForm()
		return r.Form, err
	}
	var body map[string]any
	if err := json.NewDecoder(io.LimitReader(r.Body, 1<<20)).Decode(&body); err != nil {
		return nil, err
	}
	form := r.URL.Query()
	for name, value := range body {
		list, many := value.([]any)
		if !many {
			form.Set(name, fmt.Sprint(value))
			continue
		}
		for _, one := range list {
			form.Add(name+"[]", fmt.Sprint(one))
		}
	}
	return form, nil
}

// faulty is what a number's last four digits refuse.
func faulty(ending string) (status int, body string) {
	switch ending {
	case "0400":
		return http.StatusBadRequest, `{"success":false,"data":{"number":["incorrect"]},"message":"Validation error."}`
	case "0401":
		return http.StatusBadRequest, `{"success":false,"data":{"text":["incorrect"]},"message":"Validation error."}`
	case "0402":
		return http.StatusBadRequest, `{"success":false,"data":{"sign":["incorrect"]},"message":"Validation error."}`
	case "0403":
		return http.StatusBadRequest, `{"success":false,"data":{"dateSend":["incorrect"]},"message":"Validation error."}`
	case "0404":
		return http.StatusBadRequest, `{"success":false,"data":{"weather":["incorrect"]},"message":"Validation error."}`
	case "0405":
		return http.StatusOK, `{"result":"no credits"}`
	case "0406":
		return http.StatusOK, `{"result":"reject","reason":"forbidden text"}`
	case "0429":
		return http.StatusTooManyRequests, `{"success":false,"data":null,"message":"Too many requests."}`
	case "0500":
		return http.StatusInternalServerError, `{"success":false,"data":null,"message":"Internal server error."}`
	case "0503":
		return http.StatusServiceUnavailable, "<html>503</html>"
	case "0522":
		return 522, "<html>522</html>"
	}
	return 0, ""
}

// ending is the last four digits.
func ending(number string) string { return number[max(0, len(number)-4):] }

func (s *Simulator) send(w http.ResponseWriter, r *http.Request, test bool, form url.Values) {
	numbers, several := form["numbers[]"], true
	if len(numbers) == 0 {
		numbers, several = []string{form.Get("number")}, false
	}
	for _, number := range numbers {
		if digits := len(number); digits < 10 || digits > 15 || strings.Trim(number, "0123456789") != "" {
			say(w, http.StatusBadRequest, `{"success":false,"data":{"number":["incorrect"]},"message":"Validation error."}`)
			return
		}
		if status, body := faulty(ending(number)); status != 0 {
			if status == http.StatusTooManyRequests {
				w.Header().Set("Retry-After", "30")
			}
			say(w, status, body)
			return
		}
	}
	for _, name := range []string{"sign", "text"} {
		if n := len([]rune(form.Get(name))); n < 2 || name == "sign" && n > 64 || name == "text" && n > 640 {
			say(w, http.StatusBadRequest, `{"success":false,"data":{"`+name+`":["incorrect"]},"message":"Validation error."}`)
			return
		}
	}
	var taken []*message
	for _, number := range numbers {
		m := s.take(number, form, test)
		taken = append(taken, m)
		s.options.Took(m.Number, m.Sign, m.Text)
		if !test {
			s.report(m, form.Get("callbackUrl"), form.Get("callbackFormat") == "JSON")
		}
	}
	s.answer(w, r, taken, several)
}

// take remembers a message. One of the test twins has no callbacks and is done at once.
func (s *Simulator) take(number string, form url.Values, test bool) *message {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last++
	m := &message{ID: s.last, Number: number, Sign: form.Get("sign"), Text: form.Get("text"), Final: 1, At: s.options.Now()}
	if end := ending(number); strings.HasPrefix(end, "07") {
		m.Final, _ = strconv.Atoi(end[2:])
	}
	id := strconv.Itoa(m.ID)
	if test {
		id = "test:" + id
	}
	s.messages[id] = m
	return m
}

func (s *Simulator) status(w http.ResponseWriter, id string) {
	s.mu.Lock()
	m := s.messages[id]
	s.mu.Unlock()
	if m == nil {
		say(w, http.StatusBadRequest, `{"success":false,"data":{"id":["incorrect"]},"message":"Validation error."}`)
		return
	}
	now := s.options.Now()
	fields := m.fields(m.status(now))
	// The status call writes other types than the send call does.
	fields["number"], fields["cost"], fields["dateAnswer"] = json.Number(m.Number), "5.49", now.Unix()
	write(w, map[string]any{"success": true, "data": fields, "message": nil})
}

// status moves on by the clock.
func (m *message) status(now time.Time) int {
	switch age := now.Sub(m.At); {
	case age < time.Second:
		return 0
	case age < 2*time.Second:
		return 3
	}
	return m.Final
}

func (m *message) fields(status int) map[string]any {
	return map[string]any{
		"id": m.ID, "from": m.Sign, "number": m.Number, "text": m.Text, "status": status, "extendStatus": word(status),
		"channel": "FREE SIGN", "cost": 2.2, "dateCreate": m.At.Unix(), "dateSend": m.At.Unix(),
	}
}

// word is extendStatus, where the libraries know one.
func word(status int) string {
	switch status {
	case 0:
		return "queue"
	case 1:
		return "delivery"
	}
	return ""
}

func write(w http.ResponseWriter, answer any) {
	body, _ := json.Marshal(answer) // of maps of plain values
	say(w, http.StatusOK, string(body))
}

func say(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}
