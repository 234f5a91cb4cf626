// Package twilio plays Twilio Programmable Messaging: sending, fetching, balance, the account, and
// signed status callbacks. What the answers look like is from providers.md, section 5.
//
// Any Account SID of the right form is taken, with any token but these:
//
//	wrong      401 with the code 20003; so is an empty one
//	suspended  the account is suspended
//	trial      a trial account
//	sub        a sub-account, which has no balance
//	no-money   a balance of nothing; sending is refused as for a suspended account
//	forged     callbacks are signed with another token
//	unsigned   callbacks are not signed
//
// Recipients and senders, as Twilio's own test credentials have them:
//
//	To +15005550001 → 21211   ..0002 → 21612   ..0003 → 21408   ..0004 → 21610   ..0009 → 21614
//	From +15005550001 → 21212   ..0007 → 21606   ..0008 → 21611
//
// Further recipients, by how the number ends:
//
//	a code 20xxx or 21xxx  refused with it (20003: 401, 20404: 404, 20429: 429, 205xx: 5xx, else 400)
//	a code 30xxx           taken, later undelivered with this code
//	00201  the answer is about another number   00202  without a SID
//	00203  a web page with 200                  00204  204 without a body
//	00205  cut in the middle                    00206  failed at once
//	00301  the reports come in reverse order    00302  each report comes twice
//
// Every other message is delivered: fetching it shows queued, then sent, then delivered, one step at
// each look. Reports go to the message's StatusCallback, or else to Options.CallbackURL.
package twilio

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/orderbell/orderbell/sdk/sdktest/operators"
)

const maxBody = 1 << 20 // bytes

// startBalance is in cents.
const startBalance = 4805

// suspended is the code of an account that may not send, also for lack of money.
const suspended = 20005

type switchboard struct {
	opts   operators.Options
	now    func() time.Time
	log    func(format string, args ...any)
	report string
	client *http.Client

	mu       sync.Mutex
	messages map[string]*message
}

// message is one that was taken; the states still to come are shown one by one.
type message struct {
	sid, account, token, to, from, service, body string
	callback                                     string
	states                                       []string
	code                                         string // of the last state
	at                                           time.Time
}

// New returns the simulator.
func New(opts operators.Options) http.Handler {
	s := &switchboard{
		opts: opts, now: opts.Now, log: opts.Log, report: opts.CallbackURL, messages: map[string]*message{},
		client: &http.Client{Timeout: 10 * time.Second},
	}
	if s.now == nil {
		s.now = time.Now //nolint:forbidigo // the default of operators.Options
	}
	if s.log == nil {
		s.log = func(string, ...any) {}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /2010-04-01/Accounts/{account}/Messages.json", s.known(s.send))
	mux.HandleFunc("GET /2010-04-01/Accounts/{account}/Messages.json", s.known(s.list))
	mux.HandleFunc("GET /2010-04-01/Accounts/{account}/Messages/{message}", s.known(s.fetch))
	mux.HandleFunc("GET /2010-04-01/Accounts/{account}/Balance.json", s.known(s.balance))
	mux.HandleFunc("GET /2010-04-01/Accounts/{account}", s.known(s.account))
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { refuse(w, 20404) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.log("%s %s", r.Method, r.URL.Path)
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		mux.ServeHTTP(w, r)
	})
}

// caller is who logged in.
type caller struct{ account, token string }

func (s *switchboard) known(next func(http.ResponseWriter, *http.Request, caller)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		login, token, _ := r.BasicAuth()
		account := strings.TrimSuffix(r.PathValue("account"), ".json")
		right := login == account || strings.HasPrefix(login, "SK")
		if !right || !regexp.MustCompile(`^AC[0-9a-fA-F]{32}$`).MatchString(account) || token == "" || token == "wrong" {
			refuse(w, 20003)
			return
		}
		next(w, r, caller{account, token})
	}
}

// refuse answers with an error as Twilio words it.
func refuse(w http.ResponseWriter, code int) {
	status := http.StatusBadRequest
	switch {
	case code == 20003:
		status = http.StatusUnauthorized
	case code == 20404:
		status = http.StatusNotFound
	case code == 20429:
		status = http.StatusTooManyRequests
		w.Header().Set("Retry-After", "1")
	case code >= 20500 && code <= 20599:
		status = code - 20000
	}
	answer(w, status, map[string]any{
		"code": code, "message": "Simulated error " + strconv.Itoa(code), "status": status,
		"more_info": "https://www.twilio.com/docs/errors/" + strconv.Itoa(code),
	})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the caller may have gone
}

func (s *switchboard) balance(w http.ResponseWriter, _ *http.Request, c caller) {
	amount := operators.Decimal(s.opts.Funds(startBalance))
	switch c.token {
	case "sub":
		refuse(w, 20404)
		return
	case "no-money":
		amount = "-0.02"
	}
	answer(w, http.StatusOK, map[string]any{"account_sid": c.account, "balance": amount, "currency": "USD"})
}

func (s *switchboard) account(w http.ResponseWriter, r *http.Request, c caller) {
	if !strings.HasSuffix(r.PathValue("account"), ".json") {
		refuse(w, 20404)
		return
	}
	if login, _, _ := r.BasicAuth(); strings.HasPrefix(login, "SK") {
		refuse(w, 20003) // a standard API key must not see the account itself
		return
	}
	status, kind := "active", "Full"
	switch c.token {
	case "suspended", "no-money":
		status = "suspended"
	case "trial":
		kind = "Trial"
	}
	answer(w, http.StatusOK, map[string]any{"sid": c.account, "status": status, "type": kind, "friendly_name": "Simulated"})
}

