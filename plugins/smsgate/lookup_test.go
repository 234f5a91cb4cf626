package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/sdk"
)

// says answers every call alike.
func says(status int, body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}

// told writes a receipt: "REJECTED UNAVAILABLE RESULT_ERROR_NO_SERVICE".
func told(r sdk.Receipt) string {
	return strings.Join(strings.Fields(fmt.Sprintf("%s %s %s", r.Status, r.Reason, r.Code)), " ")
}

func TestEveryStateHasAMeaning(t *testing.T) {
	t.Parallel()
	tests := []struct{ state, failure, want string }{
		{"Pending", "", "ACCEPTED"}, {"Processed", "", "ACCEPTED"}, {"Sent", "", "ACCEPTED"}, {"Cancelling", "", "ACCEPTED"},
		{"Delivered", "", "DELIVERED"}, {"Cancelled", "", "REJECTED CANCELLED"}, {"", "", "UNKNOWN"}, {"pending", "", "UNKNOWN"}, {"Flying", "x", "UNKNOWN"},
		{"Failed", "", "REJECTED"}, {"Failed", "TTL expired", "EXPIRED EXPIRED TTL expired"},
		{"Failed", "Send result: RESULT_ERROR_GENERIC_FAILURE (Generic failure cause)", "REJECTED UNAVAILABLE RESULT_ERROR_GENERIC_FAILURE"},
		{"Failed", "Send result: RESULT_ERROR_RADIO_OFF (x)", "REJECTED UNAVAILABLE RESULT_ERROR_RADIO_OFF"},
		{"Failed", "Send result: RESULT_ERROR_NULL_PDU (x)", "REJECTED REJECTED_TEXT RESULT_ERROR_NULL_PDU"},
		{"Failed", "Send result: RESULT_ERROR_NO_SERVICE (x)", "REJECTED UNAVAILABLE RESULT_ERROR_NO_SERVICE"},
		{"Failed", "Send result: RESULT_ERROR_LIMIT_EXCEEDED (x)", "REJECTED RATE_LIMITED RESULT_ERROR_LIMIT_EXCEEDED"},
		{"Failed", "Send result: RESULT_ERROR_FDN_CHECK_FAILURE (x)", "REJECTED UNSUPPORTED RESULT_ERROR_FDN_CHECK_FAILURE"},
		{"Failed", "Send result: RESULT_ERROR_SHORT_CODE_NEVER_ALLOWED (x)", "REJECTED BAD_RECIPIENT RESULT_ERROR_SHORT_CODE_NEVER_ALLOWED"},
		{"Failed", "Send result: RESULT_UNEXPECTED_EVENT_STOP_SENDING (x)", "REJECTED RATE_LIMITED RESULT_UNEXPECTED_EVENT_STOP_SENDING"},
		{"Failed", "Send result: RESULT_RIL_REQUEST_RATE_LIMITED (x)", "REJECTED RATE_LIMITED RESULT_RIL_REQUEST_RATE_LIMITED"},
		{"Failed", "Send result: RESULT_RIL_ENCODING_ERR (x)", "REJECTED REJECTED_TEXT RESULT_RIL_ENCODING_ERR"},
		{"Failed", "Send result: RESULT_RIL_ACCESS_BARRED (x)", "REJECTED UNAUTHORIZED RESULT_RIL_ACCESS_BARRED"},
		{"Failed", "Send result: RESULT_NO_DEFAULT_SMS_APP (x)", "REJECTED UNAUTHORIZED RESULT_NO_DEFAULT_SMS_APP"},
		{"Failed", "Send result: RESULT_RIL_MODEM_ERR (x)", "REJECTED UNAVAILABLE RESULT_RIL_MODEM_ERR"},
		{"Failed", "Delivery result from SC +79990000000: 64", "UNDELIVERED TP-STATUS 64"},
		{"Failed", "Delivery result from SC null: 65", "UNDELIVERED UNSUPPORTED TP-STATUS 65"},
		{"Failed", "Delivery result from SC +79990000000: 66", "UNDELIVERED BLOCKED_RECIPIENT TP-STATUS 66"},
		{"Failed", "Delivery result from SC +79990000000: 67", "UNDELIVERED BAD_RECIPIENT TP-STATUS 67"},
		{"Failed", "Delivery result from SC +79990000000: 70", "EXPIRED EXPIRED TP-STATUS 70"},
		{"Failed", "Delivery result: 0", "UNDELIVERED Delivery result: 0"},
		{"Failed", "Can't send message: No SIMs found", "REJECTED UNAVAILABLE Can't send message: No SIMs found"},
		{"Failed", "Can't send message: SIM 2 not found", "REJECTED UNAVAILABLE Can't send message: SIM 2 not found"},
		{"Failed", "Can't send message: SIM selection requires READ_PHONE_STATE permission", "REJECTED UNAUTHORIZED Can't send message: SIM selection requires READ_PHONE_STATE perm"}, // cut to 64 bytes
		{"Failed", "sendSMS: Invalid destinationAddress", "REJECTED BAD_RECIPIENT sendSMS: Invalid destinationAddress"},
	}
	for _, test := range tests {
		t.Run(test.state+" "+test.failure, func(t *testing.T) {
			t.Parallel()
			body := fmt.Sprintf(`{"id":%q,"state":%q,"recipients":[{"phoneNumber":"1d4b6e3b1b6e3b1b","state":%q,"error":%q}],"states":{%q:"2026-11-24T14:05:00.000+03:00"}}`, ourID, test.state, test.state, test.failure, test.state)
			c, _ := ring(t, says(http.StatusOK, body), "", basic())
			receipts, err := c.Lookup(t.Context(), "main", 1, []sdk.Query{{OurID: ourID}})
			if err != nil || told(receipts[0]) != test.want {
				t.Errorf("got %q, %v, want %q", told(receipts[0]), err, test.want)
			}
			if err == nil && receipts[0].Status != sdk.StatusUnknown && !receipts[0].At.Equal(time.Date(2026, 11, 24, 11, 5, 0, 0, time.UTC)) {
				t.Errorf("got the time %v", receipts[0].At)
			}
		})
	}
}

