package app

import (
	"slices"

	"github.com/orderbell/orderbell/gateway/internal/child"
	"github.com/orderbell/orderbell/gateway/internal/config"
	"github.com/orderbell/orderbell/gateway/internal/screen"
)

// newScreen makes what answers about what happened.
func (a *App) newScreen() *screen.Screen {
	return screen.New(screen.Options{
		Store: a.db, Place: places(a.config), Home: func() screen.Place { return home(a.config()) },
		Accounts: a.accounts.Accounts, States: a.accounts.states, Duty: a.duty, Audit: a.auditVerdict, Try: a.ruleScreen().TestRule, Now: a.opts.Now, Log: a.opts.Log.Named("screen"),
	}, a.feed)
}

// duty tells what has to be on for texts to go out.
func (a *App) duty() screen.Duty {
	d := screen.Duty{Off: !a.config().Notifications.Enabled}
	disabled := a.rules.Disabled()
	for _, r := range a.rules.Set().Rules {
		if d.Rules++; slices.Contains(disabled, r.Name) {
			d.Failing = append(d.Failing, r.Name)
		}
	}
	for _, status := range a.rules.Status() {
		if d.Workers++; status.State == child.Quarantined {
			d.Stopped++
		}
	}
	return d
}

// places tells of restaurants as the configuration of each moment knows them.
func places(now func() *config.Config) func(code string) screen.Place {
	return func(code string) screen.Place {
		r := now().Restaurant(code)
		return screen.Place{Code: code, Name: r.Name, Zone: r.Timezone}
	}
}

// home is the first restaurant; what holds for any where none is configured.
func home(cfg *config.Config) screen.Place {
	r := cfg.Restaurant("")
	if len(cfg.Restaurants) > 0 {
		r = cfg.Restaurants[0]
	}
	return screen.Place{Code: r.Code, Name: r.Name, Zone: r.Timezone}
}
