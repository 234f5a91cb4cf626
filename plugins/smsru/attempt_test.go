package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

func TestTheDuplicateFilterIsReadByWhatIsKnownOfEarlierAttempts(t *testing.T) {
	t.Parallel()
	const (
		minute  = "231"
		day     = "232"
		lost    = "lost"
		closed  = "220"
		noMoney = "201"
	)
	type step struct {
		attempt int
		says    string
		after   time.Duration // since the step before
	}
	for _, test := range []struct {
		name  string
		steps []step
		want  string // of the last step
	}{
		{"a first attempt that the filter stops is refused", []step{{1, minute, 0}}, "RATE_LIMITED 231"},
		{"after a definite refusal it means what it says", []step{{1, closed, 0}, {2, minute, 0}}, "RATE_LIMITED 231"},
		{"after the filter's own refusal it means what it says", []step{{1, minute, 0}, {2, minute, time.Minute}}, "RATE_LIMITED 231"},
		{"right after an unknown outcome the earlier one went out", []step{{1, lost, 0}, {2, minute, 10 * time.Second}}, "accepted duplicate:m"},
		{"an answer that is not understood is an unknown outcome", []step{{1, "999", 0}, {2, minute, 10 * time.Second}}, "accepted duplicate:m"},
		{"a refusal in between does not undo the doubt", []step{{1, lost, 0}, {2, closed, 5 * time.Second}, {3, minute, 10 * time.Second}}, "accepted duplicate:m"},
		{"nor do several", []step{{1, lost, 0}, {2, closed, 0}, {3, noMoney, 0}, {4, closed, 0}, {5, minute, time.Minute}}, "accepted duplicate:m"},
		{"doubt behind a definite refusal counts", []step{{1, closed, 0}, {2, lost, 0}, {3, minute, time.Second}}, "accepted duplicate:m"},
		{"long after the unknown outcome it is about something else", []step{{1, lost, 0}, {2, minute, 3 * time.Minute}}, "UNKNOWN_OUTCOME 231"},
		{"the limit of a day is no sign that this text went out", []step{{1, lost, 0}, {2, day, time.Second}}, "UNKNOWN_OUTCOME 232"},
		{"the limit of a day after definite refusals is a limit", []step{{1, closed, 0}, {2, day, time.Second}}, "RATE_LIMITED 232"},
		{"after a restart nobody knows", []step{{2, minute, 0}}, "UNKNOWN_OUTCOME 231"},
		{"after a restart and a definite refusal nobody knows either", []step{{2, closed, 0}, {3, minute, 0}}, "UNKNOWN_OUTCOME 231"},
		{"the filter's word after a restart is not taken for doubt of our own", []step{{2, minute, 0}, {3, minute, time.Second}}, "UNKNOWN_OUTCOME 231"},
		{"after a restart and an unknown outcome seen here, that one went out", []step{{2, lost, 0}, {3, minute, time.Second}}, "accepted duplicate:m"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var memory attempts
			now := clock()
			got := ""
			for _, s := range test.steps {
				now = now.Add(s.after)
				o := sdk.Outcome{ID: "m", Failure: sdk.Fail(sdk.UnknownOutcome, "reset")}
				if s.says != lost {
					code := 0
					_, _ = fmt.Sscan(s.says, &code)
					o.Failure = failure(code, "")
				}
				got = strings.TrimPrefix(shape([]sdk.Outcome{memory.judge(sdk.Message{ID: "m", Attempt: s.attempt}, o, now)})[0], "m ")
			}
			if got != test.want {
				t.Errorf("after %+v: got %s, want %s", test.steps, got, test.want)
			}
		})
	}
}

func TestTheFiltersWordReachesTheGateway(t *testing.T) {
	t.Parallel()
	const filtered = `{"status":"OK","status_code":100,"sms":{"79990000001":{"status":"ERROR","status_code":231,"status_text":"same text"}}}`
	c, d, _ := setup(t, fixed("<html>"))
	first, second := message(1), message(1)
	second.Attempt = 2
	if got := shape(send(t, c, first)); got[0] != "m1 INTERNAL" {
		t.Fatalf("an answer that is not understood: got %v", got)
	}
	d.mu.Lock()
	d.answer = fixed(filtered)
	d.mu.Unlock()
	if got := shape(send(t, c, second)); got[0] != "m1 accepted duplicate:m1" {
		t.Errorf("after an unknown outcome: got %v, want accepted", got)
	}
	fresh, _, _ := setup(t, fixed(filtered)) // a process that knows nothing of the attempt before
	if got := shape(send(t, fresh, second)); got[0] != "m1 UNKNOWN_OUTCOME 231" {
		t.Errorf("after a crash: got %v, want UNKNOWN_OUTCOME", got)
	}
}

func TestTheMemoryOfAttemptsIsBounded(t *testing.T) {
	t.Parallel()
	var memory attempts
	for i := range maxAttempts + 10 {
		id := fmt.Sprint(i)
		for attempt := 1; attempt < 3; attempt++ {
			memory.judge(sdk.Message{ID: id, Attempt: attempt}, sdk.Outcome{ID: id, Failure: sdk.Fail(sdk.NoMoney, "")}, clock())
		}
	}
	_, ninth := memory.known["9"]
	_, tenth := memory.known["10"]
	if len(memory.known) != maxAttempts || len(memory.order) != maxAttempts || ninth || !tenth {
		t.Errorf("got %d known, %d in order, the 9th %v, the 10th %v", len(memory.known), len(memory.order), ninth, tenth)
	}
}
