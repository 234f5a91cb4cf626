package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/config"
	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/problem"
	"github.com/orderbell/orderbell/gateway/internal/rule"
	"github.com/orderbell/orderbell/gateway/internal/settings"
	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/host"
)

// notificationService is the no-code page, kept by settings.
type notificationService struct {
	*App
	accounts *accountService
}

// Notifications implements adminapi.Notifications.
func (s notificationService) Notifications(context.Context) (adminapi.NotificationPage, error) {
	return notificationPage(s.settings.Current()), nil
}

func notificationPage(c *settings.Current) adminapi.NotificationPage {
	page := adminapi.NotificationPage{
		Settings: shownNotifications(c.Notifications), Declared: c.DeclaredNotifications(), Revision: c.NotificationsRevision, Triggers: []string{},
	}
	if page.Declared == nil {
		page.Declared = []string{}
	}
	for _, stage := range order.Stages() {
		if stage >= c.Notifications.Stage {
			page.Triggers = append(page.Triggers, stage.KDSName())
		}
	}
	return page
}

func shownNotifications(n config.Notifications) adminapi.NotificationSettings {
	doc := n.Document() // its texts are those of the file
	text := func(key string) string { value, _ := doc[key].(string); return value }
	return adminapi.NotificationSettings{
		Enabled: n.Enabled, Route: append([]string{}, n.Route...), Stage: text("stage"), Template: n.Template, Expires: text("expires"),
		QuietHours: adminapi.QuietHours{From: n.QuietHours.From.String(), To: n.QuietHours.To.String()},
		OnUnknown:  text("on_unknown"), ContactWait: text("contact_wait"),
	}
}

func notificationDoc(s adminapi.NotificationSettings) map[string]any {
	return map[string]any{
		"enabled": s.Enabled, "route": s.Route, "stage": s.Stage, "template": s.Template, "expires": s.Expires,
		"quiet_hours": map[string]any{"from": s.QuietHours.From, "to": s.QuietHours.To},
		"on_unknown":  s.OnUnknown, "contact_wait": s.ContactWait,
	}
}

// SaveNotifications implements adminapi.Notifications.
func (s notificationService) SaveNotifications(ctx context.Context, who adminapi.Caller, n adminapi.NotificationSettings, revision int64) (adminapi.NotificationPage, error) {
	current, err := s.settings.SaveNotifications(ctx, notificationDoc(n), revision, who.Record())
	if err != nil {
		return adminapi.NotificationPage{}, under("settings", err)
	}
	return notificationPage(current), nil
}

// under puts the fields of a refusal under a name.
func under(name string, err error) error {
	if refused, ok := errors.AsType[*problem.Refusal](err); ok {
		for i := range refused.Fields {
			refused.Fields[i].Field = name + "." + refused.Fields[i].Field
		}
	}
	return err
}

// PreviewNotifications implements adminapi.Notifications.
func (s notificationService) PreviewNotifications(ctx context.Context, n adminapi.NotificationSettings, restaurant, lang string) (adminapi.Preview, error) {
	cfg, err := s.settings.Preview(notificationDoc(n))
	if err != nil {
		return adminapi.Preview{}, under("settings", err)
	}
	last, err := s.db.LastOrder(ctx, restaurant)
	if err != nil {
		return adminapi.Preview{}, err
	}
	p := adminapi.Preview{Real: last != nil, OrderNumber: "12.1", Warnings: []adminapi.Finding{}}
	r := cfg.Restaurant(restaurant)
	if last != nil {
		r = cfg.Restaurant(last.Restaurant)
		p.OrderNumber = order.Number(*last, string(r.Number))
	} else if restaurant == "" && len(cfg.Restaurants) > 0 {
		r = cfg.Restaurants[0]
	}
	p.Restaurant = r.Name
	p.Text, err = rule.Render(cfg.Notifications.Template, map[string]string{"order_number": p.OrderNumber, "restaurant_name": p.Restaurant})
	if err != nil {
		text := textOf(err)
		return adminapi.Preview{}, &problem.Refusal{Code: problem.FieldsInvalid, Fields: []problem.FieldFault{
			{Field: "settings.template", Code: problem.FieldInvalid, RU: text.RU, EN: text.EN},
		}}
	}
	p.Text = strings.TrimSpace(p.Text)
	count(&p)
	s.addPrice(ctx, &p, cfg, lang)
	p.Warnings = append(p.Warnings, doubts(cfg, p, lang)...)
	p.LastDay, err = s.lastDay(ctx, cfg, p.Cost)
	return p, err
}

func count(p *adminapi.Preview) {
	segments := message.CountSegments(p.Text)
	p.Encoding = "GSM-7"
	if segments.Encoding == message.UCS2 {
		p.Encoding = "UCS-2"
	}
	p.Characters, p.Segments, p.Left = utf8.RuneCountInString(p.Text), segments.Parts, segments.Remaining
}

