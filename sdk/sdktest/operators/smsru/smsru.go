// Package smsru plays sms.ru, as its pages sms/send, sms/cost, sms/status, my, callback and stoplist
// and recorded traffic describe it: HTTP 200 whatever happens, an OK at the top above recipients that
// all failed, numbers as strings, null for 0, keys that are missing, the filter of equal texts, and
// delivery reports signed with the api_id. What it knows is kept in memory.
//
// Every api_id opens an account of its own with 1000 roubles, the sender names Orderbell and Cafe, a
// daily limit of 1000 and a price of 4.20 a segment. These make trouble:
//
//	wrong-key      200 to every call       unconfirmed    302 to every call
//	token-expired  300 (address changed)   maintenance    220 to every call
//	bad-login      301 to every call       server-error   500 to every call
//	no-money       nothing on the account, 201 to each sending
//	no-sender      no sender name, 221 with an sms_id for each recipient
//	day-limit      two messages a day, then 206
//
// The last four digits of a number choose what becomes of the message:
//
//	0CCC, CCC from 200   refused with code CCC, whether sms.ru knows it or not
//	1CCC, CCC from 100   accepted; its last state is CCC (1104 expires, 1102 stays in transit)
//	1999                 accepted; asked for later, its id is not found
//	2001                 left out of the answer to a sending
//	2002                 answered for under another number
//	2003                 accepted without an sms_id
//	2004                 code as a string, sms_id as a number
//	2005                 its entry is a word
//	2006                 keyed by ten digits
//	2007                 keyed by a number that begins with 8
//	3001 … 3011          accepted, but the answer is: a web page, nothing, 204, cut JSON, JSON after
//	                     a BOM, a reset connection, a reset in the middle, silence, 12 MB, a
//	                     redirect to another host, text in place of JSON
//	3CCC, CCC from 400   not accepted, HTTP status CCC (3429 and 3503 with Retry-After: 30)
//	4001 … 4010          accepted, but its delivery report: has a wrong hash, has no hash, comes
//	                     twice, comes in the wrong order, also names a message that does not exist,
//	                     is URL-encoded instead of multipart, comes among other kinds of records,
//	                     comes as the last of twelve records in the order 0 1 10 11 2 …, is a plain
//	                     field "data", is signed by MD5
//
// Any other number is accepted and delivered.
package smsru

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/orderbell/orderbell/sdk/sdktest/operators"
)

// Simulator answers sms.ru's calls. It is safe for use by several goroutines.
type Simulator struct {
	options operators.Options
	client  *http.Client
	ctx     context.Context // ends with Close
	stop    context.CancelFunc
	work    sync.WaitGroup // reports on their way

	mu       sync.Mutex
	accounts map[string]*account // by api_id
	number   int                 // of the last sms_id
	queue    []report

	posting sync.Mutex // one Flush at a time, so that reports keep their order
}

// New returns a simulator. Close it when it is no longer served.
func New(options operators.Options) *Simulator {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Log == nil {
		options.Log = func(string, ...any) {}
	}
	ctx, stop := context.WithCancel(context.Background())
	return &Simulator{
		options: options, client: &http.Client{Transport: &http.Transport{}, Timeout: postTimeout}, ctx: ctx, stop: stop,
		accounts: map[string]*account{}, number: 1000000,
	}
}

// Wait returns when every report that is due has been posted once.
func (s *Simulator) Wait() { s.work.Wait() }

// Close ends posting. It is called once no call is answered any more.
func (s *Simulator) Close() error {
	s.stop()
	s.work.Wait()
	s.client.CloseIdleConnections()
	return nil
}

// maxRequest is more than a hundred long texts take, in bytes.
const maxRequest = 4 << 20

// ServeHTTP answers one call; parameters may be in the address, in a form, or in both.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxRequest)
	var a answer
	if err := parse(r); err != nil {
		a = refused(codeUnknownMethod)
	} else {
		a = s.answer(r.URL.Path, r.Form)
	}
	s.options.Log("%s %s: %d", r.Method, r.URL.Path, a.code)
	if a.reports {
		s.work.Go(s.Flush)
	}
	a.write(w, r, r.Form.Get("json") == "1")
}

func parse(r *http.Request) error {
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		return r.ParseMultipartForm(maxRequest) //nolint:gosec // the body is bounded
	}
	return r.ParseForm()
}

func (s *Simulator) answer(path string, form url.Values) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, refusal := s.login(form)
	if refusal != 0 {
		return refused(refusal)
	}
	call, known := map[string]func(*account, url.Values) answer{
		"/auth/check":   func(*account, url.Values) answer { return done() },
		"/sms/send":     s.send,
		"/sms/cost":     s.cost,
		"/sms/status":   s.status,
		"/my/balance":   s.balance,
		"/my/limit":     s.limit,
		"/my/free":      func(*account, url.Values) answer { return done(pair{"total_free", 5}, pair{"used_today", nil}) },
		"/my/senders":   s.senders,
		"/callback/add": s.callbackAdd,
		"/callback/del": s.callbackDel,
		"/callback/get": s.callbackGet,
		"/stoplist/add": s.stopAdd,
		"/stoplist/del": s.stopDel,
		"/stoplist/get": s.stopGet,
	}[path]
	if !known {
		return refused(codeUnknownMethod)
	}
	return call(a, form)
}
