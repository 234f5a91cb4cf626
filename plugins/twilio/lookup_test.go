package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/sdktest"
)

func TestEveryCodeHasItsReason(t *testing.T) {
	t.Parallel()
	want := map[sdk.Reason][]int{
		sdk.Unauthorized:     {10001, 20003, 20005, 20006, 20010, 20403, 20404, 30002},
		sdk.BadRecipient:     {21211, 21214, 21217, 21265, 21266, 21401, 21421, 21604, 21614, 21635, 21636, 21662, 30003, 30005, 30006},
		sdk.BlockedRecipient: {21610, 30004},
		sdk.RejectedText:     {21602, 21605, 21617, 21619, 30007, 30019, 30038, 30044},
		sdk.BadSender: {21212, 21267, 21407, 21601, 21603, 21606, 21607, 21615, 21616, 21621, 21659, 21660, 21661, 21663, 21701, 21703, 21704,
			21705, 21706, 21709, 30018, 30024, 30029, 30032, 30033, 30034, 30035, 30040, 30041, 30610},
		sdk.Unsupported: {10002, 20008, 21219, 21268, 21408, 21608, 21612, 21618, 21637, 30011, 30037},
		sdk.RateLimited: {10003, 14107, 20429, 21611, 30001, 30017, 30022, 30023, 30026, 30027, 30039, 30450, 30451, 30452, 30453, 30454, 63038},
		sdk.NoMoney:     {30010}, sdk.Expired: {30012, 30036}, sdk.Unavailable: {20503},
		sdk.UnknownOutcome: {20500, 30008, 30009, 30410, 30500},
		sdk.Internal: {20001, 20002, 20004, 20009, 20422, 21609, 21620, 21622, 21623, 21624, 21626, 21627, 21629, 21654, 21655, 21656,
			30020, 30021},
	}
	listed := 0
	for reason, numbers := range want {
		for _, code := range numbers {
			v := codes()[code]
			if v.reason != reason || v.words == "" || (v.wait > 0) != (reason == sdk.RateLimited) {
				t.Errorf("%d: got %+v, want %s", code, v, reason)
			}
			listed++
		}
	}
	if listed != len(codes()) {
		t.Errorf("%d of the table's %d codes are tested", listed, len(codes()))
	}
}

func TestTheSimulatorsCodesReachTheGateway(t *testing.T) {
	t.Parallel()
	c := simulated(t, basic())
	for to, want := range map[string]string{
		"+15005550001": "BAD_RECIPIENT 21211", "+15005550002": "UNSUPPORTED 21612", "+15005550003": "UNSUPPORTED 21408",
		"+15005550004": "BLOCKED_RECIPIENT 21610", "+15005550009": "BAD_RECIPIENT 21614",
		"+79990020429": "RATE_LIMITED 20429", "+79990020500": "UNKNOWN_OUTCOME 20500", "+79990020503": "UNAVAILABLE 20503",
		"+79990021617": "REJECTED_TEXT 21617", "+79990021777": "INTERNAL 21777",
		"+79990000201": "INTERNAL", "+79990000202": "INTERNAL", "+79990000203": "INTERNAL", "+79990000204": "INTERNAL", "+79990000205": "INTERNAL",
		"+79990000206": "UNKNOWN_OUTCOME 30008",
	} {
		m := message()
		m.To = to
		if o := send(t, c, m); shape(o) != want {
			t.Errorf("%s: got %s (%v), want %s", to, shape(o), o.Failure, want)
		}
	}
	for from, want := range map[string]string{"+15005550001": "BAD_SENDER 21212", "+15005550007": "BAD_SENDER 21606", "+15005550008": "RATE_LIMITED 21611"} {
		m := message()
		m.Sender = from
		if o := send(t, c, m); shape(o) != want {
			t.Errorf("from %s: got %s, want %s", from, shape(o), want)
		}
	}
	long := message()
	long.Text = strings.Repeat("ж", 1601)
	if o := send(t, c, long); shape(o) != "REJECTED_TEXT 21617" {
		t.Errorf("1601 characters: got %s", shape(o))
	}
	for _, secret := range []string{"wrong", "suspended", "no-money"} {
		if o := send(t, simulated(t, with("auth_token", secret)), message()); o.Failure == nil || o.Failure.Reason != sdk.Unauthorized {
			t.Errorf("token %s: got %v", secret, o.Failure)
		}
	}
}

