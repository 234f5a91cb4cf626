package main

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

func TestEveryMagicNumberOfTheSimulatorIsUnderstood(t *testing.T) {
	t.Parallel()
	for ending, want := range map[int]string{
		1: "accepted " + first, 400: "BAD_RECIPIENT 3", 401: "BAD_RECIPIENT 3", 402: "BAD_SENDER 3", 403: "REJECTED_TEXT 3", 404: "REJECTED_TEXT 9",
		405: "REJECTED_TEXT 5", 406: "BAD_RECIPIENT 3", 407: "INTERNAL 9", 408: "BAD_RECIPIENT 400", 429: "RATE_LIMITED 429",
		500: "UNKNOWN_OUTCOME 500", 503: "UNAVAILABLE 503", 522: "UNKNOWN_OUTCOME 522",
		600: "INTERNAL", 601: "INTERNAL", 602: "INTERNAL", 603: "INTERNAL", 604: "UNKNOWN_OUTCOME", 605: "UNKNOWN_OUTCOME",
		607: "INTERNAL 3", 608: "accepted " + first, 609: "INTERNAL", 610: "accepted " + first, 611: "INTERNAL", 702: "accepted " + first,
	} {
		t.Run(fmt.Sprintf("%04d", ending), func(t *testing.T) {
			t.Parallel()
			d := setup(t, simulator(t, clock))
			same(t, "outcome", []string{fmt.Sprintf("m%d %s", ending, want)}, d.send(t, message(ending)))
			if len(d.noted().paths) != 1 {
				t.Errorf("got %d calls, want one and no second try", len(d.noted().paths))
			}
		})
	}
}

func TestEveryMagicKeyOfTheSimulatorIsUnderstood(t *testing.T) {
	t.Parallel()
	for part, want := range map[string]string{
		"bad-key": "m1 UNAUTHORIZED 401", "blocked-ip": "m1 UNAUTHORIZED 403", "no-money": "m1 NO_MONEY 402",
		"too-many": "m1 RATE_LIMITED 429", "broken": "m1 UNKNOWN_OUTCOME 500", "repair": "m1 INTERNAL", "int64": "m1 accepted " + first,
	} {
		d := setup(t, simulator(t, clock), "api_key", part+key)
		same(t, part, []string{want}, d.send(t, message(1)))
	}
}

func TestAnswersAreUnderstood(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, answer, want string }{
		{"taken", `{"message_id":"439166538239448536","template_resource_id":136519}`, "accepted 439166538239448536"},
		{"a number as id", `{"message_id":439166538239448536}`, "accepted 439166538239448536"},
		{"in camel case", `{"success":true,"messageId":"17"}`, "accepted 17"},
		{"an empty error", `{"message_id":"17","error":null}`, "accepted 17"},
		{"an empty error text", `{"message_id":"17","error":""}`, "accepted 17"},
		{"an error that is false", `{"message_id":"17","error":false}`, "accepted 17"},
		{"windows-1251 in it", "{\"message_id\":\"17\",\"note\":\"\xc3\xee\xf2\"}", "accepted 17"},
		{"a byte order mark", "\ufeff" + `{"message_id":"17"}`, "accepted 17"},
		{"a float as id", `{"message_id":4.39e17}`, "INTERNAL"},
		{"zero as id", `{"message_id":0}`, "INTERNAL"},
		{"a list as id", `{"message_id":["17"]}`, "INTERNAL"},
		{"true as id", `{"message_id":true}`, "INTERNAL"},
		{"an id with a line break", `{"message_id":"1\n7"}`, "INTERNAL"},
		{"an id of 100 bytes", `{"message_id":"` + strings.Repeat("1", 100) + `"}`, "INTERNAL"},
		{"no id", `{"template_resource_id":1}`, "INTERNAL"},
		{"an error with 200", `{"error":{"code":3,"message":"invalid SendRequest.Destination: value does not match regex pattern"}}`, "BAD_RECIPIENT 3"},
		{"an error at the top", `{"code":3,"message":"Number does not exist","details":[]}`, "BAD_RECIPIENT 3"},
		{"an error as text", `{"error":"Number does not exist"}`, "BAD_RECIPIENT"},
		{"an error that nobody knows", `{"error":{"code":"X1","message":"79990000001 is odd"}}`, "INTERNAL X1"},
		{"an error without words", `{"error":{}}`, "INTERNAL"},
		{"an error as a list", `{"error":[1]}`, "INTERNAL"},
		{"an error and an id", `{"message_id":"17","error":{"code":3,"message":"Number does not exist"}}`, "INTERNAL 3"},
		{"a list", `[{"message_id":"17"}]`, "INTERNAL"},
		{"text", "OK", "INTERNAL"},
		{"a number", "17", "INTERNAL"},
		{"a web page", "<html>79990000001</html>", "INTERNAL"},
		{"nothing", "", "INTERNAL"},
		{"null", "null", "INTERNAL"},
		{"a cut answer", `{"message_id":"17"`, "INTERNAL"},
		{"two answers", `{"message_id":"17"}{"message_id":"18"}`, "INTERNAL"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := setup(t, fixed(200, test.answer))
			lines, outcomes := sendVia(t, d.Client, message(1))
			same(t, test.answer, []string{"m1 " + test.want}, lines)
			if f := outcomes[0].Failure; f != nil && f.Raw == "" && test.answer != "" {
				t.Error("the answer is lost")
			}
		})
	}
}

