package pipeline

import (
	"cmp"
	"slices"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

// Comparison is the difference between two sets of rules over the same events.
type Comparison struct {
	Same, Added, Removed, Changed int
	Failed                        int // changes on which a rule of the second set failed, and none of the first did
	Segments                      int // more (or fewer) of them
	Differences                   []Difference
}

// DifferenceKind tells differences apart.
type DifferenceKind string

// Kinds of differences.
const (
	TextAdded   DifferenceKind = "added"
	TextRemoved DifferenceKind = "removed"
	TextChanged DifferenceKind = "changed"
	RuleFailed  DifferenceKind = "failed"
)

// Difference is one text that would be another one.
type Difference struct {
	Kind    DifferenceKind
	OrderID string
	Number  string
	Change  order.Kind
	At      time.Time
	Before  string // the text; of a failure: empty
	After   string // the text; of a failure: what went wrong
}

// Compare sets two plays of the same events beside each other. Texts of one order with the same dedupe
// key are the same text: the first counts, as in the database. What is left of an order on both sides is
// taken as changed, in order of time.
func Compare(before, after []Tried) Comparison {
	var c Comparison
	was, is := textsOf(before), textsOf(after)
	for _, id := range slices.Sorted(keysOf(was, is)) {
		c.order(was[id], is[id])
	}
	c.failures(before, after)
	slices.SortStableFunc(c.Differences, func(a, b Difference) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Number, b.Number)) })
	return c
}

// wouldBe is one text that a play came to.
type wouldBe struct {
	dedupe   string
	text     string
	segments int
	tried    *Tried
}

// textsOf collects the texts of each order. An order whose guest never left a phone has none.
func textsOf(tried []Tried) map[string][]wouldBe {
	all := map[string][]wouldBe{}
	for i := range tried {
		t := &tried[i]
		for _, m := range t.Decision.Messages {
			known := slices.ContainsFunc(all[t.Order.ID], func(w wouldBe) bool { return w.dedupe == m.Dedupe })
			if !known {
				all[t.Order.ID] = append(all[t.Order.ID], wouldBe{m.Dedupe, m.Text, m.Segments, t})
			}
		}
	}
	return all
}

func keysOf(maps ...map[string][]wouldBe) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		seen := map[string]bool{}
		for _, m := range maps {
			for id := range m {
				if !seen[id] && !yield(id) {
					return
				}
				seen[id] = true
			}
		}
	}
}

func (c *Comparison) order(was, is []wouldBe) {
	var left []wouldBe
	for _, w := range was {
		i := slices.IndexFunc(is, func(n wouldBe) bool { return n.dedupe == w.dedupe })
		if i < 0 {
			left = append(left, w)
			continue
		}
		c.pair(w, is[i])
		is = slices.Delete(slices.Clone(is), i, i+1)
	}
	both := min(len(left), len(is))
	for i := range both {
		c.pair(left[i], is[i])
	}
	for _, w := range left[both:] {
		c.Removed++
		c.Segments -= w.segments
		c.differ(TextRemoved, w.tried, w.text, "")
	}
	for _, n := range is[both:] {
		c.Added++
		c.Segments += n.segments
		c.differ(TextAdded, n.tried, "", n.text)
	}
}

func (c *Comparison) pair(was, is wouldBe) {
	if was.text == is.text {
		c.Same++
		return
	}
	c.Changed++
	c.Segments += is.segments - was.segments
	c.differ(TextChanged, is.tried, was.text, is.text)
}

func (c *Comparison) differ(kind DifferenceKind, t *Tried, before, after string) {
	c.Differences = append(c.Differences, Difference{
		Kind: kind, OrderID: t.Order.ID, Number: t.Number, Change: t.Decision.Change.Kind, At: t.Event.ReceivedAt, Before: before, After: after,
	})
}

// failures names changes on which the second set fails and the first did not.
func (c *Comparison) failures(before, after []Tried) {
	type place struct {
		event, order string
		change       order.Kind
	}
	failed := map[place]bool{}
	for i := range before {
		if t := &before[i]; t.Decision.Outcome == rule.Errored {
			failed[place{t.Event.ID, t.Order.ID, t.Decision.Change.Kind}] = true
		}
	}
	for i := range after {
		t := &after[i]
		at := place{t.Event.ID, t.Order.ID, t.Decision.Change.Kind}
		if t.Decision.Outcome != rule.Errored || failed[at] {
			continue
		}
		failed[at] = true
		c.Failed++
		c.differ(RuleFailed, t, "", t.Decision.Note)
	}
}
