// Command mute is a program that keeps to the protocol without what the SDK does for a program: a call that
// does not return stays for good, and nothing answers before the deadline on its behalf.
package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/host"
)

type config struct{}

type account struct{}

func main() {
	sets, err := sdk.PluginSets(sdk.Plugin[config, account]{
		Name: "console", Title: sdk.Text{EN: "Mute", RU: "Немой"}, Version: "1.0.0",
		Open: func(context.Context, config, sdk.Env) (account, error) { return account{}, nil },
	}, os.Stderr, time.Now)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig: host.Handshake(), VersionedPlugins: sets,
		GRPCServer: func(options []grpc.ServerOption) *grpc.Server {
			return grpc.NewServer(append(options, grpc.UnaryInterceptor(hold))...)
		},
	})
}

// hold keeps calls: for good, where a message's text or the id that is asked for says hang; as long as it may,
// where it says slow.
func hold(ctx context.Context, request any, _ *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
	switch said := fmt.Sprint(request); {
	case strings.Contains(said, "hang"):
		select {}
	case strings.Contains(said, "slow"):
		deadline, _ := ctx.Deadline()
		<-time.After(time.Until(deadline) * 3 / 4)
		return handle(context.WithoutCancel(ctx), request)
	}
	return handle(ctx, request)
}

// Send refuses a text that says slow, as an operator does that has no time.
func (account) Send(_ context.Context, m sdk.Message) (sdk.Accepted, error) {
	if m.Text == "slow" {
		return sdk.Accepted{}, sdk.Fail(sdk.Unavailable, "the operator is busy")
	}
	return sdk.Accepted{ID: "m-" + m.ID}, nil
}

// Lookup knows all.
func (account) Lookup(_ context.Context, queries []sdk.Query) ([]sdk.Receipt, error) {
	receipts := make([]sdk.Receipt, len(queries))
	for i, q := range queries {
		receipts[i] = sdk.Receipt{OurID: q.OurID, ProviderID: q.ProviderID, Status: sdk.StatusDelivered}
	}
	return receipts, nil
}
