package host_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/host"
	"github.com/orderbell/orderbell/sdk/sdktest"
)

// rich uses every kind of setting and every ability.
type richSettings struct {
	Key   sdk.Secret    `sdk:"key,required" min:"4" en:"Key" ru:"Ключ" en_help:"From the cabinet." ru_help:"Из кабинета." en_group:"Login" ru_group:"Вход"`
	Base  string        `sdk:"base_url,url,advanced" default:"https://acme.example" placeholder:"https://…" en:"Address" ru:"Адрес"`
	Mode  string        `sdk:"mode" choices:"a|b" en_choices:"A|B" ru_choices:"А|Б" default:"a" en:"Mode" ru:"Режим"`
	Wait  time.Duration `sdk:"wait" min:"1s" max:"1m" en:"Wait" ru:"Ждать"`
	Count int           `sdk:"count" min:"-1" max:"5" when:"mode=b" en:"Count" ru:"Число"`
	On    bool          `sdk:"on" en:"On" ru:"Вкл"`
	Phone string        `sdk:"phone,phone" en:"Phone" ru:"Телефон"`
	Hosts []string      `sdk:"hosts" pattern:"[a-z]+" en:"Hosts" ru:"Узлы"`
}

type rich struct {
	richSettings
	sdk.Env
}

var happened = time.Date(2026, 11, 24, 12, 0, 0, 500_000, time.UTC)

func (a *rich) Send(ctx context.Context, m sdk.Message) (sdk.Accepted, error) {
	return sdk.SendOne(ctx, m, a)
}

func (a *rich) SendBatch(_ context.Context, batch []sdk.Message) ([]sdk.Outcome, error) {
	var out []sdk.Outcome
	for _, m := range batch {
		if m.Sender != "Cafe" || m.Channel != sdk.Viber || m.Category != sdk.Marketing || m.Attempt != 2 || m.Segments != 3 || !m.Test || m.NotAfter.IsZero() {
			out = append(out, sdk.Outcome{ID: m.ID, Failure: sdk.Fail(sdk.Unsupported, "%#v came over wrongly", m)})
			continue
		}
		out = append(out, sdk.Outcome{ID: m.ID, Accepted: &sdk.Accepted{ID: "p-" + m.ID, Segments: 2, Cost: &sdk.Money{Units: 1, Nanos: 440_000_000, Currency: "RUB"}, Raw: "key " + string(a.Key)}})
	}
	return out, nil
}

func (a *rich) Lookup(_ context.Context, queries []sdk.Query) ([]sdk.Receipt, error) {
	q := queries[0]
	if q.To == "" {
		return nil, sdk.Fail(sdk.UnknownOutcome, "no answer")
	}
	return []sdk.Receipt{{OurID: q.OurID, ProviderID: q.ProviderID, Status: sdk.StatusUndelivered, Reason: sdk.BadRecipient, At: happened, Cost: &sdk.Money{Units: 1, Currency: "RUB"}, Code: "104"}}, nil
}

func (a *rich) ParseCallback(_ context.Context, c sdk.Callback) ([]sdk.Receipt, sdk.Reply, error) {
	if c.Header.Get("X-Sign") != string(a.Key) {
		return nil, sdk.Reply{Status: 401, Body: []byte("go away")}, sdk.Fail(sdk.Unauthorized, "signature %s", c.Header.Get("X-Sign"))
	}
	if string(c.Body) == "panic" {
		panic("oh")
	}
	return []sdk.Receipt{{ProviderID: string(c.Body), Status: sdk.StatusDelivered}}, sdk.Reply{Body: []byte("100")}, nil
}

func (a *rich) Balance(context.Context) (sdk.Balance, error) {
	if a.Wait > 0 {
		return sdk.Balance{}, context.DeadlineExceeded
	}
	return sdk.Balance{Amount: sdk.Money{Units: 12, Currency: "RUB"}}, nil
}

func (a *rich) Estimate(_ context.Context, batch []sdk.Message) ([]sdk.Price, error) {
	return []sdk.Price{{ID: batch[0].ID, Segments: 2, Cost: &sdk.Money{Units: 3, Currency: "RUB"}}}, nil
}

func (a *rich) Check(context.Context) ([]sdk.Diagnostic, error) {
	return []sdk.Diagnostic{{Severity: sdk.SeverityInfo, Summary: sdk.Text{EN: "fine", RU: "хорошо"}}}, sdk.Fail(sdk.Unauthorized, "key %s", string(a.Key)).WithCode("300").WithRetryAfter(time.Minute)
}

