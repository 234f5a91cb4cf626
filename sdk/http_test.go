package sdk

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const canary = "canary-key-4711"

// allowing returns the HTTP client of an account that may call the servers.
func allowing(t *testing.T, servers ...*httptest.Server) *http.Client {
	t.Helper()
	var allow []string
	for _, s := range servers {
		allow = append(allow, s.Listener.Addr().String())
	}
	guard, err := newEgress(allow)
	if err != nil {
		t.Fatal(err)
	}
	client := guard.client(8)
	t.Cleanup(client.CloseIdleConnections)
	return client
}

func operator(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server
}

type jsonReply struct {
	ID string `json:"id"`
}

// post sends a form with the canary in it, and in the address, where it does not belong.
func post(ctx context.Context, client *http.Client, address string) (jsonReply, *Failure) {
	var reply jsonReply
	err := PostForm(ctx, client, address+"/send?token="+canary, url.Values{"key": {canary}}, &reply)
	return reply, AsFailure(err, "")
}

func wantFailure(t *testing.T, f *Failure, want Reason) {
	t.Helper()
	if f == nil || f.Reason != want {
		t.Fatalf("got %v, want %s", f, want)
	}
	text := fmt.Sprintf("%v %+v %s %v", f, *f, f.Raw, f.Cause)
	if strings.Contains(text, canary) {
		t.Errorf("the failure holds the secret: %s", text)
	}
}

func TestAnAnswerIsRead(t *testing.T) {
	t.Parallel()
	server := operator(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.PostFormValue("key") != canary {
			t.Errorf("got %s with key %q", r.Method, r.PostFormValue("key"))
		}
		_, _ = io.WriteString(w, "\ufeff{\"id\": \"77\", \"more\": [1]}")
	})
	reply, failure := post(t.Context(), allowing(t, server), server.URL)
	if failure != nil || reply.ID != "77" {
		t.Errorf("got %+v, %v, want id 77", reply, failure)
	}
	var text string
	if err := PostForm(t.Context(), allowing(t, server), server.URL, url.Values{"key": {canary}}, &text); err != nil || !strings.Contains(text, "77") {
		t.Errorf("as text: got %q, %v", text, err)
	}
}

func TestConnectionsAreKept(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	server := operator(t, func(w http.ResponseWriter, r *http.Request) {
		seen[r.RemoteAddr] = true
		_, _ = io.WriteString(w, `{"id":"1"}`)
	})
	client := allowing(t, server)
	for range 10 {
		if _, failure := post(t.Context(), client, server.URL); failure != nil {
			t.Fatal(failure)
		}
	}
	if len(seen) != 1 {
		t.Errorf("10 calls used %d connections, want 1", len(seen))
	}
}

func TestStatusesHaveReasons(t *testing.T) {
	t.Parallel()
	date := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		status int
		after  string
		want   Reason
		wait   time.Duration
	}{
		{400, "", Internal, 0}, {401, "", Unauthorized, 0}, {402, "", NoMoney, 0}, {403, "", Unauthorized, 0}, {404, "", Internal, 0},
		{408, "", UnknownOutcome, 0}, {429, "", RateLimited, 0}, {429, "30", RateLimited, 30 * time.Second},
		{429, date.Add(time.Minute).Format(http.TimeFormat), RateLimited, time.Minute}, {429, "soon", RateLimited, 0},
		{429, "99999999", RateLimited, 24 * time.Hour}, {429, "-5", RateLimited, 0}, {429, "99999999999999999999", RateLimited, 0},
		{500, "", UnknownOutcome, 0}, {502, "", UnknownOutcome, 0}, {503, "7", Unavailable, 7 * time.Second}, {504, "", UnknownOutcome, 0},
		{520, "", UnknownOutcome, 0}, {521, "", Unavailable, 0}, {524, "", UnknownOutcome, 0}, {526, "", Unavailable, 0},
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("%d with Retry-After %q", test.status, test.after), func(t *testing.T) {
			t.Parallel()
			server := operator(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Date", date.Format(http.TimeFormat))
				w.Header().Set("Retry-After", test.after)
				w.WriteHeader(test.status)
				_, _ = io.WriteString(w, `{"error":"e-1"}`)
			})
			_, failure := post(t.Context(), allowing(t, server), server.URL)
			wantFailure(t, failure, test.want)
			if failure.RetryAfter != test.wait {
				t.Errorf("retry after: got %v, want %v", failure.RetryAfter, test.wait)
			}
			var status *StatusError
			if !errors.As(failure, &status) || status.Status != test.status || string(status.Body) != `{"error":"e-1"}` {
				t.Errorf("the operator's answer is lost: %v", failure.Cause)
			}
		})
	}
}

