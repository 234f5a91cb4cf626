package rule_test

import (
	"testing"

	"github.com/orderbell/orderbell/gateway/internal/rule"
)

func TestLatenessIsToldInWords(t *testing.T) {
	t.Parallel()
	tests := []struct{ note, ru, en string }{
		{"4637h5m5s > 20m0s", "193 д > 20 мин", "193 d > 20 min"},
		{"20m30s > 20m0s", "20 мин 30 с > 20 мин", "20 min 30 s > 20 min"},
		{"45s > 30s", "45 с > 30 с", "45 s > 30 s"},
		{"3h5m59s > 2h0m0s", "3 ч 5 мин > 2 ч", "3 h 5 min > 2 h"},
		{"2h0m0s > 1h30m0s", "2 ч > 90 мин", "2 h > 90 min"},
		{"", "", ""},
		{"soon > late", "soon > late", "soon > late"},
		{"1h0m0s > late", "1h0m0s > late", "1h0m0s > late"},
		{"order 5 > 4", "order 5 > 4", "order 5 > 4"},
	}
	for _, tt := range tests {
		t.Run(tt.note, func(t *testing.T) {
			t.Parallel()
			if ru, en := rule.Lateness(tt.note, "ru"), rule.Lateness(tt.note, "en"); ru != tt.ru || en != tt.en {
				t.Errorf("Lateness(%q) = %q and %q, want %q and %q", tt.note, ru, en, tt.ru, tt.en)
			}
		})
	}
}
