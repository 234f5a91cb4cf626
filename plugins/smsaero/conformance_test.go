package main

import (
	"net/http"
	"testing"
	"time"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/sdktest"
	"github.com/orderbell/orderbell/sdk/sdktest/operators"
	"github.com/orderbell/orderbell/sdk/sdktest/operators/smsaero"
)

func TestMain(m *testing.M) { sdktest.Main(m, provider()) }

func TestConformance(t *testing.T) {
	t.Parallel()
	operator := smsaero.New(operators.Options{Now: time.Now})
	t.Cleanup(func() { _ = operator.Close() })
	recorded := func(name, body string, want sdk.Receipt) sdktest.Callback {
		return sdktest.Callback{Name: name, Request: posted("application/json", query("m1"), body), Want: []sdk.Receipt{want}}
	}
	sdktest.Run(t, provider(), sdktest.Operator{
		Handler:  operator,
		Settings: map[string]string{"email": email, "api_key": key, "base_url": "{operator}/v2"},
		Cases: []sdktest.Case{
			{Name: "no money", Reply: sdktest.Text(http.StatusOK, `{"result":"no credits"}`), Want: sdktest.Want{Reason: sdk.NoMoney, Code: "no credits"}},
			{Name: "a wrong number", Reply: sdktest.Text(http.StatusBadRequest, `{"success":false,"data":{"number":["incorrect"]},"message":"Validation error."}`), Want: sdktest.Want{Reason: sdk.BadRecipient, Code: "number"}},
			{Name: "plain text", Reply: sdktest.Text(http.StatusOK, "OK"), Want: sdktest.Reason(sdk.Internal)},
		},
		UnsignedCallbacks: true, // the operator signs nothing; the key in the address is all there is
		Callbacks: sdktest.Recorded(
			recorded("delivered", `{"id":5,"status":1}`, sdk.Receipt{OurID: "m1", ProviderID: "5", Status: sdk.StatusDelivered, Code: "1"}),
			recorded("not delivered", `{"id":"5","status":"2"}`, sdk.Receipt{OurID: "m1", ProviderID: "5", Status: sdk.StatusUndelivered, Code: "2"}),
		),
	})
}
