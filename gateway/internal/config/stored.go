package config

import (
	"maps"
	"slices"
	"strconv"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// Stored is what the database says, in the keys of orderbell.yaml: texts, float64, int, bool, lists as
// []any and groups as map[string]any. Nothing in it is read as ${…}: who may edit settings must not read
// the environment by it.
type Stored struct {
	Notifications map[string]any   // nil: never saved
	Restaurants   []map[string]any // intake keys in clear
	Accounts      []map[string]any // settings in clear; oldest first
}

// With adds what the database says to what the sources declare. The declared wins: keys of
// notifications, restaurants of a code and accounts of a name that are declared are taken from there
// alone. What is wrong with the stored part is left out of the Config and reported, so that a program
// starts whatever was stored; the paths of these Faults count in s and they have no Source. Faults of
// what is declared have their Source. The receiver is not changed.
func (c *Config) With(s Stored) (*Config, Faults) {
	merged := *c
	merged.keys = nil
	merged.Restaurants = slices.Clone(c.Restaurants)
	merged.Accounts = slices.Clone(c.Accounts)
	if !c.Declared("notifications.route") {
		merged.Notifications.Route = nil // filled in by an earlier merge
	}
	r := newReader(Sources{})
	r.literal, r.places = true, maps.Clone(c.origins)
	r.storedRestaurants(s.Restaurants, &merged)
	r.storedAccounts(s.Accounts, &merged)
	r.storedNotifications(s.Notifications, &merged)
	merged.hashKeys()
	r.faults.sort()
	return &merged, r.faults
}

// storedNotifications reads the keys that are not declared, then completes the whole.
func (r *reader) storedNotifications(doc map[string]any, c *Config) {
	stored := maps.Clone(doc)
	for key := range doc {
		if c.Declared("notifications." + key) {
			delete(stored, key)
		}
	}
	n := &c.Notifications
	r.mapping(r.notificationFields(n), node{Node: nodeOf(stored), path: "notifications"})
	before := len(r.faults)
	r.checkQuiet(n)
	if len(r.faults) > before || r.badQuiet {
		n.QuietHours = defaults().Notifications.QuietHours
	}
	r.storedRoute(c)
}

// storedRoute completes the route. One that nobody chose is the account that has been there longest: an
// account that is added to try it must not get guests' texts by that alone.
func (r *reader) storedRoute(c *Config) {
	n := &c.Notifications
	names := accountNames(c)
	declared := 0
	for _, name := range names {
		if c.DeclaredAccount(name) {
			declared++
		}
	}
	if len(n.Route) == 0 && declared > 1 && n.Enabled {
		r.noOrder(names)
	}
	r.checkRoute(n.Route, names)
	n.Route = slices.DeleteFunc(slices.Clone(n.Route), func(name string) bool { return !slices.Contains(names, name) })
	if len(n.Route) == 0 && len(names) > 0 {
		n.Route = names[:1]
	}
}

func accountNames(c *Config) []string {
	names := make([]string, len(c.Accounts))
	for i, a := range c.Accounts {
		names[i] = a.Name
	}
	return names
}

// storedRestaurants adds the restaurants whose codes are not declared.
func (r *reader) storedRestaurants(list []map[string]any, c *Config) {
	declared := len(c.Restaurants)
	for i, doc := range list {
		path := "restaurants[" + strconv.Itoa(i) + "]"
		var one Config
		before := len(r.faults)
		r.restaurants([]node{{Node: nodeOf(doc), path: path}}, &one)
		x := one.Restaurants[0]
		if hasRestaurant(c.Restaurants[:declared], x.Code) {
			continue
		}
		r.taken(path+".code", hasRestaurant(c.Restaurants, x.Code))
		r.taken(path+".intake_key", slices.ContainsFunc(c.Restaurants, func(other Restaurant) bool {
			return !x.IntakeKey.IsZero() && x.IntakeKey.Matches(other.IntakeKey.Reveal())
		}))
		if len(r.faults) == before {
			x.stored = true
			c.Restaurants = append(c.Restaurants, x)
		}
	}
}

func hasRestaurant(list []Restaurant, code string) bool {
	return slices.ContainsFunc(list, func(x Restaurant) bool { return x.Code == code })
}

// storedAccounts adds the accounts whose names are not declared.
func (r *reader) storedAccounts(list []map[string]any, c *Config) {
	declared := len(c.Accounts)
	for i, doc := range list {
		path := "accounts[" + strconv.Itoa(i) + "]"
		var one Config
		before := len(r.faults)
		r.accounts([]node{{Node: nodeOf(doc), path: path}}, &one)
		x := one.Accounts[0]
		if slices.ContainsFunc(c.Accounts[:declared], func(other Account) bool { return other.Name == x.Name }) {
			continue
		}
		_, twice := c.Account(x.Name)
		r.taken(path+".name", twice)
		if len(r.faults) == before {
			x.stored = true
			c.Accounts = append(c.Accounts, x)
		}
	}
}

// taken reports a value that something else has already.
func (r *reader) taken(path string, is bool) {
	if is {
		r.faults = append(r.faults, Fault{
			Path: path, Problem: Text{"такое уже есть", "there is one already"},
			Cure: Text{"Значения должны различаться", "Each must be different"},
		})
	}
}

// DeclaredAccount tells whether the sources declare the account: it is read-only in the UI then.
func (c *Config) DeclaredAccount(name string) bool {
	a, ok := c.Account(name)
	return ok && !a.stored
}

// DeclaredRestaurant tells whether the sources declare the restaurant: it is read-only in the UI then.
func (c *Config) DeclaredRestaurant(code string) bool {
	for _, x := range c.Restaurants {
		if x.Code == code {
			return !x.stored
		}
	}
	return false
}

// DeclaredNotifications lists the keys of notifications that the sources declare.
func (c *Config) DeclaredNotifications() []string {
	var keys []string
	for _, f := range new(reader).notificationFields(&Notifications{}) {
		if c.Declared("notifications." + f.name) {
			keys = append(keys, f.name)
		}
	}
	return keys
}

// nodeOf makes of a stored value what the parser makes of a file, so that both are read by the same code
// and refused in the same words.
func nodeOf(value any) ast.Node {
	written := func(text string) *token.Token { return token.String(text, text, &token.Position{}) }
	switch v := value.(type) {
	case map[string]any:
		body := ast.Mapping(written("{"), true)
		for _, key := range slices.Sorted(maps.Keys(v)) {
			name := written(key)
			body.Values = append(body.Values, ast.MappingValue(name, ast.String(name), nodeOf(v[key])))
		}
		return body
	case []any:
		list := ast.Sequence(written("["), true)
		for _, item := range v {
			list.Values = append(list.Values, nodeOf(item))
		}
		return list
	case []string:
		list := ast.Sequence(written("["), true)
		for _, item := range v {
			list.Values = append(list.Values, nodeOf(item))
		}
		return list
	case string:
		return ast.String(written(v))
	case bool:
		return ast.Bool(written(strconv.FormatBool(v)))
	case int:
		return ast.Integer(written(strconv.Itoa(v)))
	case float64:
		return ast.Float(written(strconv.FormatFloat(v, 'f', -1, 64)))
	default:
		return ast.Null(written("null"))
	}
}

// ChangesDeclared lists the declared keys of notifications which doc, in the form of
// Stored.Notifications, gives another value.
func (c *Config) ChangesDeclared(doc map[string]any) []string {
	var changed []string
	for _, key := range c.DeclaredNotifications() {
		value, there := doc[key]
		if !there {
			continue
		}
		r := newReader(Sources{})
		r.literal = true
		n := c.Notifications
		r.mapping(r.notificationFields(&n), node{Node: nodeOf(map[string]any{key: value}), path: "notifications"})
		if len(r.faults) > 0 || !n.same(c.Notifications) {
			changed = append(changed, key)
		}
	}
	return changed
}

func (n Notifications) same(other Notifications) bool {
	return slices.Equal(n.Route, other.Route) && n.Enabled == other.Enabled && n.Stage == other.Stage &&
		n.Template == other.Template && n.Expires == other.Expires && n.QuietHours == other.QuietHours &&
		n.OnUnknown == other.OnUnknown && n.ContactWait == other.ContactWait
}

// Document gives the settings in the form of Stored.Notifications.
func (n Notifications) Document() map[string]any {
	return map[string]any{
		"enabled": n.Enabled, "route": slices.Clone(n.Route), "stage": n.Stage.KDSName(), "template": n.Template,
		"expires":     shortSpan(n.Expires),
		"quiet_hours": map[string]any{"from": n.QuietHours.From.String(), "to": n.QuietHours.To.String()},
		"on_unknown":  string(n.OnUnknown), "contact_wait": shortSpan(n.ContactWait),
	}
}