func TestLookupFollowsAMessageToItsEnd(t *testing.T) {
	t.Parallel()
	c := simulated(t, basic())
	lost := message()
	lost.To = "+79990030005"
	ids := []string{send(t, c, message()).Accepted.ID, send(t, c, lost).Accepted.ID}
	queries := []sdk.Query{
		{OurID: "a", ProviderID: ids[0], To: "+79990000001"}, {OurID: "b", ProviderID: ids[1], To: lost.To},
		{OurID: "c", ProviderID: "SMffffffffffffffffffffffffffffffff"}, {OurID: "d", To: "+79990000001"}, {OurID: "e", ProviderID: "../../x"},
	}
	money := &sdk.Money{Nanos: 7500000, Currency: "USD"}
	for _, want := range [][]string{
		{"ACCEPTED", "ACCEPTED", "UNKNOWN", "UNKNOWN", "UNKNOWN"}, {"ACCEPTED", "ACCEPTED", "UNKNOWN", "UNKNOWN", "UNKNOWN"},
		{"DELIVERED", "UNDELIVERED", "UNKNOWN", "UNKNOWN", "UNKNOWN"}, {"DELIVERED", "UNDELIVERED", "UNKNOWN", "UNKNOWN", "UNKNOWN"},
	} {
		receipts, err := c.Lookup(t.Context(), "main", 1, queries)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for i, r := range receipts {
			got = append(got, string(r.Status))
			if r.OurID != queries[i].OurID {
				t.Errorf("receipt %d is of %s", i, r.OurID)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if want[0] == "DELIVERED" {
			if diff := cmp.Diff(money, receipts[0].Cost); diff != "" || receipts[1].Reason != sdk.BadRecipient || receipts[1].Code != "30005" || !receipts[0].At.Equal(clock()) {
				t.Errorf("got %+v (-want +got):\n%s", receipts, diff)
			}
		}
	}
}

func TestALookupThatFailsPartlyTellsTheRest(t *testing.T) {
	t.Parallel()
	c, _ := setup(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, messageID) {
			_, _ = io.WriteString(w, strings.Replace(good, "queued", "delivered", 1))
			return
		}
		w.WriteHeader(http.StatusInternalServerError)
	}, basic())
	queries := []sdk.Query{{OurID: "a", ProviderID: "SM0000000000000000000000000000000f"}, {OurID: "b", ProviderID: messageID}}
	receipts, err := c.Lookup(t.Context(), "main", 1, queries)
	if err != nil || receipts[0].Status != sdk.StatusUnknown || receipts[1].Status != sdk.StatusDelivered {
		t.Errorf("got %v, %v", receipts, err)
	}
	if _, err := c.Lookup(t.Context(), "main", 1, queries[:1]); err == nil {
		t.Error("a lookup that failed altogether gives no error")
	}
	for _, answer := range []string{"", "<html>", `{"sid":"SM0000000000000000000000000000000a","status":"delivered"}`} {
		c, _ = setup(t, say(200, answer), basic())
		if receipts, err := c.Lookup(t.Context(), "main", 1, queries[:1]); sdk.AsFailure(err, "").Reason != sdk.Internal {
			t.Errorf("%s: got %v, %v, want INTERNAL", answer, receipts, err)
		}
	}
}

