package rule

import (
	"fmt"
	"strings"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/message"
)

// conclude makes one decision of what became of the drafts.
func (c checker) conclude(verdicts []verdict) Decision {
	d := c.decision()
	var notes []string
	var reason message.Reason
	for i, v := range verdicts {
		switch {
		case v.message != nil:
			d.Messages = append(d.Messages, *v.message)
		case v.skip != "":
			notes = append(notes, noteOf(i, len(verdicts), v))
			if reason == "" {
				reason = v.skip
			}
		case v.wait.After(d.WaitUntil):
			d.WaitUntil = v.wait
		}
	}
	d.Note = c.clean(strings.Join(notes, "; "))
	switch {
	case len(d.Messages) > 0:
		d.Outcome = Sends
	case !d.WaitUntil.IsZero():
		d.Outcome = Waiting
	default:
		d.Outcome, d.Reason = Skipped, reason
	}
	return d
}

// noteOf says why a draft was left out; which one it was matters only where there are several.
func noteOf(i, all int, v verdict) string {
	if all == 1 {
		return v.note
	}
	note := fmt.Sprintf("messages[%d]: %s", i, v.skip)
	if v.note != "" {
		note += " (" + v.note + ")"
	}
	return note
}

// decision is what all outcomes share. At is when the change reached us, so that a decision that
// waited is judged from the same moment again.
func (c checker) decision() Decision {
	return Decision{
		EventID: c.p.EventID, OrderID: c.call.Order.ID, Restaurant: c.call.Order.Restaurant,
		Rule: c.call.Rule, RuleVersion: c.p.RuleVersion, Change: c.call.Change, At: c.p.Since,
	}
}

func (c checker) skipped(reason message.Reason, note string) Decision {
	d := c.decision()
	d.Outcome, d.Reason, d.Note = Skipped, reason, c.clean(note)
	return d
}

func (c checker) failed(e Error) Decision {
	d := c.decision()
	text := e.Sentence(c.p.Language)
	if e.Where != "" {
		text = e.Where + ": " + text
	}
	d.Outcome, d.Reason, d.Note = Errored, message.RuleFailed, c.clean(text)
	return d
}

func (c checker) returned(words Words) Decision {
	return c.failed(*Failure(Returned, "", words))
}

// clean makes a note of what a rule said: one line, bounded, without the guest's phone, which a rule
// can put into the reason of a skip or the text of an exception.
func (c checker) clean(note string) string {
	return cutRunes(strings.Join(strings.Fields(cleanText(c.hide(note))), " "), maxNoteRunes)
}

// hide masks the guest's phone: the one that the rule was given and the one that is known now.
func (c checker) hide(text string) string {
	text = contact.StoredPhone(c.call.Snapshot.Phone).Hide(text)
	if c.person != nil {
		text = c.person.Phone.Hide(text)
	}
	return text
}
