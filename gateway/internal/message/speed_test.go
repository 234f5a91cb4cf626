package message_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/orderbell/orderbell/gateway/internal/message"
)

func TestQuantilesAreWithinAStep(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		took := time.Duration(rapid.Int64Range(int64(60*time.Millisecond), int64(2*time.Hour)).Draw(t, "took"))
		var s message.Speed
		s.Add(took)
		if got := s.Quantile(0.5); got < took*85/100 || got > took*115/100 {
			t.Errorf("of %s: %s", took, got)
		}
	})
	var s message.Speed
	if s.Quantile(0.95) != 0 || s.N() != 0 {
		t.Error("nothing took something")
	}
	for range 94 {
		s.Add(time.Second)
	}
	for range 6 {
		s.Add(time.Minute)
	}
	if p50, p95 := s.Quantile(0.5), s.Quantile(0.95); p50 > 2*time.Second || p95 < 50*time.Second || p95 > 70*time.Second {
		t.Errorf("p50 %s, p95 %s; want about 1 s and 1 min", p50, p95)
	}
}

func TestSpeedsAddUpAndComeBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var one, other, both message.Speed
		for i, d := range rapid.SliceOfN(rapid.Int64Range(-int64(time.Second), int64(24*time.Hour)), 0, 50).Draw(t, "durations") {
			both.Add(time.Duration(d))
			if i%2 == 0 {
				one.Add(time.Duration(d))
			} else {
				other.Add(time.Duration(d))
			}
		}
		one.AddAll(other)
		text, err := one.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var back message.Speed
		if err := back.UnmarshalText(text); err != nil {
			t.Fatal(err)
		}
		for _, q := range []float64{0.01, 0.5, 0.95, 1} {
			if back.Quantile(q) != both.Quantile(q) || back.N() != both.N() {
				t.Errorf("%q: quantile %v is %s of %d, want %s of %d", text, q, back.Quantile(q), back.N(), both.Quantile(q), both.N())
			}
		}
	})
	for _, bad := range []string{"x", "1", "1:x", "-1:2", "99:1", "1:-1"} {
		var s message.Speed
		if err := s.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

func TestMoneyAddsUpWithoutLosingNanos(t *testing.T) {
	t.Parallel()
	got := message.Money{Units: 4, Nanos: 700_000_000, Currency: "RUB"}.Sum(message.Money{Units: 3, Nanos: 500_000_000})
	if got != (message.Money{Units: 8, Nanos: 200_000_000, Currency: "RUB"}) {
		t.Errorf("4.70 + 3.50 is %+v", got)
	}
}
