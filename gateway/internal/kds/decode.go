package kds

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"

	"github.com/orderbell/orderbell/gateway/internal/order"
)

// Limits of a body, far above what a cash server sends and far below what would hurt.
const (
	maxBody       = 1 << 20 // bytes
	maxDepth      = 32      // elements or JSON values inside each other
	maxAttributes = 256     // of one element
	maxElements   = 20_000  // of one XML body
	maxValues     = 50_000  // of one JSON body
	maxPostings   = 500     // of one body
	maxReference  = 64      // bytes of a guid, a code, an id
	maxName       = 256     // characters of a name for people; the rest is cut
)

// Decode understands a body: r_keeper's notification, the answer to GetOrder, or our JSON, told apart
// by content and in any of the encodings of toUTF8. All of a body is understood or none of it; the
// error is always an *Error. Equal bytes give equal postings. Safe for concurrent use.
func Decode(body []byte) ([]Posting, error) { return decode(body, decodeXML) }

// decode leaves XML to xmlBy: decodeXML, or one of its two ways in tests that compare them.
func decode(body []byte, xmlBy func([]byte) ([]Posting, error)) ([]Posting, error) {
	if len(body) > maxBody {
		return nil, &Error{Code: TooLarge, Text: strconv.Itoa(len(body))}
	}
	text, err := toUTF8(body)
	if err != nil {
		return nil, err
	}
	text = bytes.Trim(text, " \t\r\n")
	if len(text) == 0 {
		return nil, &Error{Code: Empty}
	}
	switch text[0] {
	case '<':
		return xmlBy(text)
	case '{', '[':
		return decodeJSON(text)
	}
	return nil, &Error{Code: NotText, Text: quoted(string(text[:min(len(text), 4*excerptRunes)]))}
}

// reference normalises an id: trimmed; "0" and the GUID of zeros are how r_keeper writes "none".
// It tells whether text may be an id at all. What it gives is a copy: see name.
func reference(text string) (string, bool) {
	text = strings.TrimSpace(text)
	if text == "0" {
		return "", true
	}
	if len(text) > maxReference || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return "", false
	}
	return strings.Clone(text), true
}

// guid normalises a GUID: without braces, upper case.
func guid(text string) (string, bool) {
	text, ok := reference(text)
	if strings.HasPrefix(text, "{") && strings.HasSuffix(text, "}") && len(text) > 1 {
		text = text[1 : len(text)-1]
	}
	text = strings.ToUpper(text)
	if strings.Trim(text, "0-") == "" {
		return "", ok
	}
	return text, ok
}

// settle gives a reference the form in which it may be compared, and tells whether it names an order.
// Half a pair is dropped where it could be taken for a name: two orders of a visit share the visit.
func settle(ref *order.Ref) bool {
	if ref.Ident == "" {
		ref.Visit = ""
	}
	return ref.GUID != "" || ref.Visit != ""
}

// name makes a text for people fit to be kept: one line, trimmed, at most maxName characters. It is a
// copy, because text may share the memory of the body, and postings outlive their bodies.
func name(text string) string {
	plain := true
	for i := 0; i < len(text) && plain; i++ {
		plain = text[i] >= 0x20 && text[i] != 0x7f && text[i] != 0xc2
	}
	if !plain {
		text = strings.Map(func(r rune) rune {
			if unicode.IsControl(r) {
				return ' '
			}
			return r
		}, text)
	}
	text = strings.TrimSpace(text)
	if len(text) <= maxName {
		return strings.Clone(text)
	}
	n := 0
	for i := range text {
		if n++; n > maxName {
			return strings.Clone(text[:i])
		}
	}
	return strings.Clone(text)
}

func offset(at int64) string { return "byte " + strconv.FormatInt(at, 10) }
