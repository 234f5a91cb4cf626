package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/order"
)

// Shapes of the texts that name things outside.
var (
	restaurantCode = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)
	urlSafe        = regexp.MustCompile(`^[A-Za-z0-9._~-]+$`)
	settingName    = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)
)

// Lengths of secrets, in characters.
const (
	shortestIntakeKey = 16
	shortestAPIKey    = 20
	longestKey        = 200
)

func (r *reader) restaurants(list []node, c *Config) {
	c.Restaurants = nil
	for _, n := range list {
		x := defaultRestaurant("")
		before := len(r.faults)
		r.mapping([]field{
			{name: "code", one: func(v value) { r.code(v, &x.Code) }},
			{name: "name", one: func(v value) { r.line(v, &x.Name, 100) }},
			{name: "timezone", one: func(v value) { r.zone(v, &x.Timezone) }},
			{name: "intake_key", secret: true, one: func(v value) { r.intakeKey(v, &x.IntakeKey) }},
			{name: "order_stage", one: func(v value) { choice(r, v, &x.OrderStage, order.Least, order.Most, order.Last) }},
			{name: "order_number", one: func(v value) { choice(r, v, &x.Number, ByOrderName, BySeqNumber, ByTable) }},
		}, n)
		if x.Code == "" && len(r.faults) == before {
			r.missing(n, "code", Text{`Напишите code: "199990777" или "*"`, `Write code: "199990777" or "*"`})
		}
		c.Restaurants = append(c.Restaurants, x)
	}
}

func (r *reader) code(v value, into *string) {
	if v.text != AnyRestaurant && !restaurantCode.MatchString(v.text) {
		r.fault(v, Text{"это не код ресторана", "this is not a restaurant code"}, Text{
			RU: `Код лицензии r_keeper, например "199990777", или "*" для любого`,
			EN: `The r_keeper licence code, for example "199990777", or "*" for any`,
		})
		return
	}
	*into = v.text
}

func (r *reader) zone(v value, into **time.Location) {
	zone, err := time.LoadLocation(v.text)
	if err != nil || v.text == "" || v.text == "Local" {
		r.fault(v, Text{"такого часового пояса нет", "there is no such time zone"}, Text{
			RU: "Например: Europe/Moscow, Asia/Yekaterinburg, UTC",
			EN: "For example: Europe/Moscow, Asia/Yekaterinburg, UTC",
		})
		return
	}
	*into = zone
}

func (r *reader) intakeKey(v value, into *Secret) {
	switch {
	case v.text == "":
		*into = Secret{}
	case len(v.text) < shortestIntakeKey || len(v.text) > longestKey || !urlSafe.MatchString(v.text):
		r.fault(v, Text{"ключ не подходит", "the key does not fit"}, Text{
			RU: fmt.Sprintf("От %d до %d латинских букв, цифр и знаков . _ ~ -", shortestIntakeKey, longestKey),
			EN: fmt.Sprintf("From %d to %d Latin letters, digits and the characters . _ ~ -", shortestIntakeKey, longestKey),
		})
	default:
		*into = NewSecret(v.text)
	}
}

func (r *reader) accounts(list []node, c *Config) {
	c.Accounts = nil
	for _, n := range list {
		x := Account{Settings: map[string]Secret{}, Limits: defaultLimits()}
		before := len(r.faults)
		r.mapping([]field{
			{name: "name", one: func(v value) { r.name(v, &x.Name) }},
			{name: "provider", one: func(v value) { r.name(v, &x.Provider) }},
			{name: "settings", pairs: func(name string, n node) { r.setting(name, n, x.Settings) }},
			{name: "limits", group: []field{
				{name: "per_second", one: func(v value) { r.decimal(v, &x.Limits.PerSecond, 100_000) }},
				{name: "per_day", one: func(v value) { r.whole(v, &x.Limits.PerDay, 1, 1_000_000_000) }},
				{name: "per_phone_per_day", one: func(v value) { r.whole(v, &x.Limits.PerPhonePerDay, 1, 1_000_000) }},
			}},
		}, n)
		if len(r.faults) == before {
			r.completeAccount(n, x)
		}
		if len(r.faults) > before {
			r.badAccounts = true
		}
		c.Accounts = append(c.Accounts, x)
	}
}

func (r *reader) completeAccount(n node, x Account) {
	if x.Name == "" {
		r.missing(n, "name", Text{"Напишите, например, name: main", "Write, for example, name: main"})
	}
	if x.Provider == "" {
		r.missing(n, "provider", Text{"Напишите, например, provider: smsru", "Write, for example, provider: smsru"})
	}
}

