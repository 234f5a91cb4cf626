package guard

import (
	"context"
	"crypto/subtle"
	"net/netip"
	"sync"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/problem"
)

// setupLink is the one-time secret of the first start. It lives in memory only: a restart makes a new
// one, and no copy of the data folder has it.
type setupLink struct {
	mu    sync.Mutex
	hash  string // empty: there is none, or it was used
	until time.Time
}

// SetupNeeded tells whether nobody may sign in yet.
func (g *Guard) SetupNeeded(ctx context.Context) (bool, error) {
	users, err := g.Store.Users(ctx)
	return err == nil && len(users) == 0, unlessNil(err)
}

// OpenSetup makes the secret of the one-time link, in place of any before it; empty when there are
// users.
func (g *Guard) OpenSetup(ctx context.Context) (string, error) {
	needed, err := g.SetupNeeded(ctx)
	if err != nil || !needed {
		return "", err
	}
	token := access.NewToken()
	g.setup.mu.Lock()
	defer g.setup.mu.Unlock()
	g.setup.hash, g.setup.until = access.HashSecret(token), g.Now().Add(access.SetupFor)
	return token, nil
}

// Setup makes the first user, who is the owner, and signs in. The caller must be on this machine and
// have the link's secret.
func (g *Guard) Setup(ctx context.Context, from access.Call, in access.SetupForm) (access.Entry, error) {
	needed, err := g.SetupNeeded(ctx)
	switch {
	case err != nil:
		return access.Entry{}, err
	case !needed:
		return access.Entry{}, problem.Refuse(problem.SetupDone)
	case !in.Local || !loopback(from.From):
		return access.Entry{}, problem.Refuse(problem.SetupElsewhere)
	}
	// Held until the owner is there: of two who come at the same time one is the first.
	g.setup.mu.Lock()
	defer g.setup.mu.Unlock()
	if !g.setup.opens(in.Token, g.Now()) {
		return access.Entry{}, problem.Refuse(problem.SetupWrong)
	}
	from.Principal = access.Principal{Kind: access.KindUser, Name: in.Name}
	form := access.UserForm{Name: in.Name, Role: access.Owner, Language: in.Language, Password: in.Password}
	user, err := g.add(ctx, from, form, true)
	if err != nil {
		return access.Entry{}, err // what was typed can be mended: the link still serves
	}
	g.setup.hash = ""
	return g.enter(ctx, from, user, in.Device, spent{}, nil)
}

func (l *setupLink) opens(token string, now time.Time) bool {
	same := subtle.ConstantTimeCompare([]byte(access.HashSecret(token)), []byte(l.hash)) == 1
	return same && now.Before(l.until)
}

func loopback(remote string) bool {
	address, err := netip.ParseAddr(remote)
	return err == nil && address.Unmap().IsLoopback()
}
