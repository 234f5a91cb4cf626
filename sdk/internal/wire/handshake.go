// Package wire is what passes between gateway and plugin: the protobuf service, the handshake and
// the limits. Nothing outside sdk sees it; authors and the gateway meet the Go types of package sdk.
package wire

import "github.com/hashicorp/go-plugin"

// Generating needs protoc, and in PATH the two generators that tools/go.mod pins:
// go build -modfile=tools/go.mod -o DIR google.golang.org/protobuf/cmd/protoc-gen-go google.golang.org/grpc/cmd/protoc-gen-go-grpc
//
//go:generate protoc --go_out=. --go_opt=paths=source_relative --go-grpc_out=. --go-grpc_opt=paths=source_relative provider.proto

// Version is go-plugin's protocol number: the N of the proto package's vN.
const Version = 1

// ServiceName is the name under which the service is dispensed.
const ServiceName = "provider"

// MaxMessage caps one gRPC message, sent or received, on both ends; in bytes. Without it a plugin
// that went wrong could make the gateway swallow 2 GiB.
const MaxMessage = 1 << 20

// OpenPanicked begins the English text of the diagnostic that stands for a panic of the author's Open. By
// it the gateway tells a fault of the program from a refusal of settings.
const OpenPanicked = "The provider program failed when it opened the account: panic: "

// Caps on what a plugin may say about one message; in bytes.
const (
	MaxProviderID = 64
	MaxDetail     = 1 << 10
	MaxRaw        = 2 << 10
	MaxCode       = 64
)

// Handshake is how host and plugin recognise each other. The cookie is no secret: it only tells
// "started by a gateway" from "started by hand".
func Handshake() plugin.HandshakeConfig {
	return plugin.HandshakeConfig{
		ProtocolVersion:  Version,
		MagicCookieKey:   "ORDERBELL_PROVIDER",
		MagicCookieValue: "8b1f6c4e-provider-v1",
	}
}
