package app

import (
	"context"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/store"
)

// Namesake is one of several orders that have the same number: cash servers give numbers out again.
type Namesake struct {
	ID         string    `json:"id"`
	Restaurant string    `json:"restaurant_code"`
	LastEvent  time.Time `json:"last_event"`
}

// namesakesMost is how many namesakes are looked for: a number that is given out every day has more in a
// few months, and nobody reads them.
const namesakesMost = 50

// Namesakes gives the other orders that are called ref, the latest first; id is the one that was taken.
// more tells that there are still others. It is empty when ref is no number but an ID or a GUID.
func (r *reader) Namesakes(ctx context.Context, ref, id string) (others []Namesake, more bool, err error) {
	page, next, err := r.Orders(ctx, store.OrderFilter{Search: ref, Limit: namesakesMost + 1})
	if err != nil {
		return nil, false, err
	}
	for _, o := range page {
		if o.ID != id && len(others) < namesakesMost {
			others = append(others, Namesake{ID: o.ID, Restaurant: o.Restaurant, LastEvent: o.LastEvent})
		}
	}
	return others, next != "", nil
}
