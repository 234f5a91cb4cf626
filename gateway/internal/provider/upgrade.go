package provider

import (
	"bytes"
	"context"
	"time"
)

// upgradeTimeout is how long another version of a program may take to come to serve.
const upgradeTimeout = 20 * time.Second

// Upgrade is what became of a provider whose program in the catalogue is another one than before.
type Upgrade struct {
	Provider string
	From, To Program // the zero Program: there was none, or there is none any more
	Err      error   // why From keeps serving; nil: To serves
}

// Upgrade takes over a catalogue that was read anew. A program that has changed there is started beside
// the old one, with all accounts; when it serves, and no account is worse off with it than with the old
// one, new calls go to it and the old one is stopped after its last call. Otherwise the old one keeps
// serving. What has not changed is left alone. It returns when all that is decided.
func (h *Host) Upgrade(ctx context.Context, c Catalogue) []Upgrade {
	h.changing.Lock()
	defer h.changing.Unlock()
	h.mu.Lock()
	h.catalogue = c
	accounts := map[string][]*revision{}
	for _, r := range h.accounts {
		if r.Err == nil {
			accounts[r.Provider] = append(accounts[r.Provider], r)
		}
	}
	h.mu.Unlock()
	var done []Upgrade
	for name, all := range accounts {
		if u, changed := h.upgrade(ctx, name, all); changed {
			done = append(done, u)
		}
	}
	return done
}

// upgrade decides on one provider. The caller holds changing, so nobody else replaces its process.
func (h *Host) upgrade(ctx context.Context, name string, accounts []*revision) (u Upgrade, changed bool) {
	h.mu.Lock()
	old := h.processes[name]
	program, err := h.catalogue.Find(name)
	if old == nil && err != nil {
		h.missing[name] = err // perhaps for another reason than before
	}
	h.mu.Unlock()
	u = Upgrade{Provider: name, To: program, Err: err}
	if old != nil {
		u.From = old.program
	}
	if err != nil {
		return u, old != nil
	}
	if old != nil && old.program.same(program) {
		return u, false
	}
	next := newProcess(program, accounts, h.opts)
	if old == nil {
		h.replace(name, nil, next)
		return u, true
	}
	h.mu.Lock()
	h.start(next)
	started := next.stop != nil
	h.mu.Unlock()
	if started {
		if u.Err = next.notWorse(ctx, old); u.Err != nil {
			next.stop()
			return u, true
		}
	}
	h.replace(name, old, next)
	return u, true
}

// replace gives new calls to next, and stops old after its last call.
func (h *Host) replace(name string, old, next *process) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if next.stop == nil {
		h.start(next)
	}
	h.processes[name] = next
	delete(h.missing, name)
	for _, r := range next.list() {
		h.closeIdle(r) // it may have ended while next was on trial
	}
	if old != nil {
		h.end(old)
	}
}

// end stops a process after its last call. The caller holds mu; nobody can find the process any more, so
// that its users only fall.
func (h *Host) end(p *process) {
	if p.stop == nil || h.running == nil {
		return // nothing runs, or all that runs is being stopped
	}
	h.alive.Go(func() {
		p.users.Wait()
		p.stop()
	})
}

// notWorse says why the process must not take the place of old; nil: it may. A check that fails with
// both is not the fault of the new version: the operator may be down.
func (p *process) notWorse(ctx context.Context, old *process) error {
	limited, cancel := context.WithTimeout(ctx, upgradeTimeout)
	defer cancel()
	if err := p.await(limited); err != nil {
		return err
	}
	for _, r := range p.list() {
		report := p.check(ctx, r)
		if report.OK() || !old.check(ctx, r).OK() {
			continue
		}
		if report.Err == nil {
			report.Err = &SettingsError{Account: r.Name, Diagnostics: report.Diagnostics}
		}
		return &Fault{Kind: WorseAccount, Provider: p.name, Version: p.program.Version, Detail: r.Name, Cause: report.Err}
	}
	return nil
}

// same tells whether it is the same file with the same bytes.
func (p Program) same(other Program) bool {
	return p.Path == other.Path && bytes.Equal(p.Sum, other.Sum)
}

// Programs tells which program serves each provider.
func (h *Host) Programs() map[string]Program {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := map[string]Program{}
	for name, p := range h.processes {
		all[name] = p.program
	}
	return all
}

// Catalogue is the one that was taken over last.
func (h *Host) Catalogue() Catalogue {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.catalogue
}
