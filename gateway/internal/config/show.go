package config

import (
	_ "embed"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Setting is one value of the configuration as it may be shown to a person.
type Setting struct {
	Path   string `json:"path"`
	Value  string `json:"value"`            // secrets masked
	Origin string `json:"origin,omitempty"` // file, variable or flag; empty: the default
}

// Redacted lists every value that counts, in the order of the sample, with its origin. Secrets are
// masked; of an account's settings none is shown, because only its plugin knows which are secret. What
// ${…} put into any value is not shown either, but the ${…} itself.
func (c *Config) Redacted() []Setting {
	s := shower{config: c, written: map[string]string{}}
	for _, at := range c.origins {
		if at.put != nil && at.put.text != "" {
			s.written[at.put.text] = at.put.written
		}
	}
	s.add("listen", c.Listen)
	s.add("admin_listen", c.AdminListen)
	s.add("public_url", c.PublicURL)
	s.add("data", c.Data)
	s.add("plugins", c.Plugins)
	rules := c.Rules
	if at := c.origins["data"]; at.put != nil && c.Origin("rules") == "" {
		rules = filepath.Join(at.put.written, "rules")
	}
	s.add("rules", rules)
	s.add("egress_allow", c.EgressAllow...)
	s.add("log.level", c.Log.Level)
	s.add("log.format", c.Log.Format)
	s.add("language", c.Language)
	s.add("retention.texts_days", strconv.Itoa(c.Retention.TextsDays))
	s.add("retention.events_days", strconv.Itoa(c.Retention.EventsDays))
	s.add("retention.audit_days", strconv.Itoa(c.Retention.AuditDays))
	for i, x := range c.Restaurants {
		s.restaurant(fmt.Sprintf("restaurants[%d].", i), x)
	}
	for i, x := range c.Accounts {
		s.account(fmt.Sprintf("accounts[%d].", i), x)
	}
	s.notifications("notifications.", c.Notifications)
	for i, x := range c.APIKeys {
		path := fmt.Sprintf("api_keys[%d].", i)
		s.add(path+"name", x.Name)
		s.add(path+"key", x.Key.Hint())
		s.add(path+"scopes", strings.Trim(fmt.Sprint(x.Scopes), "[]"))
	}
	return s.settings
}

type shower struct {
	config   *Config
	settings []Setting
	written  map[string]string // by what it came to: a value is also shown where another setting took it over
}

func (s *shower) add(path string, values ...string) {
	shown := make([]string, len(values))
	for i, value := range values {
		shown[i] = value
		if written, put := s.written[value]; put {
			shown[i] = written
		}
	}
	value := strings.Join(shown, ", ")
	if at := s.config.origins[path]; at.put != nil {
		value = at.put.written
	}
	s.settings = append(s.settings, Setting{Path: path, Value: value, Origin: s.config.Origin(path)})
}

func (s *shower) restaurant(path string, x Restaurant) {
	s.add(path+"code", x.Code)
	s.add(path+"name", x.Name)
	s.add(path+"timezone", x.Timezone.String())
	s.add(path+"intake_key", x.IntakeKey.Hint())
	s.add(path+"order_stage", string(x.OrderStage))
	s.add(path+"order_number", string(x.Number))
}

func (s *shower) account(path string, x Account) {
	s.add(path+"name", x.Name)
	s.add(path+"provider", x.Provider)
	for _, name := range slices.Sorted(maps.Keys(x.Settings)) {
		s.add(path+"settings."+name, x.Settings[name].Hint())
	}
	s.add(path+"limits.per_second", strconv.FormatFloat(x.Limits.PerSecond, 'f', -1, 64))
	s.add(path+"limits.per_day", strconv.Itoa(x.Limits.PerDay))
	s.add(path+"limits.per_phone_per_day", strconv.Itoa(x.Limits.PerPhonePerDay))
}

func (s *shower) notifications(path string, n Notifications) {
	s.add(path+"enabled", strconv.FormatBool(n.Enabled))
	s.add(path+"route", n.Route...)
	s.add(path+"stage", n.Stage.KDSName())
	s.add(path+"template", n.Template)
	s.add(path+"expires", shortSpan(n.Expires))
	s.add(path+"quiet_hours.from", n.QuietHours.From.String())
	s.add(path+"quiet_hours.to", n.QuietHours.To.String())
	s.add(path+"on_unknown", string(n.OnUnknown))
	s.add(path+"contact_wait", shortSpan(n.ContactWait))
}

//go:embed sample.yaml
var sample string

// SampleYAML gives a whole orderbell.yaml with comments in Russian and English. As it stands it says
// what holds without a file; the lists in it are examples behind a single "# ".
func SampleYAML() string { return sample }
