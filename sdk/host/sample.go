package host

import (
	"regexp"
	"regexp/syntax"
	"strconv"
	"strings"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

// BadMarker is part of most bad values; what a provider says about a value must not quote it.
const BadMarker = "qx7zzmarker"

// BadValues returns values that a setting of this kind must be refused, by what is wrong with them.
func BadValues(f sdk.Field) map[string]string {
	bad := map[string]string{}
	switch f.Kind {
	case sdk.KindInt:
		bad["is no number"] = BadMarker
		bad["has a fraction"] = "1.5"
		// A number without bounds is a number that nobody has thought about.
		bad["is below its range"], bad["is above its range"] = "-1000000000000000", "1000000000000000"
		if f.Min != nil {
			bad["is below its range"] = strconv.FormatFloat(*f.Min-1, 'f', 0, 64)
		}
		if f.Max != nil {
			bad["is above its range"] = strconv.FormatFloat(*f.Max+1, 'f', 0, 64)
		}
	case sdk.KindDuration:
		bad["is no duration"] = BadMarker
		bad["is below its range"], bad["is above its range"] = "-87600h", "876000h"
		if f.Min != nil {
			bad["is below its range"] = (seconds(*f.Min) - time.Millisecond).String()
		}
		if f.Max != nil {
			bad["is above its range"] = (seconds(*f.Max) + time.Millisecond).String()
		}
	case sdk.KindBool:
		bad["is neither true nor false"] = BadMarker
	case sdk.KindEnum:
		bad["is none of the choices"] = BadMarker
	case sdk.KindURL:
		bad["is no address"] = BadMarker
		bad["is of another scheme"] = "ftp://" + BadMarker + ".example"
		bad["holds a login"] = "https://" + BadMarker + ":secret@acme.example"
	case sdk.KindPhone:
		bad["is no phone"] = BadMarker
		bad["is a short number"] = "112"
	case sdk.KindList:
		if f.Max != nil {
			bad["has too many entries"] = strings.Repeat("+79990000001\n", int(*f.Max)+1)
		}
	case sdk.KindString, sdk.KindSecret:
		bad["holds a line break"] = BadMarker + "\n" + BadMarker
		if f.Min != nil && *f.Min > 1 {
			bad["is too short"] = strings.Repeat("a", int(*f.Min)-1)
		}
		if f.Max != nil {
			bad["is too long"] = strings.Repeat("a", int(*f.Max)+1)
		}
	}
	return bad
}

func seconds(n float64) time.Duration { return time.Duration(n * float64(time.Second)) }

// Sample makes up a value that the setting's form lets through; false: its pattern is too hard. Secrets
// hold hint, as far as their pattern leaves room, so that they can be searched for.
func Sample(f sdk.Field, hint string) (string, bool) {
	low := 1.0
	if f.Min != nil {
		low = *f.Min
	}
	switch f.Kind {
	case sdk.KindInt:
		return strconv.FormatFloat(low, 'f', 0, 64), true
	case sdk.KindDuration:
		return seconds(max(low, 1)).String(), true
	case sdk.KindBool:
		return "true", true
	case sdk.KindEnum:
		if len(f.Choices) == 0 {
			return "", false
		}
		return f.Choices[0].Value, true
	case sdk.KindPhone:
		return "+79990000001", true
	case sdk.KindURL:
		return fitting(f, "https://operator.example", "https://operator.example/path")
	case sdk.KindList, sdk.KindString, sdk.KindSecret:
	}
	return fitting(f, hint, hint+strings.Repeat("0", max(int(low)-len(hint), 0)), cutTo(f, hint), cutTo(f, "Cafe"), made(f.Pattern))
}

func cutTo(f sdk.Field, text string) string {
	if f.Max != nil && f.Kind != sdk.KindList && len(text) > int(*f.Max) {
		return text[:max(int(*f.Max), 0)]
	}
	return text
}

// fitting returns the first of the values that the form lets through.
func fitting(f sdk.Field, values ...string) (string, bool) {
	pattern := f.Pattern
	if pattern == "" {
		pattern = ".*"
	}
	whole, err := regexp.Compile("^(?:" + pattern + ")$")
	if err != nil {
		return "", false
	}
	for _, v := range values {
		size := float64(len([]rune(v)))
		if f.Kind == sdk.KindList {
			size = 1
		}
		if v != "" && whole.MatchString(v) && (f.Min == nil || size >= *f.Min) && (f.Max == nil || size <= *f.Max) {
			return v, true
		}
	}
	return "", false
}

// made is a short text of the pattern; empty where that cannot be done simply.
func made(pattern string) string {
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil || pattern == "" {
		return ""
	}
	var out strings.Builder
	write(&out, tree.Simplify())
	return out.String()
}

func write(out *strings.Builder, t *syntax.Regexp) {
	switch t.Op {
	case syntax.OpLiteral:
		out.WriteString(string(t.Rune))
	case syntax.OpCharClass:
		out.WriteRune(oneOf(t.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		out.WriteByte('a')
	case syntax.OpAlternate:
		write(out, t.Sub[0])
	case syntax.OpCapture, syntax.OpConcat, syntax.OpPlus, syntax.OpRepeat: // Simplify leaves no repeats but + * ?
		for _, sub := range t.Sub {
			write(out, sub)
		}
	default: // what may be left out, and places
	}
}

// oneOf picks a letter or digit of a class where it has one.
func oneOf(ranges []rune) rune {
	for _, want := range "a0A" {
		for i := 0; i+1 < len(ranges); i += 2 {
			if ranges[i] <= want && want <= ranges[i+1] {
				return want
			}
		}
	}
	return ranges[0]
}
