package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/app"
)

type apikeyCommand struct {
	Create apikeyCreateCommand `cmd:"" help:"${apikey_create}"`
	List   apikeyListCommand   `cmd:"" help:"${apikey_list}"`
	Revoke apikeyRevokeCommand `cmd:"" help:"${apikey_revoke}"`
}

type apikeyCreateCommand struct {
	configFlags
	Name  string   `required:"" help:"${key_name}"`
	Scope []string `required:"" help:"${key_scope}"`
	Days  int      `help:"${key_days}"`
	JSON  bool     `name:"json" help:"${json}"`
}

// Run makes a key and prints it, this one time.
func (c *apikeyCreateCommand) Run(ctx context.Context, s *session) error {
	form := access.KeyForm{Name: c.Name, Days: c.Days}
	for _, text := range c.Scope {
		scope, err := access.ParseScope(text)
		if err != nil {
			return usageError{err}
		}
		form.Scopes = append(form.Scopes, scope)
	}
	db, err := c.write(ctx, s)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	key, secret, err := db.CreateKey(ctx, console(), form)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.out, map[string]any{"id": key.ID, "name": key.Name, "key": secret, "scopes": key.Scopes, "expires_at": key.ExpiresAt})
	}
	_, _ = fmt.Fprintln(s.out, secret)
	_, _ = fmt.Fprintln(s.Stderr, word{"Сохраните ключ: больше он показан не будет.", "Keep the key: it will not be shown again."}.pick(s.lang))
	return nil
}

type apikeyListCommand struct {
	configFlags
	JSON bool `name:"json" help:"${json}"`
}

// Run lists the keys, without their secrets.
func (c *apikeyListCommand) Run(ctx context.Context, s *session) error {
	db, err := c.read(ctx, s)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	keys, err := db.Keys(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.out, map[string]any{"items": append([]access.Key{}, keys...)})
	}
	rows := [][]string{strings.Split(word{"ИМЯ|КЛЮЧ|ПРАВА|СОЗДАН|СОСТОЯНИЕ|ID", "NAME|KEY|SCOPES|CREATED|STATE|ID"}.pick(s.lang), "|")}
	for _, k := range keys {
		rows = append(rows, []string{k.Name, k.Hint, joinScopes(k.Scopes), clock(k.CreatedAt.Local()), keyState(k, s), k.ID})
	}
	return table(s.out, rows)
}

func joinScopes(scopes []access.Scope) string {
	var names []string
	for _, scope := range scopes {
		names = append(names, string(scope))
	}
	return strings.Join(names, ",")
}

func keyState(k access.Key, s *session) string {
	switch {
	case k.RevokedAt != nil:
		return word{"отозван", "revoked"}.pick(s.lang)
	case k.ExpiresAt != nil && !s.Now().Before(*k.ExpiresAt):
		return word{"истёк", "expired"}.pick(s.lang)
	default:
		return word{"действует", "valid"}.pick(s.lang)
	}
}

type apikeyRevokeCommand struct {
	configFlags
	Key  string `arg:"" name:"key" help:"${key_ref}"`
	JSON bool   `name:"json" help:"${json}"`
}

// Run revokes a key at once; a running gateway asks the database at each call.
func (c *apikeyRevokeCommand) Run(ctx context.Context, s *session) error {
	db, err := c.write(ctx, s)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	revoked, err := db.RevokeKey(ctx, console(), c.Key)
	if err != nil {
		return s.absent(err, noKey, c.Key)
	}
	if c.JSON {
		return printJSON(s.out, revoked)
	}
	_, err = fmt.Fprintf(s.out, word{"Ключ %s отозван.\n", "Key %s is revoked.\n"}.pick(s.lang), revoked.Name)
	return err
}

// write opens the data folder for a short change, beside a gateway that may be running on it.
func (f configFlags) write(ctx context.Context, s *session) (*app.Keeper, error) {
	cfg, err := f.load(s)
	if err != nil {
		return nil, err
	}
	return app.OpenKeeper(ctx, s.options(cfg, s.quiet()))
}
