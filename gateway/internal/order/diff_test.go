package order_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/orderbell/orderbell/gateway/internal/order"
)

// steps carries and compares events one after the other and tells the changes of the last.
func steps(events ...order.Order) []order.Change {
	prev := follow(order.Least, events[:len(events)-1]...)
	next := order.Carry(prev, events[len(events)-1], order.Least)
	return order.Diff(prev, next)
}

// words writes changes as text: "dish.ready/a", passed ones in brackets.
func words(changes []order.Change) string {
	var out []string
	for _, c := range changes {
		text := string(c.Kind)
		if c.Dish != "" {
			text += "/" + c.Dish
		}
		if c.Passed {
			text = "(" + text + ")"
		}
		out = append(out, text)
	}
	return strings.Join(out, " ")
}

func TestDiffTellsWhatAnEventDid(t *testing.T) {
	t.Parallel()
	finished := func(o *order.Order) { o.Finished = true }
	deleted := func(o *order.Order) { o.Deleted = true }
	returned := func(o *order.Order) { o.Return = true }
	draft := func(o *order.Order) { o.Dishes[0].Skip = order.Draft }
	tests := []struct {
		name   string
		events []order.Order
		want   string
	}{
		{"nothing on the screen", []order.Order{of(0)}, ""},
		{"sent", []order.Order{of(1)}, "dish.sent/a order.sent"},
		{"one of two started", []order.Order{of(1, 1), of(2, 1)}, "dish.started/a"},
		{"both ready at once", []order.Order{of(2, 2), of(3, 3)}, "dish.ready/a dish.ready/b order.ready"},
		{"a jump over ready yields ready, out and collected", []order.Order{of(2), of(6)},
			"(dish.ready/a) (dish.out/a) (dish.collect/a) dish.collected/a (order.ready) (order.out) (order.collect) order.collected"},
		{"the same again", []order.Order{of(3), of(3)}, ""},
		{"going back", []order.Order{of(3), of(2)}, ""},
		{"back and forth", []order.Order{of(3), of(2), of(3)}, "dish.ready/a order.ready"},
		{"parked", []order.Order{of(3), of(7)}, ""},
		{"parked and on", []order.Order{of(3), of(7), of(4)}, "dish.out/a order.out"},
		{"removed", []order.Order{of(3), of(9)}, ""},
		{"a draft", []order.Order{with(of(3), draft)}, ""},
		{"a draft that is sent", []order.Order{with(of(1), draft), of(1)}, "dish.sent/a order.sent"},
		{"finished", []order.Order{of(3), with(of(3), finished)}, "order.closed"},
		{"finished with a stage", []order.Order{of(3), with(of(4), finished)}, "dish.out/a order.out order.closed"},
		{"finished at first sight", []order.Order{with(of(1), finished)}, "dish.sent/a order.sent order.closed"},
		{"finished twice", []order.Order{with(of(3), finished), with(of(3), finished)}, ""},
		{"a stage after finished", []order.Order{with(of(3), finished), with(of(4), finished)}, ""},
		{"opened again with a stage", []order.Order{with(of(3), finished), of(4)}, "dish.out/a order.out"},
		{"deleted", []order.Order{of(3), with(of(4), deleted)}, "order.voided"},
		{"deleted at first sight", []order.Order{with(of(4), deleted)}, "order.voided"},
		{"deleted twice", []order.Order{with(of(3), deleted), with(of(3), deleted)}, ""},
		{"deleted and finished", []order.Order{of(3), with(with(of(3), deleted), finished)}, "order.voided order.closed"},
		{"deleted after finished", []order.Order{with(of(3), finished), with(with(of(3), deleted), finished)}, "order.voided"},
		{"a return", []order.Order{with(of(3), returned)}, ""},
		{"a return is closed", []order.Order{with(of(1), returned), with(of(3), finished)}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := words(steps(tt.events...)); got != tt.want {
				t.Errorf("%+v: got %q, want %q", tt.events, got, tt.want)
			}
		})
	}
}

func TestChangesSayHowFarTheOrderHadBeen(t *testing.T) {
	t.Parallel()
	want := []order.Change{
		{Kind: "dish.ready", Stage: order.Ready, Before: order.Out, Dish: "a"},
		{Kind: "order.ready", Stage: order.Ready, Before: order.Out},
	}
	if diff := cmp.Diff(want, steps(of(4), of(2), of(3))); diff != "" {
		t.Errorf("out, started, ready (-want +got):\n%s", diff)
	}
	for _, c := range steps(of(2)) {
		if !c.First || c.Before != order.None {
			t.Errorf("the first event: got %+v, want First and nothing before", c)
		}
	}
}

