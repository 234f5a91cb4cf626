package sdk

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// maxAnswer caps an operator's answer; in bytes. No answer to a message comes near it.
const maxAnswer = 1 << 20

// maxRetryAfter caps what an operator may ask for.
const maxRetryAfter = 24 * time.Hour

// Option adds to a request of PostForm, PostJSON or Get.
type Option func(*http.Request)

// Header sets a header.
func Header(name, value string) Option {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

// Bearer authorises by a token.
func Bearer(token Secret) Option {
	return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+string(token)) }
}

// BasicAuth authorises by login and password.
func BasicAuth(login string, password Secret) Option {
	return func(r *http.Request) { r.SetBasicAuth(login, string(password)) }
}

// StatusError is an answer with an HTTP status outside 200 … 299. It is the cause of the Failure
// that the helpers return; take it with errors.As where the operator explains itself in the body.
type StatusError struct {
	Status int
	Header http.Header
	Body   []byte // at most 1 MiB
}

// Error names the status.
func (e *StatusError) Error() string {
	return strings.TrimSpace(fmt.Sprintf("HTTP %d %s", e.Status, http.StatusText(e.Status)))
}

// PostForm posts a form and reads the answer into reply: a *string or *[]byte takes the body as it
// is, nil drops it, anything else is decoded from JSON. Secrets belong into the form, never into the
// address: errors and other people's logs show addresses.
//
// The error is always a *Failure:
//   - Unavailable when the request certainly did not leave (no connection, not one byte written),
//     and for 503 and its relatives;
//   - UnknownOutcome when it may have been read: time-out, reset, broken-off answer, 500, 502, 504;
//   - Unauthorized for 401 and 403, NoMoney for 402, RateLimited for 429 (with Retry-After);
//   - Internal for an answer that is not understood; it is kept in Failure.Raw.
func PostForm(ctx context.Context, client *http.Client, address string, form url.Values, reply any, options ...Option) error {
	options = append([]Option{Header("Content-Type", "application/x-www-form-urlencoded")}, options...)
	return exchange(ctx, client, http.MethodPost, address, []byte(form.Encode()), reply, options)
}

// PostJSON is PostForm with a JSON body.
func PostJSON(ctx context.Context, client *http.Client, address string, body, reply any, options ...Option) error {
	encoded, err := json.Marshal(body)
	if err != nil {
		return Fail(Internal, "encode the request: %v", err)
	}
	options = append([]Option{Header("Content-Type", "application/json")}, options...)
	return exchange(ctx, client, http.MethodPost, address, encoded, reply, options)
}

// Get asks without a body. It is for operators who put the key into a header; an address with a
// secret in it must be posted instead. Like the others it makes one request and never a second one: net/http
// would repeat a GET whose connection breaks, and where a GET sends a text, it would go out twice.
func Get(ctx context.Context, client *http.Client, address string, reply any, options ...Option) error {
	return exchange(ctx, client, http.MethodGet, address, nil, reply, options)
}

func exchange(ctx context.Context, client *http.Client, method, address string, body []byte, reply any, options []Option) error {
	watch := &watch{}
	request, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, watch.trace()), method, address, bytes.NewReader(body))
	if err != nil || request.URL.User != nil {
		return Fail(Internal, "the operator's address cannot be used; it must be a plain https URL") // err would show it
	}
	if method == http.MethodGet {
		// With a body that cannot be had again net/http cannot repeat the request. This one is empty, and
		// net/http finds that out before it writes a header for it.
		request.Body, request.GetBody = io.NopCloser(strings.NewReader("")), nil
	}
	for _, option := range options {
		option(request)
	}
	response, err := client.Do(request)
	if err != nil {
		return watch.failure(request, response, err)
	}
	defer response.Body.Close() //nolint:errcheck // nothing to be done about it
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	keep(ctx, answer)
	if err != nil {
		return &Failure{Reason: UnknownOutcome, Detail: request.URL.Host + ": the answer broke off", Raw: string(answer), Cause: bare(err)}
	}
	if len(answer) > maxAnswer {
		return &Failure{Reason: Internal, Detail: request.URL.Host + ": the answer is over 1 MiB", Raw: string(answer)}
	}
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return statusFailure(request, response, answer)
	}
	return decode(request, answer, reply)
}