// inMemory serves the rich provider over loopback within this process.
func inMemory(t *testing.T) (*host.Client, *safeBuffer) {
	t.Helper()
	log := &safeBuffer{}
	return sdktest.Serve(t, sdk.Plugin[richSettings, *rich]{
		Name: "rich", Title: sdk.Text{EN: "Rich", RU: "Богатый"}, Version: "2.0", Homepage: "https://acme.example",
		Open: func(_ context.Context, s richSettings, env sdk.Env) (*rich, error) { return &rich{s, env}, nil }, MaxBatch: 10,
		Resend: sdk.ResendDuplicateFilter, ResendWindow: time.Minute, MaxInFlight: 4, MaxPerSecond: 2.5,
		Channels: []sdk.Channel{sdk.SMS, sdk.Viber}, SenderNames: true, Validity: true, Scheduled: true,
		Callback: sdk.CallbackInfo{Setup: sdk.Text{EN: "Paste it", RU: "Вставьте"}, Verification: sdk.Text{EN: "By hash", RU: "По хешу"}},
	}, log, time.Now), log
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func number(n float64) *float64 { return &n }

func TestAManifestSurvivesTheRoundTrip(t *testing.T) {
	t.Parallel()
	c, _ := inMemory(t)
	got, err := c.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := sdk.Manifest{
		Name: "rich", Title: sdk.Text{EN: "Rich", RU: "Богатый"}, Version: "2.0", SDKVersion: sdk.SDKVersion, Homepage: "https://acme.example",
		Capabilities: sdk.Capabilities{
			MaxBatch: 10, Resend: sdk.ResendDuplicateFilter, ResendWindow: time.Minute, MaxInFlight: 4, MaxPerSecond: 2.5,
			Channels: []sdk.Channel{sdk.SMS, sdk.Viber}, SenderNames: true, Validity: true, Scheduled: true,
			Check: true, Lookup: true, Callbacks: true, Balance: true, Estimate: true,
		},
		Callback: sdk.CallbackInfo{Setup: sdk.Text{EN: "Paste it", RU: "Вставьте"}, Verification: sdk.Text{EN: "By hash", RU: "По хешу"}},
		Settings: []sdk.Field{
			{Key: "key", Kind: sdk.KindSecret, Required: true, Min: number(4), Label: sdk.Text{EN: "Key", RU: "Ключ"}, Help: sdk.Text{EN: "From the cabinet.", RU: "Из кабинета."}, Group: sdk.Text{EN: "Login", RU: "Вход"}},
			{Key: "base_url", Kind: sdk.KindURL, Advanced: true, Default: "https://acme.example", Label: sdk.Text{EN: "Address", RU: "Адрес"}, Placeholder: sdk.Text{EN: "https://…", RU: "https://…"}},
			{Key: "mode", Kind: sdk.KindEnum, Default: "a", Label: sdk.Text{EN: "Mode", RU: "Режим"}, Choices: []sdk.Choice{{Value: "a", Label: sdk.Text{EN: "A", RU: "А"}}, {Value: "b", Label: sdk.Text{EN: "B", RU: "Б"}}}},
			{Key: "wait", Kind: sdk.KindDuration, Min: number(1), Max: number(60), Label: sdk.Text{EN: "Wait", RU: "Ждать"}},
			{Key: "count", Kind: sdk.KindInt, Min: number(-1), Max: number(5), ShownWhen: &sdk.Condition{Key: "mode", Value: "b"}, Label: sdk.Text{EN: "Count", RU: "Число"}},
			{Key: "on", Kind: sdk.KindBool, Label: sdk.Text{EN: "On", RU: "Вкл"}},
			{Key: "phone", Kind: sdk.KindPhone, Label: sdk.Text{EN: "Phone", RU: "Телефон"}},
			{Key: "hosts", Kind: sdk.KindList, Pattern: "[a-z]+", Label: sdk.Text{EN: "Hosts", RU: "Узлы"}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("manifest (-want +got):\n%s", diff)
	}
}

func TestEveryCallSurvivesTheRoundTrip(t *testing.T) {
	t.Parallel()
	c, log := inMemory(t)
	ctx := t.Context()
	bad, err := c.Open(ctx, host.OpenRequest{Account: "main", Revision: 1, Settings: map[string]string{"key": "abc", "zebra": "1"}})
	if err != nil || len(bad) != 2 || bad[0].Field != "key" || bad[1].Field != "zebra" || bad[1].Cure.RU == "" {
		t.Fatalf("bad settings: got %+v, %v, want errors on key and zebra", bad, err)
	}
	if d, err := c.Open(ctx, host.OpenRequest{Account: "main", Revision: 2, Settings: map[string]string{"key": canary}, EgressAllow: []string{"127.0.0.1:80"}}); err != nil || len(d) > 0 {
		t.Fatalf("Open: %v, %v", d, err)
	}
	batch := []sdk.Message{
		{ID: "m0", Attempt: 2, To: "+79990000001", Text: "текст", Sender: "Cafe", Channel: sdk.Viber, Category: sdk.Marketing, NotAfter: time.Now().Add(time.Hour), Segments: 3, Test: true},
		{ID: "m1", To: "+79990000001"},
	}
	outcomes, err := c.Send(ctx, "main", 2, batch)
	if err != nil || outcomes[1].Failure == nil || outcomes[1].Failure.Reason != sdk.Unsupported {
		t.Fatalf("Send: %+v, %v", outcomes, err)
	}
	wantAccepted := &sdk.Accepted{ID: "p-m0", Segments: 2, Cost: &sdk.Money{Units: 1, Nanos: 440_000_000, Currency: "RUB"}, Raw: "key •••"}
	if diff := cmp.Diff(wantAccepted, outcomes[0].Accepted); diff != "" {
		t.Errorf("accepted (-want +got):\n%s", diff)
	}
	receipts, err := c.Lookup(ctx, "main", 2, []sdk.Query{{OurID: "m0", ProviderID: "p-m0", To: "+79990000001"}})
	want := []sdk.Receipt{{OurID: "m0", ProviderID: "p-m0", Status: sdk.StatusUndelivered, Reason: sdk.BadRecipient, At: happened, Cost: &sdk.Money{Units: 1, Currency: "RUB"}, Code: "104"}}
	if diff := cmp.Diff(want, receipts); diff != "" || err != nil {
		t.Errorf("Lookup: %v (-want +got):\n%s", err, diff)
	}
	_, err = c.Lookup(ctx, "main", 2, []sdk.Query{{OurID: "m0"}})
	if f := sdk.AsFailure(err, ""); f == nil || f.Reason != sdk.Unavailable {
		t.Errorf("a look-up without answer: got %v, want UNAVAILABLE, for nothing was changed", err)
	}
	prices, err := c.Estimate(ctx, "main", 2, batch[:1])
	if diff := cmp.Diff([]sdk.Price{{ID: "m0", Segments: 2, Cost: &sdk.Money{Units: 3, Currency: "RUB"}}}, prices); diff != "" || err != nil {
		t.Errorf("Estimate: %v (-want +got):\n%s", err, diff)
	}
	balance, err := c.Balance(ctx, "main", 2)
	if err != nil || balance.Amount.String() != "12.00 RUB" {
		t.Errorf("Balance: %v, %v", balance, err)
	}
	diagnostics, err := c.Check(ctx, "main", 2)
	f := sdk.AsFailure(err, "")
	if len(diagnostics) != 1 || diagnostics[0].Summary.RU != "хорошо" || f == nil || f.Error() != "UNAUTHORIZED (300): key •••" || f.RetryAfter != time.Minute {
		t.Errorf("Check: %+v, %v", diagnostics, err)
	}
	if strings.Contains(log.String(), canary) {
		t.Errorf("the log holds the key: %s", log.String())
	}
}

func TestCallbacksAreVerifiedByTheProvider(t *testing.T) {
	t.Parallel()
	c, _ := inMemory(t)
	if d, err := c.Open(t.Context(), host.OpenRequest{Account: "main", Settings: map[string]string{"key": canary}}); err != nil || len(d) > 0 {
		t.Fatal(d, err)
	}
	signed := sdk.Callback{Method: "POST", Header: map[string][]string{"X-Sign": {canary}}, Body: []byte("p-1")}
	receipts, reply, err := c.ParseCallback(t.Context(), "main", 0, signed)
	if err != nil || len(receipts) != 1 || receipts[0].ProviderID != "p-1" || reply.Status != 200 || string(reply.Body) != "100" {
		t.Errorf("signed: got %+v, %+v, %v", receipts, reply, err)
	}
	forged := signed
	forged.Header = nil
	receipts, reply, err = c.ParseCallback(t.Context(), "main", 0, forged)
	if f := sdk.AsFailure(err, ""); f == nil || f.Reason != sdk.Unauthorized || len(receipts) > 0 || reply.Status != 401 {
		t.Errorf("forged: got %+v, %+v, %v", receipts, reply, err)
	}
	signed.Body = []byte("panic")
	if _, reply, err = c.ParseCallback(t.Context(), "main", 0, signed); !errors.Is(err, host.ErrCrashed) || reply.Status != 503 {
		t.Errorf("a panic: got %+v, %v, want ErrCrashed and 503", reply, err)
	}
	if _, err := c.Balance(t.Context(), "main", 0); err != nil {
		t.Errorf("after the panic: %v", err)
	}
}
