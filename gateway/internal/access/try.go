package access

import (
	"slices"
	"time"
)

// Limit bounds how many sign-ins may fail within a time.
type Limit struct {
	Tries  int
	Within time.Duration
}

// NameLimits hold for one name, from wherever the tries come; the second makes who goes on wait longer.
func NameLimits() []Limit { return []Limit{{5, 5 * time.Minute}, {30, time.Hour}} }

// AddressLimits hold for one address, or the /64 of IPv6, whatever the names.
func AddressLimits() []Limit { return []Limit{{20, 5 * time.Minute}, {120, time.Hour}} }

// DeviceLimits hold for a browser that its user has signed in from before. It has tries of its own, so
// that nobody can keep the user out by failing in the user's name.
func DeviceLimits() []Limit { return []Limit{{10, 5 * time.Minute}} }

// LongestLimit is how long a try has to be remembered.
const LongestLimit = time.Hour

// Subject is one thing that tries are counted for, with what it may fail.
type Subject struct {
	Key    string // says what it is without naming it: "name:HASH", "address:192.0.2.7"
	Limits []Limit
}

// Wait tells how long a subject has to wait before it may try again, given the times of its tries
// that are not forgiven, in any order; 0: it may try now.
func (s Subject) Wait(tries []time.Time, now time.Time) time.Duration {
	wait := time.Duration(0)
	for _, limit := range s.Limits {
		var recent []time.Time
		for _, at := range tries {
			if now.Sub(at) < limit.Within {
				recent = append(recent, at)
			}
		}
		if len(recent) < limit.Tries {
			continue
		}
		// The try that has to grow old is the one which leaves Tries-1 younger ones.
		free := nthYoungest(recent, limit.Tries).Add(limit.Within)
		wait = max(wait, free.Sub(now))
	}
	return wait
}

// nthYoungest gives the n-th of the times, counted from the latest; n is at least 1 and at most their
// number.
func nthYoungest(times []time.Time, n int) time.Time {
	sorted := slices.SortedFunc(slices.Values(times), func(a, b time.Time) int { return b.Compare(a) })
	return sorted[n-1]
}
