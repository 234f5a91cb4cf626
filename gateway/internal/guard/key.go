package guard

import (
	"context"
	"crypto/subtle"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/problem"
)

// maxKeyDays is the longest life of a key that has an end.
const maxKeyDays = 3650

// Keys lists the keys of the database, revoked ones included, oldest first, without their secrets.
func (g *Guard) Keys(ctx context.Context) ([]access.Key, error) {
	all, err := g.Store.Keys(ctx)
	return all, unlessNil(err)
}

// CreateKey makes a key and gives its secret, this one time.
func (g *Guard) CreateKey(ctx context.Context, who access.Call, in access.KeyForm) (access.Key, string, error) {
	key, secret, err := g.createKey(ctx, who, in)
	r := who.Record("key.create", "")
	if faulty(err, problem.NameTaken) {
		r.Object = in.Name // else it may be anything
	}
	return key, secret, g.told(ctx, r, err)
}

func (g *Guard) createKey(ctx context.Context, who access.Call, in access.KeyForm) (access.Key, string, error) {
	var faults []problem.FieldFault
	if !access.CheckName(in.Name) {
		faults = append(faults, problem.FieldFault{Field: "name", Code: problem.NameInvalid})
	}
	if len(in.Scopes) == 0 {
		faults = append(faults, problem.FieldFault{Field: "scopes", Code: problem.FieldRequired})
	}
	if in.Days < 0 || in.Days > maxKeyDays {
		faults = append(faults, problem.FieldFault{Field: "expires_days", Code: problem.FieldInvalid})
	}
	names := make([]string, len(in.Scopes))
	for i, scope := range in.Scopes {
		names[i] = string(scope)
		if _, err := access.ParseScope(string(scope)); err != nil {
			faults = append(faults, problem.FieldFault{Field: "scopes[" + strconv.Itoa(i) + "]", Code: problem.FieldInvalid})
		}
	}
	if len(faults) > 0 {
		return access.Key{}, "", &problem.Refusal{Code: problem.FieldsInvalid, Fields: faults}
	}
	name := strings.TrimSpace(in.Name)
	if slices.ContainsFunc(g.Declared, func(k access.Key) bool { return k.Name == name }) {
		return access.Key{}, "", problem.RefuseField("name", problem.NameTaken)
	}
	secret := access.NewSecret()
	key := access.Key{
		Name: name, Scopes: in.Scopes, CreatedAt: g.Now(),
		Hash: access.HashSecret(secret), Hint: access.HintOf(secret),
	}
	r := who.Record("key.create", key.Name).With("scopes", strings.Join(names, " "))
	if in.Days > 0 {
		expires := g.Now().Add(time.Duration(in.Days) * 24 * time.Hour)
		key.ExpiresAt = &expires
		r = r.With("expires", expires.UTC().Format(time.RFC3339))
	}
	var err error
	if key.ID, err = g.Store.AddKey(ctx, key, r); err != nil {
		return access.Key{}, "", refusal(err)
	}
	return key, secret, nil
}

// RevokeKey ends a key, named by its ID or name, at once.
func (g *Guard) RevokeKey(ctx context.Context, who access.Call, ref string) (access.Key, error) {
	r := who.Record("key.revoke", ref)
	key, err := g.Store.RevokeKey(ctx, ref, g.Now(), r)
	return key, g.told(ctx, r, refusal(err))
}

// keyHolder finds the key of a secret among the declared ones, all of them in the same time, and then
// in the store. What is compared are hashes, so that time tells nothing about a key.
func (g *Guard) keyHolder(ctx context.Context, secret string) (access.Principal, error) {
	hash, now := access.HashSecret(secret), g.Now()
	var found *access.Key
	for i := range g.Declared {
		if subtle.ConstantTimeCompare([]byte(g.Declared[i].Hash), []byte(hash)) == 1 {
			found = &g.Declared[i]
		}
	}
	if found == nil {
		var err error
		if found, err = g.FindKey(ctx, hash); err != nil {
			return access.Principal{}, unavailable(err)
		}
	}
	if found == nil || !found.Valid(now) {
		return access.Principal{}, problem.Refuse(problem.TokenWrong)
	}
	return found.Principal(), nil
}

// FindKey finds the key of the store whose secret has the hash, or nil, and notes now and then that it
// is in use. That the note fails hinders nobody: an event is worth more.
func (g *Guard) FindKey(ctx context.Context, hash string) (*access.Key, error) {
	key, err := g.Store.FindKey(ctx, hash)
	if err == nil && key != nil && key.Valid(g.Now()) && g.due(key.ID, g.Now()) {
		_ = g.Store.TouchKey(ctx, key.ID, g.Now())
	}
	return key, err
}
