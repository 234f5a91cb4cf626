package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/sdktest"
	"github.com/orderbell/orderbell/sdk/sdktest/operators"
	aggregator "github.com/orderbell/orderbell/sdk/sdktest/operators/http"
)

// TestMain lets the suite start this test binary as the provider.
func TestMain(m *testing.M) { sdktest.Main(m, provider()) }

// TestConformance holds the provider to the whole suite once for each of the examples, for what it
// does is what its settings say.
func TestConformance(t *testing.T) {
	t.Parallel()
	for name, cases := range map[string][]sdktest.Case{
		"p1sms": {
			{Name: "accepted", Reply: sdktest.Text(http.StatusOK, `{"status":"success","data":[{"id":77,"status":"sent","phone":"79990000001"}]}`), Want: sdktest.Accepted("77")},
			{Name: "success for another number", Reply: sdktest.Text(http.StatusOK, `{"status":"success","data":[{"id":77,"status":"sent","phone":"79990000009"}]}`), Want: sdktest.Reason(sdk.Internal)},
			{Name: "the balance is used up", Reply: sdktest.Text(http.StatusOK, `{"status":"success","data":[{"id":77,"status":"low_balance","phone":"79990000001"}]}`), Want: sdktest.Want{Reason: sdk.NoMoney, Code: "low_balance"}},
		},
		"prostor": {
			{Name: "a page of text", Reply: sdktest.Text(http.StatusOK, "temporarily closed"), Want: sdktest.Reason(sdk.Internal)},
		},
		"targetsms": {
			{Name: "nothing but a bracket", Reply: sdktest.Text(http.StatusOK, "{"), Want: sdktest.Reason(sdk.Internal)},
		},
		"eskiz": {
			{Name: "accepted", Reply: sdktest.Text(http.StatusOK, `{"id":"77","status":"waiting"}`), Want: sdktest.Accepted("77")},
			{Name: "the balance is used up", Reply: sdktest.Text(http.StatusBadRequest, `{"status":"error","message":"Not enough balance"}`), Want: sdktest.Reason(sdk.NoMoney)},
			{Name: "a state that is new", Reply: sdktest.Text(http.StatusOK, `{"id":"77","status":"teleported"}`), Want: sdktest.Reason(sdk.Internal)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			settings := example(t, name)
			for setting, value := range settings {
				if strings.HasPrefix(value, "${") {
					settings[setting] = "canary-of-" + name
				}
			}
			sdktest.Run(t, provider(), sdktest.Operator{
				NewHandler: func(testing.TB) http.Handler { return aggregator.New(operators.Options{}) },
				Settings:   settings,
				Cases:      cases,
			})
		})
	}
}
