package main

import (
	"io"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/host"
	"github.com/orderbell/orderbell/sdk/sdktest"
)

// TestMain lets the suite start this test binary as the provider.
func TestMain(m *testing.M) { sdktest.Main(m, provider()) }

func TestConformance(t *testing.T) {
	t.Parallel()
	sdktest.Run(t, provider(), sdktest.Operator{
		Handler:  &beacon{seen: map[string]bool{}},
		Settings: map[string]string{"token": token, "signing_key": key, "sender": "Cafe", "report_to": "+79990000001", "tags": "orders\nkitchen"},
		Cases: []sdktest.Case{
			{Name: "accepted", Reply: sdktest.File("accepted.json"), Want: sdktest.Accepted("b-77")},
			{Name: "a landline", Reply: sdktest.File("landline.json"), Want: sdktest.Want{Reason: sdk.BadRecipient, Code: "landline"}},
			{Name: "the balance is used up", Reply: sdktest.Text(402, `{"error":{"code":"no_money"}}`), Want: sdktest.Reason(sdk.NoMoney)},
			{Name: "the sender name is not approved", Reply: sdktest.Text(400, `{"error":{"code":"sender"}}`), Want: sdktest.Reason(sdk.BadSender)},
			{Name: "a code that is new", Reply: sdktest.Text(400, `{"error":{"code":"moon_phase"}}`), Want: sdktest.Want{Reason: sdk.Internal, Code: "moon_phase"}},
			{Name: "the token is refused", Reply: sdktest.Text(401, ""), Want: sdktest.Reason(sdk.Unauthorized)},
			{Name: "too much at once", Reply: sdktest.Text(429, ""), Want: sdktest.Reason(sdk.RateLimited)},
			{Name: "somebody else's result", Reply: sdktest.Text(200, `{"results":[{"ref":"other","id":"b-1"}]}`), Want: sdktest.Reason(sdk.Internal)},
		},
		Callbacks: sdktest.Dir("callbacks"),
		IDFor:     func(m sdk.Message) string { return "b-" + m.ID },
	})
}

func TestLive(t *testing.T) { sdktest.Live(t, provider()) }

// What the suite cannot know is tested as usual, through the wire.
func opened(t *testing.T, settings map[string]string) (*host.Client, []sdk.Diagnostic) {
	t.Helper()
	server := httptest.NewServer(&beacon{seen: map[string]bool{}})
	t.Cleanup(server.Close)
	settings["base_url"] = server.URL + "/"
	c := sdktest.Serve(t, provider(), io.Discard, time.Now)
	diagnostics, err := c.Open(t.Context(), host.OpenRequest{
		Account: "main", Revision: 1, Settings: settings, EgressAllow: []string{server.Listener.Addr().String()},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c, diagnostics
}

func TestTheSigningKeyMustNotBeTheToken(t *testing.T) {
	t.Parallel()
	_, got := opened(t, map[string]string{"token": token, "signing_key": token})
	if len(got) != 1 || got[0].Field != "signing_key" {
		t.Errorf("got %+v, want an error on signing_key", got)
	}
}

func TestASenderThatIsNotApprovedIsARemark(t *testing.T) {
	t.Parallel()
	c, _ := opened(t, map[string]string{"token": token, "sender": "Bar"})
	got, err := c.Check(t.Context(), "main", 1)
	if err != nil || len(got) != 1 || got[0].Field != "sender" || got[0].Severity != sdk.SeverityWarning {
		t.Errorf("got %+v, %v, want a warning on sender", got, err)
	}
}

func TestWithoutASigningKeyEveryReportIsForged(t *testing.T) {
	t.Parallel()
	c, _ := opened(t, map[string]string{"token": token})
	_, reply, err := c.ParseCallback(t.Context(), "main", 1, sdk.Callback{Method: "POST", Body: []byte("[]")})
	if sdk.AsFailure(err, "").Reason != sdk.Unauthorized || reply.Status != 403 {
		t.Errorf("got %v and %d, want UNAUTHORIZED and 403", err, reply.Status)
	}
}

func TestBalanceIsExact(t *testing.T) {
	t.Parallel()
	c, _ := opened(t, map[string]string{"token": token})
	got, err := c.Balance(t.Context(), "main", 1)
	if err != nil || got.Amount.String() != "4122.56 RUB" {
		t.Errorf("got %v, %v, want 4122.56 RUB", got.Amount, err)
	}
}