// price asks the first account of the route what a text would cost. A provider that tells no prices gives
// host.ErrNoAbility, a route without accounts errNoRoute.
func (a *App) price(ctx context.Context, cfg *config.Config, text string) (sdk.Price, error) {
	if len(cfg.Notifications.Route) == 0 {
		return sdk.Price{}, errNoRoute
	}
	return a.providers.Estimate(ctx, cfg.Notifications.Route[0], contact.StoredPhone(examplePhone), text, a.opts.Now())
}

var errNoRoute = errors.New("there is no account to send through yet")

// addPrice puts in what the text costs, or why nobody knows.
func (s notificationService) addPrice(ctx context.Context, p *adminapi.Preview, cfg *config.Config, lang string) {
	price, err := s.price(ctx, cfg, p.Text)
	switch {
	case errors.Is(err, errNoRoute):
		p.CostWhy = Text{RU: "аккаунта для отправки ещё нет", EN: errNoRoute.Error()}.In(lang)
	case errors.Is(err, host.ErrNoAbility):
		p.CostWhy = Text{RU: "этот провайдер не сообщает цену заранее", EN: "this provider does not tell prices beforehand"}.In(lang)
	case err != nil:
		p.CostWhy = failed(err, lang).Summary
	case price.Failure != nil:
		p.CostWhy = failed(price.Failure, lang).Summary
	case price.Cost == nil:
		p.CostWhy = Text{RU: "провайдер не назвал цену", EN: "the provider named no price"}.In(lang)
	default:
		p.Cost = moneyOf(price.Cost)
	}
}

// doubts are what an admin may not have meant.
func doubts(cfg *config.Config, p adminapi.Preview, lang string) []adminapi.Finding {
	var found []adminapi.Finding
	add := func(code string, summary, cure Text) {
		found = append(found, adminapi.Finding{Severity: "warning", Code: code, Summary: summary.In(lang), Cure: cure.In(lang), Field: "template"})
	}
	template := cfg.Notifications.Template
	if !strings.Contains(template, "{order_number}") {
		add("no_order_number", Text{RU: "В тексте нет номера заказа.", EN: "The text has no order number."},
			Text{RU: "Добавьте {order_number}: иначе гость не поймёт, чей заказ готов.", EN: "Add {order_number}, or the guest cannot tell whose order it is."})
	}
	if strings.Contains(template, "{restaurant_name}") && p.Restaurant == "" {
		add("no_restaurant_name", Text{RU: "У ресторана нет названия: на месте {restaurant_name} будет пусто.", EN: "The restaurant has no name: {restaurant_name} will be empty."},
			Text{RU: "Задайте его на странице «Рестораны».", EN: "Set it on the page Restaurants."})
	}
	if p.Segments > 1 {
		summary := Text{RU: fmt.Sprintf("Текст занимает SMS: %d, и столько же раз оплачивается.", p.Segments), EN: fmt.Sprintf("The text takes %d SMS, and is paid for as many times.", p.Segments)}
		cure := Text{RU: "Сократите текст.", EN: "Shorten the text."}
		without, err := rule.Render(template, map[string]string{"order_number": p.OrderNumber, "restaurant_name": ""})
		if err == nil && message.CountSegments(strings.TrimSpace(without)).Parts < p.Segments {
			cure = Text{RU: "Лишняя часть — из-за длинного названия ресторана: сократите его.", EN: "The long name of the restaurant makes the difference: shorten it."}
		}
		add("many_segments", summary, cure)
	}
	return found
}

// ordersLook bounds how many orders of a day are looked at; the largest chains have fewer.
const ordersLook = 20_000

// lastDay counts the orders that were first seen in the last 24 hours, have a phone and reached the stage
// or passed it: what the settings would have sent. Quiet hours and what other rules do are not looked at.
func (s notificationService) lastDay(ctx context.Context, cfg *config.Config, cost *adminapi.Money) (adminapi.DayPreview, error) {
	orders, err := s.db.RecentOrders(ctx, s.opts.Now().Add(-24*time.Hour), ordersLook)
	if err != nil {
		return adminapi.DayPreview{}, err
	}
	day := adminapi.DayPreview{Orders: len(orders)}
	for _, o := range orders {
		if cfg.Notifications.Enabled && o.Phone && o.Peak >= cfg.Notifications.Stage {
			day.Texts++
		}
	}
	if cost != nil {
		day.Cost = times(*cost, day.Texts)
	}
	return day, nil
}

// times multiplies an amount.
func times(m adminapi.Money, n int) *adminapi.Money {
	const billion = 1_000_000_000
	nanos := int64(m.Nanos) * int64(n)
	return &adminapi.Money{Units: m.Units*int64(n) + nanos/billion, Nanos: int32(nanos % billion), Currency: m.Currency}
}
