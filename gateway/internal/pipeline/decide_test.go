package pipeline_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

// bubble runs a test on a clock of its own.
func bubble(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, test)
}

func TestAReadyOrderWithAPhoneQueuesOneMessage(t *testing.T) {
	bubble(t, func(t *testing.T) {
		d := setup(t)
		d.inbox.guests["A"] = guest(1)
		d.post("e1", atStage("A", order.Ready))
		d.run(t, time.Millisecond)
		if len(d.inbox.decided) != 1 || len(d.inbox.decided[0].Decisions) != 1 {
			t.Fatalf("one ready order: got %+v, want one decision", d.inbox.decided)
		}
		got := d.inbox.decided[0]
		decision := got.Decisions[0]
		if got.EventID != "e1" || got.Status != kds.Done || len(got.Orders) != 1 || got.Orders[0].Stage != order.Ready {
			t.Errorf("the event: got %+v, want it done with its order ready", got)
		}
		if decision.Outcome != rule.Sends || len(decision.Messages) != 1 {
			t.Fatalf("the decision: got %+v, want one message", decision)
		}
		m := decision.Messages[0]
		ids := []string{got.Orders[0].ID, decision.ID, m.ID}
		slices.Sort(ids)
		if ids[0] == "" || len(slices.Compact(ids)) != 3 {
			t.Errorf("identities of order, decision and message: got %q, want three", ids)
		}
		if m.Account != "main" || m.Text != "Заказ 12.1" || m.ContactID != "c1" || m.CreatedAt.IsZero() || m.OrderID != got.Orders[0].ID || m.EventID != "e1" {
			t.Errorf("the message: got %+v", m)
		}
	})
}

func TestEventsOfOneOrderInOneBatchAreComparedInOrderOfArrival(t *testing.T) {
	type posted struct {
		ref   order.Ref
		stage order.Stage
	}
	tests := []struct {
		name   string
		stored []order.Order
		events []posted
		want   [][]order.Kind // changes of orders that rules heard, by event
		orders int            // different orders
	}{
		{
			"the second event sees the first", nil,
			[]posted{{order.Ref{GUID: "A"}, order.Started}, {order.Ref{GUID: "A"}, order.Ready}},
			[][]order.Kind{{"order.sent", "order.started"}, {"order.ready"}}, 1,
		},
		{
			"the same stage twice is one change", nil,
			[]posted{{order.Ref{GUID: "A"}, order.Ready}, {order.Ref{GUID: "A"}, order.Ready}},
			[][]order.Kind{{"order.sent", "order.started", "order.ready"}, nil}, 1,
		},
		{
			"the batch goes before what is stored",
			[]order.Order{{ID: "old", Restaurant: "1", Ref: order.Ref{GUID: "A"}, Stage: order.Sent, Peak: order.Sent, Dishes: []order.Dish{{ID: "d", State: 1, Stage: order.Sent, Peak: order.Sent}}}},
			[]posted{{order.Ref{GUID: "A"}, order.Started}, {order.Ref{GUID: "A"}, order.Ready}},
			[][]order.Kind{{"order.started"}, {"order.ready"}}, 1,
		},
		{
			"a pair of visit and ident names an order without GUID", nil,
			[]posted{{order.Ref{Visit: "7", Ident: "1"}, order.Started}, {order.Ref{Visit: "7", Ident: "1"}, order.Ready}},
			[][]order.Kind{{"order.sent", "order.started"}, {"order.ready"}}, 1,
		},
		{
			"an order that learns its GUID stays the same", nil,
			[]posted{{order.Ref{Visit: "7", Ident: "1"}, order.Started}, {order.Ref{GUID: "A", Visit: "7", Ident: "1"}, order.Ready}},
			[][]order.Kind{{"order.sent", "order.started"}, {"order.ready"}}, 1,
		},
		{
			"another GUID is another order although the pair is the same", nil,
			[]posted{{order.Ref{GUID: "A", Visit: "7", Ident: "1"}, order.Ready}, {order.Ref{GUID: "B", Visit: "7", Ident: "1"}, order.Ready}},
			[][]order.Kind{{"order.sent", "order.started", "order.ready"}, {"order.sent", "order.started", "order.ready"}}, 2,
		},
		{
			"an order stored under the GUID wins over one of the batch that only shares the pair",
			[]order.Order{{ID: "old", Restaurant: "1", Ref: order.Ref{GUID: "A"}, Stage: order.Started, Peak: order.Started, Dishes: []order.Dish{{ID: "d", State: 2, Stage: order.Started, Peak: order.Started}}}},
			[]posted{{order.Ref{Visit: "7", Ident: "1"}, order.Sent}, {order.Ref{GUID: "A", Visit: "7", Ident: "1"}, order.Ready}},
			[][]order.Kind{{"order.sent"}, {"order.ready"}}, 2,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				d := setup(t)
				for _, s := range order.Stages() {
					d.rules.set.Rules = append(d.rules.set.Rules, rule.Rule{Name: s.String() + "-all", On: []order.Kind{order.OrderReached(s)}})
				}
				d.rules.set.Rules = d.rules.set.Rules[1:]
				d.inbox.orders = tt.stored
				for i, e := range tt.events {
					o := atStage(e.ref.GUID, e.stage)
					o.Ref = e.ref
					d.post(string(rune('a'+i)), o)
				}
				d.run(t, time.Millisecond)
				ids := map[string]bool{}
				var got [][]order.Kind
				for _, e := range d.inbox.decided {
					var kinds []order.Kind
					for _, decision := range e.Decisions {
						kinds = append(kinds, decision.Change.Kind)
					}
					got = append(got, kinds)
					ids[e.Orders[0].ID] = true
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("%+v: changes (-want +got):\n%s", tt.events, diff)
				}
				if len(ids) != tt.orders {
					t.Errorf("%+v: got %d orders, want %d", tt.events, len(ids), tt.orders)
				}
			})
		})
	}
}

