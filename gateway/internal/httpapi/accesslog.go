package httpapi

import (
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/problem"
)

// recover turns a panic of a handler into a 500. What was panicked with is logged only by its type:
// its text may quote a body.
func (s *Server) recover(w *recorder, r *http.Request, id string) {
	cause := recover()
	if cause == nil {
		return
	}
	if err, ok := cause.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(cause)
	}
	what := fmt.Sprintf("%T", cause)
	var bug runtime.Error
	if err, ok := cause.(error); ok && errors.As(err, &bug) {
		what = bug.Error() // the runtime's own words: indices and types
	}
	s.log.Error("a request handler panicked", "request_id", id, "method", r.Method, "path", shownPath(r),
		"cause", what, "stack", string(debug.Stack()))
	if w.status != 0 {
		panic(http.ErrAbortHandler) // half an answer is out: cut it, so that nobody takes it for a whole one
	}
	s.refuse(w, r, problem.Refuse(problem.InternalFault))
}

func (s *Server) logRequest(w *recorder, r *http.Request, id string, took time.Duration) {
	s.log.Debug("request", "request_id", id, "method", shownMethod(r.Method), "path", shownPath(r),
		"status", w.status, "remote", remote(r).String(), "took", took.String())
}

// longestShown is the longest path segment that is shown: the shortest intake key has 16 characters.
const longestShown = 15

// shownPath gives the path without anything that may be a key: what follows /k/ and a callback's
// account, every long segment, the whole query. It must hide keys in mistyped addresses, too, so it does not rely on the router.
func shownPath(r *http.Request) string {
	const mask = "•••"
	path := r.URL.EscapedPath()
	if len(path) > 300 {
		return mask
	}
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		keyed := i > 0 && strings.EqualFold(segments[i-1], "k") && segment != ""
		keyed = keyed || i > 1 && strings.EqualFold(segments[i-2], "callbacks")
		if keyed || len(segment) > longestShown || strings.ContainsAny(segment, "%;=&") {
			segments[i] = mask
		}
	}
	path = strings.Join(segments, "/")
	if r.URL.RawQuery != "" {
		path += "?" + mask
	}
	return path
}

// shownMethod bounds a method, which a client may choose freely.
func shownMethod(method string) string {
	if len(method) > 10 {
		return "•••"
	}
	return method
}
