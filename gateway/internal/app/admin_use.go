package app

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/problem"
	"github.com/orderbell/orderbell/gateway/internal/provider"
	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/host"
)

// CheckAccount implements adminapi.AccountUse.
func (s *accountService) CheckAccount(ctx context.Context, name, lang string) ([]adminapi.Finding, error) {
	if err := s.exists(name); err != nil {
		return nil, err
	}
	return findingsOf(s.providers.Check(ctx, name), lang), nil
}

func (s *accountService) exists(name string) error {
	if _, ok := s.config().Account(name); !ok {
		return problem.Refuse(problem.NoSuchThing)
	}
	return nil
}

// CheckSettings implements adminapi.AccountUse.
func (s *accountService) CheckSettings(ctx context.Context, in adminapi.Account, lang string) ([]adminapi.Finding, *adminapi.Balance, error) {
	draft, err := s.draft(ctx, in)
	if err != nil {
		return nil, nil, err
	}
	if draft.Name == "" {
		draft.Name = "new"
	}
	report := s.providers.Try(ctx, forHost(draft), true)
	findings := findingsOf(report, lang)
	if !report.OK() || report.Manifest == nil || !report.Manifest.Capabilities.Balance {
		return findings, nil, nil
	}
	held, err := s.providers.TryBalance(ctx, forHost(draft))
	if err != nil {
		return append(findings, failed(err, lang)), nil, nil
	}
	balance := s.balance(held)
	return findings, &balance, nil
}

// findingsOf tells a report in a language: what the provider says of the settings and of the login.
func findingsOf(report provider.Report, lang string) []adminapi.Finding {
	var findings []adminapi.Finding
	for _, d := range report.Diagnostics {
		severity := map[sdk.Severity]string{sdk.SeverityError: "error", sdk.SeverityWarning: "warning"}[d.Severity]
		if severity == "" {
			severity = "info"
		}
		findings = append(findings, adminapi.Finding{Severity: severity, Code: "provider_says", Summary: d.Summary.In(lang), Cure: d.Cure.In(lang), Field: d.Field})
	}
	_, told := errors.AsType[*provider.SettingsError](report.Err)
	switch {
	case report.Err != nil && !told:
		findings = append(findings, failed(report.Err, lang))
	case report.OK() && report.Manifest != nil && !report.Manifest.Capabilities.Check:
		findings = append(findings, adminapi.Finding{Severity: "ok", Code: "settings_taken", Summary: Text{
			RU: "Настройки приняты; проверять вход этот провайдер не умеет.", EN: "The settings are taken; this provider cannot check the login.",
		}.In(lang)})
	case report.OK():
		findings = append(findings, adminapi.Finding{Severity: "ok", Code: "logged_in", Summary: Text{
			RU: "Провайдер принимает настройки.", EN: "The provider takes the settings.",
		}.In(lang)})
	}
	return findings
}

// failed tells why a provider could not be asked, or what it refused with.
func failed(err error, lang string) adminapi.Finding {
	f := adminapi.Finding{Severity: "error", Code: strings.ToLower(string(reasonOf(err))), Summary: textOf(err).In(lang)}
	if failure, ok := errors.AsType[*sdk.Failure](err); ok {
		f.Summary = strings.TrimSpace(failure.Reason.Sentence().In(lang) + " " + failure.Detail)
		f.Cure = failure.Reason.Cure().In(lang)
	}
	return f
}

// asked turns the failure of a question to a provider into a refusal.
func asked(err error) error {
	if errors.Is(err, host.ErrNoAbility) {
		return &problem.Refusal{Code: problem.NoAbility, Cause: err}
	}
	ru, en := failed(err, "ru"), failed(err, "en")
	return &problem.Refusal{Code: problem.ProviderFailed, Cause: err, Fields: []problem.FieldFault{{
		Field: "account", Code: problem.ProviderFailed, RU: strings.TrimSpace(ru.Summary + " " + ru.Cure), EN: strings.TrimSpace(en.Summary + " " + en.Cure),
	}}}
}

