package pipeline_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/pipeline"
)

func TestDailyLimitsRefuseWithoutACall(t *testing.T) {
	tests := []struct {
		name   string
		limits pipeline.Limits
		same   bool                  // all messages are to one person
		before map[time.Duration]int // sent before the start, by age
		want   int                   // handed over, of 10
		detail string
	}{
		{"no limit refuses nothing", pipeline.Limits{}, true, map[time.Duration]int{time.Hour: 1000}, 10, ""},
		{"per_day counts all", pipeline.Limits{PerDay: 4}, false, nil, 4, "per_day: 4"},
		{"per_phone_per_day counts one person", pipeline.Limits{PerPhonePerDay: 3}, true, nil, 3, "per_phone_per_day: 3"},
		{"per_phone_per_day lets others through", pipeline.Limits{PerPhonePerDay: 3}, false, nil, 10, ""},
		{"the stricter of both counts", pipeline.Limits{PerDay: 5, PerPhonePerDay: 2}, true, nil, 2, "per_phone_per_day: 2"},
		{"what was sent before the start counts", pipeline.Limits{PerDay: 4}, false, map[time.Duration]int{23 * time.Hour: 3}, 1, "per_day: 4"},
		{"what is older than a day does not", pipeline.Limits{PerDay: 4}, false, map[time.Duration]int{25 * time.Hour: 3}, 4, "per_day: 4"},
		{"sent before to the same person", pipeline.Limits{PerPhonePerDay: 3}, true, map[time.Duration]int{time.Hour: 2}, 1, "per_phone_per_day: 3"},
		{"a limit used up lets nothing through", pipeline.Limits{PerDay: 4}, false, map[time.Duration]int{time.Hour: 9}, 0, "per_day: 4"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				all := texts(10, time.Hour)
				if tt.same {
					for i := range all {
						all[i].ContactID = "c1"
					}
				}
				q, s := newOutbox(all...), &sender{}
				for age, n := range tt.before {
					for range n {
						q.sent = append(q.sent, message.Sent{ContactID: "c1", At: time.Now().Add(-age)})
					}
				}
				d := deliver(q, s, &logged{})
				d.Limits, d.Batch = tt.limits, func() int { return 3 }
				runFor(t, d.Run, time.Second)
				if len(s.got) != tt.want {
					t.Errorf("%+v: got %v handed over, want %d", tt.limits, s.ids(), tt.want)
				}
				refused := 0
				for _, m := range q.ended {
					if m.Status == message.Rejected && m.Reason == message.LimitExceeded && strings.Contains(m.Note, tt.detail) {
						refused++
					}
				}
				if refused != 10-tt.want {
					t.Errorf("%+v: got %d refused with %q, want %d: %+v", tt.limits, refused, tt.detail, 10-tt.want, q.ended)
				}
			})
		})
	}
}

func TestARetriedMessageCountsOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		q := newOutbox(texts(3, time.Hour)...)
		s := &sender{answer: func(ctx context.Context, account string, m message.Outgoing) message.Outcome {
			if m.Attempt < 5 {
				return failing(message.Unavailable)(ctx, account, m)
			}
			return message.Outcome{ID: m.ID, Accepted: &message.Acceptance{}}
		}}
		d := deliver(q, s, &logged{})
		d.Limits.PerDay = 3
		runFor(t, d.Run, 50*time.Minute)
		for _, id := range []string{"m0001", "m0002", "m0003"} {
			if got := q.ended[id]; got.Status != message.Accepted || got.Attempts != 5 {
				t.Errorf("%s: got %q after %d attempts (%s), want accepted after 5", id, got.Status, got.Attempts, got.Reason)
			}
		}
	})
}

func TestTheDayOfALimitRolls(t *testing.T) {
	bubble(t, func(t *testing.T) {
		q, s := newOutbox(), &sender{}
		d := deliver(q, s, &logged{})
		d.Limits.PerPhonePerDay = 2
		start := time.Now()
		ctx, stop := context.WithCancel(t.Context())
		go d.Run(ctx)
		n := 0
		offer := func(at time.Duration, want message.Status) {
			t.Helper()
			time.Sleep(at - time.Since(start))
			n++
			m := text(n, time.Hour)
			m.ContactID = "c1"
			q.add(m)
			time.Sleep(2 * time.Second)
			synctest.Wait()
			q.mu.Lock()
			defer q.mu.Unlock()
			if got := q.ended[m.ID].Status; got != want {
				t.Errorf("a text after %s: got %q, want %q", at, got, want)
			}
		}
		offer(0, message.Accepted)
		offer(10*time.Hour, message.Accepted)
		offer(23*time.Hour+59*time.Minute, message.Rejected) // past midnight, which changes nothing
		offer(24*time.Hour+time.Minute, message.Accepted)    // the first one is forgotten, the refused one never counted
		offer(33*time.Hour+59*time.Minute, message.Rejected)
		offer(34*time.Hour+time.Minute, message.Accepted)
		stop()
	})
}

