package sdktest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// fault is a bad day of the operator.
type fault int

const (
	noFault     fault = iota
	closed            // nobody listens
	resetAtOnce       // the connection is reset before the request is read
	resetAfter        // the operator did what it was asked; then the connection is reset
	silent            // the request is read, an answer never comes
	slow              // the right answer comes in pieces
	half              // half of the right answer, then the end of the connection
	cut               // half of the right answer as if it were whole
	resetInside       // half of the right answer, then a reset
	webPage           // a web page with 200
	empty             // nothing with 200
	echo              // the request comes back in an answer that cannot be understood, with 200
	echoFailure       // the same with 500
	fixedAnswer       // the Reply of a Case
	oddAnswer         // the right answer after a shaping
)

// page is what a provider's operator shows while somebody works on it.
const page = "<!DOCTYPE html>\n<html><head><title>Maintenance</title></head><body><h1>200 OK</h1><p>success</p></body></html>\n"

// stage is a played operator on a port of its own: the author's handler, and the suite's faults.
type stage struct {
	handler http.Handler
	server  *httptest.Server
	line    *line         // in place of the server: an operator who speaks no HTTP
	over    chan struct{} // closed when the test ends: lets the silent go

	arrived chan struct{} // a token for each request, as far as somebody waits

	mu       sync.Mutex
	fault    fault
	only     string // the fault meets only requests that hold this text; empty: all
	reply    Reply
	shape    shaping
	requests []string          // request line, headers and body of each
	answered map[string]string // what play answered, by request
	json     bool              // the last answer of the handler was JSON
}

func newStage(t testing.TB, handler http.Handler) *stage {
	s := &stage{handler: handler, over: make(chan struct{}), arrived: make(chan struct{}, 1), answered: map[string]string{}}
	s.server = httptest.NewUnstartedServer(s)
	_ = s.server.Listener.Close()
	s.server.Listener = &resetting{listenApart(t), s}
	s.server.Config.ErrorLog = nil
	s.server.Start()
	t.Cleanup(func() {
		close(s.over)
		s.server.CloseClientConnections()
		s.server.Close()
	})
	return s
}

// listenApart listens on a loopback address that nobody else uses, where the system has more than one: when
// nobody listens there any more, its port goes to no other operator of this or another test meanwhile.
func listenApart(t testing.TB) net.Listener {
	t.Helper()
	part := func() int { return 1 + rand.IntN(254) }
	var listen net.ListenConfig
	listener, err := listen.Listen(t.Context(), "tcp", fmt.Sprintf("127.%d.%d.%d:0", part(), part(), part()))
	if err != nil {
		listener, err = listen.Listen(t.Context(), "tcp", "127.0.0.1:0")
	}
	if err != nil {
		t.Fatal(err)
	}
	return listener
}

func (s *stage) address() string {
	if s.line != nil {
		return s.line.listener.Addr().String()
	}
	return s.server.Listener.Addr().String()
}

// plays sets the fault for requests that hold the text, or for all if it is empty.
func (s *stage) plays(f fault, only string) {
	s.mu.Lock()
	s.fault, s.only = f, only
	s.mu.Unlock()
	switch {
	case f != closed:
	case s.line != nil:
		s.line.close()
	default:
		_ = s.server.Listener.Close()
		s.server.CloseClientConnections()
	}
}

func (s *stage) answers(r Reply, only string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault, s.only, s.reply = fixedAnswer, only, r
}

// shaping writes what becomes of the right answer on its way.
type shaping func(w http.ResponseWriter, r *http.Request, right *httptest.ResponseRecorder)

func (s *stage) shapes(shape shaping, only string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault, s.only, s.shape = oddAnswer, only, shape
}

// seen counts the requests that hold the text.
func (s *stage) seen(text string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.line != nil {
		return s.line.seen(text)
	}
	n := 0
	for _, request := range s.requests {
		if strings.Contains(request, text) {
			n++
		}
	}
	return n
}

// answerTo is what was answered to the one request that holds the token and no other message's; false
// where there is no such one.
func (s *stage) answerTo(token string) (answer string, alone bool) {
	kin := token[:strings.Index(token, "n")+1] // what the tokens of one rig have in common
	s.mu.Lock()
	defer s.mu.Unlock()
	for request, text := range s.answered {
		if strings.Contains(request, token) && strings.Count(request, kin) == 1 {
			return text, true
		}
	}
	return "", false
}

func (s *stage) answeredInJSON() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.json
}

// addresses returns the request lines.
func (s *stage) addresses() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var lines []string
	for _, request := range s.requests {
		line, _, _ := strings.Cut(request, "\n")
		lines = append(lines, line)
	}
	return lines
}

