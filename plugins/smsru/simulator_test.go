package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/host"
	"github.com/orderbell/orderbell/sdk/sdktest"
	"github.com/orderbell/orderbell/sdk/sdktest/operators"
	"github.com/orderbell/orderbell/sdk/sdktest/operators/smsru"
)

// town is a gateway in small beside the simulator: it takes callbacks as the real one does.
type town struct {
	*host.Client
	operator *smsru.Simulator

	mu       sync.Mutex
	now      time.Time
	receipts []sdk.Receipt
	refused  int
}

func (w *town) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *town) wait(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// ServeHTTP is the callback address.
func (w *town) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	receipts, reply, err := w.ParseCallback(r.Context(), "main", 1, sdk.Callback{Method: r.Method, Header: r.Header, Body: body})
	w.mu.Lock()
	defer w.mu.Unlock()
	w.receipts = append(w.receipts, receipts...)
	if err != nil {
		w.refused++
	}
	out.WriteHeader(reply.Status)
	_, _ = out.Write(reply.Body)
}

func move(t *testing.T, settings ...string) *town {
	t.Helper()
	w := &town{now: clock()}
	gateway := httptest.NewServer(w)
	t.Cleanup(gateway.Close)
	log := &lockedBuffer{}
	w.operator = smsru.New(operators.Options{Now: w.clock, CallbackURL: gateway.URL, Log: func(format string, args ...any) {
		_, _ = fmt.Fprintf(log, format+"\n", args...)
	}})
	server := httptest.NewServer(w.operator)
	t.Cleanup(func() {
		server.Close()
		if err := w.operator.Close(); err != nil {
			t.Error(err)
		}
		if text := log.String(); strings.Contains(text, key) || strings.Contains(text, "999000") {
			t.Errorf("a log holds the api_id or a number: %s", text)
		}
	})
	w.Client = sdktest.Serve(t, provider(), log, w.clock)
	values := map[string]string{"api_id": key, "base_url": server.URL}
	for i := 0; i < len(settings); i += 2 {
		values[settings[i]] = settings[i+1]
	}
	sdktest.Open(t, w.Client, "main", values, server.Listener.Addr().String())
	return w
}

// lockedBuffer takes the lines of several goroutines.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func TestEveryNumberOfTheSimulatorHasItsOutcome(t *testing.T) {
	t.Parallel()
	w := move(t)
	for number, want := range map[int]string{
		1: "accepted 202648-…", 202: "BAD_RECIPIENT 202", 204: "BAD_SENDER 204", 207: "UNSUPPORTED 207", 209: "BLOCKED_RECIPIENT 209",
		201: "NO_MONEY 201", 231: "RATE_LIMITED 231", 233: "RATE_LIMITED 233", 220: "UNAVAILABLE 220", 216: "REJECTED_TEXT 216", 550: "UNSUPPORTED 550",
		299: "REJECTED_TEXT 299", 599: "UNAVAILABLE 599", 777: "INTERNAL 777",
		2001: "INTERNAL", 2002: "INTERNAL", 2003: "INTERNAL", 2004: "accepted 1000014", 2005: "INTERNAL",
		2006: "accepted 202648-…", 2007: "accepted 202648-…",
		3001: "INTERNAL", 3002: "INTERNAL", 3003: "INTERNAL", 3004: "INTERNAL", 3005: "accepted 202648-…", 3006: "UNKNOWN_OUTCOME",
		3007: "UNKNOWN_OUTCOME", 3009: "INTERNAL", 3010: "INTERNAL 302", 3011: "INTERNAL",
		3400: "INTERNAL 400", 3401: "UNAUTHORIZED 401", 3402: "NO_MONEY 402", 3403: "UNAUTHORIZED 403", 3404: "INTERNAL 404",
		3408: "UNKNOWN_OUTCOME 408", 3429: "RATE_LIMITED 429", 3500: "UNKNOWN_OUTCOME 500", 3502: "UNKNOWN_OUTCOME 502",
		3503: "UNAVAILABLE 503", 3504: "UNKNOWN_OUTCOME 504", 3521: "UNAVAILABLE 521", 3524: "UNKNOWN_OUTCOME 524",
	} {
		o := send(t, w.Client, message(number))[0]
		got := strings.TrimPrefix(shape([]sdk.Outcome{o})[0], o.ID+" ")
		if before, ok := strings.CutSuffix(want, "…"); got != want && (!ok || !strings.HasPrefix(got, before)) {
			t.Errorf("%04d: got %s, want %s", number, got, want)
		}
		if (number == 3429 || number == 3503) && o.Failure.RetryAfter != 30*time.Second {
			t.Errorf("%04d: to be tried again after %v, want 30s", number, o.Failure.RetryAfter)
		}
		if o.Failure != nil && o.Failure.Reason == sdk.Internal && o.Failure.Raw == "" && number != 777 && number != 3002 && number != 3003 {
			t.Errorf("%04d: the answer that was not understood is lost", number)
		}
		if o.Failure != nil && len(o.Failure.Raw) > 2048 {
			t.Errorf("%04d: %d bytes of the answer are kept", number, len(o.Failure.Raw))
		}
	}
}

