package pipeline_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/message"
)

func TestMessagesGoOutInOrderWithAllThatAProviderNeeds(t *testing.T) {
	bubble(t, func(t *testing.T) {
		all := texts(25, time.Hour)
		q, s := newOutbox(all...), &sender{}
		runFor(t, deliver(q, s, &logged{}).Run, time.Millisecond)
		if len(s.got) != len(all) {
			t.Fatalf("%d messages: got %d handed over", len(all), len(s.got))
		}
		for i, m := range all {
			want := message.Outgoing{ID: m.ID, Attempt: 1, To: m.To, Text: m.Text, Category: m.Category, NotAfter: m.Deadline, Segments: 1}
			if got := s.got[i].Outgoing; got != want || s.got[i].account != "main" {
				t.Errorf("message %d: got %+v through %s, want %+v through main", i, got, s.got[i].account, want)
			}
			if got := q.ended[m.ID]; got.Status != message.Accepted {
				t.Errorf("message %s: got %s, want accepted", m.ID, got.Status)
			}
		}
		for _, f := range q.done {
			if f.Attempt.EndedAt == nil || f.Attempt.Outcome == nil || f.Attempt.MessageID != f.Next.MessageID || f.Attempt.Outcome.ID != f.Next.MessageID {
				t.Errorf("attempt: got %+v that moves %s, want it ended with the outcome of its own message", f.Attempt, f.Next.MessageID)
			}
		}
	})
}

func TestAnOutcomeMovesItsOwnMessage(t *testing.T) {
	bubble(t, func(t *testing.T) {
		reasons := map[string]message.Reason{
			"m0002": message.BadRecipient, "m0003": message.UnknownOutcome, "m0004": message.Unavailable, "m0005": message.PastDeadline,
		}
		q := newOutbox(texts(6, time.Hour)...)
		s := &sender{answer: func(ctx context.Context, account string, m message.Outgoing) message.Outcome {
			if r := reasons[m.ID]; r != "" && m.Attempt == 1 {
				return failing(r)(ctx, account, m)
			}
			return message.Outcome{ID: m.ID, Accepted: &message.Acceptance{}}
		}}
		runFor(t, deliver(q, s, &logged{}).Run, time.Minute)
		want := map[string]message.Status{
			"m0001": message.Accepted, "m0002": message.Rejected, "m0003": message.Unknown,
			"m0004": message.Accepted, "m0005": message.Expired, "m0006": message.Accepted,
		}
		for id, status := range want {
			if got := q.ended[id]; got.Status != status {
				t.Errorf("%s after %q: got %q, want %q", id, reasons[id], got.Status, status)
			}
		}
		if got := q.ended["m0004"].Attempts; got != 2 {
			t.Errorf("m0004: got %d attempts, want a second one", got)
		}
	})
}

func TestAProviderThatHangsDelaysNoOtherAccount(t *testing.T) {
	bubble(t, func(t *testing.T) {
		q := newOutbox(texts(3, time.Hour)...)
		other := text(9, time.Hour)
		other.Account = "other"
		q.add(other)
		release := make(chan struct{})
		s := &sender{answer: func(_ context.Context, account string, m message.Outgoing) message.Outcome {
			if account == "main" {
				<-release
			}
			return message.Outcome{ID: m.ID, Accepted: &message.Acceptance{}}
		}}
		second := deliver(q, s, &logged{})
		second.Account = "other"
		ctx, stop := context.WithCancel(t.Context())
		var loops sync.WaitGroup
		loops.Go(func() { deliver(q, s, &logged{}).Run(ctx) })
		loops.Go(func() { second.Run(ctx) })
		synctest.Wait()
		if q.ended[other.ID].Status != message.Accepted || len(q.ended) != 1 {
			t.Errorf("one account hangs: ended %+v, want the other account's message", q.ended)
		}
		close(release)
		stop()
		loops.Wait()
	})
}

