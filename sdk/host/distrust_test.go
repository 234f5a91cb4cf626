package host_test

import (
	"context"
	"errors"
	"math"
	"net"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/host"
	"github.com/orderbell/orderbell/sdk/internal/wire"
)

// liar is a plugin that says whatever the test wants.
type liar struct {
	wire.UnimplementedProviderServer
	manifest *wire.Manifest
	send     func(*wire.SendRequest) []*wire.Outcome
	receipts []*wire.Receipt
	balance  *wire.BalanceResponse
	reply    *wire.Reply
	failure  *wire.Failure
}

func (l *liar) Describe(context.Context, *wire.DescribeRequest) (*wire.Manifest, error) {
	return l.manifest, nil
}

func (l *liar) Send(_ context.Context, r *wire.SendRequest) (*wire.SendResponse, error) {
	return &wire.SendResponse{Outcomes: l.send(r)}, nil
}

func (l *liar) Lookup(context.Context, *wire.LookupRequest) (*wire.LookupResponse, error) {
	return &wire.LookupResponse{Receipts: l.receipts}, nil
}

func (l *liar) Balance(context.Context, *wire.BalanceRequest) (*wire.BalanceResponse, error) {
	return l.balance, nil
}

func (l *liar) ParseCallback(context.Context, *wire.ParseCallbackRequest) (*wire.ParseCallbackResponse, error) {
	return &wire.ParseCallbackResponse{Receipts: l.receipts, Reply: l.reply, Failure: l.failure}, nil
}

func connect(t *testing.T, l *liar) *host.Client {
	t.Helper()
	listener := bufconn.Listen(1 << 16)
	server := grpc.NewServer(grpc.MaxRecvMsgSize(64<<20), grpc.MaxSendMsgSize(64<<20))
	wire.RegisterProviderServer(server, l)
	go server.Serve(listener) //nolint:errcheck // ends with Stop
	conn, err := grpc.NewClient("passthrough:plugin", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(context.Context, string) (net.Conn, error) { return listener.Dial() }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(); server.Stop() })
	return host.NewClient(conn)
}

func accept(id, theirs string, change func(*wire.Accepted)) *wire.Outcome {
	a := &wire.Accepted{ProviderId: theirs}
	if change != nil {
		change(a)
	}
	return &wire.Outcome{Id: id, Result: &wire.Outcome_Accepted{Accepted: a}}
}

func refuse(id string, f *wire.Failure) *wire.Outcome {
	return &wire.Outcome{Id: id, Result: &wire.Outcome_Failure{Failure: f}}
}

// both is an outcome that was written with an acceptance and a failure. The generated code cannot hold
// both; bytes that it does not know are written after those that it does.
func both(t *testing.T, id string) *wire.Outcome {
	t.Helper()
	o := accept(id, "p", nil)
	failure, err := proto.Marshal(refuse("", &wire.Failure{Reason: wire.Reason_REASON_UNAVAILABLE}))
	if err != nil {
		t.Fatal(err)
	}
	o.ProtoReflect().SetUnknown(failure)
	return o
}

