package main

import (
	"compress/gzip"
	"context"
	"encoding/json"
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
		1: "accepted 1", 400: "BAD_RECIPIENT number", 401: "REJECTED_TEXT text", 402: "BAD_SENDER sign", 403: "REJECTED_TEXT dateSend",
		404: "INTERNAL 400", 405: "NO_MONEY no credits", 406: "REJECTED_TEXT reject", 429: "RATE_LIMITED 429",
		500: "UNKNOWN_OUTCOME 500", 503: "UNAVAILABLE 503", 522: "UNKNOWN_OUTCOME 522",
		600: "INTERNAL", 601: "INTERNAL", 602: "INTERNAL", 603: "INTERNAL", 604: "UNKNOWN_OUTCOME", 605: "UNKNOWN_OUTCOME",
		607: "INTERNAL", 608: "accepted 1", 609: "INTERNAL", 610: "accepted 1", 611: "INTERNAL", 702: "accepted 1",
	} {
		t.Run(fmt.Sprintf("%04d", ending), func(t *testing.T) {
			t.Parallel()
			d := setup(t, simulator(t, clock))
			same(t, "outcome", []string{fmt.Sprintf("m%d %s", ending, want)}, d.send(t, message(ending)))
		})
	}
}

func TestEveryMagicKeyOfTheSimulatorIsUnderstood(t *testing.T) {
	t.Parallel()
	for part, want := range map[string]string{
		"bad-key": "m1 UNAUTHORIZED 401", "blocked-ip": "m1 UNAUTHORIZED 403", "no-money": "m1 NO_MONEY no credits", "pay-402": "m1 NO_MONEY 402",
		"too-many": "m1 RATE_LIMITED 429", "broken": "m1 UNKNOWN_OUTCOME 500", "repair": "m1 INTERNAL",
	} {
		d := setup(t, simulator(t, clock), "api_key", part+key)
		same(t, part, []string{want}, d.send(t, message(1)))
	}
}

