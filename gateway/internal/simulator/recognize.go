package simulator

import (
	"net"
	"regexp"
	"strings"
)

// Address is where a simulator that is started by hand answers unless it is told otherwise.
const Address = "127.0.0.1:11020"

// madeUp begins the one secret among an operator's settings. No real operator gives out such a one.
const madeUp = "simulated"

// LeadsTo tells whether an account with the settings talks to a simulator of the operator and not to the
// operator: to the one at running, host:port, which may be empty; to one at Address; or, wherever it is,
// to one whose made-up secret the account has. Who put in a real secret and left the address as it was
// still reaches nobody: the simulators open to any.
func (o Operator) LeadsTo(settings map[string]string, running string) bool {
	address := o.addressIn(settings)
	if address == "" {
		return false
	}
	return address == running || address == Address || o.knows(settings)
}

// addressIn gives the host:port where settings of SettingsAt lead; empty: they do not look like those.
func (o Operator) addressIn(settings map[string]string) string {
	var host, port string
	for _, s := range o.Settings {
		value := strings.TrimSuffix(strings.TrimSpace(settings[s.Key]), "/")
		switch {
		case s.Value == "{host}":
			host = value
		case s.Value == "{port}":
			port = value
		case strings.Contains(s.Value, "{url}"):
			form := strings.Replace(regexp.QuoteMeta(s.Value), `\{url\}`, "http://([^/@?#]+)", 1)
			if found := regexp.MustCompile("^" + form + "$").FindStringSubmatch(value); found != nil {
				host, port, _ = net.SplitHostPort(found[1]) // without a port it is none of ours
			}
		}
	}
	if host == "" || port == "" {
		return ""
	}
	return net.JoinHostPort(host, port)
}

// knows tells whether the settings have the simulator's made-up secret.
func (o Operator) knows(settings map[string]string) bool {
	for _, s := range o.Settings {
		if strings.HasPrefix(s.Value, madeUp) {
			return settings[s.Key] == s.Value
		}
	}
	return false
}
