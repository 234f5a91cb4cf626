package store

// ToldKind is what sort of row a commit changed.
type ToldKind string

// Kinds of rows that are told of.
const (
	ToldEvent    ToldKind = "event"    // stored, quarantined or given up
	ToldDecision ToldKind = "decision" // made, or a waiting one made anew
	ToldMessage  ToldKind = "message"  // queued, or moved
)

// Told says that a commit made or moved a row. It is a name only: what the row says is read when
// somebody wants to know (see Options.Told), so that telling costs the writer next to nothing.
type Told struct {
	Kind ToldKind
	ID   string
}
