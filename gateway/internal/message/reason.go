package message

// Reason is the one word for why something went wrong with a message. Providers choose it; the
// table in PolicyOf, not the provider, decides what follows.
type Reason string

// Reasons. The zero value means that nothing went wrong.
const (
	Unavailable      Reason = "UNAVAILABLE"       // refused before one byte left; maintenance
	RateLimited      Reason = "RATE_LIMITED"      // too many, come back later
	UnknownOutcome   Reason = "UNKNOWN_OUTCOME"   // may have gone out
	BadRecipient     Reason = "BAD_RECIPIENT"     // not a number, a landline
	BlockedRecipient Reason = "BLOCKED_RECIPIENT" // stop list, opted out
	RejectedText     Reason = "REJECTED_TEXT"     // template not approved, spam filter
	BadSender        Reason = "BAD_SENDER"        // sender name not registered
	NoMoney          Reason = "NO_MONEY"          //
	Unauthorized     Reason = "UNAUTHORIZED"      // key wrong, address not allowed
	PastDeadline     Reason = "EXPIRED"           // past NotAfter
	Unsupported      Reason = "UNSUPPORTED"       // channel, length
	Internal         Reason = "INTERNAL"          // bug, answer not understood: treated as UnknownOutcome
)

// Reasons that only the gateway gives.
const (
	OrderGone     Reason = "ORDER_GONE"     // the order was closed or cancelled first
	NoAccount     Reason = "NO_ACCOUNT"     // no account is left to try
	ByPerson      Reason = "BY_PERSON"      // somebody pressed the button
	AlreadyTold   Reason = "ALREADY_TOLD"   // a text with the same dedupe key exists
	NoPhone       Reason = "NO_PHONE"       // no phone came in time
	NoConsent     Reason = "NO_CONSENT"     // the person did not agree
	Suppressed    Reason = "SUPPRESSED"     // the person must not be texted
	QuietHours    Reason = "QUIET_HOURS"    //
	StaleEvent    Reason = "STALE_EVENT"    // the event came too late to be worth a text
	RuleSkipped   Reason = "RULE_SKIPPED"   // the rule said so, in its own words
	RuleFailed    Reason = "RULE_FAILED"    // the rule threw, hung or returned nonsense
	SwitchedOff   Reason = "SWITCHED_OFF"   // notifications are off
	LimitExceeded Reason = "LIMIT_EXCEEDED" // a configured limit was reached
)
