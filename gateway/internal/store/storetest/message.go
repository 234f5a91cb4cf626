package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

func decisionCases() map[string]func(*testing.T, *bench) {
	return map[string]func(*testing.T, *bench){
		"a text whose dedupe key is taken is not queued and the decision says so": func(t *testing.T, b *bench) {
			m := b.queued(t)
			o, err := b.FindOrder(t.Context(), guidA)
			must(t, err)
			again := m
			again.ID = nextID()
			b.save(t, rule.Decided{Orders: []order.Order{*o}, Decisions: []rule.Decision{b.decision(*o, again)}})
			b.outcome(t, o.ID, rule.Decision{Outcome: rule.Sends}, skipped(message.AlreadyTold))
			if _, err := b.Message(t.Context(), again.ID); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("the second text is there: %v", err)
			}
		},
		"64 racing decisions queue one text": func(t *testing.T, b *bench) {
			o := b.sample(nextID(), guidA)
			c := b.bind(t, 1, guidA)
			var group sync.WaitGroup
			for i := range 64 {
				group.Go(func() {
					d := b.decision(o, b.text(o, c, "k"))
					id, _, err := b.AddEvent(t.Context(), kds.Event{Body: []byte("x"), Key: kds.Key{Hash: fmt.Sprint(i), Dated: true}})
					if err == nil {
						err = b.SaveDecided(t.Context(), []rule.Decided{{EventID: id, Status: kds.Done, Orders: []order.Order{o}, Decisions: []rule.Decision{d}}})
					}
					if err != nil {
						t.Error(err)
					}
				})
			}
			group.Wait()
			s, err := b.Summary(t.Context())
			must(t, err)
			want := map[store.DecisionCount]int{{Outcome: rule.Sends}: 1, {Outcome: rule.Skipped, Reason: message.AlreadyTold}: 63}
			if diff := cmp.Diff(want, s.Decisions); diff != "" {
				t.Errorf("decisions (-want +got):\n%s", diff)
			}
		},
		"the same text to two people is two texts": func(t *testing.T, b *bench) {
			o := b.sample(nextID(), guidA)
			first, second := b.bind(t, 1, guidB), b.bind(t, 2, guidA)
			b.save(t, rule.Decided{Orders: []order.Order{o}, Decisions: []rule.Decision{b.decision(o, b.text(o, first, "k"), b.text(o, second, "k"))}})
			page, _, err := b.Messages(t.Context(), message.Filter{})
			must(t, err)
			if len(page) != 2 {
				t.Errorf("%d texts, want 2", len(page))
			}
		},
		"a batch with one bad item leaves nothing": func(t *testing.T, b *bench) {
			o, other := b.sample(nextID(), guidA), b.sample(nextID(), guidB)
			c := b.bind(t, 1, guidA)
			good, bad := b.decision(o, b.text(o, c, "k")), b.decision(other)
			bad.ID = good.ID // taken within the batch
			first, second := b.add(t, "1"), b.add(t, "2")
			err := b.SaveDecided(t.Context(), []rule.Decided{
				{EventID: first, Status: kds.Done, Orders: []order.Order{o}, Decisions: []rule.Decision{good}},
				{EventID: second, Status: kds.Done, Orders: []order.Order{other}, Decisions: []rule.Decision{bad}},
			})
			if err == nil {
				t.Fatal("SaveDecided with a repeated decision ID: no error")
			}
			s, err := b.Summary(t.Context())
			must(t, err)
			if s.Orders != 0 || len(s.Decisions) != 0 || len(s.Messages) != 0 || s.Events[kds.Stored] != 2 {
				t.Errorf("left behind: %+v", s)
			}
		},
		"a bad item spoils nobody else's write": func(t *testing.T, b *bench) {
			o := b.sample(nextID(), guidA)
			taken := b.decision(o)
			b.save(t, rule.Decided{Orders: []order.Order{o}, Decisions: []rule.Decision{taken}})
			var group sync.WaitGroup
			var mu sync.Mutex
			refused := 0
			for i := range 64 {
				group.Go(func() {
					var err error
					if i%8 == 0 {
						again := b.sample(nextID(), nextName())
						err = b.SaveDecided(t.Context(), []rule.Decided{{Orders: []order.Order{again}, Decisions: []rule.Decision{taken}}})
						mu.Lock()
						defer mu.Unlock()
						if err != nil {
							refused++
						}
						return
					}
					_, _, err = b.AddEvent(t.Context(), kds.Event{Body: []byte("x"), Key: kds.Key{Hash: fmt.Sprint(i), Dated: true}})
					if err != nil {
						t.Error(err)
					}
				})
			}
			group.Wait()
			s, err := b.Summary(t.Context())
			must(t, err)
			if refused != 8 || s.Events[kds.Stored] != 56 || s.Orders != 1 {
				t.Errorf("%d refused, %d stored, %d orders; want 8, 56 and 1", refused, s.Events[kds.Stored], s.Orders)
			}
		},
		"history gives every fact of an order": func(t *testing.T, b *bench) {
			m := b.queued(t)
			o, err := b.FindOrder(t.Context(), guidA)
			must(t, err)
			_, attempts, err := b.ClaimMessages(t.Context(), "main", 1, b.now())
			must(t, err)
			h, err := b.History(t.Context(), o.ID)
			must(t, err)
			if len(h.Events) != 1 || h.Events[0].Body != nil || len(h.Decisions) != 1 || len(h.Decisions[0].Messages) != 1 ||
				len(h.Messages) != 1 || h.Messages[0].ID != m.ID || h.Messages[0].OrderNumber != "12.1" ||
				len(h.Messages[0].Tries) != 1 || h.Messages[0].Tries[0].ID != attempts[0].ID || !h.FirstSeen.Equal(b.now()) || h.Contact == nil {
				t.Errorf("history is %+v", h)
			}
		},
	}
}

