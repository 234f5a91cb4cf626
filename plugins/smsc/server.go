package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

// avoidFor is how long the second server is asked first after the first one could not be reached, so
// that not every message waits for the same time-out.
const avoidFor = time.Minute

// servers are the operator's two addresses. The second is asked only when not one byte of a request
// has left for the first: otherwise the text could go out twice.
type servers struct {
	first, second string // folders, with a slash at the end; second may be ""

	mu    sync.Mutex
	avoid time.Time // until then the second goes first
}

// order returns the addresses in the order in which to try them.
func (s *servers) order(now time.Time) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.second == "":
		return []string{s.first}
	case now.Before(s.avoid):
		return []string{s.second, s.first}
	}
	return []string{s.first, s.second}
}

// unreached notes that a server could not be reached.
func (s *servers) unreached(address string, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if address == s.first {
		s.avoid = now.Add(avoidFor)
	} else {
		s.avoid = time.Time{}
	}
}

// notLeft says whether certainly no byte of the request has left. An HTTP status is an answer, even
// a 503.
func notLeft(err error) bool {
	var answered *sdk.StatusError
	return sdk.AsFailure(err, sdk.UnknownOutcome).Reason == sdk.Unavailable && !errors.As(err, &answered)
}

// reach calls exchange with one address after the other until one was reached.
func (a *account) reach(ctx context.Context, exchange func(folder string) error) error {
	var err error
	for i, folder := range a.servers.order(a.Now()) {
		if i > 0 {
			a.Log.Warn("a server was not reached, the other one is asked", "error", err)
		}
		if err = exchange(folder); err == nil || ctx.Err() != nil || !notLeft(err) {
			return err
		}
		a.servers.unreached(folder, a.Now())
	}
	return err
}
