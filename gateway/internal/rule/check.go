package rule

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/message"
)

// Bounds of what a rule may ask for, and what counts where nothing is said.
const (
	DefaultMessages = 5  // per change
	DefaultSegments = 10 // per message
	DefaultExpires  = 20 * time.Minute
	MinExpires      = time.Minute
	MaxExpires      = 24 * time.Hour
	MaxDedupeBytes  = 200
	maxNoteRunes    = 300
)

// CheckParams are the circumstances in which a rule's answer is judged.
type CheckParams struct {
	EventID     string
	RuleVersion string
	Now         time.Time // in the restaurant's zone: quiet hours are read off it
	// Since is when the event arrived, by our clock (kds.Event.ReceivedAt); for a waiting decision that
	// is decided again, its Decision.At. Zero, or a time after Now, means Now.
	Since time.Time
	// WaitUntil is that of the waiting decision which is decided again; zero for a new one.
	WaitUntil   time.Time
	ContactWait time.Duration // how long a change waits for a late phone; 0: not at all
	Expires     time.Duration // for drafts that say nothing; 0: DefaultExpires
	Quiet       contact.QuietHours
	Route       []string // accounts in order of preference
	OnUnknown   message.OnUnknown
	Language    string // of notes
}

// Check turns what a rule returned into a decision, believing nothing: what a rule must not do makes
// it Errored (RULE_FAILED), naming the field but never a phone. The decision lacks only ID, its
// messages only ID, CreatedAt and UpdatedAt.
//
// Each draft is judged in this order; the first that applies counts:
//
//  1. its form: recipient (the order's guest and nobody else), text, category, expiry, dedupe key;
//     one bad draft fails the whole decision, so that half an answer is never sent;
//  2. age: the text expires counted from when the change happened, Since - Change.Late. Already
//     expired: STALE_EVENT, or EXPIRED where waiting for the phone took the time;
//  3. phone: none yet, then the decision waits for one until the change's time + ContactWait or the
//     expiry, whichever is first; after that NO_PHONE;
//  4. the person: SUPPRESSED, NO_CONSENT;
//  5. QUIET_HOURS. A text that may go out now dies at the latest when the next quiet hours begin;
//  6. NO_ACCOUNT where the route is empty.
//
// If at least one draft comes through, the decision Sends, and its note names what was left out.
func Check(call Call, result Result, guest Guest, lim Limits, p CheckParams) Decision {
	c := newChecker(call, guest, lim, p)
	switch {
	case result.Err != nil:
		return c.failed(*result.Err)
	case result.Skip != "":
		return c.skipped(message.RuleSkipped, result.Skip)
	case len(result.Messages) == 0:
		return c.returned(Say("не вернуло сообщения: верните его или ctx.skip(причина)", "returned no message: return one, or ctx.skip(reason)"))
	case len(result.Messages) > c.lim.Messages:
		return c.returned(Say("сообщений %d, на одно изменение можно не больше %d", "%d of them, at most %d are allowed for one change", len(result.Messages), c.lim.Messages).Of("messages"))
	}
	verdicts := make([]verdict, len(result.Messages))
	for i, draft := range result.Messages {
		v, fault := c.judge(i, draft)
		if fault != (Words{}) {
			return c.returned(fault.under(i))
		}
		verdicts[i] = v
	}
	return c.conclude(verdicts)
}

// verdict is what became of one draft: exactly one field is set.
type verdict struct {
	message *message.Message
	wait    time.Time // until when a phone may still come
	skip    message.Reason
	note    string // of skip
}

type checker struct {
	call   Call
	person *contact.Contact // nil: no phone yet
	lim    Limits
	p      CheckParams
	happen time.Time // when the change happened, by our clock
}

func newChecker(call Call, guest Guest, lim Limits, p CheckParams) checker {
	if lim.Messages <= 0 {
		lim.Messages = DefaultMessages
	}
	if lim.Segments <= 0 {
		lim.Segments = DefaultSegments
	}
	if p.Since.IsZero() || p.Since.After(p.Now) {
		p.Since = p.Now
	}
	if p.Expires <= 0 {
		p.Expires = DefaultExpires
	}
	if p.OnUnknown == "" {
		p.OnUnknown = message.Hold
	}
	c := checker{call: call, lim: lim, p: p, happen: p.Since.Add(-max(0, call.Change.Late))}
	if guest.Contact != nil && !guest.Contact.Phone.IsZero() {
		c.person = guest.Contact
	}
	return c
}

// judge gives the fault of a draft as "field: text", or what becomes of it.
func (c checker) judge(i int, draft Draft) (v verdict, fault Words) {
	m, expires, fault := c.shape(i, draft)
	if fault != (Words{}) {
		return verdict{}, fault
	}
	now := c.p.Now
	m.Deadline = c.happen.Add(expires)
	if !m.Deadline.After(now) {
		reason := message.StaleEvent
		if !c.p.WaitUntil.IsZero() {
			reason = message.PastDeadline
		}
		return verdict{skip: reason, note: fmt.Sprintf("%s > %s", now.Sub(c.happen).Round(time.Second), expires)}, Words{}
	}
	if c.person == nil {
		return c.wait(m.Deadline), Words{}
	}
	if may := c.person.May(m.Category, now); !may.OK() {
		return verdict{skip: reasonOf(may.Refusal), note: strings.TrimSuffix(string(may.Refusal)+": "+may.Detail, ": ")}, Words{}
	}
	if c.p.Quiet.Covers(now) {
		return verdict{skip: message.QuietHours, note: fmt.Sprintf("%s–%s", c.p.Quiet.From, c.p.Quiet.To)}, Words{}
	}
	if quiet := c.p.Quiet.NextStart(now); !quiet.IsZero() && quiet.Before(m.Deadline) {
		m.Deadline = quiet
	}
	if len(c.p.Route) == 0 {
		return verdict{skip: message.NoAccount}, Words{}
	}
	m.Account, m.Route = c.p.Route[0], append([]string(nil), c.p.Route...)
	return verdict{message: &m}, Words{}
}