func TestPartsOfAComboAreToldThroughItOnly(t *testing.T) {
	t.Parallel()
	combo := func(a, b order.State) order.Order {
		return order.Order{Dishes: []order.Dish{{ID: "combo", Parts: of(a, b).Dishes}}}
	}
	if got, want := words(steps(combo(1, 1), combo(3, 2))), "dish.started/combo order.started"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// anyOrder draws an order as a decoder may make it.
func anyOrder(t *rapid.T) order.Order {
	causes := []order.SkipCause{"", "", "", order.Voided, order.Draft, order.LineDeleted}
	state := rapid.Map(rapid.IntRange(0, 9), func(n int) order.State { return order.State(n) })
	dish := rapid.Custom(func(t *rapid.T) order.Dish {
		d := order.Dish{
			ID:    rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, "id"),
			State: state.Draw(t, "state"),
			Skip:  rapid.SampledFrom(causes).Draw(t, "skip"),
		}
		if rapid.IntRange(0, 3).Draw(t, "combo") == 0 {
			d.Parts = of(rapid.SliceOfN(state, 0, 3).Draw(t, "parts")...).Dishes
		}
		return d
	})
	o := order.Order{Dishes: rapid.SliceOfN(dish, 0, 4).Draw(t, "dishes")}
	if rapid.IntRange(0, 4).Draw(t, "whole") == 0 {
		o.State = state.Draw(t, "order state")
	}
	rare := func(label string) bool { return rapid.IntRange(0, 9).Draw(t, label) == 0 }
	o.Finished, o.Deleted, o.Return, o.Empty = rare("finished"), rare("deleted"), rare("return"), rare("empty")
	return o
}

func TestPropertiesOfAnyLifeOfAnOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		how := rapid.SampledFrom([]order.Aggregate{order.Least, order.Most, order.Last}).Draw(t, "how")
		var prev *order.Order
		for range rapid.IntRange(1, 6).Draw(t, "events") {
			event := anyOrder(t)
			next := order.Carry(prev, event, how)
			changes := order.Diff(prev, next)
			holds(t, prev, next, changes)
			if again := order.Carry(&next, event, how); len(order.Diff(&next, again)) > 0 || again.Stage != next.Stage {
				t.Fatalf("the same event twice: got %q, stage %q after %q; want nothing", words(order.Diff(&next, again)), again.Stage, next.Stage)
			}
			if got := order.Diff(&next, next); len(got) > 0 {
				t.Fatalf("an order compared with itself: got %q, want nothing", words(got))
			}
			prev = &next
		}
	})
}

// holds checks what is true of any event.
func holds(t *rapid.T, prev *order.Order, next order.Order, changes []order.Change) {
	before, peak := order.None, order.None
	if prev != nil {
		before, peak = prev.Stage, prev.Peak
	}
	if next.Peak < peak || next.Peak < next.Stage || next.Stage > order.Collected {
		t.Fatalf("peak %q, stage %q after peak %q: the peak never falls", next.Peak, next.Stage, peak)
	}
	if next.Return && len(changes) > 0 {
		t.Fatalf("a return order: got %q, want nothing", words(changes))
	}
	var reached []order.Stage
	for _, c := range changes {
		if c.Late < 0 || c.First != (prev == nil) {
			t.Fatalf("got %+v, want First %v and Late not negative", c, prev == nil)
		}
		if c.Stage != order.None && c.Dish == "" && c.Kind == order.OrderReached(c.Stage) {
			reached = append(reached, c.Stage)
			if c.Passed != (c.Stage < next.Stage) || c.Before != peak {
				t.Fatalf("got %+v, want Passed below %q and Before %q", c, next.Stage, peak)
			}
		}
	}
	if len(reached) == 0 {
		return
	}
	var want []order.Stage
	for _, s := range order.Stages() {
		if s > before && s <= next.Stage {
			want = append(want, s)
		}
	}
	if !slices.Equal(reached, want) {
		t.Fatalf("from %q to %q: got stages %v, want %v", before, next.Stage, reached, want)
	}
}

func TestAJumpTellsTheSameKindsAsGoingStepByStep(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.IntRange(0, 5).Draw(t, "from")
		to := rapid.IntRange(from+1, 6).Draw(t, "to")
		jump := kindsOf(steps(of(order.State(from)), of(order.State(to))))
		var walk []order.Kind
		for s := from; s < to; s++ {
			walk = append(walk, kindsOf(steps(of(order.State(s)), of(order.State(s+1))))...)
		}
		if !slices.Equal(jump, walk) {
			t.Fatalf("from %d to %d: a jump tells %v, steps tell %v", from, to, jump, walk)
		}
	})
}

// kindsOf are the kinds of the order itself.
func kindsOf(changes []order.Change) []order.Kind {
	var kinds []order.Kind
	for _, c := range changes {
		if c.Dish == "" {
			kinds = append(kinds, c.Kind)
		}
	}
	return kinds
}

func BenchmarkCarryAndDiff(b *testing.B) {
	prev, event := follow(order.Least, of(2, 3, 0)), of(3, 3, 0)
	b.ReportAllocs()
	for b.Loop() {
		next := order.Carry(prev, event, order.Least)
		if len(order.Diff(prev, next)) != 2 {
			b.Fatal("want dish.ready and order.ready")
		}
	}
}
