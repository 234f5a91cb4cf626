// Package lunch makes a seeded lunch hour: what a cash server posts and when guests leave their
// phones. The demo plays it, benchmarks and crash tests draw events from it. It is pure.
package lunch

import (
	"fmt"
	"math/rand/v2"
	"sort"
	"time"
)

// Restaurant is the RestCode of every event.
const Restaurant = "199990777"

// Step is one thing that happens in the lunch hour.
type Step struct {
	At     time.Duration // since the hour began
	Kind   StepKind
	Number string // of the order, as guests know it; empty for garbage
	GUID   string // of the order, without braces
	Body   []byte // for Posting
	Phone  string // for Phone, E.164
	Note   string // what is special about it: a NoteXxx constant, or empty
	Stage  string // for Posting: the order's stage after it, as a word: "sent", "ready", "closed"
}

// StepKind tells steps apart.
type StepKind string

// Kinds of steps.
const (
	Posting StepKind = "posting" // the cash server posts Body
	Phone   StepKind = "phone"   // the guest leaves a phone for the order GUID
)

// What may be special about a step.
const (
	NoteRepeat   = "repeat"   // the same bytes again
	NoteJump     = "jump"     // stages were jumped over
	NoteBack     = "back"     // the stage went back
	NoteGarbage  = "garbage"  // not an event at all
	NoteOld      = "old"      // history: the event is a day old
	NoteCyrillic = "cp1251"   // the body is windows-1251
	NoteLate     = "late"     // the phone came after the stage
	NoteNumeric  = "numeric"  // kdsstate as numbers
	NoteRefused  = "refused"  // the guest left a phone and did not agree to texts
	NoteCancel   = "cancel"   // the order was cancelled
	NoteHurried  = "hurried"  // the order was closed before its phone came
	NoteNoPhone  = "no-phone" // nobody left a phone
	NoteCold     = "cold"     // never got to the chosen stage
)

// Fate is how an order of the hour should end.
type Fate string

// Fates.
const (
	Texted   Fate = "texted"
	HeldBack Fate = "held back"
)

// Ending is the expected fate of one order, and why.
type Ending struct {
	Number string
	GUID   string
	Fate   Fate
	Why    string // a NoteXxx for HeldBack
}

// Hour is a lunch hour: its steps in order of time, and how each order should end when the chosen
// stage is ready.
type Hour struct {
	Steps   []Step
	Endings []Ending
}

// special gives some of the orders a story of their own, by their place in the hour.
var special = map[int]string{
	2: NoteNoPhone, 4: NoteJump, 6: NoteCyrillic, 8: NoteRepeat, 10: NoteHurried, 12: NoteBack,
	14: NoteLate, 16: NoteNumeric, 18: NoteOld, 20: NoteJump, 22: NoteCancel, 24: NoteRefused,
	26: NoteRepeat, 28: NoteCyrillic, 30: NoteLate, 32: NoteJump, 34: NoteBack, 36: NoteCold,
}

// New makes a lunch hour of the given number of orders, that begins at start by the cash server's
// wall clock. Equal arguments make equal hours.
func New(seed uint64, orders int, start time.Time) Hour {
	m := &maker{rnd: rand.New(rand.NewPCG(seed, 7)), start: start} // #nosec G404 -- a seeded play, not a secret
	for i := range orders {
		m.order(i, special[i], time.Duration(i)*48*time.Minute/time.Duration(max(orders, 1)))
	}
	m.garbage(25 * time.Minute)
	sort.SliceStable(m.hour.Steps, func(a, b int) bool { return m.hour.Steps[a].At < m.hour.Steps[b].At })
	return m.hour
}

type maker struct {
	rnd   *rand.Rand
	start time.Time
	hour  Hour
	seq   int
}

func (m *maker) minutes(from, to int) time.Duration {
	return time.Duration(from*60+m.rnd.IntN((to-from)*60)) * time.Second
}

