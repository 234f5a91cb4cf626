package order

import (
	"math"
	"time"
)

// How late an event is can be told only by someone who knows how far the source's clock is behind ours:
// what it says is wrong by hours where a zone is wrong. Two events of one order show it, if they came as
// far apart as they happened: then nothing held either of them up. A queue that was stuck gives its events
// away much faster than they happened, so that one clock runs ahead of the other, and shows nothing.
// docs/adr/0003-how-late-an-event-is.md

// clockGap is how far apart two events have to come to show the clock. Below it, what a queue gives away
// at once looks like a busy kitchen: times are written in whole seconds.
const clockGap = 10 * time.Second

// ShowsClock tells whether an event, as Carry made it, and the one before it show how far the clock of
// their source is behind: by next.BehindMicros.
func ShowsClock(prev *Order, next *Order) bool {
	if prev == nil || !prev.timed() || !next.timed() {
		return false
	}
	came := next.ReceivedMicros - prev.ReceivedMicros
	happened := next.OccurredMicros - prev.OccurredMicros
	return came >= clockGap.Microseconds() && max(came-happened, happened-came) <= came/4
}

// Zones differ by half hours, up to so much; a clock that is right in its zone is off by no more than the way takes.
const (
	zoneStep  = 30 * time.Minute
	zoneMost  = 14 * time.Hour
	zoneSlack = 5 * time.Second
)

// showsZone tells whether two events in a moment, of a restaurant whose clock nothing has shown yet, are as old as
// a wrong zone makes them: the first order that somebody tries is a quick one. It shows little, so other orders
// learn nothing from it.
func showsZone(prev *Order, next *Order) bool {
	if prev == nil || prev.BehindMicros != 0 || !prev.timed() || !next.timed() {
		return false
	}
	was, is := prev.ReceivedMicros-prev.OccurredMicros, next.ReceivedMicros-next.OccurredMicros
	slack := zoneSlack.Microseconds()
	if max(was-is, is-was) > slack || is < zoneStep.Microseconds()-slack || is > zoneMost.Microseconds()+slack {
		return false
	}
	return (is+slack)%zoneStep.Microseconds() <= 2*slack
}

// behind is Order.BehindMicros after an event. No event can come before it happened, so the clock is behind by
// no more than any of them says.
func behind(prev *Order, next *Order) int64 {
	if ShowsClock(prev, next) || showsZone(prev, next) {
		return min(prev.ReceivedMicros-prev.OccurredMicros, next.ReceivedMicros-next.OccurredMicros)
	}
	known := next.BehindMicros
	if prev != nil {
		known = prev.BehindMicros
	}
	if next.timed() {
		known = min(known, next.ReceivedMicros-next.OccurredMicros)
	}
	return known
}

// late is Change.Late, the same for all changes of an event. 0 where a clock is not known.
func late(next *Order) time.Duration {
	if !next.timed() {
		return 0
	}
	const most = math.MaxInt64 / int64(time.Microsecond)
	micros := next.ReceivedMicros - next.OccurredMicros - next.BehindMicros
	return time.Duration(min(max(micros, 0), most)) * time.Microsecond
}

// timed tells whether both clocks are known at the order's last event.
func (o *Order) timed() bool { return o.OccurredMicros != 0 && o.ReceivedMicros != 0 }
