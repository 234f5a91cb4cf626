package config

import (
	"net"
	"net/netip"
	"regexp"
	"strconv"
)

// hostName is a name of a machine in a network; its case does not matter.
var hostName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?)*\.?$`)

// onlyDigits is what a mistyped IP address consists of.
var onlyDigits = regexp.MustCompile(`^[0-9.]+$`)

// hostPort reads "host:port" with a port of at least lowest. For a listener (lowest 0) the host may be
// empty: every address of the machine.
func (r *reader) hostPort(v value, into *string, lowest int) {
	host, port, err := net.SplitHostPort(v.text)
	number, bad := strconv.Atoi(port)
	if err == nil && bad == nil && number >= lowest && number <= 65535 && goodHost(host, lowest == 0) {
		*into = v.text
		return
	}
	r.fault(v, Text{"это не адрес вида узел:порт", "this is not an address of the form host:port"}, Text{
		RU: "Например: " + defaultListen + "; порт — до 65535",
		EN: "For example: " + defaultListen + "; ports go up to 65535",
	})
}

func (r *reader) adminListen(v value, into *string) { r.hostPort(v, into, 0) }

func goodHost(host string, mayBeEmpty bool) bool {
	if host == "" {
		return mayBeEmpty
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	return len(host) <= 253 && hostName.MatchString(host) && !onlyDigits.MatchString(host)
}
