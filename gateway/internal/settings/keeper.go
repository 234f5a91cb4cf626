package settings

import (
	"context"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/config"
	"github.com/orderbell/orderbell/gateway/internal/store"
	"github.com/orderbell/orderbell/gateway/internal/vault"
)

// Store keeps settings. Implemented by store.DB.
type Store interface {
	Reader
	SaveSetting(ctx context.Context, s store.Setting, r access.Record) (revision int64, err error)
	SaveAccount(ctx context.Context, a store.Account, r access.Record) (revision int64, err error)
	DropAccount(ctx context.Context, name string, r access.Record) error
}

// Options are what a Keeper is made of.
type Options struct {
	Declared *config.Config // from config.Read or config.Load
	Store    Store
	Now      func() time.Time
}

// Keeper saves settings and lets them take effect. Safe for concurrent use.
type Keeper struct {
	opts    Options
	vault   *vault.Vault // guarded by saving after Open
	current atomic.Pointer[Current]

	saving sync.Mutex // one save at a time, with what follows from it
	apply  func(context.Context, *Current)
}

// KeysFolder is where the keys are that seal secrets in the database.
func KeysFolder(data string) string { return filepath.Join(data, "keys") }

// Open reads what is stored. The key that seals secrets is made here when nothing is sealed yet; a
// key that is missing or cannot be read stops only what it sealed: see Current.Closed. The error is a
// config.Faults when what is declared does not fit together.
func Open(ctx context.Context, opts Options) (*Keeper, error) {
	k := &Keeper{opts: opts, apply: func(context.Context, *Current) {}}
	k.vault, _ = vault.Open(KeysFolder(opts.Declared.Data), false, opts.Now()) // it says later what cannot be opened
	current, err := Read(ctx, opts.Declared, opts.Store, k.vault)
	if err != nil {
		return nil, err
	}
	k.current.Store(current)
	if !k.vault.Usable() && !current.sealed {
		_ = k.makeKey() // the first save says what is in the way
	}
	return k, nil
}

func (k *Keeper) makeKey() (err error) {
	made, err := vault.Open(KeysFolder(k.opts.Declared.Data), true, k.opts.Now())
	if err == nil {
		k.vault = made
	}
	return err
}

// Current is the configuration that counts now.
func (k *Keeper) Current() *Current { return k.current.Load() }

// OnChange sets what lets a new configuration take effect. It is called after each save, before the save
// returns, one call at a time; set it before the first save.
func (k *Keeper) OnChange(apply func(context.Context, *Current)) {
	k.saving.Lock()
	defer k.saving.Unlock()
	k.apply = apply
}

// seal seals a value. Where all keys are lost a new one is made: somebody is just entering secrets again.
func (k *Keeper) seal(at vault.Place, value []byte) ([]byte, error) {
	if !k.vault.Usable() {
		if err := k.makeKey(); err != nil {
			return nil, err
		}
	}
	return k.vault.Seal(at, value), nil
}

// takeEffect reads again what is stored, and lets it count. What was saved stays saved if that fails: it
// counts from the next start, or the next save, on.
func (k *Keeper) takeEffect(ctx context.Context) (*Current, error) {
	ctx = context.WithoutCancel(ctx) // whoever asked may be gone; what is on disk must hold
	current, err := Read(ctx, k.opts.Declared, k.opts.Store, k.vault)
	if err != nil {
		return nil, err
	}
	k.current.Store(current)
	k.apply(ctx, current)
	return current, nil
}
