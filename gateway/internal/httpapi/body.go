package httpapi

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/problem"
)

// Sizes of reading.
const (
	// trustedLength is up to which length a Content-Length is believed and memory set aside for it. A
	// larger body gets memory only as it comes, so that 256 promises of a mebibyte cost nothing.
	trustedLength = 64 << 10
	// drainLimit is how much of a refused body is still read, so that a sender that writes first and
	// reads later gets the refusal instead of a broken connection.
	drainLimit = 4 << 20
	// pooledBuffer is the largest buffer that is kept for the next large body.
	pooledBuffer = 1<<20 + bytes.MinRead
)

// buffers are for bodies of unknown or large length only. A body that is handed on is always a slice
// of its own: a store that groups commits may hold it after the request has given up on it.
//
//nolint:gochecknoglobals // a pool keeps nothing that anybody could see or depend on
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// readBody reads the whole body, at most limit bytes. Compressed bodies are refused: the cash server
// sends none, and unpacking is how small bodies become large.
func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	for _, encoding := range r.Header["Content-Encoding"] {
		if encoding != "" && !strings.EqualFold(encoding, "identity") {
			return nil, problem.Refuse(problem.EncodingUnsupported)
		}
	}
	if r.ContentLength > limit {
		return nil, tooLarge(w, r)
	}
	if r.ContentLength >= 0 && r.ContentLength <= trustedLength {
		body := make([]byte, r.ContentLength)
		if _, err := io.ReadFull(r.Body, body); err != nil {
			return nil, brokenBody(w, err)
		}
		return body, nil
	}
	return readUnknown(w, r, limit)
}

func readUnknown(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	buffer, ok := buffers.Get().(*bytes.Buffer)
	if !ok {
		buffer = new(bytes.Buffer)
	}
	buffer.Reset()
	defer func() {
		if buffer.Cap() <= 2*pooledBuffer {
			buffers.Put(buffer)
		}
	}()
	_, err := buffer.ReadFrom(io.LimitReader(r.Body, limit+1))
	switch {
	case err != nil:
		return nil, brokenBody(w, err)
	case int64(buffer.Len()) > limit:
		return nil, tooLarge(w, r)
	default:
		return bytes.Clone(buffer.Bytes()), nil
	}
}

// tooLarge refuses a body that is too large. One that waits to be asked for (Expect: 100-continue) is
// never sent; of another the rest is read away, up to a bound, and beyond it the connection is closed.
func tooLarge(w http.ResponseWriter, r *http.Request) error {
	if r.Header.Get("Expect") == "" {
		_, err := io.CopyN(io.Discard, r.Body, drainLimit)
		if errors.Is(err, io.EOF) {
			return problem.Refuse(problem.BodyTooLarge) // read to its end: the connection can be used on
		}
	}
	w.Header()["Connection"] = valueClose
	return problem.Refuse(problem.BodyTooLarge)
}

// brokenBody refuses a body that did not come. Nothing of it is kept: what is stored is stored whole.
func brokenBody(w http.ResponseWriter, err error) error {
	w.Header()["Connection"] = valueClose
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		return problem.Refuse(problem.BodyIncomplete)
	}
	// The time to answer ran out with the time to read; a moment more lets the sender know.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(time.Second))
	return problem.Refuse(problem.BodyTooSlow)
}
