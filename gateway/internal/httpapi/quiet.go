package httpapi

import (
	"container/list"
	"context"
	"io"
	"net"
	"net/http"
	"net/netip"
	"sync"
)

// gatedConn gives its place back when it is closed.
type gatedConn struct {
	net.Conn
	gate *gate
	from netip.Addr
	once sync.Once

	waiting *list.Element // in gate.quiet; nil: its request is here and being answered. Under gate.mu.
	closed  bool          // under gate.mu
}

// hush notes that the connection owes us a request, from now on.
func (c *gatedConn) hush() {
	c.gate.mu.Lock()
	defer c.gate.mu.Unlock()
	c.forget()
	if !c.closed {
		c.waiting = c.gate.quiet.PushBack(c)
	}
}

// heard notes that a whole request is here: nobody takes the connection's place now.
func (c *gatedConn) heard() {
	c.gate.mu.Lock()
	defer c.gate.mu.Unlock()
	c.forget()
}

// forget takes the connection out of those that are quiet. The caller holds gate.mu.
func (c *gatedConn) forget() {
	if c.waiting != nil {
		c.gate.quiet.Remove(c.waiting)
		c.waiting = nil
	}
}

// Close closes the connection and gives its place back, once.
func (c *gatedConn) Close() error {
	err := c.Conn.Close()
	c.once.Do(func() {
		c.gate.mu.Lock()
		c.forget()
		c.closed = true
		c.gate.mu.Unlock()
		<-c.gate.places
		c.gate.exit(c.from)
	})
	return err
}

// CloseWrite ends our side of the connection. net/http uses it, where there is one, so that a client
// that is still sending can read the refusal before the connection goes away.
func (c *gatedConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// connKey finds a request's gatedConn in its context.
type connKey struct{}

func keepConn(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, conn)
}

// hushed tells the gate that a connection waits for its next request.
func hushed(conn net.Conn, state http.ConnState) {
	if c, ok := conn.(*gatedConn); ok && state == http.StateIdle {
		c.hush()
	}
}

// listen tells the gate when the whole of a request is here.
func listen(r *http.Request) {
	c, ok := r.Context().Value(connKey{}).(*gatedConn)
	switch {
	case !ok:
	case r.Body == nil || r.Body == http.NoBody:
		c.heard()
	default:
		r.Body = &listened{r.Body, c}
	}
}

// listened is the body of a request that may come slowly.
type listened struct {
	io.ReadCloser
	conn *gatedConn
}

// Read reads on, and notes the end.
func (l *listened) Read(into []byte) (int, error) {
	n, err := l.ReadCloser.Read(into)
	if err != nil {
		l.conn.heard()
	}
	return n, err
}
