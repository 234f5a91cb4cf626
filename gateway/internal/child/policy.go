package child

import (
	"time"

	"golang.org/x/time/rate"
)

const (
	deathWindow   = time.Minute
	deathsAllowed = 5           // this many within deathWindow lead to quarantine
	steadyAfter   = time.Minute // serving this long forgets earlier failures
	quarantineMax = 30 * time.Minute
	killBurst     = 10 // restarts at once after kills on purpose …
	killEvery     = 500 * time.Millisecond
)

// policy decides when a child is started again. It is pure: every moment is passed in.
type policy struct {
	min, max    time.Duration
	quarantine  time.Duration  // the first one
	jitter      func() float64 // in [0, 1)
	deaths      []time.Time    // within deathWindow
	failures    int            // in a row
	quarantines int            // in a row
	kills       *rate.Limiter
}

func newPolicy(minimum, maximum, quarantine time.Duration, jitter func() float64) *policy {
	return &policy{
		min: minimum, max: maximum, quarantine: quarantine, jitter: jitter,
		kills: rate.NewLimiter(rate.Every(killEvery), killBurst),
	}
}

// died records an unwanted death and gives the wait before the next start. A quarantine ends by itself, for
// at night nobody is there to end it; each one in a row is twice as long as the last.
func (p *policy) died(now time.Time) (wait time.Duration, quarantine bool) {
	recent := p.deaths[:0]
	for _, at := range p.deaths {
		if now.Sub(at) < deathWindow {
			recent = append(recent, at)
		}
	}
	p.deaths = append(recent, now)
	if len(p.deaths) >= deathsAllowed {
		p.deaths = nil
		wait = p.quarantine << min(p.quarantines, 16)
		p.quarantines++
		return min(wait, quarantineMax), true
	}
	return p.next(), false
}

// refused records that the program could not even be executed; that is no death.
func (p *policy) refused() time.Duration { return p.next() }

// killed records a death that a call brought on: started again at once, unless that happens too often.
func (p *policy) killed(now time.Time) time.Duration {
	return p.kills.ReserveN(now, 1).DelayFrom(now)
}

// served records for how long the last process served.
func (p *policy) served(d time.Duration) {
	if d >= steadyAfter {
		p.failures, p.quarantines = 0, 0
	}
}

// forgive forgets everything, after Resume.
func (p *policy) forgive() { p.deaths, p.failures, p.quarantines = nil, 0, 0 }

// next gives 1, 2, 4 … times min up to max, spread by ± 20 % so that children that fell together do
// not rise together.
func (p *policy) next() time.Duration {
	wait := p.min
	for range p.failures {
		wait *= 2
		if wait >= p.max {
			wait = p.max
			break
		}
	}
	p.failures++
	return time.Duration(float64(wait) * (0.8 + 0.4*p.jitter()))
}