func TestAnAnswerThatIsNotUnderstoodIsInternalAndKept(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, body string }{
		{"HTML", "<html>Log in to the hotel Wi-Fi</html>"}, {"nothing", ""}, {"a cut object", `{"id": "7`}, {"a list", "[]"},
		{"a number for a string", `{"id": 7}`}, {"two objects", `{"id":"7"}{"id":"8"}`}, {"over 1 MiB", strings.Repeat("x", maxAnswer+1)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := operator(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, test.body) })
			_, failure := post(t.Context(), allowing(t, server), server.URL)
			wantFailure(t, failure, Internal)
			if !strings.HasPrefix(test.body, failure.Raw) || failure.Raw == "" && test.body != "" {
				t.Errorf("raw: got %.40q, want the beginning of the answer", failure.Raw)
			}
		})
	}
}

func TestAnEndlessAnswerIsCutOff(t *testing.T) {
	t.Parallel()
	server := operator(t, func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil { // until the client hangs up
			if _, err := w.Write(make([]byte, 64<<10)); err != nil {
				return
			}
		}
	})
	var text string
	err := PostForm(t.Context(), allowing(t, server), server.URL, url.Values{}, &text)
	wantFailure(t, AsFailure(err, ""), Internal)
	if text != "" {
		t.Errorf("got %d bytes of it", len(text))
	}
}

func TestACompressedBombIsCutOff(t *testing.T) {
	t.Parallel()
	var bomb bytes.Buffer
	zip := gzip.NewWriter(&bomb)
	for range 8 {
		_, _ = zip.Write(make([]byte, 1<<20))
	}
	_ = zip.Close()
	server := operator(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(bomb.Bytes())
	})
	_, failure := post(t.Context(), allowing(t, server), server.URL)
	wantFailure(t, failure, Internal)
}

// hijack ends the connection the way the test wants, after the request was read.
func hijack(t *testing.T, end func(*net.TCPConn)) *httptest.Server {
	t.Helper()
	return operator(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close() //nolint:errcheck // the end of a test connection
		end(conn.(*net.TCPConn))
	})
}

func TestAfterTheRequestLeftTheOutcomeIsUnknown(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	tests := []struct {
		name string
		end  func(*net.TCPConn)
		ctx  context.Context
	}{
		{"closed without an answer", func(*net.TCPConn) {}, t.Context()},
		{"reset without an answer", func(c *net.TCPConn) { _ = c.SetLinger(0) }, t.Context()},
		{"reset in the headers", func(c *net.TCPConn) { _, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nConte"); _ = c.SetLinger(0) }, t.Context()},
		{"closed in the body", func(c *net.TCPConn) { _, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"id\"") }, t.Context()},
		{"cancelled while the operator is silent", func(c *net.TCPConn) { cancel(); _, _ = c.Read(make([]byte, 1)) }, ctx},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := hijack(t, test.end)
			_, failure := post(test.ctx, allowing(t, server), server.URL)
			wantFailure(t, failure, UnknownOutcome)
		})
	}
}

// deaf is a connection that takes no byte.
type deaf struct{ net.Conn }

func (deaf) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestBeforeAByteLeftTheOperatorIsUnavailable(t *testing.T) {
	t.Parallel()
	server := operator(t, func(http.ResponseWriter, *http.Request) { t.Error("the operator was called") })
	secured := httptest.NewUnstartedServer(http.NotFoundHandler())
	secured.Config.ErrorLog = log.New(io.Discard, "", 0)
	secured.StartTLS()
	t.Cleanup(secured.Close)
	closed := operator(t, nil)
	closed.Close()
	client := allowing(t, server, secured, closed)

	_, failure := post(t.Context(), client, closed.URL)
	wantFailure(t, failure, Unavailable)
	_, failure = post(t.Context(), client, secured.URL) // the certificate is nobody's
	wantFailure(t, failure, Unavailable)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, failure = post(ended, client, server.URL)
	wantFailure(t, failure, Unavailable)

	transport := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		return &countedConn{Conn: deaf{conn}}, err
	}}
	defer transport.CloseIdleConnections()
	_, failure = post(t.Context(), &http.Client{Transport: transport}, server.URL)
	wantFailure(t, failure, Unavailable)
}