func TestWhatCannotBeUnderstoodIsQuarantinedAloneWithANote(t *testing.T) {
	bubble(t, func(t *testing.T) {
		d := setup(t)
		d.inbox.guests["A"] = guest(1)
		d.post("foreign", atStage("F", order.Ready))
		d.inbox.stored[0].Restaurant = "2" // the key's
		d.inbox.stored = append(d.inbox.stored, kds.Event{ID: "garbage", Body: []byte("<a><Order"), ReceivedAt: time.Now()})
		d.post("good", atStage("A", order.Ready))
		d.post("any", atStage("B", order.Sent))
		d.inbox.stored[3].Restaurant = "*"
		d.run(t, time.Millisecond)
		_, err := kds.Decode([]byte("<a><Order"))
		wants := []struct {
			id     string
			status kds.EventStatus
			note   string
		}{
			{"foreign", kds.Quarantined, "Событие одного ресторана, а ключ в адресе — другого"},
			{"garbage", kds.Quarantined, "XML с ошибкой или обрезан"},
			{"good", kds.Done, ""},
			{"any", kds.Done, ""},
		}
		if len(d.inbox.decided) != len(wants) {
			t.Fatalf("decoding says %v; got %+v, want %d events", err, d.inbox.decided, len(wants))
		}
		for i, want := range wants {
			got := d.inbox.decided[i]
			if got.EventID != want.id || got.Status != want.status || !strings.HasPrefix(got.Note, want.note) || (want.note == "") != (got.Note == "") {
				t.Errorf("event %s: got %s %s %q, want %s %q", want.id, got.EventID, got.Status, got.Note, want.status, want.note)
			}
			if want.status == kds.Quarantined && (len(got.Orders) > 0 || len(got.Decisions) > 0) {
				t.Errorf("event %s: got %+v, want nothing but the note", want.id, got)
			}
		}
	})
}

func TestAFailureGivesTheEventsBackAndTheyAreDecidedWhenItIsOver(t *testing.T) {
	for _, call := range []string{"ClaimEvents", "ReadBodies", "FindOrders", "FindContacts", "SaveDecided", "Decide", "ClaimWaits"} {
		t.Run(call, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				d := setup(t)
				d.inbox.guests["A"] = guest(1)
				d.post("e1", atStage("A", order.Ready))
				broken := &d.inbox.faults
				if call == "Decide" {
					broken = &d.rules.faults
				}
				const times = 9
				broken.left[call] = times
				d.run(t, time.Minute)
				if len(d.inbox.decided) != 1 || len(d.inbox.decided[0].Decisions) != 1 {
					t.Fatalf("%s failed %d times: got %+v, want the event decided once", call, times, d.inbox.decided)
				}
				claimed := call != "ClaimEvents" && call != "ClaimWaits"
				if got := len(d.inbox.released); claimed && got != times || !claimed && got != 0 {
					t.Errorf("%s failed %d times: events given back %d times", call, times, got)
				}
				if got := len(d.log.lines); got != times || !strings.Contains(d.log.lines[0], "they wait") {
					t.Errorf("%s failed %d times: log %q, want a line for each", call, times, d.log.lines)
				}
				wait := 100 * time.Millisecond
				for i, at := range broken.calls[call][1 : times+1] {
					const round = 10 * time.Millisecond // what may pass besides, from one round to the next
					if got := at.Sub(broken.calls[call][i]); got < wait || got > wait+round {
						t.Errorf("%s: pause %d: got %s, want %s", call, i+1, got, wait)
					}
					wait = min(2*wait, 5*time.Second)
				}
			})
		})
	}
}

