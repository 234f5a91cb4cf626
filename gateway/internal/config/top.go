package config

import (
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

// topFields is the whole configuration as keys.
func (r *reader) topFields(c *Config) []field {
	return []field{
		{name: "listen", one: func(v value) { r.hostPort(v, &c.Listen, 0) }},
		{name: "admin_listen", one: func(v value) { r.optional(v, &c.AdminListen, r.adminListen) }},
		{name: "public_url", one: func(v value) { r.optional(v, &c.PublicURL, r.publicURL) }},
		{name: "data", one: func(v value) { r.folder(v, &c.Data) }},
		{name: "database", secret: true, one: r.database},
		{name: "plugins", one: func(v value) { r.optional(v, &c.Plugins, r.folder) }},
		{name: "rules", one: func(v value) { r.optional(v, &c.Rules, r.folder) }},
		{name: "egress_allow", words: func(v []value) { r.egress(v, &c.EgressAllow) }},
		{name: "log", group: []field{
			{name: "level", one: func(v value) { choice(r, v, &c.Log.Level, "trace", "debug", "info", "warn", "error") }},
			{name: "format", one: func(v value) { choice(r, v, &c.Log.Format, "text", "json") }},
		}},
		{name: "language", one: func(v value) { choice(r, v, &c.Language, "ru", "en") }},
		{name: "retention", group: []field{
			{name: "texts_days", one: func(v value) { r.days(v, &c.Retention.TextsDays) }},
			{name: "events_days", one: func(v value) { r.days(v, &c.Retention.EventsDays) }},
			{name: "audit_days", one: func(v value) { r.days(v, &c.Retention.AuditDays) }},
		}},
		{name: "restaurants", items: func(list []node) { r.restaurants(list, c) }},
		{name: "accounts", items: func(list []node) { r.accounts(list, c) }},
		{name: "notifications", group: r.notificationFields(&c.Notifications)},
		{name: "api_keys", items: func(list []node) { r.apiKeys(list, c) }},
	}
}

func (r *reader) notificationFields(n *Notifications) []field {
	return []field{
		{name: "enabled", one: func(v value) { r.truth(v, &n.Enabled) }},
		{name: "route", words: func(v []value) { r.route(v, n) }},
		{name: "stage", one: func(v value) { r.stage(v, &n.Stage) }},
		{name: "template", one: func(v value) { r.template(v, &n.Template) }},
		{name: "expires", one: func(v value) { r.span(v, &n.Expires, time.Minute, 24*time.Hour) }},
		{name: "quiet_hours", group: []field{
			{name: "from", one: func(v value) { r.quiet(v, &n.QuietHours.From) }},
			{name: "to", one: func(v value) { r.quiet(v, &n.QuietHours.To) }},
		}},
		{name: "on_unknown", one: func(v value) { choice(r, v, &n.OnUnknown, Hold, Resend) }},
		{name: "contact_wait", one: func(v value) { r.span(v, &n.ContactWait, 0, 24*time.Hour) }},
	}
}

// optional reads a value that may be the empty text.
func (r *reader) optional(v value, into *string, read func(value, *string)) {
	if v.text == "" {
		*into = ""
		return
	}
	read(v, into)
}

func (r *reader) days(v value, into *int) { r.whole(v, into, 1, 3650) }

// folder reads a folder's path. One in the file counts from the file's folder, so that a service,
// which starts in a system folder, finds it; others count from the working folder.
func (r *reader) folder(v value, into *string) {
	var path string
	if v.text == "" {
		r.fault(v, Text{"папка не указана", "there is no folder"}, Text{"Например: ./data", "For example: ./data"})
		return
	}
	if !r.line(v, &path, 1000) {
		return
	}
	if v.line > 0 && !filepath.IsAbs(path) {
		path = filepath.Join(r.dir, path)
	}
	*into = filepath.Clean(path)
}

func (r *reader) publicURL(v value, into *string) {
	address, err := url.Parse(v.text)
	plain := err == nil && (address.Scheme == "http" || address.Scheme == "https") && address.Hostname() != "" &&
		address.User == nil && address.RawQuery == "" && address.Fragment == ""
	if !plain {
		v.secret = v.secret || strings.ContainsAny(v.text, "@?") // people paste passwords and tokens
		r.fault(v, Text{"это не адрес сайта", "this is not the address of a site"}, Text{
			RU: "Пишется https://имя или https://имя/путь, без пароля, ? и #",
			EN: "Write https://name or https://name/path, without a password, ? or #",
		})
		return
	}
	*into = strings.TrimRight(v.text, "/")
}

// database refuses what this version cannot do: whoever writes an address must not believe that the data
// goes there. The address may hold a password, so it is never shown.
func (r *reader) database(v value) {
	if v.text == "" {
		return
	}
	r.fault(v, Text{
		RU: "эта версия хранит данные только в SQLite, в папке data", EN: "this version keeps its data only in SQLite, in the data folder",
	}, Text{"Удалите эту строку", "Remove this line"})
}

func (r *reader) egress(list []value, into *[]string) {
	*into = nil
	for _, v := range list {
		var address string
		r.hostPort(v, &address, 1)
		if address != "" {
			*into = append(*into, address)
		}
	}
}

// stage reads a stage that can be chosen; "sent" is a stage, but nobody is told of it.
func (r *reader) stage(v value, into *order.Stage) {
	stage, ok := order.ParseStage(v.text)
	if ok && stage >= order.Started {
		*into = stage
		return
	}
	var names []string
	for _, s := range order.Stages() {
		if s >= order.Started {
			names = append(names, s.KDSName())
		}
	}
	r.fault(v, Text{"такой стадии нет", "there is no such stage"}, oneOf(v.text, names))
}

// quiet reads one end of the quiet hours; that both or none are there is checked at the end.
func (r *reader) quiet(v value, into *contact.TimeOfDay) {
	if !r.clock(v, into) {
		r.badQuiet = true
	}
}

// placeholders are the names that a template may use in braces.
func placeholders() []string { return []string{"order_number", "restaurant_name"} }

// template reads the text of a message and refuses placeholders that do not exist: a guest would get
// them as they are.
func (r *reader) template(v value, into *string) {
	rest := v.text
	if strings.TrimSpace(rest) == "" {
		r.fault(v, Text{"текст пуст", "the text is empty"}, Text{
			RU: "Напишите текст; чтобы ничего не отправлять, поставьте enabled: false",
			EN: "Write a text; to send nothing, set enabled: false",
		})
		return
	}
	for {
		_, after, found := strings.Cut(rest, "{")
		if !found {
			break
		}
		name, tail, closed := strings.Cut(after, "}")
		if !closed || !slices.Contains(placeholders(), name) {
			r.fault(v, Text{"в тексте неизвестная подстановка", "the text has an unknown placeholder"},
				oneOf(name, placeholders()))
			return
		}
		rest = tail
	}
	var text string
	if r.text(v, &text, maxTemplate) && r.sendable(v, text) {
		*into = text
	}
}

// maxTemplate bounds a template in characters, placeholders included; what a message holds is less.
const maxTemplate = 2000

// sendable refuses a template that is too long for a message even with nothing put in: rule.Check would
// refuse the text of every order.
func (r *reader) sendable(v value, template string) bool {
	for _, name := range placeholders() {
		template = strings.ReplaceAll(template, "{"+name+"}", "")
	}
	took := message.CountSegments(strings.TrimSpace(template))
	if took.Parts <= rule.DefaultSegments {
		return true
	}
	most := took.PerPart * rule.DefaultSegments
	r.fault(v, Text{
		RU: fmt.Sprintf("текст занимает SMS: %d (знаков без подстановок: %d), а можно не больше %d", took.Parts, took.Units, rule.DefaultSegments),
		EN: fmt.Sprintf("the text takes %d SMS (%d characters without what is put in), and at most %d are allowed", took.Parts, took.Units, rule.DefaultSegments),
	}, Text{
		RU: fmt.Sprintf("Сократите его до %d знаков вместе с тем, что подставляется", most),
		EN: fmt.Sprintf("Shorten it to %d characters, with what is put in", most),
	})
	return false
}

func (r *reader) route(list []value, n *Notifications) {
	n.Route = nil
	for _, v := range list {
		var name string
		if r.name(v, &name) {
			n.Route = append(n.Route, name)
		}
	}
}

// completeRoute fills an empty route from the only account, and checks the names.
func (r *reader) completeRoute(c *Config) {
	n := &c.Notifications
	r.checkQuiet(n)
	if r.badAccounts {
		return // what their names should have been is not known
	}
	names := accountNames(c)
	switch {
	case len(n.Route) == 0 && len(names) == 1:
		n.Route = names
	case len(n.Route) == 0 && len(names) > 1 && n.Enabled:
		r.noOrder(names)
	}
	r.checkRoute(n.Route, names)
}

func (r *reader) noOrder(names []string) {
	r.faultAt("notifications.route", "accounts", "", Text{
		RU: "аккаунтов несколько, а порядок не указан", EN: "there are several accounts, but no order of preference",
	}, Text{
		RU: fmt.Sprintf("Например: route: [%s]", strings.Join(names, ", ")),
		EN: fmt.Sprintf("For example: route: [%s]", strings.Join(names, ", ")),
	})
}

func (r *reader) checkRoute(route, names []string) {
	seen := map[string]bool{}
	for i, name := range route {
		path := fmt.Sprintf("notifications.route[%d]", i)
		switch {
		case seen[name]:
			r.faultAt(path, "notifications.route", name, Text{"аккаунт повторяется", "the account is there twice"},
				Text{"Оставьте один раз", "Keep it once"})
		case !slices.Contains(names, name):
			cure := oneOf(name, names)
			if len(names) == 0 {
				cure = Text{"Опишите его в accounts", "Describe it in accounts"}
			}
			r.faultAt(path, "notifications.route", name, Text{"такого аккаунта нет", "there is no such account"}, cure)
		}
		seen[name] = true
	}
}

// checkQuiet demands both ends of the quiet hours or none, and two that differ.
func (r *reader) checkQuiet(n *Notifications) {
	const from, to = "notifications.quiet_hours.from", "notifications.quiet_hours.to"
	q := n.QuietHours
	switch {
	case r.badQuiet:
	case q.From.IsZero() != q.To.IsZero():
		missing, other := from, to
		if q.To.IsZero() {
			missing, other = to, from
		}
		r.faultAt(missing, other, "", Text{"указан только один конец", "only one end is given"},
			Text{"Укажите from и to или ни одного", "Give both from and to, or neither"})
	case !q.From.IsZero() && !q.On():
		r.faultAt(from, to, "", Text{"начало и конец совпадают", "both ends are the same"}, Text{
			RU: "Чтобы не отправлять совсем, поставьте enabled: false",
			EN: "To send nothing at all, set enabled: false",
		})
	}
}