func TestABrokenOutcomeIsInternal(t *testing.T) {
	t.Parallel()
	ok := accept("m1", "p1", nil)
	tests := []struct {
		name   string
		answer []*wire.Outcome
		want   [2]sdk.Reason // "" is accepted
	}{
		{"two good ones are believed", []*wire.Outcome{accept("m0", "p0", nil), ok}, [2]sdk.Reason{"", ""}},
		{"no outcome at all", nil, [2]sdk.Reason{sdk.Internal, sdk.Internal}},
		{"one outcome too few", []*wire.Outcome{ok}, [2]sdk.Reason{sdk.Internal, sdk.Internal}},
		{"one outcome too many", []*wire.Outcome{accept("m0", "p0", nil), ok, ok}, [2]sdk.Reason{sdk.Internal, sdk.Internal}},
		{"swapped outcomes", []*wire.Outcome{ok, accept("m0", "p0", nil)}, [2]sdk.Reason{sdk.Internal, sdk.Internal}},
		{"an id nobody asked for", []*wire.Outcome{accept("x", "p0", nil), ok}, [2]sdk.Reason{sdk.Internal, ""}},
		{"accepted without an id", []*wire.Outcome{accept("m0", "", nil), ok}, [2]sdk.Reason{sdk.Internal, ""}},
		{"an id of 65 bytes", []*wire.Outcome{accept("m0", strings.Repeat("x", 65), nil), ok}, [2]sdk.Reason{sdk.Internal, ""}},
		{"an id of 64 bytes is believed", []*wire.Outcome{accept("m0", strings.Repeat("x", 64), nil), ok}, [2]sdk.Reason{"", ""}},
		{"an id with a line break", []*wire.Outcome{accept("m0", "a\nb", nil), ok}, [2]sdk.Reason{sdk.Internal, ""}},
		{"an id with NUL", []*wire.Outcome{accept("m0", "a\x00", nil), ok}, [2]sdk.Reason{sdk.Internal, ""}},
		{"a negative cost", []*wire.Outcome{accept("m0", "p", func(a *wire.Accepted) {
			a.Cost = &wire.Money{Units: -1, Currency: "RUB"}
		}), ok}, [2]sdk.Reason{sdk.Internal, ""}},
		{"a cost of mixed signs", []*wire.Outcome{accept("m0", "p", func(a *wire.Accepted) {
			a.Cost = &wire.Money{Units: 1, Nanos: -1, Currency: "RUB"}
		}), ok}, [2]sdk.Reason{sdk.Internal, ""}},
		{"a cost without a currency", []*wire.Outcome{accept("m0", "p", func(a *wire.Accepted) {
			a.Cost = &wire.Money{Units: 1}
		}), ok}, [2]sdk.Reason{sdk.Internal, ""}},
		{"a thousand segments", []*wire.Outcome{accept("m0", "p", func(a *wire.Accepted) { a.Segments = 1000 }), ok}, [2]sdk.Reason{sdk.Internal, ""}},
		{"neither accepted nor failed", []*wire.Outcome{{Id: "m0"}, ok}, [2]sdk.Reason{sdk.Internal, ""}},
		{"the first one's outcome twice, refused last", []*wire.Outcome{accept("m0", "p0", nil), refuse("m0", &wire.Failure{Reason: wire.Reason_REASON_UNAVAILABLE})}, [2]sdk.Reason{sdk.Internal, sdk.Internal}},
		{"the first one's outcome twice, refused first", []*wire.Outcome{refuse("m0", &wire.Failure{Reason: wire.Reason_REASON_UNAVAILABLE}), accept("m0", "p0", nil)}, [2]sdk.Reason{sdk.Internal, sdk.Internal}},
		{"accepted and failed in one", []*wire.Outcome{both(t, "m0"), ok}, [2]sdk.Reason{sdk.Internal, ""}},
		{"nothing in its place", []*wire.Outcome{nil, ok}, [2]sdk.Reason{sdk.Internal, ""}},
		{"a reason outside the enum", []*wire.Outcome{refuse("m0", &wire.Failure{Reason: 99}), ok}, [2]sdk.Reason{sdk.Internal, ""}},
		{"a reason that is not given", []*wire.Outcome{refuse("m0", &wire.Failure{}), ok}, [2]sdk.Reason{sdk.UnknownOutcome, ""}},
		{"an honest refusal", []*wire.Outcome{refuse("m0", &wire.Failure{Reason: wire.Reason_REASON_NO_MONEY}), ok}, [2]sdk.Reason{sdk.NoMoney, ""}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := connect(t, &liar{send: func(*wire.SendRequest) []*wire.Outcome { return test.answer }})
			got, err := c.Send(t.Context(), "main", 1, messages("a", "b"))
			if err != nil || len(got) != 2 {
				t.Fatalf("got %d outcomes, %v", len(got), err)
			}
			for i, o := range got {
				if id := messages("a", "b")[i].ID; o.ID != id || (o.Accepted == nil) == (o.Failure == nil) {
					t.Errorf("outcome %d: got %+v, want exactly one result for %s", i, o, id)
				}
				if reason := reasonOf(o); reason != test.want[i] {
					t.Errorf("outcome %d: got %q (%v), want %q", i, reason, o.Failure, test.want[i])
				}
			}
		})
	}
}

func reasonOf(o sdk.Outcome) sdk.Reason {
	if o.Failure == nil {
		return ""
	}
	return o.Failure.Reason
}

