package app

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/gateway/internal/config"
)

func TestARestaurantIsLastHeardOfByItsOwnCode(t *testing.T) {
	t.Parallel()
	early := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	late := early.Add(time.Hour)
	tests := []struct {
		name  string
		codes []string // of the restaurants
		heard map[string]time.Time
		want  map[string]time.Time
	}{
		{"by its code", []string{"7"}, map[string]time.Time{"7": early}, map[string]time.Time{"7": early}},
		{"the one of any code by the last of all others", []string{"*", "7"}, map[string]time.Time{"7": late.Add(time.Hour), "8": early, "9": late},
			map[string]time.Time{"7": late.Add(time.Hour), "*": late}},
		{"by events without a code, too", []string{"*"}, map[string]time.Time{"": early}, map[string]time.Time{"*": early}},
		{"never, when all events are of others", []string{"7", "*"}, map[string]time.Time{"7": early}, map[string]time.Time{"7": early}},
		{"never, when there are none", []string{"*"}, nil, map[string]time.Time{}},
	}
	for _, tt := range tests {
		var restaurants []config.Restaurant
		for _, code := range tt.codes {
			restaurants = append(restaurants, config.Restaurant{Code: code})
		}
		if diff := cmp.Diff(tt.want, lastHeard(restaurants, tt.heard)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}
