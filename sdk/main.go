package sdk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/orderbell/orderbell/sdk/internal/wire"
)

// Exit codes of a provider program.
const (
	exitDone   = 0
	exitFailed = 1 // the operator, or the account, said no
	exitUsage  = 2 // wrong usage, wrong settings, or a mistake in the provider itself
	exitHung   = 3 // only when serving: a call did not return, see overdue
)

// Main is the whole main function of a provider. Started by the gateway it serves; started by hand it
// is a tool that describes the provider, checks an account, sends a text and shows the balance. It
// does not return.
func Main[C any, A Sender](p Plugin[C, A]) {
	os.Exit(run(p, system{
		args: os.Args, getenv: os.Getenv, stdout: os.Stdout, stderr: os.Stderr, now: time.Now,
	}))
}

// system is the world around a provider program.
type system struct {
	args           []string
	getenv         func(string) string
	stdout, stderr io.Writer
	now            func() time.Time
}

func run[C any, A Sender](p Plugin[C, A], sys system) int {
	e, err := newEngine(p)
	if err != nil {
		_, _ = fmt.Fprintln(sys.stderr, err)
		return exitUsage
	}
	handshake := wire.Handshake()
	if sys.getenv(handshake.MagicCookieKey) == handshake.MagicCookieValue {
		return serve(e, handshake, sys)
	}
	return newTool(e, sys).run()
}

// lastWords is how long accounts get to close when the process ends.
const lastWords = time.Second

// serve answers one gateway until it says stop or disappears.
func serve(e *engine, handshake plugin.HandshakeConfig, sys system) int {
	scrub := newScrubber()
	// go-plugin takes over os.Stdout and os.Stderr; the log must keep the stderr we were started with.
	log := hclog.New(&hclog.LoggerOptions{
		Name: e.manifest.Name, Level: hclog.Debug, Output: scrub.writer(sys.stderr), JSONFormat: true,
	})
	as := newAccounts(e, scrub, log, sys.now)
	as.overdue = newOverdue()
	go func() {
		<-as.overdue.up()
		time.Sleep(parting) // answers are under way
		os.Exit(exitHung)
	}()
	alone := newWatchdog(aloneAtStart, aloneLater)
	go func() {
		<-alone.done
		log.Warn("no gateway is connected; the provider ends")
		ctx, cancel := context.WithTimeout(context.Background(), lastWords)
		defer cancel()
		as.removeAll(ctx)
		os.Exit(exitDone) // plugin.Serve cannot be told to return
	}()
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig:  handshake,
		VersionedPlugins: pluginSets(newServer(as)),
		Logger:           log.Named("serve").With("version", e.manifest.Version),
		GRPCServer: func(options []grpc.ServerOption) *grpc.Server {
			return grpc.NewServer(append(options,
				grpc.MaxRecvMsgSize(wire.MaxMessage), grpc.MaxSendMsgSize(wire.MaxMessage), grpc.StatsHandler(alone))...)
		},
	})
	ctx, cancel := context.WithTimeout(context.Background(), lastWords)
	defer cancel()
	as.removeAll(ctx)
	return exitDone
}

// PluginSets returns what go-plugin serves for the provider, for tests that speak to it without a
// process of its own. Log lines go to log, scrubbed.
func PluginSets[C any, A Sender](p Plugin[C, A], log io.Writer, now func() time.Time) (map[int]plugin.PluginSet, error) {
	e, err := newEngine(p)
	if err != nil {
		return nil, err
	}
	scrub := newScrubber()
	logger := hclog.New(&hclog.LoggerOptions{Name: p.Name, Level: hclog.Debug, Output: scrub.writer(log), JSONFormat: true})
	return pluginSets(newServer(newAccounts(e, scrub, logger, now))), nil
}

func pluginSets(s *server) map[int]plugin.PluginSet {
	return map[int]plugin.PluginSet{wire.Version: {wire.ServiceName: &served{server: s}}}
}

// served is the server half of a go-plugin plugin.
type served struct {
	plugin.NetRPCUnsupportedPlugin
	server *server
}

// GRPCServer adds the provider service.
func (p *served) GRPCServer(_ *plugin.GRPCBroker, to *grpc.Server) error {
	p.server.register(to)
	return nil
}

// GRPCClient fails: the gateway's side is package host.
func (*served) GRPCClient(context.Context, *plugin.GRPCBroker, *grpc.ClientConn) (any, error) {
	return nil, errors.New("the gateway's side of a provider is package host")
}
