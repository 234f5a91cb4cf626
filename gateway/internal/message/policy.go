package message

// Again says when the same account may be tried again after a failure.
type Again string

// Ways to try again.
const (
	Never       Again = "never"        // the same answer would come
	BackOff     Again = "back_off"     // it may pass by itself: see BackOffAfter
	AfterCure   Again = "after_cure"   // when a person has topped up or mended the key: every minute until the deadline
	IfResending Again = "if_resending" // only where OnUnknown is Resend: the text may have gone out
)

// Effects are what a failure means beyond its own message. The pipeline carries them out.
type Effects struct {
	TripBreaker     bool // counts against the account's breaker
	SlowDown        bool // lower the account's rate
	LookUp          bool // ask the provider what became of it
	HoldForPerson   bool // show it to a person, who decides
	MarkPhone       bool // the number is not a mobile one
	SuppressContact bool // nobody may text this person any more
	ShowText        bool // show the refused text beside the reason
	Alarm           bool // a person must act
	StopAccount     bool // no further calls of the account until it is mended
}

// Policy is what follows from a failure. The gateway owns it, not the provider.
type Policy struct {
	SameAccount  Again
	OtherAccount bool // a later account of the route may take it, at once
	Effects      Effects
}

// PolicyOf gives the policy of a reason (architecture, section 7). A reason that the table does not
// know, the empty one included, is treated as Internal: the cautious side.
func PolicyOf(r Reason) Policy {
	switch r {
	case Unavailable:
		return Policy{SameAccount: BackOff, OtherAccount: true, Effects: Effects{TripBreaker: true}}
	case RateLimited:
		return Policy{SameAccount: BackOff, OtherAccount: true, Effects: Effects{SlowDown: true}}
	case UnknownOutcome:
		return Policy{SameAccount: IfResending, Effects: Effects{LookUp: true, HoldForPerson: true}}
	case BadRecipient:
		return Policy{SameAccount: Never, Effects: Effects{MarkPhone: true}}
	case BlockedRecipient:
		return Policy{SameAccount: Never, Effects: Effects{SuppressContact: true}}
	case RejectedText:
		return Policy{SameAccount: Never, OtherAccount: true, Effects: Effects{ShowText: true}}
	case BadSender:
		return Policy{SameAccount: Never, OtherAccount: true, Effects: Effects{Alarm: true}}
	case NoMoney, Unauthorized:
		return Policy{SameAccount: AfterCure, OtherAccount: true, Effects: Effects{Alarm: true, StopAccount: true}}
	case Unsupported, NoAccount:
		return Policy{SameAccount: Never, OtherAccount: true}
	case LimitExceeded, RuleFailed:
		return Policy{SameAccount: Never, Effects: Effects{Alarm: true}}
	case PastDeadline, OrderGone, ByPerson, AlreadyTold, NoPhone, NoConsent, Suppressed, QuietHours, StaleEvent,
		RuleSkipped, SwitchedOff:
		return Policy{SameAccount: Never}
	case Internal:
	}
	return Policy{SameAccount: IfResending, Effects: Effects{LookUp: true, HoldForPerson: true, Alarm: true}}
}

// Doubtful tells whether the text may have gone out after all.
func (r Reason) Doubtful() bool { return PolicyOf(r).SameAccount == IfResending }

// Reasons lists every reason: the providers' own first, then those that only the gateway gives.
func Reasons() []Reason {
	return []Reason{
		Unavailable, RateLimited, UnknownOutcome, BadRecipient, BlockedRecipient, RejectedText, BadSender, NoMoney,
		Unauthorized, PastDeadline, Unsupported, Internal,
		OrderGone, NoAccount, ByPerson, AlreadyTold, NoPhone, NoConsent, Suppressed, QuietHours, StaleEvent,
		RuleSkipped, RuleFailed, SwitchedOff, LimitExceeded,
	}
}

// Known tells whether r is one of Reasons.
func (r Reason) Known() bool {
	for _, known := range Reasons() {
		if r == known {
			return true
		}
	}
	return false
}
