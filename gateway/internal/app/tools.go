package app

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/config"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/provider"
	"github.com/orderbell/orderbell/gateway/internal/rule"
	"github.com/orderbell/orderbell/gateway/internal/script"
	"github.com/orderbell/orderbell/gateway/internal/store"
	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/host"
)

// Reader is the data folder opened for reading, beside a gateway that may be running on it.
type Reader interface {
	Messages(ctx context.Context, f message.Filter) (page []message.Listed, next string, err error)
	Message(ctx context.Context, id string) (*message.Listed, error)
	FindOrder(ctx context.Context, ref string) (*order.Order, error)
	Namesakes(ctx context.Context, ref, id string) (others []Namesake, more bool, err error)
	History(ctx context.Context, orderID string) (*rule.History, error)
	Keys(ctx context.Context) ([]access.Key, error)
	EventReader
	Close() error
}

// OpenReader opens the data folder for reading.
func OpenReader(ctx context.Context, opts Options) (Reader, error) {
	r := reader{cfg: opts.Config}
	db, err := store.Open(ctx, store.Options{Folder: opts.Config.Data, ReadOnly: true, Log: opts.Log, Now: opts.Now,
		Number: orderNumber(func() *config.Config { return r.cfg })})
	if err != nil {
		return nil, err
	}
	r.DB = db
	if current, err := readFrom(ctx, opts, db); err == nil { // else by what is declared: a list is not the place to complain
		r.cfg = current.Config
	}
	return &r, nil
}

// reader tells times by the restaurant's clock.
type reader struct {
	*store.DB
	cfg *config.Config
}

// History is that of the store, with the zone in which it is to be told.
func (r *reader) History(ctx context.Context, orderID string) (*rule.History, error) {
	h, err := r.DB.History(ctx, orderID)
	if err == nil {
		h.Zone = r.cfg.Restaurant(h.Order.Restaurant).Timezone
	}
	return h, err
}

// Providers is the provider programs of the configured accounts, started for the time of a command.
type Providers struct {
	host *provider.Host
	stop context.CancelFunc
	done sync.WaitGroup
}

// StartProviders starts the programs of the named accounts; Stop must follow.
func StartProviders(ctx context.Context, opts Options, accounts []string) *Providers {
	running, stop := context.WithCancel(ctx)
	p := &Providers{host: NewProviders(opts, accounts...), stop: stop}
	p.done.Go(func() { p.host.Run(running) })
	return p
}

// Stop ends the programs.
func (p *Providers) Stop() {
	p.stop()
	p.done.Wait()
}

// Check lets the account's provider log in, without sending.
func (p *Providers) Check(ctx context.Context, account string) []Finding {
	report := p.host.Check(ctx, account)
	var findings []Finding
	if report.Err != nil {
		findings = []Finding{{Part: "account", Name: account, Text: textOf(report.Err)}}
	}
	for _, d := range report.Diagnostics { // beside an error: what to do about it, in both languages
		findings = append(findings, Finding{Part: "account", Name: account, OK: d.Severity != sdk.SeverityError,
			Text: Text{RU: d.Summary.In("ru") + " " + d.Cure.In("ru"), EN: d.Summary.In("en") + " " + d.Cure.In("en")}})
	}
	if report.OK() {
		text := Text{RU: "провайдер принимает настройки", EN: "the provider takes the settings"}
		if report.Manifest != nil && !report.Manifest.Capabilities.Check {
			text = Text{RU: "настройки приняты; проверять вход этот провайдер не умеет", EN: "the settings are taken; this provider cannot check the login"}
		}
		findings = append(findings, Finding{Part: "account", Name: account, OK: true, Text: text})
	}
	return findings
}

// ErrNoBalance says that the account's provider has no balance to ask for, as a phone has none.
var ErrNoBalance = errors.New("this provider tells no balance")

// Balance asks the account's provider what it holds, as a text. The error is ErrNoBalance where there
// is nothing to ask for.
func (p *Providers) Balance(ctx context.Context, account, lang string) (string, error) {
	b, err := p.host.Balance(ctx, account)
	if errors.Is(err, host.ErrNoAbility) {
		return "", ErrNoBalance
	}
	if err != nil {
		return "", spokenError{err}
	}
	if b.Unlimited {
		return Text{RU: "без ограничения", EN: "unlimited"}.In(lang), nil
	}
	return b.Amount.String(), nil
}

// ServeScripts is the body of a script worker process; it returns when its gateway is done with it.
func ServeScripts() error {
	if err := script.ServeWorker(); err != nil {
		return fmt.Errorf("script worker: %w", err)
	}
	return nil
}
