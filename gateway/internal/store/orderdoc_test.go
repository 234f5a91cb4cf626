package store

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/gateway/internal/order"
)

// fullOrder has every field of an order and of a dish set, as far as a document keeps them.
func fullOrder() order.Order {
	dish := order.Dish{ID: "L1", Name: "Борщ", Quantity: -1500, State: 7, Stage: order.Ready, Peak: order.Out, Skip: order.Voided}
	combo := dish
	combo.Parts = []order.Dish{dish, {}}
	return order.Order{
		Restaurant: "199990777", Name: "12.1", Seq: "7", Table: "12", Type: "В зале", Dishes: []order.Dish{dish, {}, combo},
		State: 9, Finished: true, Deleted: true, Return: true, Empty: true, Stage: order.Collect, Peak: order.Collected,
		OccurredMicros: -1, ReceivedMicros: 1 << 62, BehindMicros: -3600e6,
	}
}

func TestAStoredOrderComesBackAsItWas(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]order.Order{
		"nothing":     {},
		"all fields":  fullOrder(),
		"only a line": {Dishes: []order.Dish{{}}},
	} {
		var got order.Order
		doc := appendOrder(nil, &o)
		if err := parseOrder(string(doc), &got); err != nil {
			t.Errorf("%s: %q: %v", name, doc, err)
		}
		if diff := cmp.Diff(o, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestADocumentKeepsEveryFieldOfAnOrder fails when a field is added to Order or Dish and forgotten
// here: JSON knows them all.
func TestADocumentKeepsEveryFieldOfAnOrder(t *testing.T) {
	t.Parallel()
	o := fullOrder()
	o.ID, o.Ref = "01", order.Ref{GUID: "G", Visit: "1", Ident: "2"}
	for what, v := range map[string]struct {
		value any
		want  int
	}{"an order": {o, 18}, "a dish": {o.Dishes[2], 8}} {
		var fields map[string]any
		text, err := json.Marshal(v.value)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &fields); err != nil {
			t.Fatal(err)
		}
		if len(fields) != v.want {
			t.Errorf("%s has %d fields, the document knows %d: %s", what, len(fields), v.want, text)
		}
	}
}

func TestAFieldOfALaterVersionIsPassedOver(t *testing.T) {
	t.Parallel()
	o := fullOrder()
	doc := appendOrder(nil, &o)
	doc = appendText(appendNumber(doc, 90, 1<<40), 91, "later")
	var got order.Order
	if err := parseOrder(string(doc), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(o, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestADamagedDocumentIsAnError(t *testing.T) {
	t.Parallel()
	for name, doc := range map[string]string{
		"nothing":                    "",
		"another version":            "B",
		"JSON":                       `{"restaurant":"1"}`,
		"a field without its value":  "A\x02",
		"a text that is cut off":     "A\x03\x05ab",
		"a number that does not end": "A\x0e\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
		"a state above 255":          "A\x0e\x80\x04",
		"a negative stage":           "A\x18\x01",
		"more lines than bytes":      "A\x0d\x01\x7f",
		"a line that is cut off":     "A\x0d\x03\x01\x05a",
		"a damaged line":             "A\x0d\x04\x01\x02\x03\x09",
	} {
		var got order.Order
		if err := parseOrder(doc, &got); !errors.Is(err, errDoc) {
			t.Errorf("%s %q: got %+v and %v, want an error", name, doc, got, err)
		}
	}
}

// FuzzOrderDocument reads anything without harm, and what can be read comes back when written again.
func FuzzOrderDocument(f *testing.F) {
	o := fullOrder()
	f.Add(appendOrder(nil, &o))
	f.Add([]byte("A"))
	f.Add([]byte("A\x0d\x02\x01\x00"))
	f.Add([]byte(`{"restaurant":"1"}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		var first, second order.Order
		if err := parseOrder(string(doc), &first); err != nil {
			if !errors.Is(err, errDoc) {
				t.Fatalf("%q: %v", doc, err)
			}
			return
		}
		again := appendOrder(nil, &first)
		if err := parseOrder(string(again), &second); err != nil {
			t.Fatalf("%q, written again %q: %v", doc, again, err)
		}
		if diff := cmp.Diff(first, second); diff != "" {
			t.Fatalf("%q (-first +second):\n%s", doc, diff)
		}
	})
}