// list shows an empty page: that is enough to try a key.
func (s *switchboard) list(w http.ResponseWriter, _ *http.Request, c caller) {
	answer(w, http.StatusOK, map[string]any{"messages": []any{}, "page": 0, "uri": "/2010-04-01/Accounts/" + c.account + "/Messages.json"})
}

func (s *switchboard) send(w http.ResponseWriter, r *http.Request, c caller) {
	m := &message{
		account: c.account, token: c.token, to: r.PostFormValue("To"), from: r.PostFormValue("From"),
		service: r.PostFormValue("MessagingServiceSid"), body: r.PostFormValue("Body"), callback: r.PostFormValue("StatusCallback"), at: s.now(),
	}
	code := refusal(m, r.PostFormValue("ValidityPeriod"))
	if s.opts.Broke() {
		code = suspended
	}
	if code != 0 {
		refuse(w, code)
		return
	}
	s.mu.Lock()
	m.sid = fmt.Sprintf("SM%032x", len(s.messages)+1)
	m.states, m.code = course(m.to)
	atOnce := len(m.states) == 1
	s.messages[m.sid] = m
	s.mu.Unlock()
	if !atOnce {
		s.opts.Took(m.to, m.from, m.body)
	}
	if odd(w, m) {
		return
	}
	if atOnce {
		answer(w, http.StatusCreated, m.show("failed"))
		return
	}
	answer(w, http.StatusCreated, m.show("queued"))
	go s.tell(m)
}

// refusal is the code with which a message is not taken, 0 if it is.
func refusal(m *message, validity string) int {
	own := map[string]int{"+15005550001": 21211, "+15005550002": 21612, "+15005550003": 21408, "+15005550004": 21610, "+15005550009": 21614}
	senders := map[string]int{"+15005550001": 21212, "+15005550007": 21606, "+15005550008": 21611}
	seconds, err := strconv.Atoi(validity)
	switch {
	case m.token == "no-money", m.token == "suspended":
		return suspended
	case m.to == "":
		return 21604
	case !strings.HasPrefix(m.to, "+") || len(m.to) < 9 || len(m.to) > 16:
		return 21211
	case m.body == "":
		return 21602
	case len([]rune(m.body)) > 1600:
		return 21617
	case m.from == "" && m.service == "":
		return 21603
	case validity != "" && (err != nil || seconds < 1 || seconds > 36000):
		return 21624
	case own[m.to] != 0:
		return own[m.to]
	case senders[m.from] != 0:
		return senders[m.from]
	}
	if code := ending(m.to); code >= 20001 && code <= 21999 {
		return code
	}
	return 0
}

// ending is the last five digits of a number.
func ending(phone string) int {
	n, _ := strconv.Atoi(phone[max(0, len(phone)-5):]) // 0 is no code
	return n
}

// course is which states the message goes through, and the code of the last one.
func course(to string) (states []string, code string) {
	n := ending(to)
	switch {
	case n == 206:
		return []string{"failed"}, "30008"
	case n >= 30001 && n <= 30999:
		return []string{"queued", "sent", "undelivered"}, strconv.Itoa(n)
	}
	return []string{"queued", "sent", "delivered"}, ""
}

// odd answers for the numbers that make Twilio misbehave.
func odd(w http.ResponseWriter, m *message) bool {
	switch ending(m.to) {
	case 201:
		shown := m.show("queued")
		shown["to"] = "+79991234567"
		answer(w, http.StatusCreated, shown)
	case 202:
		shown := m.show("queued")
		delete(shown, "sid")
		answer(w, http.StatusCreated, shown)
	case 203:
		_, _ = io.WriteString(w, "<html><body>Maintenance</body></html>")
	case 204:
		w.WriteHeader(http.StatusNoContent)
	case 205:
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, `{"sid":"`+m.sid+`","sta`)
	default:
		return false
	}
	return true
}

func (s *switchboard) fetch(w http.ResponseWriter, r *http.Request, c caller) {
	id, isJSON := strings.CutSuffix(r.PathValue("message"), ".json")
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.messages[id]
	if m == nil || !isJSON || m.account != c.account {
		refuse(w, 20404)
		return
	}
	state := m.states[0]
	if len(m.states) > 1 {
		m.states = m.states[1:]
	}
	answer(w, http.StatusOK, m.show(state))
}

// show is the message as Twilio shows it: counts are strings, and the price comes with the end.
func (m *message) show(state string) map[string]any {
	shown := map[string]any{
		"sid": m.sid, "account_sid": m.account, "api_version": "2010-04-01", "to": m.to, "from": nil, "body": m.body,
		"messaging_service_sid": nil, "status": state, "direction": "outbound-api", "num_segments": "1", "num_media": "0",
		"price": nil, "price_unit": nil, "error_code": nil, "error_message": nil, "date_sent": nil,
		"date_created": m.at.UTC().Format(time.RFC1123Z), "date_updated": m.at.UTC().Format(time.RFC1123Z),
		"uri": "/2010-04-01/Accounts/" + m.account + "/Messages/" + m.sid + ".json",
	}
	if m.from != "" {
		shown["from"] = m.from
	}
	if m.service != "" {
		shown["messaging_service_sid"] = m.service
	}
	switch state {
	case "delivered":
		shown["price"], shown["price_unit"] = "-0.00750", "USD"
	case "undelivered", "failed":
		code, _ := strconv.Atoi(m.code) // always a number
		shown["error_code"], shown["error_message"] = code, "Simulated error"
	}
	return shown
}
