package host

import (
	"context"
	"net/http"
	"slices"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/internal/wire"
)

// DefaultTimeout ends a call whose context has no deadline.
const DefaultTimeout = 15 * time.Second

// Client calls one provider process. It is safe for use by several goroutines. Errors are of two
// sorts: *Error when the process failed (see ErrNotSent and its neighbours), *sdk.Failure when the
// operator did.
type Client struct {
	service wire.ProviderClient
}

// NewClient returns a client that speaks over conn, which stays the caller's.
func NewClient(conn grpc.ClientConnInterface) *Client {
	return &Client{service: wire.NewProviderClient(conn)}
}

// OpenRequest is what an account is built from.
type OpenRequest struct {
	Account     string
	Revision    uint64            // a change of settings is a new revision, opened beside the old one
	Settings    map[string]string // by Field.Key
	EgressAllow []string          // private or loopback host:port that the account may call
}

// Describe returns who the provider is and what it can do. A manifest that breaks the rules is an
// error: it cannot be shown or relied on.
func (c *Client) Describe(ctx context.Context) (sdk.Manifest, error) {
	answer, err := call(ctx, "Describe", &wire.DescribeRequest{}, c.service.Describe)
	if err != nil {
		return sdk.Manifest{}, err
	}
	manifest, err := readManifest(answer)
	if err != nil {
		return sdk.Manifest{}, &Error{Call: "Describe", Kind: ErrCrashed, Err: err}
	}
	return manifest, nil
}

// Open validates the settings and builds the account. It is not open if a diagnostic has
// sdk.SeverityError. Opening a revision again is fine with the same settings and an error with others.
func (c *Client) Open(ctx context.Context, r OpenRequest) ([]sdk.Diagnostic, error) {
	answer, err := call(ctx, "Open", &wire.OpenRequest{
		Account: r.Account, Revision: r.Revision, Settings: r.Settings, EgressAllow: r.EgressAllow,
	}, c.service.Open)
	if err != nil {
		return nil, err
	}
	return readDiagnostics(answer.GetDiagnostics()), nil
}

// Close waits for the calls of the revision to end and forgets it. Closing what is not open is fine.
func (c *Client) Close(ctx context.Context, account string, revision uint64) error {
	_, err := call(ctx, "Close", &wire.CloseRequest{Account: account, Revision: revision}, c.service.Close)
	return err
}

// Check logs in without sending. Diagnostics are remarks that do not stop the account from working;
// an *sdk.Failure says that it would not work. A provider without the ability returns ErrNoAbility.
func (c *Client) Check(ctx context.Context, account string, revision uint64) ([]sdk.Diagnostic, error) {
	answer, err := call(ctx, "Check", &wire.CheckRequest{Account: account, Revision: revision}, c.service.Check)
	if err != nil {
		return nil, err
	}
	return readDiagnostics(answer.GetDiagnostics()), failed(answer.GetFailure())
}

// Balance returns what the account holds.
func (c *Client) Balance(ctx context.Context, account string, revision uint64) (sdk.Balance, error) {
	answer, err := call(ctx, "Balance", &wire.BalanceRequest{Account: account, Revision: revision}, c.service.Balance)
	if err != nil {
		return sdk.Balance{}, err
	}
	if err := failed(answer.GetFailure()); err != nil {
		return sdk.Balance{}, err
	}
	if answer.GetUnlimited() {
		return sdk.Balance{Unlimited: true}, nil
	}
	amount, err := readMoney(answer.GetAmount())
	if err == nil && amount == nil {
		err = errNoAmount
	}
	if err != nil { // a debt is possible, so the sign is not checked here
		return sdk.Balance{}, &Error{Call: "Balance", Kind: ErrCrashed, Err: err}
	}
	return sdk.Balance{Amount: *amount}, nil
}

// Estimate prices messages without sending them: one price for each, in order.
func (c *Client) Estimate(ctx context.Context, account string, revision uint64, batch []sdk.Message) ([]sdk.Price, error) {
	answer, err := call(ctx, "Estimate", &wire.EstimateRequest{
		Account: account, Revision: revision, Messages: writeMessages(batch),
	}, c.service.Estimate)
	if err != nil {
		return nil, err
	}
	if err := failed(answer.GetFailure()); err != nil {
		return nil, err
	}
	prices, err := readPrices(answer.GetPrices(), batch)
	if err != nil {
		return nil, &Error{Call: "Estimate", Kind: ErrCrashed, Err: err}
	}
	return prices, nil
}

