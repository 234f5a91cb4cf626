package provider

import "context"

// Apply makes these the host's accounts, while calls are under way. New settings are opened beside the
// old ones before they take over; the program of a provider is started with its first account and
// stopped after its last. It returns when new settings are open, or when their process has not come up
// in time: then they are opened when it does. What is sent through an account that is not there any
// more fails with message.NoAccount.
func (h *Host) Apply(ctx context.Context, accounts []Account) {
	h.changing.Lock()
	defer h.changing.Unlock()
	fresh := h.plan(accounts)
	for _, r := range fresh {
		h.openAhead(ctx, r)
	}
	h.takeOver(accounts, fresh)
}

// plan makes the revisions that are needed and starts the programs that they need.
func (h *Host) plan(accounts []Account) map[string]*revision {
	h.mu.Lock()
	defer h.mu.Unlock()
	fresh := map[string]*revision{}
	for _, a := range accounts {
		if old := h.accounts[a.Name]; old == nil || !old.same(a) {
			fresh[a.Name] = h.revise(&revision{Account: a})
		}
	}
	return fresh
}

// revise numbers a revision and puts it into its provider's process, which is started when this is the
// first to need it. The lock is held.
func (h *Host) revise(r *revision) *revision {
	h.last++
	r.number = h.last
	if r.Err != nil {
		return r
	}
	p := h.processes[r.Provider]
	if p == nil {
		program, err := h.catalogue.Find(r.Provider)
		if err != nil {
			h.opts.Log.Error("the provider's program is missing; its accounts cannot send", "provider", r.Provider, "account", r.Name, "error", err)
			h.missing[r.Provider] = err
			return r
		}
		delete(h.missing, r.Provider)
		p = newProcess(program, nil, h.opts)
		h.processes[r.Provider] = p
		h.start(p)
	}
	p.add(r)
	p.supervisor.Resume() // new settings may be what it died of
	return r
}

func (h *Host) openAhead(ctx context.Context, r *revision) {
	h.mu.Lock()
	_, p, done, err := h.hold(r)
	running := h.running != nil
	h.mu.Unlock()
	if err != nil {
		return
	}
	defer done()
	if running {
		p.openNow(ctx, r)
	}
}

// takeOver lets the new revisions take the calls.
func (h *Host) takeOver(accounts []Account, fresh map[string]*revision) {
	h.mu.Lock()
	defer h.mu.Unlock()
	kept := map[string]*revision{}
	for _, a := range accounts {
		kept[a.Name] = h.accounts[a.Name]
		if r := fresh[a.Name]; r != nil {
			kept[a.Name] = r
		}
	}
	old := h.accounts
	h.accounts = kept
	for name, r := range old {
		if kept[name] != r {
			h.retire(r)
		}
	}
}
