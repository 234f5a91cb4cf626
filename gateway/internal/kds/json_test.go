package kds_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/order"
)

func TestBadJSONIsRefusedWithItsReason(t *testing.T) {
	t.Parallel()
	const event = `{"order":{"guid":"A"},"kds_status":{"code":3}}`
	tests := []struct {
		name  string
		body  string
		want  kds.Code
		where string // a part of Error.Where
	}{
		{"an opening brace alone", `{`, kds.BadJSON, "byte 1"},
		{"an opening bracket alone", `[`, kds.BadJSON, ""},
		{"no quotes around a name", `{order:1}`, kds.BadJSON, ""},
		{"single quotes", `{'order':1}`, kds.BadJSON, ""},
		{"a number for a name", `{1:1}`, kds.BadJSON, ""},
		{"a comma at the end of an object", `{"order":{"guid":"A"},}`, kds.BadJSON, ""},
		{"a comma at the end of a list", `[` + event + `,]`, kds.BadJSON, ""},
		{"a comma alone", `[,]`, kds.BadJSON, ""},
		{"no comma", `[` + event + event + `]`, kds.BadJSON, ""},
		{"no colon", `{"order" {}}`, kds.BadJSON, ""},
		{"a comment", `{"order":{"guid":"A"} /* x */}`, kds.BadJSON, ""},
		{"NaN", `{"order":{"guid":"A"},"x":NaN}`, kds.BadJSON, ""},
		{"Infinity", `{"order":{"guid":"A"},"x":-Infinity}`, kds.BadJSON, ""},
		{"a number that begins with zero", `{"order":{"guid":01}}`, kds.BadJSON, ""},
		{"a hexadecimal number", `{"order":{"guid":0x1}}`, kds.BadJSON, ""},
		{"a plus before a number", `{"order":{"guid":+1}}`, kds.BadJSON, ""},
		{"a number that ends in a point", `{"order":{"guid":1.}}`, kds.BadJSON, ""},
		{"a line break inside a text", "{\"order\":{\"guid\":\"A\n\"}}", kds.BadJSON, ""},
		{"a zero byte inside a text", "{\"order\":{\"guid\":\"A\x00\"}}", kds.BadJSON, ""},
		{"an escape that does not exist", `{"order":{"guid":"\x41"}}`, kds.BadJSON, ""},
		{"half an escape", `{"order":{"guid":"\u00"}}`, kds.BadJSON, ""},
		{"a bracket shut by a brace", `[}`, kds.BadJSON, ""},
		{"a word cut off", `{"order":tru}`, kds.BadJSON, ""},
		{"bytes that are not utf-8", "{\"order\":{\"guid\":\"\xFF\"}}", kds.BadEncoding, ""},

		{"a second event behind the first", event + event, kds.Trailing, ""},
		{"words behind the event", event + ` x`, kds.Trailing, ""},
		{"a shutting brace too many", event + `}`, kds.Trailing, ""},
		{"XML behind the event", event + `<a/>`, kds.Trailing, ""},

		{"33 lists inside each other", nested("[", "", "]", 33), kds.TooDeep, ""},
		{"33 objects inside each other", nested(`{"a":`, "1", "}", 33), kds.TooDeep, ""},
		{"500,000 lists inside each other", nested("[", "", "]", 500_000), kds.TooDeep, ""},
		{"depth inside a field that is not known", `{"order":{"guid":"A"},"x":` + nested("[", "", "]", 40) + `}`, kds.TooDeep, ""},
		{"100,000 names", `{"order":{"guid":"A"}` + names(100_000) + `}`, kds.TooMany, ""},
		{"100,000 values", `[` + strings.Repeat("1,", 100_000) + `1]`, kds.TooMany, ""},
		{"501 events", "[" + strings.Repeat(event+",", 500) + event + "]", kds.TooMany, ""},

		{"a name twice", `{"order":{"guid":"A"},"order":{"guid":"B"}}`, kds.Twice, ""},
		{"a name twice, inside", `{"order":{"guid":"A","guid":"A"}}`, kds.Twice, ""},
		{"a name twice, once escaped", `{"order":{"guid":"A","\u0067uid":"B"}}`, kds.Twice, ""},
		{"a name twice in what is not known", `{"order":{"guid":"A"},"x":[{"y":1,"y":1}]}`, kds.Twice, ""},
		{"GUID beside guid", `{"order":{"guid":"A","GUID":"B"}}`, kds.Twice, "order.guid"},
		{"GUID for guid", `{"order":{"GUID":"B"}}`, kds.Twice, "order.guid"},
		{"Order for order", `{"Order":{"guid":"B"}}`, kds.Twice, "order"},
		{"a Kelvin sign for k", `{"order":{"guid":"A"},"` + "\u212a" + `ds_status":{"code":3}}`, kds.Twice, "kds_status"},
		{"Code for code in a dish", `{"order":{"guid":"A"},"dishes":[{"kds_status":{"Code":3}}]}`, kds.Twice, "dishes[0].kds_status.code"},

		{"an empty object", `{}`, kds.Unknown, ""},
		{"an empty list", `[]`, kds.Unknown, ""},
		{"a list inside a list", `[[` + event + `]]`, kds.Unknown, "[0]"},
		{"numbers for events", `[` + event + `,1]`, kds.Unknown, "[1]"},
		{"null for an event", `[null]`, kds.Unknown, "[0]"},
		{"a text for the order", `{"order":"118","kds_status":{"code":3}}`, kds.Unknown, ""},
		{"a list for the order", `{"order":[],"kds_status":{"code":3}}`, kds.Unknown, ""},
		{"a contact binding", `{"order":{"guid":"A"},"phone":"+79990000001"}`, kds.ContactBody, ""},
		{"a contact binding in a list", `[` + event + `,{"order":{"guid":"A"},"consent":{}}]`, kds.ContactBody, "[1]"},

		{"an order without a name", `{"order":{"number":"12.1"},"kds_status":{"code":3}}`, kds.NoReference, "order"},
		{"an order whose guid is null", `{"order":{"guid":null},"kds_status":{"code":3}}`, kds.NoReference, "order"},
		{"a visit alone", `{"order":{"visit":"5"}}`, kds.NoReference, "order"},
		{"a guid that is a list", `{"order":{"guid":["A"]}}`, kds.BadValue, "order.guid"},
		{"a guid that is true", `{"order":{"guid":true}}`, kds.BadValue, "order.guid"},
		{"a guid of 1 MiB less a little", `{"order":{"guid":"` + strings.Repeat("A", 1<<20-100) + `"}}`, kds.BadValue, "order.guid"},
		{"a name of 1 MiB less a little", `{"` + strings.Repeat("A", 1<<20-100) + `":1}`, kds.Unknown, ""},
		{"a guid with a zero character", `{"order":{"guid":"A\u0000B"}}`, kds.BadValue, "order.guid"},
		{"a visit that is a fraction", `{"order":{"visit":1.5,"order_ident":256}}`, kds.BadValue, "order.visit"},
		{"a visit with an exponent", `{"order":{"visit":1e400,"order_ident":256}}`, kds.BadValue, "order.visit"},
		{"a visit of minus zero", `{"order":{"visit":-0,"order_ident":256}}`, kds.BadValue, "order.visit"},
		{"finished as a number", `{"order":{"guid":"A","finished":1}}`, kds.BadValue, "order.finished"},
		{"deleted as a text", `{"order":{"guid":"A","deleted":"false"}}`, kds.BadValue, "order.deleted"},
		{"a state that is a word", `{"order":{"guid":"A"},"kds_status":"ready"}`, kds.BadValue, "kds_status"},
		{"a state code that is a word", `{"order":{"guid":"A"},"kds_status":{"code":"ready"}}`, kds.BadValue, "kds_status.code"},
		{"a state code that is a fraction", `{"order":{"guid":"A"},"kds_status":{"code":3.0}}`, kds.BadValue, "kds_status.code"},
		{"a state name that is a list", `{"order":{"guid":"A"},"kds_status":{"name":[]}}`, kds.BadValue, "kds_status.name"},
		{"an object for the dishes", `{"order":{"guid":"A"},"dishes":{}}`, kds.BadValue, "dishes"},
		{"a text for a dish", `{"order":{"guid":"A"},"dishes":[{},"x"]}`, kds.BadValue, "dishes[1]"},
		{"a time that is none", `{"order":{"guid":"A"},"occurred_at":"2026-13-01T00:00:00Z"}`, kds.BadValue, "occurred_at"},
		{"a time that is a number", `{"order":{"guid":"A"},"occurred_at":1779292951}`, kds.BadValue, "occurred_at"},
		{"code and name that contradict", `{"order":{"guid":"A"},"kds_status":{"code":3,"name":"kdsStarted"}}`, kds.Contradiction, "kds_status"},
		{"code and name of a dish that contradict", `[` + event + `,{"order":{"guid":"A"},"dishes":[{"kds_status":{"code":"4","name":"ready"}}]}]`, kds.Contradiction, "[1].dishes[0].kds_status"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			refused(t, []byte(tt.body), tt.want)
			_, err := kds.Decode([]byte(tt.body))
			var bad *kds.Error
			if errors.As(err, &bad) && !strings.Contains(bad.Where, tt.where) {
				t.Errorf("%.120q: got it at %q, want at %q", tt.body, bad.Where, tt.where)
			}
		})
	}
}

