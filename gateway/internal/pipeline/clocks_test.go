package pipeline_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

// happened stores an event about an order, which says that it happened so long ago.
func (d *deciding) happened(id string, ago time.Duration, o order.Order) {
	d.post(id, o)
	d.inbox.mu.Lock()
	defer d.inbox.mu.Unlock()
	d.postings[id][0].Wall, d.postings[id][0].Zoned = time.Now().Add(-ago), true
}

// lastOutcome is what became of the last text.
func (d *deciding) lastOutcome(t *testing.T) (rule.Outcome, message.Reason) {
	t.Helper()
	decisions := d.inbox.decided[len(d.inbox.decided)-1].Decisions
	if len(decisions) != 1 {
		t.Fatalf("the last event: got %+v, want one decision", decisions)
	}
	return decisions[0].Outcome, decisions[0].Reason
}

func TestHistoryThatIsDeliveredAgainTextsNobody(t *testing.T) {
	tests := []struct {
		name   string
		before func(d *deciding) // what came until then
		clock  time.Duration     // what the store tells of the restaurant's clock
		ages   []time.Duration   // of started and ready, which come together, by the source's clock
		want   rule.Outcome
	}{
		{"live", nil, 0, []time.Duration{time.Second, time.Second}, rule.Sends},
		{"two hours old", nil, 0, []time.Duration{2 * time.Hour, 115 * time.Minute}, rule.Skipped},
		{"a day old", nil, 0, []time.Duration{24 * time.Hour, 1435 * time.Minute}, rule.Skipped},
		{"live, of a clock that the store knows to be 3 h behind", nil, 3 * time.Hour, []time.Duration{3 * time.Hour, 3 * time.Hour}, rule.Sends},
		{"an hour old, of a clock that the store knows to be 3 h ahead", nil, -3 * time.Hour, []time.Duration{-115 * time.Minute, -2 * time.Hour}, rule.Skipped},
		{"live, of a clock that another order has shown to be 3 h 10 min behind", func(d *deciding) {
			for _, id := range []string{"b1", "b2"} {
				d.happened(id, 190*time.Minute, atStage("B", order.Sent))
				time.Sleep(time.Minute)
			}
		}, 0, []time.Duration{190 * time.Minute, 190 * time.Minute}, rule.Sends},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				d := setup(t)
				asked := 0
				d.Clock = func(_ context.Context, restaurant string) (time.Duration, error) {
					if asked++; restaurant != "1" {
						t.Errorf("the clock of restaurant %q is asked for, want 1", restaurant)
					}
					return tt.clock, nil
				}
				d.inbox.guests["A"] = guest(1)
				if tt.before != nil {
					tt.before(d)
				}
				d.happened("a1", tt.ages[0], atStage("A", order.Started))
				d.happened("a2", tt.ages[1], atStage("A", order.Ready))
				d.run(t, time.Millisecond)
				outcome, reason := d.lastOutcome(t)
				if outcome != tt.want || (outcome == rule.Skipped) != (reason == message.StaleEvent) {
					t.Errorf("%v old: got %s %s, want %s", tt.ages, outcome, reason, tt.want)
				}
				if asked != 1 {
					t.Errorf("the clock was asked for %d times, want once", asked)
				}
			})
		})
	}
}

func TestAClockThatCannotBeReadMakesEventsWait(t *testing.T) {
	bubble(t, func(t *testing.T) {
		d := setup(t)
		left := 2
		d.Clock = func(context.Context, string) (time.Duration, error) {
			if left--; left >= 0 {
				return 0, errors.New("the disk is slow")
			}
			return 0, nil
		}
		d.post("e1", atStage("A", order.Started))
		d.run(t, time.Minute)
		if len(d.inbox.decided) != 1 || d.inbox.decided[0].Status != kds.Done || len(d.inbox.released) != 2 {
			t.Errorf("got %+v after events were given back %d times, want one event done after 2", d.inbox.decided, len(d.inbox.released))
		}
	})
}
