package httpapi

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/orderbell/orderbell/gateway/internal/contact"
)

// problem is an error answer (RFC 9457). It never holds a value that was refused.
type problem struct {
	Type      string         `json:"type"`
	Title     string         `json:"title"`
	Status    int            `json:"status"`
	Detail    string         `json:"detail"`
	Code      Code           `json:"code"`
	RequestID string         `json:"request_id"`
	Errors    []fieldProblem `json:"errors,omitempty"`
}

// fieldProblem is what is wrong with one field of the body.
type fieldProblem struct {
	Field  string `json:"field"`
	Code   Code   `json:"code"`
	Detail string `json:"detail"`
}

// problemType starts the type of every problem; the code follows.
const problemType = "urn:orderbell:problem:"

// refusal is why a request is not answered as asked.
type refusal struct {
	code   Code
	fields []fieldFault
	retry  time.Duration // 0: no Retry-After
	cause  error         // for the log; never shown
}

// fieldFault is what is wrong with a field, before it is put into words.
type fieldFault struct {
	field string
	code  Code
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
	return f.code.words().detail(lang)
}

// fail is the one place where an error becomes an answer.
func (s *Server) fail(err error, c echo.Context) {
	var refused *refusal
	var fromEcho *echo.HTTPError
	switch {
	case errors.As(err, &refused):
	case errors.As(err, &fromEcho):
		refused = &refusal{code: codeOfStatus(fromEcho.Code)}
	default:
		refused = &refusal{code: InternalFault, cause: err}
	}
	if refused.code.words().status >= http.StatusInternalServerError {
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

func codeOfStatus(status int) Code {
	switch {
	case status == http.StatusNotFound:
		return NotFound
	case status == http.StatusMethodNotAllowed:
		return MethodNotAllowed
	case status >= http.StatusInternalServerError:
		return InternalFault
	default:
		return RequestMalformed
	}
}

// refuse writes the answer.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, refused *refusal) {
	lang := acceptedLanguage(r.Header.Get("Accept-Language"))
	words := refused.code.words()
	header := w.Header()
	answer := problem{
		Type:      problemType + string(refused.code),
		Title:     words.title(lang),
		Status:    words.status,
		Detail:    words.detail(lang),
		Code:      refused.code,
		RequestID: header.Get("X-Request-Id"),
	}
	for _, f := range refused.fields {
		answer.Errors = append(answer.Errors, fieldProblem{Field: f.field, Code: f.code, Detail: f.detail(lang)})
	}
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
	if words.challenge != "" {
		header.Set("WWW-Authenticate", words.challenge)
	}
	w.WriteHeader(words.status)
	_, _ = w.Write(body) // who is gone needs no answer
}
