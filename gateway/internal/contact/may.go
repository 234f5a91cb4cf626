package contact

import "time"

// Refusal says why a person may not be texted. The empty one means that he may.
type Refusal string

// Refusals.
const (
	NoNumber     Refusal = "no_number"  // no phone is known
	NotTexted    Refusal = "suppressed" // nobody may text this person; wins over every consent
	NeverAgreed  Refusal = "no_consent" // no consent on record for this category
	ConsentTaken Refusal = "withdrawn"  // the last record for this category takes the consent back
)

// Verdict is the answer of May.
type Verdict struct {
	Refusal Refusal // empty: the person may be texted
	Detail  string  // of NotTexted: why, as recorded
}

// OK tells whether the person may be texted.
func (v Verdict) OK() bool { return v.Refusal == "" }

// May tells whether the person may get a text of category cat. The last consent on record for that
// very category counts; a consent for one category is none for the other. A transactional text
// needs a consent too: it is asked for when the phone is bound (contract, section 5). Quiet hours
// are the restaurant's matter, not the person's: see QuietHours.
//
// The time is not looked at: consents do not run out by themselves, and a cash register's clock that
// jumped must neither make nor unmake one. It is asked for so that an expiry can be added without
// touching callers. A nil contact has no number.
func (c *Contact) May(cat Category, _ time.Time) Verdict {
	switch {
	case c == nil || c.Phone.IsZero():
		return Verdict{Refusal: NoNumber}
	case c.Suppressed != "":
		return Verdict{Refusal: NotTexted, Detail: c.Suppressed}
	}
	verdict := Verdict{Refusal: NeverAgreed}
	for _, consent := range c.Consents {
		if consent.Category != cat {
			continue
		}
		verdict = Verdict{}
		if !consent.Given {
			verdict.Refusal = ConsentTaken
		}
	}
	return verdict
}
