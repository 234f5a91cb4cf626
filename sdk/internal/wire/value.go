package wire

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Name returns the Go name of an enum value: "NO_MONEY" for REASON_NO_MONEY, "" for …_UNSPECIFIED.
// It is unknown when the number is outside the enum.
func Name[E ~int32](names map[int32]string, prefix string, value E) (name string, known bool) {
	full, known := names[int32(value)]
	name = strings.TrimPrefix(full, prefix+"_")
	if name == "UNSPECIFIED" {
		name = ""
	}
	return name, known
}

// Number is the reverse of Name; 0, which is always …_UNSPECIFIED, for a name that is not in the enum.
func Number[S ~string](values map[string]int32, prefix string, name S) int32 {
	return values[prefix+"_"+string(name)]
}

// Cut shortens text to at most limit bytes without splitting a character, and makes it valid UTF-8,
// which protobuf insists on.
func Cut(text string, limit int) string {
	text = strings.ToValidUTF8(text, "�")
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}

// Printable says whether text holds no control characters.
func Printable(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}

// ValidName says whether a provider may be called so: [a-z][a-z0-9-]{0,31}. The name becomes part of
// file names.
func ValidName(name string) bool { return valid(name, '-', 32) }

// ValidKey says whether a setting may be called so: [a-z][a-z0-9_]{0,63}.
func ValidKey(key string) bool { return valid(key, '_', 64) }

func valid(text string, separator rune, limit int) bool {
	if text == "" || len(text) > limit || text[0] < 'a' || text[0] > 'z' {
		return false
	}
	return !strings.ContainsFunc(text, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != separator
	})
}
