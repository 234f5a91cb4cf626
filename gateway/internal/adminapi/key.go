package adminapi

import (
	"context"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/access"
)

// Key is an API key without its secret.
type Key struct {
	ID        string         `json:"id"`
	Name      string         `json:"name"`
	Hint      string         `json:"hint" doc:"…a1f9"`
	Scopes    []access.Scope `json:"scopes" nullable:"false"`
	CreatedAt time.Time      `json:"created_at"`
	ExpiresAt *time.Time     `json:"expires_at,omitempty"`
	RevokedAt *time.Time     `json:"revoked_at,omitempty"`
	UsedAt    *time.Time     `json:"used_at,omitempty" doc:"Last, to a few minutes."`
}

// NewKey is a key with its secret, which is shown this one time.
type NewKey struct {
	Key
	Secret string `json:"key" doc:"ob_…; it is not shown again."`
}

// APIKeys keeps keys. Refusals: NoSuchThing, NameTaken, FieldsInvalid.
type APIKeys interface {
	Keys(ctx context.Context) ([]access.Key, error)
	CreateKey(ctx context.Context, who access.Call, in access.KeyForm) (access.Key, string, error)
	RevokeKey(ctx context.Context, who access.Call, id string) (access.Key, error)
}

func shownKey(k access.Key) Key {
	return Key{ID: k.ID, Name: k.Name, Hint: k.Hint, Scopes: k.Scopes, CreatedAt: k.CreatedAt, ExpiresAt: k.ExpiresAt, RevokedAt: k.RevokedAt, UsedAt: k.UsedAt}
}

type keyBody struct {
	Name   string         `json:"name" minLength:"1" maxLength:"256"`
	Scopes []access.Scope `json:"scopes" minItems:"1" maxItems:"10" enum:"contacts:write,messages:read,messages:write,events:write,admin"`
	Days   int            `json:"expires_days,omitempty" minimum:"0" maximum:"3650" doc:"0: never."`
}

func (a *API) keys() {
	s := a.opt.Services.Keys
	add(a, call{id: "list-keys", method: "GET", path: "/keys", tag: "Keys", summary: "API keys of the database, revoked ones included", may: access.KeysManage},
		func(ctx context.Context, _ Caller, _ *struct{}) (*body[Page[Key]], error) {
			all, err := s.Keys(ctx)
			if err != nil {
				return nil, err
			}
			var items []Key
			for _, k := range all {
				items = append(items, shownKey(k))
			}
			return page(items, ""), nil
		})
	add(a, call{id: "create-key", method: "POST", path: "/keys", tag: "Keys", summary: "Make an API key; its secret is shown once", may: access.KeysManage, fresh: true, own: true, act: "key.create", status: 201},
		func(ctx context.Context, who Caller, in *body[keyBody]) (*body[NewKey], error) {
			k, secret, err := s.CreateKey(ctx, who.call(), access.KeyForm{Name: in.Body.Name, Scopes: in.Body.Scopes, Days: in.Body.Days})
			return answered(NewKey{Key: shownKey(k), Secret: secret}, err)
		})
	add(a, call{id: "revoke-key", method: "DELETE", path: "/keys/{id}", tag: "Keys", summary: "End an API key at once", may: access.KeysManage, own: true, act: "key.revoke"},
		func(ctx context.Context, who Caller, in *ByID) (*body[Key], error) {
			k, err := s.RevokeKey(ctx, who.call(), in.ID)
			return answered(shownKey(k), err)
		})
}
