package order_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/order"
)

// sign is one event of an order: when it happened by the source's clock, and when it came by ours.
type sign struct{ happened, came time.Duration }

// noon is when the stories below begin.
var noon = time.Date(2026, 5, 29, 12, 0, 0, 0, time.UTC)

// untimed is an event that does not say when it happened.
const untimed = time.Duration(math.MinInt64)

// live are signs that came a second after they happened, of a clock that is so far behind.
func live(behind time.Duration, at ...time.Duration) []sign {
	var signs []sign
	for _, t := range at {
		signs = append(signs, sign{t - behind, t + time.Second})
	}
	return signs
}

// late plays the signs of an order, each of which is a stage, and tells how late its changes were called. behind is
// what the restaurant's other orders have shown.
func late(t *testing.T, behind time.Duration, signs []sign) []time.Duration {
	t.Helper()
	var all []time.Duration
	var prev *order.Order
	for i, s := range signs {
		event := with(of(order.State(i+1)), func(o *order.Order) {
			o.ReceivedMicros, o.BehindMicros = noon.Add(s.came).UnixMicro(), behind.Microseconds()
			if s.happened != untimed {
				o.OccurredMicros = noon.Add(s.happened).UnixMicro()
			}
		})
		next := order.Carry(prev, event, order.Least)
		changes := order.Diff(prev, next)
		if len(changes) == 0 {
			t.Fatalf("event %d: got no changes", i)
		}
		for _, c := range changes {
			if c.Late != changes[0].Late {
				t.Errorf("event %d: changes are late by %s and %s; want the same", i, c.Late, changes[0].Late)
			}
		}
		all = append(all, changes[0].Late)
		prev = &next
	}
	return all
}

func TestLateIsWhatTheClocksCanTell(t *testing.T) {
	t.Parallel()
	const s, m, h, day = time.Second, time.Minute, time.Hour, 24 * time.Hour
	tests := []struct {
		name   string
		behind time.Duration // what is known of the restaurant
		signs  []sign
		want   []time.Duration // a second is what the way takes
	}{
		{"live, the clock is right", 0, live(0, 0, 5*m, 20*m), []time.Duration{s, 0, 0}},
		{"live, the clock is right and the kitchen quick", 0, live(0, 0, 3*s, 5*s), []time.Duration{s, s, s}},
		{"one event that came slower by half a minute", 0, []sign{{0, s}, {5 * m, 5*m + 30*s}, {9 * m, 9*m + s}}, []time.Duration{s, 29 * s, 0}},
		{"one event that came slower by ten minutes", 0, []sign{{0, 0}, {5 * m, 15 * m}}, []time.Duration{0, 10 * m}},

		{"the clock is 3 h behind, the first order ever: only its first event is taken for old", 0, live(3*h, 0, 5*m, 20*m), []time.Duration{3*h + s, 0, 0}},
		{"the clock is 3 h behind, the restaurant has shown it", 3*h + s, live(3*h, 0, 3*s, 5*m), []time.Duration{0, 0, 0}},
		{"the zone is wrong by 3 h, a quick order before anything was shown", 0, live(3*h, 0, 3*s, 4*s), []time.Duration{3*h + s, 0, 0}},
		{"the clock is wrong by 3 h 10 min, a quick order before anything was shown is taken for old", 0, live(190*m, 0, 3*s), []time.Duration{190*m + s, 190*m + s}},
		{"the zone is no reason once the clock was shown", 50 * s, live(3*h, 0, 3*s), []time.Duration{3*h - 49*s, 3*h - 49*s}},
		{"no zone is wrong by a day", 0, live(24*h, 0, 3*s), []time.Duration{day + s, day + s}},
		{"the clock is 3 h ahead, nothing was shown", 0, live(-3*h, 0, 3*s, 5*m), []time.Duration{0, 0, 0}},
		{"the clock is 3 h ahead, the restaurant has shown it", s - 3*h, live(-3*h, 0, 3*s, 5*m), []time.Duration{0, 0, 0}},
		{"two clocks in a restaurant: what an order shows itself counts", 0, live(h, 0, m, m+5*s, 2*m), []time.Duration{h + s, 0, 0, 0}},

		{"old history: a single event", 0, []sign{{-115 * m, 0}}, []time.Duration{115 * m}},
		{"old history: two events at once", 0, []sign{{-2 * h, 0}, {-115 * m, 0}}, []time.Duration{2 * h, 115 * m}},
		{"old history: two events of yesterday", 0, []sign{{-day, 0}, {-day + 5*m, s}}, []time.Duration{day, day - 5*m + s}},
		{"old history: two events a quarter of a minute apart", 0, []sign{{-2 * h, 0}, {-115 * m, 15 * s}}, []time.Duration{2 * h, 115*m + 15*s}},
		{"old history: two events of one time", 0, []sign{{-100 * m, 0}, {-100 * m, 0}}, []time.Duration{100 * m, 100 * m}},
		{"old history: two events of one time, given away slowly", 0, []sign{{-2 * h, 0}, {-2 * h, 20 * s}}, []time.Duration{2 * h, 2*h + 20*s}},
		{"old history: five events at once", 0, []sign{{-2 * h, 0}, {-118 * m, 0}, {-117 * m, s}, {-110 * m, s}, {-100 * m, s}},
			[]time.Duration{2 * h, 118 * m, 117*m + s, 110*m + s, 100*m + s}},
		{"old history, then live", 0, []sign{{-2 * h, 0}, {-115 * m, 0}, {m, m}}, []time.Duration{2 * h, 115 * m, 0}},
		{"old history of a clock 3 h behind that was shown", 3 * h, []sign{{-5 * h, 0}, {-295 * m, 0}}, []time.Duration{2 * h, 115 * m}},
		{"old history of a clock 3 h ahead that was shown", -3 * h, []sign{{h, 0}, {65 * m, 0}}, []time.Duration{2 * h, 115 * m}},

		{"an order known before a stop of 2 h: one event after it", 0, []sign{{0, 0}, {5 * m, 2 * h}}, []time.Duration{0, 115 * m}},
		{"an order known before a stop of 2 h: two after it", 0, []sign{{0, 0}, {5 * m, 2 * h}, {10 * m, 2*h + s}}, []time.Duration{0, 115 * m, 110*m + s}},
		{"an order known before a stop of 2 h, the clock is 3 h behind", 3 * h, []sign{{-3 * h, 0}, {-175 * m, 2 * h}, {-170 * m, 2 * h}, {-169 * m, 2 * h}, {-60 * m, 2 * h}},
			[]time.Duration{0, 115 * m, 110 * m, 109 * m, 0}},
		{"an order known before a stop of 2 h, the clock is 3 h ahead", -3 * h, []sign{{3 * h, 0}, {185 * m, 2 * h}, {190 * m, 2 * h}}, []time.Duration{0, 115 * m, 110 * m}},
		{"an order that showed its clock before a stop of 2 h", 0, append(live(3*h, 0, 5*m), sign{10*m - 3*h, 2 * h}, sign{11*m - 3*h, 2 * h}),
			[]time.Duration{3*h + s, 0, 110*m - s, 109*m - s}},

		{"no event has a time", 0, []sign{{untimed, 0}, {untimed, 2 * h}}, []time.Duration{0, 0}},
		{"the first event has none: the next is like a first one", 0, []sign{{untimed, 0}, {-2 * h, m}}, []time.Duration{0, 2*h + m}},
		{"one in between has none: what was known of the clock stays", 0, append(live(3*h, 0, 5*m), sign{untimed, 6 * m}, sign{7*m - 3*h, 7 * m}),
			[]time.Duration{3*h + s, 0, 0, 0}},
		{"equal times, live", 0, []sign{{0, 0}, {0, 0}, {0, s}}, []time.Duration{0, 0, s}},

		{"the clock is set back by an hour: one event is taken for late", 0, append(live(0, 0, 5*m), live(h, 10*m, 15*m)...), []time.Duration{s, 0, h, 0}},
		{"the clock is set forward by an hour", 0, append(live(0, 0, 5*m), live(-h, 10*m, 15*m)...), []time.Duration{s, 0, 0, 0}},
		{"clocks millennia apart", 0, []sign{{-290 * 365 * day, 0}}, []time.Duration{290 * 365 * day}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := late(t, tt.behind, tt.signs); !slices.Equal(got, tt.want) {
				t.Errorf("%v: got late by %v, want %v", tt.signs, got, tt.want)
			}
		})
	}
}