func TestOverTLSTheSameHolds(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 1 || r.TLS.Version < tls.VersionTLS12 {
			t.Errorf("got %s over TLS %x", r.Proto, r.TLS.Version)
		}
		if r.PostFormValue("key") == "" {
			panic(http.ErrAbortHandler) // closes the connection without an answer
		}
		_, _ = io.WriteString(w, `{"id":"77"}`)
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	client := allowing(t, server)
	trusting := client.Transport.(*guardedTransport).TLSClientConfig
	trusting.RootCAs = x509.NewCertPool()
	trusting.RootCAs.AddCert(server.Certificate())
	reply, failure := post(t.Context(), client, server.URL)
	if failure != nil || reply.ID != "77" {
		t.Fatalf("got %+v, %v", reply, failure)
	}
	err := PostForm(t.Context(), client, server.URL, url.Values{}, nil)
	wantFailure(t, AsFailure(err, ""), UnknownOutcome)

	old := httptest.NewUnstartedServer(http.NotFoundHandler())
	old.TLS = &tls.Config{MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10} //nolint:gosec // that is the point
	old.Config.ErrorLog = log.New(io.Discard, "", 0)
	old.StartTLS()
	t.Cleanup(old.Close)
	client = allowing(t, old)
	client.Transport.(*guardedTransport).TLSClientConfig.InsecureSkipVerify = true
	_, failure = post(t.Context(), client, old.URL)
	wantFailure(t, failure, Unavailable)
}

func TestAForeignClientIsJudgedByItsHeaders(t *testing.T) {
	t.Parallel()
	server := hijack(t, func(*net.TCPConn) {})
	_, failure := post(t.Context(), server.Client(), server.URL)
	wantFailure(t, failure, UnknownOutcome)
}

func TestARedirectToAnotherHostIsNotFollowed(t *testing.T) {
	t.Parallel()
	other := operator(t, func(http.ResponseWriter, *http.Request) { t.Error("the other host was called") })
	server := operator(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL+"/?token="+canary, http.StatusTemporaryRedirect)
	})
	_, failure := post(t.Context(), allowing(t, server, other), server.URL)
	wantFailure(t, failure, Internal)
	loop := operator(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/?token="+canary, http.StatusTemporaryRedirect)
	})
	_, failure = post(t.Context(), allowing(t, loop), loop.URL)
	wantFailure(t, failure, UnknownOutcome)
}

// trap is a listener that counts who connects.
func trap(t *testing.T) (port string, connections *atomic.Int32) {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	connections = &atomic.Int32{}
	go tally(listener, connections)
	_, port, _ = net.SplitHostPort(listener.Addr().String())
	return port, connections
}

func TestPrivateAddressesAreNotCalled(t *testing.T) {
	t.Parallel()
	port, connections := trap(t)
	client := allowing(t)
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"} {
		_, failure := post(t.Context(), client, "https://"+host+":"+port)
		wantFailure(t, failure, Unavailable)
	}
	if n := connections.Load(); n > 0 {
		t.Errorf("%d connections to a private address", n)
	}
	guard, err := newEgress([]string{"127.0.0.1:" + port})
	if err != nil {
		t.Fatal(err)
	}
	_, failure := post(t.Context(), guard.client(1), "https://127.0.0.1:"+port)
	wantFailure(t, failure, Unavailable) // the trap speaks no TLS
	if connections.Load() == 0 {
		t.Error("the trap does not catch what is allowed, so it would catch nothing")
	}
}

func TestPlainHTTPNeedsPermission(t *testing.T) {
	t.Parallel()
	_, failure := post(t.Context(), allowing(t), "http://acme.example")
	wantFailure(t, failure, Unavailable)
	if want := "plain http to acme.example is refused: use https, or add acme.example:80 to egress_allow"; !strings.Contains(failure.Detail, want) {
		t.Errorf("got %q, want %q", failure.Detail, want)
	}
	_, failure = post(t.Context(), allowing(t), "https://u:p@acme.example")
	wantFailure(t, failure, Internal)
}

func TestHeadersAndJSON(t *testing.T) {
	t.Parallel()
	server := operator(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		login, password, _ := r.BasicAuth()
		_, _ = fmt.Fprintf(w, `{"id":%q}`, r.Method+r.Header.Get("Authorization")[:6]+login+password+r.Header.Get("X-A")+string(body))
	})
	var reply jsonReply
	err := PostJSON(t.Context(), allowing(t, server), server.URL, map[string]int{"n": 1}, &reply, BasicAuth("me", canary), Header("X-A", "b"))
	if want := `POSTBasic me` + canary + `b{"n":1}`; err != nil || reply.ID != want {
		t.Errorf("got %q, %v, want %q", reply.ID, err, want)
	}
	err = Get(t.Context(), allowing(t, server), server.URL, &reply, Bearer(canary))
	if err != nil || reply.ID != "GETBearer" {
		t.Errorf("got %q, %v, want GETBearer", reply.ID, err)
	}
}
