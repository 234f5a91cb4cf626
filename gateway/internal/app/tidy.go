package app

import (
	"context"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/store"
)

// tidyEvery is how often what has had its time is taken away.
const tidyEvery = time.Hour

// tidy takes away what has had its time, until ctx ends.
func (a *App) tidy(ctx context.Context) {
	ticker := time.NewTicker(tidyEvery)
	defer ticker.Stop()
	for {
		a.lookAtAudit(ctx) // before old lines are taken away
		a.tidyOnce(ctx)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// tidyOnce does both parts, for what keeps one from its work need not keep the other.
func (a *App) tidyOnce(ctx context.Context) {
	keep := a.opts.Config.Retention
	if err := a.guard.Tidy(ctx, keep.AuditDays); err != nil && ctx.Err() == nil {
		a.opts.Log.Warn("old sessions and lines of the audit log could not be taken away; the next try is in an hour", "error", err)
	}
	gone, err := a.db.Purge(ctx, store.Retention{Texts: days(keep.TextsDays), Events: days(keep.EventsDays)})
	if gone != (store.Purged{}) {
		a.opts.Log.Info("what has been kept for long enough was taken away", "bodies", gone.Bodies, "callbacks", gone.Callbacks, "texts", gone.Texts, "people", gone.People)
	}
	if err != nil && ctx.Err() == nil {
		a.opts.Log.Warn("texts, phones and bodies that have been kept for long enough could not all be taken away; the next try is in an hour", "error", err)
	}
}

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }
