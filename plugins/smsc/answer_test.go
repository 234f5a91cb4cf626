package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

func TestAnswersAreUnderstood(t *testing.T) {
	t.Parallel()
	mine := id(1)
	ours := "accepted " + mine
	tests := []struct{ name, answer, want string }{
		{"our id back", `{"id":"` + mine + `","cnt":1,"cost":"1.44","balance":"100.50"}`, ours},
		{"the operator's number", `{"id":1234,"cnt":1}`, "accepted 1234"},
		{"the number as a string, the count too", `{"id":"1234","cnt":"1","cost":1.44,"balance":100.5}`, "accepted 1234"},
		{"with the number's entry", `{"id":1234,"cnt":1,"phones":[{"phone":"79990000001","mccmnc":"25001","cost":"1.44","status":"","error":""}]}`, "accepted 1234"},
		{"the number in another form", `{"id":1234,"cnt":1,"phones":[{"phone":"+7 (999) 000-00-01","status":0}]}`, "accepted 1234"},
		{"the number with an 8", `{"id":1234,"cnt":1,"phones":[{"phone":89990000001,"status":"-1"}]}`, "accepted 1234"},
		{"a status that is no number", `{"id":1234,"cnt":1,"phones":[{"phone":"79990000001","status":"ok"}]}`, "accepted 1234"},
		{"a later status", `{"id":1234,"cnt":1,"phones":[{"phone":"79990000001","status":20,"error":"6"}]}`, "accepted 1234"},
		{"the entry after another one", `{"id":1234,"cnt":2,"phones":[null,{"phone":"79991234567","status":22},{"phone":"79990000001","status":0}]}`, "accepted 1234"},
		{"a BOM and space", "\ufeff \n{\"id\": 1234, \"cnt\": 1}\n", "accepted 1234"},
		{"no entries", `{"id":1234,"cnt":1,"phones":[]}`, "accepted 1234"},
		{"odd fields that do not matter", `{"id":1234,"cnt":{},"cost":[],"balance":null,"phones":"none","extra":1}`, "accepted 1234"},
		{"an error of 0", `{"error_code":0,"id":1234}`, "accepted 1234"},

		{"refused at once", `{"id":1234,"cnt":1,"phones":[{"phone":"79990000001","status":"22","error":"wrong number"}]}`, "BAD_RECIPIENT 22"},
		{"refused at once, err known", `{"id":1234,"cnt":1,"phones":[{"phone":"79990000001","status":23,"error":254}]}`, "BAD_SENDER 23/254"},
		{"refused at once, err without a reason", `{"id":1234,"cnt":1,"phones":[{"phone":"79990000001","status":25,"error":"6"}]}`, "UNSUPPORTED 25"},
		{"refused as a whole", `{"error":"no money","error_code":3,"id":1234}`, "NO_MONEY 3"},
		{"refused, the code as a string", `{"error":"no money","error_code":"3"}`, "NO_MONEY 3"},
		{"refused, without words", `{"error_code":7}`, "BAD_RECIPIENT 7"},
		{"refused with an unknown code", `{"error":"new","error_code":99}`, "INTERNAL 99"},

		{"refused without a code", `{"error":"something"}`, "INTERNAL"},
		{"refused with an id, without a code", `{"error":"something","id":1234}`, "INTERNAL"},
		{"success for somebody else's number", `{"id":1234,"cnt":1,"phones":[{"phone":"79991234567","status":0}]}`, "INTERNAL"},
		{"success for somebody else's id", `{"id":"` + id(2) + `","cnt":1}`, "INTERNAL"},
		{"entries that cannot be read", `{"id":1234,"cnt":1,"phones":[[],"x"]}`, "INTERNAL"},
		{"without an id", `{"cnt":1,"cost":"1.44"}`, "INTERNAL"},
		{"with an id of 0", `{"id":0,"cnt":1}`, "INTERNAL"},
		{"an id of null", `{"id":null,"cnt":1}`, "INTERNAL"},
		{"an id that is an object", `{"id":{"a":1},"cnt":1}`, "INTERNAL"},
		{"a long id", `{"id":"` + strings.Repeat("a", 100) + `","cnt":1}`, "INTERNAL"},
		{"a count of nothing", `{"id":1234,"cnt":0}`, "INTERNAL"},
		{"an empty object", `{}`, "INTERNAL"},
		{"a list", `[{"id":1234}]`, "INTERNAL"},
		{"null", `null`, "INTERNAL"},
		{"a string", `"OK"`, "INTERNAL"},
		{"fmt=0", `OK - 1 SMS, ID - 1234`, "INTERNAL"},
		{"fmt=0, refused", `ERROR = 3 (no money), ID - 1234`, "INTERNAL"},
		{"fmt=1", `1234,1,1.44,100.50`, "INTERNAL"},
		{"windows-1251 outside of JSON", "\xce\xf8\xe8\xe1\xea\xe0", "INTERNAL"},
		{"windows-1251 in the words", "{\"error\":\"\xce\xf8\xe8\xe1\xea\xe0\",\"error_code\":3}", "NO_MONEY 3"},
		{"a web page", "<!DOCTYPE html><html>+79990000001 " + password + "</html>", "INTERNAL"},
		{"nothing", "", "INTERNAL"},
		{"space", " \r\n", "INTERNAL"},
		{"a cut answer", `{"id":1234,"cnt":1,"pho`, "INTERNAL"},
		{"two answers", `{"id":1234,"cnt":1}{"id":1235,"cnt":1}`, "INTERNAL"},
		{"deep nesting", strings.Repeat("[", 20000), "INTERNAL"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, _ := setup(t, says(test.answer))
			got := send(t, c, message(1))
			if shape(got) != test.want {
				t.Errorf("%.200s: got %s, want %s (%v)", test.answer, shape(got), test.want, got.Failure)
			}
			f := got.Failure
			if f != nil && f.Reason == sdk.Internal && f.Raw == "" && test.answer != "" && test.name != "a long id" {
				t.Errorf("%.200s: the answer that was not understood is lost", test.answer)
			}
			if f != nil && len(f.Raw) > 2<<10 {
				t.Errorf("%.200s: %d bytes of the answer are kept, want at most 2 KiB", test.answer, len(f.Raw))
			}
		})
	}
}

