package rule

import (
	"fmt"
	"strings"
	"time"
)

// Lateness puts into words the note of a text that came too late: how late, and how late it may be, as
// Check has written it down ("4637h5m5s > 20m0s"). Any other note stays as it is.
func Lateness(note, lang string) string {
	after, within, both := strings.Cut(note, " > ")
	late, err := time.ParseDuration(after)
	if !both || err != nil {
		return note
	}
	limit, err := time.ParseDuration(within)
	if err != nil {
		return note
	}
	return took(late, lang == "ru") + " > " + took(limit, lang == "ru")
}

// took is a length of time as short as tells enough: "45 s", "20 min 30 s", "3 h 5 min", "193 d".
func took(d time.Duration, ru bool) string {
	const day = 24 * time.Hour
	switch {
	case d < time.Minute:
		return counted(d, time.Second, pick(ru, "с", "s"))
	case d < 2*time.Hour:
		return strings.TrimSuffix(counted(d, time.Minute, pick(ru, "мин", "min"))+" "+counted(d%time.Minute, time.Second, pick(ru, "с", "s")), pick(ru, " 0 с", " 0 s"))
	case d < 2*day:
		return strings.TrimSuffix(counted(d, time.Hour, pick(ru, "ч", "h"))+" "+counted(d%time.Hour, time.Minute, pick(ru, "мин", "min")), pick(ru, " 0 мин", " 0 min"))
	}
	return counted(d, day, pick(ru, "д", "d"))
}

func counted(d, unit time.Duration, name string) string { return fmt.Sprintf("%d %s", d/unit, name) }
