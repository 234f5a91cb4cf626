package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/host"
)

// revision is an account with the settings of one moment. A change of settings is a new revision, opened
// beside the old one; the old one is closed when its last call has returned. Numbers are the host's own
// and never used twice, so that an account which is removed and made again is not taken for the old one.
type revision struct {
	Account
	number uint64
	bare   bool // there is no account: somebody only wants the process
	trial  bool // nobody's account: settings that somebody looks at

	calls   int  // under way; guarded by Host.mu
	retired bool // replaced or removed: closed when calls is 0; guarded by Host.mu
}

// same tells whether an account needs no new revision.
func (r *revision) same(a Account) bool {
	return r.Provider == a.Provider && maps.Equal(r.Settings, a.Settings) && r.Err == nil && a.Err == nil
}

// use gives the account's newest revision and the process that serves it now. Both stay until done is
// called, even if others take their place meanwhile.
func (h *Host) use(account string) (r *revision, p *process, done func(), err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	r, ok := h.accounts[account]
	if !ok {
		return nil, nil, nil, &NoAccountError{Account: account}
	}
	return h.hold(r)
}

// hold counts a call of the revision in; done counts it out. The lock is held.
func (h *Host) hold(r *revision) (_ *revision, p *process, done func(), err error) {
	if r.Err != nil {
		return nil, nil, nil, r.Err
	}
	if p = h.processes[r.Provider]; p == nil {
		return nil, nil, nil, h.missing[r.Provider]
	}
	r.calls++
	p.users.Add(1)
	return r, p, func() {
		p.users.Done()
		h.mu.Lock()
		defer h.mu.Unlock()
		r.calls--
		h.closeIdle(r)
	}, nil
}

// retire lets a revision go once its last call has returned. The lock is held.
func (h *Host) retire(r *revision) {
	r.retired = true
	h.closeIdle(r)
}

// closeIdle forgets a revision that nobody needs any more, and its process with the last one. The lock
// is held.
func (h *Host) closeIdle(r *revision) {
	p := h.processes[r.Provider]
	if !r.retired || r.calls > 0 || p == nil || !p.remove(r) {
		return
	}
	if len(p.list()) == 0 {
		delete(h.processes, p.name)
		h.end(p)
		return
	}
	if h.running != nil && !r.bare {
		p.users.Add(1)
		h.alive.Go(func() {
			defer p.users.Done()
			p.close(r)
		})
	}
}

// add lets a process open the revision, now at its first call and later at each start.
func (p *process) add(r *revision) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.accounts = append(p.accounts, r)
}

// remove forgets a revision; false when it was not there.
func (p *process) remove(r *revision) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	before := len(p.accounts)
	p.accounts = slices.DeleteFunc(p.accounts, func(other *revision) bool { return other == r })
	delete(p.findings, r)
	maps.DeleteFunc(p.overruns, func(c calling, _ overrun) bool { return c.revision == r })
	return len(p.accounts) < before
}

func (p *process) list() []*revision {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.accounts)
}

// said is what Open said of a revision.
func (p *process) said(r *revision) []sdk.Diagnostic {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.findings[r]
}

func (p *process) openOne(ctx context.Context, client *host.Client, r *revision) ([]sdk.Diagnostic, error) {
	if r.bare {
		return nil, nil
	}
	diagnostics, err := client.Open(ctx, host.OpenRequest{Account: r.Name, Revision: r.number, Settings: r.Settings, EgressAllow: p.opts.egress.all()})
	if err != nil {
		return nil, fmt.Errorf("open account %s: %w", r.Name, err)
	}
	if refused(diagnostics) && !r.trial {
		p.opts.Log.Error("the provider refuses the account's settings; nothing is sent through it", "account", r.Name,
			"error", &SettingsError{Account: r.Name, Diagnostics: diagnostics})
	}
	return diagnostics, nil
}

// ensure opens a revision that came after the process had started.
func (p *process) ensure(ctx context.Context, client *host.Client, r *revision) error {
	p.mu.Lock()
	found, known := p.findings[r]
	p.mu.Unlock()
	if !known {
		var err error
		if found, err = p.openOne(ctx, client, r); err != nil { // opening twice is fine
			return &host.Error{Call: "Open", Kind: host.ErrNotSent, Err: err}
		}
		p.mu.Lock()
		p.findings[r] = found
		p.mu.Unlock()
	}
	if refused(found) {
		return &SettingsError{Account: r.Name, Diagnostics: found}
	}
	return nil
}

// openNow opens a revision ahead of its first call. Where that is not possible its first call does it.
func (p *process) openNow(ctx context.Context, r *revision) {
	err := p.call(ctx, r, "Open", func(context.Context, *host.Client) error { return nil })
	if _, told := errors.AsType[*SettingsError](err); err != nil && !told {
		p.opts.Log.Warn("the account's settings will be opened when its provider serves", "account", r.Name, "error", err)
	}
}

// close lets the plugin forget a revision. What cannot be closed dies with the process.
//
//nolint:contextcheck // the call that was the last one may be over, and its context with it
func (p *process) close(r *revision) {
	ctx, cancel := context.WithTimeout(context.Background(), acquireTimeout)
	defer cancel()
	lease, err := p.supervisor.Acquire(ctx)
	if err != nil {
		return
	}
	defer lease.Release()
	if client, ok := lease.Service().(*host.Client); ok {
		if err := client.Close(ctx, r.Name, r.number); err != nil {
			p.opts.Log.Debug("old settings were not closed", "account", r.Name, "error", err)
		}
	}
}