func TestBalanceAndCheck(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{
		`{"balance":"0.05","currency":"USD"}`: "0.05 USD",
		`{"balance":-12.5,"currency":"eur"}`:  "-12.50 EUR",
		`{"balance":"1","currency":null}`:     "1.00 USD",
		`{"balance":null}`:                    "INTERNAL",
		`{"balance":"plenty"}`:                "INTERNAL",
		"<html>":                              "INTERNAL",
	} {
		c, d := setup(t, say(200, answer), basic())
		balance, err := c.Balance(t.Context(), "main", 1)
		got := balance.Amount.String()
		if err != nil {
			got = string(sdk.AsFailure(err, "no failure").Reason)
		}
		if got != want || d.calls().paths[0] != "GET /2010-04-01/Accounts/"+accountID+"/Balance.json" {
			t.Errorf("%s: got %s (%v) from %s, want %s", answer, got, err, d.calls().paths[0], want)
		}
	}
	for secret, want := range map[string]string{token: "48.05 USD", "no-money": "-0.02 USD", "sub": "UNSUPPORTED", "wrong": "UNAUTHORIZED"} {
		balance, err := simulated(t, with("auth_token", secret)).Balance(t.Context(), "main", 1)
		got := balance.Amount.String()
		if err != nil {
			got = string(sdk.AsFailure(err, "no failure").Reason)
		}
		if got != want {
			t.Errorf("token %s: got %s (%v), want %s", secret, got, err, want)
		}
	}
	for secret, want := range map[string]string{token: "", "trial": "account_sid", "suspended": "UNAUTHORIZED", "wrong": "UNAUTHORIZED"} {
		found, err := simulated(t, with("auth_token", secret, "status_callback", reportURL)).Check(t.Context(), "main", 1)
		got := ""
		switch {
		case err != nil:
			got = string(sdk.AsFailure(err, "no failure").Reason)
		case len(found) > 0:
			got = found[len(found)-1].Field
		}
		if got != want {
			t.Errorf("token %s: got %s (%v, %v), want %s", secret, got, found, err, want)
		}
	}
	if found, err := simulated(t, basic()).Check(t.Context(), "main", 1); err != nil || len(found) != 1 || found[0].Field != "status_callback" {
		t.Errorf("without reports: got %v, %v", found, err)
	}
	for secret, want := range map[string]sdk.Reason{"canary-secret": "", "wrong": sdk.Unauthorized} {
		key := simulated(t, with("api_key_sid", keyID, "api_key_secret", secret, "status_callback", reportURL))
		if found, err := key.Check(t.Context(), "main", 1); len(found) > 0 || (err == nil) != (want == "") || err != nil && sdk.AsFailure(err, "").Reason != want {
			t.Errorf("an API key with the secret %s: got %v, %v", secret, found, err)
		}
	}
	c, _ := setup(t, say(200, `{"sid":"AC00000000000000000000000000000009","status":"active"}`), basic())
	if _, err := c.Check(t.Context(), "main", 1); sdk.AsFailure(err, "").Reason != sdk.Internal {
		t.Errorf("another account: got %v", err)
	}
}

func TestTheManifestSpeaksBothLanguagesAndHoldsNoSecret(t *testing.T) {
	t.Parallel()
	m, err := sdktest.Serve(t, provider(), io.Discard, clock).Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if c := m.Capabilities; !c.Balance || !c.Check || !c.Lookup || !c.Callbacks || c.Estimate || c.MaxBatch > 1 || !c.Validity || !c.SenderNames {
		t.Errorf("got %+v", c)
	}
	for _, f := range m.Settings {
		secret := f.Key == "auth_token" || f.Key == "api_key_secret"
		if f.Label.EN == "" || f.Label.RU == "" || (f.Help.EN == "") != (f.Help.RU == "") || secret != (f.Kind == sdk.KindSecret) {
			t.Errorf("%+v", f)
		}
	}
	for _, text := range []sdk.Text{m.Callback.Setup, m.Callback.Verification} {
		if text.EN == "" || text.RU == "" {
			t.Errorf("got %+v", text)
		}
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add(good)
	f.Add(`{"sid":{},"status":[],"num_segments":"-1","price":"x"}`)
	f.Add("\ufeffnull")
	f.Fuzz(func(t *testing.T, body string) {
		accepted, err := taken([]byte(body), "+79990000001")
		if (err == nil) != sid(accepted.ID) || accepted.Segments < 0 || accepted.Cost != nil && accepted.Cost.Negative() {
			t.Errorf("%q: got %+v, %v", body, accepted, err)
		}
		quoted, _ := json.Marshal(body)
		refused := explain(fmt.Errorf("call: %w", &sdk.Failure{Reason: sdk.Internal, Cause: &sdk.StatusError{Status: 400, Body: []byte(`{"code":` + string(quoted) + `}`)}}))
		if !sdk.AsFailure(refused, "").Reason.Known() {
			t.Errorf("%q: got %v", body, refused)
		}
	})
}
