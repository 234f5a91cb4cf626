package main

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/sdktest"
	"github.com/orderbell/orderbell/sdk/sdktest/operators"
	simulator "github.com/orderbell/orderbell/sdk/sdktest/operators/twilio"
)

// TestMain lets the suite start this test binary as the provider.
func TestMain(m *testing.M) { sdktest.Main(m, provider()) }

func TestConformance(t *testing.T) {
	t.Parallel()
	recorded := func(name string, want sdk.Receipt, changes ...string) sdktest.Callback {
		want.ProviderID = messageID
		return sdktest.Callback{Name: name, Request: posted(report(changes...)), Want: []sdk.Receipt{want}}
	}
	answer := func(status int, format string, args ...any) sdktest.Reply {
		return sdktest.Text(status, fmt.Sprintf(format, args...))
	}
	sdktest.Run(t, provider(), sdktest.Operator{
		NewHandler: func(testing.TB) http.Handler { return simulator.New(operators.Options{}) },
		Settings:   with("status_callback", reportURL, "base_url", "{operator}"),
		Cases: []sdktest.Case{
			{Name: "accepted", Reply: answer(http.StatusCreated, `{"sid":%q,"status":"queued","to":%q}`, messageID, sdktest.CaseTo), Want: sdktest.Accepted(messageID)},
			{Name: "accepted without a SID", Reply: answer(http.StatusCreated, `{"sid":null,"status":"queued","to":%q}`, sdktest.CaseTo), Want: sdktest.Reason(sdk.Internal)},
			{Name: "success for another number", Reply: answer(http.StatusCreated, `{"sid":%q,"status":"queued","to":"+79990000009"}`, messageID), Want: sdktest.Reason(sdk.Internal)},
			{Name: "not a number", Reply: answer(http.StatusBadRequest, `{"code":21211,"message":"Invalid To","status":400}`), Want: sdktest.Want{Reason: sdk.BadRecipient, Code: "21211"}},
			{Name: "opted out", Reply: answer(http.StatusBadRequest, `{"code":"21610","message":"Unsubscribed","status":400}`), Want: sdktest.Want{Reason: sdk.BlockedRecipient, Code: "21610"}},
			{Name: "the login is refused", Reply: answer(http.StatusUnauthorized, `{"code":20003,"status":401}`), Want: sdktest.Want{Reason: sdk.Unauthorized, Code: "20003"}},
			{Name: "too much at once", Reply: answer(http.StatusTooManyRequests, `{"code":20429,"status":429}`), Want: sdktest.Want{Reason: sdk.RateLimited, Code: "20429"}},
		},
		Callbacks: sdktest.Recorded(
			recorded("sent", sdk.Receipt{Status: sdk.StatusAccepted}, "MessageStatus", "sent"),
			recorded("delivered", sdk.Receipt{Status: sdk.StatusDelivered}),
			recorded("a landline", sdk.Receipt{Status: sdk.StatusUndelivered, Reason: sdk.BadRecipient, Code: "30005"}, "MessageStatus", "undelivered", "ErrorCode", "30005"),
		),
	})
}
