package pipeline_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/order"
)

func TestATrickleIsTakenUpInRoundsAndABacklogAtOnce(t *testing.T) {
	const events = 100
	for _, tt := range []struct {
		name           string
		apart, stretch time.Duration
		batch          int
		least, most    int // rounds
	}{
		{"an event each millisecond", time.Millisecond, events * time.Millisecond, 256, 20, 50},
		{"a backlog of ten batches", 0, time.Millisecond, 10, 10, 12},
		{"an event each second", time.Second, events * time.Second, 256, events, 3 * events},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				d := setup(t)
				d.Batch = tt.batch
				wake := make(chan struct{}, 1)
				d.Wake = func() <-chan struct{} { return wake }
				post := func(ctx context.Context) {
					for i := 0; i < events && ctx.Err() == nil; i++ {
						d.post(fmt.Sprint("e", i), atStage(fmt.Sprint("O", i), order.Ready))
						select {
						case wake <- struct{}{}:
						default:
						}
						time.Sleep(tt.apart)
					}
				}
				if tt.apart == 0 {
					post(t.Context())
				} else {
					go post(t.Context())
				}
				d.run(t, tt.stretch)
				if got := len(d.inbox.decided); got < events*9/10 {
					t.Errorf("%d events decided, want about all %d", got, events)
				}
				if got := len(d.inbox.calls["ClaimEvents"]); got < tt.least || got > tt.most {
					t.Errorf("%d rounds, want %d to %d", got, tt.least, tt.most)
				}
			})
		})
	}
}