func TestParallelBoundsTheCallsUnderWay(t *testing.T) {
	bubble(t, func(t *testing.T) {
		q := newOutbox(texts(40, time.Hour)...)
		var mu sync.Mutex
		now, most := 0, 0
		s := &sender{answer: func(_ context.Context, _ string, m message.Outgoing) message.Outcome {
			mu.Lock()
			now++
			most = max(most, now)
			mu.Unlock()
			time.Sleep(time.Second)
			mu.Lock()
			now--
			mu.Unlock()
			return message.Outcome{ID: m.ID, Accepted: &message.Acceptance{}}
		}}
		d := deliver(q, s, &logged{})
		d.Batch, d.Parallel = func() int { return 1 }, 4
		runFor(t, d.Run, 10*time.Second+time.Millisecond)
		if most != 4 || len(q.ended) != 40 {
			t.Errorf("40 calls of a second, 4 at once: got at most %d at once, %d ended in 10 s; want 4 and 40", most, len(q.ended))
		}
	})
}

func TestTheRateLimitHolds(t *testing.T) {
	for _, rate := range []float64{0.5, 1, 7, 50} {
		t.Run(time.Duration(float64(time.Second)/rate).String(), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				q, s := newOutbox(texts(600, time.Hour)...), &sender{}
				d := deliver(q, s, &logged{})
				d.Limits.PerSecond, d.Parallel = rate, 4
				start := time.Now()
				runFor(t, d.Run, 10*time.Second)
				burst := max(1, int(rate))
				for i, h := range s.got {
					since := h.at.Sub(start)
					if most := float64(burst) + rate*since.Seconds(); float64(i+1) > most+1e-6 {
						t.Fatalf("%g/s: message %d went out after %s, by when %g are allowed", rate, i+1, since, most)
					}
				}
				if least := rate * 10; float64(len(s.got)) < 0.95*least-1 {
					t.Errorf("%g/s: got %d in 10 s, want about %g: the limit must be used", rate, len(s.got), least+float64(burst))
				}
			})
		})
	}
}

func TestOutcomesAreRecordedHoweverOftenTheStoreRefuses(t *testing.T) {
	bubble(t, func(t *testing.T) {
		q, s, l := newOutbox(text(1, time.Hour)), &sender{}, &logged{}
		q.left["FinishAttempts"] = 20
		runFor(t, deliver(q, s, l).Run, 5*time.Minute)
		if got := q.ended["m0001"]; got.Status != message.Accepted || len(s.got) != 1 || len(l.lines) != 20 {
			t.Errorf("the store refused 20 times: got %q, %d calls, %d lines of log; want accepted, 1, 20", got.Status, len(s.got), len(l.lines))
		}
	})
}

func TestAfterAStopRecordingIsGivenUpAfterAFewTries(t *testing.T) {
	bubble(t, func(t *testing.T) {
		q, s := newOutbox(text(1, time.Hour)), &sender{}
		q.left["FinishAttempts"] = 1000
		ctx, stop := context.WithCancel(t.Context())
		s.answer = func(_ context.Context, _ string, m message.Outgoing) message.Outcome {
			stop()
			return message.Outcome{ID: m.ID, Accepted: &message.Acceptance{}}
		}
		start := time.Now()
		deliver(q, s, &logged{}).Run(ctx)
		if tries, took := len(q.calls["FinishAttempts"]), time.Since(start); tries < 2 || tries > 10 || took > 10*time.Second {
			t.Errorf("stopped with a store that refuses: got %d tries in %s, want a few within 10 s", tries, took)
		}
	})
}

func TestAStopWaitsForCallsUnderWayAndCutsThemInTimeToEndWithinTenSeconds(t *testing.T) {
	for _, c := range []struct {
		name  string
		takes time.Duration
		ends  time.Duration
		want  message.Status
	}{
		{"a provider that answers within 5 s is heard", 6 * time.Second, 6 * time.Second, message.Accepted},
		{"one that hangs is cut 7 s after the stop", time.Minute, 8 * time.Second, message.Unknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				q := newOutbox(texts(2, time.Hour)...)
				s := &sender{answer: func(ctx context.Context, _ string, m message.Outgoing) message.Outcome {
					select {
					case <-ctx.Done():
						return message.Outcome{ID: m.ID, Failure: &message.Failure{Reason: message.UnknownOutcome}}
					case <-time.After(c.takes):
						return message.Outcome{ID: m.ID, Accepted: &message.Acceptance{}}
					}
				}}
				d := deliver(q, s, &logged{})
				d.Batch = func() int { return 1 }
				start := time.Now()
				runFor(t, d.Run, time.Second)
				if took := time.Since(start); took != c.ends {
					t.Errorf("stopped after 1 s of the call: ended after %s, want %s", took, c.ends)
				}
				if q.ended["m0001"].Status != c.want || len(s.got) != 1 {
					t.Errorf("got %v handed over, ended %+v; want the call recorded as %s and no other begun", s.ids(), q.ended, c.want)
				}
			})
		})
	}
}