// AccountBalance implements adminapi.AccountUse.
func (s *accountService) AccountBalance(ctx context.Context, name, _ string) (adminapi.Balance, error) {
	account, ok := s.config().Account(name)
	if !ok {
		return adminapi.Balance{}, problem.Refuse(problem.NoSuchThing)
	}
	held, err := s.providers.Balance(ctx, name)
	if err != nil {
		return adminapi.Balance{}, asked(err)
	}
	balance := s.balance(held)
	return balance, s.keepBalance(ctx, name, account.Provider, balance)
}

func (s *accountService) balance(held sdk.Balance) adminapi.Balance {
	balance := adminapi.Balance{AskedAt: s.opts.Now()}
	if held.Unlimited {
		balance.Credits = "∞"
		return balance
	}
	money := adminapi.Money(held.Amount)
	balance.Money = &money
	return balance
}

// EstimateText implements adminapi.AccountUse.
func (s *accountService) EstimateText(ctx context.Context, name, text, phone, _ string) (adminapi.Estimate, error) {
	if err := s.exists(name); err != nil {
		return adminapi.Estimate{}, err
	}
	to := contact.StoredPhone(examplePhone)
	if phone != "" {
		var err error
		if to, err = contact.ParsePhone(phone, contact.DefaultRegion); err != nil {
			return adminapi.Estimate{}, badPhone(err)
		}
	}
	price, err := s.providers.Estimate(ctx, name, to, text, s.opts.Now())
	if err == nil && price.Failure != nil {
		err = price.Failure
	}
	if err != nil {
		return adminapi.Estimate{}, asked(err)
	}
	return adminapi.Estimate{Segments: max(price.Segments, message.CountSegments(text).Parts), Cost: moneyOf(price.Cost)}, nil
}

// examplePhone is a number for which texts are priced when nobody names one; it is never texted.
const examplePhone = "+79990000000"

func badPhone(err error) error {
	text := textOf(err)
	return &problem.Refusal{Code: problem.FieldsInvalid, Fields: []problem.FieldFault{
		{Field: "phone", Code: problem.PhoneInvalid, RU: text.RU, EN: text.EN},
	}}
}

func moneyOf(m *sdk.Money) *adminapi.Money {
	if m == nil {
		return nil
	}
	money := adminapi.Money(*m)
	return &money
}

// SendTest implements adminapi.AccountUse: one real text, at once and once; no rule is asked and no limit
// counts.
func (s *accountService) SendTest(ctx context.Context, who adminapi.Caller, name, phone, text string) (adminapi.TestResult, error) {
	if err := s.exists(name); err != nil {
		return adminapi.TestResult{}, err
	}
	to, err := contact.ParsePhone(phone, contact.DefaultRegion)
	if err != nil {
		return adminapi.TestResult{}, badPhone(err)
	}
	if strings.TrimSpace(text) == "" {
		text = Text{RU: "Проверка Orderbell: SMS работают.", EN: "Orderbell test: texts work."}.In(who.Language)
	}
	began := s.opts.Now()
	outcomes := s.providers.Send(ctx, name, []message.Outgoing{{
		ID: ulid.MustNew(ulid.Timestamp(began), ulid.DefaultEntropy()).String(), Attempt: 1, To: to, Text: text,
		Category: contact.Transactional, NotAfter: began.Add(sendValidity), Segments: message.CountSegments(text).Parts,
	}})
	result := adminapi.TestResult{Text: text, Millis: s.opts.Now().Sub(began).Round(time.Millisecond).Milliseconds()}
	if len(outcomes) != 1 || outcomes[0].Failure == nil && outcomes[0].Accepted == nil {
		result.Reason = string(message.Internal)
		return result, nil
	}
	if failure := outcomes[0].Failure; failure != nil {
		result.Reason, result.Why, result.Cure = string(failure.Reason), message.Sentence(failure.Reason, who.Language), message.CureByHand(failure.Reason, who.Language)
		result.Detail = to.Hide(strings.TrimSpace(failure.ProviderCode + " " + failure.Detail))
		return result, nil
	}
	accepted := outcomes[0].Accepted
	result.Accepted, result.ProviderID = true, accepted.ProviderID
	if accepted.Cost != nil {
		money := adminapi.Money(*accepted.Cost)
		result.Cost = &money
	}
	return result, nil
}