func TestMoneyAndSegmentsAreReadLeniently(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{
		`{"id":1,"cnt":2,"cost":"2.88"}`:    "2 2.88 KZT",
		`{"id":1,"cnt":"2","cost":2.8}`:     "2 2.80 KZT",
		`{"id":1,"cnt":-1,"cost":"-2.88"}`:  "0 <nil>",
		`{"id":1,"cnt":1000,"cost":"much"}`: "0 <nil>",
		`{"id":1,"cnt":1.5,"cost":null}`:    "0 <nil>",
		`{"id":1}`:                          "0 <nil>",
	} {
		c, _ := setup(t, says(answer), "currency", "KZT")
		o := send(t, c, message(1))
		if o.Accepted == nil {
			t.Errorf("%s: got %v", answer, o.Failure)
			continue
		}
		if got := fmt.Sprint(o.Accepted.Segments, " ", o.Accepted.Cost); got != want {
			t.Errorf("%s: got %s, want %s", answer, got, want)
		}
	}
}

func TestEveryErrorCodeHasItsReason(t *testing.T) {
	t.Parallel()
	want := map[int]sdk.Reason{
		1: sdk.RejectedText, 2: sdk.Unauthorized, 3: sdk.NoMoney, 4: sdk.RateLimited, 5: sdk.RejectedText,
		6: sdk.RejectedText, 7: sdk.BadRecipient, 8: sdk.Unsupported, 9: sdk.RateLimited,
	}
	if len(want) != len(requestCodes()) {
		t.Errorf("%d codes are tested, the table has %d", len(want), len(requestCodes()))
	}
	for number, reason := range want {
		f := refusal(number, "слова", nil)
		if f.Reason != reason || f.Code != fmt.Sprint(number) || !strings.Contains(f.Detail, "(слова)") {
			t.Errorf("%d: got %+v, want %s", number, f, reason)
		}
	}
	for number, wait := range map[int]time.Duration{4: 10 * time.Minute, 9: time.Minute, 3: 0} {
		if got := refusal(number, "", nil).RetryAfter; got != wait {
			t.Errorf("%d: got a wait of %v, want %v", number, got, wait)
		}
	}
	for _, number := range []int{-1, 0, 10, 100} {
		if f := refusal(number, "", []byte("raw")); f.Reason != sdk.Internal || f.Raw != "raw" {
			t.Errorf("%d: got %+v, want INTERNAL with the answer kept", number, f)
		}
	}
}

