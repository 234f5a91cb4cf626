package app

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

func TestTheClockOfARestaurantIsWhatTheMiddleOfItsLastOrdersSays(t *testing.T) {
	t.Parallel()
	const hour = int64(3600e6)
	tests := []struct {
		name   string
		behind []int64 // of its orders, the oldest first
		want   time.Duration
	}{
		{"no order yet", nil, 0},
		{"one order", []int64{3 * hour}, 3 * time.Hour},
		{"a clock that is ahead", []int64{-3 * hour, -3 * hour, -3*hour + 1}, -3 * time.Hour},
		{"one odd time", []int64{0, 0, -80 * 365 * 24 * hour}, 0},
		{"what is long ago does not count", slices.Concat(slices.Repeat([]int64{hour}, 40), slices.Repeat([]int64{2 * hour}, clockOrders)), 2 * time.Hour},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			db, err := store.Open(t.Context(), store.Options{Folder: t.TempDir(), Log: hclog.NewNullLogger(), Now: time.Now})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = db.Close() }()
			orders := []order.Order{{ID: "zz", Restaurant: "2", BehindMicros: 7 * hour}}
			for i, behind := range tt.behind {
				orders = append(orders, order.Order{ID: fmt.Sprintf("%02d", i), Restaurant: "1", BehindMicros: behind})
			}
			if err := db.SaveDecided(t.Context(), []rule.Decided{{Status: kds.Done, Orders: orders}}); err != nil {
				t.Fatal(err)
			}
			a := &App{db: db}
			for restaurant, want := range map[string]time.Duration{"1": tt.want, "2": 7 * time.Hour, "3": 0, "": 0} {
				if got, err := a.clock(t.Context(), restaurant); err != nil || got != want {
					t.Errorf("restaurant %q: got %s, %v, want %s", restaurant, got, err, want)
				}
			}
		})
	}
}
