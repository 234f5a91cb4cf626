package store

import (
	"context"

	"github.com/orderbell/orderbell/gateway/internal/message"
)

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

// Retold is what the rows say that were told of, each list in no particular order.
type Retold struct {
	Events    []ListedEvent
	Decisions []ListedDecision
	Messages  []message.Listed
}

// Retell reads rows that were told of, as they are now. Rows that are gone are left out.
func (db *DB) Retell(ctx context.Context, told []Told) (r Retold, err error) {
	ids := map[ToldKind][]string{}
	for _, one := range told {
		ids[one.Kind] = append(ids[one.Kind], one.ID)
	}
	if r.Events, err = db.eventsByID(ctx, ids[ToldEvent]); err != nil {
		return r, err
	}
	if r.Messages, err = db.messagesByID(ctx, ids[ToldMessage]); err != nil {
		return r, err
	}
	err = inLists(ids[ToldDecision], 1, func(list string, args []any) error {
		some, err := db.listDecisions(ctx, `d.id IN `+list, args...)
		r.Decisions = append(r.Decisions, some...)
		return err
	})
	return r, err
}
