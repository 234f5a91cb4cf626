package access_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/orderbell/orderbell/gateway/internal/access"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func TestHowLongASessionLives(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name          string
		created, seen time.Duration // before noon
		want          bool
	}{
		{"a new one", 0, 0, true},
		{"idle for a moment less than half a day", 24 * time.Hour, access.SessionIdle - time.Second, true},
		{"idle for half a day", 24 * time.Hour, access.SessionIdle, false},
		{"used all the time, in its last second", access.SessionLife - time.Second, 0, true},
		{"used all the time, too old", access.SessionLife, 0, false},
		{"a clock that was set back by seconds", -10 * time.Second, -10 * time.Second, true},
		{"a clock that was set back by a day", -24 * time.Hour, -24 * time.Hour, false},
	}
	for _, tt := range tests {
		s := access.Session{CreatedAt: noon.Add(-tt.created), SeenAt: noon.Add(-tt.seen)}
		if got := s.Alive(noon); got != tt.want {
			t.Errorf("%s: alive %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestHowLongAPasswordIsFresh(t *testing.T) {
	t.Parallel()
	for ago, want := range map[time.Duration]bool{0: true, access.FreshFor - 1: true, access.FreshFor: false, -time.Second: false, 24 * time.Hour: false} {
		if got := (access.Session{ConfirmedAt: noon.Add(-ago)}).Fresh(noon); got != want {
			t.Errorf("confirmed %s ago: fresh %v, want %v", ago, got, want)
		}
	}
	if (access.Session{}).Fresh(noon) {
		t.Error("a session whose password was never confirmed is fresh")
	}
}

func TestHowLongASubjectWaits(t *testing.T) {
	t.Parallel()
	ago := func(all ...time.Duration) (times []time.Time) {
		for _, d := range all {
			times = append(times, noon.Add(-d))
		}
		return times
	}
	many := func(n int, each time.Duration) (times []time.Time) {
		for i := range n {
			times = append(times, noon.Add(-time.Duration(i+1)*each))
		}
		return times
	}
	tests := []struct {
		name  string
		tries []time.Time
		want  time.Duration
	}{
		{"nothing failed", nil, 0},
		{"four failures", ago(1, 2, 3, 4), 0},
		{"five failures: until the oldest is five minutes old", ago(time.Minute, 2*time.Minute, 3*time.Minute, 4*time.Minute, 290*time.Second), 10 * time.Second},
		{"five failures in any order", ago(290*time.Second, time.Minute, 4*time.Minute, 3*time.Minute, 2*time.Minute), 10 * time.Second},
		{"the fifth oldest is too old to count", ago(1, 2, 3, 4, 5*time.Minute), 0},
		{"seven failures: until only four are younger than five minutes", ago(10*time.Second, 20*time.Second, 30*time.Second, 40*time.Second, 50*time.Second, 60*time.Second, 70*time.Second), 250 * time.Second},
		{"thirty in an hour: the longer limit", many(30, 119*time.Second), 30 * time.Second},
	}
	for _, tt := range tests {
		s := access.Subject{Limits: access.NameLimits()}
		if got := s.Wait(tt.tries, noon); got != tt.want {
			t.Errorf("%s: wait %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestAfterItsWaitASubjectMayTryAndNotBefore(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := access.Subject{Limits: access.NameLimits()}
		var tries []time.Time
		for _, seconds := range rapid.SliceOfN(rapid.IntRange(0, 4000), 0, 60).Draw(t, "ages") {
			tries = append(tries, noon.Add(-time.Duration(seconds)*time.Second))
		}
		wait := s.Wait(tries, noon)
		if wait < 0 || wait > access.LongestLimit {
			t.Fatalf("wait %s", wait)
		}
		if after := s.Wait(tries, noon.Add(wait)); after != 0 {
			t.Fatalf("after %s still %s", wait, after)
		}
		if wait > 0 && s.Wait(tries, noon.Add(wait-1)) == 0 {
			t.Fatalf("a moment before %s it may try", wait)
		}
	})
}
