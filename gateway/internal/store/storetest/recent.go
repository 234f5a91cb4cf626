package storetest

import (
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

func recentCases() map[string]func(*testing.T, *bench) {
	return map[string]func(*testing.T, *bench){
		"the last order is the newest, of a restaurant or of any": func(t *testing.T, b *bench) {
			if o, err := b.LastOrder(t.Context(), ""); err != nil || o != nil {
				t.Errorf("of nothing: %v, %v", o, err)
			}
			first, second := b.sample(nextID(), guidA), b.sample(nextID(), guidB)
			second.Restaurant = "2"
			b.save(t, rule.Decided{Orders: []order.Order{first, second}})
			for restaurant, want := range map[string]string{"": second.ID, restaurant: first.ID, "2": second.ID} {
				if o, err := b.LastOrder(t.Context(), restaurant); err != nil || o == nil || o.ID != want {
					t.Errorf("of %q: %+v, %v, want %s", restaurant, o, err, want)
				}
			}
			if o, err := b.LastOrder(t.Context(), "3"); err != nil || o != nil {
				t.Errorf("of a restaurant without orders: %v, %v", o, err)
			}
			heard, err := b.RestaurantOrders(t.Context())
			must(t, err)
			if len(heard) != 2 || !heard["2"].Equal(b.now()) || heard[restaurant].IsZero() {
				t.Errorf("restaurants: %v", heard)
			}
		},
		"recent orders say whether their guest left a phone": func(t *testing.T, b *bench) {
			first, second := b.sample(nextID(), guidA), b.sample(nextID(), guidB)
			b.save(t, rule.Decided{Orders: []order.Order{first, second}})
			b.bind(t, 1, guidA)
			all, err := b.RecentOrders(t.Context(), b.now().Add(-time.Hour), 10)
			must(t, err)
			if len(all) != 2 || all[0].ID != second.ID || all[0].Phone || !all[1].Phone || all[1].Peak != order.Ready {
				t.Errorf("got %+v", all)
			}
			if all, err := b.RecentOrders(t.Context(), b.now().Add(-time.Hour), 1); err != nil || len(all) != 1 {
				t.Errorf("at most one: %d, %v", len(all), err)
			}
			if all, err := b.RecentOrders(t.Context(), b.now().Add(time.Hour), 10); err != nil || len(all) != 0 {
				t.Errorf("since later: %d, %v", len(all), err)
			}
		},
		"recent attempts have their account, times and outcome": func(t *testing.T, b *bench) {
			b.queued(t)
			claimed, attempts, err := b.ClaimMessages(t.Context(), "main", 1, b.now())
			must(t, err)
			since := b.now().Add(-time.Minute)
			if all, err := b.RecentAttempts(t.Context(), since, 10); err != nil || len(all) != 0 {
				t.Errorf("while it runs: %+v, %v", all, err)
			}
			b.clock.pass(time.Second)
			end := b.now()
			failure := message.Failure{Reason: message.NoMoney, Detail: "balance", ProviderCode: "201"}
			attempts[0].EndedAt, attempts[0].Outcome = &end, &message.Outcome{ID: claimed[0].ID, Failure: &failure}
			must(t, b.FinishAttempts(t.Context(), []message.Finished{{Attempt: attempts[0], Next: message.Next(claimed[0], *attempts[0].Outcome, end, 0)}}))
			all, err := b.RecentAttempts(t.Context(), since, 10)
			must(t, err)
			if len(all) != 1 || all[0].Account != "main" || all[0].Outcome.Failure == nil || *all[0].Outcome.Failure != failure || all[0].EndedAt.Sub(all[0].StartedAt) != time.Second {
				t.Errorf("got %+v", all)
			}
		},
	}
}
