package config

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/orderbell/orderbell/gateway/internal/contact"
)

// value is one written value with its place.
type value struct {
	place
	path   string
	raw    string // as written
	text   string // after ${…}
	kind   kind
	secret bool
}

type kind uint8

const (
	textKind kind = iota
	numberKind
	truthKind
)

// fault reports what is wrong with v.
func (r *reader) fault(v value, problem, cure Text) {
	r.faults = append(r.faults, Fault{
		Path: v.path, Source: v.source, Line: v.line, Column: v.column,
		Value: v.shown(), Problem: problem, Cure: cure,
	})
}

// faultAt reports something about the first of two paths at the place of the first that was written.
func (r *reader) faultAt(path, other, shown string, problem, cure Text) {
	at, ok := r.places[path]
	if !ok {
		at = r.places[other]
	}
	r.faults = append(r.faults, Fault{
		Path: path, Source: at.source, Line: at.line, Column: at.column,
		Problem: problem, Cure: cure,
	})
	if shown != "" {
		r.faults[len(r.faults)-1].Value = quoted(shown)
	}
}

// shown gives the value as it may be printed: as written, so that what ${…} put in never shows.
func (v value) shown() string {
	if v.secret && v.raw != "" && !wholeReference.MatchString(v.raw) {
		return masked
	}
	return quoted(v.raw)
}

// wholeReference is a value that is nothing but one ${…}: it names a secret and is none.
var wholeReference = regexp.MustCompile(`^\$\{[^{}]*\}$`)

// quoted bounds and quotes a text for a message.
func quoted(text string) string {
	const longest = 60
	if text == masked {
		return masked
	}
	if utf8.RuneCountInString(text) > longest {
		text = string([]rune(text)[:longest]) + "…"
	}
	return `"` + strings.Map(printable, text) + `"`
}

// printable replaces what could mislead on a terminal: control characters and marks that turn the
// direction of writing.
func printable(letter rune) rune {
	if letter != ' ' && !unicode.IsGraphic(letter) || unicode.Is(unicode.Cf, letter) || unicode.Is(unicode.Zs, letter) && letter != ' ' {
		return '�'
	}
	return letter
}

// text reads a text of at most longest letters without control characters; numbers count as typed.
func (r *reader) text(v value, into *string, longest int) bool {
	switch {
	case v.kind == truthKind:
		r.fault(v, Text{"здесь должен быть текст", "a text belongs here"},
			Text{"Возьмите значение в кавычки", "Put the value in quotes"})
	case utf8.RuneCountInString(v.text) > longest:
		r.fault(v, Text{"слишком длинно", "too long"}, Text{
			RU: fmt.Sprintf("Не больше %d знаков", longest),
			EN: fmt.Sprintf("At most %d characters", longest),
		})
	case !utf8.ValidString(v.text) || strings.ContainsFunc(v.text, forbidden):
		r.fault(v, Text{"есть управляющие символы", "there are control characters"},
			Text{"Уберите их", "Remove them"})
	default:
		*into = v.text
		return true
	}
	return false
}

// line reads a text without line ends.
func (r *reader) line(v value, into *string, longest int) bool {
	if strings.ContainsAny(v.text, "\n\t") {
		r.fault(v, Text{"здесь должна быть одна строка", "a single line belongs here"},
			Text{"Уберите переводы строк и табуляции", "Remove line ends and tabs"})
		return false
	}
	return r.text(v, into, longest)
}

func forbidden(letter rune) bool {
	return unicode.IsControl(letter) && letter != '\n' && letter != '\t'
}

// choice reads one of a few words.
func choice[T ~string](r *reader, v value, into *T, words ...T) {
	if slices.Contains(words, T(v.text)) {
		*into = T(v.text)
		return
	}
	names := make([]string, len(words))
	for i, w := range words {
		names[i] = string(w)
	}
	r.fault(v, Text{"такого значения нет", "there is no such value"}, oneOf(v.text, names))
}

// oneOf says which words exist, and which of them was probably meant.
func oneOf(written string, names []string) Text {
	list := strings.Join(names, ", ")
	if near := nearest(written, names); near != "" {
		return Text{
			RU: fmt.Sprintf("Может быть, %s? Возможны: %s", near, list),
			EN: fmt.Sprintf("Did you mean %s? Possible: %s", near, list),
		}
	}
	return Text{RU: "Возможны: " + list, EN: "Possible: " + list}
}

// truth reads true or false.
func (r *reader) truth(v value, into *bool) {
	switch v.text {
	case "true":
		*into = true
	case "false":
		*into = false
	default:
		r.fault(v, Text{"это не true и не false", "this is neither true nor false"},
			Text{"Напишите true или false", "Write true or false"})
	}
}

// whole reads a whole number within bounds.
func (r *reader) whole(v value, into *int, low, high int) {
	n, err := strconv.Atoi(v.text)
	if err != nil || n < low || n > high {
		r.fault(v, Text{"нужно целое число в пределах", "a whole number within bounds is needed"}, Text{
			RU: fmt.Sprintf("От %d до %d", low, high),
			EN: fmt.Sprintf("From %d to %d", low, high),
		})
		return
	}
	*into = n
}

// decimal reads a number above 0 and up to high.
func (r *reader) decimal(v value, into *float64, high float64) {
	n, err := strconv.ParseFloat(v.text, 64)
	if err != nil || math.IsNaN(n) || n <= 0 || n > high {
		r.fault(v, Text{"нужно число в пределах", "a number within bounds is needed"}, Text{
			RU: fmt.Sprintf("Больше 0, но не больше %v", high),
			EN: fmt.Sprintf("Above 0, at most %v", high),
		})
		return
	}
	*into = n
}

// span reads a duration: "20m", "1h30m", "90s".
func (r *reader) span(v value, into *time.Duration, low, high time.Duration) {
	d, err := time.ParseDuration(v.text)
	switch {
	case err != nil:
		r.fault(v, Text{"это не длительность", "this is not a duration"}, Text{
			RU: "Число с единицей: s — секунды, m — минуты, h — часы; например 20m или 1h30m",
			EN: "A number with a unit: s seconds, m minutes, h hours; for example 20m or 1h30m",
		})
	case d < low || d > high:
		r.fault(v, Text{"длительность вне пределов", "the duration is out of bounds"}, Text{
			RU: fmt.Sprintf("От %s до %s", shortSpan(low), shortSpan(high)),
			EN: fmt.Sprintf("From %s to %s", shortSpan(low), shortSpan(high)),
		})
	default:
		*into = d
	}
}

// shortSpan writes a duration without its zero parts: "24h", "20m".
func shortSpan(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// clock reads a time of the day: "22:00".
func (r *reader) clock(v value, into *contact.TimeOfDay) bool {
	at, err := contact.ParseTimeOfDay(v.text)
	if err != nil {
		r.fault(v, Text{"это не время суток", "this is not a time of the day"},
			Text{"Часы и минуты: от 00:00 до 23:59", "Hours and minutes: 00:00 to 23:59"})
		return false
	}
	*into = at
	return true
}

// name reads a short name that is safe in addresses and file names.
func (r *reader) name(v value, into *string) bool {
	if !plainName.MatchString(v.text) {
		r.fault(v, Text{"имя не подходит", "the name does not fit"}, Text{
			RU: "Строчные латинские буквы, цифры и дефис, до 40 знаков",
			EN: "Lower-case Latin letters, digits and hyphens, at most 40",
		})
		return false
	}
	*into = v.text
	return true
}

var plainName = regexp.MustCompile(`^[a-z0-9-]{1,40}$`)
