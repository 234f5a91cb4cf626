package httpapi

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/problem"
)

// refusal is why a request is not answered as asked.
type refusal struct {
	code   problem.Code
	fields []fieldFault
	retry  time.Duration // 0: no Retry-After
	cause  error         // for the log; never shown
}

// fieldFault is what is wrong with a field, before it is put into words.
type fieldFault struct {
	field string
	code  problem.Code
	phone *contact.PhoneError // what exactly is wrong with a phone; holds no digit of it
}

// Error tells the code, and the cause for the log.
func (f *refusal) Error() string {
	if f.cause != nil {
		return string(f.code) + ": " + f.cause.Error()
	}
	return string(f.code)
}

// Unwrap gives the cause.
func (f *refusal) Unwrap() error { return f.cause }

func (f *fieldFault) detail(lang string) string {
	if f.phone != nil {
		return f.phone.Sentence(lang)
	}
	return f.code.Words().Detail(lang)
}

// fail is the one place where an error becomes an answer.
func (s *Server) fail(err error, c echo.Context) {
	var refused *refusal
	var fromEcho *echo.HTTPError
	switch {
	case errors.As(err, &refused):
	case errors.As(err, &fromEcho):
		if s.servedPage(fromEcho, c) {
			return
		}
		refused = &refusal{code: problem.CodeOfStatus(fromEcho.Code)}
	default:
		refused = &refusal{code: problem.InternalFault, cause: err}
	}
	if refused.code.Words().Status >= http.StatusInternalServerError {
		s.complain(c.Response().Header().Get("X-Request-Id"), refused)
	}
	s.refuse(c.Response(), c.Request(), refused)
}

// complain logs our own failures. What cannot be stored comes back with every posting, so that is at
// most a few lines a second.
func (s *Server) complain(id string, refused *refusal) {
	if !s.complaints.AllowN(s.opt.Now(), 1) {
		return
	}
	s.log.Error("a request could not be served", "request_id", id, "code", string(refused.code), "cause", refused.cause)
}

// refuse writes the answer.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, refused *refusal) {
	lang := problem.Language(r.Header.Get("Accept-Language"))
	words := refused.code.Words()
	header := w.Header()
	fields := make([]problem.Field, 0, len(refused.fields))
	for _, f := range refused.fields {
		fields = append(fields, problem.Field{Field: f.field, Code: f.code, Detail: f.detail(lang)})
	}
	answer := problem.New(refused.code, lang, header.Get("X-Request-Id"), fields)
	body, err := json.Marshal(answer)
	if err != nil {
		body = []byte("{}") // cannot be: only texts and numbers
	}
	header.Set("Content-Type", "application/problem+json")
	header.Set("Content-Language", lang)
	header.Set("Vary", "Accept-Language")
	if refused.retry > 0 {
		header.Set("Retry-After", strconv.Itoa(int(refused.retry.Seconds())))
	}
	if words.Challenge != "" {
		header.Set("WWW-Authenticate", words.Challenge)
	}
	w.WriteHeader(words.Status)
	_, _ = w.Write(body) // who is gone needs no answer
}
