package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/child"
	"github.com/orderbell/orderbell/gateway/internal/config"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/provider"
	"github.com/orderbell/orderbell/gateway/internal/settings"
	"github.com/orderbell/orderbell/gateway/internal/store"
	"github.com/orderbell/orderbell/sdk"
)

// attemptsLook is how many of a day's last attempts are looked at for how accounts are.
const attemptsLook = 2000

// Accounts implements adminapi.Accounts: the declared ones first, then the others, oldest first.
func (s *accountService) Accounts(ctx context.Context, lang string) ([]adminapi.Account, error) {
	current := s.settings.Current()
	attempts, err := s.db.RecentAttempts(ctx, s.opts.Now().Add(-24*time.Hour), attemptsLook)
	if err != nil {
		return nil, err
	}
	simulators := s.simulators.kept(ctx)
	all := make([]adminapi.Account, 0, len(current.Accounts))
	for _, account := range current.Accounts {
		shown := s.view(ctx, account, current, lang, attempts)
		shown.Simulated = atSimulator(account, simulators)
		all = append(all, shown)
	}
	return all, addToday(ctx, s.db, s.config(), s.opts.Now(), all)
}

// view is an account as it is shown, but for whether it is simulated; attempts are those of the last day, newest first.
func (s *accountService) view(ctx context.Context, account config.Account, current *settings.Current, lang string, attempts []message.Attempt) adminapi.Account {
	manifest, err := s.manifests.of(ctx, account.Provider)
	shown := adminapi.Account{
		Name: account.Name, Provider: account.Provider, Settings: shownSettings(account, manifest, err == nil),
		Limits:   adminapi.AccountLimits(account.Limits),
		Revision: current.AccountRevision(account.Name), Declared: current.DeclaredAccount(account.Name),
		RoutePlace: slices.Index(current.Notifications.Route, account.Name) + 1,
	}
	shown.State, shown.LastError = s.standing(account.Name, lang)
	lastFailure(&shown, attempts, lang)
	shown.Today.P50Millis = medianMillis(account.Name, attempts)
	if manifest.Capabilities.Callbacks && s.opts.Config.PublicURL != "" {
		if token, err := s.db.CallbackToken(ctx, account.Name); err == nil {
			shown.CallbackURL = fmt.Sprintf("%s/callbacks/%s/%s", s.opts.Config.PublicURL, account.Name, token)
		}
	}
	shown.Balance = lastBalance(ctx, s.db, s.opts.Log, account.Name, account.Provider)
	return shown
}

// shownSettings shows values that are not secret; of what nobody says what it is, only that it is there.
func shownSettings(account config.Account, manifest sdk.Manifest, known bool) map[string]adminapi.AccountValue {
	shown := map[string]adminapi.AccountValue{}
	for key, value := range account.Settings {
		f, there := field(manifest, key)
		if !known || !there || f.Kind == sdk.KindSecret {
			shown[key] = adminapi.AccountValue{Set: !value.IsZero(), Hint: value.Hint()}
			continue
		}
		text := value.Reveal()
		shown[key] = adminapi.AccountValue{Value: &text}
	}
	return shown
}

// standing is how an account is: in a word, and why nothing can be sent through it now.
func (s *accountService) standing(account, lang string) (string, *adminapi.AccountError) {
	state, err := s.providers.Standing(account)
	if err != nil {
		word := "failing"
		if errors.Is(err, provider.ErrUnknownProvider) {
			word = "missing"
		}
		return word, &adminapi.AccountError{At: s.opts.Now(), Reason: string(reasonOf(err)), Why: textOf(err).In(lang)}
	}
	switch state {
	case child.Serving:
		return "ready", nil
	case child.Starting, child.Draining:
		return "starting", nil
	case child.Stopped, child.Backoff, child.Quarantined:
	}
	return "stopped", nil
}

func reasonOf(err error) message.Reason {
	if failure, ok := errors.AsType[*sdk.Failure](err); ok {
		return message.Reason(failure.Reason)
	}
	if _, ok := errors.AsType[*provider.SettingsError](err); ok {
		return message.Unauthorized
	}
	return message.Unavailable
}

