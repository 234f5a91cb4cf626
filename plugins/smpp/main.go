// Command orderbell-provider-smpp sends messages through any SMSC or aggregator that speaks SMPP 3.4, as
// one transceiver connection that it keeps bound. The units are gosmpp's; the connection, its window
// and its outcomes are here, for the reasons that docs/adr/0011 gives.
//
// What is said here about the protocol comes from the "Short Message Peer to Peer Protocol
// Specification v3.4", where nothing else is named.
package main

import "github.com/orderbell/orderbell/sdk"

// version is set by the linker.
var version = "dev"

// maxInFlight is how many messages are worked on at once. The window, which is a setting, bounds what
// waits for an answer on the connection.
const maxInFlight = 32

func main() { sdk.Main(provider()) }

func provider() sdk.Plugin[config, *account] {
	return sdk.Plugin[config, *account]{
		Name:     "smpp",
		Title:    sdk.Text{EN: "SMPP 3.4 (any SMSC)", RU: "SMPP 3.4 (любой SMS-центр)"},
		Version:  version,
		Homepage: "https://smpp.org",
		// A message has no name of ours in SMPP: what is sent twice goes out twice.
		Resend:      sdk.ResendNone,
		MaxInFlight: maxInFlight,
		SenderNames: true,
		Validity:    true,
		Open:        open,
	}
}
