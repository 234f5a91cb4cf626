package kds

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// toUTF8 gives the body as UTF-8 without a byte order mark. What the bytes show (a mark, the zeros of
// utf-16) is believed before what an XML declaration says, because gateways on the way re-encode
// bodies and leave the declaration; a single-byte encoding can only be declared.
func toUTF8(body []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(body, []byte{0xEF, 0xBB, 0xBF}):
		return checkUTF8(body[3:])
	case bytes.HasPrefix(body, []byte{0xFF, 0xFE}):
		return fromUTF16(body[2:], binary.LittleEndian)
	case bytes.HasPrefix(body, []byte{0xFE, 0xFF}):
		return fromUTF16(body[2:], binary.BigEndian)
	case len(body) > 1 && body[0] != 0 && body[1] == 0:
		return fromUTF16(body, binary.LittleEndian)
	case len(body) > 1 && body[0] == 0 && body[1] != 0:
		return fromUTF16(body, binary.BigEndian)
	}
	name := declared(body)
	switch strings.ToLower(name) {
	case "windows-1251", "cp1251", "cp-1251", "win-1251", "windows1251":
		return fromTable(body, charmap.Windows1251)
	case "koi8-r", "koi8r":
		return fromTable(body, charmap.KOI8R)
	case "", "utf-8", "utf8", "us-ascii", "ascii", "utf-16", "utf16", "utf-16le", "utf-16be":
		return checkUTF8(body) // plainly not utf-16: its declaration could be read
	}
	return nil, &Error{Code: BadEncoding, Text: quoted(name)}
}

// declared is the encoding that the XML declaration names; empty: none.
func declared(body []byte) string {
	head := bytes.TrimLeft(body[:min(len(body), 512)], " \t\r\n")
	if !bytes.HasPrefix(head, []byte("<?xml")) {
		return ""
	}
	end := bytes.Index(head, []byte("?>"))
	if end < 0 {
		return ""
	}
	_, rest, ok := bytes.Cut(head[:end], []byte("encoding"))
	if !ok {
		return ""
	}
	rest = bytes.TrimLeft(rest, " \t\r\n")
	if len(rest) == 0 || rest[0] != '=' {
		return ""
	}
	rest = bytes.TrimLeft(rest[1:], " \t\r\n")
	if len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
		return ""
	}
	name, _, ok := bytes.Cut(rest[1:], rest[:1])
	if !ok {
		return ""
	}
	return string(name)
}

func checkUTF8(body []byte) ([]byte, error) {
	if utf8.Valid(body) {
		return body, nil
	}
	at := 0
	for at < len(body) {
		r, size := utf8.DecodeRune(body[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	if !utf8.FullRune(body[at:]) {
		return nil, cut(body[:at])
	}
	return nil, &Error{Code: BadEncoding, Text: "utf-8", Where: offset(int64(at))}
}

// cut is the error for a body that ends within a character; text is what came before.
func cut(text []byte) error {
	e := &Error{Code: BadEncoding, Where: offset(int64(len(text)))}
	switch text = bytes.TrimLeft(text, " \t\r\n"); {
	case bytes.HasPrefix(text, []byte("<")):
		e.Code = BadXML
	case bytes.HasPrefix(text, []byte("{")), bytes.HasPrefix(text, []byte("[")):
		e.Code = BadJSON
	}
	return e
}

func fromTable(body []byte, table *charmap.Charmap) ([]byte, error) {
	out := make([]byte, 0, len(body)+len(body)/2)
	for _, b := range body {
		out = utf8.AppendRune(out, table.DecodeByte(b))
	}
	return out, nil
}

// fromUTF16 is strict: half a character or half a pair means that the body was cut or is not utf-16.
func fromUTF16(body []byte, order binary.ByteOrder) ([]byte, error) {
	out := make([]byte, 0, len(body)/2+len(body)/8)
	for at := 0; at < len(body); at += 2 {
		if at+1 == len(body) {
			return nil, cut(out)
		}
		r := rune(order.Uint16(body[at:]))
		if utf16.IsSurrogate(r) {
			if at += 2; at+1 >= len(body) {
				return nil, cut(out)
			}
			if r = utf16.DecodeRune(r, rune(order.Uint16(body[at:]))); r == utf8.RuneError {
				return nil, &Error{Code: BadEncoding, Text: "utf-16", Where: offset(int64(len(out)))}
			}
		}
		out = utf8.AppendRune(out, r)
	}
	return out, nil
}
