package app

import (
	"context"
	"slices"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/config"
	"github.com/orderbell/orderbell/gateway/internal/screen"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

// checkStanding tells what is not as it should be with what has happened, in the words of the home page: all
// of it that the data folder and the configuration know. rules is how many rules would serve. That processes
// stand still, or that a rule was switched off for failing, only a running gateway knows.
func checkStanding(ctx context.Context, opts Options, db *store.DB, rules int) []Finding {
	st := screen.Standings{
		Duty:  &screen.Duty{Off: !opts.Config.Notifications.Enabled, Rules: rules},
		Place: places(func() *config.Config { return opts.Config }), Now: opts.Now(),
	}
	if db == nil {
		return standingFindings(st, nil, nil)
	}
	var err error
	if st.Pulse, err = db.Pulse(ctx, midnight(opts.Config, st.Now)); err != nil {
		return []Finding{{Part: "today", Text: textOf(err)}}
	}
	if st.Audit, err = db.VerifyRecords(ctx); err != nil {
		return []Finding{{Part: "audit", Text: textOf(err)}}
	}
	ru, en, err := keptAccounts(ctx, opts, db)
	if err != nil {
		return []Finding{{Part: "today", Text: textOf(err)}}
	}
	return standingFindings(st, ru, en)
}

// standingFindings tells what a person has to look at: faults and warnings, which fail no check. The accounts
// come once in each language.
func standingFindings(st screen.Standings, inRussian, inEnglish []adminapi.Account) []Finding {
	st.Accounts = inRussian
	ru := screen.Standing(st, "ru")
	st.Accounts = inEnglish
	en := screen.Standing(st, "en")
	var findings []Finding
	for i, f := range ru {
		if f.Severity != "warning" && f.Severity != "error" {
			continue
		}
		findings = append(findings, Finding{
			Part: "today", Name: f.Code, OK: f.Severity != "error", Warn: f.Severity == "warning",
			Text: Text{RU: f.Summary + " " + f.Cure, EN: en[i].Summary + " " + en[i].Cure},
		})
	}
	return findings
}

// midnight is when the day of the first restaurant began.
func midnight(cfg *config.Config, now time.Time) time.Time {
	now = now.In(home(cfg).Zone)
	return time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
}

// keptAccounts is what the data folder knows of the accounts, in each language: what became of their texts, and
// what they held when last asked. Whether their programs run it does not know. Without any account it is nil,
// for that is told apart.
func keptAccounts(ctx context.Context, opts Options, db *store.DB) (ru, en []adminapi.Account, err error) {
	attempts, err := db.RecentAttempts(ctx, opts.Now().Add(-24*time.Hour), attemptsLook)
	if err != nil {
		return nil, nil, err
	}
	for _, a := range opts.Config.Accounts {
		ru = append(ru, adminapi.Account{
			Name: a.Name, Provider: a.Provider, State: "ready", RoutePlace: slices.Index(opts.Config.Notifications.Route, a.Name) + 1,
			Balance: lastBalance(ctx, db, opts.Log, a.Name, a.Provider),
		})
	}
	if err := addToday(ctx, db, opts.Config, opts.Now(), ru); err != nil {
		return nil, nil, err
	}
	en = slices.Clone(ru)
	for i := range ru {
		lastFailure(&ru[i], attempts, "ru")
		lastFailure(&en[i], attempts, "en")
	}
	return ru, en, nil
}