// setting reads one setting of a plugin. Which settings exist, and which of them are secret, only the
// plugin's manifest knows, so none is ever shown.
func (r *reader) setting(name string, n node, into map[string]Secret) {
	if !settingName.MatchString(name) {
		r.wrongShape(node{Node: n.Node, path: n.path[:len(n.path)-len(name)] + shownKey(name)},
			Text{"имя настройки не подходит", "the name of the setting does not fit"},
			Text{"Строчные латинские буквы, цифры и _", "Lower-case Latin letters, digits and _"})
		return
	}
	if _, empty := n.Node.(*ast.NullNode); empty {
		return
	}
	v, ok := r.single(n, true)
	if !ok {
		return
	}
	if _, twice := into[name]; twice {
		r.fault(v, Text{"настройка повторяется", "the setting is there twice"}, Text{"Оставьте одну", "Keep one"})
		return
	}
	var text string
	if v.kind == truthKind {
		text = v.text
	} else if !r.text(v, &text, 4096) {
		return
	}
	r.places[n.path] = n.place(r.file)
	into[name] = NewSecret(text)
}

func (r *reader) apiKeys(list []node, c *Config) {
	c.APIKeys = nil
	for _, n := range list {
		var x APIKey
		before := len(r.faults)
		r.mapping([]field{
			{name: "name", one: func(v value) { r.name(v, &x.Name) }},
			{name: "key", secret: true, one: func(v value) { r.apiKey(v, &x.Key) }},
			{name: "scopes", words: func(v []value) { r.scopes(v, &x.Scopes) }},
		}, n)
		if len(r.faults) == before {
			r.completeAPIKey(n, x)
		}
		c.APIKeys = append(c.APIKeys, x)
	}
}

func (r *reader) completeAPIKey(n node, x APIKey) {
	if x.Name == "" {
		r.missing(n, "name", Text{"Напишите, например, name: qr-menu", "Write, for example, name: qr-menu"})
	}
	if x.Key.IsZero() {
		r.missing(n, "key", Text{`Напишите, например, key: "${QR_MENU_KEY}"`, `Write, for example, key: "${QR_MENU_KEY}"`})
	}
	if len(x.Scopes) == 0 {
		r.missing(n, "scopes", Text{`Напишите, например, scopes: ["contacts:write"]`, `Write, for example, scopes: ["contacts:write"]`})
	}
}

func (r *reader) apiKey(v value, into *Secret) {
	printable := !strings.ContainsFunc(v.text, func(letter rune) bool { return letter <= ' ' || letter > '~' })
	if len(v.text) < shortestAPIKey || len(v.text) > longestKey || !printable {
		r.fault(v, Text{"ключ не подходит", "the key does not fit"}, Text{
			RU: fmt.Sprintf("От %d до %d латинских букв, цифр и знаков без пробелов", shortestAPIKey, longestKey),
			EN: fmt.Sprintf("From %d to %d Latin letters, digits and signs without spaces", shortestAPIKey, longestKey),
		})
		return
	}
	*into = NewSecret(v.text)
}

func (r *reader) scopes(list []value, into *[]access.Scope) {
	*into = nil
	names := make([]string, 0, len(access.Scopes()))
	for _, s := range access.Scopes() {
		names = append(names, string(s))
	}
	for _, v := range list {
		scope, err := access.ParseScope(v.text)
		switch {
		case err != nil:
			r.fault(v, Text{"такого права нет", "there is no such scope"}, oneOf(v.text, names))
		case !slices.Contains(*into, scope):
			*into = append(*into, scope)
		}
	}
}

// missing reports a key that an item of a list needs.
func (r *reader) missing(n node, name string, cure Text) {
	at := n.place(r.file)
	r.faults = append(r.faults, Fault{
		Path: join(n.path, name), Source: r.file, Line: at.line, Column: at.column,
		Problem: Text{"этот ключ обязателен", "this key is required"}, Cure: cure,
	})
}

// twice reports the items whose text an earlier item has already; empty texts do not count. The texts
// are shown only where they are no secrets.
func (r *reader) twice(list, key string, texts []string, show bool) {
	first := map[string]int{}
	for i, text := range texts {
		path := fmt.Sprintf("%s[%d].%s", list, i, key)
		earlier, found := first[text]
		if text == "" || !found {
			first[text] = i
			continue
		}
		shown := masked
		if show {
			shown = text
		}
		r.faultAt(path, list, shown, Text{
			RU: fmt.Sprintf("уже есть в %s[%d]", list, earlier),
			EN: fmt.Sprintf("is in %s[%d] already", list, earlier),
		}, Text{"Значения должны различаться", "Each must be different"})
	}
}

func (r *reader) checkRestaurants(c *Config) {
	codes, keys := make([]string, len(c.Restaurants)), make([]string, len(c.Restaurants))
	for i, x := range c.Restaurants {
		codes[i], keys[i] = x.Code, x.IntakeKey.Reveal()
	}
	r.twice("restaurants", "code", codes, true)
	r.twice("restaurants", "intake_key", keys, false)
}

func (r *reader) checkAccounts(c *Config) {
	names := make([]string, len(c.Accounts))
	for i, x := range c.Accounts {
		names[i] = x.Name
	}
	r.twice("accounts", "name", names, true)
}

func (r *reader) checkAPIKeys(c *Config) {
	names, keys := make([]string, len(c.APIKeys)), make([]string, len(c.APIKeys))
	for i, x := range c.APIKeys {
		names[i], keys[i] = x.Name, x.Key.Reveal()
	}
	r.twice("api_keys", "name", names, true)
	r.twice("api_keys", "key", keys, false)
}
