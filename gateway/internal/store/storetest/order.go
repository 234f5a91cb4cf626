package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

func orderCases() map[string]func(*testing.T, *bench) {
	return map[string]func(*testing.T, *bench){
		"an order comes back whole": func(t *testing.T, b *bench) {
			o := b.sample(nextID(), guidA)
			o.Ref.Visit, o.Ref.Ident, o.Seq, o.Table, o.Type = "617", "256", "7", "12", "В зале"
			o.Dishes = []order.Dish{{ID: "L1", Name: "Борщ", Quantity: 1000, State: 3, Stage: order.Ready, Parts: []order.Dish{{ID: "P"}}}}
			b.save(t, rule.Decided{Orders: []order.Order{o}})
			got, err := b.FindOrder(t.Context(), o.ID)
			must(t, err)
			if diff := cmp.Diff(&o, got); diff != "" {
				t.Errorf("order (-want +got):\n%s", diff)
			}
		},
		"of an order that is twice in a batch the last state is kept": func(t *testing.T, b *bench) {
			o := b.sample(nextID(), guidA)
			later := o
			later.Stage, later.Name = order.Collected, "13.1"
			must(t, b.SaveDecided(t.Context(), []rule.Decided{
				{EventID: b.add(t, "1"), Status: "done", Orders: []order.Order{o}}, {EventID: b.add(t, "2"), Status: "done", Orders: []order.Order{later}},
			}))
			b.finds(t, order.Order{Ref: order.Ref{GUID: guidA}}, &later)
		},
		"an order is found by GUID, and by visit and ident within its restaurant": func(t *testing.T, b *bench) {
			o := b.sample(nextID(), guidA)
			o.Ref.Visit, o.Ref.Ident = "617", "256"
			b.save(t, rule.Decided{Orders: []order.Order{o}})
			b.finds(t, order.Order{Ref: order.Ref{GUID: guidA}}, &o)
			b.finds(t, order.Order{Restaurant: restaurant, Ref: order.Ref{Visit: "617", Ident: "256"}}, &o)
			b.finds(t, order.Order{Restaurant: "other", Ref: order.Ref{Visit: "617", Ident: "256"}}, nil)
			b.finds(t, order.Order{Restaurant: restaurant, Ref: order.Ref{Visit: "617", Ident: "257"}}, nil)
			b.finds(t, order.Order{Restaurant: restaurant}, nil)
		},
		"an order first seen by its pair is found by the GUID that came later": func(t *testing.T, b *bench) {
			o := b.sample(nextID(), "")
			o.Ref = order.Ref{Visit: "617", Ident: "256"}
			b.save(t, rule.Decided{Orders: []order.Order{o}})
			both := o
			both.Ref.GUID = guidA
			b.finds(t, both, &o)
			b.save(t, rule.Decided{Orders: []order.Order{both}})
			b.finds(t, order.Order{Ref: order.Ref{GUID: guidA}}, &both)
			pairOnly := o
			b.save(t, rule.Decided{Orders: []order.Order{pairOnly}}) // an event without the GUID forgets nothing
			b.finds(t, order.Order{Restaurant: restaurant, Ref: order.Ref{Visit: "617", Ident: "256"}}, &both)
		},
		"a pair that comes with another GUID is another order": func(t *testing.T, b *bench) {
			old := b.sample(nextID(), guidA)
			old.Ref.Visit, old.Ref.Ident = "617", "256"
			b.save(t, rule.Decided{Orders: []order.Order{old}})
			reused := b.sample(nextID(), guidB)
			reused.Ref.Visit, reused.Ref.Ident = "617", "256"
			b.finds(t, reused, nil)
			b.save(t, rule.Decided{Orders: []order.Order{reused}})
			b.finds(t, order.Order{Restaurant: restaurant, Ref: order.Ref{Visit: "617", Ident: "256"}}, &reused)
			b.finds(t, order.Order{Ref: order.Ref{GUID: guidA}}, &old)
		},
		"a person finds an order by GUID in any spelling and by number, the newest first": func(t *testing.T, b *bench) {
			old, young := b.sample(nextID(), guidA), b.sample(nextID(), guidB)
			old.ReceivedMicros -= int64(time.Hour / time.Microsecond)
			b.save(t, rule.Decided{Orders: []order.Order{young}})
			b.save(t, rule.Decided{Orders: []order.Order{old}})
			for ref, want := range map[string]string{
				"{0a1b2c3d-0000-4000-8000-000000000001}": old.ID, guidB: young.ID, old.ID: old.ID, " 12.1 ": young.ID,
			} {
				o, err := b.FindOrder(t.Context(), ref)
				must(t, err)
				if o.ID != want {
					t.Errorf("FindOrder(%q) = %s, want %s", ref, o.ID, want)
				}
			}
			if _, err := b.FindOrder(t.Context(), "99"); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("FindOrder(99): %v, want not found", err)
			}
		},
		"many orders are found in one call": func(t *testing.T, b *bench) {
			var all []order.Order
			for i := range 300 {
				o := b.sample(nextID(), "")
				o.Ref = order.Ref{Visit: nextName(), Ident: "256"}
				all = append(all, o)
				if i%2 == 0 {
					b.save(t, rule.Decided{Orders: []order.Order{o}})
				}
			}
			found, err := b.FindOrders(t.Context(), all)
			must(t, err)
			for i := range all {
				if got, want := found[i] != nil, i%2 == 0; got != want || (got && found[i].ID != all[i].ID) {
					t.Fatalf("order %d: found %v, want %v", i, got, want)
				}
			}
		},
	}
}

func (b *bench) finds(t *testing.T, wanted order.Order, want *order.Order) {
	t.Helper()
	found, err := b.FindOrders(t.Context(), []order.Order{wanted})
	must(t, err)
	if diff := cmp.Diff([]*order.Order{want}, found); diff != "" {
		t.Errorf("FindOrders(%+v) (-want +got):\n%s", wanted.Ref, diff)
	}
}
