package provider

import (
	"slices"
	"sync"
)

// egress is where plugins may connect to beside public addresses: what the configuration allows, and what
// is allowed while the gateway runs. Safe for concurrent use.
type egress struct {
	mu   sync.Mutex
	list []string
}

func (e *egress) add(address string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !slices.Contains(e.list, address) {
		e.list = append(e.list, address)
	}
}

func (e *egress) all() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.list)
}

// AllowEgress lets plugins connect to a private or loopback host:port, too. It counts for accounts that are
// opened afterwards: those that are new, that are saved, or whose process starts again.
func (h *Host) AllowEgress(address string) { h.opts.egress.add(address) }
