package app

import (
	"fmt"
	"sync"
	"testing"

	"github.com/orderbell/orderbell/gateway/internal/kds"
)

// posted is the n-th body of many that differ.
func posted(n int) []byte {
	return fmt.Appendf(nil, `<a RestCode="1" Situation="3" seqnumber="%d"><Order visit="1" orderIdent="%d" orderName="%d"/></a>`, n+1, n+1, n+1)
}

// stored is an event with the key of a body, as it is claimed: without it.
func stored(body []byte) kds.Event { return kds.Event{Key: kds.KeyOf(body)} }

func TestARememberedBodyIsNotDecodedAgain(t *testing.T) {
	t.Parallel()
	r := newRecent()
	if err := r.check(posted(1)); err != nil {
		t.Fatal(err)
	}
	got, there := r.recall(stored(posted(1)))
	if !there || len(got) != 1 || got[0].Seq != 2 || len(got[0].Orders) != 1 {
		t.Errorf("a remembered body: got %+v, %t, want its one posting", got, there)
	}
	if got, there := r.recall(stored(posted(2))); there {
		t.Errorf("a body never seen: got %+v, want nothing", got)
	}
}

func TestABodyThatIsNotUnderstoodIsRefusedAndNotRemembered(t *testing.T) {
	t.Parallel()
	r := newRecent()
	body := []byte("<a><cut off")
	if err := r.check(body); err == nil {
		t.Errorf("check(%q): got no error", body)
	}
	if len(r.bodies) != 0 {
		t.Errorf("check(%q): got %d bodies remembered, want none", body, len(r.bodies))
	}
}

func TestTheOldestBodyIsForgottenFirst(t *testing.T) {
	t.Parallel()
	r := newRecent()
	const extra = 10
	for n := range recentSize + extra {
		for range 2 { // a repeated body takes no second place
			if err := r.check(posted(n)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got := len(r.bodies); got != recentSize {
		t.Errorf("after %d bodies: got %d remembered, want %d", recentSize+extra, got, recentSize)
	}
	for n := range recentSize + extra {
		if _, remembered := r.recall(stored(posted(n))); remembered != (n >= extra) {
			t.Errorf("body %d of %d: remembered %v, want %v", n, recentSize+extra, remembered, n >= extra)
		}
	}
}

// crowd is a body of many orders, each of one dish, that differs from those of other n.
func crowd(n, orders int) []byte {
	body := fmt.Appendf(nil, `<a RestCode="1" Situation="3" seqnumber="%d">`, n)
	for k := range orders {
		body = fmt.Appendf(body, `<Order visit="%d" orderIdent="1"><Session><Dish uni="1" name="Борщ" quantity="1000" kdsstate="sent"/></Session></Order>`, k+1)
	}
	return append(body, "</a>"...)
}

func TestWhatIsRememberedIsBoundedByItsWeightToo(t *testing.T) {
	t.Parallel()
	r := newRecent()
	const small = 100
	for n := range small {
		if err := r.check(posted(n)); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.check(crowd(0, 2000)); err != nil {
		t.Fatal(err)
	}
	if _, there := r.recall(stored(crowd(0, 2000))); there || len(r.bodies) != small {
		t.Errorf("a body of 2000 orders: remembered %t beside %d others, want %d others only", there, len(r.bodies), small)
	}
	const crowds, orders = 200, 100
	for n := range crowds {
		if err := r.check(crowd(n, orders)); err != nil {
			t.Fatal(err)
		}
	}
	lines, weight := 0, 0
	for _, body := range r.bodies {
		lines += linesOf(body.postings)
		weight += body.weight
	}
	if most := recentWeight / lineWeight; weight != r.weight || weight > recentWeight || lines > most {
		t.Errorf("after %d bodies of %d orders: got %d lines of %d bytes (%d are counted), want at most %d of %d", crowds, orders, lines, weight, r.weight, most, recentWeight)
	}
	if _, there := r.recall(stored(crowd(crowds-1, orders))); !there {
		t.Errorf("the last body is not remembered")
	}
	if _, there := r.recall(stored(crowd(0, orders))); there {
		t.Errorf("the first body is still remembered")
	}
}

func TestRecentMayBeUsedByManyAtOnce(t *testing.T) {
	t.Parallel()
	r := newRecent()
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			for n := range 400 {
				body := posted(worker*300 + n) // neighbours share some bodies, and the ring turns over
				if err := r.check(body); err != nil {
					t.Error(err)
					return
				}
				got, there := r.recall(stored(body)) // others may have pushed it out meanwhile
				if want := int64(worker*300 + n + 1); there && (len(got) != 1 || got[0].Seq != want) {
					t.Errorf("body %d: got %+v", want, got)
					return
				}
			}
		})
	}
	all.Wait()
	if got := len(r.bodies); got > recentSize {
		t.Errorf("got %d bodies remembered, want at most %d", got, recentSize)
	}
}
