package httpapi

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/problem"
)

// Lengths of texts in a binding, in characters.
const (
	maxReference = 64
	maxPhone     = 64
	maxWords     = 200
)

// skew is by how much another machine's clock may be ahead of ours.
const skew = 24 * time.Hour

// readBinding reads the body of POST /api/v1/contacts:
//
//	{"order": {"guid" | "visit" and "order_ident" | "number"}, "restaurant_code", "phone", "language",
//	 "consent": {"given", "given_at", "purpose", "policy_version", "source"}}
//
// restaurant_code may stand in order instead; a number needs it, and so does a pair of visit and
// order_ident where there are several restaurants (Server.place). Numbers of orders may be JSON numbers.
// A null counts as absent. Consent with given: false is a withdrawal. given_at defaults to now, source
// to the name of the API key. All faults come together; none holds a value.
func readBinding(body []byte, keyName string, now time.Time) (contact.Binding, error) {
	top, err := parseObject(body)
	if err != nil {
		return contact.Binding{}, err
	}
	r := &bindingReader{binding: contact.Binding{At: now}}
	r.names(top, "", "order", "restaurant_code", "phone", "language", "consent")
	r.order(top)
	r.phone(top)
	r.language(top)
	r.consent(top, keyName, now)
	if len(r.faults) > 0 {
		return contact.Binding{}, &problem.Refusal{Code: overall(r.faults), Fields: r.faults}
	}
	return r.binding, nil
}

// overall gives the code of the request: that of its faults, when they agree.
func overall(faults []problem.FieldFault) problem.Code {
	for _, f := range faults {
		if f.Code != faults[0].Code {
			return problem.FieldsInvalid
		}
	}
	return faults[0].Code
}

// bindingReader collects faults while it reads.
type bindingReader struct {
	binding contact.Binding
	faults  []problem.FieldFault
}

// mostFaults bounds how many faults are told, so that a small body cannot ask for a large answer.
const mostFaults = 20

func (r *bindingReader) fault(field string, code problem.Code) {
	if len(r.faults) < mostFaults {
		r.faults = append(r.faults, problem.FieldFault{Field: field, Code: code})
	}
}

// names refuses fields that do not exist and those that are there twice.
func (r *bindingReader) names(o object, path string, known ...string) {
	for _, member := range o.members {
		name := shownField(member.name)
		if !slices.Contains(known, member.name) {
			r.fault(path+name, problem.FieldUnknown)
		}
	}
	for _, name := range o.twice {
		r.fault(path+shownField(name), problem.FieldTwice)
	}
}

// shownField bounds the name of a field, which may be anything, even a phone.
func shownField(name string) string {
	const longest = 30
	plain := name != "" && len(name) <= longest
	for _, letter := range name {
		plain = plain && (letter == '_' || 'a' <= letter && letter <= 'z' || 'A' <= letter && letter <= 'Z')
	}
	if !plain {
		return "?"
	}
	return name
}

func (r *bindingReader) order(top object) {
	b := &r.binding
	if code, ok := r.reference(top, "", "restaurant_code"); ok {
		b.Restaurant = code
	}
	order, ok := r.object(top, "order")
	if !ok {
		if top.value("order") == nil {
			r.fault("order", problem.OrderMissing)
		}
		return
	}
	r.names(order, "order.", "guid", "visit", "order_ident", "number", "restaurant_code")
	before := len(r.faults)
	guid, _ := r.reference(order, "order.", "guid")
	b.GUID = normalGUID(guid)
	b.Visit, _ = r.reference(order, "order.", "visit")
	b.Ident, _ = r.reference(order, "order.", "order_ident")
	b.Number, _ = r.reference(order, "order.", "number")
	code, _ := r.reference(order, "order.", "restaurant_code")
	switch {
	case b.Restaurant == "":
		b.Restaurant = code
	case code != "" && code != b.Restaurant:
		r.fault("order.restaurant_code", problem.OrderContradicts)
	}
	if len(r.faults) == before {
		r.settle()
	}
}

// settle drops what alone names no order (half a pair; a number, which repeats between restaurants,
// without its restaurant), and refuses when nothing is left.
func (r *bindingReader) settle() {
	b := &r.binding
	if b.Visit == "" || b.Ident == "" {
		b.Visit, b.Ident = "", ""
	}
	if b.Restaurant == "" {
		b.Number = ""
	}
	if b.GUID == "" && b.Visit == "" && b.Number == "" {
		r.fault("order", problem.OrderMissing)
	}
}

// normalGUID gives a GUID the form in which the events' GUIDs are kept: upper case, no braces; the GUID
// of zeros is none.
func normalGUID(text string) string {
	if strings.HasPrefix(text, "{") && strings.HasSuffix(text, "}") && len(text) > 1 {
		text = text[1 : len(text)-1]
	}
	if strings.Trim(text, "0-") == "" {
		return ""
	}
	return strings.ToUpper(text)
}

func (r *bindingReader) phone(top object) {
	text, ok := r.text(top, "", "phone", maxPhone)
	if !ok {
		if top.value("phone") == nil {
			r.fault("phone", problem.PhoneMissing)
		}
		return
	}
	phone, err := contact.ParsePhone(text, contact.DefaultRegion)
	if err != nil {
		fault := problem.FieldFault{Field: "phone", Code: problem.PhoneInvalid}
		if exact, ok := errors.AsType[*contact.PhoneError](err); ok { // holds no digit of it
			fault.RU, fault.EN = exact.Sentence("ru"), exact.Sentence("en")
		}
		r.faults = append(r.faults, fault)
		return
	}
	r.binding.Phone = phone
}

func (r *bindingReader) language(top object) {
	language, ok := r.text(top, "", "language", maxReference)
	switch {
	case !ok:
	case language == "ru" || language == "en":
		r.binding.Language = language
	default:
		r.fault("language", problem.FieldInvalid)
	}
}

func (r *bindingReader) consent(top object, keyName string, now time.Time) {
	body, ok := r.object(top, "consent")
	if !ok {
		if top.value("consent") == nil {
			r.fault("consent", problem.ConsentMissing)
		}
		return
	}
	r.names(body, "consent.", "given", "given_at", "purpose", "policy_version", "source")
	consent := contact.Consent{Category: contact.Transactional, GivenAt: now, Source: keyName, RecordedAt: now}
	given, isTruth := body.value("given").(bool)
	switch {
	case isTruth:
		consent.Given = given
	case body.value("given") == nil:
		r.fault("consent.given", problem.ConsentMissing)
	default:
		r.fault("consent.given", problem.FieldInvalid)
	}
	if at, ok := r.moment(body, "consent.", "given_at", now); ok {
		consent.GivenAt = at
	}
	consent.PolicyVersion, _ = r.text(body, "consent.", "policy_version", maxWords)
	if source, ok := r.text(body, "consent.", "source", maxWords); ok && source != "" {
		consent.Source = source
	}
	purpose, ok := r.text(body, "consent.", "purpose", maxWords)
	consent.Purpose = purpose
	if given && purpose == "" && (ok || body.value("purpose") == nil) {
		r.fault("consent.purpose", problem.ConsentIncomplete)
	}
	r.binding.Consent = consent
}