func TestAfterAQuietRecoveryTheNextFailureIsRetriedAtOnceAgain(t *testing.T) {
	bubble(t, func(t *testing.T) {
		d := setup(t)
		d.inbox.left["ClaimEvents"] = 9 // the pause has grown to 5 s by then
		ctx, stop := context.WithCancel(t.Context())
		go d.Run(ctx)
		time.Sleep(time.Minute)
		d.inbox.mu.Lock()
		d.inbox.left["ClaimEvents"] = 1
		before := len(d.inbox.calls["ClaimEvents"])
		d.inbox.mu.Unlock()
		time.Sleep(10 * time.Second)
		stop()
		synctest.Wait()
		calls := d.inbox.calls["ClaimEvents"][before:]
		if got := calls[1].Sub(calls[0]); got != 100*time.Millisecond {
			t.Errorf("the pause after a failure in good times: got %s, want 100ms", got)
		}
	})
}

func TestEventsThatCannotBeGivenBackAreNamedInTheLog(t *testing.T) {
	bubble(t, func(t *testing.T) {
		d := setup(t)
		d.post("e1", atStage("A", order.Ready))
		d.inbox.left["SaveDecided"], d.inbox.left["ReleaseEvents"] = 1, 1
		d.run(t, time.Second)
		if got := strings.Join(d.log.lines, ""); !strings.Contains(got, "SaveDecided") || !strings.Contains(got, "cannot be given back") {
			t.Errorf("log: got %q, want both failures", got)
		}
	})
}

func TestRulesHearOnlyWhatTheyListenToAndOnlyThenContactsAreAskedFor(t *testing.T) {
	bubble(t, func(t *testing.T) {
		d := setup(t)
		d.rules.set.Rules = append(d.rules.set.Rules, rule.Rule{Name: "closed", On: []order.Kind{order.OrderClosed}})
		closed := atStage("C", order.Started)
		closed.Finished = true
		d.post("e1", atStage("A", order.Started))
		d.post("e2", atStage("B", order.Ready))
		d.post("e3", closed)
		d.run(t, time.Millisecond)
		var heard []string
		for _, c := range d.rules.heard {
			heard = append(heard, c.Rule+" "+c.Order.Ref.GUID+" "+string(c.Change.Kind))
		}
		if want := []string{"ready B order.ready", "closed C order.closed"}; !slices.Equal(heard, want) {
			t.Errorf("calls: got %q, want %q", heard, want)
		}
		if want := []string{"B", "C"}; !slices.Equal(d.inbox.asked, want) {
			t.Errorf("contacts asked for: got %q, want %q", d.inbox.asked, want)
		}
	})
}

func TestNoRuleNoQuestion(t *testing.T) {
	bubble(t, func(t *testing.T) {
		d := setup(t)
		d.post("e1", atStage("A", order.Started))
		d.run(t, time.Millisecond)
		if len(d.inbox.decided) != 1 || len(d.inbox.calls["FindContacts"]) != 0 || len(d.rules.calls["Decide"]) != 0 {
			t.Errorf("nothing listens: got %d decided, %d questions for contacts, %d calls of rules; want 1, 0, 0",
				len(d.inbox.decided), len(d.inbox.calls["FindContacts"]), len(d.rules.calls["Decide"]))
		}
	})
}

