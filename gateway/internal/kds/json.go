package kds

import (
	"math"
	"strconv"
	"strings"

	"github.com/orderbell/orderbell/gateway/internal/order"
)

// Our JSON event (examples/events/78-our-native-json-event.json), alone or up to 500 in an array:
//
//	event_id         text; which posting this is
//	source           text; the program that posts
//	restaurant_code  text or whole number; as RestCode of r_keeper
//	occurred_at      RFC 3339; without a zone it is the restaurant's clock
//	order            guid, or visit and order_ident (texts or whole numbers), name the order;
//	                 number, table, type (texts or whole numbers), finished, deleted (true, false)
//	kds_status       of the order as a whole: code (0 to 9, as number or text), name ("ready", "kdsReady")
//	dishes           the whole list of lines, each: line_guid, name, quantity (1.5 is one and a half),
//	                 kds_status; missing or empty: nothing is said of the lines
//
// All fields but order and its reference may be missing or null. Further fields are passed over.

func decodeJSON(text []byte) ([]Posting, error) {
	root, err := readJSON(text)
	if err != nil {
		return nil, err
	}
	if root.kind == object {
		p, err := jsonPosting("", root)
		if err != nil {
			return nil, err
		}
		return []Posting{p}, nil
	}
	if len(root.items) == 0 {
		return nil, &Error{Code: Unknown, Text: "[]"}
	}
	if len(root.items) > maxPostings {
		return nil, &Error{Code: TooMany, Text: strconv.Itoa(len(root.items))}
	}
	postings := make([]Posting, len(root.items))
	for i, item := range root.items {
		if postings[i], err = jsonPosting("["+strconv.Itoa(i)+"]", item); err != nil {
			return nil, err
		}
	}
	return postings, nil
}

// jsonPosting reads one event; path says where in the body it stands.
func jsonPosting(path string, v value) (Posting, error) {
	r := jsonReader{}
	if r.known(path, v, "order"); r.err != nil {
		return Posting{}, r.err
	}
	about := v.field("order")
	if v.kind != object || about.kind != object {
		return Posting{}, &Error{Code: Unknown, Where: path}
	}
	if v.field("kds_status").kind == null && v.field("dishes").kind == null &&
		(v.field("phone").kind != null || v.field("consent").kind != null) {
		return Posting{}, &Error{Code: ContactBody, Where: path}
	}
	r.known(path, v, "event_id", "source", "restaurant_code", "occurred_at", "kds_status", "dishes")
	r.posting.ID = r.id(path, v, "event_id")
	r.posting.Source = name(r.text(path, v, "source"))
	r.posting.Restaurant = r.id(path, v, "restaurant_code")
	if at := r.text(path, v, "occurred_at"); !r.posting.setWall(at) {
		r.fail(BadValue, path+".occurred_at", quoted(at))
	}
	o := r.order(path+".order", about)
	o.Restaurant = r.posting.Restaurant
	o.State = r.state(path+".kds_status", v.field("kds_status"))
	o.Dishes = r.dishes(path+".dishes", v.field("dishes"))
	r.posting.Orders = []order.Order{o}
	if r.err != nil {
		return Posting{}, r.err
	}
	return r.posting, nil
}

// jsonReader reads the parts of one event. It keeps the first error, so that each part need not.
type jsonReader struct {
	posting Posting
	err     error
}

func (r *jsonReader) fail(code Code, where, text string) {
	if r.err == nil {
		r.err = &Error{Code: code, Where: strings.TrimPrefix(where, "."), Text: text}
	}
}

// known refuses names that differ from a known one in letter case only: whether GUID means guid
// cannot be known, and other readers of the same body may see it otherwise.
func (r *jsonReader) known(path string, v value, names ...string) {
	for _, m := range v.fields {
		for _, n := range names {
			if m.name != n && strings.EqualFold(m.name, n) {
				r.fail(Twice, path+"."+n, quoted(m.name))
			}
		}
	}
}

func (r *jsonReader) order(path string, v value) order.Order {
	r.known(path, v, "guid", "visit", "order_ident", "number", "table", "type", "finished", "deleted")
	o := order.Order{
		Ref: order.Ref{
			GUID:  r.guid(path, v, "guid"),
			Visit: r.id(path, v, "visit"),
			Ident: r.id(path, v, "order_ident"),
		},
		Name:     name(r.text(path, v, "number")),
		Table:    name(r.text(path, v, "table")),
		Type:     name(r.text(path, v, "type")),
		Finished: r.flag(path, v, "finished"),
		Deleted:  r.flag(path, v, "deleted"),
	}
	if !settle(&o.Ref) {
		r.fail(NoReference, path, "")
	}
	return o
}

