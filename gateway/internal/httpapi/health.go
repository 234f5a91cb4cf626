package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/orderbell/orderbell/gateway/internal/problem"
)

// How long an answer about readiness holds, and how long it may take. Whoever asks a hundred times a
// second must not make the store work a hundred times.
const (
	readyFor     = time.Second
	readyTimeout = 2 * time.Second
)

// readyCache remembers for a moment whether we are ready. Safe for concurrent use.
type readyCache struct {
	check Readiness

	mu    sync.Mutex
	until time.Time
	err   error
}

// state asks, or gives the answer of a moment ago.
func (r *readyCache) state(ctx context.Context, now func() time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now().Before(r.until) {
		return r.err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readyTimeout)
	defer cancel()
	r.err = r.check.Ready(ctx)
	r.until = now().Add(readyFor)
	return r.err
}

func (s *Server) ping(c echo.Context) error {
	return answerJSON(c, http.StatusOK, struct {
		Service string `json:"service"`
		Version string `json:"version"`
		Ready   bool   `json:"ready"`
	}{"orderbell", s.opt.Version, s.ready.state(c.Request().Context(), s.opt.Now) == nil})
}

// livez says that the process answers; it looks at nothing else, so that a full disk does not make a
// service manager restart us over and over.
func (s *Server) livez(c echo.Context) error {
	return answerJSON(c, http.StatusOK, struct {
		Live bool `json:"live"`
	}{true})
}

// readyz says whether events can be stored, and to this machine why not: reasons may name folders.
func (s *Server) readyz(c echo.Context) error {
	answer := struct {
		Ready   bool     `json:"ready"`
		Reasons []string `json:"reasons,omitempty"`
	}{Ready: true}
	err := s.ready.state(c.Request().Context(), s.opt.Now)
	if err == nil {
		return answerJSON(c, http.StatusOK, answer)
	}
	answer.Ready = false
	answer.Reasons = []string{string(problem.StoreUnavailable)}
	if local(c.Request()) {
		answer.Reasons = reasonsOf(err)
	}
	return answerJSON(c, http.StatusServiceUnavailable, answer)
}

// reasonsOf takes joined errors apart.
func reasonsOf(err error) []string {
	joined, ok := err.(interface{ Unwrap() []error }) //nolint:errorlint // only the outermost is a list
	if !ok {
		return []string{err.Error()}
	}
	var reasons []string
	for _, one := range joined.Unwrap() {
		reasons = append(reasons, one.Error())
	}
	return reasons
}

func answerJSON(c echo.Context, status int, answer any) error {
	body, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	c.Response().Header()["Content-Type"] = valueJSON
	c.Response().WriteHeader(status)
	_, _ = c.Response().Write(body) // who is gone needs no answer
	return nil
}
