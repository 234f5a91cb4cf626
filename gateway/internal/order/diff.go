package order

import "time"

// Diff says what an event did to an order: prev as it was stored last (nil: not seen before), next as
// Carry made it. Changes of dishes come first, line by line, then those of the order, each stage in
// the order in which it is passed; order.voided and order.closed end the list.
//
// Only a rise is a change. A stage that falls gives nothing, and rising again gives the same changes
// again, with Before showing how far it had been, so that whoever texts can tell. A return order gives
// nothing at all; a deleted one no stages; one that was closed before and still is, no stages either.
func Diff(prev *Order, next Order) []Change {
	if next.Return {
		return nil
	}
	d := differ{first: prev == nil, late: late(&next)}
	if prev == nil {
		prev = &Order{}
	}
	stillClosed := prev.Closed() && next.Closed()
	if !next.Deleted && !stillClosed {
		d.lines(prev.Dishes, next.Dishes)
		d.rise(OrderReached, prev.Stage, next.Stage, Change{Before: prev.Peak})
	}
	if next.Deleted && !prev.Deleted {
		d.add(Change{Kind: OrderVoided, Before: prev.Peak})
	}
	if next.Finished && !prev.Finished {
		d.add(Change{Kind: OrderClosed, Before: prev.Peak})
	}
	return d.changes
}

type differ struct {
	first   bool
	late    time.Duration
	changes []Change
}

func (d *differ) add(c Change) {
	c.First, c.Late = d.first, d.late
	d.changes = append(d.changes, c)
}

// rise adds a change for each stage above from up to to; draft holds what they have in common.
func (d *differ) rise(kind func(Stage) Kind, from, to Stage, draft Change) {
	for s := from + 1; s <= to; s++ {
		draft.Kind, draft.Stage, draft.Passed = kind(s), s, s < to
		d.add(draft)
	}
}

// lines adds what happened to the lines that count. Parts of a combo are seen through it only.
func (d *differ) lines(prev, next []Dish) {
	before := indexLines(prev)
	for i := range next {
		was := before.next(next[i].ID)
		d.rise(DishReached, was.counted(), next[i].counted(), Change{Before: was.Peak, Dish: next[i].ID})
	}
}