// resetting resets connections as they come in, when that is the fault.
type resetting struct {
	net.Listener
	stage *stage
}

// Accept waits for a connection that is to be served.
func (l *resetting) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		l.stage.mu.Lock()
		reset := l.stage.fault == resetAtOnce
		l.stage.mu.Unlock()
		if !reset {
			return conn, nil
		}
		abort(conn)
	}
}

// abort closes a connection with a reset instead of an orderly end.
func abort(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// note keeps the request and says what is to happen to it.
func (s *stage) note(r *http.Request, body []byte) (fault, Reply, string) {
	var text bytes.Buffer
	_, _ = fmt.Fprintf(&text, "%s %s\n", r.Method, r.URL.RequestURI())
	_ = r.Header.Write(&text)
	_, _ = fmt.Fprintf(&text, "\n%s", body)
	request := text.String()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, request)
	select {
	case s.arrived <- struct{}{}:
	default:
	}
	if s.only != "" && !strings.Contains(request, s.only) {
		return noFault, Reply{}, request
	}
	return s.fault, s.reply, request
}

// ServeHTTP lets the handler play, or breaks what it plays.
func (s *stage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 8<<20))
	if err != nil {
		return // the provider hung up
	}
	f, reply, request := s.note(r, body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	switch f {
	case noFault:
		s.play(w, r, request)
	case silent:
		select {
		case <-s.over:
		case <-r.Context().Done():
		}
	case webPage:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, page)
	case empty:
		w.WriteHeader(http.StatusOK)
	case echo:
		_, _ = io.WriteString(w, "your request: "+request)
	case echoFailure:
		http.Error(w, "your request: "+request, http.StatusInternalServerError)
	case fixedAnswer:
		reply.write(w)
	case oddAnswer:
		played := httptest.NewRecorder()
		s.handler.ServeHTTP(played, r)
		s.mu.Lock()
		shape := s.shape
		s.mu.Unlock()
		shape(w, r, played)
	case resetAfter, slow, half, cut, resetInside:
		s.spoil(w, r, f)
	case closed, resetAtOnce: // a connection that was there before
		s.hangUp(w, nil, true)
	}
}

// play answers as the handler does.
func (s *stage) play(w http.ResponseWriter, r *http.Request, request string) {
	played := httptest.NewRecorder()
	s.handler.ServeHTTP(played, r)
	answer := played.Body.Bytes()
	s.mu.Lock()
	s.json = json.Valid(answer) && bytes.ContainsAny(answer, "{[")
	s.answered[request] = string(answer)
	s.mu.Unlock()
	copyHeader(w.Header(), played.Header())
	w.WriteHeader(played.Code)
	_, _ = w.Write(answer)
}

// spoil plays the right answer and damages it on its way.
func (s *stage) spoil(w http.ResponseWriter, r *http.Request, f fault) {
	played := httptest.NewRecorder()
	s.handler.ServeHTTP(played, r)
	answer := played.Body.Bytes()
	head := played.Header().Clone()
	head.Del("Content-Length")
	switch f {
	case slow:
		copyHeader(w.Header(), head)
		w.WriteHeader(played.Code)
		s.dribble(w, answer)
	case cut:
		copyHeader(w.Header(), head)
		w.WriteHeader(played.Code)
		_, _ = w.Write(answer[:len(answer)/2])
	case half, resetInside:
		head.Set("Content-Length", strconv.Itoa(len(answer)+1)) // an answer of one byte can be halved, too
		var text bytes.Buffer
		_, _ = fmt.Fprintf(&text, "HTTP/1.1 %d %s\r\n", played.Code, http.StatusText(played.Code))
		_ = head.Write(&text)
		_, _ = fmt.Fprintf(&text, "\r\n%s", answer[:len(answer)/2])
		s.hangUp(w, text.Bytes(), f == resetInside)
	default:
		s.hangUp(w, nil, true)
	}
}

// dribble writes the answer in eight pieces, over 400 ms.
func (s *stage) dribble(w http.ResponseWriter, answer []byte) {
	size := max(len(answer)/8, 1)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for len(answer) > 0 {
		n := min(size, len(answer))
		_, _ = w.Write(answer[:n])
		answer = answer[n:]
		_ = http.NewResponseController(w).Flush()
		select {
		case <-tick.C:
		case <-s.over:
			return
		}
	}
}

// hangUp ends the connection after these bytes.
func (s *stage) hangUp(w http.ResponseWriter, last []byte, reset bool) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	_, _ = conn.Write(last)
	if reset {
		abort(conn)
		return
	}
	_ = conn.Close()
}

func copyHeader(to, from http.Header) {
	for name, values := range from {
		to[name] = values
	}
}
