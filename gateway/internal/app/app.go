// Package app is the only place where things are wired: New, Run, Close.
package app

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/oklog/ulid/v2"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/config"
	"github.com/orderbell/orderbell/gateway/internal/guard"
	"github.com/orderbell/orderbell/gateway/internal/pipeline"
	"github.com/orderbell/orderbell/gateway/internal/provider"
	"github.com/orderbell/orderbell/gateway/internal/screen"
	"github.com/orderbell/orderbell/gateway/internal/script"
	"github.com/orderbell/orderbell/gateway/internal/settings"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

// Options are what a gateway is made of.
type Options struct {
	Config  *config.Config // what is declared, from config.Read
	Version string
	Program string   // this program, which is also its own script worker
	Args    []string // that make Program a script worker; default "script-worker"
	Environ []string // of this process; plugins get next to nothing of it
	Log     hclog.Logger
	Now     func() time.Time

	closed map[string]error // by account: why its secrets cannot be opened
}

// App is a gateway. New makes one that serves nothing yet; Run serves; Close lets go of the data
// folder.
type App struct {
	opts      Options
	db        *store.DB
	settings  *settings.Keeper
	loops     pipeline.Loops // one for each account
	setting   sync.Mutex     // one setLoops at a time
	rules     *script.Pool
	providers *provider.Host
	fronts    []*front
	recent    *recent
	reconcile *pipeline.Reconcile
	watch     *ruleWatch
	plugins   *pluginWatch

	simulators *simulators
	accounts   *accountService
	feed       *screen.Feed
	screen     *screen.Screen
	guard      *guard.Guard
	audited    atomic.Pointer[access.Verdict] // what the last look at the audit log found
}

// stopTimeout is how long a stop waits for requests under way; an accept takes milliseconds. Calls to
// providers are waited for after that (pipeline.Deliver), and all of it has to end within 10 s.
const stopTimeout = 2 * time.Second

// New opens the data folder, binds the address and prepares everything else. The address is bound
// before any plugin can take its port. On an error nothing stays open.
func New(ctx context.Context, opts Options) (_ *App, err error) {
	if opts.Args == nil {
		opts.Args = []string{"script-worker"}
	}
	a := &App{opts: opts, recent: newRecent(), feed: screen.NewFeed(opts.Now)}
	defer func() {
		if err != nil {
			_ = a.Close()
		}
	}()
	if err := makeDataFolder(opts.Config.Data); err != nil {
		return nil, err
	}
	if err := a.bind(ctx); err != nil {
		return nil, err
	}
	if a.db, err = store.Open(ctx, store.Options{Folder: opts.Config.Data, Instance: true, Log: opts.Log.Named("store"), Now: opts.Now, Number: orderNumber(a.config), Told: a.feed.Tell}); err != nil {
		return nil, err
	}
	if a.settings, err = settings.Open(ctx, settings.Options{Declared: opts.Config, Store: a.db, Now: opts.Now}); err != nil {
		return nil, err
	}
	a.tellLeftOut(ctx)
	a.guard = newGuard(opts, a.db)
	if err := fillRules(opts.Config.Rules); err != nil {
		return nil, fmt.Errorf("rule folder: %w", store.Explain(opts.Config.Rules, err))
	}
	a.rules = newPool(opts)
	current := a.settings.Current()
	opts.Config, opts.closed = current.Config, current.Closed
	a.plugins = newPluginWatch(opts) // before the catalogue is read, so that no change falls between
	a.providers = NewProviders(opts)
	a.plugins.host = a.providers
	a.settings.OnChange(a.takeEffect)
	a.reconcile = a.newReconcile()
	a.watch = &ruleWatch{folder: opts.Config.Rules, lang: opts.Config.Language, rules: a.rules, shelf: a.db, log: opts.Log.Named("rules")}
	a.accounts = newAccountService(a)
	a.screen = a.newScreen()
	a.simulators = &simulators{app: a}
	a.open()
	return a, nil
}

// Address is where the intake listens, host:port.
func (a *App) Address() string { return a.fronts[0].listener.Addr().String() }

