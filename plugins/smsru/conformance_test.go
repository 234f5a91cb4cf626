package main

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/sdktest"
	"github.com/orderbell/orderbell/sdk/sdktest/operators"
	"github.com/orderbell/orderbell/sdk/sdktest/operators/smsru"
)

// TestMain lets the suite start this test binary as the provider.
func TestMain(m *testing.M) { sdktest.Main(m, provider()) }

// register writes down which id the simulator gives each text: in a batch they are keyed by number.
type register struct {
	operator http.Handler
	ids      *sync.Map
}

// ServeHTTP lets the simulator answer.
func (r register) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	body, err := io.ReadAll(q.Body)
	if err != nil {
		return
	}
	q.Body = io.NopCloser(bytes.NewReader(body))
	played := httptest.NewRecorder()
	r.operator.ServeHTTP(played, q)
	var answer struct {
		SMS map[string]struct {
			ID string `json:"sms_id"`
		} `json:"sms"`
	}
	form, _ := url.ParseQuery(string(body))
	_ = json.Unmarshal(played.Body.Bytes(), &answer) // no ids then
	for number, given := range answer.SMS {
		r.ids.Store(form.Get("to["+number+"]"), given.ID)
	}
	maps.Copy(w.Header(), played.Header())
	w.WriteHeader(played.Code)
	_, _ = w.Write(played.Body.Bytes())
}

func TestConformance(t *testing.T) {
	t.Parallel()
	ids := &sync.Map{}
	recorded := func(name string, c sdk.Callback, want ...sdk.Receipt) sdktest.Callback {
		c.URL = "https://orderbell.example/callbacks/main/token"
		return sdktest.Callback{Name: name, Request: c, Want: want}
	}
	done := sdk.Receipt{ProviderID: "000000-10000000", Status: sdk.StatusDelivered, Code: "103"}
	late := sdk.Receipt{ProviderID: "000000-10000001", Status: sdk.StatusExpired, Reason: sdk.Expired, Code: "104"}
	sdktest.Run(t, provider(), sdktest.Operator{
		NewHandler: func(t testing.TB) http.Handler { // its money and its daily limit run out
			operator := smsru.New(operators.Options{Now: time.Now})
			t.Cleanup(func() { _ = operator.Close() })
			return register{operator, ids}
		},
		IDFor: func(m sdk.Message) string {
			id, _ := ids.Load(m.Text)
			given, _ := id.(string)
			return given
		},
		Settings: map[string]string{"api_id": key},
		Cases: []sdktest.Case{
			{Name: "accepted", Reply: sdktest.Text(http.StatusOK, `{"status":"OK","status_code":100,"sms":{"79990000001":{"status":"OK","status_code":100,"sms_id":"000000-77"}}}`), Want: sdktest.Accepted("000000-77")},
			{Name: "the call is refused", Reply: sdktest.Text(http.StatusOK, `{"status":"ERROR","status_code":200}`), Want: sdktest.Want{Reason: sdk.Unauthorized, Code: "200"}},
			{Name: "OK above a recipient that failed and yet has an id", Reply: sdktest.Text(http.StatusOK, `{"status":"OK","status_code":100,"sms":{"79990000001":{"status":"ERROR","status_code":221,"sms_id":"202626-1000002"}}}`), Want: sdktest.Want{Reason: sdk.BadSender, Code: "221"}},
			{Name: "a code as a string", Reply: sdktest.Text(http.StatusOK, `{"status":"ERROR","status_code":"201"}`), Want: sdktest.Want{Reason: sdk.NoMoney, Code: "201"}},
			{Name: "success for another number", Reply: sdktest.Text(http.StatusOK, `{"status":"OK","status_code":100,"sms":{"79990000009":{"status":"OK","status_code":100,"sms_id":"000000-77"}}}`), Want: sdktest.Reason(sdk.Internal)},
			{Name: "text instead of JSON", Reply: sdktest.Text(http.StatusOK, "100\n000000-77\nbalance=4122.56"), Want: sdktest.Reason(sdk.Internal)},
		},
		Callbacks: sdktest.Recorded(
			recorded("delivered, URL-encoded", urlencoded(signed(delivered)...), done),
			recorded("delivered, in parts", inParts(signed(delivered)...), done),
			recorded("a sign of life between two reports", inParts(signed(delivered, alive, expired)...), done, late),
		),
	})
}