func TestALookUpFollowsAMessageByOurID(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]string{"phone": "", "server": "/3rdparty/v1"} {
		c, _, _ := simulated(t, open, basic())
		send(t, c, message())
		offline := to("+79990000790")
		offline.ID = "01JDCANARY0000000000000790"
		send(t, c, offline)
		receipts, err := c.Lookup(t.Context(), "main", 1, []sdk.Query{
			{OurID: ourID}, {OurID: ourID, ProviderID: ourID}, {OurID: offline.ID, ProviderID: offline.ID},
			{OurID: "01JDCANARY000000000000NEVR"}, {OurID: "01JDCANARY0000000000000000", ProviderID: "01JDCANARY0000000000000000"}, {OurID: "x", ProviderID: "../webhooks"},
		})
		var got []string
		for _, r := range receipts {
			got = append(got, told(r))
		}
		want := []string{"ACCEPTED", "ACCEPTED", "ACCEPTED", "ABSENT", "UNKNOWN", "UNKNOWN"}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
}

func TestWhatIsNotSMSGatesAnswerIsNoAbsence(t *testing.T) {
	t.Parallel()
	for name, handler := range map[string]http.Handler{
		"a web page with 404":   says(http.StatusNotFound, "<html>404</html>"),
		"a web page with 200":   says(http.StatusOK, "<html>"),
		"another message":       says(http.StatusOK, `{"id":"PyDmBQZZXYmyxMwED8Fzy","state":"Delivered"}`),
		"a server out of order": says(http.StatusInternalServerError, `{"message":"failed to get message state"}`),
		"a wrong password":      says(http.StatusUnauthorized, ""),
	} {
		c, _ := ring(t, handler, "", basic())
		receipts, err := c.Lookup(t.Context(), "main", 1, []sdk.Query{{OurID: ourID}})
		if err == nil {
			t.Errorf("%s: got %+v, want an error", name, receipts)
		}
	}
}

func TestALookUpThatFailsPartlyTellsTheRest(t *testing.T) {
	t.Parallel()
	c, _ := ring(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ourID) {
			_, _ = io.WriteString(w, `{"id":"`+ourID+`","state":"Delivered","recipients":{},"states":[]}`)
			return
		}
		w.WriteHeader(http.StatusInternalServerError)
	}), "", basic())
	receipts, err := c.Lookup(t.Context(), "main", 1, []sdk.Query{{OurID: "01JDCANARY0000000000000000"}, {OurID: ourID}})
	if err != nil || told(receipts[0]) != "UNKNOWN" || told(receipts[1]) != "DELIVERED" {
		t.Errorf("got %+v, %v", receipts, err)
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add(`{"id":"` + ourID + `","state":"Pending","recipients":[{"phoneNumber":"+79990000001","state":"Pending","error":null}],"states":{"Pending":"2026-11-24T14:05:00.000+03:00"}}`)
	f.Add(`{"id":"` + ourID + `","state":"Failed","recipients":[{"error":"Delivery result from SC : 999"}]}`)
	f.Add("\ufeff{\"id\":1,\"state\":[],\"recipients\":{},\"states\":7}")
	f.Fuzz(func(t *testing.T, body string) {
		accepted, err := taken([]byte(body), ourID, "+79990000001")
		if (err == nil) != (accepted.ID == ourID) {
			t.Errorf("%q: got %+v, %v", body, accepted, err)
		}
		if err != nil && !sdk.AsFailure(err, "").Reason.Known() {
			t.Errorf("%q: got %v", body, err)
		}
		if s, err := read([]byte(body)); err == nil {
			if v := s.verdict(); v.status == "" || v.reason != "" && !v.reason.Known() {
				t.Errorf("%q: got %+v", body, v)
			}
			s.at()
		}
	})
}
