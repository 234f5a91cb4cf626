package rule

import "fmt"

// Words is a sentence in both languages. The zero value says nothing.
type Words struct{ RU, EN string }

// Say makes words of two formats that take the same arguments.
func Say(ru, en string, args ...any) Words {
	if len(args) == 0 {
		return Words{RU: ru, EN: en}
	}
	return Words{RU: fmt.Sprintf(ru, args...), EN: fmt.Sprintf(en, args...)}
}

// In gives the sentence in Russian for "ru…", else in English.
func (w Words) In(lang string) string { return pick(russian(lang), w.RU, w.EN) }

// Of puts before the words what they are about: a path like messages[0].text. An empty one is the whole.
func (w Words) Of(path string) Words {
	if path == "" {
		return w
	}
	return Words{RU: path + ": " + w.RU, EN: path + ": " + w.EN}
}

// under puts a field of a draft below the draft.
func (w Words) under(i int) Words {
	draft := fmt.Sprintf("messages[%d].", i)
	return Words{RU: draft + w.RU, EN: draft + w.EN}
}
