package mask

import (
	"encoding/json"
	"strconv"
	"strings"
)

// JSON masks what is in a JSON text and leaves all else as it is, the order and the spaces too; the result is
// JSON again. A string, or the name of a field, is cleaned as it reads when decoded. A number is hidden by
// secrets or cleaned as it would be written without an exponent; when something is taken out it becomes a
// string. ok is false where the text is no JSON object.
func JSON(text string, secrets, clean func(string) string) (masked string, ok bool) {
	if !strings.HasPrefix(strings.TrimLeft(text, " \t\r\n"), "{") || !json.Valid([]byte(text)) {
		return text, false
	}
	var out strings.Builder
	done := 0 // what stands before it is in out
	for at := 0; at < len(text); {
		end, read := at+1, ""
		switch c := text[at]; {
		case c == '"':
			end = endOfString(text, at)
			read = cleanString(text[at:end], clean)
		case c == '-' || digit(c):
			end = at + strings.IndexFunc(text[at:], func(c rune) bool { return !strings.ContainsRune("+-.0123456789Ee", c) })
			read = cleanNumber(text[at:end], secrets, clean)
		}
		if read != "" {
			out.WriteString(text[done:at])
			out.WriteString(read)
			done = end
		}
		at = end
	}
	out.WriteString(text[done:])
	return out.String(), true
}

// Message is a line of the log, as JSON, that says a text and nothing else.
func Message(text string) string {
	return `{"@message":` + quote(strings.TrimRight(text, "\r\n")) + "}\n"
}

// endOfString is where the string that begins at a quote ends; the text is valid.
func endOfString(text string, at int) int {
	for at++; text[at] != '"'; at++ {
		if text[at] == '\\' {
			at++
		}
	}
	return at + 1
}

// cleanString gives what to write instead of a string; empty: itself.
func cleanString(quoted string, clean func(string) string) string {
	var text string
	if json.Unmarshal([]byte(quoted), &text) != nil {
		return `"` + Sign + `"` // cannot be: the whole is valid
	}
	if cleaned := clean(text); cleaned != text {
		return quote(cleaned)
	}
	return ""
}

// cleanNumber gives what to write instead of a number; empty: itself. The digits after the point are no phone.
func cleanNumber(text string, secrets, clean func(string) string) string {
	if hidden := secrets(text); hidden != text {
		return quote(hidden)
	}
	whole := text
	if strings.ContainsAny(text, ".eE") {
		if value, err := strconv.ParseFloat(text, 64); err == nil {
			whole, _, _ = strings.Cut(strconv.FormatFloat(value, 'f', -1, 64), ".")
		}
	}
	if cleaned := clean(whole); cleaned != whole {
		return quote(cleaned)
	}
	return ""
}

func quote(text string) string {
	quoted, _ := json.Marshal(text) // a string always marshals
	return string(quoted)
}
