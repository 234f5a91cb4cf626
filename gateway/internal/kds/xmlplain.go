package kds

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// errNotPlain says that a document is not one for plainTokens; it says nothing against the document.
var errNotPlain = errors.New("not a plain document")

// plainTokens reads the documents that r_keeper writes, elements with attributes, several times
// faster than encoding/xml, which takes a byte at a time and allocates for every name and value. It
// understands less than XML on purpose: at the first thing beyond that it gives up with errNotPlain,
// and the document is read from its start by standardTokens. So it need not be right about what is
// wrong with a document, only about what it accepts, and that must be what encoding/xml makes of it.
//
// Plain is: a declaration of version 1.0 at the start, or none; ASCII names without colons; attributes
// in quotes, without spaces around their "="; the five entities and references to characters; only
// blanks between tags. The document must be valid UTF-8, which toUTF8 has seen to.
//
// Names and values share the memory of the document; name and reference copy what is kept.
type plainTokens struct {
	doc    string
	at     int
	attrs  []xml.Attr // used again for every element
	built  []byte     // used again for every value that is not in doc as it is
	single bool       // the last tag was <name/>: its end is still to be told
}

// usualAttributes is as many as r_keeper gives an order; more only costs a second allocation.
const usualAttributes = 24

func newPlainTokens(body []byte) *plainTokens {
	p := &plainTokens{doc: string(body), attrs: make([]xml.Attr, 0, usualAttributes)}
	p.skipDeclaration()
	return p
}

func (p *plainTokens) offset() int64 { return int64(p.at) }

// skipDeclaration leaves a declaration that it does not know where it is: next gives up at it. After
// the version encoding/xml, with our CharsetReader, accepts anything up to the end.
func (p *plainTokens) skipDeclaration() {
	const head = `<?xml version="1.0"`
	if !strings.HasPrefix(p.doc, head) {
		return
	}
	for i := len(head); i+1 < len(p.doc); i++ {
		switch c := p.doc[i]; {
		case c == '?' && p.doc[i+1] == '>':
			p.at = i + 2
			return
		case c < ' ' || c > '~' || c == '<' || c == '?':
			return
		}
	}
}

func (p *plainTokens) next(into *xmlToken) error {
	if p.single {
		p.single = false
		into.kind, into.tag.Attr = endTag, nil // the name is still there
		return nil
	}
	p.skipBlanks()
	if p.at == len(p.doc) {
		return io.EOF
	}
	if !p.skip('<') {
		return errNotPlain
	}
	if p.skip('/') {
		into.kind, into.tag = endTag, xml.StartElement{Name: xml.Name{Local: p.name()}}
		p.skipBlanks()
		if into.tag.Name.Local == "" || !p.skip('>') {
			return errNotPlain
		}
		return nil
	}
	local := p.name()
	if local == "" || !p.attributes() {
		return errNotPlain
	}
	into.kind, into.tag = startTag, xml.StartElement{Name: xml.Name{Local: local}, Attr: p.attrs}
	return nil
}

// attributes reads up to the end of a start tag.
func (p *plainTokens) attributes() bool {
	p.attrs = p.attrs[:0]
	for {
		blanks := p.skipBlanks()
		if p.skip('>') {
			return true
		}
		if p.skip('/') {
			p.single = true
			return p.skip('>')
		}
		local := p.name()
		if !blanks || local == "" || len(p.attrs) == maxAttributes || !p.skip('=') {
			return false
		}
		value, ok := p.value()
		if !ok {
			return false
		}
		p.attrs = append(p.attrs, xml.Attr{Name: xml.Name{Local: local}, Value: value})
	}
}

// skip passes one byte, if it is the next one.
func (p *plainTokens) skip(c byte) bool {
	if p.at == len(p.doc) || p.doc[p.at] != c {
		return false
	}
	p.at++
	return true
}

// skipBlanks tells whether there were any.
func (p *plainTokens) skipBlanks() bool {
	from := p.at
	for p.at < len(p.doc) && isBlank(p.doc[p.at]) {
		p.at++
	}
	return p.at > from
}

