// Package sdktest is the conformance kit for providers. The author plays the operator on a good day and
// records some of its answers; Run does the rest:
//
//	func TestMain(m *testing.M) { sdktest.Main(m, provider()) }
//
//	func TestConformance(t *testing.T) {
//		sdktest.Run(t, provider(), sdktest.Operator{
//			Handler:  http.HandlerFunc(acme),
//			Settings: map[string]string{"api_key": "k-123-canary"},
//			Cases: []sdktest.Case{
//				{Name: "no money", Reply: sdktest.File("201.json"), Want: sdktest.Reason(sdk.NoMoney)},
//			},
//			Callbacks: sdktest.Dir("callbacks"),
//		})
//	}
//
// Serve and Open are for what only the author can know: they serve a provider within the test's own
// process, wire and all. Live sends one text through the real operator.
package sdktest

import (
	"context"
	"io"
	"net"
	"testing"
	"time"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/host"
)

// Serve returns a client for the provider, which runs until the test ends. What it logs goes to log,
// scrubbed as in production; now is its clock.
func Serve[C any, A sdk.Sender](t testing.TB, p sdk.Plugin[C, A], log io.Writer, now func() time.Time) *host.Client {
	t.Helper()
	sets, err := sdk.PluginSets(p, log, now)
	if err != nil {
		t.Fatal(err)
	}
	served, ok := sets[int(host.Handshake().ProtocolVersion)][host.ServiceName].(plugin.GRPCPlugin) //nolint:gosec // a small number
	if !ok {
		t.Fatal("the provider does not serve the version that the gateway speaks")
	}
	server := grpc.NewServer(grpc.MaxRecvMsgSize(host.MaxMessage), grpc.MaxSendMsgSize(host.MaxMessage))
	if err := served.GRPCServer(nil, server); err != nil {
		t.Fatal(err)
	}
	listener := bufconn.Listen(64 << 10)
	go server.Serve(listener) //nolint:errcheck // ends with Stop
	conn, err := grpc.NewClient("passthrough:provider", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(context.Context, string) (net.Conn, error) { return listener.Dial() }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = conn.Close()
		server.Stop()
	})
	return host.NewClient(conn)
}

// Open opens revision 1 of an account and fails the test on any diagnostic. allow names the fake
// operator's host:port.
func Open(t testing.TB, c *host.Client, account string, settings map[string]string, allow ...string) {
	t.Helper()
	diagnostics, err := c.Open(t.Context(), host.OpenRequest{Account: account, Revision: 1, Settings: settings, EgressAllow: allow})
	if err != nil || len(diagnostics) > 0 {
		t.Fatalf("open account %s: %v, %v", account, diagnostics, err)
	}
}
