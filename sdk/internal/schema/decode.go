package schema

import (
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/orderbell/orderbell/sdk/internal/wire"
)

// maxValue caps any value; in bytes. It keeps a pasted file out of the account.
const maxValue = 16 << 10

// Problem is what is wrong with one value. It never holds the value.
type Problem struct {
	Field   string // the key; for an unknown key, that key, cut to 64 bytes
	Summary Text
	Cure    Text
}

// Decode fills the struct that into points to. Space around a value is dropped, because keys are
// pasted; an empty value counts as not given and becomes the default. All problems are returned, in
// the order of the fields, unknown keys last; the struct is of no use if there are any.
func (s *Schema) Decode(values map[string]string, into any) []Problem {
	target := reflect.ValueOf(into).Elem()
	var problems []Problem
	for i := range s.fields {
		f := &s.fields[i]
		value := s.value(f.Key, values)
		if value == "" {
			if f.Required && s.shown(f, values) {
				problems = append(problems, f.problem(
					Text{"A value is required.", "Поле обязательно."},
					Text{"Fill the field in.", "Заполните поле."}))
			}
			continue
		}
		parsed, problem := f.parse(value)
		if problem != nil {
			problems = append(problems, *problem)
			continue
		}
		target.FieldByIndex(f.index).Set(parsed)
	}
	return append(problems, s.unknown(values)...)
}

// Secrets returns the values of the write-only settings, to be kept out of logs.
func (s *Schema) Secrets(values map[string]string) []string {
	var secrets []string
	for _, f := range s.fields {
		if value := s.value(f.Key, values); f.Kind == Secret && value != "" {
			secrets = append(secrets, value)
		}
	}
	return secrets
}

func (s *Schema) value(key string, values map[string]string) string {
	if value := strings.TrimSpace(values[key]); value != "" {
		return value
	}
	return s.fields[s.keys[key]].Default
}

func (s *Schema) shown(f *Field, values map[string]string) bool {
	return f.WhenKey == "" || s.value(f.WhenKey, values) == f.WhenValue
}

func (s *Schema) unknown(values map[string]string) []Problem {
	var problems []Problem
	for key := range values {
		if _, known := s.keys[key]; known {
			continue
		}
		cure := Text{"Remove it.", "Удалите её."}
		if near := s.nearest(key); near != "" {
			cure = Text{fmt.Sprintf("Remove it, or did you mean %q?", near), fmt.Sprintf("Удалите её; возможно, имелась в виду %q?", near)}
		}
		problems = append(problems, Problem{
			Field: wire.Cut(key, 64), Summary: Text{"The provider has no such setting.", "У провайдера нет такой настройки."}, Cure: cure,
		})
	}
	slices.SortFunc(problems, func(a, b Problem) int { return strings.Compare(a.Field, b.Field) })
	return problems
}

// nearest returns the known key that differs from key only by case, dashes and underscores.
func (s *Schema) nearest(key string) string {
	plain := func(k string) string { return strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(k)) }
	for _, f := range s.fields {
		if plain(f.Key) == plain(key) {
			return f.Key
		}
	}
	return ""
}

func (f *Field) problem(summary, cure Text) Problem {
	return Problem{Field: f.Key, Summary: summary, Cure: cure}
}

// parse returns the value as the struct's field wants it.
func (f *Field) parse(value string) (reflect.Value, *Problem) {
	refuse := func(summary, cure Text) (reflect.Value, *Problem) {
		p := f.problem(summary, cure)
		return reflect.Value{}, &p
	}
	if len(value) > maxValue || !utf8.ValidString(value) {
		return refuse(Text{"The value is too long or not text.", "Значение слишком длинное или не текст."},
			Text{"Paste the value again.", "Вставьте значение заново."})
	}
	out := reflect.New(f.target).Elem()
	size := float64(utf8.RuneCountInString(value)) // what min and max bound
	switch f.Kind {
	case Int:
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil || out.OverflowInt(n) {
			return refuse(Text{"This is not a whole number.", "Это не целое число."}, Text{"Enter digits only.", "Введите только цифры."})
		}
		out.SetInt(n)
		size = float64(n)
	case Bool:
		b, err := strconv.ParseBool(value)
		if err != nil {
			return refuse(Text{"This is neither true nor false.", "Это ни true, ни false."}, Text{"Enter true or false.", "Введите true или false."})
		}
		out.SetBool(b)
	case Duration:
		d, err := time.ParseDuration(value)
		if err != nil {
			return refuse(Text{"This is not a duration.", "Это не длительность."}, Text{"Enter it as 30s, 5m or 1h30m.", "Введите в виде 30s, 5m или 1h30m."})
		}
		out.SetInt(int64(d))
		size = d.Seconds()
	case List:
		entries := split(value)
		list := reflect.MakeSlice(f.target, len(entries), len(entries))
		for i, entry := range entries {
			if !f.match.MatchString(entry) && f.Pattern != "" {
				return refuse(Text{fmt.Sprintf("Entry %d is not of the expected form.", i+1), fmt.Sprintf("Строка %d не того вида.", i+1)}, f.expected())
			}
			list.Index(i).SetString(entry)
		}
		out.Set(list)
		size = float64(len(entries))
	default:
		text, problem := f.text(value)
		if problem != nil {
			return reflect.Value{}, problem
		}
		out.SetString(text)
	}
	if f.Min != nil && size < *f.Min || f.Max != nil && size > *f.Max {
		return refuse(Text{"The value is out of range.", "Значение вне допустимых пределов."}, f.limits())
	}
	return out, nil
}

