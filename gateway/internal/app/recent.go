package app

import (
	"sync"

	"github.com/orderbell/orderbell/gateway/internal/kds"
)

// recent remembers what the intake understood of the last bodies, so that the decide loop need not
// read the same bytes again a moment later. It is only a shortcut: what is not in it, after a restart
// or a backlog, is read and decoded from the stored body. Safe for concurrent use.
type recent struct {
	mu       sync.Mutex
	postings map[string][]kds.Posting // by kds.Key.Hash
	order    []string                 // of the hashes, a ring
	next     int
}

// recentSize bounds the memory: a posting takes a few KB.
const recentSize = 1024

func newRecent() *recent {
	return &recent{postings: map[string][]kds.Posting{}, order: make([]string, recentSize)}
}

// check decodes a body for the intake.
func (r *recent) check(body []byte) error {
	postings, err := kds.Decode(body)
	if err != nil {
		return err
	}
	hash := kds.KeyOf(body).Hash
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, there := r.postings[hash]; !there {
		delete(r.postings, r.order[r.next])
		r.order[r.next] = hash
		r.next = (r.next + 1) % recentSize
	}
	r.postings[hash] = postings
	return nil
}

// recall gives the postings of a stored event, if they are remembered.
func (r *recent) recall(e kds.Event) ([]kds.Posting, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	postings, there := r.postings[e.Key.Hash]
	return postings, there
}

func decodeEvent(e kds.Event) ([]kds.Posting, error) { return kds.Decode(e.Body) }
