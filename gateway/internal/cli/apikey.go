package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/app"
	"github.com/orderbell/orderbell/gateway/internal/config"
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
			return usageError{fmt.Errorf(word{"права %q нет; есть %s", "there is no scope %q; there are %s"}.pick(s.lang), oneLine(text, 40), joined(access.Scopes(), ", "))}
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

// listedKey is a key for scripts.
type listedKey struct {
	access.Key
	CreatedAt *time.Time `json:"created_at,omitempty"` // not known of one that is declared
	Declared  bool       `json:"declared"`             // in orderbell.yaml; else in the database
}

// Run lists the keys, without their secrets: first those that the file declares.
func (c *apikeyListCommand) Run(ctx context.Context, s *session) error {
	opts, err := c.existing(s)
	if err != nil {
		return err
	}
	db, err := app.OpenReader(ctx, opts)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	kept, err := db.Keys(ctx)
	if err != nil {
		return err
	}
	keys := []listedKey{}
	for _, k := range opts.Config.AccessKeys(s.Now()) {
		keys = append(keys, listedKey{Key: k, Declared: true})
	}
	for _, k := range kept {
		keys = append(keys, listedKey{Key: k, CreatedAt: &k.CreatedAt})
	}
	if c.JSON {
		return printJSON(s.out, map[string]any{"items": keys})
	}
	if len(keys) == 0 {
		_, err := fmt.Fprintln(s.out, word{"Ключей нет.", "No keys."}.pick(s.lang))
		return err
	}
	rows := [][]string{strings.Split(word{"ИМЯ|КЛЮЧ|ПРАВА|СОЗДАН|СОСТОЯНИЕ|ID", "NAME|KEY|SCOPES|CREATED|STATE|ID"}.pick(s.lang), "|")}
	for _, k := range keys {
		made := "–"
		if k.CreatedAt != nil {
			made = clock(k.CreatedAt.Local())
		}
		rows = append(rows, []string{k.Name, k.Hint, joined(k.Scopes, ","), made, keyState(k, s, opts.Config.File()), k.ID})
	}
	return table(s.out, rows)
}

func keyState(k listedKey, s *session, file string) string {
	switch {
	case k.Declared:
		return fmt.Sprintf(word{"действует, описан в %s", "valid, declared in %s"}.pick(s.lang), file)
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
	opts, err := c.existing(s)
	if err != nil {
		return err
	}
	db, err := keeper(ctx, s, opts)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	revoked, err := db.RevokeKey(ctx, console(), c.Key)
	if app.Absent(err) && declaredKey(opts.Config, c.Key) {
		return fmt.Errorf(word{
			"ключ %q описан в %s: уберите его там, из раздела api_keys, и перезапустите шлюз",
			"the key %q is declared in %s: remove it there, under api_keys, and restart the gateway",
		}.pick(s.lang), oneLine(c.Key, 100), opts.Config.File())
	}
	if err != nil {
		return s.absent(err, noKey, c.Key)
	}
	if c.JSON {
		return printJSON(s.out, revoked)
	}
	_, err = fmt.Fprintf(s.out, word{"Ключ %s отозван.\n", "Key %s is revoked.\n"}.pick(s.lang), revoked.Name)
	return err
}

// declaredKey tells whether the file declares a key of this name or ID.
func declaredKey(cfg *config.Config, ref string) bool {
	return slices.ContainsFunc(cfg.AccessKeys(time.Time{}), func(k access.Key) bool { return k.Name == ref || k.ID == ref })
}

// write opens the data folder for a short change, beside a gateway that may be running on it.
func (f configFlags) write(ctx context.Context, s *session) (*app.Keeper, error) {
	cfg, err := f.load(s)
	if err != nil {
		return nil, err
	}
	return keeper(ctx, s, s.options(cfg, s.quiet()))
}
