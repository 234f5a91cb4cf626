package main

import (
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/sdktest"
)

const accepted = `{"status":"OK","status_code":100,"sms":{"79990000001":{"status":"OK","status_code":100,"sms_id":"202648-1"}}}`

// status answers with an HTTP status and headers, "name: value".
func status(code int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for _, h := range headers {
			name, value, _ := strings.Cut(h, ": ")
			w.Header()[name] = []string{value}
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

// torn writes bytes into the connection as they are and resets it.
func torn(raw string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		_, _ = io.WriteString(conn, raw)
		if tcp, ok := conn.(*net.TCPConn); ok && raw == "" {
			_ = tcp.SetLinger(0)
		}
		_ = conn.Close()
	}
}

func TestWhatTheNetworkMakesOfAnAnswer(t *testing.T) {
	t.Parallel()
	const date = "Date: Tue, 24 Nov 2026 12:00:00 GMT"
	tests := []struct {
		name    string
		handler http.HandlerFunc
		want    string
		wait    time.Duration
	}{
		{"a reset before the answer", torn(""), "UNKNOWN_OUTCOME", 0},
		{"a close before the answer", torn("\r\n"), "UNKNOWN_OUTCOME", 0},
		{"the head is cut", torn("HTTP/1.1 200 OK\r\nContent-Le"), "UNKNOWN_OUTCOME", 0},
		{"the body is cut", torn("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + accepted), "UNKNOWN_OUTCOME", 0},
		{"chunks without an end", torn("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"sta\r\n"), "UNKNOWN_OUTCOME", 0},
		{"a close after the whole body", torn(fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(accepted), accepted)), "accepted 202648-1", 0},
		{"a body that ends with the connection", torn("HTTP/1.1 200 OK\r\n\r\n" + accepted), "accepted 202648-1", 0},
		{"no HTTP at all", torn("220 mail.example ESMTP\r\n"), "UNKNOWN_OUTCOME", 0},
		{"201 with the answer", status(201, accepted), "accepted 202648-1", 0},
		{"204", status(204, ""), "INTERNAL", 0},
		{"200 without a body", status(200, ""), "INTERNAL", 0},
		{"a login page", status(200, "<!DOCTYPE html><form>", "Content-Type: text/html"), "INTERNAL", 0},
		{"the answer under the wrong type", status(200, accepted, "Content-Type: text/html"), "accepted 202648-1", 0},
		{"a BOM", status(200, "\ufeff"+accepted), "accepted 202648-1", 0},
		{"words in windows-1251", status(200, strings.Replace(accepted, `"sms_id"`, "\"status_text\":\"\xcf\xf0\xe8\",\"sms_id\"", 1)), "accepted 202648-1", 0},
		{"two answers", status(200, accepted+accepted), "INTERNAL", 0},
		{"a list", status(200, "["+accepted+"]"), "INTERNAL", 0},
		{"10 MB", endless(10 << 20), "INTERNAL", 0},
		{"a gzip bomb", bomb, "INTERNAL", 0},
		{"a deep nest", status(200, strings.Repeat("[", 100_000)), "INTERNAL", 0},
		{"to another host", status(302, "", "Location: http://192.0.2.1/sms/send"), "INTERNAL 302", 0},
		{"to another host, with the form", status(307, "", "Location: http://192.0.2.1/sms/send"), "INTERNAL 307", 0},
		{"in a circle", status(307, "", "Location: /sms/send"), "UNKNOWN_OUTCOME 307", 0},
		{"to a page of the same host", redirected("<html>"), "INTERNAL", 0},
		{"304", status(304, ""), "INTERNAL 304", 0},
		{"400", status(400, "bad"), "INTERNAL 400", 0},
		{"401", status(401, ""), "UNAUTHORIZED 401", 0},
		{"402", status(402, ""), "NO_MONEY 402", 0},
		{"403 of a firewall", status(403, "<html>"), "UNAUTHORIZED 403", 0},
		{"404", status(404, ""), "INTERNAL 404", 0},
		{"408", status(408, ""), "UNKNOWN_OUTCOME 408", 0},
		{"413", status(413, ""), "INTERNAL 413", 0},
		{"429 with seconds", status(429, "", "Retry-After: 7"), "RATE_LIMITED 429", 7 * time.Second},
		{"429 with a date", status(429, "", "Retry-After: Tue, 24 Nov 2026 12:01:00 GMT", date), "RATE_LIMITED 429", time.Minute},
		{"429 with nonsense", status(429, "", "Retry-After: soon"), "RATE_LIMITED 429", 0},
		{"429 for a year", status(429, "", "Retry-After: 31536000"), "RATE_LIMITED 429", 24 * time.Hour},
		{"500", status(500, ""), "UNKNOWN_OUTCOME 500", 0},
		{"502", status(502, "<html>"), "UNKNOWN_OUTCOME 502", 0},
		{"503", status(503, "", "Retry-After: 5"), "UNAVAILABLE 503", 5 * time.Second},
		{"504", status(504, ""), "UNKNOWN_OUTCOME 504", 0},
		{"520", status(520, ""), "UNKNOWN_OUTCOME 520", 0},
		{"521", status(521, ""), "UNAVAILABLE 521", 0},
		{"524", status(524, ""), "UNKNOWN_OUTCOME 524", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(test.handler)
			t.Cleanup(server.Close)
			log := &lockedBuffer{}
			c := sdktest.Serve(t, provider(), log, clock)
			sdktest.Open(t, c, "main", map[string]string{"api_id": key, "base_url": server.URL}, server.Listener.Addr().String())
			o := send(t, c, message(1))[0]
			if got := shape([]sdk.Outcome{o}); got[0] != "m1 "+test.want {
				t.Errorf("got %v, want %s", got, test.want)
			}
			if f := o.Failure; f != nil && (f.RetryAfter != test.wait || len(f.Raw) > 2048) {
				t.Errorf("got %v to wait and %d bytes kept, want %v and at most 2048", f.RetryAfter, len(f.Raw), test.wait)
			}
			if strings.Contains(log.String(), key) {
				t.Errorf("the log holds the api_id: %s", log)
			}
		})
	}
}

func endless(size int64) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, accepted+strings.Repeat(" ", int(size)))
	}
}

