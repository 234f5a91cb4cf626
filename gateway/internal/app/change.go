package app

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/config"
	"github.com/orderbell/orderbell/gateway/internal/pipeline"
	"github.com/orderbell/orderbell/gateway/internal/settings"
)

// config is the configuration that counts now; what is declared while the database is just being opened.
func (a *App) config() *config.Config {
	if a.settings == nil {
		return a.opts.Config
	}
	return a.settings.Current().Config
}

// tellLeftOut logs, once at the start, what is kept in the database and cannot count, and who is left
// outside.
func (a *App) tellLeftOut(ctx context.Context) {
	current := a.settings.Current()
	lang := current.Language
	for _, f := range leftOut(current) {
		a.opts.Log.Error("a setting in the database cannot be used", "setting", f.Name, "error", f.Text.In(lang))
	}
	if err := a.db.CheckSeal(ctx); err != nil {
		a.opts.Log.Error("the audit log is sealed with another key", "error", textOf(err).In(lang))
	}
	for _, f := range checkExposed(current.Config) {
		a.opts.Log.Warn("cash servers on other machines are refused", "listen", f.Name, "error", f.Text.In(lang))
	}
	for account, err := range current.Closed {
		a.opts.Log.Error("the secrets of an account cannot be opened; nothing is sent through it", "account", account, "error", textOf(err).In(lang))
	}
}

// takeEffect lets new settings count, while events flow. Policies and intake keys read the configuration
// of the moment by themselves. Providers go first, so that a loop never meets an account that they do
// not know yet.
func (a *App) takeEffect(ctx context.Context, current *settings.Current) {
	a.providers.Apply(ctx, providerAccounts(current.Config, current.Closed))
	a.setLoops(ctx)
}

// deliverParallel is how many calls of one account are under way at once.
const deliverParallel = 4

// queuesScan is how often accounts that are not configured any more are looked for in the queue.
const queuesScan = 30 * time.Second

// watchQueues looks after what was queued for accounts that are gone, until ctx ends.
func (a *App) watchQueues(ctx context.Context) {
	ticker := time.NewTicker(queuesScan)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			a.setLoops(ctx)
		}
	}
}

// orphan is the key of the loop of an account that is not configured any more.
type orphan struct{}

// setLoops gives each account its loops. An account that is gone from the configuration while texts are
// queued for it has one, too: the providers' host says that there is no such account, and each text goes
// to the next account of its route or ends, with the reason.
func (a *App) setLoops(ctx context.Context) {
	a.setting.Lock() // whoever comes later has read the newer configuration
	defer a.setting.Unlock()
	var jobs []pipeline.Job
	var names []string
	for _, account := range a.config().Accounts {
		names = append(names, account.Name)
		limits := pipeline.Limits(account.Limits)
		jobs = append(jobs, pipeline.Job{Account: account.Name, Key: limits, Run: func(ctx context.Context) {
			var both sync.WaitGroup
			both.Go(func() { a.deliver(account.Name, limits).Run(ctx) })
			both.Go(func() { a.reconcile.RunAccount(ctx, account.Name) })
			both.Wait()
		}})
	}
	queued, err := a.db.QueuedAccounts(ctx)
	if err != nil && ctx.Err() == nil {
		a.opts.Log.Warn("texts of accounts that are gone cannot be looked for now", "error", err)
	}
	for _, account := range queued {
		if slices.Contains(names, account) {
			continue
		}
		jobs = append(jobs, pipeline.Job{Account: account, Key: orphan{}, Run: func(ctx context.Context) {
			a.opts.Log.Warn("texts are queued for an account that is not configured; they go to the next of their route or end", "account", account)
			a.deliver(account, pipeline.Limits{}).Run(ctx)
		}})
	}
	a.loops.Set(jobs)
}

func (a *App) deliver(account string, limits pipeline.Limits) *pipeline.Deliver {
	return &pipeline.Deliver{
		Account: account, Outbox: a.db, Sender: a.providers,
		Batch: func() int { return a.providers.Batch(account) }, Parallel: deliverParallel,
		Limits: limits, Wake: func() <-chan struct{} { return a.db.MessagesWake(account) },
		Now: a.opts.Now, Log: a.opts.Log.Named("deliver"),
	}
}

func (a *App) newReconcile() *pipeline.Reconcile {
	return &pipeline.Reconcile{
		Ledger: a.db, Postbox: a.db, Asker: a.providers, Reachable: a.opts.Config.PublicURL != "",
		Accounts: func() []string {
			var names []string
			for _, account := range a.config().Accounts {
				names = append(names, account.Name)
			}
			return names
		},
		Now: a.opts.Now, Log: a.opts.Log.Named("reconcile"),
	}
}
