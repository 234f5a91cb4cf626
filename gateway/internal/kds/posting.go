package kds

import (
	"fmt"
	"strings"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/order"
)

// Posting is one event that was understood. A body holds one; a JSON array, or several <a> under one
// wrapper, hold several, in their order.
type Posting struct {
	Restaurant string // r_keeper RestCode, or restaurant_code; may be empty
	Situation  int64  // r_keeper's class of event, an open set: nothing is filtered by it. 0 in our JSON
	Name       string // r_keeper's name of the event ("Order Changed"); empty in our JSON
	ID         string // event_id of our JSON; empty in XML, where nothing identifies an event
	Source     string // source of our JSON: the program that posted it; empty in XML

	// Wall is the time of the event as it was written. Without a zone in the body (Zoned is false) its
	// date and clock are those of the restaurant, and its location means nothing: use OccurredAt.
	// The zero time: the body has none, or one that cannot be (before 2000).
	Wall  time.Time
	Zoned bool

	// Seq is r_keeper's seqnumber: it grows by one from event to event and starts anew with the cash
	// server, so that it shows gaps and identifies nothing. 0: none given.
	Seq int64

	// Orders are those that the event shows, normally one or none. The decoder leaves ID, Stage, Peak
	// and the times to Carry and its caller.
	Orders []order.Order

	// Notes say what was odd but tolerable: a kitchen state that is not known, a number that is none. At
	// most 20; they never hold a phone.
	Notes []Note
}

// Note is one oddity, told in both languages because the note is kept for people.
type Note struct {
	Where  string // path in the body
	RU, EN string
}

// Sentence says where it is and what it counts as: in Russian for "ru", else in English.
func (n Note) Sentence(lang string) string {
	if lang == "ru" {
		return n.Where + ": " + n.RU
	}
	return n.Where + ": " + n.EN
}

// OccurredAt is when the event happened by the source's clock: Wall itself where the body names a
// zone, else Wall's date and clock read in zone (nil: UTC). An hour that the zone skips or repeats is
// read as package time does. The zero time when the body has none.
func (p Posting) OccurredAt(zone *time.Location) time.Time {
	if p.Wall.IsZero() || p.Zoned {
		return p.Wall
	}
	if zone == nil {
		zone = time.UTC
	}
	w := p.Wall
	return time.Date(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), w.Second(), w.Nanosecond(), zone)
}

const maxNotes = 20

// note keeps what was odd at a place of the body. The place is a function and the sentences are formats,
// because they are wanted for the first notes only and a body may hold thousands of oddities.
func (p *Posting) note(where func() string, ru, en string, args ...any) {
	if len(p.Notes) < maxNotes {
		p.Notes = append(p.Notes, Note{
			Where: strings.TrimPrefix(where(), "."), RU: fmt.Sprintf(ru, args...), EN: fmt.Sprintf(en, args...),
		})
	}
}

// setWall reads the forms in which r_keeper and RFC 3339 write a time, the zone being optional.
// It tells whether text is a time at all; an empty one is. A time before 2000 is a clock that was
// never set (or Delphi's zero date, 1899-12-30) and counts as none.
func (p *Posting) setWall(text string) bool {
	if text == "" {
		return true
	}
	zoned := true
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		zoned = false
		if at, err = time.Parse("2006-01-02T15:04:05", text); err != nil {
			return false
		}
	}
	if at.Year() >= 2000 {
		p.Wall, p.Zoned = at, zoned
	}
	return true
}
