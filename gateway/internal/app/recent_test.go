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

// stored is an event with the key of a body, whose own bytes cannot be decoded: only what is
// remembered gives its postings.
func stored(body []byte) kds.Event {
	return kds.Event{Key: kds.KeyOf(body), Body: []byte("<a><cut off")}
}

func TestARememberedBodyIsNotDecodedAgain(t *testing.T) {
	t.Parallel()
	r := newRecent()
	if err := r.check(posted(1)); err != nil {
		t.Fatal(err)
	}
	got, err := r.decode(stored(posted(1)))
	if err != nil || len(got) != 1 || got[0].Seq != 2 || len(got[0].Orders) != 1 {
		t.Errorf("a remembered body: got %+v, %v, want its one posting", got, err)
	}
	if got, err := r.decode(stored(posted(2))); err == nil {
		t.Errorf("a body never seen: got %+v, want the error of its bytes", got)
	}
}

func TestWhatIsNotRememberedIsDecodedFromTheStoredBody(t *testing.T) {
	t.Parallel()
	got, err := newRecent().decode(kds.Event{Key: kds.KeyOf(posted(1)), Body: posted(1)})
	if err != nil || len(got) != 1 || got[0].Seq != 2 {
		t.Errorf("after a restart: got %+v, %v, want the posting of the body", got, err)
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
		_, err := r.decode(stored(posted(n)))
		if remembered := err == nil; remembered != (n >= extra) {
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
				got, err := r.decode(kds.Event{Key: kds.KeyOf(body), Body: body})
				if want := int64(worker*300 + n + 1); err != nil || len(got) != 1 || got[0].Seq != want {
					t.Errorf("body %d: got %+v, %v", want, got, err)
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
