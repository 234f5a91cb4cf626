package sdk

import (
	"context"
	"fmt"
	"runtime/debug"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/orderbell/orderbell/sdk/internal/wire"
)

// server answers the gateway. Its gRPC errors say that this process failed or was asked wrongly;
// what the operator says is in the answers.
type server struct {
	wire.UnimplementedProviderServer
	accounts *accounts
	writer   writer
}

func newServer(as *accounts) *server {
	return &server{accounts: as, writer: writer{as.scrub}}
}

// Describe needs no account.
func (s *server) Describe(context.Context, *wire.DescribeRequest) (*wire.Manifest, error) {
	return writeManifest(s.accounts.engine.manifest), nil
}

// Open validates settings and builds the account.
func (s *server) Open(ctx context.Context, r *wire.OpenRequest) (*wire.OpenResponse, error) {
	if r.GetAccount() == "" {
		return nil, status.Error(codes.InvalidArgument, "the account has no name")
	}
	diagnostics, err := s.accounts.add(ctx, accountKey{r.GetAccount(), r.GetRevision()}, r.GetSettings(), r.GetEgressAllow())
	if err != nil {
		return nil, err
	}
	return &wire.OpenResponse{Diagnostics: s.writer.diagnostics(diagnostics)}, nil
}

// Close waits for the account's calls and forgets it.
func (s *server) Close(ctx context.Context, r *wire.CloseRequest) (*wire.CloseResponse, error) {
	if err := s.accounts.remove(ctx, accountKey{r.GetAccount(), r.GetRevision()}); err != nil {
		if ctx.Err() != nil {
			return nil, status.FromContextError(ctx.Err()).Err()
		}
		return nil, status.Error(codes.Internal, s.writer.text(err.Error(), wire.MaxDetail))
	}
	return &wire.CloseResponse{}, nil
}

// Send hands over messages.
func (s *server) Send(ctx context.Context, r *wire.SendRequest) (*wire.SendResponse, error) {
	batch := readMessages(r.GetMessages())
	seen := make(map[string]bool, len(batch))
	for _, m := range batch {
		if m.ID == "" || seen[m.ID] {
			return nil, status.Error(codes.InvalidArgument, "a message without an id, or with another one's")
		}
		seen[m.ID] = true
	}
	a, done, err := s.use(r)
	if err != nil {
		return nil, err
	}
	defer done()
	return &wire.SendResponse{Outcomes: s.writer.outcomes(a.send(ctx, batch))}, nil
}

// Check logs in without sending.
func (s *server) Check(ctx context.Context, r *wire.CheckRequest) (*wire.CheckResponse, error) {
	return ask(ctx, s, r, "Check", func(ctx context.Context, c Checker) *wire.CheckResponse {
		diagnostics, err := c.Check(ctx)
		return &wire.CheckResponse{Diagnostics: s.writer.diagnostics(diagnostics), Failure: s.readFailure(err)}
	})
}

// Balance tells what the account holds.
func (s *server) Balance(ctx context.Context, r *wire.BalanceRequest) (*wire.BalanceResponse, error) {
	return ask(ctx, s, r, "Balance", func(ctx context.Context, b Balancer) *wire.BalanceResponse {
		balance, err := b.Balance(ctx)
		if err != nil {
			return &wire.BalanceResponse{Failure: s.readFailure(err)}
		}
		return &wire.BalanceResponse{Amount: writeMoney(&balance.Amount), Unlimited: balance.Unlimited}
	})
}

// Estimate prices messages.
func (s *server) Estimate(ctx context.Context, r *wire.EstimateRequest) (*wire.EstimateResponse, error) {
	return ask(ctx, s, r, "Estimate", func(ctx context.Context, e Estimator) *wire.EstimateResponse {
		prices, err := e.Estimate(ctx, readMessages(r.GetMessages()))
		return &wire.EstimateResponse{Prices: s.writer.prices(prices), Failure: s.readFailure(err)}
	})
}

// Lookup asks what became of messages.
func (s *server) Lookup(ctx context.Context, r *wire.LookupRequest) (*wire.LookupResponse, error) {
	return ask(ctx, s, r, "Lookup", func(ctx context.Context, l Lookuper) *wire.LookupResponse {
		var queries []Query
		for _, q := range r.GetQueries() {
			queries = append(queries, Query{OurID: q.GetOurId(), ProviderID: q.GetProviderId(), To: q.GetTo()})
		}
		receipts, err := l.Lookup(ctx, queries)
		return &wire.LookupResponse{Receipts: s.writer.receipts(receipts), Failure: s.readFailure(err)}
	})
}

// ParseCallback reads what the operator, or somebody else, posted.
func (s *server) ParseCallback(ctx context.Context, r *wire.ParseCallbackRequest) (*wire.ParseCallbackResponse, error) {
	return ask(ctx, s, r, "ParseCallback", func(ctx context.Context, p CallbackParser) *wire.ParseCallbackResponse {
		receipts, reply, err := p.ParseCallback(ctx, readCallback(r))
		return &wire.ParseCallbackResponse{
			Receipts: s.writer.receipts(receipts), Failure: s.writer.failure(AsFailure(err, Internal)),
			Reply: &wire.Reply{Status: count(reply.Status), ContentType: reply.ContentType, Body: reply.Body},
		}
	})
}

// readFailure is for calls that change nothing: there "unknown outcome" would only puzzle people.
func (s *server) readFailure(err error) *wire.Failure {
	f := AsFailure(err, Unavailable)
	if f != nil && f.Reason == UnknownOutcome {
		plain := *f
		plain.Reason = Unavailable
		f = &plain
	}
	return s.writer.failure(f)
}

// addressed is what every request about an account has.
type addressed interface {
	GetAccount() string
	GetRevision() uint64
}

// use finds the account; FailedPrecondition tells the gateway to open it (again).
func (s *server) use(r addressed) (*account, func(), error) {
	if s.accounts.overdue.isUp() {
		return nil, nil, status.Error(codes.FailedPrecondition, "the program is about to end")
	}
	a, done := s.accounts.use(accountKey{r.GetAccount(), r.GetRevision()})
	if a == nil {
		return nil, nil, status.Error(codes.FailedPrecondition, "the account is not open in this revision")
	}
	return a, done, nil
}

// ask calls an ability of the account. A panic of the author's code is the process's failure here,
// because there is no message to pin it on; the process lives on.
func ask[Ability, Answer any](
	ctx context.Context, s *server, r addressed, name string, call func(context.Context, Ability) *Answer,
) (answer *Answer, err error) {
	a, done, err := s.use(r)
	if err != nil {
		return nil, err
	}
	defer done()
	ability, ok := a.sender.(Ability)
	if !ok {
		return nil, status.Errorf(codes.Unimplemented, "the provider has no %s", name)
	}
	defer func() {
		if p := recover(); p != nil {
			a.log.Error(name+" panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			answer, err = nil, status.Errorf(codes.Internal, "%s panicked; see the provider's log", name)
		}
	}()
	ctx, cancel := soon(ctx)
	defer cancel()
	defer s.accounts.overdue.watch(ctx, a.log, name)()
	return call(ctx, ability), nil
}

// register adds the service to a gRPC server.
func (s *server) register(to *grpc.Server) { wire.RegisterProviderServer(to, s) }
