package app

import (
	"context"
	"slices"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/store"
)

// clockOrders is how many orders are asked about their restaurant's clock: the one in the middle is
// believed, so that an odd time or two do no harm.
const clockOrders = 15

// clock tells how far a restaurant's clock was behind when its last orders came, as far as they showed it.
// After a stop it is what tells the queue that was held up meanwhile from news.
func (a *App) clock(ctx context.Context, restaurant string) (time.Duration, error) {
	if restaurant == "" {
		return 0, nil // nobody knows whose clock that is
	}
	orders, _, err := a.db.Orders(ctx, store.OrderFilter{Restaurant: restaurant, Limit: clockOrders})
	if err != nil || len(orders) == 0 {
		return 0, err
	}
	behind := make([]int64, len(orders))
	for i := range orders {
		behind[i] = orders[i].BehindMicros
	}
	slices.Sort(behind)
	return time.Duration(behind[len(behind)/2]) * time.Microsecond, nil
}
