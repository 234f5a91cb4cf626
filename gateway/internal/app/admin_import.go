package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/config"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/sdk"
)

// ImportSettings implements adminapi.Notifications: it proposes an account and notifications out of the
// pasted settings of the vendor's module. Nothing is kept; the token goes back to who pasted it, because
// the form that saves the account needs it.
func (s notificationService) ImportSettings(ctx context.Context, pasted, lang string) (adminapi.Imported, error) {
	p := config.ParsePasted(pasted)
	imported := adminapi.Imported{Settings: map[string]string{}, Findings: []adminapi.Finding{}}
	add := func(severity, code, field string, text Text) {
		imported.Findings = append(imported.Findings, adminapi.Finding{Severity: severity, Code: code, Field: field, Summary: text.In(lang)})
	}
	for _, name := range p.Odd {
		add("warning", "not_understood", name, Text{RU: "Не понято: " + name, EN: "Not understood: " + name})
	}
	if p.Aggregator != "" || !p.Token.IsZero() || p.Sender != "" {
		s.importAccount(ctx, p, &imported, add)
	}
	s.importPage(p, &imported, add)
	if p.Restaurant != "" {
		imported.Named = p.Restaurant
		add("ok", "restaurant_name", "restaurant_name", Text{
			RU: fmt.Sprintf("Понято: название ресторана — «%s»", p.Restaurant), EN: fmt.Sprintf("Understood: the restaurant's name, “%s”", p.Restaurant),
		})
	}
	if imported.Page == nil && imported.Provider == "" && imported.Named == "" {
		add("error", "nothing_found", "", Text{
			RU: "Ни одной настройки не найдено. Вставьте их построчно: «Токен API: …», «Имя отправителя: …», «Статус (KDS): (3)».",
			EN: "No setting was found. Paste them line by line: “API token: …”, “Sender name: …”, “Status (KDS): (3)”.",
		})
	}
	return imported, nil
}

// importAccount finds the provider and puts token and sender where its settings have them.
func (s notificationService) importAccount(ctx context.Context, p config.Pasted, imported *adminapi.Imported, add func(severity, code, field string, text Text)) {
	name, guessed := s.providerOf(ctx, p.Aggregator)
	if name == "" {
		add("error", "provider_unknown", "provider", Text{
			RU: fmt.Sprintf("Агрегатора «%s» среди провайдеров нет: выберите провайдера сами или возьмите «HTTP».", p.Aggregator),
			EN: fmt.Sprintf("There is no provider for the aggregator “%s”: choose one yourself, or take “HTTP”.", p.Aggregator),
		})
		return
	}
	imported.Provider = name
	if guessed {
		add("info", "provider_guessed", "provider", Text{
			RU: "Агрегатор не назван: взят sms.ru, единственный, который называет страница модуля.",
			EN: "No aggregator is named: sms.ru was taken, the only one that the module's page names.",
		})
	}
	manifest, err := s.accounts.manifests.of(ctx, name)
	if err != nil {
		add("error", "provider_missing", "provider", textOf(err))
		return
	}
	put := func(f sdk.Field, there bool, value, what string, none Text) {
		switch {
		case value == "":
		case !there:
			add("warning", what, "", none)
		default:
			imported.Settings[f.Key] = value
			add("ok", what, f.Key, Text{RU: "Понято: " + f.Label.In("ru"), EN: "Understood: " + f.Label.In("en")})
		}
	}
	token, there := firstField(manifest, func(f sdk.Field) bool { return f.Kind == sdk.KindSecret })
	put(token, there, p.Token.Reveal(), "token", Text{RU: "Токен этому провайдеру не нужен.", EN: "This provider needs no token."})
	sender, there := firstField(manifest, func(f sdk.Field) bool {
		return slices.Contains([]string{"from", "sender", "sign", "number", "source_addr"}, f.Key)
	})
	put(sender, there, p.Sender, "sender", Text{RU: "Имени отправителя у этого провайдера нет.", EN: "This provider has no sender name."})
}

// firstField finds a setting, one that is required before others.
func firstField(m sdk.Manifest, fits func(sdk.Field) bool) (sdk.Field, bool) {
	for _, required := range []bool{true, false} {
		for _, f := range m.Settings {
			if f.Required == required && fits(f) {
				return f, true
			}
		}
	}
	return sdk.Field{}, false
}

// defaultAggregator is the provider that is meant where the page names none.
const defaultAggregator = "smsru"

// providerOf finds the provider that an aggregator's name means.
func (s notificationService) providerOf(ctx context.Context, aggregator string) (name string, guessed bool) {
	names := s.providers.Providers()
	if aggregator == "" {
		if slices.Contains(names, defaultAggregator) {
			return defaultAggregator, true
		}
		return "", false
	}
	wanted := plainWord(aggregator)
	for _, name := range names {
		if plainWord(name) == wanted {
			return name, false
		}
	}
	for _, name := range names {
		manifest, err := s.accounts.manifests.of(ctx, name)
		if err == nil && (plainWord(manifest.Title.RU) == wanted || plainWord(manifest.Title.EN) == wanted) {
			return name, false
		}
	}
	return "", false
}

// plainWord compares names as people write them: SMS.RU, "sms-ru".
func plainWord(name string) string {
	return strings.Map(func(letter rune) rune {
		if strings.ContainsRune(" .-_«»\"'", letter) {
			return -1
		}
		return letter
	}, strings.ToLower(name))
}

// importPage proposes notifications: what is in force, changed by what was pasted.
func (s notificationService) importPage(p config.Pasted, imported *adminapi.Imported, add func(severity, code, field string, text Text)) {
	current := s.settings.Current()
	page := shownNotifications(current.Notifications)
	imported.Revision = current.NotificationsRevision
	if p.Enabled != nil {
		page.Enabled = *p.Enabled
		text := Text{RU: "Понято: SMS-уведомления выключить", EN: "Understood: switch SMS notifications off"}
		if page.Enabled {
			text = Text{RU: "Понято: SMS-уведомления включить", EN: "Understood: switch SMS notifications on"}
		}
		add("ok", "enabled", "enabled", text)
	}
	if p.Stage != order.None {
		page.Stage = p.Stage.KDSName()
		add("ok", "stage", "stage", Text{RU: "Понято: статус (KDS) — " + page.Stage, EN: "Understood: status (KDS), " + page.Stage})
	}
	if p.Template != "" {
		page.Template = p.Template
		add("ok", "template", "template", Text{
			RU: fmt.Sprintf("Понято: шаблон сообщения — «%s»", p.Template), EN: fmt.Sprintf("Understood: message template, “%s”", p.Template),
		})
	}
	if p.Enabled != nil || p.Stage != order.None || p.Template != "" {
		imported.Page = &page
	}
}
