package live_test

import (
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/live"
)

func hub(size int) *live.Hub[int] {
	return live.New[int](size, func() time.Time { return time.UnixMicro(1_000_000) })
}

func whats(items []live.Item[int]) (all []int) {
	for _, i := range items {
		all = append(all, i.What)
	}
	return all
}

func TestAReaderGetsEverythingInOrderAndOnce(t *testing.T) {
	t.Parallel()
	h := hub(8)
	if items, gap, _ := h.After(h.Last(), 10); len(items) != 0 || gap {
		t.Fatalf("of an empty hub: %v, gap %v", items, gap)
	}
	h.Publish(1, 2, 3)
	items, gap, more := h.After(999_999, 2)
	if got := whats(items); len(got) != 2 || got[0] != 1 || got[1] != 2 || gap || items[0].ID != 1_000_000 {
		t.Fatalf("the first two: %v, gap %v", items, gap)
	}
	<-more
	items, gap, more = h.After(items[1].ID, 2)
	if got := whats(items); len(got) != 1 || got[0] != 3 || gap {
		t.Fatalf("the third: %v, gap %v", items, gap)
	}
	select {
	case <-more:
		t.Fatal("there is no more")
	default:
	}
	h.Publish(4)
	<-more
	if items, _, _ = h.After(items[0].ID, 2); len(items) != 1 || items[0].What != 4 {
		t.Fatalf("the fourth: %v", items)
	}
}

func TestWhoIsTooSlowIsToldThatHeMissedSomething(t *testing.T) {
	t.Parallel()
	h := hub(4)
	at := h.Last()
	h.Publish(1, 2, 3, 4)
	if items, gap, _ := h.After(at, 10); gap || len(items) != 4 {
		t.Errorf("of a ring that is just full: %v, gap %v", items, gap)
	}
	h.Publish(5)
	if items, gap, _ := h.After(at, 10); !gap || len(items) != 4 || items[0].What != 2 {
		t.Errorf("of a ring that ran over: %v, gap %v", items, gap)
	}
	if _, gap, _ := h.After(at+1, 10); gap {
		t.Error("who has the first misses nothing")
	}
	for name, id := range map[string]int64{"an earlier run": 5, "a later run, its clock set back": h.Last() + 1_000_000} {
		if items, gap, _ := h.After(id, 10); !gap || len(items) != 4 {
			t.Errorf("after an ID of %s: %v, gap %v", name, items, gap)
		}
	}
}

// TestTwoHundredASecondAndAReaderWhoSleeps publishes what a busy chain publishes in ten minutes, with
// readers who sleep all the time: publishing takes no longer, and memory does not grow.
func TestTwoHundredASecondAndAReaderWhoSleeps(t *testing.T) {
	t.Parallel()
	h := hub(4096)
	for range 50 {
		h.After(h.Last(), 1) // waits for more, and never comes back
	}
	memory := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before, began := memory(), time.Now()
	for range 10 * 60 * 200 {
		h.Publish(1)
		h.After(h.Last(), 1)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("120,000 items took %s", took)
	}
	if grown := int64(memory()) - int64(before); grown > 4<<20 { //nolint:gosec // small
		t.Errorf("memory grew by %d bytes", grown)
	}
	runtime.KeepAlive(h)
}

func TestManyPublishersAndReadersLoseNothing(t *testing.T) {
	t.Parallel()
	const publishers, each = 4, 500
	h := hub(publishers * each)
	at := h.Last()
	var group sync.WaitGroup
	for range publishers {
		group.Go(func() {
			for i := range each {
				h.Publish(i)
			}
		})
	}
	for range 3 {
		group.Go(func() {
			last, got := at, 0
			for got < publishers*each {
				items, gap, more := h.After(last, 64)
				if gap {
					t.Error("a gap in a ring that is big enough")
					return
				}
				for _, i := range items {
					if i.ID != last+1 {
						t.Errorf("after %d comes %d", last, i.ID)
					}
					last, got = i.ID, got+1
				}
				if got < publishers*each {
					<-more
				}
			}
		})
	}
	group.Wait()
}
