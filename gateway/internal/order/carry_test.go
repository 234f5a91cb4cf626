package order_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/gateway/internal/order"
)

// of makes an order with one line for each state, named a, b, c….
func of(states ...order.State) order.Order {
	o := order.Order{Ref: order.Ref{GUID: "G"}}
	for i, s := range states {
		d := order.Dish{ID: string(rune('a' + i)), State: s, Quantity: 1000}
		if s == 0 {
			d.Skip = order.OffScreen
		}
		o.Dishes = append(o.Dishes, d)
	}
	return o
}

// follow carries orders one after the other.
func follow(how order.Aggregate, events ...order.Order) *order.Order {
	var prev *order.Order
	for _, e := range events {
		next := order.Carry(prev, e, how)
		prev = &next
	}
	return prev
}

func with(o order.Order, edit func(*order.Order)) order.Order {
	edit(&o)
	return o
}

func TestTheStageFollowsFromTheLines(t *testing.T) {
	t.Parallel()
	state := func(s order.State) func(*order.Order) { return func(o *order.Order) { o.State = s } }
	skip := func(cause order.SkipCause) func(*order.Order) {
		return func(o *order.Order) { o.Dishes[0].Skip = cause }
	}
	parts := func(own order.State, parts ...order.State) order.Order {
		o := of(own)
		o.Dishes[0].Skip, o.Dishes[0].Parts = "", of(parts...).Dishes
		return o
	}
	tests := []struct {
		name              string
		events            []order.Order
		least, most, last order.Stage
	}{
		{"no lines", []order.Order{of()}, 0, 0, 0},
		{"lines off the screen only", []order.Order{of(0, 0)}, 0, 0, 0},
		{"one line", []order.Order{of(3)}, 3, 3, 3},
		{"lines apart", []order.Order{of(2, 3, 0)}, 2, 3, 2},
		{"the slower line moves", []order.Order{of(1, 3), of(2, 3)}, 2, 3, 2},
		{"the faster line moves", []order.Order{of(1, 3), of(1, 4)}, 1, 4, 4},
		{"two lines move", []order.Order{of(1, 3), of(2, 4)}, 2, 4, 2},
		{"no line moves", []order.Order{of(1, 3), of(1, 4), of(1, 4)}, 1, 4, 4},
		{"a line moves back", []order.Order{of(3, 3), of(3, 2)}, 2, 3, 2},
		{"a line is added", []order.Order{of(3), of(3, 1)}, 1, 3, 1},
		{"a line is voided", []order.Order{of(1, 3), with(of(1, 3), skip(order.Voided))}, 3, 3, 1},
		{"all lines are voided", []order.Order{of(3), with(of(3), skip(order.Voided))}, 0, 0, 0},
		{"all lines vanish, no pieces", []order.Order{of(3), with(of(), func(o *order.Order) { o.Empty = true })}, 0, 0, 0},
		{"beside a deleted line", []order.Order{with(of(1, 3), skip(order.LineDeleted))}, 3, 3, 3},
		{"beside a return line", []order.Order{with(of(1, 3), skip(order.ReturnLine))}, 3, 3, 3},
		{"beside a draft", []order.Order{with(of(1, 3), skip(order.Draft))}, 3, 3, 3},
		{"beside packaging", []order.Order{with(of(1, 3), skip(order.Packaging))}, 3, 3, 3},
		{"parked", []order.Order{of(3, 2), of(7, 2)}, 2, 3, 2},
		{"parked at ready, the other ready too", []order.Order{of(3, 2), of(7, 2), of(7, 3)}, 3, 3, 3},
		{"parking ended", []order.Order{of(3), of(7), of(8), of(8)}, 3, 3, 3},
		{"parked before it was seen", []order.Order{of(7, 3)}, 1, 3, 1},
		{"parked after it was off the screen", []order.Order{of(0, 3), of(8, 3)}, 1, 3, 1},
		{"removed", []order.Order{of(3, 2), of(3, 9)}, 3, 3, 2},
		{"a combo by its own state", []order.Order{parts(3, 1)}, 3, 3, 3},
		{"a combo by its least part", []order.Order{parts(0, 4, 2, 0)}, 2, 2, 2},
		{"a combo parked, by what it was", []order.Order{parts(3, 1), parts(7, 1)}, 3, 3, 3},
		{"a combo parked before it was seen, by its parts", []order.Order{parts(7, 2)}, 2, 2, 2},
		{"a combo with a parked part", []order.Order{parts(0, 4, 3), parts(0, 4, 7)}, 3, 3, 3},
		{"a stage of the whole order", []order.Order{with(of(1, 2), state(4))}, 4, 4, 4},
		{"a stage of the whole order, no lines", []order.Order{with(of(), state(4))}, 4, 4, 4},
		{"parking of the whole order", []order.Order{of(2), with(of(), state(7))}, 2, 2, 2},
		{"parking of the whole order, lines moving", []order.Order{of(2), with(of(3), state(8))}, 2, 2, 2},
		{"parking of an order not seen before", []order.Order{with(of(2, 3), state(7))}, 2, 3, 2},
		{"parking of an order without anything", []order.Order{with(of(), state(7))}, 0, 0, 0},
		{"removal of the whole order", []order.Order{of(3), with(of(3), state(9))}, 0, 0, 0},
		{"an event that says nothing of the lines", []order.Order{of(2, 3), of()}, 2, 3, 2},
		{"deleted without a word of the lines", []order.Order{of(3), with(of(), func(o *order.Order) { o.Deleted = true })}, 0, 0, 0},
		{"after a stage of the whole order the lines count again", []order.Order{with(of(), state(4)), of(2)}, 2, 2, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for how, want := range map[order.Aggregate]order.Stage{
				order.Least: tt.least, order.Most: tt.most, order.Last: tt.last, "": tt.least,
			} {
				if got := follow(how, tt.events...).Stage; got != want {
					t.Errorf("%q of %+v: got %q, want %q", how, tt.events, got, want)
				}
			}
		})
	}
}

