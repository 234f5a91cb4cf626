package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/sdktest"
)

const good = `{"id":1234,"cnt":1}`

// hijack writes raw bytes and closes the connection, with a reset if asked for.
func hijack(answer string, reset bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		_, _ = io.WriteString(conn, answer)
		if tcp, ok := conn.(*net.TCPConn); ok && reset {
			_ = tcp.SetLinger(0)
		}
		_ = conn.Close()
	})
}

func status(code int, body string, headers ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	})
}

func TestWhatTheNetworkDoes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		play http.Handler
		want string
	}{
		{"the connection ends before the answer", hijack("", false), "UNKNOWN_OUTCOME"},
		{"reset before the answer", hijack("", true), "UNKNOWN_OUTCOME"},
		{"reset inside the header", hijack("HTTP/1.1 200 OK\r\nConte", true), "UNKNOWN_OUTCOME"},
		{"it ends inside the body", hijack("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"+good, false), "UNKNOWN_OUTCOME"},
		{"it ends inside a chunk", hijack("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n"+good, false), "UNKNOWN_OUTCOME"},
		{"it ends after the body", hijack("HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\n"+good, false), "accepted 1234"},
		{"no HTTP", hijack("220 smtp ready\r\n", false), "UNKNOWN_OUTCOME"},
		{"204", status(204, ""), "INTERNAL"},
		{"201 with an answer", status(201, good), "accepted 1234"},
		{"10 MB", says(`{"id":1234,"cnt":1,"error":"` + strings.Repeat("x", 10<<20) + `"}`), "INTERNAL"},
		{"to the same address for ever", status(307, "", "Location", "/sys/send.php"), "UNKNOWN_OUTCOME 307"},
		{"to another host", status(307, "", "Location", "https://example.org/sys/send.php"), "INTERNAL 307"},
		{"to plain http elsewhere", status(301, "", "Location", "http://example.org/"), "INTERNAL 301"},
		{"to nowhere", status(302, ""), "UNKNOWN_OUTCOME"},
		{"400", status(400, "bad"), "INTERNAL 400"},
		{"401", status(401, password), "UNAUTHORIZED 401"},
		{"402", status(402, ""), "NO_MONEY 402"},
		{"403", status(403, "<html>"), "UNAUTHORIZED 403"},
		{"404", status(404, good), "INTERNAL 404"},
		{"408", status(408, ""), "UNKNOWN_OUTCOME 408"},
		{"413", status(413, ""), "INTERNAL 413"},
		{"429", status(429, "", "Retry-After", "7"), "RATE_LIMITED 429"},
		{"429 in a year", status(429, "", "Retry-After", "31536000"), "RATE_LIMITED 429"},
		{"429 with garbage", status(429, "", "Retry-After", "soon"), "RATE_LIMITED 429"},
		{"500 with a success in it", status(500, good), "UNKNOWN_OUTCOME 500"},
		{"502", status(502, "<html>"), "UNKNOWN_OUTCOME 502"},
		{"503", status(503, ""), "UNAVAILABLE 503"},
		{"504", status(504, ""), "UNKNOWN_OUTCOME 504"},
		{"520", status(520, ""), "UNKNOWN_OUTCOME 520"},
		{"521", status(521, ""), "UNAVAILABLE 521"},
		{"524", status(524, ""), "UNKNOWN_OUTCOME 524"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			second := httptest.NewServer(simulator(t))
			t.Cleanup(second.Close)
			c, d := setup(t, test.play, "backup_url", second.URL)
			// The second server is not allowed here: going there would be seen as UNAVAILABLE.
			got := send(t, c, message(1))
			if test.name == "to nowhere" && got.Failure != nil && got.Failure.Reason == sdk.Internal {
				return // what net/http makes of it is not for us to say
			}
			if shape(got) != test.want {
				t.Errorf("got %s, want %s (%+v)", shape(got), test.want, got.Failure)
			}
			if got.Failure != nil && got.Failure.RetryAfter > 24*time.Hour {
				t.Errorf("got a wait of %v", got.Failure.RetryAfter)
			}
			if strings.Contains(test.name, "for ever") && len(d.calls) > 5 {
				t.Errorf("followed %d times", len(d.calls))
			}
		})
	}
}