func (r *jsonReader) dishes(path string, v value) []order.Dish {
	if v.kind == null {
		return nil
	}
	if v.kind != array {
		r.fail(BadValue, path, "[…]")
		return nil
	}
	dishes := make([]order.Dish, 0, len(v.items))
	for i, item := range v.items {
		at := path + "[" + strconv.Itoa(i) + "]"
		if item.kind != object {
			r.fail(BadValue, at, "{…}")
			return nil
		}
		r.known(at, item, "line_guid", "name", "quantity", "kds_status")
		l := line{dish: order.Dish{
			ID:       r.guid(at, item, "line_guid"),
			Name:     name(r.text(at, item, "name")),
			Quantity: r.quantity(at, item),
			State:    r.state(at+".kds_status", item.field("kds_status")),
		}}
		dishes = append(dishes, l.finish())
	}
	return dishes
}

// state reads {"code": 3, "name": "kdsReady"}; either may be missing. What is not known is noted.
func (r *jsonReader) state(path string, v value) order.State {
	if v.kind == null {
		return 0
	}
	if v.kind != object {
		r.fail(BadValue, path, "{…}")
		return 0
	}
	r.known(path, v, "code", "name")
	code, word := r.text(path, v, "code"), r.text(path, v, "name")
	byCode, codeOK := parseState(code)
	if _, err := strconv.Atoi(code); code != "" && err != nil {
		r.fail(BadValue, path+".code", quoted(code))
	}
	byName, nameOK := parseState(word)
	switch {
	case code == "" && word == "":
		return 0
	case code == "" && nameOK:
		return byName
	case word == "" && codeOK:
		return byCode
	case code != "" && codeOK && word != "" && nameOK:
		if byCode != byName {
			r.fail(Contradiction, path, quoted(code)+" "+quoted(word))
		}
		return byCode
	}
	r.posting.note(func() string { return path }, "стадия кухни %s известна не целиком", "the kitchen state %s is not wholly known", quoted(code+" "+word))
	if code != "" && codeOK {
		return byCode
	}
	if word != "" && nameOK {
		return byName
	}
	return 0
}

// quantity turns pieces into thousandths.
func (r *jsonReader) quantity(path string, v value) int64 {
	text := r.text(path, v, "quantity")
	if text == "" {
		return 1000
	}
	pieces, err := strconv.ParseFloat(text, 64)
	thousandths := math.Round(pieces * 1000)
	if err != nil || math.IsNaN(thousandths) || math.Abs(thousandths) > maxNumber {
		r.posting.note(func() string { return path + ".quantity" }, "%s — не число: считается 1", "%s is not a number: counted as 1", quoted(text))
		return 1000
	}
	return int64(thousandths)
}

// text is a field as text: a number keeps its spelling, so that ids beyond 2^53 stay whole.
func (r *jsonReader) text(path string, v value, field string) string {
	f := v.field(field)
	switch f.kind {
	case null:
	case text, number:
		return strings.TrimSpace(f.text)
	case boolean, object, array:
		r.fail(BadValue, path+"."+field, "")
	}
	return ""
}

func (r *jsonReader) whole(path string, v value, field string) string {
	s := r.text(path, v, field)
	if v.field(field).kind == number && strings.Trim(s, "0123456789") != "" {
		r.fail(BadValue, path+"."+field, quoted(s))
	}
	return s
}

func (r *jsonReader) id(path string, v value, field string) string {
	s, ok := reference(r.whole(path, v, field))
	if !ok {
		r.fail(BadValue, path+"."+field, quoted(v.field(field).text))
	}
	return s
}

func (r *jsonReader) guid(path string, v value, field string) string {
	s, ok := guid(r.whole(path, v, field))
	if !ok {
		r.fail(BadValue, path+"."+field, quoted(v.field(field).text))
	}
	return s
}

func (r *jsonReader) flag(path string, v value, field string) bool {
	f := v.field(field)
	if f.kind != null && f.kind != boolean {
		r.fail(BadValue, path+"."+field, quoted(f.text))
	}
	return f.kind == boolean && f.text == "true"
}
