package app

import "testing"

func TestLittleRoomIsToldBeforeNoneIsLeft(t *testing.T) {
	t.Parallel()
	const gigabyte = 1 << 30
	for _, c := range []struct {
		free, whole int64
		want        bool
	}{
		{5 * gigabyte, 100 * gigabyte, false}, {gigabyte / 2, 100 * gigabyte, true}, {0, 100 * gigabyte, true},
		{gigabyte, 2 * gigabyte, false}, {100 << 20, 2 * gigabyte, true}, {-1, -1, false},
	} {
		if got := isLittle(c.free, c.whole); got != c.want {
			t.Errorf("%d free of %d: little %v, want %v", c.free, c.whole, got, c.want)
		}
	}
}
