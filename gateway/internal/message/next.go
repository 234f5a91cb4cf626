package message

import (
	"slices"
	"strings"
	"time"
	"unicode"
)

// Move is where a message goes after an attempt, or a person's act.
type Move struct {
	MessageID  string
	Status     Status
	Account    string // whose turn it is now; the one that took it when Accepted
	NextAt     time.Time
	Reason     Reason
	Note       string // language-neutral: reason, provider's code and detail; sentences come from Reason
	ProviderID string
	Segments   int
	Cost       *Money
	By         string // the person whose act it is; empty: nobody's
}

// cureEvery is how often an account without money or with a wrong key is tried again for a message
// that no other account can take: somebody may have topped up, and only a call shows it.
const cureEvery = time.Minute

// Next says where a message goes after an attempt of m.Account that ended at now with o. m.Attempts
// counts this attempt already. jitter, in [0, 1), spreads the retries; see BackOffAfter.
//
//   - Accepted: done, whatever the deadline says.
//   - A failure that another account may mend goes to the next one of the route at once; accounts
//     before the failed one are not asked again.
//   - Else one that may pass is queued again on the same account, not before RetryAfter, never at or
//     past the deadline: then it is Expired and the note names the last failure. Without money or
//     with a wrong key that is about once a minute, for the balance may change.
//   - A doubtful outcome (UnknownOutcome, Internal, anything that is no outcome) rests as Unknown, or
//     is queued again on the same account if m.OnUnknown is Resend and the deadline leaves time. It
//     never goes to another account and never becomes Expired: the text may be out.
//   - Everything else is Rejected for good.
func Next(m Message, o Outcome, now time.Time, jitter float64) Move {
	if o.Accepted != nil && o.Failure == nil {
		return accepted(m, *o.Accepted, now)
	}
	failure := Failure{Reason: Internal, Detail: "the provider's answer is no outcome"}
	if o.Failure != nil && o.Accepted == nil {
		failure = *o.Failure
	}
	move := Move{MessageID: m.ID, Account: m.Account, NextAt: now, Reason: failure.Reason, Note: noteOf(m, failure)}
	if !failure.Reason.Known() {
		move.Reason = Internal
	}
	policy := PolicyOf(failure.Reason)
	if other, ok := laterAccount(m); ok && policy.OtherAccount && now.Before(m.Deadline) {
		move.Status, move.Account = Queued, other
		return move
	}
	switch policy.SameAccount {
	case BackOff:
		return again(move, m, max(BackOffAfter(m.Attempts, jitter), failure.RetryAfter), now)
	case AfterCure:
		return again(move, m, max(spread(cureEvery, jitter), failure.RetryAfter), now)
	case IfResending:
		resent := again(move, m, max(BackOffAfter(m.Attempts, jitter), failure.RetryAfter), now)
		if m.OnUnknown == Resend && resent.Status == Queued {
			return resent
		}
		move.Status = Unknown
	case Never:
		move.Status = Rejected
		if failure.Reason == PastDeadline {
			move.Status = Expired
		}
	}
	return move
}

func accepted(m Message, a Acceptance, now time.Time) Move {
	segments := a.Segments
	if segments <= 0 {
		segments = m.Segments
	}
	return Move{MessageID: m.ID, Status: Accepted, Account: m.Account, NextAt: now, ProviderID: a.ProviderID, Segments: segments, Cost: a.Cost}
}

// again queues on the same account after delay, or expires where the deadline comes first.
func again(move Move, m Message, delay time.Duration, now time.Time) Move {
	// Compared as durations: a provider's "come back in 200 years" must not overflow a time.
	if delay >= m.Deadline.Sub(now) {
		move.Status, move.Reason = Expired, PastDeadline
		return move
	}
	move.Status, move.NextAt = Queued, now.Add(delay)
	return move
}

// laterAccount gives the account after m's own on the route. Where the route does not name m's own
// any more (somebody changed it), the route is begun from its start.
func laterAccount(m Message) (string, bool) {
	next := slices.Index(m.Route, m.Account) + 1
	if next >= len(m.Route) {
		return "", false
	}
	return m.Route[next], true
}

// BackOffAfter is the pause after attempt number attempts (from 1): 5 s, 15 s, 45 s, 2 min, 5 min,
// then 5 min each, times 0.5 + jitter with jitter in [0, 1), so that an account that comes back is
// not met by a herd. A jitter out of range counts as the nearest one in it.
func BackOffAfter(attempts int, jitter float64) time.Duration {
	steps := [...]time.Duration{5 * time.Second, 15 * time.Second, 45 * time.Second, 2 * time.Minute, 5 * time.Minute}
	return spread(steps[min(max(attempts, 1), len(steps))-1], jitter)
}

func spread(d time.Duration, jitter float64) time.Duration {
	if !(jitter > 0) { // not a number included
		jitter = 0
	}
	return time.Duration(float64(d) * (0.5 + min(jitter, 1)))
}

const maxNoteRunes = 300

// noteOf keeps what the provider said: "UNAVAILABLE 503: maintenance". The recipient's number, which
// providers like to repeat, is masked.
func noteOf(m Message, f Failure) string {
	var note strings.Builder
	note.WriteString(string(f.Reason))
	if f.Reason == "" {
		note.WriteString(string(Internal))
	}
	if f.ProviderCode != "" {
		note.WriteString(" " + f.ProviderCode)
	}
	if f.Detail != "" {
		note.WriteString(": " + f.Detail)
	}
	return oneLine(m.To.Hide(note.String()), maxNoteRunes)
}

// oneLine makes a foreign text fit for one line of a page or a log.
func oneLine(text string, runes int) string {
	text = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(text, "�"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
	}), " ")
	if cut := []rune(text); len(cut) > runes {
		return string(cut[:runes-1]) + "…"
	}
	return text
}
