package sdk

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// Time-outs of the HTTP client; a context's deadline ends a call sooner.
const (
	dialTimeout = 10 * time.Second
	callTimeout = 60 * time.Second
	// idleTimeout is below what servers usually grant, so that a message seldom meets a connection
	// that the server is just closing: its outcome would be unknown.
	idleTimeout = 20 * time.Second
)

// egress decides where an account may connect to: https to public addresses, and what the admin
// allowed by name.
type egress struct {
	allow    map[string]bool // "host:port" or "[v6]:port", lower case
	resolver *net.Resolver   // nil: the system's
}

func newEgress(allow []string) (*egress, error) {
	e := &egress{allow: map[string]bool{}}
	for _, entry := range allow {
		host, port, err := net.SplitHostPort(entry)
		if err != nil || host == "" || port == "" {
			return nil, fmt.Errorf("the allowed address %q is not of the form host:port", entry)
		}
		e.allow[strings.ToLower(entry)] = true
	}
	return e, nil
}

// client returns the HTTP client of one account. It speaks HTTP/1.1 only: over HTTP/2 one reset
// connection would make the outcome of every call on it unknown. It uses no proxy: the guard would
// see only the proxy's address.
func (e *egress) client(inFlight int) *http.Client {
	protocols := &http.Protocols{}
	protocols.SetHTTP1(true)
	transport := &http.Transport{
		DialContext:            e.dial,
		Protocols:              protocols,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    dialTimeout,
		MaxIdleConns:           4 * inFlight,
		MaxIdleConnsPerHost:    inFlight,
		IdleConnTimeout:        idleTimeout,
		MaxResponseHeaderBytes: 64 << 10,
	}
	return &http.Client{
		Transport:     &guardedTransport{Transport: transport, egress: e},
		CheckRedirect: checkRedirect,
		Timeout:       callTimeout,
	}
}

// errOtherHost ends a redirect that would carry a request, and what is in it, somewhere else.
var errOtherHost = errors.New("the operator redirected to another host")

func checkRedirect(r *http.Request, via []*http.Request) error {
	first := via[0].URL
	if r.URL.Host != first.Host || r.URL.Scheme != first.Scheme {
		return errOtherHost
	}
	if len(via) > 3 {
		return errors.New("the operator redirected more than 3 times")
	}
	return nil
}

// EgressError says that the guard refused an address which the admin has not allowed: nothing was sent
// there. Take it with errors.As where the cure shall be told in the provider's own words.
type EgressError struct {
	Address string // host:port, as egress_allow wants it
	Plain   bool   // refused for plain http; otherwise because the address is not a public one
}

// Error names the address and the cure.
func (e *EgressError) Error() string {
	if e.Plain {
		return fmt.Sprintf("plain http to %s is refused: use https, or add %s to egress_allow", strings.TrimSuffix(e.Address, ":80"), e.Address)
	}
	return fmt.Sprintf("the address %s is not a public one; if it is meant, add it to egress_allow", e.Address)
}

// guardedTransport refuses plain http unless the admin allowed the address.
type guardedTransport struct {
	*http.Transport
	egress *egress
}

// RoundTrip carries out one request.
func (t *guardedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "https" && !t.egress.allow[strings.ToLower(hostPort(r))] {
		return nil, &EgressError{Address: hostPort(r), Plain: true}
	}
	response, err := t.Transport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if _, err := url.Parse(response.Header.Get("Location")); err != nil {
		response.Header.Del("Location") // net/http would quote it in its error, with the query
	}
	return response, nil
}

func hostPort(r *http.Request) string {
	if r.URL.Port() != "" {
		return r.URL.Host
	}
	port := "443"
	if r.URL.Scheme == "http" {
		port = "80"
	}
	return net.JoinHostPort(r.URL.Hostname(), port)
}

// dial connects, and looks at the address after it was resolved: a public name that points into the
// local network is refused as well.
func (e *egress) dial(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := &net.Dialer{Timeout: dialTimeout, KeepAlive: 15 * time.Second, Resolver: e.resolver}
	if !e.allow[strings.ToLower(address)] {
		dialer.ControlContext = e.control
	}
	conn, err := dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &countedConn{Conn: conn}, nil
}

// Dialer connects by TCP ("tcp", "tcp4" or "tcp6") to host:port, for an operator who speaks something
// other than HTTP. An address of the local network is refused after the name was resolved, unless
// egress_allow names it. A public one is reached on any port and without TLS: whether the protocol
// needs TLS is for the provider to know. The connection is the caller's to close; no deadline is set.
type Dialer func(ctx context.Context, network, address string) (net.Conn, error)

// dialTCP is the Dialer of an account.
func (e *egress) dialTCP(ctx context.Context, network, address string) (net.Conn, error) {
	switch network {
	case "tcp", "tcp4", "tcp6":
		return e.dial(ctx, network, address)
	default:
		return nil, fmt.Errorf("the network %q is not TCP", network)
	}
}

func (e *egress) control(_ context.Context, _, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("address %s: %w", address, err)
	}
	if e.allow[strings.ToLower(address)] || publicAddress(to.Addr()) {
		return nil
	}
	return &EgressError{Address: address}
}

// publicAddress says whether the address is one of the open internet.
func publicAddress(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false // loopback, link-local (with the clouds' metadata), multicast, unspecified, broadcast; RFC 1918, fc00::/7
	}
	for _, block := range specialBlocks() {
		if block.Contains(a) {
			return false
		}
	}
	return true
}

// specialBlocks are the networks of the IANA special-purpose registries that netip does not know,
// with the ones that wrap an IPv4 address.
func specialBlocks() []netip.Prefix {
	var blocks []netip.Prefix
	for _, text := range [...]string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24",
		"203.0.113.0/24", "240.0.0.0/4", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32",
		"2002::/16", "3fff::/20", "5f00::/16", "fec0::/10",
	} {
		blocks = append(blocks, netip.MustParsePrefix(text))
	}
	return blocks
}

// countedConn counts what was written, so that a failed call can tell whether a byte left.
type countedConn struct {
	net.Conn
	written atomic.Int64
}

// Write counts what the network took.
func (c *countedConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.written.Add(int64(n))
	return n, err
}