func isBlank(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

// name reads a name; empty: none is here, or one that is not plain.
func (p *plainTokens) name() string {
	doc, from := p.doc, p.at // kept out of p, whose fields would be written for every byte
	at := from
	for at < len(doc) && isNameByte(doc[at]) {
		at++
	}
	if at > from && doc[from] < 'A' { // a digit, "-" or "." may not come first
		return ""
	}
	p.at = at
	return doc[from:at]
}

// The bytes of plain names, a bit for each: "-", "." and digits; letters and "_".
const (
	nameBytesBelow64 = 0x03FF_6000_0000_0000
	nameBytesFrom64  = 0x07FF_FFFE_87FF_FFFE
)

func isNameByte(c byte) bool {
	if c < 64 {
		return nameBytesBelow64>>c&1 != 0
	}
	return c < 128 && uint64(nameBytesFrom64)>>(c-64)&1 != 0
}

// value reads an attribute's value with its quotes.
func (p *plainTokens) value() (string, bool) {
	doc, from := p.doc, p.at+1
	if from > len(doc) || doc[p.at] != '"' && doc[p.at] != '\'' {
		return "", false
	}
	quote := doc[p.at]
	for at := from; at < len(doc); at++ {
		c := doc[at]
		if c == quote {
			p.at = at + 1
			return doc[from:at], true
		}
		if c >= ' ' && c != '&' && c != '<' && c != 0xEF { // nearly all
			continue
		}
		p.at = at
		if c == '&' || c == '\r' {
			return p.rewritten(quote, from)
		}
		if !p.isPlain(c) {
			return "", false
		}
	}
	return "", false
}

// isPlain tells whether the byte c, which is the next one, may stand in a value as it is. Of what
// XML forbids valid UTF-8 holds, beside control characters, U+FFFE and U+FFFF only.
func (p *plainTokens) isPlain(c byte) bool {
	switch {
	case c < ' ':
		return c == '\t' || c == '\n'
	case c == 0xEF:
		return !strings.HasPrefix(p.doc[p.at:], "\uFFFE") && !strings.HasPrefix(p.doc[p.at:], "\uFFFF")
	}
	return c != '<'
}

// rewritten reads on in a value that began at from and is not what it says: \r\n and \r are \n, a
// reference is its character.
func (p *plainTokens) rewritten(quote byte, from int) (string, bool) {
	p.built = append(p.built[:0], p.doc[from:p.at]...)
	for p.at < len(p.doc) {
		c := p.doc[p.at]
		switch {
		case c == quote:
			p.at++
			return string(p.built), true
		case c == '&':
			if !p.reference() {
				return "", false
			}
			continue
		case c == '\r':
			p.at++
			p.skip('\n')
			p.built = append(p.built, '\n')
			continue
		case !p.isPlain(c):
			return "", false
		}
		p.built = append(p.built, c)
		p.at++
	}
	return "", false
}

// longestReference is that of "&#x10FFFF;". Longer ones have leading zeros and are not plain.
const longestReference = 10

// reference adds the character that an entity or a number names.
func (p *plainTokens) reference() bool {
	rest := p.doc[p.at:min(len(p.doc), p.at+longestReference)]
	what, _, found := strings.Cut(rest[1:], ";")
	if !found {
		return false
	}
	r, ok := referred(what)
	if !ok {
		return false
	}
	p.built = utf8.AppendRune(p.built, r)
	p.at += len(what) + len("&;")
	return true
}

func referred(what string) (rune, bool) {
	switch what {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "apos":
		return '\'', true
	case "quot":
		return '"', true
	}
	number, ok := strings.CutPrefix(what, "#")
	if !ok {
		return 0, false
	}
	base := 10
	if hex, ok := strings.CutPrefix(number, "x"); ok {
		number, base = hex, 16
	}
	n, err := strconv.ParseUint(number, base, 32)
	if err != nil || n > utf8.MaxRune || !isCharacter(rune(n)) {
		return 0, false
	}
	return rune(n), true
}

// isCharacter is XML 1.0, section 2.2, production Char.
func isCharacter(r rune) bool {
	switch {
	case r < ' ':
		return r == '\t' || r == '\n' || r == '\r'
	case r >= 0xD800 && r < 0xE000, r == 0xFFFE, r == 0xFFFF:
		return false
	}
	return r <= utf8.MaxRune
}
