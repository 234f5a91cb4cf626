package pipeline_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

// saves keeps how much each transaction held.
type saves struct {
	*inbox
	orders []int
	bodies int // most that were asked for at once
}

func (b *saves) SaveDecided(ctx context.Context, batch []rule.Decided) error {
	n := 0
	for _, d := range batch {
		n += len(d.Orders)
	}
	b.orders = append(b.orders, n)
	return b.inbox.SaveDecided(ctx, batch)
}

func (b *saves) ReadBodies(ctx context.Context, events []kds.Event) error {
	b.bodies = max(b.bodies, len(events))
	return b.inbox.ReadBodies(ctx, events)
}

// many are n orders of one dish with so many parts, at a stage.
func many(n, parts int, s order.Stage) []order.Order {
	orders := make([]order.Order, n)
	for i := range orders {
		orders[i] = atStage(fmt.Sprintf("G%d", i), s)
		orders[i].Dishes[0].Parts = make([]order.Dish, parts)
	}
	return orders
}

func TestABatchIsBoundedByOrdersTooAndTheRestFollowsInOrder(t *testing.T) {
	tests := []struct {
		name          string
		events        int
		orders, parts int // in each event
		faults        map[string]int
		most          int // orders in one transaction
	}{
		{"one order in an event fills a batch by events", 600, 1, 0, nil, 256},
		{"500 orders in an event", 40, 500, 0, nil, 500},
		{"100 orders in an event", 40, 100, 0, nil, 300},
		{"orders of a thousand lines", 40, 1, 1000, nil, 9},
		{"500 orders in an event, and the disk fails", 20, 500, 0, map[string]int{"SaveDecided": 3}, 500},
		{"500 orders in an event, and the rules fail", 20, 500, 0, map[string]int{"FindOrders": 3, "ReadBodies": 2}, 500},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				d := setup(t)
				inbox := &saves{inbox: d.inbox}
				d.Inbox = inbox
				for call, n := range tt.faults {
					d.inbox.left[call] = n
				}
				var want []string
				for i := range tt.events {
					id := fmt.Sprintf("e%03d", i)
					d.post(id, order.Order{})
					d.postings[id][0].Orders = many(tt.orders, tt.parts, order.Sent)
					want = append(want, id)
				}
				d.run(t, 10*time.Minute)
				var got []string
				for _, e := range d.inbox.decided {
					got = append(got, e.EventID)
				}
				if !slices.Equal(got, want) {
					t.Errorf("decided: got %v, want each event once, in order", got)
				}
				if most := slices.Max(inbox.orders); most > tt.most {
					t.Errorf("%d events of %d orders: got %d orders in one transaction, want at most %d", tt.events, tt.orders, most, tt.most)
				}
				if inbox.bodies > 16 {
					t.Errorf("got %d bodies read at once, want at most 16", inbox.bodies)
				}
			})
		})
	}
}

func TestAStopGivesBackWhatABatchLeft(t *testing.T) {
	bubble(t, func(t *testing.T) {
		d := setup(t)
		ctx, stop := context.WithCancel(t.Context())
		for i := range 4 {
			id := fmt.Sprintf("e%d", i)
			d.post(id, order.Order{})
			d.postings[id][0].Orders = many(500, 0, order.Sent)
		}
		decode := d.Decode
		d.Decode = func(e kds.Event) ([]kds.Posting, error) {
			if e.ID == "e1" {
				stop() // in the second batch
			}
			return decode(e)
		}
		d.Run(ctx)
		given := slices.Concat(d.inbox.released...)
		for _, e := range d.inbox.stored {
			if !slices.Contains(given, e.ID) {
				t.Errorf("%s is neither decided nor given back; given back are %v", e.ID, given)
			}
		}
		if !slices.Contains(given, "e3") {
			t.Errorf("given back: got %v, want e3 among them", given)
		}
	})
}
