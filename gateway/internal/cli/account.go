package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/orderbell/orderbell/gateway/internal/app"
	"github.com/orderbell/orderbell/gateway/internal/config"
)

type accountCommand struct {
	List    accountListCommand    `cmd:"" help:"${account_list}"`
	Check   accountCheckCommand   `cmd:"" help:"${account_check}"`
	Balance accountBalanceCommand `cmd:"" help:"${account_balance}"`
	Send    accountSendCommand    `cmd:"" help:"${account_send}"`
}

type accountListCommand struct {
	configFlags
	JSON bool `name:"json" help:"${json}"`
}

// listedAccount is an account for scripts; which settings are set, never what they are.
type listedAccount struct {
	Name     string   `json:"name"`
	Provider string   `json:"provider"`
	Settings []string `json:"settings"`
	Route    int      `json:"route"`    // place in the route of notifications, from 1; 0: not in it
	Declared bool     `json:"declared"` // in orderbell.yaml; else in the database
	// Simulated says that it talks to a simulator: its texts reach nobody.
	Simulated bool `json:"simulated"`
}

// Run lists the configured accounts.
func (c *accountListCommand) Run(ctx context.Context, s *session) error {
	opts, _, err := c.effective(ctx, s)
	if err != nil {
		return err
	}
	cfg, simulated := opts.Config, app.Simulated(ctx, opts)
	accounts := []listedAccount{}
	rows := [][]string{strings.Split(word{"ИМЯ|ПРОВАЙДЕР|МЕСТО В МАРШРУТЕ|ОПИСАН В|ЗАДАНЫ", "NAME|PROVIDER|PLACE IN THE ROUTE|KEPT IN|SET"}.pick(s.lang), "|")}
	for _, a := range cfg.Accounts {
		l := listedAccount{Name: a.Name, Provider: a.Provider, Settings: []string{}, Declared: cfg.DeclaredAccount(a.Name), Simulated: simulated[a.Name]}
		for _, key := range sortedKeys(a.Settings) {
			if !a.Settings[key].IsZero() {
				l.Settings = append(l.Settings, key)
			}
		}
		place := "—"
		for i, name := range cfg.Notifications.Route {
			if name == a.Name {
				l.Route, place = i+1, fmt.Sprint(i+1)
			}
		}
		kept := word{"базе данных", "the database"}.pick(s.lang)
		if l.Declared {
			kept = cfg.File()
		}
		accounts = append(accounts, l)
		provider := l.Provider
		if l.Simulated {
			provider += word{" (симулятор)", " (simulator)"}.pick(s.lang)
		}
		rows = append(rows, []string{l.Name, provider, place, kept, strings.Join(l.Settings, ", ")})
	}
	if c.JSON {
		return printJSON(s.out, map[string]any{"items": accounts})
	}
	if len(accounts) == 0 {
		_, err := fmt.Fprintln(s.out, word{"Учётных записей нет: добавьте их на странице «Провайдеры» или в orderbell.yaml, раздел accounts.", "No accounts: add one on the page Providers, or declare them in orderbell.yaml under accounts."}.pick(s.lang))
		return err
	}
	if err := table(s.out, rows); err != nil || len(simulated) == 0 {
		return err
	}
	_, err = fmt.Fprintln(s.out, word{"Симулятор: тексты никому не уходят.", "Simulator: texts reach nobody."}.pick(s.lang))
	return err
}

type accountCheckCommand struct {
	configFlags
	Name string `arg:"" optional:"" name:"account" help:"${account_name}"`
	JSON bool   `name:"json" help:"${json}"`
}

// Run lets each provider log in, without sending.
func (c *accountCheckCommand) Run(ctx context.Context, s *session) error {
	return c.each(ctx, s, c.Name, func(providers *app.Providers, opts app.Options, names []string) error {
		var findings []app.Finding
		for _, name := range names {
			findings = append(findings, providers.Check(ctx, name)...)
			if f, ok := providers.Callback(ctx, opts, name); ok {
				findings = append(findings, f)
			}
		}
		return printFindings(s, c.JSON, findings)
	})
}

type accountBalanceCommand struct {
	configFlags
	Name string `arg:"" optional:"" name:"account" help:"${account_name}"`
	JSON bool   `name:"json" help:"${json}"`
}

// listedBalance is a balance for scripts.
type listedBalance struct {
	Account string `json:"account"`
	Balance string `json:"balance,omitempty"` // "1240.50 RUB"; empty without an error: there is none to ask for
	Error   string `json:"error,omitempty"`
}

// Run asks each provider for the balance.
func (c *accountBalanceCommand) Run(ctx context.Context, s *session) error {
	return c.each(ctx, s, c.Name, func(providers *app.Providers, _ app.Options, names []string) error {
		var balances []listedBalance
		failed := false
		for _, name := range names {
			b := listedBalance{Account: name}
			var err error
			if b.Balance, err = providers.Balance(ctx, name, s.lang); err != nil && !errors.Is(err, app.ErrNoBalance) {
				b.Error, failed = spoken(err, s.lang), true
			}
			balances = append(balances, b)
		}
		if c.JSON {
			if err := printJSON(s.out, map[string]any{"items": balances}); err != nil {
				return err
			}
		} else {
			for _, b := range balances {
				told := b.Balance + b.Error
				if told == "" {
					told = word{"этот провайдер не сообщает баланс", "this provider tells no balance"}.pick(s.lang)
				}
				_, _ = fmt.Fprintf(s.out, "%s: %s\n", b.Account, told)
			}
		}
		if failed {
			return errors.New(word{"не все балансы получены", "some balances are not known"}.pick(s.lang))
		}
		return nil
	})
}

// each starts the provider programs of the named account, or of all, for the time of one act.
func (f configFlags) each(ctx context.Context, s *session, name string, act func(*app.Providers, app.Options, []string) error) error {
	opts, _, err := f.effective(ctx, s)
	if err != nil {
		return err
	}
	names, err := accountNames(s, opts.Config, name)
	if err != nil {
		return err
	}
	providers := app.StartProviders(ctx, opts, names)
	defer providers.Stop()
	return act(providers, opts, names)
}

func accountNames(s *session, cfg *config.Config, name string) ([]string, error) {
	if name != "" {
		if _, ok := cfg.Account(name); !ok {
			return nil, usageError{fmt.Errorf(word{"учётной записи %q нет в настройках", "no account %q is configured"}.pick(s.lang), name)}
		}
		return []string{name}, nil
	}
	var names []string
	for _, a := range cfg.Accounts {
		names = append(names, a.Name)
	}
	if len(names) == 0 {
		return nil, usageError{errors.New(word{"учётных записей нет: добавьте их на странице «Провайдеры» или в orderbell.yaml, раздел accounts", "no accounts: add one on the page Providers, or declare them in orderbell.yaml under accounts"}.pick(s.lang))}
	}
	return names, nil
}
