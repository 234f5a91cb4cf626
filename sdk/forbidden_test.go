package sdk

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// names is a name server that answers what the test says, whoever asks. A name that it does not know
// does not exist.
type names struct {
	mu      sync.Mutex
	answers map[string][]string // by name with its dot, the addresses
	silent  map[string]bool     // names that are never answered
	asked   map[string]int      // questions for an IPv4 address
}

// resolver returns a resolver that asks the name server.
func (n *names) resolver(t *testing.T) *net.Resolver {
	t.Helper()
	listener, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	n.mu.Lock()
	n.asked = map[string]int{}
	n.mu.Unlock()
	go func() {
		packet := make([]byte, 1500)
		for {
			size, from, err := listener.ReadFrom(packet)
			if err != nil {
				return
			}
			if answer := n.answer(packet[:size]); answer != nil {
				_, _ = listener.WriteTo(answer, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", listener.LocalAddr().String())
	}}
}

// answer returns nil where the server stays silent.
func (n *names) answer(question []byte) []byte {
	var m dnsmessage.Message
	if m.Unpack(question) != nil || len(m.Questions) != 1 {
		return nil
	}
	q := m.Questions[0]
	name := strings.ToLower(q.Name.String())
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.silent[name] {
		return nil
	}
	if q.Type == dnsmessage.TypeA {
		n.asked[name]++
	}
	m.Response, m.Authoritative, m.Additionals = true, true, nil
	addresses, known := n.answers[name]
	if !known {
		m.RCode = dnsmessage.RCodeNameError
	}
	for _, text := range addresses {
		header := dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: dnsmessage.ClassINET}
		v4, v6 := net.ParseIP(text).To4(), net.ParseIP(text).To16()
		switch {
		case q.Type == dnsmessage.TypeA && v4 != nil && !strings.Contains(text, ":"):
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.AResource{A: [4]byte(v4)}})
		case q.Type == dnsmessage.TypeAAAA && strings.Contains(text, ":"):
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.AAAAResource{AAAA: [16]byte(v6)}})
		}
	}
	packed, err := m.Pack()
	if err != nil {
		return nil
	}
	return packed
}

// asking returns a client that may call the allowed addresses and asks the name server for names.
func asking(t *testing.T, resolver *net.Resolver, allow ...string) *http.Client {
	t.Helper()
	guard, err := newEgress(allow)
	if err != nil {
		t.Fatal(err)
	}
	guard.resolver = resolver
	client := guard.client(8)
	t.Cleanup(client.CloseIdleConnections)
	return client
}

// traps listens on one port of both loopback addresses and counts who connects.
func traps(t *testing.T) (port string, connections *atomic.Int32) {
	t.Helper()
	port, connections = trap(t)
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "[::1]:"+port)
	if err != nil {
		t.Logf("without IPv6: %v", err)
		return port, connections
	}
	t.Cleanup(func() { _ = listener.Close() })
	go tally(listener, connections)
	return port, connections
}

func tally(listener net.Listener, connections *atomic.Int32) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		connections.Add(1)
		_ = conn.Close()
	}
}

