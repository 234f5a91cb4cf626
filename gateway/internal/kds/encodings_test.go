package kds_test

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
)

// encoding writes a UTF-8 body as a sender with that encoding would.
type encoding struct {
	name     string
	declared string // what the declaration is made to say; empty: left as it is
	mark     string // byte order mark
	order    binary.AppendByteOrder
	table    *charmap.Charmap
}

func encodings() []encoding {
	return []encoding{
		{name: "utf-8"},
		{name: "utf-8 with a byte order mark", mark: "\xEF\xBB\xBF"},
		{name: "utf-8 with a mark, declared windows-1251", mark: "\xEF\xBB\xBF", declared: "windows-1251"},
		{name: "utf-8 declared utf-16", declared: "utf-16"},
		{name: "windows-1251", declared: "windows-1251", table: charmap.Windows1251},
		{name: "windows-1251 in capitals", declared: "Windows-1251", table: charmap.Windows1251},
		{name: "koi8-r", declared: "koi8-r", table: charmap.KOI8R},
		{name: "utf-16 little-endian with a mark", declared: "utf-16", mark: "\xFF\xFE", order: binary.LittleEndian},
		{name: "utf-16 big-endian with a mark", declared: "utf-16", mark: "\xFE\xFF", order: binary.BigEndian},
		{name: "utf-16 little-endian without a mark", declared: "utf-16", order: binary.LittleEndian},
		{name: "utf-16 big-endian without a mark", declared: "utf-16", order: binary.BigEndian},
		{name: "utf-16 little-endian declared utf-8", order: binary.LittleEndian},
		{name: "utf-16 big-endian declared windows-1251", declared: "windows-1251", mark: "\xFE\xFF", order: binary.BigEndian},
	}
}

func (e encoding) encode(t testing.TB, body []byte) []byte {
	t.Helper()
	if e.declared != "" {
		body = bytes.Replace(body, []byte(`encoding="utf-8"`), []byte(`encoding="`+e.declared+`"`), 1)
	}
	switch {
	case e.table != nil:
		// What the table lacks (the tests' own «…») does not matter to what is tested.
		out := make([]byte, 0, len(body))
		for _, r := range string(body) {
			b, ok := e.table.EncodeRune(r)
			if !ok {
				b = '?'
			}
			out = append(out, b)
		}
		body = out
	case e.order != nil:
		var out []byte
		for _, unit := range utf16.Encode([]rune(string(body))) {
			out = e.order.AppendUint16(out, unit)
		}
		body = out
	}
	return append([]byte(e.mark), body...)
}

// nested is n elements or values inside each other.
func nested(open, inner, shut string, n int) string {
	return strings.Repeat(open, n) + inner + strings.Repeat(shut, n)
}