func names(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"%d":1`, i)
	}
	return b.String()
}

func TestOurJSONIsReadAsDocumented(t *testing.T) {
	t.Parallel()
	ref := order.Ref{GUID: "A"}
	tests := []struct {
		name  string
		body  string
		want  order.Order
		notes int
	}{
		{"ids as numbers beyond 2^53", `{"order":{"visit":9007199254740993,"order_ident":256,"number":12,"table":7}}`,
			order.Order{Ref: order.Ref{Visit: "9007199254740993", Ident: "256"}, Name: "12", Table: "7"}, 0},
		{"a restaurant as a number", `{"restaurant_code":199990777,"order":{"guid":"A"}}`, order.Order{Restaurant: "199990777", Ref: ref}, 0},
		{"everything of the order", `{"order":{"guid":"{a}","number":"12.1","table":"12","type":"В зале","finished":true,"deleted":true}}`,
			order.Order{Ref: ref, Name: "12.1", Table: "12", Type: "В зале", Finished: true, Deleted: true}, 0},
		{"nulls for what may be missing", `{"event_id":null,"occurred_at":null,"order":{"guid":"A","finished":null},"kds_status":null,"dishes":null}`, order.Order{Ref: ref}, 0},
		{"fields that are not known", `{"order":{"guid":"A","x":[{}]},"y":null,"kds_status":{"code":3,"z":1}}`, order.Order{Ref: ref, State: 3}, 0},
		{"a state by code", `{"order":{"guid":"A"},"kds_status":{"code":4}}`, order.Order{Ref: ref, State: 4}, 0},
		{"a state by code as text", `{"order":{"guid":"A"},"kds_status":{"code":"4"}}`, order.Order{Ref: ref, State: 4}, 0},
		{"a state by name", `{"order":{"guid":"A"},"kds_status":{"name":"READY"}}`, order.Order{Ref: ref, State: 3}, 0},
		{"a state by code and the other name of it", `{"order":{"guid":"A"},"kds_status":{"code":4,"name":"taken"}}`, order.Order{Ref: ref, State: 4}, 0},
		{"an empty state", `{"order":{"guid":"A"},"kds_status":{}}`, order.Order{Ref: ref}, 0},
		{"a code that is not known", `{"order":{"guid":"A"},"kds_status":{"code":77}}`, order.Order{Ref: ref}, 1},
		{"a code beyond all numbers beside a name", `{"order":{"guid":"A"},"kds_status":{"code":10,"name":"ready"}}`, order.Order{Ref: ref, State: 3}, 1},
		{"a name that is not known beside a code", `{"order":{"guid":"A"},"kds_status":{"code":3,"name":"Готово"}}`, order.Order{Ref: ref, State: 3}, 1},
		{"a contact beside a state is an event", `{"order":{"guid":"A"},"kds_status":{"code":3},"phone":"+79990000001"}`, order.Order{Ref: ref, State: 3}, 0},
		{"dishes", `{"order":{"guid":"A"},"dishes":[{"line_guid":"{b}","name":"Борщ","quantity":1.5,"kds_status":{"code":3}},{"quantity":-1,"kds_status":{"code":1}},{"quantity":"0","kds_status":{"code":1}},{"kds_status":{"code":9}},{}]}`,
			order.Order{Ref: ref, Dishes: []order.Dish{
				{ID: "B", Name: "Борщ", Quantity: 1500, State: 3},
				{Quantity: -1000, State: 1, Skip: order.ReturnLine},
				{State: 1, Skip: order.Voided},
				{Quantity: 1000, State: 9, Skip: order.LineDeleted},
				{Quantity: 1000, Skip: order.OffScreen},
			}}, 0},
		{"quantities that are none", `{"order":{"guid":"A"},"dishes":[{"quantity":1e400,"kds_status":{"code":1}},{"quantity":"NaN","kds_status":{"code":1}},{"quantity":"много","kds_status":{"code":1}}]}`,
			order.Order{Ref: ref, Dishes: []order.Dish{{Quantity: 1000, State: 1}, {Quantity: 1000, State: 1}, {Quantity: 1000, State: 1}}}, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, got := decodeOne(t, tt.body)
			if tt.want.Dishes == nil && len(got.Dishes) == 0 {
				got.Dishes = nil
			}
			if diff := cmp.Diff(tt.want, got); diff != "" || len(p.Notes) != tt.notes {
				t.Errorf("%s: notes %q, want %d; order (-want +got):\n%s", tt.body, p.Notes, tt.notes, diff)
			}
		})
	}
}

func TestAListOfEventsIsReadInItsOrder(t *testing.T) {
	t.Parallel()
	one := strings.TrimSpace(string(sample(t, "78-our-native-json-event.json")))
	got, err := kds.Decode([]byte("[" + strings.Repeat(one+",", 499) + strings.Replace(one, "0001\"", "0500\"", 1) + "]"))
	if err != nil || len(got) != 500 || got[499].ID != "01JVKDS0000000000000000500" || got[0].ID != "01JVKDS0000000000000000001" {
		t.Fatalf("500 events: got %d postings, error %v; want 500 in order", len(got), err)
	}
}

func TestJSONInEveryEncodingIsTheSameEvent(t *testing.T) {
	t.Parallel()
	body := sample(t, "78-our-native-json-event.json")
	want, err := kds.Decode(body)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range encodings() {
		if e.table != nil {
			continue // JSON has no place to declare a single-byte encoding
		}
		got, err := kds.Decode(e.encode(t, body))
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: got error %v, (-want +got):\n%s", e.name, err, diff)
		}
		whole := e.encode(t, []byte(strings.TrimSpace(string(body))))
		for n := range whole {
			if _, err := kds.Decode(whole[:n]); err == nil {
				t.Fatalf("%s cut at byte %d of %d: got no error", e.name, n, len(whole))
			}
		}
	}
}
