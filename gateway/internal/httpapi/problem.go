package httpapi

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/problem"
)

// fail is the one place where an error becomes an answer.
func (s *Server) fail(err error, c echo.Context) {
	var refused *problem.Refusal
	var fromEcho *echo.HTTPError
	switch {
	case errors.As(err, &refused):
	case errors.As(err, &fromEcho):
		if s.servedPage(fromEcho, c) {
			return
		}
		refused = &problem.Refusal{Code: problem.CodeOfStatus(fromEcho.Code)}
		if refused.Code == problem.NotFound && s.opt.Parts&API == 0 && strings.HasPrefix(c.Request().URL.Path, adminapi.Prefix+"/") {
			refused.Code = problem.APIElsewhere
		}
	default:
		refused = &problem.Refusal{Code: problem.InternalFault, Cause: err}
	}
	if refused.Code.Words().Status >= http.StatusInternalServerError {
		s.complain(c.Response().Header().Get("X-Request-Id"), refused)
	}
	s.refuse(c.Response(), c.Request(), refused)
}

// complain logs our own failures. What cannot be stored comes back with every posting, so that is at
// most a few lines a second.
func (s *Server) complain(id string, refused *problem.Refusal) {
	if !s.complaints.AllowN(s.opt.Now(), 1) {
		return
	}
	s.log.Error("a request could not be served", "request_id", id, "code", string(refused.Code), "cause", refused.Cause)
}

// refuse writes the answer.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, refused *problem.Refusal) {
	lang := problem.Language(r.Header.Get("Accept-Language"))
	words := refused.Code.Words()
	header := w.Header()
	answer := refused.In(lang, header.Get("X-Request-Id"))
	body, err := json.Marshal(answer)
	if err != nil {
		body = []byte("{}") // cannot be: only texts and numbers
	}
	header.Set("Content-Type", "application/problem+json")
	header.Set("Content-Language", lang)
	header.Set("Vary", "Accept-Language")
	if refused.Retry > 0 {
		header.Set("Retry-After", strconv.Itoa(max(1, int(refused.Retry.Seconds()))))
	}
	if words.Challenge != "" {
		header.Set("WWW-Authenticate", words.Challenge)
	}
	w.WriteHeader(words.Status)
	_, _ = w.Write(body) // who is gone needs no answer
}