func TestASilentServerDoesNotHoldTheCallForEver(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	c, _ := setup(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	t.Cleanup(func() { close(release) })
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second) // the request must have left by then
	defer cancel()
	outcomes, err := c.Send(ctx, "main", 1, []sdk.Message{message(1)})
	if err != nil || shape(outcomes[0]) != "UNKNOWN_OUTCOME" {
		t.Errorf("got %v, %v", outcomes, err)
	}
}

// Nobody listens there. A port that a server of this test has left may be somebody's by now.
const closedAddress, closedToo = "127.0.0.1:1", "127.0.0.1:2"

func TestTheSecondServerStepsInWhenNothingHasLeft(t *testing.T) {
	t.Parallel()
	d := &desk{play: simulator(t)}
	server := httptest.NewServer(d)
	t.Cleanup(server.Close)
	dead, alive := closedAddress, server.Listener.Addr().String()
	log := &bytes.Buffer{}
	c := sdktest.Serve(t, provider(), log, clock)
	sdktest.Open(t, c, "main", map[string]string{
		"login": "cafe", "psw": password, "base_url": "http://" + dead + "/sys/", "backup_url": "http://" + alive + "/sys",
	}, dead, alive)
	for i := range 2 {
		if got := shape(send(t, c, message(i))); got != "accepted "+id(i) {
			t.Errorf("message %d: got %s", i, got)
		}
	}
	if n := strings.Count(log.String(), "was not reached"); len(d.calls) != 2 || n != 1 {
		t.Errorf("got %d calls and %d notices, want 2 and 1: the dead server is avoided for a while\n%s", len(d.calls), n, log)
	}
	if balance, err := c.Balance(t.Context(), "main", 1); err != nil || balance.Amount.Units != 997 {
		t.Errorf("balance: got %v, %v", balance, err)
	}
	clean(t, "the log", log.String())
}

func TestTheSecondServerIsNotAskedAfterAnAnswerOrAByte(t *testing.T) {
	t.Parallel()
	for name, play := range map[string]http.Handler{
		"503": status(503, ""), "reset": hijack("", true), "refused": says(`{"error":"x","error_code":2}`), "page": says("<html>"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first, second := &desk{play: play}, &desk{play: simulator(t)}
			one, two := httptest.NewServer(first), httptest.NewServer(second)
			t.Cleanup(one.Close)
			t.Cleanup(two.Close)
			c := sdktest.Serve(t, provider(), io.Discard, clock)
			sdktest.Open(t, c, "main", map[string]string{
				"login": "cafe", "psw": password, "base_url": one.URL, "backup_url": two.URL,
			}, one.Listener.Addr().String(), two.Listener.Addr().String())
			if got := send(t, c, message(1)); got.Accepted != nil || len(second.calls) > 0 {
				t.Errorf("got %s after %d calls of the second server", shape(got), len(second.calls))
			}
		})
	}
}

func TestTwoClosedServersAreUnavailable(t *testing.T) {
	t.Parallel()
	one, two := closedAddress, closedToo
	c := sdktest.Serve(t, provider(), io.Discard, clock)
	sdktest.Open(t, c, "main", map[string]string{
		"apikey": password, "base_url": "http://" + one, "backup_url": "http://" + two,
	}, one, two)
	for range 3 {
		if got := shape(send(t, c, message(1))); got != "UNAVAILABLE" {
			t.Errorf("got %s", got)
		}
	}
}

func TestTheOrderOfTheServers(t *testing.T) {
	t.Parallel()
	s := &servers{first: "a", second: "b"}
	now := clock()
	expect := func(want string) {
		t.Helper()
		if got := strings.Join(s.order(now), " "); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	expect("a b")
	s.unreached("a", now)
	expect("b a")
	now = now.Add(avoidFor)
	expect("a b")
	s.unreached("a", now)
	s.unreached("b", now)
	expect("a b")
	s.second = ""
	expect("a")
}
