package app

import (
	"context"
	"errors"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/config"
	"github.com/orderbell/orderbell/gateway/internal/provider"
	"github.com/orderbell/orderbell/gateway/internal/settings"
	"github.com/orderbell/orderbell/gateway/internal/store"
	"github.com/orderbell/orderbell/gateway/internal/vault"
)

// Effective gives the options with the configuration that counts: what is declared and what the database
// of the data folder keeps, beside a gateway that may be running on it. Findings are about what is kept
// and cannot count. The error is a config.Faults when what is declared does not fit together, else that of a
// database which is there and cannot be read; what is declared counts then, for Check.
func Effective(ctx context.Context, opts Options) (Options, []Finding, error) {
	current, err := readSettings(ctx, opts)
	if current == nil {
		return opts, nil, err
	}
	opts.Config, opts.closed = current.Config, current.Closed
	return opts, leftOut(current), err
}

// noSettings is a database without settings.
type noSettings struct{}

func (noSettings) Setting(context.Context, string) (store.Setting, error) {
	return store.Setting{}, nil
}
func (noSettings) Accounts(context.Context) ([]store.Account, error) { return nil, nil }

func readSettings(ctx context.Context, opts Options) (*settings.Current, error) {
	kept, unread := readKept(ctx, opts)
	if _, declared := errors.AsType[config.Faults](unread); kept != nil || declared {
		return kept, unread
	}
	current, err := readFrom(ctx, opts, noSettings{})
	if err != nil {
		return nil, err
	}
	return current, unread
}

// readKept reads the database; nil without an error: there is none.
func readKept(ctx context.Context, opts Options) (*settings.Current, error) {
	if there, err := HasData(opts.Config); err != nil || !there {
		return nil, err
	}
	db, err := store.Open(ctx, store.Options{Folder: opts.Config.Data, ReadOnly: true, Log: opts.Log, Now: opts.Now})
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }()
	current, err := readFrom(ctx, opts, db)
	if err != nil {
		return nil, err
	}
	return current, nil
}

func readFrom(ctx context.Context, opts Options, db settings.Reader) (*settings.Current, error) {
	keys, _ := vault.Open(settings.KeysFolder(opts.Config.Data), false, time.Time{}) // it says later what cannot be opened
	return settings.Read(ctx, opts.Config, db, keys)
}

// leftOut tells what is kept in the database and cannot count.
func leftOut(c *settings.Current) []Finding {
	var findings []Finding
	for _, f := range c.Left {
		findings = append(findings, Finding{Part: "settings", Name: f.Path, Text: textOf(f)})
	}
	return findings
}

// providerAccounts is the configured accounts as the providers' host needs them.
func providerAccounts(cfg *config.Config, closed map[string]error) []provider.Account {
	var accounts []provider.Account
	for _, a := range cfg.Accounts {
		values := map[string]string{}
		for key, value := range a.Settings {
			values[key] = value.Reveal()
		}
		accounts = append(accounts, provider.Account{Name: a.Name, Provider: a.Provider, Settings: values, Err: closed[a.Name]})
	}
	return accounts
}
