package app

import (
	"sync"

	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/order"
)

// recent remembers what the intake understood of the last bodies, so that the decide loop need not
// read the same bytes again a moment later. It is only a shortcut: what is not in it, after a restart
// or a backlog, is read and decoded from the stored body. Safe for concurrent use.
type recent struct {
	mu     sync.Mutex
	bodies map[string]remembered // by kds.Key.Hash
	hashes []string              // of the bodies, a ring
	oldest int                   // place in the ring
	weight int                   // of all bodies
}

type remembered struct {
	postings []kds.Posting
	weight   int
}

// What bounds the memory. A posting takes a few KB as a rule, but one body may have thousands of orders: such a
// one is not remembered at all, since it would push out many that are wanted.
const (
	recentSize   = 1024
	recentWeight = 8 << 20 // bytes, about
	recentOne    = recentWeight / 32
	lineWeight   = 256 // bytes that an order or a line of it takes besides its texts
)

func newRecent() *recent {
	return &recent{bodies: map[string]remembered{}, hashes: make([]string, recentSize)}
}

// check decodes a body for the intake.
func (r *recent) check(body []byte) error {
	postings, err := kds.Decode(body)
	if err != nil {
		return err
	}
	weight := len(body) + lineWeight*linesOf(postings)
	if weight > recentOne {
		return nil
	}
	hash := kds.KeyOf(body).Hash
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, there := r.bodies[hash]; there {
		return nil
	}
	for len(r.bodies) == recentSize || r.weight+weight > recentWeight {
		r.forget()
	}
	r.hashes[(r.oldest+len(r.bodies))%recentSize] = hash
	r.bodies[hash] = remembered{postings, weight}
	r.weight += weight
	return nil
}

// forget drops the oldest body. The lock is held.
func (r *recent) forget() {
	hash := r.hashes[r.oldest]
	r.weight -= r.bodies[hash].weight
	delete(r.bodies, hash)
	r.oldest = (r.oldest + 1) % recentSize
}

// linesOf counts orders and their lines.
func linesOf(postings []kds.Posting) int {
	n := 0
	for i := range postings {
		for k := range postings[i].Orders {
			n += 1 + order.CountLines(postings[i].Orders[k].Dishes)
		}
	}
	return n
}

// recall gives the postings of a stored event, if they are remembered.
func (r *recent) recall(e kds.Event) ([]kds.Posting, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	body, there := r.bodies[e.Key.Hash]
	return body.postings, there
}

func decodeEvent(e kds.Event) ([]kds.Posting, error) { return kds.Decode(e.Body) }
