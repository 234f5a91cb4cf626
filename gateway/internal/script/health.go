package script

import (
	"slices"
	"sync"

	"github.com/orderbell/orderbell/gateway/internal/rule"
)

// health counts failures in a row and switches rules off. Safe for concurrent use.
type health struct {
	notice func(name string, last rule.Error)

	mu       sync.Mutex
	failures map[string]int
}

func newHealth(notice func(string, rule.Error)) *health {
	return &health{notice: notice, failures: map[string]int{}}
}

func (h *health) isDisabled(name string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.failures[name] >= failuresInRow
}

// note records how an evaluation of the rule ended; nil: well.
func (h *health) note(name string, failed *rule.Error) {
	h.mu.Lock()
	if failed == nil {
		delete(h.failures, name)
	} else {
		h.failures[name]++
	}
	tell := failed != nil && h.failures[name] == failuresInRow && h.notice != nil
	h.mu.Unlock()
	if tell {
		h.notice(name, *failed)
	}
}

// reset forgets everything: the rules are new.
func (h *health) reset() {
	h.mu.Lock()
	defer h.mu.Unlock()
	clear(h.failures)
}

// Disabled lists the rules that are switched off because they failed too often.
func (p *Pool) Disabled() []string { return p.health.disabled() }

func (h *health) disabled() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var names []string
	for name, failures := range h.failures {
		if failures >= failuresInRow {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