func TestEveryHTTPStatusHasItsReason(t *testing.T) {
	t.Parallel()
	want := map[int]sdk.Reason{
		400: sdk.Internal, 401: sdk.Unauthorized, 402: sdk.NoMoney, 403: sdk.Unauthorized, 404: sdk.Internal, 405: sdk.Internal,
		408: sdk.UnknownOutcome, 409: sdk.Internal, 413: sdk.Internal, 422: sdk.Internal, 429: sdk.RateLimited,
		500: sdk.UnknownOutcome, 501: sdk.UnknownOutcome, 502: sdk.UnknownOutcome, 503: sdk.Unavailable, 504: sdk.UnknownOutcome,
		520: sdk.UnknownOutcome, 521: sdk.Unavailable, 522: sdk.UnknownOutcome, 523: sdk.Unavailable, 524: sdk.UnknownOutcome, 525: sdk.Unavailable, 526: sdk.Unavailable,
		300: sdk.Internal, 304: sdk.Internal,
	}
	for status, reason := range want {
		for _, body := range []string{"<html>" + key + "</html>", `{"message_id":"5"}`} {
			d := setup(t, fixed(status, body))
			_, outcomes := sendVia(t, d.Client, message(1))
			if f := outcomes[0].Failure; f == nil || f.Reason != reason || f.Code != fmt.Sprint(status) {
				t.Errorf("%d %s: got %+v, want %s", status, body, f, reason)
			}
		}
	}
	for status, reason := range map[int]sdk.Reason{400: sdk.RejectedText, 404: sdk.RejectedText, 409: sdk.Internal, 401: sdk.Unauthorized, 402: sdk.NoMoney, 429: sdk.RateLimited, 500: sdk.UnknownOutcome, 503: sdk.Unavailable} {
		d := setup(t, fixed(status, `{"error":{"code":3,"message":"Oops 79990000001"}}`))
		_, outcomes := sendVia(t, d.Client, message(1))
		if f := outcomes[0].Failure; f == nil || f.Reason != reason || f.Code == "" || reason != sdk.Internal && !strings.Contains(f.Detail, "Oops") {
			t.Errorf("%d with an error: got %+v, want %s and the operator's words", status, f, reason)
		}
	}
}

func TestRetryAfterIsBounded(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]time.Duration{"30": 30 * time.Second, "31536000": 24 * time.Hour, "-5": 0, "soon": 0, "Tue, 24 Nov 2026 12:01:00 GMT": time.Minute} {
		d := setup(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", "Tue, 24 Nov 2026 12:00:00 GMT")
			w.Header().Set("Retry-After", value)
			w.WriteHeader(http.StatusTooManyRequests)
		}))
		_, outcomes := sendVia(t, d.Client, message(1))
		if f := outcomes[0].Failure; f == nil || f.RetryAfter != want {
			t.Errorf("%s: got %+v, want %v", value, f, want)
		}
	}
}

func TestRedirectsDoNotCarryTheKeyAway(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("called: %s %v", r.URL, r.Header)
	}))
	t.Cleanup(elsewhere.Close)
	for _, target := range []string{elsewhere.URL + "/messaging/v1/SendSMS", "http://127.0.0.1:1/", "/again", "//evil.example/"} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			d := setup(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/again" && r.Method == http.MethodPost {
					_, _ = io.WriteString(w, `{"message_id":"5"}`)
					return
				}
				if r.URL.Path == "/again" {
					_, _ = io.WriteString(w, `<html>`)
					return
				}
				http.Redirect(w, r, target, status)
			}))
			want := fmt.Sprint("m1 INTERNAL ", status)
			switch {
			case target != "/again":
			case status >= 307:
				want = "m1 accepted 5" // the same host may move the call
			default:
				want = "m1 INTERNAL" // its page says nothing
			}
			same(t, fmt.Sprint(status, " ", target), []string{want}, d.send(t, message(1)))
		}
	}
	loop := setup(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Path, http.StatusTemporaryRedirect)
	}))
	if got := loop.send(t, message(1)); got[0] != "m1 UNKNOWN_OUTCOME 307" {
		t.Errorf("a loop: got %v", got)
	}
}

func TestHostileBodies(t *testing.T) {
	t.Parallel()
	tests := map[string]http.HandlerFunc{
		"ten megabytes": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, strings.Repeat("x", 10<<20)) },
		"endless": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := io.WriteString(w, strings.Repeat("x", 64<<10)); err != nil {
					return
				}
			}
		},
		"a gzip bomb": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			zip := gzip.NewWriter(w)
			_, _ = io.WriteString(zip, strings.Repeat(" ", 10<<20))
			_ = zip.Close()
		},
		"deep": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, strings.Repeat("[", 500_000)) },
	}
	for name, handler := range tests {
		d := setup(t, handler)
		same(t, name, []string{"m1 INTERNAL"}, d.send(t, message(1)))
	}
}