// text checks the kinds that are strings in the struct.
func (f *Field) text(value string) (string, *Problem) {
	refuse := func(summary, cure Text) (string, *Problem) {
		p := f.problem(summary, cure)
		return "", &p
	}
	if strings.ContainsFunc(value, unicode.IsControl) {
		return refuse(Text{"The value holds a line break or another control character.", "В значении есть перевод строки или другой управляющий символ."},
			Text{"Paste the value again, as one line.", "Вставьте значение заново одной строкой."})
	}
	switch f.Kind {
	case Enum:
		if !slices.ContainsFunc(f.Choices, func(c Choice) bool { return c.Value == value }) {
			return refuse(Text{"This is not one of the choices.", "Такого варианта нет."}, f.expected())
		}
	case URL:
		u, err := url.Parse(value)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return refuse(Text{"This is not a web address.", "Это не веб-адрес."}, Text{"Enter it as https://example.org.", "Введите в виде https://example.org."})
		}
		if u.User != nil || u.Fragment != "" {
			return refuse(Text{"The address must not hold a login or a fragment.", "В адресе не должно быть логина и фрагмента."},
				Text{"Put credentials into their own fields.", "Укажите учётные данные в их собственных полях."})
		}
	case Phone:
		phone := strings.NewReplacer(" ", "", "(", "", ")", "", "-", "").Replace(value)
		digits, plus := strings.CutPrefix(phone, "+")
		if !plus || len(digits) < 10 || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" {
			return refuse(Text{"This is not a phone number.", "Это не номер телефона."}, Text{"Enter it as +79990000001.", "Введите в виде +79990000001."})
		}
		return phone, nil
	case String, Secret, Int, Bool, Duration, List: // nothing more than the pattern
	}
	if f.Pattern != "" && !f.match.MatchString(value) {
		return refuse(Text{"The value is not of the expected form.", "Значение не того вида."}, f.expected())
	}
	return value, nil
}

// expected says what the form wants instead.
func (f *Field) expected() Text {
	if len(f.Choices) > 0 {
		var values []string
		for _, c := range f.Choices {
			values = append(values, c.Value)
		}
		list := strings.Join(values, ", ")
		return Text{"Choose one of: " + list + ".", "Выберите одно из: " + list + "."}
	}
	if f.Help.EN != "" {
		return f.Help
	}
	return Text{"The form is " + f.Pattern, "Вид: " + f.Pattern}
}

func (f *Field) limits() Text {
	show := func(n *float64) string {
		if f.Kind == Duration {
			return time.Duration(*n * float64(time.Second)).String()
		}
		return strconv.FormatFloat(*n, 'f', -1, 64)
	}
	unit := Text{}
	switch f.Kind {
	case String, Secret, URL, Phone, Enum:
		unit = Text{" characters", " символов"}
	case List:
		unit = Text{" entries", " строк"}
	case Int, Bool, Duration:
	}
	switch {
	case f.Min == nil:
		return Text{"At most " + show(f.Max) + unit.EN + ".", "Не больше " + show(f.Max) + unit.RU + "."}
	case f.Max == nil:
		return Text{"At least " + show(f.Min) + unit.EN + ".", "Не меньше " + show(f.Min) + unit.RU + "."}
	}
	return Text{"From " + show(f.Min) + " to " + show(f.Max) + unit.EN + ".", "От " + show(f.Min) + " до " + show(f.Max) + unit.RU + "."}
}

func split(value string) []string {
	var entries []string
	for line := range strings.Lines(value) {
		if line = strings.TrimSpace(line); line != "" {
			entries = append(entries, line)
		}
	}
	return entries
}
