package settings

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/orderbell/orderbell/gateway/internal/access"
)

// changesOf tells how two documents of settings differ, for the audit log. Intake keys are secrets.
func changesOf(old, now map[string]any) []access.Change {
	secret := func(field string) bool { return field == intakeKey || strings.HasSuffix(field, "."+intakeKey) }
	return access.Changes(flat(old), flat(now), secret)
}

// flat names each single value of a document by its path: "quiet_hours.from". What has no value, an empty
// text or list, is left out.
func flat(doc map[string]any) map[string]string {
	values := map[string]string{}
	var walk func(path string, value any)
	walk = func(path string, value any) {
		switch v := value.(type) {
		case map[string]any:
			for key, one := range v {
				walk(strings.TrimPrefix(path+"."+key, "."), one)
			}
		case []string:
			if len(v) > 0 {
				values[path] = strings.Join(v, ", ")
			}
		case []any:
			text, err := json.Marshal(v)
			if err == nil {
				values[path] = string(text)
			}
		case nil:
		default:
			if text := fmt.Sprint(v); text != "" {
				values[path] = text
			}
		}
	}
	walk("", doc)
	return values
}

// byCode makes a document of a list of restaurants, in which each is found by its code.
func byCode(restaurants []map[string]any) map[string]any {
	doc := map[string]any{}
	for _, r := range restaurants {
		code, _ := r["code"].(string)
		doc["restaurants["+code+"]"] = r
	}
	return doc
}

// accountChanges tells what a save of the account changes.
func (c *Current) accountChanges(a Account) []access.Change {
	old, was := map[string]string{}, map[string]any{}
	if before, there := c.Account(a.Name); there {
		was["provider"], was["limits"] = before.Provider, Account{Limits: before.Limits}.limits()
		for key, value := range before.Settings {
			old[key] = value.Reveal()
		}
	}
	changes := changesOf(was, map[string]any{"provider": a.Provider, "limits": a.limits()})
	for _, one := range access.Changes(old, a.Settings, nil) {
		told := access.Change{Field: "settings." + one.Field, Old: a.tell(one.Field, one.Old), New: a.tell(one.Field, one.New)}
		// What is shown must be the whole change: half of it would say something else.
		told.Hidden = told.Old == told.New || (told.Old == "") != (one.Old == "") || (told.New == "") != (one.New == "")
		if told.Hidden {
			told.Old, told.New = "", ""
		}
		changes = append(changes, told)
	}
	return changes
}

func (a Account) tell(key, value string) string {
	if a.Tell == nil || value == "" {
		return ""
	}
	return a.Tell(key, value)
}
