package app

import (
	"context"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/gateway/internal/provider"
)

// pluginsScan is how often the catalogue of added programs is looked at.
const pluginsScan = time.Second

// upgrader takes over another catalogue. Implemented by provider.Host.
type upgrader interface {
	Catalogue() provider.Catalogue
	Upgrade(ctx context.Context, c provider.Catalogue) []provider.Upgrade
}

// pluginWatch takes over what was added to the catalogue or pinned in it while the gateway runs. Bundled
// programs stay those that were found at the start: a file that has changed since is not run.
type pluginWatch struct {
	folder string
	lang   string
	host   upgrader
	log    hclog.Logger

	seen string // provider.Fingerprint of what serves or was refused
}

func newPluginWatch(opts Options) *pluginWatch {
	folder := addedFolder(opts.Config)
	return &pluginWatch{
		folder: folder, lang: opts.Config.Language, log: opts.Log.Named("plugins"), seen: provider.Fingerprint(folder),
	}
}

// Run looks at each tick until ctx ends.
func (w *pluginWatch) Run(ctx context.Context, tick <-chan time.Time) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick:
			w.look(ctx)
		}
	}
}

func (w *pluginWatch) look(ctx context.Context) {
	now := provider.Fingerprint(w.folder)
	if now == w.seen {
		return
	}
	w.seen = now
	catalogue, problems := w.host.Catalogue().With(w.folder)
	for _, err := range problems {
		w.log.Error("a provider program cannot be used", "error", textOf(err).In(w.lang))
	}
	for _, u := range w.host.Upgrade(ctx, catalogue) {
		if u.Err != nil {
			w.log.Error("another version of a provider does not take over; the earlier one keeps serving", "provider", u.Provider,
				"version", versionOf(u.To), "stays", versionOf(u.From), "error", textOf(u.Err).In(w.lang))
			continue
		}
		w.log.Info("another version of a provider serves", "provider", u.Provider, "version", versionOf(u.To), "before", versionOf(u.From))
	}
}

// versionOf names the version of a program as the catalogue does.
func versionOf(p provider.Program) string {
	switch {
	case p.Path == "":
		return "none"
	case p.Version == "":
		return provider.BundledVersion
	}
	return p.Version
}
