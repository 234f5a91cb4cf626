package storetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

// tallyCases are sums, the state of things, and what commits tell.
func tallyCases() map[string]func(*testing.T, *bench) {
	return map[string]func(*testing.T, *bench){
		"an hour's sums tell messages, segments, cost and how long acceptance took": func(t *testing.T, b *bench) {
			start := b.now()
			b.told(t, func(m *message.Message) { m.Cost = &message.Money{Units: 4, Nanos: 500_000_000, Currency: "RUB"} })
			b.told(t, func(m *message.Message) { m.Cost = &message.Money{Units: 4, Nanos: 500_000_000, Currency: "RUB"} })
			b.accept(t, 4*time.Second)
			want := map[message.Status]int{message.Accepted: 2}
			all := b.tallies(t, start, want)
			if sum := all[0]; sum.Segments != 2 || sum.Cost != (message.Money{Units: 9, Currency: "RUB"}) || sum.Restaurant != restaurant || sum.Stage != "ready" ||
				sum.Account != "main" || sum.Speed.N() != 2 || sum.Speed.Quantile(0.5).Round(time.Second) != 4*time.Second || !sum.Hour.Equal(start) {
				t.Errorf("sum is %+v, speed %s", sum, sum.Speed.Quantile(0.5))
			}
		},
		"sums stay true when a message of a past hour moves after all": func(t *testing.T, b *bench) {
			start := b.now()
			first := b.told(t)
			second := b.told(t)
			b.accept(t, time.Second)
			b.clock.pass(10 * time.Hour)
			b.told(t)
			b.tallies(t, start, map[message.Status]int{message.Accepted: 2, message.Queued: 1})
			b.tallies(t, start, map[message.Status]int{message.Accepted: 2, message.Queued: 1}) // from what was kept
			for i, id := range []string{first, second} {
				_, err := b.ApplyReceipts(t.Context(), "main", message.ByCallback, []message.Receipt{{MessageID: id, Status: message.Delivered}}, b.now())
				must(t, err)
				b.tallies(t, start, map[message.Status]int{message.Accepted: 1 - i, message.Delivered: 1 + i, message.Queued: 1})
			}
			b.restart(t)
			b.tallies(t, start, map[message.Status]int{message.Delivered: 2, message.Queued: 1})
		},
		"sums that are asked for while messages move are right in the end": func(t *testing.T, b *bench) {
			start := b.now()
			var ids []string
			for range 20 {
				ids = append(ids, b.told(t))
			}
			b.accept(t, time.Second)
			b.clock.pass(10 * time.Hour)
			var group sync.WaitGroup
			for _, id := range ids {
				group.Go(func() {
					if _, err := b.ApplyReceipts(t.Context(), "main", message.ByCallback, []message.Receipt{{MessageID: id, Status: message.Delivered}}, b.now()); err != nil {
						t.Error(err)
					}
				})
				group.Go(func() {
					if _, err := b.Tallies(t.Context(), start, b.now()); err != nil {
						t.Error(err)
					}
				})
			}
			group.Wait()
			b.tallies(t, start, map[message.Status]int{message.Delivered: 20})
		},
		"the pulse tells who was heard of and what waits": func(t *testing.T, b *bench) {
			start := b.now()
			b.unknown(t)
			b.clock.pass(time.Minute)
			b.told(t)
			b.clock.pass(time.Minute)
			other := b.sample(nextID(), nextName())
			other.Restaurant = "2"
			b.save(t, rule.Decided{Orders: []order.Order{other}, Decisions: []rule.Decision{b.decision(other)}})
			odd := b.add(t, "odd")
			must(t, b.SaveDecided(t.Context(), []rule.Decided{{EventID: odd, Status: kds.Quarantined}}))
			p, err := b.Pulse(t.Context(), start)
			must(t, err)
			if !p.Seen[restaurant].Equal(start.Add(time.Minute)) || !p.Seen["2"].Equal(b.now()) || len(p.Seen) != 2 || !p.LastSeen().Equal(b.now()) ||
				p.Unknown != 1 || p.Queued != 1 || p.Waiting != 1 || p.Events != 4 || p.Odd != 1 || !p.OldestQueued.Equal(start.Add(time.Minute)) {
				t.Errorf("pulse is %+v", p)
			}
			if p, err = b.Pulse(t.Context(), b.now().Add(time.Second)); err != nil || p.Events != 0 || p.Odd != 0 {
				t.Errorf("pulse of the future is %+v, %v", p, err)
			}
		},
		"commits tell what they made and moved, and nothing else": func(t *testing.T, b *bench) {
			var mu sync.Mutex
			heard := map[store.ToldKind]map[string]int{store.ToldEvent: {}, store.ToldDecision: {}, store.ToldMessage: {}}
			b.stop(t)
			db, err := b.open(t, func() store.Options {
				o := b.options()
				o.Told = func(told []store.Told) {
					mu.Lock()
					defer mu.Unlock()
					for _, one := range told {
						heard[one.Kind][one.ID]++
					}
				}
				return o
			}())
			must(t, err)
			b.DB = db
			m := b.unknown(t) // queued, sending, unknown
			refused := rule.Decided{Orders: []order.Order{b.sample(nextID(), nextName())}, Decisions: []rule.Decision{{ID: m.ID}, {ID: m.ID}}}
			if err := b.SaveDecided(t.Context(), []rule.Decided{refused}); err == nil {
				t.Error("two decisions of one ID were saved")
			}
			must(t, b.SettleUnknown(t.Context(), m.ID, "anna"))
			mu.Lock()
			defer mu.Unlock()
			if len(heard[store.ToldEvent]) != 1 || len(heard[store.ToldDecision]) != 1 || len(heard[store.ToldMessage]) != 1 || heard[store.ToldMessage][m.ID] != 4 {
				t.Errorf("heard %v", heard)
			}
			var told []store.Told
			for kind, ids := range heard {
				for id := range ids {
					told = append(told, store.Told{Kind: kind, ID: id})
				}
			}
			r, err := b.Retell(t.Context(), append(told, store.Told{Kind: store.ToldMessage, ID: "gone"}))
			must(t, err)
			if len(r.Events) != 1 || len(r.Decisions) != 1 || len(r.Messages) != 1 || r.Messages[0].OrderNumber != "12.1" || r.Decisions[0].Number != "12.1" {
				t.Errorf("retold %+v", r)
			}
		},
	}
}

