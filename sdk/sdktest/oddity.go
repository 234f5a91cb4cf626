package sdktest

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

// endlessFor is how long a call listens to an operator that never stops; the SDK cuts it off sooner.
const endlessFor = 3 * time.Second

// body answers 200 with the text.
func body(text string) shaping { return status(http.StatusOK, text) }

func status(code int, text string, header ...string) shaping {
	return func(w http.ResponseWriter, _ *http.Request, _ *httptest.ResponseRecorder) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, text)
	}
}

// around answers as the operator does, with its body changed.
func around(change func(right []byte) []byte, header ...string) shaping {
	return func(w http.ResponseWriter, _ *http.Request, right *httptest.ResponseRecorder) {
		copyHeader(w.Header(), right.Header())
		w.Header().Del("Content-Length")
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(right.Code)
		_, _ = w.Write(change(right.Body.Bytes()))
	}
}

// raw answers below HTTP: these bytes, then the end of the connection.
func raw(text func(right *httptest.ResponseRecorder) string) shaping {
	return func(w http.ResponseWriter, _ *http.Request, right *httptest.ResponseRecorder) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer conn.Close() //nolint:errcheck // the end of a played connection
		_, _ = io.WriteString(conn, text(right))
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.CloseWrite() // or what was not read yet would reset the connection
		}
		_, _ = io.CopyN(io.Discard, conn, 1)
	}
}

// untouched leaves the body as it is.
func untouched(right []byte) []byte { return right }

func packed(text []byte) []byte {
	var into bytes.Buffer
	zip := gzip.NewWriter(&into)
	_, _ = zip.Write(text) // a buffer takes everything
	_ = zip.Close()
	return into.Bytes()
}

// goodAnswers are odd to look at, and right.
func goodAnswers() []answerCase {
	return []answerCase{
		{name: "packed with gzip", shape: around(packed, "Content-Encoding", "gzip")},
		{name: "another content type", shape: around(untouched, "Content-Type", "application/octet-stream")},
		{name: "a byte order mark before it", json: true, shape: around(func(right []byte) []byte { return append([]byte("\ufeff"), right...) })},
		{name: "blank lines around it", json: true, shape: around(func(right []byte) []byte { return fmt.Appendf(nil, "\r\n  %s \r\n\r\n", right) })},
		{name: "hints before it", shape: func(w http.ResponseWriter, _ *http.Request, right *httptest.ResponseRecorder) {
			w.WriteHeader(http.StatusEarlyHints)
			copyHeader(w.Header(), right.Header())
			w.WriteHeader(right.Code)
			_, _ = w.Write(right.Body.Bytes())
		}},
	}
}

// otherNumber is the case whose shape needs to know the message.
const otherNumber = "success for another number"

// toAnotherNumber changes the guest's number wherever the answer names it.
func toAnotherNumber(to string, changed *bool) shaping {
	number := to[len(to)-10:] // without the country's code, which operators write in their own ways
	other := "9" + strings.Repeat("8", 9)
	return around(func(right []byte) []byte {
		*changed = bytes.Contains(right, []byte(number))
		return bytes.ReplaceAll(right, []byte(number), []byte(other))
	})
}

// replaced puts a value in the place of every string, number and truth value of a JSON answer.
func replaced(value any) shaping {
	return around(func(right []byte) []byte {
		var tree any
		if json.Unmarshal(bytes.TrimPrefix(right, []byte("\ufeff")), &tree) != nil {
			return nil
		}
		changed, _ := json.Marshal(graft(tree, value)) // it came from JSON
		return changed
	})
}

func graft(tree, value any) any {
	switch node := tree.(type) {
	case map[string]any:
		for key := range node {
			node[key] = graft(node[key], value)
		}
		return node
	case []any:
		for i := range node {
			node[i] = graft(node[i], value)
		}
		return node
	}
	return value
}

// renamed gives every key of a JSON answer another name.
func renamed(right []byte) []byte {
	return bytes.ReplaceAll(right, []byte(`":`), []byte(`_":`))
}

