package kds

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// role is what an element means at its place. Elements are known by their parent, so that a dish of a
// change log, or an attribute-like name in a foreign namespace, is never taken for a dish of the order.
type role uint8

const (
	other    role = iota // not known here; looked into
	ignored              // not looked into: change logs, foreign namespaces
	envelope             // <a>: r_keeper's notification
	answer               // the answer to GetOrder
	theOrder             // <Order>
	session              // <Session>: one package of an order
	wholeRow             // <Dish>, <Combo>
	partRow              // <Component> of a combo
)

// xmlReader walks the tokens of one document. It checks itself what RawToken leaves open: matching
// tags, depth, repeated attributes, a single root.
type xmlReader struct {
	dec      *xml.Decoder
	names    [maxDepth]xml.Name
	roles    [maxDepth]role
	depth    int
	elements int
	rooted   bool // the root was seen

	postings []Posting
	posting  *Posting
	order    *orderDraft
	row      *rowDraft // the dish or combo that is open
	part     *rowDraft // the component that is open
	draft    bool      // the open session is a draft
}

func decodeXML(text []byte) ([]Posting, error) {
	r := &xmlReader{dec: xml.NewDecoder(bytes.NewReader(text))}
	// The text is UTF-8 by now, whatever its declaration still says.
	r.dec.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }
	for first := true; ; first = false {
		token, err := r.dec.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, r.fail(BadXML, "")
		}
		if err := r.token(token, first); err != nil {
			return nil, err
		}
	}
	if r.depth > 0 || !r.rooted {
		return nil, r.fail(BadXML, "")
	}
	if len(r.postings) == 0 {
		return nil, &Error{Code: Unknown, Text: quoted(r.names[0].Local)}
	}
	return r.postings, nil
}

func (r *xmlReader) token(token xml.Token, first bool) error {
	switch t := token.(type) {
	case xml.StartElement:
		return r.start(t)
	case xml.EndElement:
		return r.end(t)
	case xml.CharData:
		if r.depth == 0 && len(bytes.TrimSpace(t)) > 0 {
			return r.fail(Trailing, "")
		}
	case xml.Directive:
		return r.fail(Doctype, "")
	case xml.ProcInst:
		if !first && strings.EqualFold(t.Target, "xml") {
			return r.fail(BadXML, "xml")
		}
	}
	return nil
}

func (r *xmlReader) start(t xml.StartElement) error {
	if r.elements++; r.elements > maxElements {
		return r.fail(TooMany, "20000")
	}
	if r.depth == 0 && r.rooted {
		return r.fail(Trailing, quoted(t.Name.Local))
	}
	if r.depth == maxDepth {
		return r.fail(TooDeep, "")
	}
	parent := other
	if r.depth > 0 {
		parent = r.roles[r.depth-1]
	}
	r.rooted = true
	role := r.roleOf(t, parent)
	r.names[r.depth], r.roles[r.depth] = t.Name, role
	r.depth++
	if err := r.checkAttributes(t.Attr); err != nil {
		return err
	}
	return r.open(role, parent, t)
}

// roleOf says what an element means below parent.
func (r *xmlReader) roleOf(t xml.StartElement, parent role) role {
	if parent == ignored || t.Name.Space != "" {
		return ignored
	}
	switch t.Name.Local {
	case "a":
		if r.posting == nil {
			return envelope
		}
	case "RK7QueryResult", "CommandResult":
		if r.posting == nil && strings.EqualFold(attribute(t.Attr, "CMD"), "GetOrder") {
			return answer
		}
	case "ChangeLog":
		return ignored
	case "Order":
		if r.posting != nil && r.order == nil {
			return theOrder
		}
	case "Session":
		if parent == theOrder {
			return session
		}
	case "Dish", "Combo":
		if parent == session || parent == theOrder {
			return wholeRow
		}
	case "Component":
		if parent == wholeRow {
			return partRow
		}
	}
	return other
}