func TestAnswersAreUnderstood(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, answer string
		want         [2]string // for a text to two numbers
	}{
		{"both taken", `{"success":true,"data":[{"id":5,"number":"79990000001","cost":2.2},{"id":6,"number":"79990000002"}],"message":null}`, [2]string{"accepted 5", "accepted 6"}},
		{"in another order and form", `{"success":true,"data":[{"id":"6","number":89990000002},{"id":5,"number":"+7 (999) 000-00-01"}]}`, [2]string{"accepted 5", "accepted 6"}},
		{"a list written as an object", `{"success":"true","data":{"0":{"id":5,"number":79990000001},"1":{"id":6,"number":"9990000002"},"links":{},"totalCount":2}}`, [2]string{"accepted 5", "accepted 6"}},
		{"one is missing", `{"success":true,"data":[{"id":6,"number":"79990000002"}]}`, [2]string{"INTERNAL", "accepted 6"}},
		{"one entry is no object", `{"success":true,"data":["ok",{"id":6,"number":"79990000002"}]}`, [2]string{"INTERNAL", "accepted 6"}},
		{"one is refused at once", `{"success":true,"data":[{"id":5,"number":"79990000001","status":6},{"id":6,"number":"79990000002","status":"0"}]}`, [2]string{"REJECTED_TEXT 6", "accepted 6"}},
		{"success for somebody else", `{"success":true,"data":[{"id":5,"number":"79991234567"}]}`, [2]string{"INTERNAL", "INTERNAL"}},
		{"ids that are none", `{"success":true,"data":[{"id":null,"number":"79990000001"},{"id":{},"number":"79990000002"}]}`, [2]string{"INTERNAL", "INTERNAL"}},
		{"ids that cannot be asked for", `{"success":true,"data":[{"id":0,"number":"79990000001"},{"id":"a b","number":"79990000002"}]}`, [2]string{"INTERNAL", "INTERNAL"}},
		{"an id of 60 bytes", `{"success":true,"data":[{"id":"` + strings.Repeat("1", 60) + `","number":"79990000001"},{"id":false,"number":"79990000002"}]}`, [2]string{"INTERNAL", "INTERNAL"}},
		{"success and nobody", `{"success":true,"data":null,"message":null}`, [2]string{"INTERNAL", "INTERNAL"}},
		{"success and text", `{"success":true,"data":"sent"}`, [2]string{"INTERNAL", "INTERNAL"}},
		{"refused, for no known reason", `{"success":false,"data":null,"message":"Oops"}`, [2]string{"INTERNAL", "INTERNAL"}},
		{"refused with entries", `{"success":false,"data":[{"id":5,"number":"79990000001"}],"message":"Oops"}`, [2]string{"INTERNAL", "INTERNAL"}},
		{"refused by the login in words", `{"success":false,"data":null,"message":"Your request was made with invalid credentials."}`, [2]string{"UNAUTHORIZED invalid credentials", "UNAUTHORIZED invalid credentials"}},
		{"success as a number", `{"success":1,"data":[{"id":5,"number":"79990000001"},{"id":6,"number":"79990000002"}]}`, [2]string{"accepted 5", "accepted 6"}},
		{"success and a version 1 refusal", `{"success":true,"result":"no credits"}`, [2]string{"NO_MONEY no credits", "NO_MONEY no credits"}},
		{"version 1's success", `{"id":5,"result":"accepted"}`, [2]string{"INTERNAL", "INTERNAL"}},
		{"success of another type", `{"success":{},"data":[{"id":5,"number":"79990000001"}]}`, [2]string{"INTERNAL", "INTERNAL"}},
		{"no success", `{"data":[{"id":5,"number":"79990000001"}]}`, [2]string{"INTERNAL", "INTERNAL"}},
		{"windows-1251", "{\"success\":true,\"data\":[{\"id\":5,\"number\":\"79990000001\",\"text\":\"\xc3\xee\xf2\"},{\"id\":6,\"number\":\"79990000002\"}]}", [2]string{"accepted 5", "accepted 6"}},
		{"odd costs", `{"success":true,"data":[{"id":5,"number":"79990000001","cost":-1},{"id":6,"number":"79990000002","cost":"1e400"}]}`, [2]string{"accepted 5", "accepted 6"}},
		{"a byte order mark", "\ufeff" + `{"success":true,"data":[{"id":5,"number":"79990000001"},{"id":6,"number":"79990000002"}]}`, [2]string{"accepted 5", "accepted 6"}},
		{"a list", `[{"id":5,"number":"79990000001"}]`, [2]string{"INTERNAL", "INTERNAL"}},
		{"text", "OK", [2]string{"INTERNAL", "INTERNAL"}},
		{"a web page", "<html>79990000001</html>", [2]string{"INTERNAL", "INTERNAL"}},
		{"nothing", "", [2]string{"INTERNAL", "INTERNAL"}},
		{"null", "null", [2]string{"INTERNAL", "INTERNAL"}},
		{"a cut answer", `{"success":true,"data":[{"id":5,"number":"79990000001"},{"id`, [2]string{"INTERNAL", "INTERNAL"}},
		{"two answers", `{"success":true,"data":[]}{"success":true}`, [2]string{"INTERNAL", "INTERNAL"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := setup(t, fixed(200, test.answer))
			batch := []sdk.Message{message(1), message(2)}
			batch[0].Text, batch[1].Text = "Мы открылись", "Мы открылись"
			lines, outcomes := sendVia(t, d.Client, batch...)
			same(t, test.answer, []string{"m1 " + test.want[0], "m2 " + test.want[1]}, lines)
			for _, o := range outcomes {
				if o.Failure != nil && o.Failure.Raw == "" && test.answer != "" {
					t.Errorf("%s: the answer is lost", o.ID)
				}
			}
		})
	}
}

