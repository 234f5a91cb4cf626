//go:build mutant_early_answer

package app

import (
	"context"

	"github.com/oklog/ulid/v2"

	"github.com/orderbell/orderbell/gateway/internal/httpapi"
	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

// early is the bug that the kill test must catch: it answers before the commit. It is built only by
// that test.
type early struct{ db *store.DB }

func intakeStore(db *store.DB) httpapi.Events { return early{db} }

// AddEvent answers at once and stores later.
func (e early) AddEvent(ctx context.Context, event kds.Event) (string, bool, error) {
	event.ID = ulid.Make().String()
	go func() { _, _, _ = e.db.AddEvent(context.WithoutCancel(ctx), event) }()
	return event.ID, false, nil
}
