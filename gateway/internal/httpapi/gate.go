package httpapi

import (
	"net"
	"net/netip"
	"sync"

	"github.com/hashicorp/go-hclog"
)

// Limits on open connections. The cash server is often on this machine: the others can never take
// all places, and one of them only a few.
const (
	maxConnections       = 256
	maxRemoteConnections = 224 // from other machines, together
	maxPerAddress        = 32  // from one other machine
)

// gate is a listener that bounds how many connections are open: in all, from other machines, and from
// each of them. Over the first limit new ones wait; over the others they are closed at once.
type gate struct {
	net.Listener
	log    hclog.Logger
	places chan struct{} // one for each open connection
	done   chan struct{}
	once   sync.Once

	mu      sync.Mutex
	remote  int
	address map[netip.Addr]int
}

func newGate(inner net.Listener, log hclog.Logger) *gate {
	return &gate{
		Listener: inner,
		log:      log,
		places:   make(chan struct{}, maxConnections),
		done:     make(chan struct{}),
		address:  map[netip.Addr]int{},
	}
}

// Accept waits for a place and a connection that may have it.
func (g *gate) Accept() (net.Conn, error) {
	select {
	case g.places <- struct{}{}:
	case <-g.done:
		return nil, net.ErrClosed
	}
	for {
		conn, err := g.Listener.Accept()
		if err != nil {
			<-g.places
			return nil, err
		}
		from := addressOf(conn.RemoteAddr().String())
		if g.enter(from) {
			return &gatedConn{Conn: conn, gate: g, from: from}, nil
		}
		g.log.Debug("connection refused: too many are open", "remote", from.String())
		_ = conn.Close() // nothing was said on it
	}
}

// Close stops accepting.
func (g *gate) Close() error {
	g.once.Do(func() { close(g.done) })
	return g.Listener.Close()
}

func (g *gate) enter(from netip.Addr) bool {
	if from.IsLoopback() {
		return true
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.remote >= maxRemoteConnections || g.address[network(from)] >= maxPerAddress {
		return false
	}
	g.remote++
	g.address[network(from)]++
	return true
}

func (g *gate) leave(from netip.Addr) {
	<-g.places
	if from.IsLoopback() {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.remote--
	if g.address[network(from)]--; g.address[network(from)] <= 0 {
		delete(g.address, network(from))
	}
}

// gatedConn gives its place back when it is closed.
type gatedConn struct {
	net.Conn
	gate *gate
	from netip.Addr
	once sync.Once
}

// Close closes the connection and gives its place back, once.
func (c *gatedConn) Close() error {
	c.once.Do(func() { c.gate.leave(c.from) })
	return c.Conn.Close()
}

// CloseWrite ends our side of the connection. net/http uses it, where there is one, so that a client
// that is still sending can read the refusal before the connection goes away.
func (c *gatedConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// addressOf reads "host:port" as net/http gives it; IPv4 in IPv6 form becomes IPv4. The zero address,
// which is no loopback, stands for everything else.
func addressOf(text string) netip.Addr {
	pair, err := netip.ParseAddrPort(text)
	if err != nil {
		return netip.Addr{}
	}
	return pair.Addr().Unmap().WithZone("")
}

// network gives what counts as one client: the address, or the /64 of IPv6, of which one machine has
// as many addresses as it likes.
func network(from netip.Addr) netip.Addr {
	if !from.Is6() {
		return from
	}
	prefix, err := from.Prefix(64)
	if err != nil {
		return from
	}
	return prefix.Addr()
}