// lastFailure tells of the newest attempt, where that one failed and nothing worse is known.
func lastFailure(shown *adminapi.Account, attempts []message.Attempt, lang string) {
	at := slices.IndexFunc(attempts, func(a message.Attempt) bool { return a.Account == shown.Name })
	if shown.LastError != nil || at < 0 || attempts[at].Outcome == nil || attempts[at].Outcome.Failure == nil {
		return
	}
	failure := attempts[at].Outcome.Failure
	shown.LastError = &adminapi.AccountError{
		At: *attempts[at].EndedAt, Reason: string(failure.Reason), Why: message.Sentence(failure.Reason, lang),
		Cure: message.Cure(failure.Reason, lang), Detail: failure.Detail, Code: failure.ProviderCode,
	}
	if message.PolicyOf(failure.Reason).Effects.StopAccount {
		shown.State = "failing"
	}
}

func medianMillis(account string, attempts []message.Attempt) int {
	var took []time.Duration
	for _, a := range attempts {
		if a.Account == account && a.Outcome != nil && a.Outcome.Accepted != nil {
			took = append(took, a.EndedAt.Sub(a.StartedAt))
		}
	}
	if len(took) == 0 {
		return 0
	}
	slices.Sort(took)
	return int(took[len(took)/2].Milliseconds())
}

// spendingLook is how far back spending is looked at for how long the balance lasts.
const spendingLook = 7 * 24 * time.Hour

// addToday puts in what became of each account's texts since midnight of the first restaurant, and for
// how many days its balance lasts.
func addToday(ctx context.Context, db *store.DB, cfg *config.Config, now time.Time, all []adminapi.Account) error {
	midnight := midnight(cfg, now)
	sums, err := db.Tallies(ctx, now.Add(-spendingLook), now)
	if err != nil {
		return err
	}
	for i := range all {
		week := message.Money{}
		for _, sum := range sums {
			if sum.Account != all[i].Name {
				continue
			}
			week = plus(week, sum.Cost)
			if !sum.Hour.Before(midnight) { // zones with odd half hours count one hour less
				countToday(&all[i].Today, sum)
			}
		}
		all[i].Today.DaysOfCash = daysLeft(all[i].Balance, week)
	}
	return nil
}

func countToday(t *adminapi.AccountToday, sum message.Tally) {
	switch sum.Status {
	case message.Delivered:
		t.Delivered += sum.Messages
		t.Sent += sum.Messages
	case message.Accepted:
		t.Sent += sum.Messages
	case message.Undelivered:
		t.Sent += sum.Messages
		t.Failed += sum.Messages
	case message.Rejected, message.Expired:
		t.Failed += sum.Messages
	case message.Unknown:
		t.Unknown += sum.Messages
	default: // not ended, or by a person
	}
	if sum.Cost.Currency == "" {
		return
	}
	so := message.Money{}
	if t.Cost != nil {
		so = message.Money(*t.Cost)
	}
	cost := adminapi.Money(plus(so, sum.Cost))
	t.Cost = &cost
}

// plus adds amounts. One of another currency than the first is left out: an account has one currency.
func plus(a, b message.Money) message.Money {
	switch {
	case a.Currency == "":
		return b
	case b.Currency != a.Currency:
		return a
	}
	return a.Sum(b)
}

// daysLeft tells for how many days the balance lasts at the pace of the last week; nil: not known.
func daysLeft(balance *adminapi.Balance, week message.Money) *int {
	if balance == nil || balance.Money == nil || balance.Money.Currency != week.Currency || week.Units == 0 && week.Nanos <= 0 || week.Units < 0 {
		return nil
	}
	amount := func(units int64, nanos int32) float64 { return float64(units) + float64(nanos)/1e9 }
	days := int(amount(balance.Money.Units, balance.Money.Nanos) / (amount(week.Units, week.Nanos) / 7))
	days = max(days, 0)
	return &days
}

// states tells how the accounts are and no more; it asks neither the database nor a provider.
func (s *accountService) states(lang string) []adminapi.Account {
	var all []adminapi.Account
	for _, account := range s.config().Accounts {
		one := adminapi.Account{Name: account.Name, Provider: account.Provider}
		one.State, one.LastError = s.standing(account.Name, lang)
		all = append(all, one)
	}
	return all
}
