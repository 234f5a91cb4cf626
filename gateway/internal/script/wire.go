package script

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// writer and reader are the format between pool and worker: numbers as varints, texts with their
// length before them. Both ends are the same program, so it has no versions; it is written by hand
// because JSON would cost more than the rule itself.
type writer struct{ buf []byte }

func (w *writer) number(n int) { w.buf = binary.AppendVarint(w.buf, int64(n)) }

func (w *writer) long(n int64) { w.buf = binary.AppendVarint(w.buf, n) }

func (w *writer) text(s string) {
	w.buf = binary.AppendUvarint(w.buf, uint64(len(s)))
	w.buf = append(w.buf, s...)
}

func (w *writer) bytes(b []byte) {
	w.buf = binary.AppendUvarint(w.buf, uint64(len(b)))
	w.buf = append(w.buf, b...)
}

func (w *writer) flag(b bool) {
	if b {
		w.buf = append(w.buf, 1)
		return
	}
	w.buf = append(w.buf, 0)
}

var errWire = errors.New("script: a message between gateway and worker is damaged")

// reader stops at the first fault; from then on it gives zero values and err says so.
type reader struct {
	buf []byte
	err error
}

func (r *reader) fail() {
	r.buf = nil
	if r.err == nil {
		r.err = errWire
	}
}

func (r *reader) long() int64 {
	n, size := binary.Varint(r.buf)
	if size <= 0 {
		r.fail()
		return 0
	}
	r.buf = r.buf[size:]
	return n
}

func (r *reader) number() int { return int(r.long()) }

// count reads a number of things that take at least one byte each.
func (r *reader) count() int {
	n := r.number()
	if n < 0 || n > len(r.buf) {
		r.fail()
		return 0
	}
	return n
}

func (r *reader) bytes() []byte {
	n, size := binary.Uvarint(r.buf)
	if size <= 0 || n > uint64(len(r.buf)-size) {
		r.fail()
		return nil
	}
	b := r.buf[size : size+int(n)] //nolint:gosec // not above the length of buf
	r.buf = r.buf[size+int(n):]    //nolint:gosec // as above
	return b
}

func (r *reader) text() string { return string(r.bytes()) }

func (r *reader) flag() bool {
	if len(r.buf) == 0 || r.buf[0] > 1 {
		r.fail()
		return false
	}
	b := r.buf[0] == 1
	r.buf = r.buf[1:]
	return b
}

// end tells whether all was read and nothing was wrong.
func (r *reader) end() error {
	if r.err == nil && len(r.buf) > 0 {
		return fmt.Errorf("%w: %d bytes too many", errWire, len(r.buf))
	}
	return r.err
}
