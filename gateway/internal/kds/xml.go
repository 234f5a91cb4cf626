package kds

import (
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

// xmlReader walks the tokens of one document. It checks itself what its source of tokens leaves open:
// matching tags, depth, repeated attributes, a single root.
type xmlReader struct {
	tokens   xmlTokens
	token    xmlToken
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

// decodeXML reads a document by the fast way if that understands it to its end. All else, and every
// refusal, is judged from the start by encoding/xml, so that verdicts and places come from one side.
func decodeXML(body []byte) ([]Posting, error) {
	if postings, err := decodeXMLFrom(newPlainTokens(body)); err == nil {
		return postings, nil
	}
	return decodeXMLFrom(newStandardTokens(body))
}

func decodeXMLFrom(tokens xmlTokens) ([]Posting, error) {
	r := &xmlReader{tokens: tokens}
	for first := true; ; first = false {
		err := tokens.next(&r.token)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, r.fail(BadXML, "")
		}
		if err := r.take(first); err != nil {
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

func (r *xmlReader) take(first bool) error {
	switch r.token.kind {
	case startTag:
		return r.start(r.token.tag)
	case endTag:
		return r.end(r.token.tag.Name)
	case characters:
		if r.depth == 0 {
			return r.fail(Trailing, "")
		}
	case directive:
		return r.fail(Doctype, "")
	case declaration:
		if !first {
			return r.fail(BadXML, "xml")
		}
	case nothing:
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

func (r *xmlReader) end(name xml.Name) error {
	if r.depth == 0 || r.names[r.depth-1] != name {
		return r.fail(BadXML, quoted(name.Local))
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
	if len(attrs) > 24 { // beyond what r_keeper writes; comparing each with each would be slow
		return r.checkManyAttributes(attrs)
	}
	for i := range attrs {
		if among(attrs[:i], attrs[i].Name) {
			return r.fail(Twice, quoted(attrs[i].Name.Local))
		}
	}
	return nil
}

func (r *xmlReader) checkManyAttributes(attrs []xml.Attr) error {
	seen := make(map[xml.Name]bool, len(attrs))
	for i := range attrs {
		name := attrs[i].Name
		if isState(name) {
			name.Local = "kdsstate"
		}
		if seen[name] {
			return r.fail(Twice, quoted(attrs[i].Name.Local))
		}
		seen[name] = true
	}
	return nil
}

// among is asked for every pair of attributes, so it looks at the lengths first.
func among(attrs []xml.Attr, name xml.Name) bool {
	state := isState(name)
	for i := range attrs {
		other := &attrs[i].Name
		if len(other.Local) == len(name.Local) && (*other == name || state && isState(*other)) {
			return true
		}
	}
	return false
}

// fail says where the reader stands: the names of the open elements and the byte reached.
func (r *xmlReader) fail(code Code, text string) error {
	return &Error{Code: code, Text: text, Where: strings.TrimSpace(r.path() + " " + offset(r.tokens.offset()))}
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
