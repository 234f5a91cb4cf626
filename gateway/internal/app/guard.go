package app

import (
	"context"
	"encoding/base64"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/guard"
	"github.com/orderbell/orderbell/gateway/internal/settings"
	"github.com/orderbell/orderbell/gateway/internal/store"
	"github.com/orderbell/orderbell/gateway/internal/vault"
)

// Keeper changes users, keys, messages and events beside a gateway that may be running, and reads the
// audit log.
type Keeper struct {
	*guard.Guard
	db *store.DB
}

// OpenKeeper opens the data folder for a short change, beside a gateway that may be running on it. A
// folder that does not exist yet is made.
func OpenKeeper(ctx context.Context, opts Options) (*Keeper, error) {
	if err := makeDataFolder(opts.Config.Data); err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, store.Options{Folder: opts.Config.Data, Log: opts.Log, Now: opts.Now})
	if err != nil {
		return nil, err
	}
	return &Keeper{Guard: newGuard(opts, db), db: db}, nil
}

// OpenAuditor opens the data folder for reading the audit log.
func OpenAuditor(ctx context.Context, opts Options) (*Keeper, error) {
	db, err := store.Open(ctx, store.Options{Folder: opts.Config.Data, ReadOnly: true, Log: opts.Log, Now: opts.Now})
	if err != nil {
		return nil, err
	}
	return &Keeper{Guard: newGuard(opts, db), db: db}, nil
}

// Close lets go of the data folder.
func (k *Keeper) Close() error { return k.db.Close() }

// newGuard makes the one who lets in.
func newGuard(opts Options, db *store.DB) *guard.Guard {
	return guard.New(guard.Options{
		Store: db, Sealer: sealer{folder: settings.KeysFolder(opts.Config.Data), now: opts.Now},
		Declared: opts.Config.AccessKeys(opts.Now()), Now: opts.Now,
	})
}

// sealer seals the second factors' secrets with the keys of the folder. It reads them each time, which is
// seldom, because saving an account's secrets may make a new one.
type sealer struct {
	folder string
	now    func() time.Time
}

func (s sealer) at(userID string) vault.Place {
	return vault.Place{Table: "users", Row: userID, Column: "totp"}
}

// Seal gives the sealed text in base 64.
func (s sealer) Seal(userID, text string) (string, error) {
	keys, err := vault.Open(s.folder, true, s.now())
	if err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(keys.Seal(s.at(userID), []byte(text))), nil
}

// Open gives what was sealed for the user.
func (s sealer) Open(userID, sealed string) (string, error) {
	keys, err := vault.Open(s.folder, false, s.now())
	if err != nil {
		return "", err
	}
	raw, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return "", fmt.Errorf("sealed second factor of %s: %w", userID, err)
	}
	text, err := keys.Open(s.at(userID), raw)
	return string(text), err
}

// doorkeeper reads the credentials of the admin's calls.
type doorkeeper struct{ *guard.Guard }

// Identify tells who makes a call.
func (d doorkeeper) Identify(ctx context.Context, c adminapi.Credentials) (access.Principal, error) {
	bearer := ""
	if scheme, token, found := strings.Cut(c.Authorization, " "); found && strings.EqualFold(scheme, "Bearer") {
		bearer = strings.TrimSpace(token)
	}
	return d.Guard.Identify(ctx, guard.Credentials{Bearer: bearer, Session: c.Session, Remote: c.Remote})
}

// SetupLink gives the one-time address at which the first user is made, empty when there are users or
// when the admin's address cannot be reached as this machine.
func (a *App) SetupLink(ctx context.Context) (string, error) {
	admin := a.fronts[len(a.fronts)-1].listener.Addr().String()
	host, port, err := net.SplitHostPort(admin)
	if err != nil {
		return "", err
	}
	ip, err := netip.ParseAddr(host)
	switch {
	case err != nil:
		return "", err
	case ip.IsUnspecified():
		host = "127.0.0.1"
	case !ip.IsLoopback():
		return "", nil
	}
	token, err := a.guard.OpenSetup(ctx)
	if err != nil || token == "" {
		return "", err
	}
	return "http://" + net.JoinHostPort(host, port) + "/setup#" + token, nil
}
