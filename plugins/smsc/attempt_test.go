package main

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

// filtering refuses every sending as a duplicate, and answers status.php as told.
func filtering(state string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := `{"error":"duplicate","error_code":9}`
		if r.URL.Path == "/sys/status.php" {
			answer = state
		}
		says(answer).ServeHTTP(w, r)
	})
}

// filterStates are answers about a message of which a filtered attempt is to be judged.
func filterStates() map[string]string {
	there := "accepted " + id(1)
	return map[string]string{
		`[{"status":-1}]`: there, `[{"status":0}]`: there, `[{"status":1}]`: there, `[{"status":20}]`: there, `[{"status":3}]`: there,
		`[{"status":-3}]`: "UNKNOWN_OUTCOME 9", // it may still be on its way
		`[{"status":23}]`: "UNKNOWN_OUTCOME 9", // said of this attempt or of the earlier one
		`[{"status":24}]`: "UNKNOWN_OUTCOME 9", `[{"status":77}]`: "UNKNOWN_OUTCOME 9",
		`{"error":"x","error_code":9}`: "UNKNOWN_OUTCOME 9", `<html>`: "UNKNOWN_OUTCOME 9",
	}
}

func TestTheDuplicateFilterAfterAnUnknownAttemptIsSettledByAQuestion(t *testing.T) {
	t.Parallel()
	for state, want := range filterStates() {
		c, d := setup(t, status(502, ""))
		m := message(1)
		if got := shape(send(t, c, m)); got != "UNKNOWN_OUTCOME 502" {
			t.Fatalf("first attempt: got %s", got)
		}
		d.turn(status(503, "")) // a refusal in between does not undo the doubt
		if got := shape(send(t, c, again(m, 2))); got != "UNAVAILABLE 503" {
			t.Fatalf("second attempt: got %s", got)
		}
		d.turn(filtering(state))
		calls := len(d.calls)
		if got := shape(send(t, c, again(m, 3))); got != want || len(d.calls) != calls+2 {
			t.Errorf("%s: got %s after %d calls, want %s", state, got, len(d.calls)-calls, want)
		}
	}
}

func TestTheDuplicateFilterAfterARefusalMeansWhatItSays(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"9":  `{"error":"duplicate","error_code":9}`,
		"23": `{"id":1,"cnt":1,"phones":[{"phone":"79990000001","status":23}]}`,
	} {
		c, _ := setup(t, says(answer))
		for attempt := 1; attempt < 4; attempt++ {
			if got := send(t, c, again(message(1), attempt)); got.Failure == nil || got.Failure.Code != name {
				t.Errorf("%s, attempt %d: got %s", name, attempt, shape(got))
			}
		}
	}
}

func TestAfterARestartTheOperatorIsAskedWhetherItWentOut(t *testing.T) {
	t.Parallel()
	for state, want := range filterStates() {
		c, d := setup(t, filtering(state))
		if got := shape(send(t, c, again(message(1), 2))); got != want || len(d.calls) != 2 {
			t.Errorf("%s: got %s after %d calls, want %s", state, got, len(d.calls), want)
		}
	}
}

func TestARefusalSeenAfterARestartDoesNotSettleWhatWasBefore(t *testing.T) {
	t.Parallel()
	c, d := setup(t, says(`{"error":"no money","error_code":3}`))
	send(t, c, again(message(1), 2)) // what became of the first attempt was never seen here
	d.turn(filtering(`[{"status":0}]`))
	if got := shape(send(t, c, again(message(1), 3))); got != "accepted "+id(1) {
		t.Errorf("got %s, want what the operator says of the first attempt", got)
	}
}

func TestAbsenceIsBelievedOnlyInTime(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name      string
		made      time.Duration // of the message, before the account was opened
		attempted time.Duration // since the account was opened; below 0: not by this process
		asked     time.Duration // likewise
		want      sdk.Status
	}{
		{"right after the attempt it may be on its way", 0, time.Second, 2 * time.Second, sdk.StatusUnknown},
		{"a moment too early", 0, time.Second, settled, sdk.StatusUnknown},
		{"minutes after the attempt it never arrived", 0, time.Second, settled + time.Second, sdk.StatusAbsent},
		{"right after a restart another process may just have sent it", time.Minute, -1, time.Second, sdk.StatusUnknown},
		{"minutes after a restart it never arrived", time.Minute, -1, settled, sdk.StatusAbsent},
		{"a message that waited for an hour counts from its attempt", 0, time.Hour, time.Hour + time.Minute, sdk.StatusUnknown},
		{"a day later the operator may have forgotten it", remembered - time.Hour, -1, time.Hour, sdk.StatusUnknown},
		{"just within the day", remembered - time.Hour, -1, time.Hour - time.Second, sdk.StatusAbsent},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var passed atomic.Int64
			now := func() time.Time { return clock().Add(time.Duration(passed.Load())) }
			c, d := setupAt(t, now, status(502, ""))
			m := message(1)
			m.ID = idMadeAt(clock().Add(-test.made), 1)
			if test.attempted >= 0 {
				passed.Store(int64(test.attempted))
				send(t, c, m)
			}
			passed.Store(int64(test.asked))
			d.turn(says(`[{"status":-3}]`))
			receipts, err := c.Lookup(t.Context(), "main", 1, []sdk.Query{{OurID: m.ID, To: m.To}})
			if err != nil || receipts[0].Status != test.want {
				t.Errorf("got %+v, %v, want %s", receipts, err, test.want)
			}
		})
	}
}

func TestAnIDOfUnknownAgeIsNeverAbsent(t *testing.T) {
	t.Parallel()
	a := &account{Env: sdk.Env{Now: clock}}
	for _, id := range []string{"", "order-17", "01jd0000000000000000000001", "01KTSDKTESTCASE0000000000I"} {
		if a.absence(id) {
			t.Errorf("%q: absence is believed", id)
		}
	}
	if made, ok := madeAt("01ARZ3NDEKTSV4RRFFQ69G5FAV"); !ok || made.UnixMilli() != 1469922850259 { // the ULID specification's own
		t.Errorf("got %v, %v", made, ok)
	}
}

func TestTheMemoryOfAttemptsIsBounded(t *testing.T) {
	t.Parallel()
	memory := attempts{since: clock()}
	for i := range maxAttempts + 10 {
		m := sdk.Message{ID: fmt.Sprint(i), Attempt: 1}
		memory.begin(m, clock().Add(time.Duration(i)*time.Second))
		memory.failed(m, sdk.Fail(sdk.NoMoney, ""), clock().Add(time.Duration(i)*time.Second))
	}
	if len(memory.known) != maxAttempts || len(memory.order) != maxAttempts || memory.refusedOnly("9") || !memory.refusedOnly("10") {
		t.Errorf("got %d, %d in order", len(memory.known), len(memory.order))
	}
	if got := memory.latest("3"); !got.Equal(clock().Add(9 * time.Second)) {
		t.Errorf("a forgotten attempt was made at the latest %v, want when the latest of the forgotten was", got)
	}
}