// forbidden are addresses that an admin's slip or an attacker's settings may hold. PORT is the trap's.
// None of them leads past the guard; most are spellings of the machine itself.
func forbidden() []string {
	return []string{
		// This machine, in every way to write it.
		"https://127.0.0.1:PORT/", "https://127.8.9.10:PORT/", "https://127.1:PORT/", "https://127.0.1:PORT/",
		"https://2130706433:PORT/", "https://0x7f000001:PORT/", "https://0x7f.0.0.1:PORT/", "https://0177.0.0.1:PORT/",
		"https://017700000001:PORT/", "https://0.0.0.0:PORT/", "https://0:PORT/", "https://[::1]:PORT/", "https://[::]:PORT/",
		"https://[0:0:0:0:0:0:0:1]:PORT/", "https://[::ffff:127.0.0.1]:PORT/", "https://[::ffff:7f00:1]:PORT/", "https://[::127.0.0.1]:PORT/",
		"https://localhost:PORT/", "https://LOCALHOST:PORT/", "https://localhost.:PORT/", "https://127.0.0.1.:PORT/",
		// The local network, and what clouds keep there.
		"https://10.0.0.1/", "https://172.16.0.1/", "https://172.31.255.254/", "https://192.168.1.1/", "https://169.254.169.254/latest/meta-data/",
		"https://169.254.0.1/", "https://100.64.0.1/", "https://198.18.0.1/", "https://192.0.0.192/", "https://224.0.0.1/",
		"https://255.255.255.255/", "https://[fc00::1]/", "https://[fd00:ec2::254]/", "https://[fe80::1]/", "https://[64:ff9b::7f00:1]:PORT/",
		"https://[64:ff9b::a9fe:a9fe]/", "https://[2002:7f00:1::]:PORT/",
		// Public names that point home.
		"https://metadata.google.internal/", "https://home.example:PORT/", "https://home6.example:PORT/", "https://mapped.example:PORT/",
		// Addresses that are read in two ways.
		"https://acme.example@127.0.0.1:PORT/", "https://127.0.0.1:PORT@acme.example:PORT/", "https://127.0.0.1:PORT#@acme.example/",
		"https://127.0.0.1:PORT\\@acme.example/", "https://127.0.0.1:PORT%2f@acme.example/", "https://①②⑦.⓪.⓪.①:PORT/", "https://127。0。0。1:PORT/",
		"HTTPS://LocalHost:PORT/", "https://[::1%25lo]:PORT/", "https://127.0.0.1:0/", "https://127.0.0.1:22/", "https://127.0.0.1:65536/",
		"https://127.0.0.1:PORT:PORT/", "https:///127.0.0.1:PORT/", "https://:PORT/", "//127.0.0.1:PORT/", "127.0.0.1:PORT",
		// Other ways to ask.
		"http://127.0.0.1:PORT/", "http://acme.example/", "file:///etc/passwd", "ftp://127.0.0.1:PORT/", "gopher://127.0.0.1:PORT/_x",
		"unix:///var/run/docker.sock", `\\127.0.0.1\share`, "ws://127.0.0.1:PORT/", "data:text/plain,1", "",
	}
}

// pointing answers as a system's own resolver would, which takes shortened and hexadecimal addresses,
// too; and as an attacker's name server does.
func pointing() *names {
	n := &names{answers: map[string][]string{
		"metadata.google.internal.": {"169.254.169.254"}, "home.example.": {"127.0.0.1"}, "home6.example.": {"::1"},
		"mapped.example.": {"::ffff:127.0.0.1"},
	}}
	for _, name := range []string{"127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "0", "localhost", "127.0.0.1"} {
		n.answers[name+"."] = []string{"127.0.0.1", "::1"}
	}
	return n
}

func TestNoAddressLeadsPastTheGuard(t *testing.T) {
	t.Parallel()
	port, connections := traps(t)
	client := asking(t, pointing().resolver(t))
	tried := 0
	for _, address := range forbidden() {
		address = strings.ReplaceAll(address, "PORT", port)
		for _, call := range []func(context.Context) error{
			func(ctx context.Context) error {
				return PostForm(ctx, client, address, url.Values{"key": {canary}}, nil)
			},
			func(ctx context.Context) error { return Get(ctx, client, address, nil, Bearer(canary)) },
		} {
			before := connections.Load()
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			f := AsFailure(call(ctx), "")
			cancel()
			switch {
			case connections.Load() > before:
				t.Errorf("%s: connects", address)
			case f == nil || f.Reason != Unavailable && f.Reason != Internal:
				t.Errorf("%s: got %v, want it refused before anything left", address, f)
			case strings.Contains(f.Error()+f.Raw, canary):
				t.Errorf("%s: the failure holds the key: %v", address, f)
			}
		}
		tried++
	}
	t.Logf("%d addresses by POST and by GET: %d connections", tried, connections.Load())
	if tried < 60 {
		t.Errorf("got %d addresses, want at least 60", tried)
	}
	if err := PostForm(t.Context(), asking(t, pointing().resolver(t), "127.0.0.1:"+port), "https://127.0.0.1:"+port, nil, nil); err == nil || connections.Load() == 0 {
		t.Errorf("the trap does not catch what is allowed (%v), so it would catch nothing", err)
	}
}

// A name is looked up once for a connection, and the guard looks at the very address that is dialled.
// A name server that says something else the second time gains nothing.
func TestANameThatChangesItsMindGainsNothing(t *testing.T) {
	t.Parallel()
	port, connections := traps(t)
	n := &names{answers: map[string][]string{"turncoat.example.": {"10.0.0.1"}}}
	client := asking(t, n.resolver(t))
	_, failure := post(t.Context(), client, "https://turncoat.example:"+port)
	wantFailure(t, failure, Unavailable)
	n.mu.Lock()
	first := n.asked["turncoat.example."]
	n.answers["turncoat.example."] = []string{"127.0.0.1"}
	n.mu.Unlock()
	if first != 1 {
		t.Errorf("one call asked for the name %d times, want once", first)
	}
	_, failure = post(t.Context(), client, "https://turncoat.example:"+port)
	wantFailure(t, failure, Unavailable)
	if connections.Load() > 0 {
		t.Errorf("%d connections", connections.Load())
	}
}

