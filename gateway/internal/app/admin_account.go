package app

import (
	"context"
	"errors"
	"maps"
	"net/url"
	"unicode/utf8"

	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/config"
	"github.com/orderbell/orderbell/gateway/internal/problem"
	"github.com/orderbell/orderbell/gateway/internal/provider"
	"github.com/orderbell/orderbell/gateway/internal/settings"
	"github.com/orderbell/orderbell/sdk"
)

// accountService is the admin's accounts: kept by settings, judged and used by the providers' host.
type accountService struct {
	*App
	manifests manifests
}

func newAccountService(a *App) *accountService {
	return &accountService{App: a, manifests: manifests{host: a.providers, known: map[string]sdk.Manifest{}}}
}

// SaveAccount implements adminapi.Accounts. The provider's program looks at the settings before they are
// kept; one that cannot be asked is no reason not to keep the change of an account that there is.
func (s *accountService) SaveAccount(ctx context.Context, who adminapi.Caller, in adminapi.Account) (adminapi.Account, error) {
	draft, err := s.draft(ctx, in)
	if err != nil {
		return adminapi.Account{}, err
	}
	if err := s.settings.CheckAccount(draft); err != nil {
		return adminapi.Account{}, err
	}
	report := s.providers.Try(ctx, forHost(draft), false)
	if err := refusedSettings(report); err != nil {
		return adminapi.Account{}, err
	}
	if report.Err != nil && in.Revision == 0 {
		return adminapi.Account{}, unknownProvider(report.Err)
	}
	r := who.Record()
	r.Object = in.Name
	current, err := s.settings.SaveAccount(ctx, draft, r)
	if err != nil {
		return adminapi.Account{}, err
	}
	if err := s.forgetBalance(ctx, in.Name); err != nil {
		return adminapi.Account{}, err
	}
	account, _ := current.Account(in.Name)
	shown := s.view(ctx, account, current, who.Language, nil)
	shown.Simulated = atSimulator(account, s.simulators.kept(ctx))
	return shown, nil
}

// DeleteAccount implements adminapi.Accounts.
func (s *accountService) DeleteAccount(ctx context.Context, who adminapi.Caller, name string) error {
	if err := s.settings.DropAccount(ctx, name, who.Record()); err != nil {
		return err
	}
	return s.forgetBalance(ctx, name)
}

// draft puts together what is to be kept: what was typed, and the secrets that were not typed again.
func (s *accountService) draft(ctx context.Context, in adminapi.Account) (settings.Account, error) {
	draft := settings.Account{
		Name: in.Name, Provider: in.Provider, Settings: map[string]string{}, Revision: in.Revision,
		Limits: config.Limits{PerSecond: in.Limits.PerSecond, PerDay: in.Limits.PerDay, PerPhonePerDay: in.Limits.PerPhonePerDay},
	}
	manifest, err := s.manifests.of(ctx, in.Provider)
	if err != nil && in.Revision == 0 {
		return draft, unknownProvider(err)
	}
	draft.Tell = func(key, value string) string { return tellable(manifest, key, value) }
	old := map[string]config.Secret{}
	if account, ok := s.config().Account(in.Name); ok && in.Revision != 0 && account.Provider == in.Provider {
		old = account.Settings
	}
	for key, value := range in.Settings {
		if value.Value != nil && *value.Value != "" {
			draft.Settings[key] = *value.Value
		}
	}
	// Without a manifest nobody knows what is secret: everything that was not typed stays.
	blind := err != nil
	moved := blind && movedBlindly(draft.Settings, old)
	for _, f := range manifest.Settings {
		if destination(f) && given(draft.Settings, f) != revealed(old, f) {
			moved = true
		}
	}
	kept := map[string]string{}
	for key, value := range old {
		f, known := field(manifest, key)
		_, typed := draft.Settings[key]
		if !typed && !in.Settings[key].Clear && !value.IsZero() && (blind || known && f.Kind == sdk.KindSecret) {
			kept[key] = value.Reveal()
		}
	}
	if moved && len(kept) > 0 {
		return draft, secretsAgain(kept)
	}
	maps.Copy(draft.Settings, kept)
	return draft, nil
}

// longestTold is up to which length, in characters, the audit log has a text of an account's settings. What
// is longer is a template of a request, into which somebody may have pasted a token.
const longestTold = 100

// tellable gives what the audit log, which is never changed, may have of a setting; empty: nothing. An
// address is told without what may be secret in it.
func tellable(manifest sdk.Manifest, key, value string) string {
	f, known := field(manifest, key)
	switch {
	case !known, f.Kind == sdk.KindSecret, f.Kind == sdk.KindPhone, f.Kind == sdk.KindList:
		return ""
	case f.Kind == sdk.KindURL:
		u, err := url.Parse(value)
		if err != nil {
			return ""
		}
		return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
	case utf8.RuneCountInString(value) > longestTold:
		return ""
	default:
		return value
	}
}

func given(values map[string]string, f sdk.Field) string {
	if value := values[f.Key]; value != "" {
		return value
	}
	return f.Default
}

func revealed(values map[string]config.Secret, f sdk.Field) string {
	if value := values[f.Key].Reveal(); value != "" {
		return value
	}
	return f.Default
}

// movedBlindly tells whether anything at all was typed for an account whose provider does not say what
// its settings mean: it may be an address.
func movedBlindly(typed map[string]string, old map[string]config.Secret) bool {
	for key, value := range typed {
		if value != old[key].Reveal() {
			return true
		}
	}
	return false
}

// secretsAgain refuses to hand kept secrets to another address: who may edit an account could have them
// sent to a server of his own.
func secretsAgain(kept map[string]string) error {
	refused := &problem.Refusal{Code: problem.FieldsInvalid}
	for key := range kept {
		refused.Fields = append(refused.Fields, problem.FieldFault{
			Field: "settings." + key, Code: problem.FieldRequired,
			RU: "адрес провайдера изменился: введите секрет ещё раз, прежний на другой адрес не отправляется",
			EN: "the provider's address has changed: enter the secret again, the kept one is not sent to another address",
		})
	}
	return refused
}

// refusedSettings turns what the provider's program says of settings into faults of fields; nil where it
// takes them.
func refusedSettings(report provider.Report) error {
	refused := &problem.Refusal{Code: problem.FieldsInvalid}
	for _, d := range report.Diagnostics {
		if d.Severity != sdk.SeverityError {
			continue
		}
		name := "settings"
		if d.Field != "" {
			name += "." + d.Field
		}
		refused.Fields = append(refused.Fields, problem.FieldFault{
			Field: name, Code: problem.FieldInvalid, RU: sentence(d, "ru"), EN: sentence(d, "en"),
		})
	}
	if len(refused.Fields) == 0 {
		return nil
	}
	return refused
}

func sentence(d sdk.Diagnostic, lang string) string {
	text := d.Summary.In(lang)
	if cure := d.Cure.In(lang); cure != "" {
		text += " " + cure
	}
	return text
}

func unknownProvider(err error) error {
	text := textOf(err)
	if errors.Is(err, provider.ErrUnknownProvider) {
		text = Text{RU: "такой программы провайдера нет", EN: "there is no such provider program"}
	}
	return &problem.Refusal{Code: problem.FieldsInvalid, Cause: err, Fields: []problem.FieldFault{
		{Field: "provider", Code: problem.FieldInvalid, RU: text.RU, EN: text.EN},
	}}
}

func forHost(a settings.Account) provider.Account {
	return provider.Account{Name: a.Name, Provider: a.Provider, Settings: a.Settings}
}