func bomb(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Encoding", "gzip")
	packed := gzip.NewWriter(w)
	_, _ = io.WriteString(packed, strings.Repeat(" ", 20<<20)+accepted)
	_ = packed.Close()
}

func redirected(page string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/sms/send" {
			http.Redirect(w, r, "/?panel=login", http.StatusFound)
			return
		}
		_, _ = io.WriteString(w, page)
	}
}

// TestNoAnswerTakesTheKeyAlong lets the operator repeat the form, and with it the api_id, in all that
// a failure keeps.
func TestNoAnswerTakesTheKeyAlong(t *testing.T) {
	t.Parallel()
	echo := func(path string, form url.Values) string {
		switch path {
		case "/sms/cost":
			return ok(`,"sms":{"79990000001":{"status":"ERROR","status_code":207,"status_text":"` + form.Encode() + `"}}`)
		case "/sms/status", "/my/balance":
			return `{"status":"ERROR","status_code":500,"status_text":"` + form.Get("api_id") + `"}`
		case "/my/limit":
			return "<html>" + form.Encode()
		case "/my/senders":
			return ok(`,"senders":["` + form.Get("api_id") + `"]`)
		}
		return ok(``)
	}
	c, _, _ := setup(t, echo, "from", "Cafe")
	prices, err := c.Estimate(t.Context(), "main", 1, []sdk.Message{message(1)})
	texts := fmt.Sprint(err)
	for _, p := range prices {
		texts += p.Failure.Error() + p.Failure.Raw
	}
	found, err := c.Check(t.Context(), "main", 1)
	texts += fmt.Sprint(findings(found), err)
	_, err = c.Lookup(t.Context(), "main", 1, []sdk.Query{{ProviderID: "a"}})
	texts += fmt.Sprint(err)
	_, err = c.Balance(t.Context(), "main", 1)
	texts += fmt.Sprint(err)
	if strings.Contains(texts, key) || !strings.Contains(texts, "•••") {
		t.Errorf("the api_id got out, or nothing at all: %s", texts)
	}
}
