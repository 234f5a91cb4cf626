package contact

import (
	"errors"
	"fmt"
	"time"
)

// TimeOfDay is a time on the wall clock, to the minute. The zero value is "none": midnight is not it.
type TimeOfDay struct{ minutes int16 } // minutes since midnight plus one

// ParseTimeOfDay reads "23:00" (00:00 to 23:59, two digits each); the empty text is none.
func ParseTimeOfDay(text string) (TimeOfDay, error) {
	if text == "" {
		return TimeOfDay{}, nil
	}
	at, err := time.Parse("15:04", text)
	if err != nil || len(text) != len("15:04") {
		return TimeOfDay{}, fmt.Errorf("%q is not a time of day: write it as 23:00, from 00:00 to 23:59", text)
	}
	return TimeOfDay{minutes: int16(at.Hour()*60 + at.Minute() + 1)}, nil
}

// IsZero tells whether there is none.
func (t TimeOfDay) IsZero() bool { return t.minutes == 0 }

// String gives "23:00", or the empty text for none.
func (t TimeOfDay) String() string {
	if t.IsZero() {
		return ""
	}
	return fmt.Sprintf("%02d:%02d", (t.minutes-1)/60, (t.minutes-1)%60)
}

// MarshalText writes what ParseTimeOfDay reads.
func (t TimeOfDay) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads as ParseTimeOfDay.
func (t *TimeOfDay) UnmarshalText(text []byte) error {
	parsed, err := ParseTimeOfDay(string(text))
	if err != nil {
		return err
	}
	*t = parsed
	return nil
}

// QuietHours is when nobody is texted, by the restaurant's wall clock: from From (included) to To
// (not included), over midnight where To is earlier. The zero value is "never quiet".
type QuietHours struct {
	From TimeOfDay `json:"from"`
	To   TimeOfDay `json:"to"`
}

// ParseQuietHours reads both ends; two empty texts switch quiet hours off.
func ParseQuietHours(from, to string) (QuietHours, error) {
	start, startErr := ParseTimeOfDay(from)
	end, endErr := ParseTimeOfDay(to)
	if startErr != nil {
		startErr = fmt.Errorf("quiet hours, from: %w", startErr)
	}
	if endErr != nil {
		endErr = fmt.Errorf("quiet hours, to: %w", endErr)
	}
	if err := errors.Join(startErr, endErr); err != nil {
		return QuietHours{}, err
	}
	quiet := QuietHours{From: start, To: end}
	return quiet, quiet.Validate()
}

// Validate refuses quiet hours with one end, and those that begin when they end: that may mean the
// whole day or none of it.
func (q QuietHours) Validate() error {
	switch {
	case q.From.IsZero() != q.To.IsZero():
		return errors.New("quiet hours need both ends: set from and to, or leave both empty")
	case !q.From.IsZero() && q.From == q.To:
		return fmt.Errorf("quiet hours from %s to %s are either the whole day or nothing: leave both empty to switch them off", q.From, q.To)
	}
	return nil
}

// On tells whether there are quiet hours at all.
func (q QuietHours) On() bool { return !q.From.IsZero() && !q.To.IsZero() && q.From != q.To }

// Covers tells whether local, a time in the restaurant's zone, is in quiet hours. It looks at the
// wall clock alone, so it is right on the days when the clock is put forward or back.
func (q QuietHours) Covers(local time.Time) bool {
	if !q.On() {
		return false
	}
	at := int16(local.Hour()*60 + local.Minute() + 1)
	if q.From.minutes < q.To.minutes {
		return q.From.minutes <= at && at < q.To.minutes
	}
	return at >= q.From.minutes || at < q.To.minutes
}

// NextStart gives the first moment after local when quiet hours begin, in the zone of local; the
// zero time when there are none. A text that may still go out then must be dead by it.
func (q QuietHours) NextStart(local time.Time) time.Time {
	if !q.On() {
		return time.Time{}
	}
	year, month, day := local.Date()
	minute := int(q.From.minutes - 1)
	for ahead := 0; ; ahead++ {
		start := time.Date(year, month, day+ahead, minute/60, minute%60, 0, 0, local.Location())
		if start.After(local) {
			return start
		}
	}
}
