package app

import (
	"context"

	"github.com/orderbell/orderbell/gateway/internal/adminapi"
)

// services are what the admin's calls call.
func (a *App) services() adminapi.Services {
	checks := func(ctx context.Context, lang string) ([]adminapi.Finding, error) {
		today, err := a.screen.Today(ctx, lang)
		return today.Findings, err
	}
	return adminapi.Services{
		Accounts:      &firstSteps{accountCalls: a.accounts, db: a.db, now: a.opts.Now},
		Notifications: notificationService{App: a, accounts: a.accounts}, Restaurants: restaurantService{a},
		Rules:  a.ruleScreen(),
		System: &systemScreen{app: a, started: a.opts.Now(), checks: checks},
		Wizard: &wizard{app: a},
		SignIn: a.guard, Sessions: a.guard, Users: a.guard, UserLocks: a.guard, Passwords: a.guard, Factor: a.guard, Keys: a.guard, Audit: a.guard,
		Messages: a.screen, Orders: a.screen, Events: a.screen, Contacts: a.screen, Overview: a.screen,
	}
}

// ruleScreen is the rules as the screen shows, changes and tries them.
func (a *App) ruleScreen() *ruleScreen {
	book := &RuleBook{opts: a.opts, db: a.db, policies: policies(a.config)}
	price := func(ctx context.Context, text string) *adminapi.Money {
		price, err := a.price(ctx, a.config(), text)
		if err != nil || price.Failure != nil {
			return nil
		}
		return moneyOf(price.Cost)
	}
	return &ruleScreen{RuleBook: book, serving: a.rules, watch: a.watch, price: price, audit: a.guard}
}
