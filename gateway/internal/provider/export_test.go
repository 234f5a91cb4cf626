package provider

import "time"

// CallsOf is how many calls of the account's newest settings are under way, for tests that must not go on
// before theirs is.
func (h *Host) CallsOf(account string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.accounts[account].calls
}

// WithCallTimeout gives programs less time for each call.
func (o Options) WithCallTimeout(d time.Duration) Options {
	o.callTimeout = d
	return o
}
