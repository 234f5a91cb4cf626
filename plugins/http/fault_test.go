package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

// wire plays an operator below HTTP: for each connection it reads requests and does what the test
// says with the connection.
func wire(t *testing.T, do func(request *http.Request, number int, conn net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	var number atomic.Int64
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close() //nolint:errcheck // a test
				reader := bufio.NewReader(conn)
				for {
					request, err := http.ReadRequest(reader)
					if err != nil {
						return
					}
					_, _ = io.Copy(io.Discard, request.Body)
					do(request, int(number.Add(1)), conn)
				}
			}()
		}
	}()
	return listener.Addr().String()
}

func reset(conn net.Conn) {
	_ = conn.(*net.TCPConn).SetLinger(0)
	_ = conn.Close()
}

func TestBrokenConnections(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		do   func(conn net.Conn)
		want string
	}{
		{"reset before the answer", reset, "UNKNOWN_OUTCOME"},
		{"reset inside the header", func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nConte"); reset(c) }, "UNKNOWN_OUTCOME"},
		{"reset inside the body", func(c net.Conn) {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"status\":\"ok\",\"id\":1}")
			_ = c.Close()
		}, "UNKNOWN_OUTCOME"},
		{"closed after the body", func(c net.Conn) {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 22\r\n\r\n{\"status\":\"ok\",\"id\":1}")
			_ = c.Close()
		}, "accepted 1"},
		{"something that is not HTTP", func(c net.Conn) { _, _ = io.WriteString(c, "SSH-2.0-x\r\n\r\n"); _ = c.Close() }, "UNKNOWN_OUTCOME"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			address := wire(t, func(_ *http.Request, _ int, conn net.Conn) { test.do(conn) })
			c := open(t, "http://"+address, address, basic())
			if o := send(t, c, message()); shape(o) != test.want {
				t.Errorf("got %s (%v), want %s", shape(o), o.Failure, test.want)
			}
		})
	}
}

func TestAClosedOperatorIsUnavailable(t *testing.T) {
	t.Parallel()
	const address = "127.0.0.1:1" // nobody listens there; a port that was left may be somebody's by now
	c := open(t, "http://"+address, address, basic())
	if o := send(t, c, message()); shape(o) != "UNAVAILABLE" {
		t.Errorf("got %v", o.Failure)
	}
}

func TestASilentOperatorIsAnUnknownOutcomeWithinTheCallersTime(t *testing.T) {
	t.Parallel()
	stop := make(chan struct{})
	c, _ := setup(t, func(http.ResponseWriter, *http.Request) { <-stop }, basic())
	t.Cleanup(func() { close(stop) })
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second) // the request must have left by then
	defer cancel()
	outcomes, err := c.Send(ctx, "main", 1, []sdk.Message{message()})
	if err != nil || shape(outcomes[0]) != "UNKNOWN_OUTCOME" {
		t.Errorf("got %v, %v", outcomes, err)
	}
}

// get is a description by GET, with the switch.
func get() map[string]string {
	s := basic()
	s["method"], s["data_in_url"], s["url"] = "GET", "true", "https://api.example.org/{login}/send?v=1"
	return s
}

func TestGETPutsTheFieldsIntoTheAddressAndWarns(t *testing.T) {
	t.Parallel()
	c, d := setup(t, say(`{"status":"ok","id":1}`), get())
	if o := send(t, c, message()); shape(o) != "accepted 1" {
		t.Errorf("got %v", o.Failure)
	}
	want := "/cafe/send?v=1&key=canary-key-4711&text=%D0%97%D0%B0%D0%BA%D0%B0%D0%B7+%227%22+%26+%3C%D0%B3%D0%BE%D1%82%D0%BE%D0%B2%3E&to=79990000001"
	if got := d.calls()[0]; got.method != http.MethodGet || got.uri != want || got.body != "" {
		t.Errorf("got %s %s %q\nwant GET %s", got.method, got.uri, got.body, want)
	}
	found, err := c.Check(t.Context(), "main", 1)
	if err != nil || len(found) != 2 || found[0].Severity != sdk.SeverityWarning || found[0].Field != "data_in_url" {
		t.Errorf("Check: got %+v, %v, want a warning", found, err)
	}
}

func TestGETIsNotRepeatedWhenAConnectionBreaks(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	address := wire(t, func(_ *http.Request, number int, conn net.Conn) {
		asked.Add(1)
		if number == 1 {
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 22\r\n\r\n{\"status\":\"ok\",\"id\":1}")
			return
		}
		_ = conn.Close() // the text has gone out, the answer is lost
	})
	c := open(t, "http://"+address, address, get())
	if o := send(t, c, message()); shape(o) != "accepted 1" {
		t.Errorf("first: got %v", o.Failure)
	}
	if o := send(t, c, message()); shape(o) != "UNKNOWN_OUTCOME" || asked.Load() != 2 {
		t.Errorf("second: got %s after %d requests, want UNKNOWN_OUTCOME after 2", shape(o), asked.Load())
	}
}

func TestAnEndlessWayOfRedirectsHidesItsAddresses(t *testing.T) {
	t.Parallel()
	c, _ := setup(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.String(), http.StatusFound) }, get())
	o := send(t, c, message())
	if o.Failure == nil || o.Failure.Reason != sdk.UnknownOutcome {
		t.Errorf("got %+v, %v", o.Accepted, o.Failure)
	}
}