// A permission is for one host and port: it opens no other, and no other name for the same.
func TestAPermissionOpensNothingElse(t *testing.T) {
	t.Parallel()
	port, connections := traps(t)
	n := &names{answers: map[string][]string{"modem.example.": {"127.0.0.1"}, "other.example.": {"127.0.0.1"}}}
	client := asking(t, n.resolver(t), "modem.example:1", "127.0.0.1:1")
	for _, host := range []string{"modem.example", "other.example", "127.0.0.1", "localhost", "[::1]"} {
		for _, scheme := range []string{"http", "https"} {
			_, failure := post(t.Context(), client, scheme+"://"+host+":"+port)
			wantFailure(t, failure, Unavailable)
		}
	}
	if connections.Load() > 0 {
		t.Errorf("%d connections", connections.Load())
	}
	_, _ = post(t.Context(), asking(t, n.resolver(t), "Modem.Example:"+port), "http://MODEM.example:"+port)
	if connections.Load() == 0 {
		t.Error("an allowed name does not connect")
	}
}

func TestARedirectGoesNowhereElse(t *testing.T) {
	t.Parallel()
	port, connections := traps(t)
	for _, location := range []string{
		"http://127.0.0.1:PORT/", "https://127.0.0.1:PORT/", "//127.0.0.1:PORT/", "http://[::1]:PORT/", "http://localhost:PORT/",
		"https://SELF/", "http://SELF@127.0.0.1:PORT/", "http://user:pass@SELF/", "http://127.0.0.1:PORT#@SELF/", "file:///etc/passwd",
		"gopher://127.0.0.1:PORT/_x", "http://home.example:PORT/", "http:", "%zz", "",
	} {
		for _, status := range []int{http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
			asked := atomic.Int32{}
			server := operator(t, func(w http.ResponseWriter, r *http.Request) {
				if asked.Add(1) > 1 {
					_, _ = io.WriteString(w, `{"id":"second"}`)
					return
				}
				to := strings.NewReplacer("PORT", port, "SELF", r.Host).Replace(location)
				w.Header().Set("Location", to+"?token="+canary)
				if location == "" {
					w.Header().Del("Location")
				}
				w.WriteHeader(status)
			})
			client := asking(t, pointing().resolver(t), server.Listener.Addr().String())
			reply, failure := post(t.Context(), client, server.URL)
			if connections.Load() > 0 {
				t.Fatalf("%d to %s: the other host was called", status, location)
			}
			if location == "http://user:pass@SELF/" && failure == nil && reply.ID == "second" {
				continue // the same host, and the login is nobody's secret
			}
			if failure == nil || failure.Reason != Internal && failure.Reason != UnknownOutcome {
				t.Errorf("%d to %s: got %+v, %v, want INTERNAL or UNKNOWN_OUTCOME", status, location, reply, failure)
				continue
			}
			wantFailure(t, failure, failure.Reason) // without the canary
		}
	}
}

func TestANameThatIsNotAnsweredForIsUnavailable(t *testing.T) {
	t.Parallel()
	n := &names{silent: map[string]bool{"slow.example.": true}, answers: map[string][]string{"empty.example.": {}}}
	client := asking(t, n.resolver(t))
	for _, host := range []string{"missing.example", "empty.example", "slow.example", strings.Repeat("a", 64) + ".example", "a..example"} {
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		_, failure := post(ctx, client, "https://"+host)
		cancel()
		wantFailure(t, failure, Unavailable)
	}
}

func TestAGETIsNotRepeatedWhenItsConnectionBreaks(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	server := operator(t, func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength != 0 || len(r.TransferEncoding) > 0 {
			t.Errorf("a GET has a body: %d, %v", r.ContentLength, r.TransferEncoding)
		}
		if asked.Add(1) > 1 {
			panic(http.ErrAbortHandler) // the text has gone out, the answer is lost
		}
		_, _ = io.WriteString(w, `{"id":"1"}`)
	})
	client := allowing(t, server)
	var reply jsonReply
	if err := Get(t.Context(), client, server.URL, &reply); err != nil {
		t.Fatal(err)
	}
	wantFailure(t, AsFailure(Get(t.Context(), client, server.URL, &reply), ""), UnknownOutcome)
	if asked.Load() != 2 {
		t.Errorf("2 calls made %d requests", asked.Load())
	}
}