func TestCarryKeepsWhatAnEventLeavesOut(t *testing.T) {
	t.Parallel()
	prev := order.Order{
		ID: "01", Restaurant: "77", Ref: order.Ref{GUID: "G", Visit: "5", Ident: "256"}, Name: "12.1", Seq: "118",
		Table: "12", Type: "В зале", Return: true, Finished: true, Deleted: true, Stage: order.Ready, Peak: order.Collected,
		Dishes: []order.Dish{{ID: "a", Name: "Борщ", State: 3, Stage: order.Ready, Peak: order.Ready}}, OccurredMicros: 5, ReceivedMicros: 6,
	}
	sparse := order.Order{Ref: order.Ref{Visit: "5", Ident: "256"}, OccurredMicros: 7, ReceivedMicros: 8}
	want := prev
	want.OccurredMicros, want.ReceivedMicros, want.Stage = 7, 8, order.None // deleted
	if diff := cmp.Diff(want, order.Carry(&prev, sparse, order.Least)); diff != "" {
		t.Errorf("an event of a reference alone (-want +got):\n%s", diff)
	}

	full := order.Order{
		Ref: order.Ref{GUID: "G"}, Name: "12.2",
		Dishes: []order.Dish{{ID: "a", State: 2}},
	}
	got := order.Carry(&prev, full, order.Least)
	if got.Name != "12.2" || got.Finished || got.Deleted || got.Dishes[0].Name != "Борщ" || got.Dishes[0].Peak != order.Ready ||
		got.Stage != order.Started || got.Peak != order.Collected {
		t.Errorf("an event with lines: got %+v; want it believed, with the old name of the dish and the old peaks", got)
	}
	if prev.Dishes[0].State != 3 || full.Dishes[0].Name != "" {
		t.Errorf("Carry changed what it was given: %+v, %+v", prev, full)
	}
}

func TestAnOrderWithoutPiecesIsDeletedOnceItHadLines(t *testing.T) {
	t.Parallel()
	empty := with(of(), func(o *order.Order) { o.Empty = true })
	if got := follow(order.Least, empty); got.Deleted {
		t.Errorf("just opened: got deleted, want not")
	}
	if got := follow(order.Least, of(0), empty); !got.Deleted || len(got.Dishes) != 0 {
		t.Errorf("after a dish: got %+v, want deleted and without lines", got)
	}
	if got := follow(order.Least, of(3), empty, of(1)); got.Deleted || got.Stage != order.Sent {
		t.Errorf("a dish after that: got %+v, want alive and sent", got)
	}
}

func TestLinesOfEqualIDAreToldApartByTheirOrder(t *testing.T) {
	t.Parallel()
	twins := func(a, b order.State) order.Order {
		return order.Order{Dishes: []order.Dish{{State: a}, {State: b}}}
	}
	got := follow(order.Least, twins(2, 3), twins(7, 7))
	if got.Dishes[0].Stage != order.Started || got.Dishes[1].Stage != order.Ready {
		t.Errorf("got %+v, want started and ready", got.Dishes)
	}
}

func TestNumberFallsBack(t *testing.T) {
	t.Parallel()
	full := order.Order{Name: "12.1", Seq: "118", Table: "12", Ref: order.Ref{Ident: "256"}}
	tests := []struct {
		field string
		edit  func(*order.Order)
		want  string
	}{
		{"orderName", func(*order.Order) {}, "12.1"},
		{"", func(*order.Order) {}, "12.1"},
		{"seqNumber", func(*order.Order) {}, "118"},
		{"table", func(*order.Order) {}, "12"},
		{"table", func(o *order.Order) { o.Table = "" }, "12.1"},
		{"seqNumber", func(o *order.Order) { o.Seq = "" }, "12.1"},
		{"orderName", func(o *order.Order) { o.Name = "" }, "118"},
		{"orderName", func(o *order.Order) { o.Name, o.Seq = "", "" }, "256"},
		{"table", func(o *order.Order) { *o = order.Order{} }, ""},
	}
	for _, tt := range tests {
		if o := with(full, tt.edit); order.Number(o, tt.field) != tt.want {
			t.Errorf("Number(%+v, %q): got %q, want %q", o, tt.field, order.Number(o, tt.field), tt.want)
		}
	}
}