func TestAFailureIsCutToSize(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ж", 5000)
	c := connect(t, &liar{send: func(*wire.SendRequest) []*wire.Outcome {
		return []*wire.Outcome{refuse("m0", &wire.Failure{
			Reason: wire.Reason_REASON_RATE_LIMITED, Detail: long, Raw: long, ProviderCode: long,
			RetryAfter: durationpb.New(365 * 24 * time.Hour),
		})}
	}})
	got, err := c.Send(t.Context(), "main", 1, messages("a"))
	if err != nil {
		t.Fatal(err)
	}
	f := got[0].Failure
	if len(f.Detail) > wire.MaxDetail || len(f.Raw) > wire.MaxRaw || len(f.Code) > wire.MaxCode || f.RetryAfter != 24*time.Hour {
		t.Errorf("got detail %d, raw %d, code %d bytes, retry after %v", len(f.Detail), len(f.Raw), len(f.Code), f.RetryAfter)
	}
}

func TestAnAnswerOverTheLimitIsNotSwallowed(t *testing.T) {
	t.Parallel()
	c := connect(t, &liar{send: func(*wire.SendRequest) []*wire.Outcome {
		return []*wire.Outcome{refuse("m0", &wire.Failure{Raw: strings.Repeat("x", 8<<20)})}
	}})
	got, err := c.Send(t.Context(), "main", 1, messages("a"))
	if !errors.Is(err, host.ErrCrashed) || got[0].Failure.Reason != sdk.Internal {
		t.Errorf("got %v, %v, want ErrCrashed and INTERNAL", got[0].Failure, err)
	}
}

func TestALargeBatchIsCutToFit(t *testing.T) {
	t.Parallel()
	var calls []int
	c := connect(t, &liar{send: func(r *wire.SendRequest) []*wire.Outcome {
		calls = append(calls, len(r.GetMessages()))
		var out []*wire.Outcome
		for _, m := range r.GetMessages() {
			out = append(out, accept(m.GetId(), "p"+m.GetId(), nil))
		}
		return out
	}})
	var batch []sdk.Message
	for i := range 600 {
		batch = append(batch, sdk.Message{ID: string(rune('A'+i%26)) + strings.Repeat("x", i/26), To: "+79990000001", Text: strings.Repeat("я", 1000)})
	}
	got, err := c.Send(t.Context(), "main", 1, batch)
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range got {
		if o.ID != batch[i].ID || o.Accepted == nil {
			t.Fatalf("outcome %d: got %+v, want %s accepted", i, o, batch[i].ID)
		}
	}
	if len(calls) != 3 || calls[0] > 256 {
		t.Errorf("got calls of %v messages, want 3 of at most 256", calls)
	}
	huge := []sdk.Message{{ID: "huge", Text: strings.Repeat("x", 2<<20)}}
	got, err = c.Send(t.Context(), "main", 1, huge)
	if !errors.Is(err, host.ErrNotSent) || got[0].Failure.Reason != sdk.Unavailable {
		t.Errorf("a text of 2 MiB: got %v, %v, want ErrNotSent", got[0].Failure, err)
	}
}

func TestABrokenManifestIsRefused(t *testing.T) {
	t.Parallel()
	good := func() *wire.Manifest { return &wire.Manifest{Name: "acme", Version: "1", SdkVersion: "1"} }
	tests := []struct {
		name string
		lie  func(*wire.Manifest)
	}{
		{"a name that leads out of the folder", func(m *wire.Manifest) { m.Name = "../acme" }},
		{"no name", func(m *wire.Manifest) { m.Name = "" }},
		{"no version", func(m *wire.Manifest) { m.Version = "" }},
		{"a version with a line break", func(m *wire.Manifest) { m.SdkVersion = "1\n2" }},
		{"a setting twice", func(m *wire.Manifest) { m.Settings = []*wire.Field{{Key: "a"}, {Key: "a"}} }},
		{"a key with a dot", func(m *wire.Manifest) { m.Settings = []*wire.Field{{Key: "a.b"}} }},
		{"a kind from the future", func(m *wire.Manifest) { m.Settings = []*wire.Field{{Key: "a", Kind: 77}} }},
		{"a pattern that does not compile", func(m *wire.Manifest) { m.Settings = []*wire.Field{{Key: "a", Pattern: "("}} }},
		{"101 settings", func(m *wire.Manifest) { m.Settings = make([]*wire.Field, 101) }},
		{"a rate that is no number", func(m *wire.Manifest) { m.Capabilities = &wire.Capabilities{MaxPerSecond: math.NaN()} }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			m := good()
			test.lie(m)
			if got, err := connect(t, &liar{manifest: m}).Describe(t.Context()); !errors.Is(err, host.ErrCrashed) {
				t.Errorf("got %+v, %v, want ErrCrashed", got, err)
			}
		})
	}
	if _, err := connect(t, &liar{manifest: good()}).Describe(t.Context()); err != nil {
		t.Errorf("a good manifest: %v", err)
	}
}

