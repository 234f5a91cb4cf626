package storetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

func eventCases() map[string]func(*testing.T, *bench) {
	return map[string]func(*testing.T, *bench){
		"an event comes back byte for byte": func(t *testing.T, b *bench) {
			body := []byte("\xef\xbb\xbf<a>\x00\xff\r\n")
			id, _, err := b.AddEvent(t.Context(), kds.Event{Source: "key:x", Restaurant: "7", Body: body, Key: kds.Key{Hash: "h", Dated: true}})
			must(t, err)
			e, err := b.Event(t.Context(), id)
			must(t, err)
			if string(e.Body) != string(body) || e.Source != "key:x" || e.Restaurant != "7" || e.Key != (kds.Key{Hash: "h", Dated: true}) ||
				e.Status != kds.Stored || !e.ReceivedAt.Equal(b.now()) {
				t.Errorf("event is %+v", e)
			}
		},
		"a dated event is the same for ever": func(t *testing.T, b *bench) {
			first := b.add(t, "h")
			b.clock.pass(400 * 24 * time.Hour)
			b.repeats(t, kds.Key{Hash: "h", Dated: true}, first)
		},
		"a dated event is the same after a restart": func(t *testing.T, b *bench) {
			first := b.add(t, "h")
			b.restart(t)
			b.repeats(t, kds.Key{Hash: "h", Dated: true}, first)
		},
		"the same bytes from another restaurant are another event": func(t *testing.T, b *bench) {
			first := b.add(t, "h")
			second, duplicate, err := b.AddEvent(t.Context(), kds.Event{Restaurant: "other", Body: []byte("x"), Key: kds.Key{Hash: "h", Dated: true}})
			must(t, err)
			if duplicate || second == first {
				t.Errorf("AddEvent: %s duplicate %v, want a new event", second, duplicate)
			}
		},
		"an undated event is the same for ten minutes, and the third is compared with the second": func(t *testing.T, b *bench) {
			key := kds.Key{Hash: "h"}
			add := func() string {
				id, duplicate, err := b.AddEvent(t.Context(), kds.Event{Restaurant: restaurant, Body: []byte("x"), Key: key, ReceivedAt: b.now()})
				must(t, err)
				if duplicate {
					t.Fatal("duplicate, want a new event")
				}
				return id
			}
			first := add()
			b.clock.pass(10 * time.Minute)
			b.repeats(t, key, first)
			b.clock.pass(time.Second)
			second := add()
			b.clock.pass(9 * time.Minute)
			b.repeats(t, key, second)
			b.clock.pass(2 * time.Minute)
			add()
			if e, err := b.Event(t.Context(), first); err != nil || e.Key != key {
				t.Errorf("the first event's key is %+v (%v), want %+v", e, err, key)
			}
		},
		"64 callers with one event store it once": func(t *testing.T, b *bench) {
			var group sync.WaitGroup
			var mu sync.Mutex
			fresh, ids := 0, map[string]bool{}
			for range 64 {
				group.Go(func() {
					id, duplicate, err := b.AddEvent(t.Context(), kds.Event{Body: []byte("x"), Key: kds.Key{Hash: "h", Dated: true}})
					mu.Lock()
					defer mu.Unlock()
					if err != nil {
						t.Error(err)
					}
					if !duplicate {
						fresh++
					}
					ids[id] = true
				})
			}
			group.Wait()
			if fresh != 1 || len(ids) != 1 {
				t.Errorf("%d new events with %d ids, want 1 and 1", fresh, len(ids))
			}
		},
		"ids increase in order of arrival, also when the clock is set back and after a restart": func(t *testing.T, b *bench) {
			last := ""
			for i, step := range []time.Duration{0, 0, -time.Hour, time.Second, -24 * time.Hour} {
				b.clock.pass(step)
				if i == 4 {
					b.restart(t)
				}
				id := b.add(t, fmt.Sprint("h", i))
				if id <= last {
					t.Errorf("event %d: id %s is not above %s", i, id, last)
				}
				last = id
			}
		},
		"events are claimed in order of arrival, each by one": func(t *testing.T, b *bench) {
			for i := range 5 {
				b.add(t, fmt.Sprint("h", i))
			}
			first, err := b.ClaimEvents(t.Context(), 3)
			must(t, err)
			second, err := b.ClaimEvents(t.Context(), 3)
			must(t, err)
			var got []string
			all := append(first, second...)
			must(t, b.ReadBodies(t.Context(), all))
			for _, e := range all {
				got = append(got, e.Key.Hash)
				if e.Tries != 1 || string(e.Body) != "<RK7/>"+e.Key.Hash {
					t.Errorf("claimed %+v, want one try and the body", e)
				}
			}
			if fmt.Sprint(got) != "[h0 h1 h2 h3 h4]" {
				t.Errorf("claimed %v", got)
			}
		},
		"eight claimers share events and none gets one twice": func(t *testing.T, b *bench) {
			const n = 200
			for i := range n {
				b.add(t, fmt.Sprint("h", i))
			}
			var group sync.WaitGroup
			var mu sync.Mutex
			claims := map[string]int{}
			for range 8 {
				group.Go(func() {
					for {
						events, err := b.ClaimEvents(t.Context(), 7)
						if err != nil {
							t.Error(err)
							return
						}
						if len(events) == 0 {
							return
						}
						mu.Lock()
						for _, e := range events {
							claims[e.ID]++
						}
						mu.Unlock()
					}
				})
			}
			group.Wait()
			if len(claims) != n {
				t.Errorf("%d events claimed, want %d", len(claims), n)
			}
			for id, times := range claims {
				if times != 1 {
					t.Errorf("event %s was claimed %d times", id, times)
				}
			}
		},
		"a released event is claimed again as if it had not been taken up": func(t *testing.T, b *bench) {
			b.add(t, "h")
			for range 10 {
				e := b.claim(t)
				if e.Tries != 1 {
					t.Fatalf("tries %d, want 1", e.Tries)
				}
				must(t, b.ReleaseEvents(t.Context(), []string{e.ID}))
			}
		},
		"what a crash kept from its turn, and what is decided again, is claimed and counted": func(t *testing.T, b *bench) {
			odd, left := b.add(t, "odd"), b.add(t, "left")
			must(t, b.SaveDecided(t.Context(), []rule.Decided{{EventID: odd, Status: kds.Quarantined}}))
			b.restart(t)
			fresh := b.add(t, "fresh")
			first, err := b.ClaimEvents(t.Context(), 2)
			must(t, err)
			must(t, b.ReplayEvent(t.Context(), odd))
			later, err := b.ClaimEvents(t.Context(), 2)
			must(t, err)
			var got []string
			for _, e := range append(first, later...) {
				got = append(got, fmt.Sprint(e.ID, e.Tries))
			}
			if diff := cmp.Diff([]string{left + "2", fresh + "1", odd + "1"}, got); diff != "" {
				t.Errorf("claimed (-want +got):\n%s", diff)
			}
			must(t, b.ReleaseEvents(t.Context(), []string{odd, left, fresh}))
			b.restart(t)
			again, err := b.ClaimEvents(t.Context(), 3)
			must(t, err)
			for i, want := range []int{1, 2, 2} { // a release takes back what its claim counted
				if again[i].Tries != want {
					t.Errorf("event %d after a release and a restart: try %d, want %d", i, again[i].Tries, want)
				}
			}
		},
		"an event that was taken up three times is given up": func(t *testing.T, b *bench) {
			id := b.add(t, "poison")
			for want := 1; want <= 3; want++ {
				if e := b.claim(t); e.Tries != want {
					t.Fatalf("try %d is counted as %d", want, e.Tries)
				}
				b.restart(t) // the process died of it
			}
			events, err := b.ClaimEvents(t.Context(), 1)
			must(t, err)
			e, err := b.Event(t.Context(), id)
			must(t, err)
			if len(events) != 0 || e.Status != kds.Failed || e.Tries != 3 || e.Note == "" {
				t.Errorf("claimed %d, event is %+v; want none and failed after 3 tries", len(events), e)
			}
		},
		"a quarantined event is not claimed": func(t *testing.T, b *bench) {
			_, _, err := b.AddEvent(t.Context(), kds.Event{Body: []byte("x"), Key: kds.Key{Hash: "h"}, Status: kds.Quarantined, Note: "not XML"})
			must(t, err)
			events, err := b.ClaimEvents(t.Context(), 1)
			must(t, err)
			if len(events) != 0 {
				t.Errorf("claimed %+v", events)
			}
		},
		"a finished event is not finished twice": func(t *testing.T, b *bench) {
			id := b.add(t, "h")
			o := b.sample(nextID(), guidA)
			b.save(t, rule.Decided{EventID: id, Orders: []order.Order{o}})
			late := b.sample(nextID(), guidB)
			b.save(t, rule.Decided{EventID: id, Status: kds.Failed, Note: "late", Orders: []order.Order{late}, Decisions: []rule.Decision{b.decision(late)}})
			e, err := b.Event(t.Context(), id)
			must(t, err)
			if e.Status != kds.Done || e.Note != "" {
				t.Errorf("event is %s %q, want done", e.Status, e.Note)
			}
			if _, err := b.FindOrder(t.Context(), guidB); err == nil {
				t.Error("the latecomer's order was saved")
			}
		},
		"bodies are dropped after their retention, but not of events that wait": func(t *testing.T, b *bench) {
			done, waiting := b.add(t, "done"), b.add(t, "waiting")
			b.save(t, rule.Decided{EventID: done})
			b.clock.pass(time.Hour)
			young := b.add(t, "young")
			b.save(t, rule.Decided{EventID: young})
			n, err := b.DropBodies(t.Context(), b.now().Add(-time.Minute))
			must(t, err)
			if n != 1 {
				t.Errorf("%d bodies dropped, want 1", n)
			}
			for id, kept := range map[string]bool{done: false, waiting: true, young: true} {
				e, err := b.Event(t.Context(), id)
				must(t, err)
				if (e.Body != nil) != kept {
					t.Errorf("event %s: body kept %v, want %v", e.Key.Hash, e.Body != nil, kept)
				}
			}
		},
		"a wake-up comes after an event is stored": func(t *testing.T, b *bench) {
			b.add(t, "h")
			select {
			case <-b.EventsWake():
			case <-time.After(5 * time.Second):
				t.Error("no signal")
			}
		},
	}
}

// repeats adds an event that must be taken for the one with the id.
func (b *bench) repeats(t *testing.T, key kds.Key, id string) {
	t.Helper()
	got, duplicate, err := b.AddEvent(t.Context(), kds.Event{Restaurant: restaurant, Body: []byte("x"), Key: key, ReceivedAt: b.now()})
	must(t, err)
	if !duplicate || got != id {
		t.Errorf("AddEvent: %s duplicate %v, want %s true", got, duplicate, id)
	}
}
