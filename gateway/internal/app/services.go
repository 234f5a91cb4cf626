package app

import "github.com/orderbell/orderbell/gateway/internal/adminapi"

// services are what the admin's calls call.
func (a *App) services() adminapi.Services {
	book := &RuleBook{opts: a.opts, db: a.db, policies: policies(a.config)}
	accounts := newAccountService(a)
	return adminapi.Services{
		Accounts: accounts, Notifications: notificationService{App: a, accounts: accounts}, Restaurants: restaurantService{a},
		Rules:  &ruleScreen{RuleBook: book, serving: a.rules},
		System: &systemScreen{app: a, started: a.opts.Now()},
		Wizard: &wizard{app: a},
		SignIn: a.guard, Sessions: a.guard, Users: a.guard, Passwords: a.guard, Factor: a.guard, Keys: a.guard, Audit: a.guard,
		Messages: a.screen, Orders: a.screen, Events: a.screen, Contacts: a.screen, Overview: a.screen,
	}
}
