package httpapi

import (
	"errors"
	"fmt"
	"net"
	"testing"

	"github.com/hashicorp/go-hclog"
)

// fakeListener hands out connections from made-up addresses.
type fakeListener struct {
	conns chan *fakeConn
}

func (l *fakeListener) Accept() (net.Conn, error) {
	conn, ok := <-l.conns
	if !ok {
		return nil, net.ErrClosed
	}
	return conn, nil
}
func (l *fakeListener) Close() error   { return nil }
func (l *fakeListener) Addr() net.Addr { return &net.TCPAddr{} }

// fakeConn is a connection of which only its end matters.
type fakeConn struct {
	net.Conn
	from       string
	closed     int
	halfClosed bool
}

func (c *fakeConn) RemoteAddr() net.Addr { return fakeAddr(c.from) }
func (c *fakeConn) Close() error         { c.closed++; return nil }
func (c *fakeConn) CloseWrite() error    { c.halfClosed = true; return nil }

type fakeAddr string

func (fakeAddr) Network() string  { return "tcp" }
func (a fakeAddr) String() string { return string(a) }

// admit sends connections from the addresses, one after the other, and gives those that got in.
func admit(t *testing.T, from ...string) (*gate, []net.Conn, []*fakeConn) {
	t.Helper()
	inner := &fakeListener{conns: make(chan *fakeConn, len(from))}
	all := make([]*fakeConn, len(from))
	for i, address := range from {
		all[i] = &fakeConn{from: address}
		inner.conns <- all[i]
	}
	close(inner.conns)
	g := newGate(inner, hclog.NewNullLogger())
	var in []net.Conn
	for {
		conn, err := g.Accept()
		if errors.Is(err, net.ErrClosed) {
			return g, in, all
		}
		if err != nil {
			t.Fatal(err)
		}
		in = append(in, conn)
	}
}

func many(n int, address func(int) string) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = address(i)
	}
	return list
}

func TestConnectionsPerAddress(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		from []string
		want int
	}{
		{"one other machine gets its share", many(100, func(i int) string { return fmt.Sprintf("192.168.0.9:%d", i+1) }), maxPerAddress},
		{"this machine is not limited so", many(100, func(i int) string { return fmt.Sprintf("127.0.0.1:%d", i+1) }), 100},
		{"a /64 of IPv6 is one machine", many(100, func(i int) string { return fmt.Sprintf("[2001:db8::%x]:1", i+1) }), maxPerAddress},
		{"other machines together leave places for this one", many(250, func(i int) string { return fmt.Sprintf("10.0.0.%d:1", i+1) }), maxRemoteConnections},
		{"what has no address counts as another machine", many(100, func(int) string { return "pipe" }), maxPerAddress},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			g, in, all := admit(t, test.from...)
			if len(in) != test.want {
				t.Errorf("%d of %d connections got in, want %d", len(in), len(test.from), test.want)
			}
			refused := 0
			for _, c := range all {
				refused += c.closed
			}
			if refused != len(test.from)-test.want {
				t.Errorf("%d connections were closed, want %d", refused, len(test.from)-test.want)
			}
			for _, c := range in {
				_, _ = c.Close(), c.Close() // the second must not give the place back again
			}
			if len(g.places) != 0 || g.remote != 0 || len(g.address) != 0 {
				t.Errorf("after all are closed: %d places, %d remote, %d addresses are still taken", len(g.places), g.remote, len(g.address))
			}
		})
	}
}

func TestAClosedGateLetsGoOfWhoWaits(t *testing.T) {
	t.Parallel()
	inner := &fakeListener{conns: make(chan *fakeConn, maxConnections+1)}
	var last *fakeConn
	for i := range maxConnections + 1 {
		last = &fakeConn{from: fmt.Sprintf("127.0.0.1:%d", i+1)}
		inner.conns <- last
	}
	close(inner.conns)
	g := newGate(inner, hclog.NewNullLogger())
	for range maxConnections {
		conn, err := g.Accept()
		if err != nil {
			t.Fatal(err)
		}
		c, _ := conn.(*gatedConn)
		c.heard()
	}
	_ = g.Close()
	if _, err := g.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept of a closed gate that is full = %v, want net.ErrClosed", err)
	}
	if last.closed != 1 {
		t.Error("the connection that had no place is still open")
	}
}

func TestGatedConnectionsCanBeHalfClosed(t *testing.T) {
	t.Parallel()
	_, in, all := admit(t, "127.0.0.1:1")
	half, ok := in[0].(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil || !all[0].halfClosed {
		t.Error("CloseWrite does not reach the connection")
	}
}
