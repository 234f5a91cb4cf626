package kds

import (
	"encoding/xml"
	"strconv"
	"strings"

	"github.com/orderbell/orderbell/gateway/internal/order"
)

// orderDraft is an order whose element is still open.
type orderDraft struct {
	order order.Order
	state stateDraft
	empty bool // totalPieces="0"
}

// rowDraft is a line of an order whose element is still open.
type rowDraft struct {
	line  line
	state stateDraft
}

// stateDraft gathers what an element says of its kitchen state: the attribute kdsstate, and, used
// only where that attribute is missing, the latest of its history elements. r_keeper writes both in
// differing letter case (rkeeper.md 2.2).
type stateDraft struct {
	given bool // the attribute is there, if only empty
	text  string
	at    string // of the history element that text is from
}

func isState(name xml.Name) bool {
	return name.Space == "" && len(name.Local) == len("kdsstate") && strings.EqualFold(name.Local, "kdsstate")
}

// history looks at a child element. The times of one history have one form, so they compare as text;
// of equal ones the later element counts.
func (s *stateDraft) history(t xml.StartElement) {
	if s.given || !isState(t.Name) {
		return
	}
	if at := attribute(t.Attr, "at"); at >= s.at {
		s.text, s.at = attribute(t.Attr, "name"), at
	}
}

func (r *xmlReader) state(s *stateDraft) order.State {
	state, ok := parseState(s.text)
	if !ok {
		r.posting.note(r.path, "стадия кухни %s неизвестна: считается, что на экране её нет",
			"the kitchen state %s is not known: counted as off the screen", quoted(s.text))
	}
	return state
}

func (r *xmlReader) openPosting(attrs []xml.Attr) error {
	p := r.posting
	for _, a := range attrs {
		if a.Name.Space != "" {
			continue
		}
		switch a.Name.Local {
		case "RestCode":
			code, ok := reference(a.Value)
			if !ok {
				return r.fail(BadValue, "RestCode "+quoted(a.Value))
			}
			p.Restaurant = code
		case "DateTime":
			if !p.setWall(strings.TrimSpace(a.Value)) {
				p.note(r.path, "DateTime %s — не время", "DateTime %s is not a time", quoted(a.Value))
			}
		case "Situation":
			p.Situation = r.number("Situation", a.Value, 0)
		case "seqnumber":
			p.Seq = r.number("seqnumber", a.Value, 0)
		case "name", "CMD":
			p.Name = name(a.Value)
		}
	}
	return nil
}

func (r *xmlReader) openOrder(attrs []xml.Attr) error {
	o := &r.order.order
	o.Restaurant = r.posting.Restaurant
	for _, a := range attrs {
		if a.Name.Space != "" {
			continue
		}
		ok := true
		switch a.Name.Local {
		case "guid":
			o.Ref.GUID, ok = guid(a.Value)
		case "visit":
			o.Ref.Visit, ok = reference(a.Value)
		case "orderIdent":
			o.Ref.Ident, ok = reference(a.Value)
		case "orderName":
			o.Name = name(a.Value)
		case "seqNumber":
			o.Seq = name(a.Value)
		case "finished":
			o.Finished = r.flag("finished", a.Value)
		case "deleted":
			o.Deleted = r.flag("deleted", a.Value)
		case "purchase":
			o.Return = r.flag("purchase", a.Value)
		case "totalPieces":
			r.order.empty = r.number("totalPieces", a.Value, 1) == 0
		default:
			r.order.state.attribute(a)
		}
		if !ok {
			return r.fail(BadValue, a.Name.Local+" "+quoted(a.Value))
		}
	}
	return nil
}

// closeOrder adds the order to its posting. An order that nothing names cannot be followed; if it
// has no kitchen state nothing is lost by that.
func (r *xmlReader) closeOrder() error {
	o := r.order.order
	o.State = r.state(&r.order.state)
	if r.order.empty {
		if o.Empty = nothingOn(o.Dishes); !o.Empty {
			r.posting.note(r.path, `totalPieces="0", а строки не сняты`, `totalPieces="0" beside lines that are not taken off`)
		}
	}
	if settle(&o.Ref) {
		r.posting.Orders = append(r.posting.Orders, o)
		return nil
	}
	if o.State != 0 || anyCounts(o.Dishes) {
		return r.fail(NoReference, "")
	}
	r.posting.note(r.path, "у заказа нет ни guid, ни visit и orderIdent: он пропущен",
		"the order has neither guid nor visit and orderIdent: left out")
	return nil
}

func (r *xmlReader) openRow(row *rowDraft, attrs []xml.Attr) error {
	l := &row.line
	l.dish.Quantity = 1000
	uni := ""
	for _, a := range attrs {
		if a.Name.Space != "" {
			continue
		}
		ok := true
		switch a.Name.Local {
		case "line_guid":
			l.dish.ID, ok = guid(a.Value)
		case "uni":
			uni, ok = reference(a.Value)
		case "name":
			l.dish.Name = name(a.Value)
		case "quantity":
			l.dish.Quantity = r.number("quantity", a.Value, 1000)
		case "srcQuantity":
			l.source = r.number("srcQuantity", a.Value, 0)
		case "state":
			l.deleted = strings.TrimSpace(a.Value) == "7" // rkeeper.md 1.5: 7 deleted
		case "isTareDish":
			l.tare = r.flag("isTareDish", a.Value)
		default:
			row.state.attribute(a)
		}
		if !ok {
			return r.fail(BadValue, a.Name.Local+" "+quoted(a.Value))
		}
	}
	if l.dish.ID == "" {
		l.dish.ID = uni
	}
	return nil
}

func (r *xmlReader) closeRow(row *rowDraft) order.Dish {
	row.line.dish.State = r.state(&row.state)
	return row.line.finish()
}

func (s *stateDraft) attribute(a xml.Attr) {
	if isState(a.Name) {
		s.given, s.text = true, a.Value
	}
}

// maxNumber bounds quantities and counters, so that sums of them stay numbers.
const maxNumber = 1_000_000_000_000

// number reads a whole number. What is none, or beyond maxNumber, is noted and counts as instead.
func (r *xmlReader) number(what, text string, instead int64) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err == nil && n >= -maxNumber && n <= maxNumber {
		return n
	}
	r.posting.note(r.path, "%s %s — не число: считается %d", "%s %s is not a number: counted as %d", what, quoted(text), instead)
	return instead
}

// flag reads r_keeper's 1 and 0; an empty text is 0.
func (r *xmlReader) flag(what, text string) bool {
	switch text = strings.TrimSpace(text); {
	case text == "1", strings.EqualFold(text, "true"):
		return true
	case text == "", text == "0", strings.EqualFold(text, "false"):
		return false
	}
	r.posting.note(r.path, "%s %s — не 1 и не 0: считается 0", "%s %s is neither 1 nor 0: counted as 0", what, quoted(text))
	return false
}

// attribute is the value of the attribute that has no namespace and this name; empty: none.
func attribute(attrs []xml.Attr, name string) string {
	for i := range attrs {
		if attrs[i].Name.Local == name && attrs[i].Name.Space == "" {
			return attrs[i].Value
		}
	}
	return ""
}

// title is how a dictionary entry is called: by name, else by code.
func title(attrs []xml.Attr) string {
	if text := name(attribute(attrs, "name")); text != "" {
		return text
	}
	return name(attribute(attrs, "code"))
}