// tokens plays an operator with a log-in.
func tokens(t *testing.T, login, send http.HandlerFunc) (settings map[string]string, answer http.HandlerFunc) {
	t.Helper()
	s := basic()
	s["headers"], s["token_url"], s["token"] = "Authorization: Bearer {token}", "https://api.example.org/login", "$.token"
	s["token_body"] = "u={login}\np={password}"
	return s, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/login" {
			login(w, r)
			return
		}
		send(w, r)
	}
}

func TestAFailedLogInIsNeverAnUnknownOutcome(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		login http.HandlerFunc
		want  string
	}{
		{"refused", status(401, ""), "UNAUTHORIZED 401"},
		{"refused as unprocessable", status(422, `{"email":"bad"}`), "UNAUTHORIZED 422"},
		{"without a token", say(`{"token":null}`), "UNAUTHORIZED"},
		{"a token that a header cannot carry", say(`{"token":"a\r\nb"}`), "UNAUTHORIZED"},
		{"a web page", say(`<html>`), "UNAUTHORIZED"},
		{"broken", status(500, ""), "UNAVAILABLE 500"},
		{"overloaded", status(503, ""), "UNAVAILABLE 503"},
		{"too often", status(429, ""), "RATE_LIMITED 429"},
		{"hung up", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "UNAVAILABLE"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, answer := tokens(t, test.login, say(`{"status":"ok","id":1}`))
			c, d := setup(t, answer, s)
			if o := send(t, c, message()); shape(o) != test.want || len(d.calls()) != 1 {
				t.Errorf("got %s (%v) after %d calls, want %s after 1", shape(o), o.Failure, len(d.calls()), test.want)
			}
		})
	}
}

func TestManyMessagesShareOneLogIn(t *testing.T) {
	t.Parallel()
	var logins atomic.Int64
	s, answer := tokens(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(w, `{"token":"token-%d"}`, logins.Add(1))
	}, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer token-2" { // the first one has just expired
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = io.WriteString(w, `{"status":"ok","id":1}`)
	})
	c, _ := setup(t, answer, s)
	var batch []sdk.Message
	for i := range 40 {
		m := message()
		m.ID = fmt.Sprint("m", i)
		batch = append(batch, m)
	}
	outcomes, err := c.Send(t.Context(), "main", 1, batch)
	if err != nil || logins.Load() != 2 {
		t.Errorf("got %v with %d log-ins, want 2", err, logins.Load())
	}
	for _, o := range outcomes {
		if shape(o) != "accepted 1" {
			t.Errorf("%s: got %v", o.ID, o.Failure)
		}
	}
}

func TestATokenThatStaysRefusedIsRefusedAndHidden(t *testing.T) {
	t.Parallel()
	var count atomic.Int64
	s, answer := tokens(t, say(`{"token":"token-canary-4711"}`), func(w http.ResponseWriter, r *http.Request) {
		count.Add(1)
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, "no such "+r.Header.Get("Authorization"))
	})
	c, _ := setup(t, answer, s)
	f := send(t, c, message()).Failure
	if f == nil || f.Reason != sdk.Unauthorized || count.Load() != 2 || strings.Contains(f.Raw+f.Detail, "token-canary") || f.Raw == "" {
		t.Errorf("got %+v (%s) after %d calls, want UNAUTHORIZED without the token", f, f.Raw, count.Load())
	}
}

func TestLoginAndPasswordInOneAreHidden(t *testing.T) {
	t.Parallel()
	s := basic()
	s["headers"] = "Authorization: Basic {basic}"
	c, d := setup(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, "you said "+r.Header.Get("Authorization")+" and "+key)
	}, s)
	f := send(t, c, message()).Failure // send looks for the secrets
	if login, secret, ok := (&http.Request{Header: d.calls()[0].header}).BasicAuth(); !ok || login != "cafe" || secret != password {
		t.Errorf("got %q, %q", login, secret)
	}
	if f == nil || !strings.HasPrefix(f.Raw, "you said Basic •••") {
		t.Errorf("got %+v", f)
	}
}

func TestBalances(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, answer, want string }{
		{"a number", `{"b":4122.56}`, "4122.56 RUB"},
		{"a text with a comma", `{"b":"1 234,5"}`, "1234.50 RUB"},
		{"less than nothing", `{"b":-0.1}`, "-0.10 RUB"},
		{"null", `{"b":null}`, "INTERNAL"},
		{"an object", `{"b":{}}`, "INTERNAL"},
		{"words", `{"b":"plenty"}`, "INTERNAL"},
		{"a known error", `{"status":"poor"}`, "NO_MONEY"},
		{"a web page", `<html>`, "INTERNAL"},
		{"nothing", ``, "INTERNAL"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := basic()
			s["balance_url"], s["balance"], s["balance_body"] = "https://api.example.org/balance", "$.b", "key={key}"
			c, d := setup(t, say(test.answer), s)
			balance, err := c.Balance(t.Context(), "main", 1)
			got := balance.Amount.String()
			if err != nil {
				got = string(sdk.AsFailure(err, "no failure").Reason)
			}
			if got != test.want || d.calls()[0].body != "key="+key || d.calls()[0].uri != "/balance" {
				t.Errorf("%s: got %s (%v), want %s", test.answer, got, err, test.want)
			}
		})
	}
	c, _ := setup(t, say(""), basic())
	if _, err := c.Balance(t.Context(), "main", 1); sdk.AsFailure(err, "").Reason != sdk.Unsupported {
		t.Errorf("without a description: got %v, want UNSUPPORTED", err)
	}
}