// bodies come with 200 and say nothing.
func bodies() []answerCase {
	list := []answerCase{
		{name: otherNumber},
		{name: "an HTML page in windows-1251", shape: status(http.StatusOK, "<html>\xd1\xe5\xf0\xe2\xe8\xf1 \xed\xe5\xe4\xee\xf1\xf2\xf3\xef\xe5\xed</html>", "Content-Type", "text/html; charset=windows-1251")},
		{name: "NUL bytes", shape: body(strings.Repeat("\x00", 4096))},
		{name: "a hundred thousand brackets", big: true, shape: body(strings.Repeat("[", 100_000))},
		{name: "a hundred thousand braces", big: true, shape: body(strings.Repeat(`{"a":`, 100_000))},
		{name: "ten megabytes", big: true, shape: body(strings.Repeat("All circuits are busy. ", 10<<20/23))},
		{name: "ten megabytes of blanks before it", big: true, shape: around(func(right []byte) []byte { return append(bytes.Repeat([]byte(" "), 10<<20), right...) })},
		{name: "a PHP warning before it", json: true, shape: around(func(right []byte) []byte {
			return append([]byte("<br />\n<b>Warning</b>:  Undefined index: sms in <b>/srv/api.php</b> on line <b>7</b><br />\n"), right...)
		})},
		{name: "a PHP failure after it", json: true, shape: around(func(right []byte) []byte { return append(right, "\n<b>Fatal error</b>: out of memory"...) })},
		{name: "twice", json: true, shape: around(func(right []byte) []byte { return append(right, right...) })},
		{name: "a letter that is none after it", json: true, shape: around(func(right []byte) []byte { return append(right, 0xff) })},
		{name: "every value null", json: true, shape: replaced(nil)},
		{name: "every value an object", json: true, shape: replaced(map[string]any{})},
		{name: "every value a list", json: true, shape: replaced([]any{})},
		{name: "every key renamed", json: true, shape: around(renamed)},
		{name: "204 without a body", deaf: true, shape: status(http.StatusNoContent, "")},
		{name: "202 without a body", deaf: true, shape: status(http.StatusAccepted, "")},
		{name: "a bomb of gzip", big: true, shape: around(func([]byte) []byte { return packed(make([]byte, 3<<20)) }, "Content-Encoding", "gzip")},
	}
	for _, text := range []string{"null", "{}", "[]", `""`, `"OK"`, "0", "true", "OK", "[{}]", "[null]", "NaN", `{"":""}`} {
		list = append(list, answerCase{name: "nothing but " + text, shape: body(text)})
	}
	for i := range list {
		list[i].want = unknown()
	}
	return list
}

// broken are answers whose end, packing or head is not as HTTP has it.
func broken() []answerCase {
	head := "HTTP/1.1 200 OK\r\n"
	list := []answerCase{
		{name: "an endless answer", big: true, limit: endlessFor, shape: func(w http.ResponseWriter, r *http.Request, _ *httptest.ResponseRecorder) {
			for r.Context().Err() == nil {
				if _, err := io.WriteString(w, strings.Repeat("please hold the line ", 3000)); err != nil {
					return
				}
			}
		}},
		{name: "said to be gzip and is not", deaf: true, shape: around(untouched, "Content-Encoding", "gzip")},
		{name: "half of a gzip", deaf: true, shape: around(func(right []byte) []byte { return packed(right)[:12] }, "Content-Encoding", "gzip")},
		{name: "a chunk without its end", deaf: true, shape: raw(func(right *httptest.ResponseRecorder) string {
			return head + "Transfer-Encoding: chunked\r\n\r\nffff\r\n" + right.Body.String()
		})},
		{name: "a chunk of no size", deaf: true, shape: raw(func(right *httptest.ResponseRecorder) string {
			return head + "Transfer-Encoding: chunked\r\n\r\nmany\r\n" + right.Body.String()
		})},
		{name: "two lengths", deaf: true, shape: raw(func(right *httptest.ResponseRecorder) string {
			return head + "Content-Length: 1\r\nContent-Length: 9\r\n\r\n" + right.Body.String()
		})},
		{name: "a status line that is none", deaf: true, shape: raw(func(right *httptest.ResponseRecorder) string { return "220 welcome\r\n\r\n" + right.Body.String() })},
		{name: "headers without end", deaf: true, shape: raw(func(*httptest.ResponseRecorder) string {
			return head + strings.Repeat("X-Filler: "+strings.Repeat("x", 1000)+"\r\n", 100) + "\r\n"
		})},
		{name: "headers alone, then the end", deaf: true, shape: raw(func(*httptest.ResponseRecorder) string { return head })},
	}
	for i := range list {
		list[i].want = unknown()
	}
	return list
}

