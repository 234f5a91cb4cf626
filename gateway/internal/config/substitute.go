package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxSubstituted bounds what one ${…} may put in, in bytes.
const maxSubstituted = 64 << 10

// substitute fills v.text from v.raw: ${NAME} is the environment's value, ${file:PATH} the content of
// a file without its last line end, $${ a literal ${. What was put in is not looked at again, so that
// a secret with ${ in it stays what it is. It reports whether v can be used.
func (r *reader) substitute(v *value) bool {
	if v.kind != textKind || r.literal {
		v.text = v.raw
		return true
	}
	var b strings.Builder
	rest, whole := v.raw, true
	for {
		before, after, found := strings.Cut(rest, "${")
		if !found {
			b.WriteString(rest)
			break
		}
		if literal, ok := strings.CutSuffix(before, "$"); ok {
			b.WriteString(literal + "${")
			rest = after
			continue
		}
		b.WriteString(before)
		reference, tail, closed := strings.Cut(after, "}")
		if !closed {
			r.fault(*v, Text{"нет закрывающей скобки }", "the closing brace } is missing"}, Text{
				RU: "Пишется ${ИМЯ} или ${file:ПУТЬ}; сами знаки ${ пишутся $${",
				EN: "Write ${NAME} or ${file:PATH}; the characters ${ themselves are written $${",
			})
			return false
		}
		text, ok := r.resolve(*v, reference)
		whole = whole && ok
		b.WriteString(text)
		rest = tail
	}
	v.text = b.String()
	return whole
}

func (r *reader) resolve(v value, reference string) (string, bool) {
	if path, ok := strings.CutPrefix(reference, "file:"); ok {
		return r.fileText(v, path)
	}
	r.asked[reference] = true
	text, set := r.env[reference]
	switch {
	case !variableName(reference):
		r.fault(v, Text{"это не имя переменной окружения", "this is not the name of an environment variable"}, Text{
			RU: "Пишется ${ИМЯ} латинскими буквами, цифрами и _, или ${file:ПУТЬ}",
			EN: "Write ${NAME} with Latin letters, digits and _, or ${file:PATH}",
		})
		return "", false
	case !set:
		if r.lenient && !saysWhere(v.path) {
			r.unset = append(r.unset, len(r.faults))
		}
		r.fault(v, Text{
			RU: fmt.Sprintf("переменная окружения %s не задана", reference),
			EN: fmt.Sprintf("the environment variable %s is not set", reference),
		}, Text{"Задайте её или впишите значение", "Set it or write the value itself"})
		return "", false
	}
	return text, true
}

// saysWhere tells whether a value says which data a program works on, or where the gateway is: a default
// in its place would be another one.
func saysWhere(path string) bool { return path == "data" || path == "rules" || path == "listen" }

// pardon takes back the faults that do not matter to who asks. They count until then, so that nothing is
// demanded of an item that had to stay incomplete.
func (r *reader) pardon() {
	for _, i := range slices.Backward(r.unset) {
		r.faults = slices.Delete(r.faults, i, i+1)
	}
}

func variableName(name string) bool {
	for i, letter := range name {
		latin := letter == '_' || 'A' <= letter && letter <= 'Z' || 'a' <= letter && letter <= 'z'
		if !latin && (i == 0 || letter < '0' || letter > '9') {
			return false
		}
	}
	return name != ""
}

func (r *reader) fileText(v value, path string) (string, bool) {
	path = strings.TrimSpace(path)
	if path != "" && !filepath.IsAbs(path) {
		path = filepath.Join(r.dir, path)
	}
	body, err := readLimited(path, maxSubstituted)
	if err == nil && (!utf8.Valid(body) || strings.ContainsRune(string(body), 0)) {
		err = errNotText
	}
	if err != nil {
		cause := plainCause(err)
		if errors.Is(err, errNotText) {
			cause = Text{"в нём не текст в UTF-8", "it is not UTF-8 text"}
		}
		r.fault(v, Text{RU: "файл не читается: " + cause.RU, EN: "the file cannot be read: " + cause.EN}, Text{
			RU: "Путь считается от папки файла настроек; нужен текстовый файл до 64 КиБ",
			EN: "The path counts from the configuration's folder; a text file of at most 64 KiB is needed",
		})
		return "", false
	}
	text := strings.TrimPrefix(string(body), "\ufeff")
	return strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r"), true
}

// errNotText says that a file does not hold a text.
var errNotText = errors.New("not UTF-8 text")
