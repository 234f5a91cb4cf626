// Package aggregator plays four aggregators that have no provider of their own: P1SMS, Prostor-SMS,
// TargetSMS and Eskiz. They are what examples/http-providers describes for the provider “http”; its
// setting base_url leads their calls here.
//
//	P1SMS      /apiSms/create  /apiSms/getUserBalanceInfo
//	Prostor    /messages/v2/send/  /messages/v2/balance/
//	TargetSMS  /sendsmsjson.php
//	Eskiz      /api/auth/login  /api/message/sms/send  /api/user/get-limit
//
// Keys and passwords are taken as they come, but for these:
//
//	wrong     the log-in is refused
//	no-money  there is nothing on the account
//	expires   Eskiz only: each token holds for one call
//
// The last four digits of the recipient's number choose the answer:
//
//	0202  not a number        0207  success, but for another number
//	0209  on the stop list    0200  a web page with 200
//	0221  sender not known    0204  204 without a body
//	0402  no money            0206  an answer that is cut in the middle
//	0429  429, Retry-After 7  0500  500    0503  503
//
// Any other number is accepted. What the vendors' answers look like is from providers.md, section 7,
// and from public clients; where that is silent the form is a guess, which the example says, too.
package aggregator

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/orderbell/orderbell/sdk/sdktest/operators"
)

// maxBody is the longest request taken; in bytes.
const maxBody = 1 << 20

// house is all four of them.
type house struct {
	opts operators.Options
	now  func() time.Time
	log  func(format string, args ...any)

	mu     sync.Mutex
	last   int             // of the ids given out
	tokens map[string]bool // of Eskiz: true means for one call only
}

// New returns the simulator. It makes no callbacks: the provider “http” takes none.
func New(opts operators.Options) http.Handler {
	h := &house{opts: opts, now: opts.Now, log: opts.Log, tokens: map[string]bool{}}
	if h.now == nil {
		h.now = time.Now //nolint:forbidigo // the default of operators.Options
	}
	if h.log == nil {
		h.log = func(string, ...any) {}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/apiSms/create", h.p1Create)
	mux.HandleFunc("/apiSms/getUserBalanceInfo", h.p1Balance)
	mux.HandleFunc("/messages/v2/send/", h.prostorSend)
	mux.HandleFunc("/messages/v2/balance/", h.prostorBalance)
	mux.HandleFunc("/sendsmsjson.php", h.target)
	mux.HandleFunc("/api/auth/login", h.eskizLogin)
	mux.HandleFunc("/api/message/sms/send", h.eskizSend)
	mux.HandleFunc("/api/user/get-limit", h.eskizBalance)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.log("%s %s", r.Method, r.URL.Path)
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		mux.ServeHTTP(w, r)
	})
}

func (h *house) next() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last++
	return 1000 + h.last
}

// disturbed answers for the numbers that make any vendor misbehave alike.
func disturbed(w http.ResponseWriter, phone string) bool {
	switch ending(phone) {
	case "0200":
		w.Header().Set("Content-Type", "text/html")
		say(w, "<html><body>Technical works</body></html>")
	case "0204":
		w.WriteHeader(http.StatusNoContent)
	case "0206":
		say(w, `{"status":"succ`)
	case "0429":
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusTooManyRequests)
	case "0500":
		w.WriteHeader(http.StatusInternalServerError)
	case "0503":
		w.WriteHeader(http.StatusServiceUnavailable)
	default:
		return false
	}
	return true
}

// ending is the last four digits of a number.
func ending(phone string) string { return phone[max(0, len(phone)-4):] }

func say(w io.Writer, text string) { _, _ = io.WriteString(w, text) }

func sayJSON(w http.ResponseWriter, status int, format string, args ...any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	say(w, fmt.Sprintf(format, args...))
}

// read decodes a JSON request; it answers by itself when that fails.
func read(w http.ResponseWriter, r *http.Request, into any) bool {
	if r.Method != http.MethodPost || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		w.WriteHeader(http.StatusMethodNotAllowed)
		return false
	}
	if json.NewDecoder(r.Body).Decode(into) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return false
	}
	return true
}

func digits(phone string) bool { return phone != "" && strings.Trim(phone, "0123456789") == "" }
