package host_test

import (
	"testing"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/host"
)

func TestASampleFitsTheForm(t *testing.T) {
	t.Parallel()
	bound := func(n float64) *float64 { return &n }
	const hint = "canary4711"
	tests := []struct {
		name  string
		field sdk.Field
		want  string // empty: none can be made
	}{
		{"a secret holds the hint", sdk.Field{Kind: sdk.KindSecret}, hint},
		{"a long secret begins with it", sdk.Field{Kind: sdk.KindSecret, Min: bound(16)}, hint + "000000"},
		{"a short text is cut", sdk.Field{Kind: sdk.KindString, Max: bound(6)}, "canary"},
		{"a pattern is followed", sdk.Field{Kind: sdk.KindString, Pattern: `[^@:\s]+@[^@:\s]+`}, "a@a"},
		{"a pattern with numbers", sdk.Field{Kind: sdk.KindString, Pattern: `AC[0-9a-f]{4}`}, "ACaaaa"},
		{"a pattern that leads nowhere", sdk.Field{Kind: sdk.KindString, Pattern: `a\bb`}, ""},
		{"a number at its lower end", sdk.Field{Kind: sdk.KindInt, Min: bound(5)}, "5"},
		{"a duration", sdk.Field{Kind: sdk.KindDuration, Min: bound(60)}, "1m0s"},
		{"a choice", sdk.Field{Kind: sdk.KindEnum, Choices: []sdk.Choice{{Value: "a"}, {Value: "b"}}}, "a"},
		{"no choice", sdk.Field{Kind: sdk.KindEnum}, ""},
		{"an address", sdk.Field{Kind: sdk.KindURL}, "https://operator.example"},
		{"a phone", sdk.Field{Kind: sdk.KindPhone}, "+79990000001"},
		{"a list of one", sdk.Field{Kind: sdk.KindList, Max: bound(2)}, hint},
		{"a switch", sdk.Field{Kind: sdk.KindBool}, "true"},
	}
	for _, tt := range tests {
		if got, ok := host.Sample(tt.field, hint); got != tt.want || ok != (tt.want != "") {
			t.Errorf("%s: got %q, %v, want %q", tt.name, got, ok, tt.want)
		}
	}
}