func TestOneEntryWithoutANumberIsOurs(t *testing.T) {
	t.Parallel()
	d := setup(t, fixed(200, `{"success":true,"data":{"id":5,"number":null,"cost":"2.20"}}`))
	_, outcomes := sendVia(t, d.Client, message(1))
	if a := outcomes[0].Accepted; a == nil || a.ID != "5" || a.Cost == nil || a.Cost.String() != "2.20 RUB" {
		t.Errorf("got %+v, want 5 at 2.20 RUB", outcomes[0])
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
		for _, body := range []string{"<html>" + key + "</html>", `{"success":true,"data":{"id":5,"number":"79990000001"}}`, `{"success":false,"data":null,"message":"Oops 79990000001"}`} {
			d := setup(t, fixed(status, body))
			_, outcomes := sendVia(t, d.Client, message(1))
			if f := outcomes[0].Failure; f == nil || f.Reason != reason || f.Code != fmt.Sprint(status) {
				t.Errorf("%d %s: got %+v, want %s", status, body, f, reason)
			}
		}
	}
	for status, reason := range map[int]sdk.Reason{400: sdk.RejectedText, 422: sdk.RejectedText, 401: sdk.Unauthorized, 429: sdk.RateLimited, 500: sdk.UnknownOutcome} {
		d := setup(t, fixed(status, `{"success":false,"data":{"text":["too long"],"number":["incorrect"]},"message":"Validation error."}`))
		_, outcomes := sendVia(t, d.Client, message(1))
		if f := outcomes[0].Failure; f == nil || f.Reason != reason || !strings.Contains(f.Detail, "Validation error.") {
			t.Errorf("%d with a field: got %+v, want %s and the operator's words", status, f, reason)
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
	for _, target := range []string{elsewhere.URL + "/v2/sms/send", "http://127.0.0.1:1/", "/v2/again", "//evil.example/"} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			d := setup(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/v2/again" && r.Method == http.MethodPost {
					_, _ = io.WriteString(w, `{"success":true,"data":{"id":5,"number":"79990000001"}}`)
					return
				}
				if r.URL.Path == "/v2/again" {
					_, _ = io.WriteString(w, `<html>`)
					return
				}
				http.Redirect(w, r, target, status)
			}))
			want := fmt.Sprint("m1 INTERNAL ", status)
			switch {
			case target != "/v2/again":
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

func TestAnEchoOfTheLoginIsMasked(t *testing.T) {
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
	reasons := map[string]sdk.Reason{
		"sign": sdk.BadSender, "text": sdk.RejectedText, "dateSend": sdk.RejectedText, "channel": sdk.Unsupported, "callbackUrl": sdk.Unsupported,
		"callbackFormat": sdk.Unsupported, "shortLink": sdk.Unsupported, "number": sdk.BadRecipient, "numbers": sdk.BadRecipient,
	}
	for _, v := range fields() {
		for _, name := range []string{v.key, v.key + ".0", v.key + "[1]"} {
			a, ok := decode([]byte(`{"success":false,"data":{"` + name + `":["incorrect"]},"message":"Validation error."}`))
			if f := a.judge(); !ok || f == nil || f.Reason != reasons[v.key] || f.Code != v.key || !strings.Contains(f.Detail, "Validation") {
				t.Errorf("%s: got %+v, want %s", name, f, reasons[v.key])
			}
		}
	}
	words := map[string]sdk.Reason{"no credits": sdk.NoMoney, "reject": sdk.RejectedText, "invalid credentials": sdk.Unauthorized, "not enough money": sdk.NoMoney, "insufficient funds": sdk.NoMoney, "недостаточно средств": sdk.NoMoney}
	for _, v := range results() {
		a, _ := decode([]byte(`{"result":" ` + strings.ToUpper(v.key) + `"}`))
		if f := a.judge(); f == nil || f.Reason != words[v.key] {
			t.Errorf("result %s: got %+v, want %s", v.key, f, words[v.key])
		}
	}
	for _, v := range phrases() {
		a, _ := decode([]byte(`{"success":false,"message":"Sorry, ` + v.key + `."}`))
		if f := a.judge(); f == nil || f.Reason != words[v.key] {
			t.Errorf("message %s: got %+v, want %s", v.key, f, words[v.key])
		}
	}
	statuses := map[int]sdk.Status{0: sdk.StatusAccepted, 1: sdk.StatusDelivered, 2: sdk.StatusUndelivered, 3: sdk.StatusAccepted, 4: sdk.StatusAccepted, 6: sdk.StatusRejected, 8: sdk.StatusAccepted}
	for n := -1; n < 20; n++ {
		want, listed := statuses[n]
		if !listed {
			want = sdk.StatusUnknown
		}
		e := entry{Status: loose(fmt.Sprint(n))}
		if got := e.receipt("m1", "5"); got.Status != want || got.Code != fmt.Sprint(n) {
			t.Errorf("status %d: got %+v, want %s", n, got, want)
		}
	}
	if len(reasons) != len(fields()) || len(statuses) != len(standings()) || len(words) != len(results())+len(phrases())-1 { // "no credits" is in both
		t.Error("a table has rows that are not tested")
	}
}

func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{
		`{"success":true,"data":[{"id":5,"number":"79990000001"},{"id":6,"number":"79990000002"}]}`,
		`{"success":true,"data":{"0":{"id":5,"number":"79990000001"},"links":[]}}`, `{"success":false,"data":{"number":["incorrect"]}}`,
		`{"result":"reject","reason":{}}`, `{"success":1e2,"data":[[]]}`, `null`, "\ufeff[]", `{"success":true,"data":{"id":"\u0000"}}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		r := request{messages: []sdk.Message{message(1), message(2)}}
		a, failure := read([]byte(body))
		if failure != nil {
			if failure.Raw != body || failure.Reason == "" {
				t.Errorf("%q: got %+v", body, failure)
			}
			return
		}
		for i, o := range outcomes(r, a) {
			if o.ID != r.messages[i].ID || (o.Accepted == nil) == (o.Failure == nil) || o.Accepted != nil && !usable(o.Accepted.ID) {
				t.Errorf("%q: got %+v", body, o)
			}
		}
		if !json.Valid([]byte(strings.TrimPrefix(body, "\ufeff"))) {
			t.Errorf("%q is taken for an answer", body)
		}
	})
}
