package store

import (
	"fmt"

	"github.com/klauspost/compress/s2"
)

// Forms of a stored body. Postings are XML or JSON full of repeated names: packed they take about a
// third, and what is written for an event is what bounds how many can be accepted.
const (
	bodyPlain = 0
	bodyS2    = 1 // one block of the S2 format, which readers of Snappy cannot read
)

const (
	packFrom = 256     // bytes; below that packing saves no page
	bodyMax  = 8 << 20 // bytes that a packed body may come to; intake takes far less
)

// packBody gives the form in which a body is stored.
func packBody(body []byte) (form int, stored []byte) {
	if len(body) < packFrom {
		return bodyPlain, body
	}
	packed := s2.Encode(nil, body)
	if len(packed) >= len(body) {
		return bodyPlain, body
	}
	return bodyS2, packed
}

// unpackBody gives back what packBody was given. A block that lies about its size is refused before
// memory is taken for it.
func unpackBody(form int, stored []byte) ([]byte, error) {
	switch form {
	case bodyPlain:
		return stored, nil
	case bodyS2:
	default:
		return nil, fmt.Errorf("stored body: form %d is not known", form)
	}
	n, err := s2.DecodedLen(stored)
	if err == nil && n > bodyMax {
		err = fmt.Errorf("%d bytes are more than a body can have", n)
	}
	if err != nil {
		return nil, fmt.Errorf("stored body: %w", err)
	}
	body, err := s2.Decode(nil, stored)
	if err != nil {
		return nil, fmt.Errorf("stored body: %w", err)
	}
	return body, nil
}