func TestEveryStatusAndCauseHasItsMeaning(t *testing.T) {
	t.Parallel()
	statuses := map[int]string{
		-3: "ABSENT ", -2: "ACCEPTED ", -1: "ACCEPTED ", 0: "ACCEPTED ", 1: "DELIVERED ", 2: "DELIVERED ", 3: "EXPIRED EXPIRED", 4: "DELIVERED ",
		20: "UNDELIVERED ", 22: "REJECTED BAD_RECIPIENT", 23: "REJECTED REJECTED_TEXT", 24: "REJECTED NO_MONEY", 25: "UNDELIVERED UNSUPPORTED",
	}
	if len(statuses) != len(states()) {
		t.Errorf("%d statuses are tested, the table has %d", len(statuses), len(states()))
	}
	for number, want := range statuses {
		r := receipt(loose(fmt.Sprint(number)), "")
		if got := fmt.Sprintf("%s %s", r.Status, r.Reason); got != want || r.Code != fmt.Sprint(number) {
			t.Errorf("status %d: got %s with code %q, want %s", number, got, r.Code, want)
		}
	}
	reasons := map[sdk.Reason][]int{
		sdk.BadRecipient: {1, 11, 13, 21, 249}, sdk.BlockedRecipient: {250, 252}, sdk.Unavailable: {220}, sdk.RateLimited: {251},
		sdk.RejectedText: {238, 244, 246, 253}, sdk.Unauthorized: {239, 243}, sdk.NoMoney: {247}, sdk.BadSender: {254},
		sdk.Unsupported: {248, 255}, "": {0, 2, 3, 4, 6, 12, 200, 219, 237, 240, 241, 242, 245},
	}
	tested := 0
	for reason, numbers := range reasons {
		tested += len(numbers)
		for _, number := range numbers {
			r := receipt("20", loose(fmt.Sprint(number)))
			status := sdk.StatusUndelivered
			if number == errNoStatus {
				status = sdk.StatusUnknown
			}
			if _, listed := causes()[number]; !listed || r.Reason != reason || r.Status != status {
				t.Errorf("err %d: got %+v (in the table: %v), want %s %s", number, r, listed, status, reason)
			}
		}
	}
	if tested != len(causes()) {
		t.Errorf("%d causes are tested, the table has %d", tested, len(causes()))
	}
	if r := receipt("1", "248"); r.Status != sdk.StatusDelivered || r.Reason != "" || r.Code != "1/248" {
		t.Errorf("delivered with an err: got %+v", r)
	}
	for _, odd := range []loose{"", "99", "1.0", "delivered", "-4", "99999999999999999999"} {
		if r := receipt(odd, "1"); r.Status != sdk.StatusUnknown || r.Reason != "" {
			t.Errorf("status %q: got %+v, want UNKNOWN", odd, r)
		}
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add(`{"id":1234,"cnt":1,"cost":"1.44","phones":[{"phone":"79990000001","status":"22","error":"x"}]}`)
	f.Add(`{"error":"x","error_code":"9","id":{}}`)
	f.Add("\ufeff[{\"status\":1e2,\"id\":[]}]")
	f.Add(`{"phones":[[null]],"id":-0,"error_code":0}`)
	f.Add(`[{"status":25,"err":248,"id":32,"phone":"79990000001","last_timestamp":99999999999999}]`)
	f.Fuzz(func(t *testing.T, body string) {
		m := message(1)
		if a, err := read([]byte(body)); err == nil {
			accepted, err := a.verdict(m, "RUB", []byte(body))
			if (err == nil) != (accepted.ID != "") {
				t.Errorf("%q: got %+v, %v", body, accepted, err)
			}
		}
		queries := []sdk.Query{{OurID: m.ID, To: m.To}, {OurID: id(2), ProviderID: "32", To: m.To}}
		entries, err := readStatuses([]byte(body))
		if err != nil {
			return
		}
		for i, e := range arrange(queries, entries) {
			r := (&account{Env: sdk.Env{Now: clock}}).told(queries[i], e)
			if r.OurID != queries[i].OurID || r.Status == sdk.StatusAbsent && queries[i].ProviderID != "" {
				t.Errorf("%q: got %+v", body, r)
			}
		}
	})
}