func TestNothingIsSentUntilTheDailyLimitsAreKnown(t *testing.T) {
	bubble(t, func(t *testing.T) {
		q, s, l := newOutbox(texts(3, time.Hour)...), &sender{}, &logged{}
		q.left["SentSince"] = 5
		d := deliver(q, s, l)
		d.Limits.PerDay = 2
		start := time.Now()
		runFor(t, d.Run, 10*time.Second)
		if len(s.got) != 2 || s.got[0].at.Sub(start) != 5*time.Second || len(l.lines) < 5 {
			t.Errorf("the store did not answer for 5 s: got %+v, log %q; want two texts after it", s.got, l.lines)
		}
		if since := q.calls["SentSince"]; len(since) != 6 {
			t.Errorf("the store was asked %d times, want 6", len(since))
		}
	})
}

func TestAStopEndsTheWaitForDailyLimits(t *testing.T) {
	bubble(t, func(t *testing.T) {
		q, s := newOutbox(text(1, time.Hour)), &sender{}
		q.left["SentSince"] = 1 << 20
		d := deliver(q, s, &logged{})
		d.Limits.PerDay = 2
		runFor(t, d.Run, 3500*time.Millisecond)
		if len(s.got) != 0 {
			t.Errorf("got %v handed over, want nothing", s.ids())
		}
	})
}

// TestAnOutageOfEightHoursEndsWell is promise P5 in small: what was queued before and during the outage
// is accepted or expired, each with its reason, and the account that comes back is not flooded.
func TestAnOutageOfEightHoursEndsWell(t *testing.T) {
	bubble(t, func(t *testing.T) {
		const outage, limit, count = 8 * time.Hour, 1.0, 1000
		start := time.Now()
		var all []message.Message
		for i := range count {
			all = append(all, text(i+1, 20*time.Minute+time.Duration(i)*16*time.Hour/count)) // half of them die in the outage
		}
		q := newOutbox(all...)
		s := &sender{answer: func(ctx context.Context, account string, m message.Outgoing) message.Outcome {
			if time.Since(start) < outage {
				return failing(message.Unavailable)(ctx, account, m)
			}
			return message.Outcome{ID: m.ID, Accepted: &message.Acceptance{}}
		}}
		d := deliver(q, s, &logged{})
		d.Limits = pipeline.Limits{PerSecond: limit, PerDay: count}
		runFor(t, d.Run, 17*time.Hour)
		if len(q.ended) != count || len(q.queue) != 0 {
			t.Fatalf("got %d ended, %d still queued; want all %d ended", len(q.ended), len(q.queue), count)
		}
		var accepted, expired int
		for _, m := range q.ended {
			life := m.Deadline.Sub(start)
			switch {
			case m.Status == message.Accepted:
				accepted++
			case m.Status == message.Expired && m.Reason == message.PastDeadline && m.Note != "" && life < outage+time.Hour:
				expired++
			default:
				t.Errorf("%s with %s to live: got %s, %s, %q", m.ID, life, m.Status, m.Reason, m.Note)
			}
		}
		var after []handed
		for _, h := range s.got {
			if !h.at.Before(h.NotAfter) {
				t.Errorf("%s was handed over at %s, after its deadline %s", h.ID, h.at.Sub(start), h.NotAfter.Sub(start))
			}
			if h.at.Sub(start) >= outage {
				after = append(after, h)
			}
		}
		const window = time.Minute
		for i, first := range after {
			n := 0
			for _, h := range after[i:] {
				if h.at.Sub(first.at) >= window {
					break
				}
				n++
			}
			if most := 1.1 * limit * window.Seconds(); float64(n) > most {
				t.Fatalf("%d texts in the minute from %s, want at most %g", n, first.at.Sub(start), most)
			}
		}
		if accepted < 480 || expired < 400 {
			t.Errorf("got %d accepted and %d expired, want about half of %d each", accepted, expired, count)
		}
		t.Logf("%d accepted, %d expired, %d calls", accepted, expired, len(s.got))
	})
}
