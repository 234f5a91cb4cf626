package pipeline

import (
	"context"
	"fmt"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/order"
)

// clocks remembers how far each restaurant's clock is behind ours, as its orders last showed it, so that the
// first event of an order can be told late from early. The zero value knows none. Used by one loop.
type clocks struct {
	known map[string]int64 // µs, by code
}

// maxClocks bounds the memory: codes come from outside. Far fewer restaurants share a gateway.
const maxClocks = 1024

// behind gives what is known of a restaurant's clock; ask (nil: nobody) is asked once what was known before.
func (c *clocks) behind(ctx context.Context, restaurant string, ask func(context.Context, string) (time.Duration, error)) (int64, error) {
	if micros, known := c.known[restaurant]; known || ask == nil {
		return micros, nil
	}
	behind, err := ask(ctx, restaurant)
	if err != nil {
		return 0, fmt.Errorf("find the clock of a restaurant: %w", err)
	}
	c.set(restaurant, behind.Microseconds())
	return behind.Microseconds(), nil
}

// learn takes over what two events of an order show.
func (c *clocks) learn(prev, next *order.Order) {
	if order.ShowsClock(prev, next) {
		c.set(next.Restaurant, next.BehindMicros)
	}
}

func (c *clocks) set(restaurant string, micros int64) {
	if _, there := c.known[restaurant]; c.known == nil || !there && len(c.known) >= maxClocks {
		c.known = map[string]int64{}
	}
	c.known[restaurant] = micros
}
