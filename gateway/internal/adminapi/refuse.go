package adminapi

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"github.com/orderbell/orderbell/gateway/internal/problem"
)

// answer is a problem as huma sends it.
type answer struct {
	problem.Problem
	header http.Header
}

// Error tells the code.
func (p *answer) Error() string { return string(p.Code) }

// GetStatus gives the HTTP status.
func (p *answer) GetStatus() int { return p.Status }

// GetHeaders gives what goes into the header of the answer.
func (p *answer) GetHeaders() http.Header { return p.header }

// ContentType makes JSON a problem.
func (p *answer) ContentType(string) string { return problemJSON }

const problemJSON = "application/problem+json"

// refuse makes of an error what is sent. An error that is no refusal is a fault of ours: it is logged and
// not shown.
func (a *API) refuse(ctx context.Context, who Caller, err error) *answer {
	refusal, ok := errors.AsType[*problem.Refusal](err)
	if !ok {
		refusal = &problem.Refusal{Code: problem.InternalFault, Cause: err}
	}
	if refusal.Code.Words().Status >= http.StatusInternalServerError && ctx.Err() == nil {
		a.opt.Log.Error("a call could not be served", "code", string(refusal.Code), "cause", refusal.Cause)
	}
	return &answer{Problem: refusal.In(who.Language, who.request), header: headers(who.Language, refusal)}
}

func headers(lang string, refusal *problem.Refusal) http.Header {
	header := http.Header{"Content-Language": {lang}, "Vary": {"Accept-Language"}}
	if challenge := refusal.Code.Words().Challenge; challenge != "" {
		header.Set("WWW-Authenticate", challenge)
	}
	if refusal.Retry > 0 {
		header.Set("Retry-After", strconv.Itoa(max(1, int(refusal.Retry.Seconds()))))
	}
	return header
}

// write refuses before the handler is reached.
func (a *API) write(ctx huma.Context, who Caller, err error) {
	refused := a.refuse(ctx.Context(), who, err)
	for name, values := range refused.header {
		for _, value := range values {
			ctx.SetHeader(name, value)
		}
	}
	ctx.SetHeader("Content-Type", problemJSON)
	ctx.SetStatus(refused.Status)
	_ = json.NewEncoder(ctx.BodyWriter()).Encode(refused.Problem) // who is gone needs no answer
}

// speaking guards the one hook that huma has for its own refusals, which is a variable of its package.
var speaking sync.Once //nolint:gochecknoglobals // the hook that it guards is one

// speakProblems makes huma's own refusals (a body that does not fit the schema, an unknown parameter) say
// what ours say. Its own would repeat the refused value, which may be a secret.
func speakProblems() {
	speaking.Do(func() {
		huma.NewErrorWithContext = func(ctx huma.Context, status int, _ string, errs ...error) huma.StatusError {
			lang, request := "ru", ""
			if ctx != nil {
				lang, request = problem.Language(ctx.Header("Accept-Language")), ctx.Header(RequestID)
			}
			refusal := &problem.Refusal{Code: codeOf(status)}
			for _, err := range errs {
				if fault, ok := faultOf(err); ok {
					refusal.Fields = append(refusal.Fields, fault)
				}
			}
			return &answer{Problem: refusal.In(lang, request), header: headers(lang, refusal)}
		}
		huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
			return huma.NewErrorWithContext(nil, status, message, errs...)
		}
	})
}

func codeOf(status int) problem.Code {
	switch status {
	case http.StatusUnprocessableEntity:
		return problem.FieldsInvalid
	case http.StatusBadRequest:
		return problem.JSONMalformed
	case http.StatusRequestEntityTooLarge:
		return problem.BodyTooLarge
	case http.StatusUnsupportedMediaType:
		return problem.TypeUnsupported
	case http.StatusRequestTimeout:
		return problem.BodyTooSlow
	default:
		return problem.CodeOfStatus(status)
	}
}

// faultOf names the field and what is wrong with it, without the value.
func faultOf(err error) (problem.FieldFault, bool) {
	detail, ok := errors.AsType[*huma.ErrorDetail](err)
	if !ok {
		return problem.FieldFault{}, false
	}
	location := strings.TrimPrefix(strings.TrimPrefix(detail.Location, "body."), "query.")
	fault := problem.FieldFault{Field: location, Code: problem.FieldInvalid}
	switch {
	case detail.Message == validation.MsgUnexpectedProperty:
		fault.Code = problem.FieldUnknown
	case like(detail.Message, validation.MsgExpectedRequiredProperty):
		fault.Code = problem.FieldRequired
		fault.Field = join(location, between(detail.Message, validation.MsgExpectedRequiredProperty))
	case like(detail.Message, validation.MsgExpectedMaxLength), like(detail.Message, validation.MsgExpectedMaxItems):
		fault.Code = problem.FieldTooLong
	case like(detail.Message, validation.MsgExpectedMinLength), like(detail.Message, validation.MsgExpectedMinItems):
		fault.Code = problem.FieldRequired
	}
	return fault, true
}

// like tells whether a message was made from huma's format.
func like(message, format string) bool {
	before, after, _ := strings.Cut(format, "%")
	return strings.HasPrefix(message, before) && strings.HasSuffix(message, strings.TrimLeft(after, "sdv"))
}

// between gives what stands where the format has its first verb.
func between(message, format string) string {
	before, after, _ := strings.Cut(format, "%")
	return strings.TrimSuffix(strings.TrimPrefix(message, before), strings.TrimLeft(after, "sdv"))
}

func join(path, name string) string {
	if path == "" || path == "body" {
		return name
	}
	return path + "." + name
}

func hostOf(address string) string {
	if host, _, err := net.SplitHostPort(address); err == nil {
		return host
	}
	return address
}

// clip cuts a text to so many bytes, between characters.
func clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}