// told stores an event now, and a text of now to phone 1 that it led to, with an identifier of now; it
// returns the identifier.
func (b *bench) told(t *testing.T, change ...func(*message.Message)) string {
	t.Helper()
	o := b.sample(nextID(), nextName())
	c := b.bind(t, 1, o.Ref.GUID)
	m := b.text(o, c, o.ID+"/ready")
	m.ID = ulid.MustNew(ulid.Timestamp(b.now()), ulid.DefaultEntropy()).String()
	for _, f := range change {
		f(&m)
	}
	b.saveTexts(t, o, []message.Message{m})
	return m.ID
}

// accept lets time pass and the provider take all that is queued.
func (b *bench) accept(t *testing.T, after time.Duration) {
	t.Helper()
	claimed, attempts, err := b.ClaimMessages(t.Context(), "main", 100, b.now())
	must(t, err)
	b.clock.pass(after)
	for i, a := range attempts {
		ended := b.now()
		a.EndedAt = &ended
		a.Outcome = &message.Outcome{ID: a.MessageID, Accepted: &message.Acceptance{ProviderID: fmt.Sprint("p", i)}}
		b.finishes(t, a, message.Move{Status: message.Accepted, Account: claimed[i].Account})
	}
}

// tallies compares how many messages the sums of all hours since start count of each status.
func (b *bench) tallies(t *testing.T, start time.Time, want map[message.Status]int) []message.Tally {
	t.Helper()
	all, err := b.Tallies(t.Context(), start, b.now().Add(time.Second))
	must(t, err)
	got := map[message.Status]int{}
	for _, sum := range all {
		got[sum.Status] += sum.Messages
	}
	for _, s := range message.Statuses() {
		if got[s] != want[s] {
			t.Errorf("%d messages are %s, want %d; all: %v", got[s], s, want[s], got)
		}
	}
	if len(all) == 0 {
		t.Fatal("no sums")
	}
	return all
}
