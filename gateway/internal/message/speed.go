package message

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Speed is how long many things took, each rounded to a step of a scale whose steps grow by a quarter
// from 50 ms to 3 hours, so that sums of hours can be put together. The zero value is of nothing.
type Speed struct{ counts map[int]int }

const (
	speedLeast  = 50 * time.Millisecond
	speedGrowth = 1.25
	speedSteps  = 56
)

// Add counts one duration; a negative one counts as none at all.
func (s *Speed) Add(d time.Duration) { s.add(speedStep(d), 1) }

func (s *Speed) add(step, n int) {
	if s.counts == nil {
		s.counts = map[int]int{}
	}
	s.counts[step] += n
}

// AddAll counts what another one counted.
func (s *Speed) AddAll(other Speed) {
	for step, n := range other.counts {
		s.add(step, n)
	}
}

// N is how many were counted.
func (s Speed) N() int {
	total := 0
	for _, n := range s.counts {
		total += n
	}
	return total
}

// Quantile is what the share q of all did not exceed, 0 < q ≤ 1, to within a step; 0 when nothing was
// counted.
func (s Speed) Quantile(q float64) time.Duration {
	rank := int(math.Ceil(q * float64(s.N())))
	for step := range speedSteps {
		if rank -= s.counts[step]; rank <= 0 && s.counts[step] > 0 {
			return speedOf(step)
		}
	}
	return 0
}

func speedStep(d time.Duration) int {
	if d <= speedLeast {
		return 0
	}
	step := int(math.Round(math.Log(float64(d)/float64(speedLeast)) / math.Log(speedGrowth)))
	return min(max(step, 0), speedSteps-1)
}

// speedOf is the duration that stands for a step.
func speedOf(step int) time.Duration {
	d := time.Duration(float64(speedLeast) * math.Pow(speedGrowth, float64(step)))
	return d.Round(10 * time.Millisecond)
}

// MarshalText writes "3:12 7:1": steps and counts.
func (s Speed) MarshalText() ([]byte, error) {
	var parts []string
	for step := range speedSteps {
		if n := s.counts[step]; n != 0 {
			parts = append(parts, fmt.Sprintf("%d:%d", step, n))
		}
	}
	return []byte(strings.Join(parts, " ")), nil
}

// UnmarshalText reads what MarshalText wrote.
func (s *Speed) UnmarshalText(text []byte) error {
	*s = Speed{}
	for part := range strings.FieldsSeq(string(text)) {
		before, after, _ := strings.Cut(part, ":")
		step, err := strconv.Atoi(before)
		n, err2 := strconv.Atoi(after)
		if err != nil || err2 != nil || step < 0 || step >= speedSteps || n < 0 {
			return fmt.Errorf("message: %q is no part of a speed", part)
		}
		s.add(step, n)
	}
	return nil
}

// Tally is the sum of the messages of one hour that have everything here in common.
type Tally struct {
	Hour       time.Time // its start, UTC
	Restaurant string
	Account    string
	Stage      string
	Status     Status
	Messages   int
	Segments   int
	Cost       Money // no currency: nobody said what it cost
	Speed      Speed // from the event to the provider's acceptance
}

// Sum adds an amount of the same currency.
func (m Money) Sum(other Money) Money {
	const nanos = 1_000_000_000
	total := int64(m.Nanos) + int64(other.Nanos)
	return Money{Units: m.Units + other.Units + total/nanos, Nanos: int32(total % nanos), Currency: m.Currency} //nolint:gosec // below 1e9
}
