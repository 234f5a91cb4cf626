package httpapi

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// pipes is a listener within the process: its connections come from made-up addresses.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), done: make(chan struct{})} }

// Accept gives the next connection that was dialled.
func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.conns:
		return conn, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.once.Do(func() { close(p.done) }); return nil }
func (p *pipes) Addr() net.Addr { return fakeAddr("pipes") }

// dial connects from an address and sends text; the connection stays open until the test ends.
func (p *pipes) dial(t *testing.T, from, text string) net.Conn {
	t.Helper()
	client, server := net.Pipe()
	t.Cleanup(func() { _ = client.Close() })
	p.conns <- pipeConn{server, from}
	if text != "" {
		_, _ = client.Write([]byte(text)) // an error means that the server closed it: the answer will be missed
	}
	return client
}

type pipeConn struct {
	net.Conn
	from string
}

func (c pipeConn) RemoteAddr() net.Addr { return fakeAddr(c.from) }

// answer reads the status that came on a connection; 0: it was closed without one.
func answer(conn net.Conn) int {
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0
	}
	_ = response.Body.Close()
	return response.StatusCode
}

// posting is an event as the cash server sends it, with the length of its body as it says.
func posting(length int, body string) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", eventsV, length, body)
}

// TestQuietConnectionsNeverKeepTheCashServerOut runs on a clock that stands still while anybody works: an
// event that had to wait for somebody's time limit would show.
func TestQuietConnectionsNeverKeepTheCashServerOut(t *testing.T) {
	t.Parallel()
	local := func(i int) string { return fmt.Sprintf("127.0.0.1:%d", i+1) }
	other := func(i int) string { return fmt.Sprintf("10.0.%d.%d:1", i/maxPerAddress, i) }
	tests := []struct {
		name   string
		n      int
		from   func(int) string
		sends  string
		awaits bool // the answer, before it falls quiet
	}{
		{"silent from the start", 2 * maxConnections, local, "", false},
		{"half of a header", 2 * maxConnections, local, "POST " + eventsV + " HTTP/1.1\r\nHo", false},
		{"a body that does not come", 2 * maxConnections, local, posting(5000, "<"), false},
		{"answered once and kept open", 2 * maxConnections, local, "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n", true},
		{"from other machines and from this one", 2 * maxConnections, func(i int) string {
			if i%2 == 0 {
				return other(i)
			}
			return local(i)
		}, "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, all := setup(t), newPipes()
				ended := make(chan error, 1)
				go func() { ended <- s.Serve(all) }()
				begin := time.Now()
				for i := range tt.n {
					conn := all.dial(t, tt.from(i), tt.sends)
					if tt.awaits && answer(conn) != http.StatusOK {
						t.Fatalf("connection %d was not answered", i)
					}
					synctest.Wait()
				}
				if got := answer(all.dial(t, "127.0.0.1:60000", posting(len(someXML), someXML))); got != http.StatusOK {
					t.Errorf("the event is answered with %d, want 200", got)
				}
				if waited := time.Since(begin); waited > 0 {
					t.Errorf("the event waited %s", waited)
				}
				finish(t, s, ended)
			})
		})
	}
}

// finish stops a server that was started in a bubble.
func finish(t *testing.T, s *stand, ended <-chan error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // what is still open is cut
	_ = s.Shutdown(ctx)
	if err := <-ended; err != nil {
		t.Error(err)
	}
	synctest.Wait()
}

func TestARequestThatIsBeingAnsweredKeepsItsPlace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, all := setup(t), newPipes()
		s.store.hold = make(chan struct{})
		ended := make(chan error, 1)
		go func() { ended <- s.Serve(all) }()
		busy := make([]net.Conn, maxConnections)
		for i := range busy {
			body := fmt.Sprintf("<a n=\"%d\"/>", i)
			busy[i] = all.dial(t, fmt.Sprintf("127.0.0.1:%d", i+1), posting(len(body), body))
		}
		synctest.Wait()
		stranger := all.dial(t, "10.0.0.1:1", "")
		synctest.Wait()
		if got := answer(stranger); got != 0 {
			t.Errorf("another machine's connection is answered with %d, want it closed", got)
		}
		late := make(chan int)
		go func() {
			late <- answer(all.dial(t, "127.0.0.1:60000", posting(len(someXML), someXML)))
		}()
		synctest.Wait()
		select {
		case got := <-late:
			t.Fatalf("the next is answered with %d while all are busy", got)
		default:
		}
		close(s.store.hold)
		for i, conn := range busy {
			if got := answer(conn); got != http.StatusOK {
				t.Fatalf("request %d, which was being answered, got %d, want 200", i, got)
			}
		}
		if got := <-late; got != http.StatusOK {
			t.Errorf("the next got %d, want 200", got)
		}
		finish(t, s, ended)
	})
}
