package settings

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/config"
	"github.com/orderbell/orderbell/gateway/internal/problem"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

// Account is an account that is to be kept.
type Account struct {
	Name     string
	Provider string
	Settings map[string]string // in clear, all of them
	// Tell gives what the audit log may show of a setting's value; empty: only that it changed. nil shows none.
	Tell     func(key, value string) string
	Limits   config.Limits
	Revision int64 // 0: a new one; else the one that was read
}

func (a Account) doc() map[string]any {
	values := map[string]any{}
	for key, value := range a.Settings {
		values[key] = value
	}
	return map[string]any{"name": a.Name, "provider": a.Provider, "settings": values, "limits": a.limits()}
}

func (a Account) limits() map[string]any {
	return map[string]any{"per_second": a.Limits.PerSecond, "per_day": a.Limits.PerDay, "per_phone_per_day": a.Limits.PerPhonePerDay}
}

// CheckAccount says what SaveAccount would refuse of an account, without keeping it; nil: nothing. What
// its provider thinks of the settings is not asked here.
func (k *Keeper) CheckAccount(a Account) error {
	now := k.Current()
	at := now.storedAccount(a.Name)
	switch {
	case now.DeclaredAccount(a.Name) && a.Revision == 0:
		return problem.Refuse(problem.NameTaken)
	case now.DeclaredAccount(a.Name):
		return problem.Refuse(problem.Declared)
	case a.Revision == 0 && at >= 0:
		return problem.Refuse(problem.NameTaken)
	case a.Revision != 0 && at < 0:
		return problem.Refuse(problem.NoSuchThing)
	case a.Revision != now.revisions[a.Name]:
		return problem.Refuse(problem.Stale)
	case at >= 0 && now.stored.Accounts[at]["provider"] != a.Provider:
		return &problem.Refusal{Code: problem.FieldsInvalid, Fields: []problem.FieldFault{{
			Field: "provider", Code: problem.FieldInvalid,
			RU: "провайдер аккаунта не меняется: создайте другой аккаунт", EN: "an account's provider does not change: make another account",
		}}}
	}
	next := now.stored
	next.Accounts = slices.Clone(next.Accounts)
	if at < 0 {
		at = len(next.Accounts)
		next.Accounts = append(next.Accounts, nil)
	}
	next.Accounts[at] = a.doc()
	return k.check(next, fmt.Sprintf("accounts[%d].", at))
}

// SaveAccount keeps an account and lets it count. Refusals: NameTaken, NoSuchThing, Stale, Declared, and
// FieldsInvalid with paths as "limits.per_day". r is the audit log's line, as for SaveNotifications.
func (k *Keeper) SaveAccount(ctx context.Context, a Account, r access.Record) (*Current, error) {
	k.saving.Lock()
	defer k.saving.Unlock()
	if err := k.CheckAccount(a); err != nil {
		return nil, err
	}
	settings, err := json.Marshal(a.Settings)
	if err != nil {
		return nil, err
	}
	limits, err := json.Marshal(a.limits())
	if err != nil {
		return nil, err
	}
	sealed, err := k.seal(settingsPlace(a.Name), settings)
	if err != nil {
		return nil, err
	}
	r = r.Changed(k.Current().accountChanges(a)...)
	_, err = k.opts.Store.SaveAccount(ctx, store.Account{
		Name: a.Name, Provider: a.Provider, Settings: sealed, Limits: limits, Revision: a.Revision, UpdatedBy: r.Actor,
	}, r)
	if err != nil {
		return nil, refusal(err)
	}
	return k.takeEffect(ctx)
}

// DropAccount removes an account. Refusals: NoSuchThing; Declared; InUse while it is on the route, or
// while texts of its are queued or on their way. r is the audit log's line, as for SaveNotifications.
func (k *Keeper) DropAccount(ctx context.Context, name string, r access.Record) error {
	k.saving.Lock()
	defer k.saving.Unlock()
	now := k.Current()
	at := now.storedAccount(name)
	switch {
	case now.DeclaredAccount(name):
		return problem.Refuse(problem.Declared)
	case at < 0:
		return problem.Refuse(problem.NoSuchThing)
	case now.needs(name):
		return &problem.Refusal{Code: problem.InUse, Fields: []problem.FieldFault{{
			Field: "name", Code: problem.InUse,
			RU: "аккаунт стоит в порядке отправки уведомлений: уберите его оттуда или выключите уведомления",
			EN: "the account is on the route of notifications: take it off, or switch notifications off",
		}}}
	}
	provider, _ := now.stored.Accounts[at]["provider"].(string)
	r = r.Changed(access.Change{Field: "provider", Old: provider})
	if err := k.opts.Store.DropAccount(ctx, name, r); err != nil {
		return refusal(err)
	}
	_, err := k.takeEffect(ctx)
	return err
}

// needs tells whether the account is on a route that somebody chose, or that is in use.
func (c *Current) needs(name string) bool {
	if !slices.Contains(c.Notifications.Route, name) {
		return false
	}
	chosen, _ := c.stored.Notifications["route"].([]any)
	return c.Notifications.Enabled || slices.Contains(chosen, any(name)) || c.Declared("notifications.route")
}
