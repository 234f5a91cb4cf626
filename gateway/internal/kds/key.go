package kds

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
)

// KeyOf makes the key of a body without understanding it: a hash of all bytes, and a scan for a time
// or an id (DateTime and seqnumber of r_keeper, occurred_at and event_id of our JSON) that is not
// empty. A body in utf-16 is looked through as well. It never fails and reads any bytes.
//
// The scan decides only how long equal bytes count as a repetition, so it may err; it errs towards
// "not dated" where a time is spelled in a way that r_keeper does not use.
func KeyOf(body []byte) Key {
	sum := sha256.Sum256(body)
	text := body
	if wide(body) {
		text = bytes.ReplaceAll(body, []byte{0}, nil)
	}
	return Key{
		Hash: hex.EncodeToString(sum[:]),
		Dated: filled(text, "DateTime", '=') || filled(text, "seqnumber", '=') ||
			filled(text, `"occurred_at"`, ':') || filled(text, `"event_id"`, ':'),
	}
}

// wide tells whether body looks like utf-16: of the first characters, all plain Latin in an event,
// one byte each is zero.
func wide(body []byte) bool { return bytes.IndexByte(body[:min(len(body), 6)], 0) >= 0 }

// filled tells whether name occurs in text as a whole word, followed by sep and a quoted value that
// is not empty.
func filled(text []byte, name string, sep byte) bool {
	for {
		at := bytes.Index(text, []byte(name))
		if at < 0 {
			return false
		}
		whole := at == 0 || name[0] == '"' || space(text[at-1])
		text = text[at+len(name):]
		rest := bytes.TrimLeft(text, " \t\r\n")
		if !whole || len(rest) == 0 || rest[0] != sep {
			continue
		}
		rest = bytes.TrimLeft(rest[1:], " \t\r\n")
		if len(rest) > 1 && (rest[0] == '"' || rest[0] == '\'') && rest[1] != rest[0] {
			return true
		}
	}
}

func space(b byte) bool { return b == ' ' || b == '\t' || b == '\r' || b == '\n' }