func TestASilentOperatorIsAnUnknownOutcomeWithinTheCallsTime(t *testing.T) {
	t.Parallel()
	w := move(t)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second) // the request must have left by then
	defer cancel()
	outcomes, err := w.Send(ctx, "main", 1, []sdk.Message{message(3008)})
	if got := shape(outcomes); err != nil || got[0] != "m3008 UNKNOWN_OUTCOME" {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestAFaultCostsOnlyItsOwnRecipientsAndThoseOfItsRequest(t *testing.T) {
	t.Parallel()
	w := move(t)
	bar := message(3006)
	bar.Sender = "Cafe"
	got := shape(send(t, w.Client, message(1), message(207), bar))
	if !strings.HasPrefix(got[0], "m1 accepted") || got[1] != "m207 UNSUPPORTED 207" || got[2] != "m3006 UNKNOWN_OUTCOME" {
		t.Errorf("got %v", got)
	}
}

func TestEveryKeyOfTheSimulatorHasItsReason(t *testing.T) {
	t.Parallel()
	for apiID, want := range map[string][2]string{ // of Send, of Check
		"wrong-key": {"UNAUTHORIZED 200", "UNAUTHORIZED"}, "token-expired": {"UNAUTHORIZED 300", "UNAUTHORIZED"},
		"bad-login": {"UNAUTHORIZED 301", "UNAUTHORIZED"}, "unconfirmed": {"UNAUTHORIZED 302", "UNAUTHORIZED"},
		"maintenance": {"UNAVAILABLE 220", "UNAVAILABLE"}, "server-error": {"UNAVAILABLE 500", "UNAVAILABLE"},
		"no-money": {"NO_MONEY 201", ""}, "no-sender": {"BAD_SENDER 221", ""},
	} {
		w := move(t, "api_id", apiID)
		got := strings.TrimPrefix(shape(send(t, w.Client, message(1)))[0], "m1 ")
		_, err := w.Check(t.Context(), "main", 1)
		reason := ""
		if f := sdk.AsFailure(err, "other"); f != nil {
			reason = string(f.Reason)
		}
		if got != want[0] || reason != want[1] {
			t.Errorf("%s: Send %s, Check %q, want %v", apiID, got, reason, want)
		}
	}
}

func TestTheDayLimitIsToldAndKept(t *testing.T) {
	t.Parallel()
	w := move(t, "api_id", "day-limit", "from", "Kafe")
	before, err := w.Check(t.Context(), "main", 1)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"INFO : Дневной лимит: использовано 0 из 2.", "INFO : Бесплатные сообщения сегодня: использовано 0 из 5.",
		`WARNING from: Имя отправителя "Kafe" не согласовано; sms.ru отклоняет его (код 204). Возьмите одно из этих: Cafe, Orderbell.`,
	}
	if diff := cmp.Diff(want, findings(before)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	one, two, three := message(1), message(2), message(3)
	one.Sender, two.Sender, three.Sender = "Cafe", "Cafe", "Cafe"
	send(t, w.Client, one, two)
	if got := shape(send(t, w.Client, three)); got[0] != "m3 RATE_LIMITED 206" {
		t.Errorf("the third message: got %v", got)
	}
	after, err := w.Check(t.Context(), "main", 1)
	if err != nil || after[0].Severity != sdk.SeverityWarning || !strings.Contains(after[0].Summary.EN, "2 of 2 used") {
		t.Errorf("got %v, %v", findings(after), err)
	}
}

func TestSendingCostsWhatTheEstimateSaid(t *testing.T) {
	t.Parallel()
	w := move(t)
	long := message(2)
	long.Text = strings.Repeat("Ж", 71)
	prices, err := w.Estimate(t.Context(), "main", 1, []sdk.Message{message(1), long, message(207)})
	if diff := cmp.Diff([]string{"m1 4.20 RUB for 1", "m2 8.40 RUB for 2", "m207 UNSUPPORTED 207"}, priced(prices)); err != nil || diff != "" {
		t.Fatalf("%v (-want +got):\n%s", err, diff)
	}
	outcomes := send(t, w.Client, message(1), long)
	balance, err := w.Balance(t.Context(), "main", 1)
	if err != nil || balance.Amount.String() != "987.40 RUB" {
		t.Errorf("got %v, %v, want 987.40 RUB", balance.Amount, err)
	}
	receipts, err := w.Lookup(t.Context(), "main", 1, []sdk.Query{{ProviderID: outcomes[1].Accepted.ID}})
	if err != nil || receipts[0].Cost == nil || receipts[0].Cost.String() != "8.40 RUB" {
		t.Errorf("the status call: got %v, %v, want 8.40 RUB", told(receipts), err)
	}
}

func TestALostAnswerIsFoundByTheFilter(t *testing.T) {
	t.Parallel()
	w := move(t)
	m := message(3006) // accepted, then the connection breaks
	if got := shape(send(t, w.Client, m)); got[0] != "m3006 UNKNOWN_OUTCOME" {
		t.Fatalf("got %v", got)
	}
	// What the filter says the next time, shown on a number whose answers arrive.
	again := message(1)
	send(t, w.Client, again)
	if got := shape(send(t, w.Client, again)); got[0] != "m1 RATE_LIMITED 231" {
		t.Errorf("a first attempt that the filter stops: got %v", got)
	}
	again.ID, again.Attempt = "after a crash", 2
	if got := shape(send(t, w.Client, again)); got[0] != "after a crash UNKNOWN_OUTCOME 231" {
		t.Errorf("a second attempt that the filter stops: got %v", got)
	}
	receipts, err := w.Lookup(t.Context(), "main", 1, []sdk.Query{{OurID: "after a crash", ProviderID: "duplicate:after a crash"}})
	if err != nil || receipts[0].Status != sdk.StatusUnknown {
		t.Errorf("the made-up id: got %v, %v", told(receipts), err)
	}
	w.wait(61 * time.Second)
	again.ID = "a minute later"
	if got := shape(send(t, w.Client, again)); !strings.HasPrefix(got[0], "a minute later accepted 202648-") {
		t.Errorf("after the window: got %v", got)
	}
}

func TestFatesCanBeLookedUp(t *testing.T) {
	t.Parallel()
	w := move(t)
	var batch []sdk.Message
	for _, number := range []int{1, 1102, 1104, 1106, 1108, 1150, 1110, 1999} {
		m := message(number)
		m.Test = true // no callbacks, so that the states take their time
		batch = append(batch, m)
	}
	var queries []sdk.Query
	for _, o := range send(t, w.Client, batch...) {
		queries = append(queries, sdk.Query{OurID: o.ID + " ", ProviderID: o.Accepted.ID})
	}
	statuses := func() (all []string) {
		receipts, err := w.Lookup(t.Context(), "main", 1, queries)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range receipts {
			all = append(all, strings.TrimSpace(r.OurID)+" "+string(r.Status)+" "+r.Code)
		}
		return all
	}
	if got := statuses(); got[0] != "m1 ACCEPTED 100" || got[7] != "m1999 UNKNOWN -1" {
		t.Errorf("at once: got %v", got)
	}
	w.wait(time.Second)
	if got := statuses(); got[2] != "m1104 ACCEPTED 102" {
		t.Errorf("a second later: got %v", got)
	}
	w.wait(time.Second)
	want := []string{"m1 DELIVERED 103", "m1102 ACCEPTED 102", "m1104 EXPIRED 104", "m1106 UNDELIVERED 106", "m1108 REJECTED 108",
		"m1150 REJECTED 150", "m1110 DELIVERED 110", "m1999 UNKNOWN -1"}
	if diff := cmp.Diff(want, statuses()); diff != "" {
		t.Errorf("in the end (-want +got):\n%s", diff)
	}
}

func TestReportsArriveUnlessTheyAreForged(t *testing.T) {
	t.Parallel()
	for number, want := range map[int]struct {
		codes   string
		refused int
	}{
		1: {"102 103", 0}, 1104: {"102 104", 0}, 1102: {"102", 0},
		4001: {"102", 1}, 4002: {"102", 1}, 4003: {"102 103 103", 0}, 4004: {"103 102", 0}, 4005: {"102 103 103", 0},
		4006: {"102 103", 0}, 4007: {"102 103", 0}, 4008: {"102 103", 0}, 4009: {"102", 1}, 4010: {"102", 1},
	} {
		w := move(t)
		accepted := send(t, w.Client, message(number))[0].Accepted
		w.operator.Wait()
		var codes []string
		for _, r := range w.receipts {
			codes = append(codes, r.Code)
			if known := r.ProviderID == accepted.ID; known == (r.ProviderID == "000000-1") || !r.At.Equal(clock()) {
				t.Errorf("%04d: a report on %s at %v, want %s at %v", number, r.ProviderID, r.At, accepted.ID, clock())
			}
		}
		if got := strings.Join(codes, " "); got != want.codes || w.refused != want.refused || w.operator.Waiting() > 0 {
			t.Errorf("%04d: got %q, %d refused, %d waiting, want %+v", number, got, w.refused, w.operator.Waiting(), want)
		}
	}
}

func TestAHundredMessagesAtOnceAreAllReported(t *testing.T) {
	t.Parallel()
	w := move(t)
	var calls sync.WaitGroup
	for i := range 100 {
		calls.Go(func() {
			if o, err := w.Send(t.Context(), "main", 1, []sdk.Message{message(i)}); err != nil || o[0].Failure != nil {
				t.Errorf("%d: got %+v, %v", i, o, err)
			}
		})
	}
	calls.Wait()
	w.operator.Wait()
	ends := map[string]bool{}
	for _, r := range w.receipts {
		if r.Status == sdk.StatusDelivered {
			ends[r.ProviderID] = true
		}
	}
	if len(ends) != 100 || w.refused > 0 {
		t.Errorf("%d messages are delivered, %d callbacks refused", len(ends), w.refused)
	}
}
