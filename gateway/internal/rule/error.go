package rule

// Error is how a rule failed. It is data, not a Go error of the gateway.
type Error struct {
	Kind  ErrorKind
	Where string // "order-ready.js:14", where known
	Text  string // for people, in English; at most 1 KiB
	RU    string // the same in Russian; empty: the words are not ours but those of an exception
}

// ErrorKind tells failures of rules apart.
type ErrorKind string

// Kinds of failure.
const (
	Threw    ErrorKind = "threw"    // an exception
	TimedOut ErrorKind = "timeout"  // interrupted at the time limit
	Killed   ErrorKind = "killed"   // its process was killed: limit of time or memory
	Returned ErrorKind = "returned" // what it returned is not a decision
	NoRule   ErrorKind = "no_rule"  // no such rule in the set
	Disabled ErrorKind = "disabled" // switched off after failing too often
)

// Failure makes an error of words of ours.
func Failure(kind ErrorKind, where string, words Words) *Error {
	return &Error{Kind: kind, Where: where, Text: words.EN, RU: words.RU}
}

// Sentence says what went wrong: in Russian for "ru…", else in English. It is never empty.
func (e Error) Sentence(lang string) string {
	switch {
	case e.RU != "" && russian(lang):
		return e.RU
	case e.Text != "":
		return e.Text
	}
	return string(e.Kind)
}
