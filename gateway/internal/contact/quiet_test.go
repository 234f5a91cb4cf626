package contact_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the zones of the tables, also where the system has none

	"pgregory.net/rapid"

	"github.com/orderbell/orderbell/gateway/internal/contact"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func quiet(t *testing.T, from, to string) contact.QuietHours {
	t.Helper()
	q, err := contact.ParseQuietHours(from, to)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func TestQuietHoursCover(t *testing.T) {
	t.Parallel()
	moscow, berlin := zone(t, "Europe/Moscow"), zone(t, "Europe/Berlin")
	at := func(loc *time.Location, month time.Month, day, hour, minute, second int) time.Time {
		return time.Date(2026, month, day, hour, minute, second, 0, loc)
	}
	tests := []struct {
		name, from, to string
		local          time.Time
		want           bool
	}{
		{"switched off covers nothing", "", "", at(moscow, 11, 24, 3, 0, 0), false},
		{"the first second is quiet", "23:00", "08:00", at(moscow, 11, 24, 23, 0, 0), true},
		{"the second before is not", "23:00", "08:00", at(moscow, 11, 24, 22, 59, 59), false},
		{"over midnight: before it", "23:00", "08:00", at(moscow, 11, 24, 23, 59, 59), true},
		{"over midnight: midnight", "23:00", "08:00", at(moscow, 11, 25, 0, 0, 0), true},
		{"over midnight: after it", "23:00", "08:00", at(moscow, 11, 25, 7, 59, 59), true},
		{"the end is not quiet", "23:00", "08:00", at(moscow, 11, 25, 8, 0, 0), false},
		{"noon is not quiet", "23:00", "08:00", at(moscow, 11, 25, 12, 0, 0), false},
		{"within a day: inside", "13:00", "15:30", at(moscow, 11, 24, 15, 29, 59), true},
		{"within a day: outside", "13:00", "15:30", at(moscow, 11, 24, 15, 30, 0), false},
		{"from midnight on", "00:00", "07:00", at(moscow, 11, 24, 0, 0, 0), true},
		{"until midnight", "22:00", "00:00", at(moscow, 11, 24, 23, 59, 0), true},
		{"until midnight: midnight is free", "22:00", "00:00", at(moscow, 11, 25, 0, 0, 0), false},
		{"the same instant by another clock", "23:00", "08:00", at(moscow, 11, 24, 23, 30, 0).In(time.UTC), false},
		{"clock put forward: before the gap", "02:30", "03:30", at(berlin, 3, 29, 1, 59, 59), false},
		{"clock put forward: after the gap it is 03:00", "02:30", "03:30", at(berlin, 3, 29, 1, 59, 59).Add(time.Second), true},
		{"clock put back: the first 02:30", "02:15", "02:45", time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC).In(berlin), true},
		{"clock put back: the second 02:30", "02:15", "02:45", time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC).In(berlin), true},
		{"clock put back: between the two", "02:15", "02:45", time.Date(2026, 10, 25, 1, 0, 0, 0, time.UTC).In(berlin), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := quiet(t, tt.from, tt.to).Covers(tt.local); got != tt.want {
				t.Errorf("%s–%s covers %s: got %v, want %v", tt.from, tt.to, tt.local, got, tt.want)
			}
		})
	}
}

func TestQuietHoursNextStart(t *testing.T) {
	t.Parallel()
	moscow := zone(t, "Europe/Moscow")
	tests := []struct {
		name        string
		local, want time.Time
	}{
		{"tonight", time.Date(2026, 11, 24, 12, 0, 0, 0, moscow), time.Date(2026, 11, 24, 23, 0, 0, 0, moscow)},
		{"inside, tomorrow", time.Date(2026, 11, 24, 23, 0, 0, 0, moscow), time.Date(2026, 11, 25, 23, 0, 0, 0, moscow)},
		{"after midnight, tonight", time.Date(2026, 12, 31, 0, 30, 0, 0, moscow), time.Date(2026, 12, 31, 23, 0, 0, 0, moscow)},
		{"over the year's end", time.Date(2026, 12, 31, 23, 30, 0, 0, moscow), time.Date(2027, 1, 1, 23, 0, 0, 0, moscow)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := quiet(t, "23:00", "08:00").NextStart(tt.local); !got.Equal(tt.want) {
				t.Errorf("next start after %s: got %s, want %s", tt.local, got, tt.want)
			}
		})
	}
	if got := quiet(t, "", "").NextStart(tests[0].local); !got.IsZero() {
		t.Errorf("switched off: got %s, want none", got)
	}
}

func TestParseQuietHoursRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ from, to, want string }{
		{"23:00", "", "both ends"},
		{"", "08:00", "both ends"},
		{"23:00", "23:00", "whole day"},
		{"24:00", "08:00", "from: \"24:00\""},
		{"23:00", "8:00", "to: \"8:00\""},
		{"23.00", "08:61", "to: \"08:61\""},
		{"23.00", "08:61", "from: \"23.00\""},
		{" 23:00", "08:00", "from"},
	} {
		if _, err := contact.ParseQuietHours(tt.from, tt.to); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("ParseQuietHours(%q, %q): got %v, want an error with %q", tt.from, tt.to, err, tt.want)
		}
	}
}

func TestTimeOfDayIsReadAsItIsWritten(t *testing.T) {
	t.Parallel()
	for minute := range 24 * 60 {
		text := time.Date(2026, 1, 1, 0, minute, 0, 0, time.UTC).Format("15:04")
		got, err := contact.ParseTimeOfDay(text)
		if err != nil || got.IsZero() || got.String() != text {
			t.Fatalf("ParseTimeOfDay(%q): got %q, %v", text, got, err)
		}
	}
	var q contact.QuietHours
	if err := json.Unmarshal([]byte(`{"from":"23:00","to":"08:00"}`), &q); err != nil || q != quiet(t, "23:00", "08:00") {
		t.Errorf("from JSON: got %+v, %v", q, err)
	}
	if text, err := json.Marshal(contact.QuietHours{}); err != nil || string(text) != `{"from":"","to":""}` {
		t.Errorf("to JSON: got %s, %v", text, err)
	}
	if err := json.Unmarshal([]byte(`{"from":"noon"}`), &q); err == nil {
		t.Error("from JSON: noon was read")
	}
}

func TestQuietHoursAndTheirComplementShareTheDay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		minute := rapid.IntRange(0, 24*60-1)
		from, to, now := minute.Draw(t, "from"), minute.Draw(t, "to"), minute.Draw(t, "now")
		if from == to {
			t.Skip("no such quiet hours")
		}
		text := func(m int) string { return time.Date(2026, 1, 1, 0, m, 0, 0, time.UTC).Format("15:04") }
		q, err := contact.ParseQuietHours(text(from), text(to))
		rest, restErr := contact.ParseQuietHours(text(to), text(from))
		if err != nil || restErr != nil {
			t.Fatal(err, restErr)
		}
		local := time.Date(2026, 1, 1, 0, now, 30, 0, time.UTC)
		if q.Covers(local) == rest.Covers(local) {
			t.Fatalf("%v and %v at %s: both say %v", q, rest, local.Format("15:04"), q.Covers(local))
		}
		next := q.NextStart(local)
		if !next.After(local) || next.Sub(local) > 24*time.Hour || !q.Covers(next) || q.Covers(next.Add(-time.Minute)) {
			t.Fatalf("%v after %s: next start %s", q, local, next)
		}
	})
}