func decode(request *http.Request, answer []byte, reply any) error {
	switch into := reply.(type) {
	case nil:
		return nil
	case *string:
		*into = string(answer)
		return nil
	case *[]byte:
		*into = answer
		return nil
	}
	answer = bytes.TrimPrefix(answer, []byte("\ufeff"))
	if err := json.Unmarshal(answer, reply); err != nil {
		// The decoder's own words can quote the answer; they are of no help to an admin.
		return &Failure{Reason: Internal, Detail: request.URL.Host + ": the answer is not the JSON expected", Raw: string(answer), Cause: err}
	}
	return nil
}

func statusFailure(request *http.Request, response *http.Response, answer []byte) *Failure {
	cause := &StatusError{Status: response.StatusCode, Header: response.Header, Body: answer}
	f := &Failure{
		Detail: request.URL.Host + ": " + cause.Error(), Code: strconv.Itoa(response.StatusCode),
		Raw: string(answer), Cause: cause,
	}
	switch response.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		f.Reason = Unauthorized
	case http.StatusPaymentRequired:
		f.Reason = NoMoney
	case http.StatusTooManyRequests:
		f.Reason = RateLimited
		f.RetryAfter = retryAfter(response.Header)
	case http.StatusServiceUnavailable,
		521, 523, 525, 526: // what a CDN says when it did not reach the operator; 522 can also mean that the operator fell silent
		f.Reason = Unavailable
		f.RetryAfter = retryAfter(response.Header)
	case http.StatusRequestTimeout:
		f.Reason = UnknownOutcome
	default:
		f.Reason = Internal
		if response.StatusCode >= 500 {
			f.Reason = UnknownOutcome
		}
	}
	return f
}

// retryAfter reads seconds or a date, measured against the operator's own clock; 0 for anything odd.
func retryAfter(h http.Header) time.Duration {
	value := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(value); err == nil {
		return time.Duration(min(max(seconds, 0), int(maxRetryAfter.Seconds()))) * time.Second
	}
	at, err := http.ParseTime(value)
	now, err2 := http.ParseTime(h.Get("Date"))
	if err != nil || err2 != nil {
		return 0
	}
	return min(max(at.Sub(now), 0), maxRetryAfter)
}

// watch sees whether a byte of the request may have left.
type watch struct {
	mu      sync.Mutex
	conns   []watched
	headers bool // the headers were written into a connection that cannot count
}

type watched struct {
	conn *countedConn
	from int64 // bytes written before the request: the TLS handshake, earlier requests
}

func (w *watch) trace() *httptrace.ClientTrace {
	var uncounted bool
	return &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) {
			w.mu.Lock()
			defer w.mu.Unlock()
			conn := info.Conn
			if secured, ok := conn.(*tls.Conn); ok {
				conn = secured.NetConn()
			}
			counted, ok := conn.(*countedConn)
			if !ok {
				uncounted = true
				return
			}
			w.conns = append(w.conns, watched{counted, counted.written.Load()})
		},
		WroteHeaders: func() {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.headers = w.headers || uncounted
		},
	}
}

// left says whether a byte of the request may have left.
func (w *watch) left() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.conns {
		if c.conn.written.Load() > c.from {
			return true
		}
	}
	return w.headers
}

// failure says why a call has no answer that can be used. There is a response, without a body, only where a
// redirect was not followed.
func (w *watch) failure(request *http.Request, response *http.Response, err error) *Failure {
	f := &Failure{Reason: Unavailable, Cause: bare(err)}
	if response != nil {
		f.Code = strconv.Itoa(response.StatusCode)
		f.Raw = response.Status + ", Location: " + withoutQuery(response.Header.Get("Location"))
	}
	switch {
	case errors.Is(err, errOtherHost):
		f.Reason = Internal // somebody answered, but not in the operator's words
	case w.left():
		f.Reason = UnknownOutcome
	}
	f.Detail = request.URL.Host + ": " + plainWords(f.Cause)
	return f
}

// withoutQuery cuts an address where keys are often written.
func withoutQuery(address string) string {
	if end := strings.IndexAny(address, "?#"); end >= 0 {
		return address[:end]
	}
	return address
}

// bare takes off every *url.Error, which would print the address with its query.
func bare(err error) error {
	var wrapped *url.Error
	for errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return err
}

func plainWords(err error) string {
	var timeout interface{ Timeout() bool }
	if errors.Is(err, context.Canceled) {
		return "the call was cancelled"
	}
	if errors.As(err, &timeout) && timeout.Timeout() {
		return "no answer in time"
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "the connection was closed without an answer"
	}
	return err.Error()
}