// Lookup asks what became of messages: one receipt for each query, in order. A receipt that cannot be
// believed has sdk.StatusUnknown.
func (c *Client) Lookup(ctx context.Context, account string, revision uint64, queries []sdk.Query) ([]sdk.Receipt, error) {
	request := &wire.LookupRequest{Account: account, Revision: revision}
	for _, q := range queries {
		request.Queries = append(request.Queries, &wire.Query{OurId: q.OurID, ProviderId: q.ProviderID, To: q.To})
	}
	answer, err := call(ctx, "Lookup", request, c.service.Lookup)
	if err != nil {
		return nil, err
	}
	if err := failed(answer.GetFailure()); err != nil {
		return nil, err
	}
	receipts, err := readAnswers(answer.GetReceipts(), queries)
	if err != nil {
		return nil, &Error{Call: "Lookup", Kind: ErrCrashed, Err: err}
	}
	return receipts, nil
}

// ParseCallback verifies and reads what was posted to the callback address. With an *sdk.Failure
// (forged, not understood) the reply is still what to answer and there are no receipts. The caller
// must check that the receipts' messages belong to the account.
func (c *Client) ParseCallback(ctx context.Context, account string, revision uint64, cb sdk.Callback) ([]sdk.Receipt, sdk.Reply, error) {
	request := &wire.ParseCallbackRequest{
		Account: account, Revision: revision, Method: cb.Method, Url: cb.URL, Query: cb.Query,
		Headers: writeHeader(cb.Header), Body: cb.Body, RemoteIp: cb.RemoteIP,
	}
	answer, err := call(ctx, "ParseCallback", request, c.service.ParseCallback)
	if err != nil {
		return nil, sdk.Reply{Status: http.StatusServiceUnavailable}, err
	}
	failure := failed(answer.GetFailure())
	reply := readReply(answer.GetReply(), failure != nil)
	if failure != nil {
		return nil, reply, failure
	}
	return readReceipts(answer.GetReceipts()), reply, nil
}

// Send hands over messages. It always returns one outcome for each message, in order; whatever fails
// on the way is an outcome with a reason: sdk.Unavailable where the plugin was certainly not reached,
// sdk.UnknownOutcome where it was lost during the call, sdk.Internal where its answer is broken. The
// error, if any, is the first *Error met and is for the supervisor and the log; what it means for
// each message is in the outcomes already.
//
// Large batches are cut into several calls so that none is over MaxMessage, either way.
func (c *Client) Send(ctx context.Context, account string, revision uint64, batch []sdk.Message) ([]sdk.Outcome, error) {
	outcomes := make([]sdk.Outcome, 0, len(batch))
	for len(batch) > 0 {
		part := batch[:cut(batch)]
		batch = batch[len(part):]
		answer, err := call(ctx, "Send", &wire.SendRequest{
			Account: account, Revision: revision, Messages: writeMessages(part),
		}, c.service.Send)
		if err != nil {
			outcomes = append(outcomes, allFailed(part, failureOf(err))...)
			return append(outcomes, allFailed(batch, notTried())...), err
		}
		outcomes = append(outcomes, readOutcomes(answer.GetOutcomes(), part)...)
	}
	return outcomes, nil
}

// Bounds of one Send call. An answer is at most about 3.3 KiB a message (wire.MaxRaw and the rest).
const (
	maxMessagesPerCall = 256
	maxBytesPerCall    = MaxMessage * 3 / 4
)

// cut returns how many messages go into the next call, at least one.
func cut(batch []sdk.Message) int {
	const overhead = 128 // id, number, times, tags
	size := 0
	for i, m := range batch {
		size += len(m.Text) + len(m.Sender) + overhead
		if i > 0 && (size > maxBytesPerCall || i == maxMessagesPerCall) {
			return i
		}
	}
	return len(batch)
}

// call makes one gRPC call under a deadline and says what its failure means.
func call[Q, A proto.Message](
	ctx context.Context, name string, request Q, method func(context.Context, Q, ...grpc.CallOption) (A, error),
) (A, error) {
	var none A
	if proto.Size(request) > MaxMessage {
		return none, &Error{Call: name, Kind: ErrNotSent, Err: errTooLarge}
	}
	if _, bounded := ctx.Deadline(); !bounded {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, DefaultTimeout)
		defer cancel()
	}
	// gRPC answers Unavailable both for "could not connect" and for "died in the middle". The peer
	// tells them apart: it is filled in only when the call got a stream on a live connection.
	var reached peer.Peer
	answer, err := method(ctx, request, grpc.Peer(&reached), grpc.ForceCodecV2(newCautious()),
		grpc.MaxCallRecvMsgSize(MaxMessage), grpc.MaxCallSendMsgSize(MaxMessage))
	if err == nil {
		return answer, nil
	}
	return none, &Error{Call: name, Kind: kindOf(err, reached.Addr != nil), Err: err}
}

func kindOf(err error, reached bool) error {
	if !reached {
		return ErrNotSent
	}
	lost := []codes.Code{codes.Unavailable, codes.DeadlineExceeded, codes.Canceled}
	switch code := status.Code(err); {
	case code == codes.Unimplemented:
		return ErrNoAbility
	case code == codes.FailedPrecondition:
		return ErrNotOpen
	case slices.Contains(lost, code):
		return ErrLost
	default:
		return ErrCrashed
	}
}
