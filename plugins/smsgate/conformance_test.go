package main

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/sdktest"
	"github.com/orderbell/orderbell/sdk/sdktest/operators"
	simulator "github.com/orderbell/orderbell/sdk/sdktest/operators/smsgate"
)

// TestMain lets the suite start this test binary as the provider.
func TestMain(m *testing.M) { sdktest.Main(m, provider()) }

func TestConformance(t *testing.T) {
	t.Parallel()
	recorded := func(name, event, rest string, want ...sdk.Receipt) sdktest.Callback {
		body := fmt.Sprintf(`{"deviceId":"ffffffffceb0b1db0000018e937c815b","event":%q,"id":"Ey6ECgOkVVFjz3CL48B8C","payload":{"messageId":%q,"phoneNumber":"+79990000001",%s},"webhookId":"LreFUt-Z3sSq0JufY9uWB"}`,
			event, sdktest.CaseID, rest)
		return sdktest.Callback{Name: name, Request: posted([]byte(body), time.Now()), Want: append([]sdk.Receipt{}, want...)}
	}
	about := func(status sdk.Status, reason sdk.Reason, code string) sdk.Receipt {
		return sdk.Receipt{OurID: sdktest.CaseID, ProviderID: sdktest.CaseID, Status: status, Reason: reason, Code: code}
	}
	answer := func(status int, format string, args ...any) sdktest.Reply {
		return sdktest.Text(status, fmt.Sprintf(format, args...))
	}
	sdktest.Run(t, provider(), sdktest.Operator{
		NewHandler: func(t testing.TB) http.Handler {
			phone := simulator.New(operators.Options{})
			t.Cleanup(func() { _ = phone.Close() })
			return phone
		},
		Settings: with("signing_key", signingKey, "base_url", "{operator}"),
		IDFor:    func(m sdk.Message) string { return m.ID },
		Cases: []sdktest.Case{
			{Name: "accepted", Reply: answer(http.StatusAccepted, `{"id":%q,"state":"Pending","recipients":[{"phoneNumber":%q,"state":"Pending","error":null}]}`, sdktest.CaseID, sdktest.CaseTo), Want: sdktest.Accepted(sdktest.CaseID)},
			{Name: "accepted, and no more is said", Reply: answer(http.StatusAccepted, `{"id":%q,"state":"Pending"}`, sdktest.CaseID), Want: sdktest.Accepted(sdktest.CaseID)},
			{Name: "the id is there already, says the app", Reply: answer(http.StatusConflict, `{"message":"Message with the same ID already exists"}`), Want: sdktest.Accepted(sdktest.CaseID)},
			{Name: "the id is there already, says the server", Reply: answer(http.StatusConflict, `{"message":"duplicate id"}`), Want: sdktest.Accepted(sdktest.CaseID)},
			{Name: "the id is there already, says an app with 500", Reply: answer(http.StatusInternalServerError, `{"message":"Message with the same ID already exists"}`), Want: sdktest.Accepted(sdktest.CaseID)},
			{Name: "a conflict about something else", Reply: answer(http.StatusConflict, `<html>409</html>`), Want: sdktest.Reason(sdk.Internal)},
			{Name: "success for another number", Reply: answer(http.StatusAccepted, `{"id":%q,"state":"Pending","recipients":[{"phoneNumber":"+79990000009","state":"Pending"}]}`, sdktest.CaseID), Want: sdktest.Reason(sdk.Internal)},
			{Name: "success for another message", Reply: answer(http.StatusAccepted, `{"id":"PyDmBQZZXYmyxMwED8Fzy","state":"Pending"}`), Want: sdktest.Reason(sdk.Internal)},
			{Name: "a state that nobody knows", Reply: answer(http.StatusAccepted, `{"id":%q,"state":"Flying"}`, sdktest.CaseID), Want: sdktest.Reason(sdk.Internal)},
			{Name: "failed at once", Reply: answer(http.StatusAccepted, `{"id":%q,"state":"Failed","recipients":[{"phoneNumber":%q,"state":"Failed","error":"Send result: RESULT_ERROR_NO_SERVICE (x)"}]}`, sdktest.CaseID, sdktest.CaseTo), Want: sdktest.Want{Reason: sdk.Unavailable, Code: "RESULT_ERROR_NO_SERVICE"}},
			{Name: "not a mobile number", Reply: answer(http.StatusBadRequest, `{"message":"can't use phone in row 1: not mobile phone number"}`), Want: sdktest.Reason(sdk.BadRecipient)},
			{Name: "the phone is not there", Reply: answer(http.StatusBadRequest, `{"message":"Invalid device ID"}`), Want: sdktest.Reason(sdk.Unauthorized)},
			{Name: "past its time", Reply: answer(http.StatusBadRequest, `{"message":"message already expired"}`), Want: sdktest.Reason(sdk.Expired)},
			{Name: "a wrong password", Reply: answer(http.StatusUnauthorized, ``), Want: sdktest.Reason(sdk.Unauthorized)},
			{Name: "a token without the right", Reply: answer(http.StatusForbidden, `{"message":"forbidden"}`), Want: sdktest.Reason(sdk.Unauthorized)},
			{Name: "an address that is not SMSGate's", Reply: answer(http.StatusNotFound, `<html>404</html>`), Want: sdktest.Reason(sdk.Unauthorized)},
			{Name: "the phone's queue is full", Reply: answer(http.StatusServiceUnavailable, `{"error":"QueueLimitExceeded","message":"queue limits exceeded: too many pending messages: 100 / 100"}`), Want: sdktest.Reason(sdk.Unavailable)},
			{Name: "too many calls", Reply: answer(http.StatusTooManyRequests, `{"message":"too many requests"}`), Want: sdktest.Reason(sdk.RateLimited)},
			{Name: "the server is out of order", Reply: answer(http.StatusInternalServerError, `{"message":"failed to handle request"}`), Want: sdktest.Reason(sdk.UnknownOutcome)},
		},
		Callbacks: sdktest.Recorded(
			recorded("sent", "sms:sent", `"partsCount":1,"sentAt":"2026-02-18T02:05:00.000+07:00"`, about(sdk.StatusAccepted, "", "")),
			recorded("delivered", "sms:delivered", `"deliveredAt":"2026-02-18T02:10:00.000+07:00"`, about(sdk.StatusDelivered, "", "")),
			recorded("the radio is off", "sms:failed", `"failedAt":"2026-02-18T02:15:00.000+07:00","reason":"Send result: RESULT_ERROR_RADIO_OFF (Failed because radio was explicitly turned off)"`, about(sdk.StatusRejected, sdk.Unavailable, "RESULT_ERROR_RADIO_OFF")),
			recorded("not obtainable", "sms:failed", `"failedAt":"2026-02-18T02:15:00.000+07:00","reason":"Delivery result from SC +79990000000: 67"`, about(sdk.StatusUndelivered, sdk.BadRecipient, "TP-STATUS 67")),
			recorded("cancelled in the app", "sms:cancelled", `"cancelledAt":"2026-02-18T02:15:00.000+07:00"`, about(sdk.StatusRejected, "", "CANCELLED")),
			recorded("a text of the guest", "sms:received", `"message":"Спасибо!","receivedAt":"2026-02-18T02:15:00.000+07:00"`),
			recorded("a sign of life", "system:ping", `"health":{"status":"pass"}`),
		),
	})
}
