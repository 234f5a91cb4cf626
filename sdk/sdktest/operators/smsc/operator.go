// Package smsc plays the HTTP interface of SMSC (smsc.ru and the sites on the same engine), so that
// everything can be tried without an account: /sys/send.php, /sys/status.php, /sys/balance.php and
// the delivery reports. It answers as the operator does: HTTP 200 with an error in the body, money as
// strings, windows-1251 and plain text unless charset=utf-8 and fmt=3 are asked for, a filter of
// identical requests, a block of callers that keep getting the login wrong.
//
// Any login with a password, or an API key, is good. These passwords and keys are magic:
//
//	wrong        error 2; the fifth within 30 minutes blocks everybody for 30 minutes (error 4)
//	no-money     error 3 for sending, a balance of 0.00
//	blocked      error 4 for everything
//	busy         error 9 for everything
//	maintenance  HTTP 503
//	page         an HTML page with HTTP 200
//	empty        an empty answer with HTTP 200
//	cut          an answer that ends in the middle
//	marked       a byte order mark in front of the answer
//	swapped      numbers where strings belong and the other way round
//	bare         only the keys that must be there: no phones, cost and balance
//
// The last four digits of a phone number choose what becomes of a message:
//
//	01NN  the request is refused with error NN: 0103 no money, 0108 no delivery, 0109 duplicate …
//	02NN  it is taken, but its entry in phones has the status NN: 0222 … 0225
//	03NN  it is taken and ends with the status NN: 0303 expired, 0320 undeliverable …
//	1EEE  it is taken and ends undeliverable (20) with err EEE: 1006 off, 1248 no route …
//	0401  it is taken, but the connection ends before the answer
//	0402  the connection ends and it is not taken: its status is -3
//	0403  the answer is about another number
//	0404  its delivery reports are signed with another secret
//	0405  its delivery reports come twice, the last one first
//	0406  its delivery reports are not signed
//
// All others are delivered. A message is queued (-1) for 2 seconds of the clock, handed over (0) until
// 5 seconds, and then has its end. Delivery reports do not wait for that: they are posted right after
// the answer, signed with the secret word CallbackSecret.
package smsc

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/orderbell/orderbell/sdk/sdktest/operators"
)

// CallbackSecret is the secret word of the simulated cabinet.
const CallbackSecret = "simulated-word"

// What the simulator counts with.
const (
	startBalance = 100000 // kopecks
	price        = 144    // kopecks a segment
	filterWindow = time.Minute
	blockWindow  = 30 * time.Minute
	blockAfter   = 5 // failed logins within blockWindow
	sameQueries  = 5 // identical questions within filterWindow
)

// operator is the simulated SMSC.
type operator struct {
	options operators.Options
	client  *http.Client

	mu       sync.Mutex
	balance  int // kopecks
	next     int // the next id of the operator's own
	messages map[key]message
	sends    map[string]time.Time   // identical sendings, when last
	asked    map[string][]time.Time // identical questions, when
	failures []time.Time            // of logins
	blocked  time.Time              // until when
}

// key is what SMSC knows a message by.
type key struct {
	phone, id string
}

type message struct {
	at    time.Time
	end   int // its last status
	cause int // err
	cost  int // kopecks
	parts int
}

// New returns a simulator with a balance of 1000.00.
func New(options operators.Options) http.Handler {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Log == nil {
		options.Log = func(string, ...any) {}
	}
	o := &operator{
		options: options, client: &http.Client{Timeout: 5 * time.Second}, balance: options.Funds(startBalance), next: 1001,
		messages: map[key]message{}, sends: map[string]time.Time{}, asked: map[string][]time.Time{},
	}
	mux := http.NewServeMux()
	for path, handle := range map[string]func(*http.Request) result{
		"/sys/send.php": o.send, "/sys/status.php": o.status, "/sys/balance.php": o.money,
	} {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) { o.serve(w, r, handle) })
	}
	return mux
}

// serve does what all calls have in common: the login and the magic passwords.
func (o *operator) serve(w http.ResponseWriter, r *http.Request, handle func(*http.Request) result) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "bad form", http.StatusBadRequest)
		return
	}
	password := r.Form.Get("psw")
	if r.Form.Get("login") == "" || password == "" {
		password = r.Form.Get("apikey")
	}
	o.mu.Lock()
	answer, refused := o.login(password)
	o.mu.Unlock()
	if !refused {
		answer = handle(r)
	}
	o.options.Log("%s %s: %s", r.Method, r.URL.Path, answer.summary())
	if answer.after != nil {
		defer func() { go answer.after() }() // also when the connection ends without the answer
	}
	answer.write(w, r, password)
}

// login refuses a bad or blocked caller.
func (o *operator) login(password string) (result, bool) {
	now := o.options.Now()
	switch {
	case now.Before(o.blocked), password == "blocked":
		return refuse(4), true
	case password == "busy":
		return refuse(9), true
	case password != "wrong" && password != "":
		return result{}, false
	}
	o.failures = append(recent(o.failures, now, blockWindow), now)
	if len(o.failures) >= blockAfter {
		o.blocked = now.Add(blockWindow)
		o.failures = nil
	}
	return refuse(2), true
}

// recent drops the times that are older than window.
func recent(times []time.Time, now time.Time, window time.Duration) []time.Time {
	var kept []time.Time
	for _, t := range times {
		if now.Sub(t) < window {
			kept = append(kept, t)
		}
	}
	return kept
}

// tooOften counts an identical question about a price or a status.
func (o *operator) tooOften(question string) bool {
	now := o.options.Now()
	o.asked[question] = append(recent(o.asked[question], now, filterWindow), now)
	return len(o.asked[question]) > sameQueries
}

// money answers balance.php.
func (o *operator) money(r *http.Request) result {
	o.mu.Lock()
	defer o.mu.Unlock()
	balance := o.balance
	if r.Form.Get("psw") == "no-money" || r.Form.Get("apikey") == "no-money" {
		balance = 0
	}
	fields := []field{{"balance", amount(balance)}}
	if r.Form.Get("cur") == "1" {
		fields = append(fields, field{"currency", "RUB"})
	}
	return result{fields: fields}
}

// amount writes kopecks as the operator writes roubles.
func amount(kopecks int) string { return fmt.Sprintf("%d.%02d", kopecks/100, kopecks%100) }

// digits is how the operator writes a number.
func digits(phone string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, phone)
}

// tail returns the last four digits as a number, -1 if there are not as many.
func tail(phone string) int {
	number := digits(phone)
	if len(number) < 4 {
		return -1
	}
	var n int
	_, _ = fmt.Sscanf(number[len(number)-4:], "%d", &n) // four digits always scan
	return n
}
