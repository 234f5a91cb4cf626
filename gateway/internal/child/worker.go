package child

import (
	"context"
	"errors"
	"os"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/stats"
)

// WorkerService is Spec.Service for WorkerPlugins.
const WorkerService = "worker"

const (
	workerCookieKey     = "ORDERBELL_WORKER"
	workerCookie        = "6d1f2c57-script"
	workerVersion       = 1
	workerGRPCService   = "orderbell.worker.v1.Worker"
	workerGRPCMethod    = "Call"
	workerGRPCPath      = "/" + workerGRPCService + "/" + workerGRPCMethod
	hostGoneAfter       = 2 * time.Second
	hostFirstComesAfter = 20 * time.Second
)

// ErrByHand says that a worker was started by a person and not by its supervisor.
var ErrByHand = errors.New("this command is started by orderbell itself, there is nothing to run by hand")

// WorkerHandshake is Spec.Handshake for workers made with ServeWorker.
func WorkerHandshake() plugin.HandshakeConfig {
	return plugin.HandshakeConfig{
		ProtocolVersion: workerVersion, MagicCookieKey: workerCookieKey, MagicCookieValue: workerCookie,
	}
}

// WorkerPlugins is Spec.Plugins for workers made with ServeWorker; Lease.Service gives a *Worker.
func WorkerPlugins() map[int]plugin.PluginSet {
	return map[int]plugin.PluginSet{workerVersion: {WorkerService: &workerPlugin{}}}
}

// Handler answers one request of the host. It is called concurrently when the host calls so. An error
// reaches the host as a gRPC error with its text.
type Handler func(ctx context.Context, request []byte) ([]byte, error)

// Worker is the host's side of a process that runs ServeWorker.
type Worker struct {
	conn  grpc.ClientConnInterface
	codec frameCodec
}

// Call sends request and waits for the answer. The request must not be changed before it returns.
func (w *Worker) Call(ctx context.Context, request []byte) ([]byte, error) {
	var answer frame
	err := w.conn.Invoke(ctx, workerGRPCPath, &frame{data: request}, &answer, grpc.ForceCodecV2(w.codec))
	return answer.data, err
}

// ServeWorker serves handler to the supervisor that started this process, and returns when it is told
// to stop. It ends the process when the host has gone. Started by hand it returns ErrByHand.
func ServeWorker(handler Handler) error {
	if os.Getenv(workerCookieKey) != workerCookie {
		return ErrByHand
	}
	watch := newHostWatch(func() { os.Exit(3) })
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig:  WorkerHandshake(),
		VersionedPlugins: map[int]plugin.PluginSet{workerVersion: {WorkerService: &workerPlugin{handler: handler}}},
		Logger:           hclog.New(&hclog.LoggerOptions{Level: hclog.Warn, Output: os.Stderr, JSONFormat: true}),
		GRPCServer: func(opts []grpc.ServerOption) *grpc.Server {
			return grpc.NewServer(append(opts,
				grpc.ForceServerCodecV2(newFrameCodec()),
				grpc.MaxRecvMsgSize(DefaultMaxMessage), grpc.MaxSendMsgSize(DefaultMaxMessage),
				grpc.StatsHandler(watch))...)
		},
	})
	return nil
}

type workerPlugin struct {
	plugin.NetRPCUnsupportedPlugin
	handler Handler
}

// GRPCServer registers the service; go-plugin calls it in the worker.
func (p *workerPlugin) GRPCServer(_ *plugin.GRPCBroker, s *grpc.Server) error {
	s.RegisterService(&grpc.ServiceDesc{
		ServiceName: workerGRPCService,
		HandlerType: (*any)(nil),
		Methods:     []grpc.MethodDesc{{MethodName: workerGRPCMethod, Handler: p.call}},
	}, p)
	return nil
}

func (p *workerPlugin) call(_ any, ctx context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) { //nolint:revive // gRPC's order of arguments
	var request frame
	if err := decode(&request); err != nil {
		return nil, err
	}
	answer, err := p.handler(ctx, request.data)
	if err != nil {
		return nil, err
	}
	return &frame{data: answer}, nil
}

// GRPCClient makes the host's side.
func (p *workerPlugin) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return &Worker{conn: conn, codec: newFrameCodec()}, nil
}

// hostWatch ends the process when no connection to the host has been open for a while: nothing else
// tells a child everywhere that its host has died.
type hostWatch struct {
	open  atomic.Int64
	alone *time.Timer
}

func newHostWatch(gone func()) *hostWatch {
	return &hostWatch{alone: time.AfterFunc(hostFirstComesAfter, gone)}
}

// HandleConn implements stats.Handler.
func (w *hostWatch) HandleConn(_ context.Context, s stats.ConnStats) {
	switch s.(type) {
	case *stats.ConnBegin:
		w.open.Add(1)
		w.alone.Stop()
	case *stats.ConnEnd:
		if w.open.Add(-1) == 0 {
			w.alone.Reset(hostGoneAfter)
		}
	}
}

// TagConn implements stats.Handler.
func (*hostWatch) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context { return ctx }

// TagRPC implements stats.Handler.
func (*hostWatch) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context { return ctx }

// HandleRPC implements stats.Handler.
func (*hostWatch) HandleRPC(context.Context, stats.RPCStats) {}
