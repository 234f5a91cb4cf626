package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/orderbell/orderbell/gateway/internal/store"
)

// Callback tells how the account learns whether its texts arrive: the address that the provider is to
// be given, or that the gateway asks by itself. It is known after a Check; ok is false for a provider
// that never says what became of a message, and before the first run.
func (p *Providers) Callback(ctx context.Context, opts Options, account string) (f Finding, ok bool) {
	manifest := p.host.Manifest(account)
	f = Finding{Part: "account", Name: account, OK: true}
	switch {
	case manifest.Capabilities.Callbacks && opts.Config.PublicURL != "":
		token, err := callbackToken(ctx, opts, account)
		if err != nil || token == "" {
			return f, false
		}
		address := fmt.Sprintf("%s/callbacks/%s/%s", opts.Config.PublicURL, account, token)
		f.Text = Text{ // the address has a line of its own, so that it is copied without what follows
			RU: "отчёты о доставке принимаются по адресу\n    " + address + "\n  " + manifest.Callback.Setup.In("ru"),
			EN: "delivery reports are taken at\n    " + address + "\n  " + manifest.Callback.Setup.In("en"),
		}
	case manifest.Capabilities.Lookup:
		f.Text = Text{RU: "о доставке Orderbell спрашивает провайдера сам", EN: "Orderbell asks the provider about delivery by itself"}
		if manifest.Capabilities.Callbacks {
			f.Text.RU += "; чтобы провайдер сообщал сразу, задайте public_url — адрес, по которому этот компьютер виден из интернета"
			f.Text.EN += "; for the provider to report at once set public_url, the address at which the internet reaches this machine"
		}
	case manifest.Capabilities.Callbacks:
		f.Text = Text{
			RU: "о доставке провайдер сообщает сам, но не знает куда: задайте public_url — адрес, по которому этот компьютер виден из интернета",
			EN: "the provider reports delivery but has nowhere to: set public_url, the address at which the internet reaches this machine",
		}
	default:
		return f, false
	}
	return f, true
}

// callbackToken reads the secret part of an address, or makes it; empty before the first run.
func callbackToken(ctx context.Context, opts Options, account string) (string, error) {
	if _, err := os.Stat(filepath.Join(opts.Config.Data, "orderbell.db")); err != nil {
		return "", nil //nolint:nilerr // no data yet, so no address either
	}
	db, err := store.Open(ctx, store.Options{Folder: opts.Config.Data, Log: opts.Log, Now: opts.Now})
	if err != nil {
		return "", err
	}
	defer func() { _ = db.Close() }()
	return db.CallbackToken(ctx, account)
}