func TestClocksThatCannotBeAreLateByTheMost(t *testing.T) {
	t.Parallel()
	ancient := with(of(3), func(o *order.Order) { o.OccurredMicros, o.ReceivedMicros = -250_000_000_000e6, 250_000_000_000e6 })
	unreceived := with(of(3), func(o *order.Order) { o.OccurredMicros = 1 })
	for want, o := range map[time.Duration]order.Order{math.MaxInt64 / 1000 * 1000: ancient, 0: unreceived} {
		if got := steps(o)[0].Late; got != want {
			t.Errorf("happened %d, came %d: got late by %s, want %s", o.OccurredMicros, o.ReceivedMicros, got, want)
		}
	}
}

func TestOnlyEventsThatCameAsTheyHappenedShowTheClock(t *testing.T) {
	t.Parallel()
	const s, m, h = time.Second, time.Minute, time.Hour
	tests := []struct {
		name  string
		signs []sign
		want  bool
	}{
		{"one event", live(3*h, 0), false},
		{"live", live(3*h, 0, 5*m), true},
		{"live, but too close", live(3*h, 0, 9*s), false},
		{"a queue that is given away at once", []sign{{-2 * h, 0}, {-115 * m, s}}, false},
		{"a queue that is given away twice as fast as it was filled", []sign{{-2 * h, 0}, {-115 * m, 150 * s}}, false},
		{"held up", []sign{{0, 0}, {m, 2 * m}}, false},
		{"going back", []sign{{0, 0}, {-m, m}}, false},
		{"no time before", []sign{{untimed, 0}, {m, m}}, false},
		{"no time now", []sign{{0, 0}, {untimed, m}}, false},
	}
	for _, tt := range tests {
		var prev *order.Order
		got := false
		for _, s := range tt.signs {
			next := order.Order{ReceivedMicros: noon.Add(s.came).UnixMicro()}
			if s.happened != untimed {
				next.OccurredMicros = noon.Add(s.happened).UnixMicro()
			}
			next = order.Carry(prev, next, order.Least)
			got, prev = order.ShowsClock(prev, &next), &next
		}
		if got != tt.want {
			t.Errorf("%s: got %t, want %t", tt.name, got, tt.want)
		}
	}
}