func TestADecisionWaitsForAPhone(t *testing.T) {
	tests := []struct {
		name   string
		after  time.Duration // when the wait is claimed
		phone  bool
		gone   bool // the rule is not there any more
		want   rule.Outcome
		reason message.Reason
	}{
		{"the phone comes and the guest is texted", 5 * time.Minute, true, false, rule.Sends, ""},
		{"the wait is over without a phone", 10 * time.Minute, false, false, rule.Skipped, message.NoPhone},
		{"the phone comes when the text is worth nothing", 25 * time.Minute, true, false, rule.Skipped, message.PastDeadline},
		{"woken too early it waits until the same moment", 5 * time.Minute, false, false, rule.Waiting, ""},
		{"the rule is gone", 5 * time.Minute, true, true, rule.Errored, message.RuleFailed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				d := setup(t)
				start := time.Now()
				d.post("e1", atStage("A", order.Ready))
				d.run(t, time.Millisecond)
				waiting := d.inbox.decided[0].Decisions[0]
				if until := start.Add(10 * time.Minute); waiting.Outcome != rule.Waiting || !waiting.WaitUntil.Equal(until) {
					t.Fatalf("without a phone: got %s until %s, want waiting until %s", waiting.Outcome, waiting.WaitUntil, until)
				}
				time.Sleep(tt.after - time.Millisecond)
				wait := rule.Wait{Decision: waiting, Order: d.inbox.decided[0].Orders[0]}
				if tt.phone {
					wait.Contact = guest(1)
				}
				if tt.gone {
					d.rules.set = rule.Set{}
				}
				d.inbox.waiting = []rule.Wait{wait}
				d.run(t, time.Millisecond)
				if len(d.inbox.settled) != 1 {
					t.Fatalf("settled: got %+v, want one decision", d.inbox.settled)
				}
				got := d.inbox.settled[0]
				if got.ID != waiting.ID || got.Outcome != tt.want || got.Reason != tt.reason || got.EventID != "e1" || !got.At.Equal(waiting.At) {
					t.Errorf("after %s, phone %v: got %s %s %s of %s, want %s %s %s of e1", tt.after, tt.phone, got.ID, got.Outcome, got.Reason, got.EventID, waiting.ID, tt.want, tt.reason)
				}
				if tt.want == rule.Waiting && !got.WaitUntil.Equal(waiting.WaitUntil) {
					t.Errorf("the end of the wait: got %s, want %s as at first", got.WaitUntil, waiting.WaitUntil)
				}
				if tt.want == rule.Sends && (len(got.Messages) != 1 || got.Messages[0].ID == "" || !got.Messages[0].Deadline.Equal(start.Add(rule.DefaultExpires))) {
					t.Errorf("the message: got %+v, want one that dies %s after the event", got.Messages, rule.DefaultExpires)
				}
				if tt.gone && (got.RuleVersion != "v1" || len(d.log.lines) != 1) {
					t.Errorf("the rule is gone: got version %q, log %q; want v1 and a line", got.RuleVersion, d.log.lines)
				}
			})
		})
	}
}

func TestWaitsThatCannotBeSavedAreDecidedAnewLater(t *testing.T) {
	bubble(t, func(t *testing.T) {
		d := setup(t)
		d.inbox.waiting = []rule.Wait{{Decision: rule.Decision{ID: "w", Rule: "ready", At: time.Now()}, Order: atStage("A", order.Ready), Contact: guest(1)}}
		d.inbox.left["SaveWaits"] = 3
		d.run(t, time.Minute)
		if len(d.inbox.settled) != 1 || d.inbox.settled[0].ID != "w" || len(d.log.lines) != 3 {
			t.Errorf("got %+v, log %q; want it settled after three failures", d.inbox.settled, d.log.lines)
		}
	})
}

func TestDecideIsWokenAtOnceAndElseLooksEverySecond(t *testing.T) {
	bubble(t, func(t *testing.T) {
		d := setup(t)
		wake := make(chan struct{}, 1)
		d.Wake = func() <-chan struct{} { return wake }
		ctx, stop := context.WithCancel(t.Context())
		go d.Run(ctx)
		time.Sleep(300 * time.Millisecond)
		d.post("e1", atStage("A", order.Started))
		wake <- struct{}{}
		synctest.Wait()
		if len(d.inbox.decided) != 1 {
			t.Errorf("woken: got %d events decided at once, want 1", len(d.inbox.decided))
		}
		d.post("e2", atStage("B", order.Started)) // and the wake-up is lost
		time.Sleep(time.Second)
		synctest.Wait()
		if len(d.inbox.decided) != 2 {
			t.Errorf("not woken: got %d events decided within a second, want 2", len(d.inbox.decided))
		}
		stop() // a loop that stayed would end the bubble with a deadlock
	})
}

func TestAStopGivesClaimedEventsBack(t *testing.T) {
	bubble(t, func(t *testing.T) {
		d := setup(t)
		ctx, stop := context.WithCancel(t.Context())
		d.post("e1", atStage("A", order.Ready))
		decode := d.Decode
		d.Decode = func(e kds.Event) ([]kds.Posting, error) {
			stop() // in the middle of the work
			return decode(e)
		}
		d.inbox.left["SaveDecided"] = 1 // a store refuses work of a context that ended
		d.Run(ctx)
		if want := [][]string{{"e1"}}; !cmp.Equal(d.inbox.released, want) || len(d.inbox.claimed) != 0 {
			t.Errorf("given back: got %v, want %v", d.inbox.released, want)
		}
	})
}
