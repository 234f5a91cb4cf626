// Package live keeps the last things that happened, for those who watch. Nobody who watches is waited
// for: a reader takes what it wants when it can, and who is too slow is told that he missed something.
package live

import (
	"sync"
	"time"
)

// Item is one thing that happened.
type Item[T any] struct {
	ID   int64 // grows by one with each, also from one run of the program to the next by leaps
	At   time.Time
	What T
}

// Hub is a ring of the last items. Its memory is that of the ring, however many readers there are and
// however slow. It may be used from any goroutine.
type Hub[T any] struct {
	now func() time.Time

	mu      sync.Mutex
	ring    []Item[T]
	first   int64 // ID of the first item since the start
	next    int64
	changed chan struct{} // closed with the next item; nil: nobody waits
}

// New makes a hub that keeps so many items. IDs begin at the present microsecond, so that those of an
// earlier run are smaller.
func New[T any](size int, now func() time.Time) *Hub[T] {
	first := now().UnixMicro()
	return &Hub[T]{now: now, ring: make([]Item[T], size), first: first, next: first}
}

// Publish adds items. It never waits for a reader.
func (h *Hub[T]) Publish(what ...T) {
	if len(what) == 0 {
		return
	}
	at := h.now()
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, one := range what {
		h.ring[(h.next-h.first)%int64(len(h.ring))] = Item[T]{ID: h.next, At: at, What: one}
		h.next++
	}
	if h.changed != nil {
		close(h.changed)
		h.changed = nil
	}
}

// Last is the ID of the latest item; one less than that of the first when there is none yet.
func (h *Hub[T]) Last() int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.next - 1
}

// After gives up to n items that follow the one of an ID, in order. gap tells that something that
// followed it is no longer kept, or that the ID is of another run of the program; the items are then the
// oldest that are there. more is closed when there is more to read, at once if there is already.
func (h *Hub[T]) After(id int64, n int) (items []Item[T], gap bool, more <-chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	oldest := max(h.first, h.next-int64(len(h.ring)))
	from := id + 1
	if from < oldest || from > h.next {
		from, gap = oldest, true
	}
	for ; from < h.next && len(items) < n; from++ {
		items = append(items, h.ring[(from-h.first)%int64(len(h.ring))])
	}
	if from < h.next {
		ready := make(chan struct{})
		close(ready)
		return items, gap, ready
	}
	if h.changed == nil {
		h.changed = make(chan struct{})
	}
	return items, gap, h.changed
}
