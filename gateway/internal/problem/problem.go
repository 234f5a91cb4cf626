// Package problem is how a request is refused: one word for programs, sentences in Russian and English
// for people, and never a value that was refused. It is pure.
package problem

import "net/http"

// Problem is an error answer (RFC 9457).
type Problem struct {
	Type      string  `json:"type"`
	Title     string  `json:"title"`
	Status    int     `json:"status"`
	Detail    string  `json:"detail"`
	Code      Code    `json:"code"`
	RequestID string  `json:"request_id"`
	Errors    []Field `json:"errors,omitempty"`
}

// Field is what is wrong with one field of what was sent.
type Field struct {
	Field  string `json:"field"` // its path: "settings.api_id", "restaurants[0].name"
	Code   Code   `json:"code"`
	Detail string `json:"detail"` // what is wrong and what to do, in the language of the answer
}

// typePrefix starts the type of every problem; the code follows.
const typePrefix = "urn:orderbell:problem:"

// New puts a code into words. The request ID is what the log calls the request; fields may be nil.
func New(code Code, lang, requestID string, fields []Field) Problem {
	words := code.Words()
	return Problem{
		Type: typePrefix + string(code), Title: words.Title(lang), Status: words.Status, Detail: words.Detail(lang),
		Code: code, RequestID: requestID, Errors: fields,
	}
}

// CodeOfStatus is the code of a refusal of which only the HTTP status is known.
func CodeOfStatus(status int) Code {
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