func TestAnOperatorThatIsNotThereIsUnavailable(t *testing.T) {
	t.Parallel()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	secure := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the certificate is not ours") }))
	secure.Config.ErrorLog = nil
	t.Cleanup(secure.Close)
	for name, server := range map[string]*httptest.Server{"refused": gone, "a certificate of nobody": secure} {
		log := &journal{}
		c := open(t, log, server.URL, server.Listener.Addr().String())
		lines, _ := sendVia(t, c, message(1), message(2))
		same(t, name, []string{"m1 UNAVAILABLE", "m2 UNAVAILABLE"}, lines)
	}
	private := open(t, &journal{}, gone.URL, "127.0.0.1:1")
	if lines, _ := sendVia(t, private, message(1)); lines[0] != "m1 UNAVAILABLE" {
		t.Errorf("plain http to an address that is not allowed: got %v", lines)
	}
}

func TestACallEndsWithItsContext(t *testing.T) {
	t.Parallel()
	d := setup(t, simulator(t, clock))
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	began := time.Now()
	outcomes, _ := d.Send(ctx, "main", 1, []sdk.Message{message(606), message(1)})
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("it took %v", took)
	}
	if f := outcomes[0].Failure; f == nil || f.Reason != sdk.UnknownOutcome {
		t.Errorf("silence: got %+v", outcomes[0])
	}
	if outcomes[1].Accepted == nil {
		t.Errorf("its neighbour: got %+v, want accepted", outcomes[1].Failure)
	}
}

func TestAnEchoOfTheKeyIsMasked(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 400, 401, 500} {
		d := setup(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(status)
			_, _ = fmt.Fprintf(w, "<pre>Authorization: %s\n%s 79990000001</pre>", r.Header.Get("Authorization"), key)
		}))
		_, outcomes := sendVia(t, d.Client, message(1)) // looks for secrets
		if raw := outcomes[0].Failure.Raw; !strings.Contains(raw, "•••") {
			t.Errorf("%d: the answer is lost: %q", status, raw)
		}
		if _, err := d.Balance(t.Context(), "main", 1); err == nil {
			t.Error("a balance out of nothing")
		} else {
			secretless(t, "the error", err.Error()+sdk.AsFailure(err, "").Raw)
		}
	}
}

func TestEveryRowOfTheTables(t *testing.T) {
	t.Parallel()
	want := map[string]sdk.Reason{
		"sendrequest.destination": sdk.BadRecipient, "sendrequest.number": sdk.BadSender, "sendrequest.text": sdk.RejectedText,
		"sendrequest.template": sdk.RejectedText, "number does not exist": sdk.BadRecipient, "destination": sdk.BadRecipient,
	}
	for _, v := range phrases() {
		f := trouble{Code: "3", Message: "Invalid " + strings.ToUpper(v.phrase) + "!"}.judge()
		if f == nil || f.Reason != want[v.phrase] || f.Code != "3" || !strings.Contains(f.Detail, "Invalid") {
			t.Errorf("%s: got %+v, want %s", v.phrase, f, want[v.phrase])
		}
	}
	if len(want) != len(phrases()) || len(statuses()) != 2 {
		t.Error("a table has rows that are not tested")
	}
	a := &account{}
	for status, values := range map[sdk.Status][]string{
		sdk.StatusAccepted:    {"created", "accepted", "queued", "pending", "enroute", "sent", " SENT "},
		sdk.StatusDelivered:   {"delivered", "read", "Delivered"},
		sdk.StatusUndelivered: {"undelivered", "not_delivered", "undeliverable", "failed"},
		sdk.StatusRejected:    {"rejected"}, sdk.StatusExpired: {"expired"},
		sdk.StatusUnknown: {"", "0", "3", "NOT DELIVERED", "DELIVERY_STATUS_NOT_DELIVERED", "undelivered?"},
	} {
		for _, value := range values {
			if got := a.status(loose(value)); got != status {
				t.Errorf("%q: got %s, want %s", value, got, status)
			}
		}
	}
	if len(words()) != 14 {
		t.Errorf("%d words, of which 14 are tested", len(words()))
	}
}

func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{
		`{"message_id":"439166538239448536"}`, `{"messageId":5,"error":[]}`, `{"error":{"code":[],"message":{}}}`, `{"error":"x"}`, `{"code":1,"message":"Destination"}`,
		`{"messages":[{"message_id":1,"delivery_status":"sent"},[],null]}`, `null`, "\ufeff[]", `{"message_id":"\u0000"}`, `{}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		if failure := refusal([]byte(body)); failure != nil {
			if failure.Raw != body || failure.Reason == "" {
				t.Errorf("%q: got %+v", body, failure)
			}
			return
		}
		if id, failure := accepted([]byte(body)); (failure == nil) != usable(id) {
			t.Errorf("%q: got %q, %+v", body, id, failure)
		}
		if list, ok := items([]byte(body)); !ok && len(list) > 0 {
			t.Errorf("%q: got %v and no list", body, list)
		}
		findTrouble([]byte(body))
	})
}
