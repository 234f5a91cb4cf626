package httpapi

import (
	"encoding/json"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/orderbell/orderbell/gateway/internal/problem"
)

// object reads a field that is an object; ok is false when there is none or a fault was reported.
func (r *bindingReader) object(o object, name string) (object, bool) {
	switch v := o.value(name).(type) {
	case nil:
		return object{}, false
	case object:
		return v, true
	default:
		r.fault(name, problem.FieldInvalid)
		return object{}, false
	}
}

// text reads a field that is a text of at most longest characters, without control characters, and
// trims it; ok is false when there is none or a fault was reported.
func (r *bindingReader) text(o object, path, name string, longest int) (string, bool) {
	switch v := o.value(name).(type) {
	case nil:
		return "", false
	case string:
		return r.fit(path+name, v, longest)
	default:
		r.fault(path+name, problem.FieldInvalid)
		return "", false
	}
}

// reference reads a text or a plain number that names something; "0" is how r_keeper writes "none".
func (r *bindingReader) reference(o object, path, name string) (string, bool) {
	var written string
	switch v := o.value(name).(type) {
	case nil:
		return "", false
	case string:
		written = v
	case json.Number:
		if strings.Trim(v.String(), "0123456789.") != "" {
			r.fault(path+name, problem.FieldInvalid) // negative, or 1e3, which may have been another number
			return "", false
		}
		written = v.String()
	default:
		r.fault(path+name, problem.FieldInvalid)
		return "", false
	}
	text, ok := r.fit(path+name, written, maxReference)
	if text == "0" {
		text = ""
	}
	return text, ok
}

func (r *bindingReader) fit(field, text string, longest int) (string, bool) {
	text = strings.TrimSpace(text)
	switch {
	case utf8.RuneCountInString(text) > longest:
		r.fault(field, problem.FieldTooLong)
	case strings.ContainsFunc(text, unprintable):
		r.fault(field, problem.FieldInvalid)
	default:
		return text, true
	}
	return "", false
}

// unprintable tells control characters and what a decoder puts for half a surrogate pair. Invisible
// marks of direction pass: some keyboards put them around a pasted phone, and contact.ParsePhone knows
// which of them are harmless.
func unprintable(letter rune) bool { return unicode.IsControl(letter) || letter == utf8.RuneError }

// moment reads a time with its zone, not before this century and not in the future.
func (r *bindingReader) moment(o object, path, name string, now time.Time) (time.Time, bool) {
	text, ok := r.text(o, path, name, maxReference)
	if !ok {
		return time.Time{}, false
	}
	fault := problem.FieldFault{Field: path + name, Code: problem.FieldInvalid}
	at, err := time.Parse(time.RFC3339Nano, text)
	switch {
	case err != nil:
	case at.Year() < 2000:
		fault.RU = "Это время слишком далеко в прошлом, до 2000 года; проверьте часы отправителя."
		fault.EN = "This time is too far in the past, before the year 2000; check the sender's clock."
	case at.After(now.Add(skew)):
		fault.RU, fault.EN = "Это время в будущем; проверьте часы отправителя.", "This time is in the future; check the sender's clock."
	default:
		return at, true
	}
	if len(r.faults) < mostFaults {
		r.faults = append(r.faults, fault)
	}
	return time.Time{}, false
}