func (c checker) wait(deadline time.Time) verdict {
	until := c.p.WaitUntil
	if until.IsZero() {
		until = c.happen.Add(max(0, c.p.ContactWait))
	}
	if deadline.Before(until) {
		until = deadline
	}
	if !until.After(c.p.Now) {
		return verdict{skip: message.NoPhone}
	}
	return verdict{wait: until}
}

func reasonOf(r contact.Refusal) message.Reason {
	switch r {
	case contact.NotTexted:
		return message.Suppressed
	case contact.NoNumber:
		return message.NoPhone
	case contact.NeverAgreed, contact.ConsentTaken:
	}
	return message.NoConsent
}

// shape checks the form of a draft and makes a message of it, all but what depends on the time.
func (c checker) shape(i int, draft Draft) (m message.Message, expires time.Duration, fault Words) {
	to, fault := c.recipient(draft.To)
	if fault != (Words{}) {
		return m, 0, fault
	}
	text := strings.TrimSpace(cleanText(draft.Text))
	segments := message.CountSegments(text).Parts
	category, known := contact.ParseCategory(draft.Category)
	if draft.Category == "" {
		category, known = contact.Transactional, true
	}
	dedupe := c.hide(draft.Dedupe) // keys are shown and unique for each contact anyway
	if dedupe == "" {
		dedupe = c.defaultDedupe(i)
	}
	switch {
	case !utf8.ValidString(draft.Text):
		return m, 0, Say("это не текст в UTF-8", "not valid UTF-8").Of("text")
	case text == "":
		return m, 0, Say("текст пуст; если сказать нечего, верните ctx.skip(причина)", "empty; return ctx.skip(reason) if there is nothing to say").Of("text")
	case segments > c.lim.Segments:
		return m, 0, Say("частей %d, можно не больше %d", "%d segments long, at most %d are allowed", segments, c.lim.Segments).Of("text")
	case !known:
		return m, 0, Say("такой категории нет; есть %v", "there is none like this; there are %v", contact.Categories()).Of("category")
	case draft.ExpiresIn < 0:
		return m, 0, Say("срок в прошлом", "in the past").Of("expiresIn")
	case len(dedupe) > MaxDedupeBytes:
		return m, 0, Say("длина %d байт, можно не больше %d", "%d bytes long, at most %d are allowed", len(dedupe), MaxDedupeBytes).Of("dedupe")
	case !utf8.ValidString(dedupe) || strings.ContainsFunc(dedupe, unicode.IsControl):
		return m, 0, Say("содержит управляющие символы", "holds control characters").Of("dedupe")
	}
	expires = draft.ExpiresIn
	if expires == 0 {
		expires = c.p.Expires
	}
	m = message.Message{
		EventID: c.p.EventID, OrderID: c.call.Order.ID, Restaurant: c.call.Order.Restaurant, Rule: c.call.Rule,
		Stage: c.call.Change.Stage.String(), To: to, Text: text, Segments: segments, Category: category, Dedupe: dedupe,
		Status: message.Queued, OnUnknown: c.p.OnUnknown, NextAt: c.p.Now,
	}
	if c.person != nil {
		m.ContactID = c.person.ID
	}
	return m, min(max(expires, MinExpires), MaxExpires), Words{}
}

// recipient lets a rule text the order's guest only. An empty field means him too: the rule ran when
// his phone was not known yet.
func (c checker) recipient(to string) (contact.Phone, Words) {
	if strings.TrimSpace(to) == "" {
		if c.person == nil {
			return contact.Phone{}, Words{}
		}
		return c.person.Phone, Words{}
	}
	if c.person != nil && isPhone(to, c.person.Phone) {
		return c.person.Phone, Words{}
	}
	return contact.Phone{}, Say("это не телефон гостя этого заказа; верните order.guest.phone", "not the phone of this order's guest; return order.guest.phone").Of("to")
}

// isPhone tells whether text spells phone. Rules hand back the very spelling that they were given, so
// that is looked at first: reading a number costs more than all the rest of Check.
func isPhone(text string, phone contact.Phone) bool {
	if text == phone.Reveal() {
		return true
	}
	read, err := contact.ParsePhone(text, "")
	return err == nil && read == phone
}

// defaultDedupe gives one key for each rule, order and stage; further messages of one answer count on.
func (c checker) defaultDedupe(i int) string {
	what := c.call.Change.Stage.String()
	if what == "" {
		what = string(c.call.Change.Kind)
	}
	key := c.call.Rule + "/" + c.call.Order.ID + "/" + what
	if i > 0 {
		key = fmt.Sprintf("%s/%d", key, i+1)
	}
	return key
}