// open takes in what the attributes of an element say.
func (r *xmlReader) open(role, parent role, t xml.StartElement) error {
	switch role {
	case envelope, answer:
		if len(r.postings) == maxPostings {
			return r.fail(TooMany, "500")
		}
		r.posting = &Posting{}
		return r.openPosting(t.Attr)
	case theOrder:
		r.order = &orderDraft{}
		return r.openOrder(t.Attr)
	case session:
		r.draft = r.flag("isDraft", attribute(t.Attr, "isDraft"))
	case wholeRow:
		r.row = &rowDraft{}
		r.row.line.draft = r.draft
		return r.openRow(r.row, t.Attr)
	case partRow:
		r.part = &rowDraft{}
		return r.openRow(r.part, t.Attr)
	case other:
		r.detail(parent, t)
	case ignored:
	}
	return nil
}

// detail takes in an element that only tells something of its parent.
func (r *xmlReader) detail(parent role, t xml.StartElement) {
	switch parent {
	case theOrder:
		switch t.Name.Local {
		case "Table":
			r.order.order.Table = title(t.Attr)
		case "OrderType":
			r.order.order.Type = title(t.Attr)
		}
		r.order.state.history(t)
	case wholeRow:
		if quantity := attribute(t.Attr, "quantity"); t.Name.Local == "Void" && quantity != "" {
			r.row.line.voided += max(r.number("quantity", quantity, 0), 0)
		}
		r.row.state.history(t)
	case partRow:
		r.part.state.history(t)
	case other, ignored, envelope, answer, session:
	}
}

func (r *xmlReader) end(t xml.EndElement) error {
	if r.depth == 0 || r.names[r.depth-1] != t.Name {
		return r.fail(BadXML, quoted(t.Name.Local))
	}
	role := r.roles[r.depth-1]
	err := r.close(role)
	r.depth--
	return err
}

// close puts a finished element where it belongs.
func (r *xmlReader) close(role role) error {
	switch role {
	case partRow:
		r.row.line.dish.Parts = append(r.row.line.dish.Parts, r.closeRow(r.part))
		r.part = nil
	case wholeRow:
		r.order.order.Dishes = append(r.order.order.Dishes, r.closeRow(r.row))
		r.row = nil
	case session:
		r.draft = false
	case theOrder:
		err := r.closeOrder()
		r.order = nil
		return err
	case envelope, answer:
		r.postings = append(r.postings, *r.posting)
		r.posting = nil
	case other, ignored:
	}
	return nil
}

func (r *xmlReader) checkAttributes(attrs []xml.Attr) error {
	if len(attrs) > maxAttributes {
		return r.fail(TooMany, "256")
	}
	var seen map[xml.Name]bool
	if len(attrs) > 24 { // beyond what r_keeper writes; comparing each with each would be slow
		seen = make(map[xml.Name]bool, len(attrs))
	}
	for i := range attrs {
		name := attrs[i].Name
		if isState(name) {
			name.Local = "kdsstate"
		}
		twice := seen[name]
		if seen != nil {
			seen[name] = true
		} else {
			twice = among(attrs[:i], name)
		}
		if twice {
			return r.fail(Twice, quoted(attrs[i].Name.Local))
		}
	}
	return nil
}

func among(attrs []xml.Attr, name xml.Name) bool {
	for i := range attrs {
		if attrs[i].Name == name || isState(name) && isState(attrs[i].Name) {
			return true
		}
	}
	return false
}

// fail says where the reader stands: the names of the open elements and the byte reached.
func (r *xmlReader) fail(code Code, text string) error {
	return &Error{Code: code, Text: text, Where: strings.TrimSpace(r.path() + " " + offset(r.dec.InputOffset()))}
}

// path names the innermost open elements; five suffice for any line of an order.
func (r *xmlReader) path() string {
	from := max(0, r.depth-5)
	parts := make([]string, 0, 5)
	for i := from; i < r.depth; i++ {
		parts = append(parts, excerpt(r.names[i].Local))
	}
	return strings.Join(parts, "/")
}
