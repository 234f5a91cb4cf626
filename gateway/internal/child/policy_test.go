package child

import (
	"slices"
	"testing"
	"time"
)

func TestPolicy(t *testing.T) {
	t.Parallel()
	even := func() float64 { return 0.5 } // no spread
	origin := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

	t.Run("waits double up to a minute", func(t *testing.T) {
		t.Parallel()
		p := newPolicy(time.Second, time.Minute, time.Minute, even)
		for i, want := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60} {
			if got := p.refused(); got != want*time.Second {
				t.Errorf("wait %d = %v, want %v", i, got, want*time.Second)
			}
		}
	})
	t.Run("the spread stays within a fifth", func(t *testing.T) {
		t.Parallel()
		for _, j := range []float64{0, 0.3, 0.999} {
			p := newPolicy(time.Second, time.Minute, time.Minute, func() float64 { return j })
			if got := p.refused(); got < 800*time.Millisecond || got > 1200*time.Millisecond {
				t.Errorf("jitter %v gave %v", j, got)
			}
		}
	})
	t.Run("five deaths in a minute lead to quarantine, four do not", func(t *testing.T) {
		t.Parallel()
		p := newPolicy(time.Second, time.Minute, time.Minute, even)
		for i := range 5 {
			_, quarantine := p.died(origin.Add(time.Duration(i) * 14 * time.Second))
			if quarantine != (i == 4) {
				t.Errorf("death %d: quarantine = %v", i+1, quarantine)
			}
		}
	})
	t.Run("deaths a quarter of a minute and more apart do not", func(t *testing.T) {
		t.Parallel()
		p := newPolicy(time.Second, time.Minute, time.Minute, even)
		for i := range 50 {
			if _, quarantine := p.died(origin.Add(time.Duration(i) * 16 * time.Second)); quarantine {
				t.Fatalf("death %d led to quarantine", i+1)
			}
		}
	})
	t.Run("quarantines in a row last one minute, two, four, up to half an hour", func(t *testing.T) {
		t.Parallel()
		p := newPolicy(time.Second, time.Minute, time.Minute, even)
		now := origin
		var rests []time.Duration
		for len(rests) < 7 {
			wait, quarantine := p.died(now)
			if quarantine {
				rests = append(rests, wait/time.Minute)
				now = now.Add(wait)
			}
		}
		if want := []time.Duration{1, 2, 4, 8, 16, 30, 30}; !slices.Equal(rests, want) {
			t.Errorf("got rests of %d minutes, want %d", rests, want)
		}
		p.served(time.Minute)
		for range 4 {
			p.died(now)
		}
		if wait, quarantine := p.died(now); !quarantine || wait != time.Minute {
			t.Errorf("after a minute of service: %v, %t, want a quarantine of a minute", wait, quarantine)
		}
	})
	t.Run("serving for a minute forgets the failures", func(t *testing.T) {
		t.Parallel()
		p := newPolicy(time.Second, time.Minute, time.Minute, even)
		p.refused()
		p.refused()
		p.served(59 * time.Second)
		if got := p.refused(); got != 4*time.Second {
			t.Errorf("after 59 s the wait is %v, want 4s", got)
		}
		p.served(time.Minute)
		if got := p.refused(); got != time.Second {
			t.Errorf("after a minute the wait is %v, want 1s", got)
		}
	})
	t.Run("kills on purpose are replaced at once, but not without end", func(t *testing.T) {
		t.Parallel()
		p := newPolicy(time.Second, time.Minute, time.Minute, even)
		for i := range killBurst {
			if got := p.killed(origin); got != 0 {
				t.Errorf("kill %d waits %v", i, got)
			}
		}
		if got := p.killed(origin); got != killEvery {
			t.Errorf("one kill too many waits %v, want %v", got, killEvery)
		}
		if got := p.killed(origin.Add(time.Minute)); got != 0 {
			t.Errorf("a minute later a kill waits %v", got)
		}
	})
}

func TestScrub(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, in, want string }{
		{"E.164", "to +79990000001 failed", "to •••01 failed"},
		{"brackets and dashes", "8 (999) 000-00-01", "•••01"},
		{"dots", "7.999.000.00.01!", "•••01!"},
		{"in a URL", "http://x/?to=79990000001&m=1", "http://x/?to=•••01&m=1"},
		{"two with blanks between all groups", "8 999 000 00 01 8 999 000 00 02", "•••00 00 02"},
		{"a date stays", "2026-11-24 02:28:11", "2026-11-24 02:28:11"},
		{"a short number stays", "order 12.1 of 2026", "order 12.1 of 2026"},
		{"an identifier of letters stays", "01JD8Z4K7M3N9", "01JD8Z4K7M3N9"},
		{"twenty digits stay", "12345678901234567890", "12345678901234567890"},
	}
	for _, c := range cases {
		if got := Scrub(c.in); got != c.want {
			t.Errorf("%s: Scrub(%q) = %q, want %q", c.name, c.in, got, c.want)
		}
	}
}
