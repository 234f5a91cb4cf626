package cli

import (
	"errors"
	"testing"
)

func TestAPhoneIsSoughtByItsLastFourDigits(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, phone, want string
		wrong             bool
	}{
		{"no filter", "", "", false},
		{"four digits", "0001", "0001", false},
		{"a whole number", "+79990000001", "0001", false},
		{"as people write it", "8 (999) 000-00-01", "0001", false},
		{"as lists show it", "+7999•••0001", "0001", false},
		{"too few digits", "001", "", true},
		{"no digit", "+-()", "", true},
		{"a name", "Olga", "", true},
		{"letters among the digits", "79990x00001", "", true},
		{"digits of another script", "٠٠٠١", "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := lastFour(&session{lang: "en"}, tt.phone)
			if _, wrong := errors.AsType[usageError](err); got != tt.want || wrong != tt.wrong {
				t.Errorf("lastFour(%q) = %q, %v; want %q, wrong usage %v", tt.phone, got, err, tt.want, tt.wrong)
			}
		})
	}
}
