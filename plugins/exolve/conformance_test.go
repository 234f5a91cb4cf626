package main

import (
	"net/http"
	"testing"
	"time"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/sdktest"
	"github.com/orderbell/orderbell/sdk/sdktest/operators"
	"github.com/orderbell/orderbell/sdk/sdktest/operators/exolve"
)

func TestMain(m *testing.M) { sdktest.Main(m, provider()) }

func TestConformance(t *testing.T) {
	t.Parallel()
	operator := exolve.New(operators.Options{Now: time.Now})
	t.Cleanup(func() { _ = operator.Close() })
	recorded := func(name, body string, want sdk.Receipt) sdktest.Callback {
		return sdktest.Callback{Name: name, Request: posted(sealed, body), Want: []sdk.Receipt{want}}
	}
	sdktest.Run(t, provider(), sdktest.Operator{
		Handler:  operator,
		Settings: map[string]string{"api_key": key, "number": "Cafe", "webhook_key": webhook, "base_url": "{operator}"},
		Cases: []sdktest.Case{
			{Name: "accepted", Reply: sdktest.Text(http.StatusOK, `{"message_id":"`+first+`"}`), Want: sdktest.Accepted(first)},
			{Name: "a wrong number", Reply: sdktest.Text(http.StatusBadRequest, `{"error":{"code":3,"message":"Number does not exist"}}`), Want: sdktest.Want{Reason: sdk.BadRecipient, Code: "3"}},
			{Name: "plain text", Reply: sdktest.Text(http.StatusOK, "OK"), Want: sdktest.Reason(sdk.Internal)},
		},
		UnsignedCallbacks: true, // the operator signs nothing; the key in the address is all there is
		Callbacks: sdktest.Recorded(
			recorded("delivered", `{"message_id":"5","delivery_status":"delivered"}`, sdk.Receipt{ProviderID: "5", Status: sdk.StatusDelivered, Code: "delivered"}),
			recorded("expired", `{"message_id":5,"delivery_status":"expired"}`, sdk.Receipt{ProviderID: "5", Status: sdk.StatusExpired, Code: "expired"}),
		),
	})
}
