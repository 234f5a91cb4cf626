package pipeline

import (
	"context"
	"fmt"

	"github.com/orderbell/orderbell/gateway/internal/order"
)

// compare sets each order beside what was known of it, in order of arrival, and finds the changes. It
// returns the orders as they are then, by every name.
func (d *Decide) compare(ctx context.Context, work []seen, under *saving) (map[string]*order.Order, error) {
	wanted := make([]order.Order, len(work))
	for i := range work {
		wanted[i] = work[i].order
	}
	stored, err := d.Inbox.FindOrders(ctx, wanted)
	if err != nil {
		return nil, fmt.Errorf("find orders: %w", err)
	}
	latest := map[string]*order.Order{}
	find := func(name string) *order.Order {
		if o := latest[name]; o != nil || under == nil {
			return o
		}
		return under.latest[name]
	}
	for i := range work {
		restaurant := work[i].order.Restaurant
		if work[i].order.BehindMicros, err = d.clocks.behind(ctx, restaurant, d.Clock); err != nil {
			return nil, err
		}
		prev := before(work[i].order, stored[i], find)
		next := order.Carry(prev, work[i].order, d.Policies(restaurant).Stage)
		if next.ID == "" {
			next.ID = d.NewID()
		}
		d.clocks.learn(prev, &next)
		work[i].changes = order.Diff(prev, next)
		work[i].order = next
		for _, name := range names(next) {
			latest[name] = &work[i].order
		}
	}
	return latest, nil
}

// before finds an order as it was before an event: as the events before it in this batch or in the one
// that is being saved left it (find), else as it was stored. As in the store, the GUID wins, and another GUID is another order although the
// pair of visit and ident is the same.
func before(o order.Order, stored *order.Order, find func(name string) *order.Order) *order.Order {
	all := names(o) // the strongest name first
	if stored != nil && stored.Ref.GUID != "" && stored.Ref.GUID == o.Ref.GUID {
		all = names(order.Order{ID: stored.ID, Ref: order.Ref{GUID: o.Ref.GUID}}) // the pair must not lead elsewhere
	}
	for _, name := range all {
		found := find(name)
		if found != nil && (found.Ref.GUID == "" || o.Ref.GUID == "" || found.Ref.GUID == o.Ref.GUID) {
			return found
		}
	}
	return stored
}

// names lists what an order may be found by.
func names(o order.Order) []string {
	var all []string
	if o.ID != "" {
		all = append(all, "id\x00"+o.ID)
	}
	if o.Ref.GUID != "" {
		all = append(all, "guid\x00"+o.Ref.GUID)
	}
	if o.Ref.Visit != "" {
		all = append(all, "visit\x00"+o.Restaurant+"\x00"+o.Ref.Visit+"\x00"+o.Ref.Ident)
	}
	return all
}
