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
	if len(r.postings) != 0 {
		t.Errorf("check(%q): got %d bodies remembered, want none", body, len(r.postings))
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
	if got := len(r.postings); got != recentSize {
		t.Errorf("after %d bodies: got %d remembered, want %d", recentSize+extra, got, recentSize)
	}
	for n := range recentSize + extra {
		if _, remembered := r.recall(stored(posted(n))); remembered != (n >= extra) {
			t.Errorf("body %d of %d: remembered %v, want %v", n, recentSize+extra, remembered, n >= extra)
		}
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
	if got := len(r.postings); got > recentSize {
		t.Errorf("got %d bodies remembered, want at most %d", got, recentSize)
	}
}
