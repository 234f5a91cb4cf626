package httpapi

import (
	"container/list"
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
// each of them. Over the limits of other machines they are closed at once. When all places are taken, a new
// one gets the place of the one that has been quiet longest: whoever holds connections open and says nothing,
// or says it slowly, must not keep the cash server out.
type gate struct {
	net.Listener
	log    hclog.Logger
	places chan struct{} // one for each open connection
	done   chan struct{}
	once   sync.Once

	mu      sync.Mutex
	quiet   *list.List // of *gatedConn that owe us a request, the longest first
	remote  int
	address map[netip.Addr]int
}

func newGate(inner net.Listener, log hclog.Logger) *gate {
	return &gate{
		Listener: inner,
		log:      log,
		places:   make(chan struct{}, maxConnections),
		done:     make(chan struct{}),
		quiet:    list.New(),
		address:  map[netip.Addr]int{},
	}
}

// Accept waits for a connection that may have a place, and for the place.
func (g *gate) Accept() (net.Conn, error) {
	for {
		conn, err := g.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from := addressOf(conn.RemoteAddr().String())
		if !g.enter(from) {
			g.log.Debug("connection refused: too many are open", "remote", from.String())
			_ = conn.Close() // nothing was said on it
			continue
		}
		if !g.place(from) {
			g.exit(from)
			_ = conn.Close()
			continue
		}
		c := &gatedConn{Conn: conn, gate: g, from: from}
		c.hush()
		return c, nil
	}
}

// place takes a place, if need be of a quiet connection. A connection of another machine takes none of this
// machine's and does not wait; one of this machine waits for the next that ends, or until the gate is closed.
func (g *gate) place(from netip.Addr) bool {
	for {
		select {
		case g.places <- struct{}{}:
			return true
		default:
		}
		if g.displace(from) {
			continue
		}
		if !from.IsLoopback() {
			return false
		}
		select {
		case g.places <- struct{}{}:
			return true
		case <-g.done:
			return false
		}
	}
}

// displace closes the connection that has been quiet longest and that one from there may close.
func (g *gate) displace(from netip.Addr) bool {
	g.mu.Lock()
	var oldest *gatedConn
	for e := g.quiet.Front(); e != nil && oldest == nil; e = e.Next() {
		if c, _ := e.Value.(*gatedConn); from.IsLoopback() || !c.from.IsLoopback() {
			oldest = c
		}
	}
	g.mu.Unlock()
	if oldest == nil {
		return false
	}
	g.log.Debug("connection closed: it was quiet longest, and another one needs its place", "remote", oldest.from.String())
	_ = oldest.Close() // its server finds it closed, as if the client had gone
	return true
}

// Close stops accepting.
func (g *gate) Close() error {
	g.once.Do(func() { close(g.done) })
	return g.Listener.Close()
}

// enter counts a connection; false: its machine, or all the other machines, have what they may have.
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

// exit is the reverse of enter.
func (g *gate) exit(from netip.Addr) {
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