func TestAWakeUpIsHeardAtOnceAndALostOneCostsASecond(t *testing.T) {
	bubble(t, func(t *testing.T) {
		q, s := newOutbox(), &sender{}
		wake := make(chan struct{}, 1)
		d := deliver(q, s, &logged{})
		d.Wake = func() <-chan struct{} { return wake }
		ctx, stop := context.WithCancel(t.Context())
		go d.Run(ctx)
		time.Sleep(300 * time.Millisecond)
		q.add(text(1, time.Hour))
		wake <- struct{}{}
		synctest.Wait()
		if got := s.ids(); len(got) != 1 {
			t.Errorf("woken: got %v handed over at once, want one", got)
		}
		q.add(text(2, time.Hour))
		time.Sleep(time.Second)
		synctest.Wait()
		if got := s.ids(); len(got) != 2 {
			t.Errorf("not woken: got %v handed over within a second, want two", got)
		}
		stop()
	})
}

func TestAMessageGoesOutWhenItIsDue(t *testing.T) {
	bubble(t, func(t *testing.T) {
		m := text(1, time.Hour)
		m.NextAt = m.NextAt.Add(12345 * time.Millisecond)
		q, s := newOutbox(m), &sender{}
		runFor(t, deliver(q, s, &logged{}).Run, 20*time.Second)
		if len(s.got) != 1 || !s.got[0].at.Equal(m.NextAt) {
			t.Errorf("due at %s: got %+v", m.NextAt, s.got)
		}
		if claims := len(q.calls["ClaimMessages"]); claims > 30 {
			t.Errorf("20 s with one message: got %d claims, want about one a second", claims)
		}
	})
}

func TestAQueueThatCannotBeReadIsNotHammered(t *testing.T) {
	for _, call := range []string{"ClaimMessages", "NextDue"} {
		t.Run(call, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				q, s, l := newOutbox(texts(3, time.Hour)...), &sender{}, &logged{}
				q.left[call] = 10
				runFor(t, deliver(q, s, l).Run, time.Minute)
				if got := s.ids(); !slices.Equal(got, []string{"m0001", "m0002", "m0003"}) {
					t.Errorf("%s failed 10 times: got %v handed over, want all", call, got)
				}
				calls := q.calls[call]
				if took := calls[9].Sub(calls[0]); took < 8*time.Second {
					t.Errorf("%s failed 10 times within %s, want about a second between the tries", call, took)
				}
			})
		})
	}
}

func TestAnAnswerThatIsNoOutcomeRestsAsUnknown(t *testing.T) {
	both := message.Outcome{Accepted: &message.Acceptance{}, Failure: &message.Failure{Reason: message.BadRecipient}}
	for name, answer := range map[string]message.Outcome{"neither accepted nor failed": {}, "accepted and failed": both} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				q, log := newOutbox(texts(1, time.Hour)...), &logged{}
				s := &sender{answer: func(_ context.Context, _ string, m message.Outgoing) message.Outcome {
					answer.ID = m.ID
					return answer
				}}
				runFor(t, deliver(q, s, log).Run, time.Minute)
				if got := q.ended["m0001"].Status; got != message.Unknown {
					t.Errorf("%s: got %q, want unknown", name, got)
				}
				if !log.has("message not accepted") {
					t.Errorf("%s: the log does not say that the message was not accepted", name)
				}
			})
		})
	}
}

func TestTheLogNeverTellsANumberThatTheProviderRepeats(t *testing.T) {
	bubble(t, func(t *testing.T) {
		q, log := newOutbox(texts(1, time.Hour)...), &logged{}
		s := &sender{answer: func(_ context.Context, _ string, m message.Outgoing) message.Outcome {
			return message.Outcome{ID: m.ID, Failure: &message.Failure{Reason: message.BadRecipient, Detail: "no such number " + m.To.Reveal()}}
		}}
		runFor(t, deliver(q, s, log).Run, time.Minute)
		if number := guest(1).Phone.Reveal(); log.has(number) || !log.has("no such number") {
			t.Errorf("the log of a refusal: want the provider's words without %s", number[:5])
		}
	})
}
