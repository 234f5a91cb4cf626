package app

import (
	"context"

	"github.com/orderbell/orderbell/gateway/internal/store"
)

// Compact rewrites the database of a gateway that does not run, without what is left between its rows;
// it gives the size before and after, in bytes.
func Compact(ctx context.Context, opts Options) (before, after int64, err error) {
	db, err := store.Open(ctx, store.Options{Folder: opts.Config.Data, Instance: true, Log: opts.Log, Now: opts.Now})
	if err != nil {
		return 0, 0, err
	}
	before, after, err = db.Compact(ctx)
	if closed := db.Close(); err == nil {
		err = closed
	}
	return before, after, err
}
