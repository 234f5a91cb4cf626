package problem

import (
	"errors"
	"strings"
	"time"
)

// Refusal is why a request is not answered as asked, before it is put into a language. Whoever serves a
// call returns one as its error; any other error is a fault of Orderbell.
type Refusal struct {
	Code   Code
	Fields []FieldFault
	Retry  time.Duration // when trying again makes sense; 0: not said
	Cause  error         // for the log; never shown
}

// FieldFault is what is wrong with one field, before it is put into a language.
type FieldFault struct {
	Field string // its path: "settings.api_id"
	Code  Code
	RU    string // what exactly is wrong and what to do; empty: the code's own words
	EN    string
}

// Refuse makes a refusal without more to say than its code.
func Refuse(code Code) *Refusal { return &Refusal{Code: code} }

// RefuseField makes a refusal because of one field.
func RefuseField(field string, code Code) *Refusal {
	return &Refusal{Code: FieldsInvalid, Fields: []FieldFault{{Field: field, Code: code}}}
}

// Error tells the code, and the cause for the log.
func (r *Refusal) Error() string {
	if r.Cause != nil {
		return string(r.Code) + ": " + r.Cause.Error()
	}
	return string(r.Code)
}

// Unwrap gives the cause.
func (r *Refusal) Unwrap() error { return r.Cause }

// In puts the refusal into a language.
func (r *Refusal) In(lang, requestID string) Problem {
	fields := make([]Field, 0, len(r.Fields))
	for _, f := range r.Fields {
		detail := f.RU
		if lang == "en" {
			detail = f.EN
		}
		if detail == "" {
			detail = f.Code.Words().Detail(lang)
		}
		fields = append(fields, Field{Field: f.Field, Code: f.Code, Detail: detail})
	}
	return New(r.Code, lang, requestID, fields)
}

// Sentence tells the refusal to whoever has the program's own terminal, its cause included: "ru" or "en".
func (r *Refusal) Sentence(lang string) string {
	told := r.In(lang, "")
	parts := []string{told.Title + ": " + told.Detail}
	if len(told.Errors) > 0 {
		parts = parts[:0]
	}
	for _, f := range told.Errors {
		parts = append(parts, f.Field+": "+f.Detail)
	}
	if r.Cause != nil {
		cause := r.Cause.Error()
		if spoken, ok := errors.AsType[interface {
			error
			Sentence(lang string) string
		}](r.Cause); ok {
			cause = spoken.Sentence(lang)
		}
		parts = append(parts, cause)
	}
	return strings.Join(parts, "; ")
}
