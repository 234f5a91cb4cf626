package sdk

import (
	"context"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func TestOnlyPublicAddressesArePublic(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"93.184.216.34": true, "8.8.8.8": true, "2a02:6b8::2:242": true, "100.63.255.255": true, "172.32.0.1": true,
		"127.0.0.1": false, "127.8.9.10": false, "0.0.0.0": false, "0.1.2.3": false, "10.1.2.3": false, "172.16.0.1": false,
		"192.168.1.1": false, "169.254.169.254": false, "100.64.0.1": false, "192.0.0.192": false, "192.0.2.1": false,
		"198.18.0.1": false, "198.51.100.7": false, "203.0.113.9": false, "224.0.0.1": false, "240.0.0.1": false,
		"255.255.255.255": false, "::": false, "::1": false, "::127.0.0.1": false, "::ffff:127.0.0.1": false,
		"::ffff:10.0.0.1": false, "::ffff:8.8.8.8": true, "fe80::1%eth0": false, "fc00::1": false, "fd00:ec2::254": false, "fec0::1": false,
		"ff02::1": false, "64:ff9b::7f00:1": false, "64:ff9b:1::1": false, "2002:7f00:1::": false, "2001::1": false, "2001:db8::1": false,
	} {
		if got := publicAddress(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: got public %v, want %v", address, got, want)
		}
	}
}

func TestAnAllowedAddressNeedsAPort(t *testing.T) {
	t.Parallel()
	for _, entry := range []string{"", "host", "host:", ":80", "http://host:80"} {
		if _, err := newEgress([]string{entry}); err == nil {
			t.Errorf("%q: got no error", entry)
		}
	}
	e, err := newEgress([]string{"Modem.LAN:8080", "[::1]:80"})
	if err != nil || !e.allow["modem.lan:8080"] || !e.allow["[::1]:80"] {
		t.Errorf("got %v, %v", e, err)
	}
}

func TestAProviderThatDialsItselfIsGuarded(t *testing.T) {
	t.Parallel()
	port, reached := trap(t)
	guard, err := newEgress([]string{"127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	for _, private := range []string{
		"127.0.0.1:" + port, "localhost:" + port, "[::1]:" + port, "[::ffff:127.0.0.1]:" + port, "0.0.0.0:" + port, "[::]:" + port,
		"127.1:" + port, "2130706433:" + port, "169.254.169.254:80", "10.0.0.1:2775", "192.168.0.1:2775", "100.64.0.1:2775",
		"[64:ff9b::7f00:1]:" + port,
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		conn, err := guard.dialTCP(ctx, "tcp", private)
		cancel()
		if err == nil {
			_ = conn.Close()
			t.Errorf("%s: connected, want it refused", private)
		}
	}
	if n := reached.Load(); n != 0 {
		t.Errorf("the listener was reached %d times", n)
	}
}

func TestAProviderDialsWhatIsAllowedByName(t *testing.T) {
	t.Parallel()
	port, _ := trap(t)
	address := "127.0.0.1:" + port
	guard, err := newEgress([]string{address})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := guard.dialTCP(t.Context(), "tcp", address)
	if err != nil {
		t.Fatalf("got %v, want a connection to an address of egress_allow", err)
	}
	_ = conn.Close()
	for _, network := range []string{"udp", "unix", "ip:icmp", ""} {
		if _, err := guard.dialTCP(t.Context(), network, address); err == nil || !strings.Contains(err.Error(), "not TCP") {
			t.Errorf("network %q: got %v, want it refused", network, err)
		}
	}
}
