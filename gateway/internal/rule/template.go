package rule

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxValueRunes is how much of one value a template takes: the name of a restaurant, not a novel.
const maxValueRunes = 100

// Render fills a template: {name} becomes vars["name"], {{ and }} become single braces, everything
// else stays. There is nothing more to it on purpose: no filters, no conditions, no nesting. Values
// are inserted as they are and never read as templates themselves, but without control and bidi
// characters (a line break becomes a space) and cut at 100 characters. The error is a
// *TemplateError.
func Render(template string, vars map[string]string) (string, error) {
	var out strings.Builder
	err := walkTemplate(template, sortedKeys(vars), func(literal, name string) {
		out.WriteString(literal)
		if name != "" {
			out.WriteString(cleanValue(vars[name]))
		}
	})
	if err != nil {
		return "", err
	}
	return out.String(), nil
}

// CheckTemplate tells whether Render takes the template when it is given exactly names. The error is
// a *TemplateError.
func CheckTemplate(template string, names []string) error {
	known := slices.Clone(names)
	slices.Sort(known)
	return walkTemplate(template, known, func(string, string) {})
}

// TemplateFault is what is wrong with a template.
type TemplateFault string

// Faults of templates.
const (
	UnknownName   TemplateFault = "unknown_name"   // {name} is none of the known ones
	UnclosedBrace TemplateFault = "unclosed_brace" // a { without its }
	StrayBrace    TemplateFault = "stray_brace"    // a } without its {
	NotText       TemplateFault = "not_text"       // not valid UTF-8
)

// TemplateError says what is wrong with a template and where.
type TemplateError struct {
	Fault    TemplateFault
	Position int      // the character at fault, from 1
	Name     string   // of UnknownName: as written, at most 40 characters
	Known    []string // of UnknownName: the names that exist, sorted
}

// Error says it in English.
func (e *TemplateError) Error() string { return "template: " + e.Sentence("en") }

// Sentence says what is wrong, where, and what to do: in Russian for "ru…", else in English.
func (e *TemplateError) Sentence(lang string) string {
	ru := russian(lang)
	known := "{" + strings.Join(e.Known, "}, {") + "}"
	if len(e.Known) == 0 {
		known = pick(ru, "никаких", "none")
	}
	switch e.Fault {
	case UnknownName:
		return fmt.Sprintf(pick(ru, "знак %d: поля {%s} нет; есть: %s", "character %d: there is no field {%s}; there are: %s"), e.Position, e.Name, known)
	case UnclosedBrace:
		return fmt.Sprintf(pick(ru, "знак %d: скобка { не закрыта; сама скобка пишется {{", "character %d: the brace { is not closed; the brace itself is written {{"), e.Position)
	case StrayBrace:
		return fmt.Sprintf(pick(ru, "знак %d: лишняя скобка }; сама скобка пишется }}", "character %d: a brace } too many; the brace itself is written }}"), e.Position)
	case NotText:
	}
	return fmt.Sprintf(pick(ru, "знак %d: это не текст в UTF-8", "character %d: this is not text in UTF-8"), e.Position)
}

// walkTemplate gives emit each piece in order: a literal, then, unless it is the last piece, a name.
func walkTemplate(template string, known []string, emit func(literal, name string)) error {
	if !utf8.ValidString(template) {
		return &TemplateError{Fault: NotText, Position: utf8.RuneCountInString(template[:invalidAt(template)]) + 1}
	}
	position := 1 // of the first character of rest
	for rest := template; rest != ""; {
		at := strings.IndexAny(rest, "{}")
		if at < 0 {
			emit(rest, "")
			return nil
		}
		position += utf8.RuneCountInString(rest[:at])
		brace, after := rest[at:at+1], rest[at+1:]
		if strings.HasPrefix(after, brace) {
			emit(rest[:at]+brace, "")
			position, rest = position+2, after[1:]
			continue
		}
		if brace == "}" {
			return &TemplateError{Fault: StrayBrace, Position: position}
		}
		name, tail, closed := strings.Cut(after, "}")
		if !closed || strings.Contains(name, "{") {
			return &TemplateError{Fault: UnclosedBrace, Position: position}
		}
		if !slices.Contains(known, name) {
			return &TemplateError{Fault: UnknownName, Position: position, Name: cutRunes(name, 40), Known: known}
		}
		emit(rest[:at], name)
		position, rest = position+utf8.RuneCountInString(name)+2, tail
	}
	return nil
}

func invalidAt(text string) int {
	for i, r := range text {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(text[i:]); size == 1 {
				return i
			}
		}
	}
	return len(text)
}

func sortedKeys(vars map[string]string) []string {
	names := make([]string, 0, len(vars))
	for name := range vars {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// cleanValue makes a value of somebody else's making fit to stand in a text.
func cleanValue(value string) string {
	return cutRunes(strings.Join(strings.FieldsFunc(cleanText(value), unicode.IsControl), " "), maxValueRunes)
}

// cleanText takes out of a text what no phone shows but what may turn what it shows: control
// characters but line breaks, bidi characters, broken UTF-8. A tab becomes a space.
func cleanText(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\r' || r == '\u2028' || r == '\u2029':
			return '\n'
		case r == '\t':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, text)
}

// cutRunes keeps at most n characters, without a mark: the rest of a guest's text is not ours to comment.
func cutRunes(text string, n int) string {
	count := 0
	for i := range text {
		if count == n {
			return text[:i]
		}
		count++
	}
	return text
}

func russian(lang string) bool { return strings.HasPrefix(strings.ToLower(lang), "ru") }

func pick(ru bool, inRussian, inEnglish string) string {
	if ru {
		return inRussian
	}
	return inEnglish
}
