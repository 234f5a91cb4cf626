package httpapi

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// serve puts the stand on a real port of loopback and gives its address. Who takes longer than the limit
// to send is cut off.
func (s *stand) serve(t testing.TB, limit time.Duration) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.http.ReadHeaderTimeout, s.http.ReadTimeout, s.http.IdleTimeout = limit, limit, limit+time.Second
	done := make(chan error, 1)
	go func() { done <- s.Serve(listener) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Errorf("Shutdown: %v", err)
		}
		if err := <-done; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	return listener.Addr().String()
}

// talk is one raw connection.
func talk(t testing.TB, address string) (net.Conn, *bufio.Reader) {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return conn, bufio.NewReader(conn)
}

// status reads the answers on a connection and gives the last status; 0 when it was closed without one.
func status(r *bufio.Reader) int {
	last := 0
	for {
		response, err := http.ReadResponse(r, nil)
		if err != nil {
			return last
		}
		_, _ = io.Copy(io.Discard, response.Body)
		_ = response.Body.Close()
		last = response.StatusCode
		if last != http.StatusContinue {
			return last
		}
	}
}

// TestFraming sends requests as no proper client would and looks at the verdict and at what was kept.
func TestFraming(t *testing.T) {
	t.Parallel()
	const post = "POST /api/v4/kds/events HTTP/1.1\r\n"
	host := "Host: x\r\n"
	long := strings.Repeat("a", 17<<10)
	body := func(headers, body string) string {
		return post + host + headers + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body)
	}
	chunked := func(chunks string) string { return post + host + "Transfer-Encoding: chunked\r\n\r\n" + chunks }
	tests := []struct {
		name, raw string
		want      int // 0: closed without an answer
		kept      int
	}{
		{"a plain posting", body("", someXML), 200, 1},
		{"a method in small letters", strings.Replace(body("", someXML), "POST", "post", 1), 405, 0},
		{"no method", " /api/v4/kds/events HTTP/1.1\r\nHost: x\r\n\r\n", 400, 0},
		{"a method with a space before", " " + body("", someXML), 400, 0},
		{"an address with a zero byte", "POST /api/v4/kds/events\x00 HTTP/1.1\r\nHost: x\r\n\r\n", 400, 0},
		{"an address with a space", "POST /api/v4/kds/events x HTTP/1.1\r\nHost: x\r\n\r\n", 400, 0},
		{"a whole address of another host", "POST http://evil.example/api/v4/kds/events HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n<a>", 200, 1},
		{"an address with a fragment", "POST /api/v4/kds/events#x HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 404, 0},
		{"a star for an address", "POST * HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 404, 0},
		{"a connect", "CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n", 404, 0},
		{"an address of 17 KiB", "POST /" + long + " HTTP/1.1\r\nHost: x\r\n\r\n", 404, 0},
		{"an address of 32 KiB", "POST /" + long + long + " HTTP/1.1\r\nHost: x\r\n\r\n", 431, 0},
		{"an address of percent signs", "POST /%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400, 0},

		{"no length and no chunks is an empty body", post + host + "\r\n", 200, 1},
		{"a length that is a word", post + host + "Content-Length: ten\r\n\r\n<a>", 400, 0},
		{"a negative length", post + host + "Content-Length: -1\r\n\r\n<a>", 400, 0},
		{"a length with a plus", post + host + "Content-Length: +3\r\n\r\n<a>", 400, 0},
		{"a length beyond 64 bits", post + host + "Content-Length: 99999999999999999999\r\n\r\n<a>", 400, 0},
		{"two lengths that differ", post + host + "Content-Length: 3\r\nContent-Length: 4\r\n\r\n<a/>", 400, 0},
		{"two lengths in one", post + host + "Content-Length: 3, 4\r\n\r\n<a/>", 400, 0},
		{"a length shorter than the body cuts it", post + host + "Content-Length: 3\r\nConnection: close\r\n\r\n<a/>", 200, 1},
		{"a length of a gibibyte", post + host + "Expect: 100-continue\r\nContent-Length: 1073741824\r\n\r\n", 413, 0},

		{"chunks", chunked("3\r\n<a>\r\n4\r\n</a>\r\n0\r\n\r\n"), 200, 1},
		{"chunks with an extension", chunked("3;x=y\r\n<a>\r\n0\r\n\r\n"), 200, 1},
		{"chunks with a trailer", chunked("3\r\n<a>\r\n0\r\nX-Y: z\r\n\r\n"), 200, 1},
		{"a chunk without a number", chunked("x\r\n<a>\r\n0\r\n\r\n"), 400, 0},
		{"a chunk with a negative number", chunked("-1\r\n<a>\r\n0\r\n\r\n"), 400, 0},
		{"a chunk beyond 64 bits", chunked("fffffffffffffffff\r\n<a>\r\n0\r\n\r\n"), 400, 0},
		{"a chunk longer than it says", chunked("2\r\n<a>\r\n0\r\n\r\n"), 400, 0},
		{"chunks of gzip", post + host + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501, 0},
		{"two transfer encodings", post + host + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501, 0},
		{"an unknown transfer encoding", post + host + "Transfer-Encoding: cow\r\n\r\n<a>", 501, 0},
		{"an identity transfer encoding", post + host + "Transfer-Encoding: identity\r\nContent-Length: 3\r\n\r\n<a>", 501, 0},

		{"no host", post + "Content-Length: 3\r\n\r\n<a>", 400, 0},
		{"two hosts", post + host + host + "Content-Length: 3\r\n\r\n<a>", 400, 0},
		{"no host in HTTP/1.0", "POST /api/v4/kds/events HTTP/1.0\r\nContent-Length: 3\r\n\r\n<a>", 200, 1},
		{"headers over 16 KiB", body("X-A: "+long+long+"\r\n", someXML), 431, 0},
		{"a thousand headers", body(strings.Repeat("A: 1\r\n", 1000), someXML), 431, 0},
		{"a header with a space before its colon", body("X-A : 1\r\n", someXML), 400, 0},
		{"a header without a colon", body("X-A\r\n", someXML), 400, 0},
		{"a header with a zero byte", body("X-A: \x00\r\n", someXML), 400, 0},
		{"a header folded over two lines", body("X-A: 1\r\n 2\r\n", someXML), 200, 1},
		{"line ends without a return", "POST /api/v4/kds/events HTTP/1.1\nHost: x\nContent-Length: 3\n\n<a>", 200, 1},

		{"a version of the future", "POST /api/v4/kds/events HTTP/9.9\r\nHost: x\r\n\r\n", 505, 0},
		{"the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 404, 0},
		{"the first bytes of TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, 0},
		{"garbage", "\x00\x01\x02\r\n\r\n", 400, 0},

		{"a body that waits to be asked for", body("Expect: 100-continue\r\n", someXML), 200, 1},
		{"a body that waits for something else", body("Expect: a-cake\r\n", someXML), 417, 0},

		{"no content type", body("", someXML), 200, 1},
		{"content type XML", body("Content-Type: text/xml\r\n", someXML), 200, 1},
		{"content type of a form", body("Content-Type: application/x-www-form-urlencoded\r\n", someXML), 200, 1},
		{"content type of a multipart form", body("Content-Type: multipart/form-data; boundary=x\r\n", someXML), 200, 1},
		{"content type of nonsense", body("Content-Type: ;;;=\r\n", someXML), 200, 1},
		{"content type JSON of another charset", body("Content-Type: application/json; charset=koi8-r\r\n", someXML), 200, 1},
		{"a body that is compressed", body("Content-Encoding: gzip\r\n", "\x1f\x8b"), 415, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := setup(t)
			conn, answers := talk(t, s.serve(t, 2*time.Second))
			if _, err := io.WriteString(conn, test.raw); err != nil {
				t.Fatal(err)
			}
			if got := status(answers); got != test.want {
				t.Errorf("%.300q = %d, want %d", test.raw, got, test.want)
			}
			if got := len(s.store.stored()); got != test.kept {
				t.Errorf("%.300q: %d events kept, want %d", test.raw, got, test.kept)
			}
		})
	}
	if len(tests) < 45 {
		t.Errorf("%d cases, want at least 45", len(tests))
	}
}

// TestSlowAndBrokenSenders holds that nobody can hold a request open for long, that nothing of a body
// that did not come whole is kept, and that the next event is taken as ever.
func TestSlowAndBrokenSenders(t *testing.T) {
	t.Parallel()
	const head = "POST /api/v4/kds/events HTTP/1.1\r\nHost: x\r\n"
	tests := []struct {
		name string
		send func(*testing.T, net.Conn)
		want []int // any of these
	}{
		{"a request line that stops", func(t *testing.T, c net.Conn) { say(t, c, "POST /api") }, []int{0, 400, 408}},
		{"headers that stop", func(t *testing.T, c net.Conn) { say(t, c, head+"X-A: ") }, []int{0, 408}},
		{"headers that drip", func(t *testing.T, c net.Conn) { drip(c, head, "X-A: 1\r\n") }, []int{0, 408}},
		{"nothing at all", func(*testing.T, net.Conn) {}, []int{0}},
		{"a body that stops", func(t *testing.T, c net.Conn) { say(t, c, head+"Content-Length: 100\r\n\r\n<a>") }, []int{408}},
		{"a body that drips", func(_ *testing.T, c net.Conn) { drip(c, head+"Content-Length: 100000\r\n\r\n", "x") }, []int{0, 408}},
		{"chunks that stop", func(t *testing.T, c net.Conn) { say(t, c, head+"Transfer-Encoding: chunked\r\n\r\n3\r\n<a>\r\n") }, []int{408}},
		{"chunks that never end", func(_ *testing.T, c net.Conn) {
			drip(c, head+"Transfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n")
		}, []int{0, 408}},
		{"a large body that stops", func(t *testing.T, c net.Conn) { say(t, c, head+"Content-Length: 900000\r\n\r\n<a>") }, []int{408}},
		{"a body half closed", func(t *testing.T, c net.Conn) {
			say(t, c, head+"Content-Length: 100\r\n\r\n<a>")
			halfClose(t, c)
		}, []int{400}},
		{"chunks half closed", func(t *testing.T, c net.Conn) {
			say(t, c, head+"Transfer-Encoding: chunked\r\n\r\n3\r\n<a>\r\n")
			halfClose(t, c)
		}, []int{400}},
		{"headers half closed", func(t *testing.T, c net.Conn) {
			say(t, c, head)
			halfClose(t, c)
		}, []int{0, 400}},
	}
	s := setup(t)
	address := s.serve(t, time.Second)
	t.Run("all", func(t *testing.T) {
		for _, test := range tests {
			t.Run(test.name, func(t *testing.T) {
				t.Parallel()
				conn, answers := talk(t, address)
				start := time.Now()
				test.send(t, conn)
				got := status(answers)
				if took := time.Since(start); took > 5*time.Second {
					t.Errorf("the sender was held for %v", took)
				}
				fits := false
				for _, want := range test.want {
					fits = fits || got == want
				}
				if !fits {
					t.Errorf("answer %d, want one of %v", got, test.want)
				}
			})
		}
	})
	if n := len(s.store.stored()); n != 0 {
		t.Errorf("%d events kept of bodies that did not come whole", n)
	}
	conn, answers := talk(t, address)
	say(t, conn, head+fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(someXML), someXML))
	if got := status(answers); got != 200 {
		t.Errorf("the next event = %d, want 200", got)
	}
}

func say(t *testing.T, c net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
}

// drip sends a piece again and again until the other side has had enough.
func drip(c net.Conn, head, piece string) {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	_, err := io.WriteString(c, head)
	for i := 0; err == nil && i < 1000; i++ {
		<-tick.C
		_, err = io.WriteString(c, piece)
	}
}

func halfClose(t *testing.T, c net.Conn) {
	t.Helper()
	half, ok := c.(*net.TCPConn)
	if !ok {
		t.Fatalf("%T cannot be half closed", c)
	}
	if err := half.CloseWrite(); err != nil {
		t.Fatal(err)
	}
}

// TestOversizeIsHeard holds that a sender that writes its whole body before it reads hears 413, and
// that its connection can be used on when the body was not out of all bounds.
func TestOversizeIsHeard(t *testing.T) {
	t.Parallel()
	s := setup(t)
	address := s.serve(t, 10*time.Second)
	filler := strings.Repeat("x", 64<<20) // made before a connection is open: its clock ticks
	send := func(conn net.Conn, size int, chunked bool) error {
		head, tail := fmt.Sprintf("Content-Length: %d\r\n\r\n", size), ""
		if chunked {
			head, tail = fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n", size), "\r\n0\r\n\r\n"
		}
		pieces := net.Buffers{
			[]byte("POST /api/v4/kds/events HTTP/1.1\r\nHost: x\r\n" + head), []byte(filler[:size]), []byte(tail),
		}
		_, err := pieces.WriteTo(conn)
		return err
	}
	for _, chunked := range []bool{false, true} {
		conn, answers := talk(t, address)
		if err := send(conn, 2<<20, chunked); err != nil {
			t.Fatalf("2 MiB, chunked %v: writing failed: %v", chunked, err)
		}
		if got := status(answers); got != 413 {
			t.Errorf("2 MiB, chunked %v = %d, want 413", chunked, got)
		}
		if err := send(conn, 1<<20, chunked); err != nil {
			t.Errorf("the same connection afterwards: %v", err)
		}
		if got := status(answers); got != 200 {
			t.Errorf("1 MiB on the same connection, chunked %v = %d, want 200", chunked, got)
		}
	}
	body := []byte(filler)
	conn, answers := talk(t, address)
	say(t, conn, fmt.Sprintf("POST /api/v4/kds/events HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n", len(body)))
	wrote := make(chan error, 1)
	go func() {
		_, err := conn.Write(body)
		wrote <- err
	}()
	if got := status(answers); got != 413 {
		t.Errorf("64 MiB = %d, want 413", got)
	}
	if err := <-wrote; err == nil {
		t.Error("64 MiB were read to the end")
	}
}

func TestShutdownWaitsForAnEventUnderWay(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.store.hold, s.store.entered = make(chan struct{}), make(chan struct{})
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(listener) }()
	conn, answers := talk(t, listener.Addr().String())
	say(t, conn, fmt.Sprintf("POST /api/v4/kds/events HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", len(someXML), someXML))
	<-s.store.entered
	down := make(chan error, 1)
	go func() { down <- s.Shutdown(context.WithoutCancel(t.Context())) }()
	if err := <-served; err != nil {
		t.Errorf("Serve = %v, want nil after Shutdown", err)
	}
	close(s.store.hold)
	if got := status(answers); got != 200 {
		t.Errorf("the event under way = %d, want 200", got)
	}
	if err := <-down; err != nil {
		t.Errorf("Shutdown = %v", err)
	}
}

func TestShutdownDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.store.hold, s.store.entered = make(chan struct{}), make(chan struct{})
	defer close(s.store.hold)
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = s.Serve(listener) }()
	conn, _ := talk(t, listener.Addr().String())
	say(t, conn, fmt.Sprintf("POST /api/v4/kds/events HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", len(someXML), someXML))
	<-s.store.entered
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Shutdown(ctx); err == nil {
		t.Error("Shutdown = nil though a request was cut")
	}
}