// Store gives the database, for the demo's summary and for tests.
func (a *App) Store() *store.DB { return a.db }

// Close lets go of the address and the data folder. It is safe after a failed New and after Run.
func (a *App) Close() error {
	for _, f := range a.fronts {
		_ = f.listener.Close()
	}
	if a.db != nil {
		return a.db.Close()
	}
	return nil
}

// Run serves until ctx ends or the address is lost. It stops in the order of the path: intake first,
// then rules, then the calls under way, then the children. ready is called once, when it serves and has
// tried the rules, and has returned when Run returns.
func (a *App) Run(ctx context.Context, ready func()) error {
	if err := a.recover(ctx); err != nil {
		return err
	}
	// Each floor of the house ends only after the one above it: a signal stops the intake, and what
	// came in is still decided as far as it was begun.
	base := context.WithoutCancel(ctx)
	childCtx, stopChildren := context.WithCancel(base)
	loopCtx, stopLoops := context.WithCancel(base)
	defer stopChildren()
	defer stopLoops()

	var children, loops sync.WaitGroup
	a.simulators.open(childCtx) // before the plugins ask where they may connect
	children.Go(func() { a.providers.Run(childCtx) })
	children.Go(func() { a.rules.Run(childCtx) })
	tried, loaded := a.loadRules(loopCtx)
	loops.Go(func() {
		select {
		case <-loaded:
			a.decide().Run(loopCtx)
		case <-loopCtx.Done():
		}
	})
	loops.Go(func() {
		<-loaded // closed in any case when loopCtx ends
		ticker := time.NewTicker(rulesScan)
		defer ticker.Stop()
		a.watch.Run(loopCtx, ticker.C)
	})
	loops.Go(func() {
		ticker := time.NewTicker(pluginsScan)
		defer ticker.Stop()
		a.plugins.Run(loopCtx, ticker.C)
	})
	a.setLoops(loopCtx)
	loops.Go(func() { a.loops.Run(loopCtx) })
	loops.Go(func() { a.watchQueues(loopCtx) })
	loops.Go(func() { a.reconcile.Run(loopCtx) })
	loops.Go(func() { a.tidy(loopCtx) })
	loops.Go(func() { a.screen.WatchAccounts(loopCtx) })
	if ready != nil {
		loops.Go(func() { <-tried; ready() })
	}
	err := a.serve(ctx)
	stopLoops()
	loops.Wait()
	stopChildren()
	children.Wait()
	return err
}

// recover settles what a dead process left open, before anything new is begun.
func (a *App) recover(ctx context.Context) error {
	if begun, err := a.db.CloseRecords(ctx); err != nil {
		return fmt.Errorf("audit log of what was begun: %w", err)
	} else if begun > 0 {
		a.opts.Log.Warn("the program stopped during acts that the audit log tells of; nobody knows whether they were done", "acts", begun)
	}
	left, err := a.db.RecoverAttempts(ctx, a.opts.Now())
	if err != nil {
		return fmt.Errorf("recover open attempts: %w", err)
	}
	for _, m := range left {
		a.opts.Log.Warn("the gateway stopped during a call; nobody knows whether this text went out", "message", m.ID, "account", m.Account, "now", m.Status)
	}
	return nil
}

func (a *App) decide() *pipeline.Decide {
	entropy := ulid.DefaultEntropy()
	return &pipeline.Decide{
		Inbox: a.db, Recall: a.recent.recall, Decode: decodeEvent, Rules: a.rules, Policies: policies(a.config), Clock: a.clock,
		NewID: func() string { return ulid.MustNew(ulid.Timestamp(a.opts.Now()), entropy).String() },
		Wake:  a.db.EventsWake, Now: a.opts.Now, Log: a.opts.Log.Named("decide"),
	}
}

// PluginFolders are where provider programs are looked for: the configured folder, then the one
// beside the program.
func PluginFolders(cfg *config.Config, program string) []string {
	return []string{cfg.Plugins, filepath.Join(filepath.Dir(program), "plugins")}
}
