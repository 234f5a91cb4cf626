// Package settings is the configuration that counts now: what orderbell.yaml declares, over what the
// database keeps, over the defaults. What is saved here takes effect at once.
package settings

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/orderbell/orderbell/gateway/internal/config"
	"github.com/orderbell/orderbell/gateway/internal/store"
	"github.com/orderbell/orderbell/gateway/internal/vault"
)

// Current is the configuration at one moment. It is not changed any more; safe for concurrent use.
type Current struct {
	*config.Config
	Left   config.Faults    // what the database says and cannot count; paths count in what is stored
	Closed map[string]error // by account: why its secrets cannot be opened; nothing is sent through it

	NotificationsRevision int64 // 0: never saved
	RestaurantsRevision   int64

	revisions map[string]int64 // of the stored accounts
	stored    config.Stored
	sealed    bool // something sealed is stored
}

// AccountRevision is what a save of the account has to name; 0 for a declared one.
func (c *Current) AccountRevision(name string) int64 {
	if c.DeclaredAccount(name) {
		return 0
	}
	return c.revisions[name]
}

// Reader is the part of the store that is read. Implemented by store.DB.
type Reader interface {
	Setting(ctx context.Context, name string) (store.Setting, error)
	Accounts(ctx context.Context) ([]store.Account, error)
}

// Names of the documents in the store.
const (
	notificationsDoc = "notifications"
	restaurantsDoc   = "restaurants"
)

// Read gives the configuration that counts for a command beside the gateway. The error is a
// config.Faults when what is declared does not fit together.
func Read(ctx context.Context, declared *config.Config, db Reader, v *vault.Vault) (*Current, error) {
	c := &Current{Closed: map[string]error{}, revisions: map[string]int64{}}
	if err := c.readNotifications(ctx, db); err != nil {
		return nil, err
	}
	if err := c.readRestaurants(ctx, db, v); err != nil {
		return nil, err
	}
	if err := c.readAccounts(ctx, db, v); err != nil {
		return nil, err
	}
	return c, c.merge(declared)
}

// merge makes the Config. Only faults of what is declared are an error.
func (c *Current) merge(declared *config.Config) error {
	merged, faults := declared.With(c.stored)
	c.Config = merged
	var theirs config.Faults
	for _, f := range faults {
		if f.Source != "" {
			theirs = append(theirs, f)
			continue
		}
		c.Left = append(c.Left, f)
	}
	if len(theirs) > 0 {
		return theirs
	}
	return nil
}

func (c *Current) readNotifications(ctx context.Context, db Reader) error {
	s, err := db.Setting(ctx, notificationsDoc)
	if err != nil || s.Revision == 0 {
		return err
	}
	c.NotificationsRevision = s.Revision
	return unpack(s, &c.stored.Notifications)
}

func unpack(s store.Setting, into any) error {
	if err := json.Unmarshal(s.Doc, into); err != nil {
		return fmt.Errorf("stored settings %q cannot be read: %w", s.Name, err)
	}
	return nil
}

// intakeKey is the key under which a restaurant's document has its sealed intake key, in base64.
const intakeKey = "intake_key"

func (c *Current) readRestaurants(ctx context.Context, db Reader, v *vault.Vault) error {
	s, err := db.Setting(ctx, restaurantsDoc)
	if err != nil || s.Revision == 0 {
		return err
	}
	c.RestaurantsRevision = s.Revision
	if err := unpack(s, &c.stored.Restaurants); err != nil {
		return err
	}
	for i, doc := range c.stored.Restaurants {
		text, _ := doc[intakeKey].(string)
		if text == "" {
			continue
		}
		c.sealed = true
		code, _ := doc["code"].(string)
		sealed, err := base64.StdEncoding.DecodeString(text)
		if err == nil {
			sealed, err = v.Open(intakeKeyPlace(code), sealed)
		}
		doc[intakeKey] = string(sealed)
		if err != nil { // without a key nobody but this machine may post: the cautious side
			doc[intakeKey] = ""
			c.leave(fmt.Sprintf("restaurants[%d].intake_key", i), err)
		}
	}
	return nil
}

// leave notes that something stored cannot be used.
func (c *Current) leave(path string, err error) {
	problem := config.Text{RU: err.Error(), EN: err.Error()}
	if spoken, ok := err.(interface{ Sentence(lang string) string }); ok { //nolint:errorlint // the vault's own errors are not wrapped
		problem = config.Text{RU: spoken.Sentence("ru"), EN: spoken.Sentence("en")}
	}
	c.Left = append(c.Left, config.Fault{Path: path, Problem: problem})
}

func intakeKeyPlace(code string) vault.Place {
	return vault.Place{Table: "setting", Row: restaurantsDoc + "/" + code, Column: intakeKey}
}

func settingsPlace(account string) vault.Place {
	return vault.Place{Table: "account", Row: account, Column: "settings"}
}

func (c *Current) readAccounts(ctx context.Context, db Reader, v *vault.Vault) error {
	all, err := db.Accounts(ctx)
	if err != nil {
		return err
	}
	for _, a := range all {
		c.sealed = true
		c.revisions[a.Name] = a.Revision
		doc := map[string]any{"name": a.Name, "provider": a.Provider}
		var limits map[string]any
		if err := json.Unmarshal(a.Limits, &limits); err == nil {
			doc["limits"] = limits
		}
		var values map[string]any
		opened, err := v.Open(settingsPlace(a.Name), a.Settings)
		if err == nil {
			err = json.Unmarshal(opened, &values)
		}
		if err != nil {
			c.Closed[a.Name] = err
		}
		doc["settings"] = values
		c.stored.Accounts = append(c.stored.Accounts, doc)
	}
	return nil
}

// storedAccount is the place of the account among the stored ones; -1: it is not there.
func (c *Current) storedAccount(name string) int {
	return slices.IndexFunc(c.stored.Accounts, func(doc map[string]any) bool { return doc["name"] == name })
}
