package kds

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"
)

// tokenKind is what the reader must tell apart in a document; the rest means nothing to it.
type tokenKind uint8

const (
	nothing     tokenKind = iota // comments, instructions, blank text, CDATA of blanks
	startTag                     // tag holds its name and attributes
	endTag                       // tag holds its name
	characters                   // character data that is not blank
	directive                    // <!DOCTYPE and the like
	declaration                  // <?xml
)

// xmlToken is one piece of a document. It is filled anew for every piece, so that a document of any
// length needs one; whoever keeps something of it copies that.
type xmlToken struct {
	kind tokenKind
	tag  xml.StartElement
}

// xmlTokens is where the reader gets its document from. There are two: plainTokens for what r_keeper
// writes, standardTokens for everything, and for every error.
type xmlTokens interface {
	// next fills the token, the same one at every call; io.EOF after the last one. Its attributes are
	// good until the next call.
	next(into *xmlToken) error
	// offset is the byte reached.
	offset() int64
}

// standardTokens reads any document by encoding/xml. What it refuses is refused.
type standardTokens struct{ dec *xml.Decoder }

func newStandardTokens(body []byte) standardTokens {
	dec := xml.NewDecoder(bytes.NewReader(body))
	// The body is UTF-8 by now, whatever its declaration still says.
	dec.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }
	return standardTokens{dec: dec}
}

func (s standardTokens) next(into *xmlToken) error {
	token, err := s.dec.RawToken()
	if err != nil {
		return err // as it is: the reader looks for io.EOF and replaces all others by its own
	}
	into.kind = nothing
	switch t := token.(type) {
	case xml.StartElement:
		into.kind, into.tag = startTag, t
	case xml.EndElement:
		into.kind, into.tag = endTag, xml.StartElement{Name: t.Name}
	case xml.CharData:
		if len(bytes.TrimSpace(t)) > 0 {
			into.kind = characters
		}
	case xml.Directive:
		into.kind = directive
	case xml.ProcInst:
		if strings.EqualFold(t.Target, "xml") {
			into.kind = declaration
		}
	}
	return nil
}

func (s standardTokens) offset() int64 { return s.dec.InputOffset() }
