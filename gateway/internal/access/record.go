package access

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"
)

// Kinds of actors that are no principals: they do not come over the network.
const (
	KindConsole Kind = "console" // a command on the machine itself
	KindSystem  Kind = "system"  // the gateway: what it does by its own settings
)

// Call is who makes a call, and from where.
type Call struct {
	Principal
	From      string // network address; empty for the console
	Agent     string // what the browser says it is, cut
	RequestID string
}

// Record is one line of the audit log: who did what, when and from where. Lines are only ever added;
// each holds the hash of the one before it.
type Record struct {
	N         int64             `json:"n"` // counts from 1 without gaps
	At        time.Time         `json:"at"`
	Kind      Kind              `json:"kind"`
	ActorID   string            `json:"actor_id"`
	Actor     string            `json:"actor"`
	Session   string            `json:"session,omitempty"`
	From      string            `json:"from,omitempty"`
	Agent     string            `json:"agent,omitempty"`
	RequestID string            `json:"request_id,omitempty"`
	Action    string            `json:"action"` // "user.add"
	Object    string            `json:"object"` // what it was done to: a name or an ID
	Outcome   string            `json:"outcome"`
	Detail    map[string]string `json:"detail,omitempty"`
	Changes   []Change          `json:"changes,omitempty"` // left out when empty: so lines from before there were any hash as they did
	Prev      string            `json:"prev"`              // hash of the line before; empty for the first one
	Hash      string            `json:"hash"`

	// Sensitive values are kept in Detail as keyed fingerprints only: who has the log can see that two
	// are equal, not what they are.
	Sensitive map[string]string `json:"-"`
}

// Outcomes. A refusal is "refused: CODE".
const (
	OutcomeDone    = "done"
	OutcomeRefused = "refused"
	OutcomeBegun   = "begun" // the program ended meanwhile: nobody knows whether it was done
)

// Record begins a line about what the call does.
func (c Call) Record(action, object string) Record {
	return Record{
		Kind: c.Kind, ActorID: c.ID, Actor: c.Name, Session: c.Session, From: c.From, Agent: c.Agent, RequestID: c.RequestID,
		Action: action, Object: object, Outcome: OutcomeDone,
	}
}

// Refused says that what the line is about was not done, and why, as a code.
func (r Record) Refused(code string) Record {
	r.Outcome = OutcomeRefused + ": " + code
	return r
}

// With adds a detail.
func (r Record) With(name, value string) Record {
	detail := map[string]string{name: value}
	for k, v := range r.Detail {
		if k != name {
			detail[k] = v
		}
	}
	r.Detail = detail
	return r
}

// Sum gives the hash of the line: over all of it, the hash of the line before included. It does not
// look at Hash.
func (r Record) Sum() string {
	r.Hash = ""
	r.At = r.At.UTC().Truncate(time.Microsecond)
	text, err := json.Marshal(r)
	if err != nil {
		text = nil // cannot be: only texts, numbers and a time between the years 0 and 9999
	}
	sum := sha256.Sum256(append([]byte("orderbell-audit-1\n"), text...))
	return hex.EncodeToString(sum[:])
}

// RecordFilter says which lines of the audit log are asked for; what is empty does not filter.
type RecordFilter struct {
	Actor  string // ID or name
	Action string // whole, or up to a dot: "user" finds "user.add"
	Object string
	From   time.Time // inclusive
	To     time.Time // exclusive
	Before int64     // only lines with a smaller N: the keyset; 0: from the latest
	Limit  int       // 1 to 500; 0: 50
}

// Follows compares a line with what the one before says it must be; it gives the flaw, or an empty text.
func (r Record) Follows(n int64, prev string) string {
	switch {
	case r.N != n:
		return FlawMissing
	case r.Prev != prev:
		return FlawChain
	case r.Sum() != r.Hash:
		return FlawChanged
	default:
		return ""
	}
}