func messageCases() map[string]func(*testing.T, *bench) {
	return map[string]func(*testing.T, *bench){
		"a message comes back whole": func(t *testing.T, b *bench) {
			m := b.queued(t)
			got, err := b.Message(t.Context(), m.ID)
			must(t, err)
			if diff := cmp.Diff(m, got.Message, cmpopts.IgnoreFields(m, "EventID"), cmp.Comparer(func(a, b contact.Phone) bool { return a == b })); diff != "" {
				t.Errorf("message (-want +got):\n%s", diff)
			}
		},
		"due messages are claimed by their account, the nearest deadline first": func(t *testing.T, b *bench) {
			o := b.sample(nextID(), guidA)
			c := b.bind(t, 1, guidA)
			var texts []message.Message
			for i, change := range []func(*message.Message){
				func(m *message.Message) { m.Deadline = b.now().Add(30 * time.Minute) },
				func(m *message.Message) { m.Deadline = b.now().Add(10 * time.Minute) },
				func(m *message.Message) { m.NextAt = b.now().Add(time.Minute) },
				func(m *message.Message) { m.Account = "spare" },
				func(m *message.Message) { m.Deadline = b.now().Add(20 * time.Minute) },
			} {
				m := b.text(o, c, fmt.Sprint("k", i))
				change(&m)
				texts = append(texts, m)
			}
			b.save(t, rule.Decided{Orders: []order.Order{o}, Decisions: []rule.Decision{b.decision(o, texts...)}})
			claimed, attempts, err := b.ClaimMessages(t.Context(), "main", 10, b.now())
			must(t, err)
			var got []string
			for i, m := range claimed {
				got = append(got, m.Dedupe)
				if m.Status != message.Sending || m.Attempts != 1 || attempts[i].MessageID != m.ID || attempts[i].N != 1 || attempts[i].Account != "main" {
					t.Errorf("claimed %+v with %+v", m, attempts[i])
				}
			}
			if fmt.Sprint(got) != "[k1 k4 k0]" {
				t.Errorf("claimed %v, want [k1 k4 k0]", got)
			}
			next, err := b.NextDue(t.Context(), "main")
			must(t, err)
			if !next.Equal(texts[2].NextAt) {
				t.Errorf("next is due at %v, want %v", next, texts[2].NextAt)
			}
		},
		"eight claimers share messages and none gets one twice": func(t *testing.T, b *bench) {
			o := b.sample(nextID(), guidA)
			c := b.bind(t, 1, guidA)
			const n = 100
			var texts []message.Message
			for i := range n {
				texts = append(texts, b.text(o, c, fmt.Sprint("k", i)))
			}
			b.save(t, rule.Decided{Orders: []order.Order{o}, Decisions: []rule.Decision{b.decision(o, texts...)}})
			var group sync.WaitGroup
			var mu sync.Mutex
			claims := map[string]int{}
			for range 8 {
				group.Go(func() {
					for {
						claimed, _, err := b.ClaimMessages(t.Context(), "main", 3, b.now())
						if err != nil {
							t.Error(err)
							return
						}
						if len(claimed) == 0 {
							return
						}
						mu.Lock()
						for _, m := range claimed {
							claims[m.ID]++
						}
						mu.Unlock()
					}
				})
			}
			group.Wait()
			if len(claims) != n {
				t.Errorf("%d messages claimed, want %d", len(claims), n)
			}
			for id, times := range claims {
				if times != 1 {
					t.Errorf("message %s was claimed %d times", id, times)
				}
			}
		},
		"an attempt is on disk before the claim returns": func(t *testing.T, b *bench) {
			m := b.queued(t)
			_, attempts, err := b.ClaimMessages(t.Context(), "main", 1, b.now())
			must(t, err)
			got, err := b.Message(t.Context(), m.ID)
			must(t, err)
			if diff := cmp.Diff(attempts, got.Tries); diff != "" {
				t.Errorf("attempts (-claimed +stored):\n%s", diff)
			}
		},
		"a message past its deadline expires instead, due or not": func(t *testing.T, b *bench) {
			m := b.queued(t, func(m *message.Message) { m.NextAt = m.NextAt.Add(time.Hour) })
			b.clock.pass(20 * time.Minute)
			b.claimsNothing(t)
			b.status(t, m.ID, message.Expired, message.PastDeadline)
		},
		"a message of an order that was closed is cancelled instead": func(t *testing.T, b *bench) {
			m := b.queued(t)
			_, attempts, err := b.ClaimMessages(t.Context(), "main", 1, b.now())
			must(t, err)
			o, err := b.FindOrder(t.Context(), guidA)
			must(t, err)
			o.Finished = true
			b.save(t, rule.Decided{Orders: []order.Order{*o}})
			ended := b.now()
			attempts[0].EndedAt = &ended
			must(t, b.FinishAttempts(t.Context(), []message.Finished{{Attempt: attempts[0], Next: message.Move{Status: message.Queued, NextAt: b.now()}}}))
			b.claimsNothing(t)
			b.status(t, m.ID, message.Cancelled, message.OrderGone)
		},
		"a text of an earlier stage is cancelled when the order is collected and a minute has passed": func(t *testing.T, b *bench) {
			m := b.queued(t)
			o, err := b.FindOrder(t.Context(), guidA)
			must(t, err)
			o.Stage, o.Peak = order.Collected, order.Collected
			b.save(t, rule.Decided{Orders: []order.Order{*o}})
			c := b.bind(t, 1, guidA)
			last := b.text(*o, c, "collected")
			last.Stage = "collected"
			b.save(t, rule.Decided{Orders: []order.Order{*o}, Decisions: []rule.Decision{b.decision(*o, last)}})
			b.clock.pass(time.Minute + time.Second)
			claimed, _, err := b.ClaimMessages(t.Context(), "main", 10, b.now())
			must(t, err)
			if len(claimed) != 1 || claimed[0].ID != last.ID {
				t.Errorf("claimed %+v, want only the text about being collected", claimed)
			}
			b.status(t, m.ID, message.Cancelled, message.OrderGone)
		},
		"a text about an order that is collected at once is sent within the minute": func(t *testing.T, b *bench) {
			b.queued(t)
			o, err := b.FindOrder(t.Context(), guidA)
			must(t, err)
			o.Stage = order.Collected
			b.save(t, rule.Decided{Orders: []order.Order{*o}})
			b.clock.pass(time.Minute)
			claimed, _, err := b.ClaimMessages(t.Context(), "main", 10, b.now())
			must(t, err)
			if len(claimed) != 1 {
				t.Errorf("claimed %d, want 1", len(claimed))
			}
		},
		"what is settled makes room for what is not": func(t *testing.T, b *bench) {
			o := b.sample(nextID(), guidA)
			c := b.bind(t, 1, guidA)
			var texts []message.Message
			for i := range 6 {
				m := b.text(o, c, fmt.Sprint("k", i))
				if i < 4 {
					m.Deadline = b.now().Add(time.Second)
				}
				texts = append(texts, m)
			}
			b.save(t, rule.Decided{Orders: []order.Order{o}, Decisions: []rule.Decision{b.decision(o, texts...)}})
			b.clock.pass(2 * time.Second)
			claimed, _, err := b.ClaimMessages(t.Context(), "main", 2, b.now())
			must(t, err)
			if len(claimed) != 2 {
				t.Errorf("claimed %d, want 2", len(claimed))
			}
		},
		"a wake-up comes after a message is queued": func(t *testing.T, b *bench) {
			b.queued(t)
			select {
			case <-b.MessagesWake("main"):
			case <-time.After(5 * time.Second):
				t.Error("no signal")
			}
		},
	}
}

func (b *bench) claimsNothing(t *testing.T) {
	t.Helper()
	claimed, _, err := b.ClaimMessages(t.Context(), "main", 10, b.now())
	must(t, err)
	if len(claimed) != 0 {
		t.Errorf("claimed %+v, want nothing", claimed)
	}
}
