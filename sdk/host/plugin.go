// Package host is the gateway's side of the provider service. It speaks the wire and returns the Go
// types of package sdk, and it believes nothing that a plugin says: counts, ids, ranges and lengths
// are checked, and a broken answer becomes an outcome with the reason sdk.Internal.
//
// Starting and stopping processes is not its affair: whoever does so with go-plugin takes Handshake
// and Plugins, and gets a *Client when dispensing ServiceName.
package host

import (
	"context"
	"errors"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/orderbell/orderbell/sdk/internal/wire"
)

// ServiceName is what to dispense.
const ServiceName = wire.ServiceName

// MaxMessage caps one message between gateway and plugin, both ways; in bytes. The client holds
// itself to it in every call, whatever dial options the connection was made with.
const MaxMessage = wire.MaxMessage

// Handshake is how gateway and plugin recognise each other.
func Handshake() plugin.HandshakeConfig { return wire.Handshake() }

// Plugins returns what to give go-plugin as VersionedPlugins: a set for each protocol that this
// gateway speaks. Dispensing ServiceName gives a *Client.
func Plugins() map[int]plugin.PluginSet {
	return map[int]plugin.PluginSet{wire.Version: {ServiceName: &dispenser{}}}
}

// dispenser is the client half of a go-plugin plugin.
type dispenser struct {
	plugin.NetRPCUnsupportedPlugin
}

// GRPCServer fails: the gateway serves no plugin.
func (*dispenser) GRPCServer(*plugin.GRPCBroker, *grpc.Server) error {
	return errors.New("package host is the gateway's side; providers serve with sdk.Main")
}

// GRPCClient returns a *Client for the connection.
func (*dispenser) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return NewClient(conn), nil
}
