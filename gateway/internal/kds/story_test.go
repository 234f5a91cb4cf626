package kds_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/orderbell/orderbell/gateway/internal/order"
)

// step is one event of a story: a sample, edited where a story needs what no sample shows.
type step struct {
	sample string
	edit   [2]string // all of the first replaced by the second
	stage  order.Stage
	kinds  string // kinds of the changes of the order itself, in order, passed ones in brackets
}

func (s step) body(t *testing.T) []byte {
	body := sample(t, s.sample)
	if s.edit[0] == "" {
		return body
	}
	edited := bytes.ReplaceAll(body, []byte(s.edit[0]), []byte(s.edit[1]))
	if bytes.Equal(edited, body) {
		t.Fatalf("%s does not hold %q", s.sample, s.edit[0])
	}
	return edited
}

func TestStoriesOfSamplesGiveTheExpectedChanges(t *testing.T) {
	t.Parallel()
	const (
		sent, ready = "05-save-order-sent-to-kds.xml", "08-kds-all-ready.xml"
		upToReady   = "(order.sent) (order.started) order.ready"
	)
	tests := []struct {
		name  string
		how   order.Aggregate
		steps []step
	}{
		{"a dinner from sent to collected, by the dish furthest behind", order.Least, []step{
			{sample: sent, stage: order.Sent, kinds: "order.sent"},
			{sample: "06-kds-one-dish-started.xml", stage: order.Sent},
			{sample: "07-kds-mixed-started-ready.xml", stage: order.Started, kinds: "order.started"},
			{sample: ready, stage: order.Ready, kinds: "order.ready"},
			{sample: "09-kds-all-taken.xml", stage: order.Out, kinds: "order.out"},
			{sample: "10-kds-collect.xml", stage: order.Collect, kinds: "order.collect"},
			{sample: "11-kds-collected-with-history.xml", stage: order.Collected, kinds: "order.collected"},
		}},
		{"the same dinner by the dish furthest ahead", order.Most, []step{
			{sample: sent, stage: order.Sent, kinds: "order.sent"},
			{sample: "06-kds-one-dish-started.xml", stage: order.Started, kinds: "order.started"},
			{sample: "07-kds-mixed-started-ready.xml", stage: order.Ready, kinds: "order.ready"},
			{sample: ready, stage: order.Ready},
		}},
		{"the same dinner by the dish that changed last", order.Last, []step{
			{sample: sent, stage: order.Sent, kinds: "order.sent"},
			{sample: "06-kds-one-dish-started.xml", stage: order.Started, kinds: "order.started"},
			{sample: "07-kds-mixed-started-ready.xml", stage: order.Started},
			{sample: ready, stage: order.Ready, kinds: "order.ready"},
			{sample: ready, stage: order.Ready},
		}},
		{"a jump from started to collected", order.Least, []step{
			{sample: "12-kds-jump-started-to-collected.xml", edit: [2]string{"collected", "started"},
				stage: order.Started, kinds: "(order.sent) order.started"},
			{sample: "12-kds-jump-started-to-collected.xml", stage: order.Collected,
				kinds: "(order.ready) (order.out) (order.collect) order.collected"},
		}},
		{"ready falls back to started and is ready again", order.Least, []step{
			{sample: ready, stage: order.Ready, kinds: upToReady},
			{sample: "15-kds-rollback-ready-to-started.xml", stage: order.Started},
			{sample: "16-order-recalc.xml", stage: order.Ready, kinds: "order.ready"},
		}},
		{"removed and voided dishes end an order without a stage", order.Least, []step{
			{sample: "07-kds-mixed-started-ready.xml", stage: order.Started, kinds: "(order.sent) order.started"},
			{sample: "13-kds-removed-and-void.xml", stage: order.None, kinds: "order.voided"},
			{sample: "13-kds-removed-and-void.xml", stage: order.None},
		}},
		{"parked dishes keep their last stage", order.Least, []step{
			{sample: "07-kds-mixed-started-ready.xml", stage: order.Started, kinds: "(order.sent) order.started"},
			{sample: "14-kds-park.xml", stage: order.Started},
		}},
		{"dishes parked before anything is known of them are sent", order.Least, []step{
			{sample: "14-kds-park.xml", stage: order.Sent, kinds: "order.sent"},
		}},
		{"two orders of one visit are two orders", order.Least, []step{
			{sample: ready, stage: order.Ready, kinds: upToReady},
			{sample: "31-two-orders-one-visit.xml", stage: order.Ready, kinds: upToReady},
		}},
		{"a combo without a state of its own is as far as its least component", order.Least, []step{
			{sample: "32-combo-components-own-state.xml", stage: order.Started, kinds: "(order.sent) order.started"},
			{sample: "32-combo-components-own-state.xml", edit: [2]string{"started", "ready"}, stage: order.Ready, kinds: "order.ready"},
		}},
		{"a combo with a state of its own needs none from its components", order.Least, []step{
			{sample: "18-combo-and-modifier.xml", stage: order.Ready, kinds: upToReady},
		}},
		{"lines that do not count hold nothing back", order.Least, []step{
			{sample: "33-lines-that-do-not-count.xml", stage: order.Ready, kinds: upToReady},
		}},
		{"a repeated event changes nothing", order.Least, []step{
			{sample: ready, stage: order.Ready, kinds: upToReady},
			{sample: "25-duplicate-of-08.xml", stage: order.Ready},
			{sample: "24-utf8-bom.xml", stage: order.Ready},
		}},
		{"a stage said of the order as a whole wins and leaves the dishes as they were", order.Least, []step{
			{sample: sent, stage: order.Sent, kinds: "order.sent"},
			{sample: "22-order-level-kdsstate.xml", stage: order.Ready, kinds: "(order.started) order.ready"},
			{sample: ready, stage: order.Ready},
		}},
		{"closing is told once, after the stages of the same event", order.Least, []step{
			{sample: ready, stage: order.Ready, kinds: upToReady},
			{sample: "17-receipt-closed.xml", stage: order.Out, kinds: "order.out order.closed"},
			{sample: "17-receipt-closed.xml", edit: [2]string{"taken", "collected"}, stage: order.Collected},
		}},
		{"a reused seqnumber on another day is another order", order.Least, []step{
			{sample: ready, stage: order.Ready, kinds: upToReady},
			{sample: "26-seqnumber-reused-after-restart.xml", stage: order.Ready, kinds: upToReady},
		}},
		{"a draft that is sent to the kitchen begins to count", order.Least, []step{
			{sample: "33-lines-that-do-not-count.xml", stage: order.Ready, kinds: upToReady},
			{sample: "33-lines-that-do-not-count.xml", edit: [2]string{`isDraft="1"`, `isDraft="0"`}, stage: order.Sent},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var told strings.Builder
			h := open(tt.how)
			for i, s := range tt.steps {
				_, orders, changes, err := h.take(s.body(t))
				if err != nil || len(orders) != 1 {
					t.Fatalf("step %d, %s: got %d orders, error %v; want 1", i, s.sample, len(orders), err)
				}
				if got := orderKinds(changes[0]); orders[0].Stage != s.stage || got != s.kinds {
					t.Errorf("step %d, %s: got stage %q, changes %q; want %q, %q", i, s.sample, orders[0].Stage, got, s.stage, s.kinds)
				}
				fmt.Fprintf(&told, "%s → %s\n", s.sample, stage(orders[0].Stage))
				for _, c := range changes[0] {
					fmt.Fprintf(&told, "  %s\n", describeChange(c))
				}
			}
			golden(t, "story-"+strings.ReplaceAll(strings.ReplaceAll(tt.name, ",", ""), " ", "-"), told.String())
		})
	}
}

func orderKinds(changes []order.Change) string {
	var kinds []string
	for _, c := range changes {
		switch {
		case c.Dish != "":
		case c.Passed:
			kinds = append(kinds, "("+string(c.Kind)+")")
		default:
			kinds = append(kinds, string(c.Kind))
		}
	}
	return strings.Join(kinds, " ")
}

func TestEqualLinesInEveryEncodingAreTheSameOrder(t *testing.T) {
	t.Parallel()
	body := sample(t, "08-kds-all-ready.xml")
	_, want, _, err := open(order.Least).take(body)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range encodings() {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			_, got, _, err := open(order.Least).take(e.encode(t, body))
			if err != nil {
				t.Fatalf("%s: got error %v, want the order of sample 08", e.name, err)
			}
			if !slices.EqualFunc(got[0].Dishes, want[0].Dishes, func(a, b order.Dish) bool {
				return a.ID == b.ID && a.Name == b.Name && a.Stage == b.Stage
			}) || got[0].Type != want[0].Type {
				t.Errorf("%s: got %+v, want %+v", e.name, got[0], want[0])
			}
		})
	}
}
