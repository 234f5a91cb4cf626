package kds

import "bytes"

// Text gives a body as text for people, without a byte order mark, and the name of the encoding that it
// was found in; ok is false for bytes that are no text.
func Text(body []byte) (text, encoding string, ok bool) {
	decoded, err := toUTF8(body)
	if err != nil || bytes.IndexByte(decoded, 0) >= 0 {
		return "", "", false
	}
	switch {
	case bytes.HasPrefix(body, []byte{0xFF, 0xFE}), len(body) > 1 && body[0] != 0 && body[1] == 0:
		return string(decoded), "utf-16le", true
	case wide(body):
		return string(decoded), "utf-16be", true
	case len(decoded) != len(body) && !bytes.HasPrefix(body, []byte{0xEF, 0xBB, 0xBF}):
		return string(decoded), declared(body), true
	}
	return string(decoded), "utf-8", true
}
