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
	all := make([]adminapi.Account, 0, len(current.Config.Accounts))
	for _, account := range current.Config.Accounts {
		one := s.view(ctx, account, current, lang, attempts)
		if one.Today, err = s.today(ctx, account.Name, one.Today); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// view is an account as it is shown; attempts are those of the last day, newest first.
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
	s.mu.Lock()
	defer s.mu.Unlock()
	if balance, ok := s.balances[account.Name]; ok {
		shown.Balance = &balance
	}
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

// today counts what became of the account's texts since midnight of the first restaurant.
func (s *accountService) today(ctx context.Context, account string, t adminapi.AccountToday) (adminapi.AccountToday, error) {
	cfg := s.config()
	zone := cfg.Restaurant("").Timezone
	if len(cfg.Restaurants) > 0 {
		zone = cfg.Restaurants[0].Timezone
	}
	now := s.opts.Now().In(zone)
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, zone)
	counts, err := s.db.MessageCounts(ctx, message.Filter{Account: account, From: midnight})
	t.Delivered, t.Unknown = counts[message.Delivered].N, counts[message.Unknown].N
	t.Sent = counts[message.Accepted].N + t.Delivered + counts[message.Undelivered].N
	t.Failed = counts[message.Undelivered].N + counts[message.Rejected].N + counts[message.Expired].N
	return t, err
}
