package provider

import (
	"context"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/child"
	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/host"
)

// Providers lists the providers whose programs were found, in order of name.
func (h *Host) Providers() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.catalogue.Names()
}

// Describe gives what a provider says of itself. Its program is started for that where no account keeps
// it running.
func (h *Host) Describe(ctx context.Context, provider string) (sdk.Manifest, error) {
	r := &revision{Account: Account{Provider: provider}, bare: true}
	p, done, err := h.borrow(r)
	if err != nil {
		return sdk.Manifest{}, err
	}
	defer done()
	var manifest sdk.Manifest
	err = p.call(ctx, r, "Describe", func(ctx context.Context, c *host.Client) (err error) {
		manifest, err = c.Describe(ctx)
		return err
	})
	return manifest, err
}

// Try opens an account's settings beside everything else and closes them again: what the provider says
// of them before they are kept. With login it also logs in, where the provider can; nothing is sent.
func (h *Host) Try(ctx context.Context, a Account, login bool) Report {
	report := Report{Account: a.Name, Provider: a.Provider}
	r := &revision{Account: a, trial: true}
	p, done, err := h.borrow(r)
	if err != nil {
		report.Err = err
		return report
	}
	defer done()
	if login {
		report = p.check(ctx, r)
	} else {
		report.Err = p.call(ctx, r, "Open", func(context.Context, *host.Client) error { return nil })
	}
	report.Diagnostics = append(p.said(r), report.Diagnostics...)
	if manifest := p.says(); manifest.Name != "" {
		report.Manifest = &manifest
	}
	return report
}

// TryBalance asks what an account with these settings holds, before they are kept.
func (h *Host) TryBalance(ctx context.Context, a Account) (sdk.Balance, error) {
	r := &revision{Account: a, trial: true}
	p, done, err := h.borrow(r)
	if err != nil {
		return sdk.Balance{}, err
	}
	defer done()
	var balance sdk.Balance
	err = p.call(ctx, r, "Balance", func(ctx context.Context, c *host.Client) (err error) {
		balance, err = c.Balance(ctx, r.Name, r.number)
		return err
	})
	return balance, err
}

// borrow gives a revision that is nobody's account a process, until done is called.
func (h *Host) borrow(r *revision) (p *process, done func(), err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	_, p, done, err = h.hold(h.revise(r))
	r.retired = true
	return p, done, err
}

// estimateValidity is what a text that is only priced claims to be worth.
const estimateValidity = time.Hour

// Estimate prices a text without sending it. A provider that cannot gives host.ErrNoAbility.
func (h *Host) Estimate(ctx context.Context, account string, to contact.Phone, text string, now time.Time) (sdk.Price, error) {
	m := sdk.Message{
		ID: "estimate", Attempt: 1, To: to.Reveal(), Text: text, Channel: sdk.SMS, Category: sdk.Transactional,
		NotAfter: now.Add(estimateValidity), Segments: message.CountSegments(text).Parts,
	}
	r, p, done, err := h.use(account)
	if err != nil {
		return sdk.Price{}, err
	}
	defer done()
	var price sdk.Price
	err = p.call(ctx, r, "Estimate", func(ctx context.Context, c *host.Client) error {
		prices, err := c.Estimate(ctx, r.Name, r.number, []sdk.Message{m})
		if err == nil && len(prices) == 1 {
			price = prices[0]
		}
		return err
	})
	return price, err
}

// Standing tells how the account's process is and why nothing can be sent through the account now; a nil
// error: nothing is known against it.
func (h *Host) Standing(account string) (child.State, error) {
	h.mu.Lock()
	r, ok := h.accounts[account]
	if !ok {
		h.mu.Unlock()
		return child.Stopped, &NoAccountError{Account: account}
	}
	p, missing := h.processes[r.Provider], h.missing[r.Provider]
	h.mu.Unlock()
	switch {
	case r.Err != nil:
		return child.Stopped, r.Err
	case p == nil:
		return child.Stopped, missing
	}
	status := p.status()
	if status.State == child.Backoff || status.State == child.Quarantined {
		return status.State, status.LastError
	}
	if found := p.said(r); refused(found) {
		return status.State, &SettingsError{Account: account, Diagnostics: found}
	}
	return status.State, nil
}

// Program gives the provider's program as the catalogue has it.
func (h *Host) Program(provider string) (Program, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.catalogue.Find(provider)
}