// statuses are failures of HTTP, in the words of whoever stands before the operator.
func statuses() []answerCase {
	inHTML := func(code int, header ...string) shaping {
		return status(code, fmt.Sprintf("<html><h1>%d</h1></html>", code), append([]string{"Content-Type", "text/html"}, header...)...)
	}
	var list []answerCase
	for _, code := range []int{400, 404, 405, 406, 409, 410, 411, 413, 415, 418, 422, 451} {
		list = append(list, answerCase{name: fmt.Sprintf("HTTP %d", code), shape: inHTML(code), want: strange()})
	}
	for _, code := range []int{408, 500, 501, 502, 504, 505, 507, 508, 520, 522, 524, 530, 599} {
		list = append(list, answerCase{name: fmt.Sprintf("HTTP %d", code), shape: inHTML(code), want: unknown()})
	}
	for _, code := range []int{503, 521, 523, 525, 526} { // nothing was done, or nobody knows
		list = append(list, answerCase{name: fmt.Sprintf("HTTP %d", code), shape: inHTML(code), want: append(unknown(), sdk.Unavailable)})
	}
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	list = append(list,
		answerCase{name: "HTTP 401", again: true, shape: inHTML(http.StatusUnauthorized), want: []sdk.Reason{sdk.Unauthorized}},
		answerCase{name: "HTTP 403", shape: inHTML(http.StatusForbidden), want: []sdk.Reason{sdk.Unauthorized}},
		answerCase{name: "HTTP 402", shape: inHTML(http.StatusPaymentRequired), want: []sdk.Reason{sdk.NoMoney}},
	)
	for _, test := range []struct {
		name, after string
		wait        func(time.Duration) bool
	}{
		{"without Retry-After", "", bounded},
		{"for 30 seconds", "30", func(d time.Duration) bool { return d == 30*time.Second }},
		{"until a minute later", now.Add(time.Minute).Format(http.TimeFormat), func(d time.Duration) bool { return d == time.Minute }},
		{"until yesterday", now.Add(-24 * time.Hour).Format(http.TimeFormat), bounded},
		{"for a year", "31536000", bounded},
		{"until some day", "some day", bounded},
		{"for -5 seconds", "-5", bounded},
		{"for more seconds than a number holds", "99999999999999999999", bounded},
	} {
		header := []string{"Date", now.Format(http.TimeFormat)}
		if test.after != "" {
			header = append(header, "Retry-After", test.after)
		}
		list = append(list, answerCase{
			name: "HTTP 429 " + test.name, shape: inHTML(http.StatusTooManyRequests, header...), want: []sdk.Reason{sdk.RateLimited}, wait: test.wait,
		})
	}
	return list
}

func bounded(d time.Duration) bool { return d >= 0 && d <= 24*time.Hour }

// redirects lead away. The SDK follows none to another host; what is found at another address of the
// same host is no answer to a message.
func redirects() []answerCase {
	to := func(code int, location string) shaping {
		return func(w http.ResponseWriter, r *http.Request, _ *httptest.ResponseRecorder) {
			w.Header().Set("Location", strings.ReplaceAll(location, "SELF", r.Host))
			w.WriteHeader(code)
		}
	}
	list := []answerCase{
		{name: "redirected to another host", shape: to(http.StatusFound, "http://127.0.0.1:9/")},
		{name: "redirected to another host with the request", shape: to(http.StatusTemporaryRedirect, "http://127.0.0.1:9/")},
		{name: "redirected to a name of the local network", shape: to(http.StatusMovedPermanently, "https://localhost:9/")},
		{name: "redirected to another protocol", shape: to(http.StatusFound, "https://SELF/")},
		{name: "redirected nowhere", deaf: true, shape: status(http.StatusFound, "")},
		{name: "redirected to what is no address", deaf: true, shape: status(http.StatusFound, "", "Location", "http://%zz")},
		{name: "redirected in a circle", deaf: true, again: true, shape: to(http.StatusTemporaryRedirect, "http://SELF/circle")},
		{name: "304 Not Modified", deaf: true, shape: status(http.StatusNotModified, "")},
		{name: "300 with a page of choices", shape: status(http.StatusMultipleChoices, page)},
	}
	for i := range list {
		list[i].want = unknown()
	}
	return list
}