func (m *maker) order(i int, story string, at time.Duration) {
	o := m.newTicket(i, story)
	ending := Ending{Number: o.number, GUID: o.guid, Fate: Texted}
	post := func(after time.Duration, note, stage string, states ...string) {
		at += after
		m.post(o, at, note, stage, states)
	}
	phone := func(after time.Duration, note string) {
		m.add(Step{At: at + after, Kind: Phone, Number: o.number, GUID: o.guid, Phone: phoneOf(i), Note: note})
	}
	held := func(why string) { ending.Fate, ending.Why = HeldBack, why }

	if story == NoteOld {
		held(NoteOld)
		phone(-time.Second, "")
		post(0, NoteOld, "ready", "ready")
		m.hour.Endings = append(m.hour.Endings, ending)
		return
	}
	post(0, "", "sent", "sent")
	switch story {
	case NoteNoPhone, NoteHurried, NoteLate:
	case NoteRefused:
		phone(30*time.Second, NoteRefused)
	default:
		phone(m.minutes(0, 2), "")
	}
	begun := "sent" // of several dishes only the first is begun
	if len(o.dishes) == 1 {
		begun = "started"
	}
	post(m.minutes(1, 3), "", begun, "started", "sent")
	post(m.minutes(1, 2), "", "started", "started")
	switch story {
	case NoteCold:
		held(NoteCold)
		m.hour.Endings = append(m.hour.Endings, ending)
		return
	case NoteCancel:
		held(NoteCancel)
		o.deleted = true
		post(m.minutes(1, 2), NoteCancel, "cancelled", "removed")
		m.hour.Endings = append(m.hour.Endings, ending)
		return
	case NoteJump:
		post(m.minutes(3, 5), NoteJump, "collected", "collected")
	case NoteBack:
		post(m.minutes(2, 4), "", "ready", "ready")
		post(m.minutes(1, 2), NoteBack, "started", "started")
		post(m.minutes(1, 2), "", "ready", "ready")
	default:
		if len(o.dishes) > 1 {
			post(m.minutes(1, 3), "", "started", "ready", "started")
		}
		post(m.minutes(1, 3), "", "ready", "ready")
	}
	switch story {
	case NoteRepeat:
		last := m.hour.Steps[len(m.hour.Steps)-1]
		last.At, last.Note = last.At+20*time.Second, NoteRepeat
		m.add(last)
	case NoteLate:
		phone(2*time.Minute, NoteLate)
	case NoteNoPhone:
		held(NoteNoPhone)
	case NoteRefused:
		held(NoteRefused)
	}
	if story == NoteHurried {
		held(NoteHurried)
		o.finished = true
		post(m.minutes(1, 2), NoteHurried, "closed", "taken")
	} else if story == "" && i%3 == 0 {
		post(m.minutes(2, 4), "", "out", "taken")
		o.finished = true
		post(m.minutes(3, 6), "", "closed", "taken")
	}
	m.hour.Endings = append(m.hour.Endings, ending)
}

func (m *maker) add(s Step) { m.hour.Steps = append(m.hour.Steps, s) }

func (m *maker) garbage(at time.Duration) {
	m.add(Step{At: at, Kind: Posting, Body: []byte("<a RestCode=\"" + Restaurant + "\" Situation=\"3\"><Order visit=\"64"), Note: NoteGarbage})
}

func (m *maker) post(o *ticket, at time.Duration, note, stage string, states []string) {
	m.seq++
	body := o.xml(m.start.Add(at), m.seq, states)
	if o.story == NoteOld {
		body = o.xml(m.start.Add(at-26*time.Hour), m.seq, states)
	}
	if note == "" && m.seq%2 == 0 && (o.story == NoteCyrillic || o.story == NoteNumeric) {
		note = o.story
	}
	m.add(Step{At: at, Kind: Posting, Number: o.number, GUID: o.guid, Body: body, Note: note, Stage: stage})
}

// phoneOf gives the guest of the i-th order a number from the range that nobody owns.
func phoneOf(i int) string { return fmt.Sprintf("+7999000%04d", 1001+i) }