func TestReceiptsThatDoNotFitAreNotBelieved(t *testing.T) {
	t.Parallel()
	delivered := wire.Status_STATUS_DELIVERED
	c := connect(t, &liar{receipts: []*wire.Receipt{
		{ProviderId: "p0", Status: delivered},
		{ProviderId: "another", Status: delivered},
		{ProviderId: "p2", Status: 99},
		{OurId: "m9", Status: delivered},
	}})
	queries := []sdk.Query{{OurID: "m0", ProviderID: "p0"}, {OurID: "m1", ProviderID: "p1"}, {OurID: "m2", ProviderID: "p2"}, {OurID: "m3"}}
	got, err := c.Lookup(t.Context(), "main", 1, queries)
	if err != nil {
		t.Fatal(err)
	}
	want := []sdk.Status{sdk.StatusDelivered, sdk.StatusUnknown, sdk.StatusUnknown, sdk.StatusUnknown}
	for i, r := range got {
		if r.OurID != queries[i].OurID || r.Status != want[i] {
			t.Errorf("receipt %d: got %+v, want %s for %s", i, r, want[i], queries[i].OurID)
		}
	}
	if _, err := c.Lookup(t.Context(), "main", 1, queries[:1]); !errors.Is(err, host.ErrCrashed) {
		t.Errorf("four receipts for one query: got %v, want ErrCrashed", err)
	}
	receipts, reply, err := c.ParseCallback(t.Context(), "main", 1, sdk.Callback{Method: "POST"})
	if err != nil || len(receipts) != 3 || reply.Status != 200 {
		t.Errorf("callback: got %d receipts, %+v, %v, want the 3 with a status and 200", len(receipts), reply, err)
	}
}

func TestAForgedCallbackIsRefusedWithItsReply(t *testing.T) {
	t.Parallel()
	c := connect(t, &liar{
		receipts: []*wire.Receipt{{ProviderId: "p", Status: wire.Status_STATUS_DELIVERED}},
		failure:  &wire.Failure{Reason: wire.Reason_REASON_UNAUTHORIZED}, reply: &wire.Reply{Status: 42},
	})
	receipts, reply, err := c.ParseCallback(t.Context(), "main", 1, sdk.Callback{})
	if f := sdk.AsFailure(err, ""); f == nil || f.Reason != sdk.Unauthorized || len(receipts) > 0 || reply.Status != 502 {
		t.Errorf("got %v, %+v, %v, want no receipts, 502 for the status that HTTP does not have, UNAUTHORIZED", receipts, reply, err)
	}
}

func TestABalanceMustBeMoney(t *testing.T) {
	t.Parallel()
	debt := &wire.Money{Units: -5, Nanos: -500_000_000, Currency: "RUB"}
	if got, err := connect(t, &liar{balance: &wire.BalanceResponse{Amount: debt}}).Balance(t.Context(), "main", 1); err != nil || got.Amount.String() != "-5.50 RUB" {
		t.Errorf("a debt: got %v, %v, want -5.50 RUB", got, err)
	}
	for _, lie := range []*wire.BalanceResponse{{}, {Amount: &wire.Money{Nanos: 2_000_000_000, Currency: "RUB"}}} {
		if got, err := connect(t, &liar{balance: lie}).Balance(t.Context(), "main", 1); !errors.Is(err, host.ErrCrashed) {
			t.Errorf("%v: got %v, %v, want ErrCrashed", lie, got, err)
		}
	}
	refused := &wire.BalanceResponse{Failure: &wire.Failure{Reason: wire.Reason_REASON_UNAUTHORIZED, Detail: "no"}}
	_, err := connect(t, &liar{balance: refused}).Balance(t.Context(), "main", 1)
	if f := sdk.AsFailure(err, ""); f == nil || f.Reason != sdk.Unauthorized {
		t.Errorf("refused: got %v, want UNAUTHORIZED", err)
	}
}

func TestAMissingMethodIsAMissingAbility(t *testing.T) {
	t.Parallel()
	_, err := connect(t, &liar{}).Estimate(t.Context(), "main", 1, nil)
	if !errors.Is(err, host.ErrNoAbility) {
		t.Errorf("got %v, want ErrNoAbility", err)
	}
}
