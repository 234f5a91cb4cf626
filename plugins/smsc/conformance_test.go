package main

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/sdktest"
	"github.com/orderbell/orderbell/sdk/sdktest/operators"
	"github.com/orderbell/orderbell/sdk/sdktest/operators/smsc"
)

func TestMain(m *testing.M) { sdktest.Main(m, provider()) }

func TestConformance(t *testing.T) {
	t.Parallel()
	recorded := func(name string, form url.Values, want ...sdk.Receipt) sdktest.Callback {
		cb := post(form.Encode())
		cb.URL = "https://orderbell.example/callbacks/main/token"
		return sdktest.Callback{Name: name, Request: cb, Want: want}
	}
	sdktest.Run(t, provider(), sdktest.Operator{
		Handler:  smsc.New(operators.Options{Now: time.Now}),
		Settings: map[string]string{"login": "cafe", "psw": password, "callback_secret": word, "base_url": "{operator}/sys"},
		IDFor:    func(m sdk.Message) string { return m.ID },
		Cases: []sdktest.Case{
			{Name: "accepted under their number", Reply: sdktest.Text(http.StatusOK, `{"id":77,"cnt":1}`), Want: sdktest.Accepted("77")},
			{Name: "accepted under our id", Reply: sdktest.Text(http.StatusOK, `{"id":"`+sdktest.CaseID+`","cnt":"1"}`), Want: sdktest.Accepted(sdktest.CaseID)},
			{Name: "the balance is used up", Reply: sdktest.Text(http.StatusOK, `{"error":"no money","error_code":3,"id":7}`), Want: sdktest.Want{Reason: sdk.NoMoney, Code: "3"}},
			{Name: "the address is blocked", Reply: sdktest.Text(http.StatusOK, `{"error":"IP is blocked","error_code":4}`), Want: sdktest.Want{Reason: sdk.RateLimited, Code: "4"}},
			{Name: "the number is refused at once", Reply: sdktest.Text(http.StatusOK, `{"id":7,"cnt":1,"phones":[{"phone":"79990000001","status":"22"}]}`), Want: sdktest.Reason(sdk.BadRecipient)},
			{Name: "plain text", Reply: sdktest.Text(http.StatusOK, "OK - 1 SMS, ID - 7"), Want: sdktest.Reason(sdk.Internal)},
		},
		Callbacks: sdktest.Recorded(
			recorded("delivered", report("1234", "1"), sdk.Receipt{ProviderID: "1234", Status: sdk.StatusDelivered}),
			recorded("delivered, by our id", report(id(1), "1"), sdk.Receipt{OurID: id(1), ProviderID: id(1), Status: sdk.StatusDelivered}),
			recorded("no route", report("1234", "25", "err", "248"), sdk.Receipt{ProviderID: "1234", Status: sdk.StatusUndelivered, Reason: sdk.Unsupported, Code: "25/248"}),
		),
	})
}
