package script

import (
	"fmt"
	"strings"
	"time"

	"github.com/dop251/goja"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

// draftFields are what a message may have.
func draftFields() []string { return []string{"to", "text", "category", "expiresIn", "dedupe"} }

// badField says what is wrong at which path of the returned value.
type badField struct {
	path  string
	words rule.Words
}

// export turns what handle returned into a result, field by field. It runs inside the time limit,
// because reading a field may run the script's own code.
func (ev *evaluation) export(value goja.Value, where string) rule.Result {
	if value == nil || goja.IsUndefined(value) {
		return returned(where, rule.Say("правило ничего не вернуло; не забыли return? Чтобы ничего не отправлять, верните ctx.skip(\"почему\")",
			"the rule returned nothing; did you forget return? To send nothing, return ctx.skip(\"why\")"))
	}
	object, ok := value.(*goja.Object)
	if !ok {
		return returned(where, describe(value))
	}
	for _, s := range ev.skips {
		if s.object == object {
			return rule.Result{Skip: s.reason}
		}
	}
	var items []*goja.Object
	var paths []string
	if object.ClassName() == "Array" {
		n := object.Get("length").ToInteger()
		if n == 0 {
			return returned(where, rule.Say("пустой список; чтобы ничего не отправлять, верните ctx.skip(\"почему\")", "an empty list; to send nothing, return ctx.skip(\"why\")"))
		}
		if n > maxMessages {
			return returned(where, rule.Say("сообщений %d, на одно изменение можно не больше %d", "%d messages; at most %d are allowed for one change", n, maxMessages))
		}
		for i := range n {
			path := fmt.Sprintf("messages[%d]", i)
			item, ok := object.Get(fmt.Sprint(i)).(*goja.Object)
			if !ok {
				return returned(where, rule.Say("ожидается сообщение", "a message is expected").Of(path))
			}
			items, paths = append(items, item), append(paths, path)
		}
	} else {
		items, paths = []*goja.Object{object}, []string{""}
	}
	result := rule.Result{Messages: make([]rule.Draft, 0, len(items))}
	for i, item := range items {
		draft, bad := ev.exportDraft(item)
		if bad != nil {
			return returned(where, bad.words.Of(strings.Trim(paths[i]+"."+bad.path, ".")))
		}
		result.Messages = append(result.Messages, draft)
	}
	return result
}

// describe says that something was returned which is no object.
func describe(value goja.Value) rule.Words {
	what := rule.Say("текст", "a text")
	if _, isText := value.(goja.String); !isText {
		what.EN = short(value.String(), 40)
		what.RU = what.EN
	}
	return rule.Words{
		RU: "правило вернуло " + what.RU + "; верните сообщение, список сообщений или ctx.skip(\"почему\")",
		EN: "the rule returned " + what.EN + "; return a message, a list of messages or ctx.skip(\"why\")",
	}
}

func (ev *evaluation) exportDraft(item *goja.Object) (rule.Draft, *badField) {
	var draft rule.Draft
	for _, s := range ev.skips {
		if s.object == item {
			return draft, &badField{"", rule.Say("ctx.skip не может стоять в списке; верните его отдельно", "ctx.skip cannot stand in a list; return it alone")}
		}
	}
	if isCallable(item) || ev.tagOf(item) == "[object Promise]" {
		return draft, &badField{"", rule.Say("ожидается сообщение, {to, text}; вернулась функция или Promise", "a message is expected, {to, text}; a function or a promise was returned")}
	}
	for _, key := range item.Keys() {
		if !isDraftField(key) {
			return draft, &badField{short(key, 40), rule.Say("такого поля нет; есть %s", "there is no such field; there are %s", strings.Join(draftFields(), ", "))}
		}
	}
	var bad *badField
	text := func(path string, limit int, optional bool) string {
		value := item.Get(path)
		if optional && (value == nil || goja.IsUndefined(value) || goja.IsNull(value)) {
			return ""
		}
		s, ok := asText(value)
		switch {
		case bad != nil:
		case !ok:
			bad = &badField{path, rule.Say("ожидается текст", "a text is expected")}
		case len(s) > limit:
			bad = &badField{path, rule.Say("в тексте %d байт, можно не больше %d", "the text has %d bytes; at most %d are allowed", len(s), limit)}
		}
		return s
	}
	draft.To = text("to", maxShortText, true)
	draft.Text = strings.TrimSpace(text("text", maxText, false)) // a template may end in a name that is not set
	draft.Category = text("category", maxShortText, true)
	draft.Dedupe = text("dedupe", maxShortText, true)
	if bad == nil {
		draft.ExpiresIn, bad = exportDuration(item.Get("expiresIn"))
	}
	switch {
	case bad != nil:
		return draft, bad
	case strings.TrimSpace(draft.Text) == "":
		return draft, &badField{"text", rule.Say("текст пуст", "the text is empty")}
	}
	switch contact.Category(draft.Category) {
	case "":
		draft.Category = string(contact.Transactional)
	case contact.Transactional, contact.Marketing:
	default:
		return draft, &badField{"category", rule.Say(`ожидается "transactional" или "marketing"`, `"transactional" or "marketing" is expected`)}
	}
	return draft, nil
}

func isDraftField(key string) bool {
	for _, field := range draftFields() {
		if key == field {
			return true
		}
	}
	return false
}

// exportDuration reads "20m" or a number of seconds; absent is 0.
func exportDuration(value goja.Value) (time.Duration, *badField) {
	if value == nil || goja.IsUndefined(value) || goja.IsNull(value) {
		return 0, nil
	}
	d, ok := readDuration(value)
	if !ok {
		return 0, &badField{"expiresIn", rule.Say(`ожидается время: "20m", "1h30m" или число секунд, больше 0 и не больше 7 дней`,
			`a time is expected: "20m", "1h30m" or a number of seconds, above 0 and up to 7 days`)}
	}
	return d, nil
}

const longestDuration = 7 * 24 * time.Hour

// readDuration takes a text as in Go ("1h30m") or a number of seconds.
func readDuration(value goja.Value) (time.Duration, bool) {
	var d time.Duration
	if text, ok := asText(value); ok {
		parsed, err := time.ParseDuration(strings.TrimSpace(text))
		if err != nil {
			return 0, false
		}
		d = parsed
	} else {
		switch n := value.Export().(type) {
		case int64:
			if n > int64(longestDuration/time.Second) {
				return 0, false
			}
			d = time.Duration(n) * time.Second
		case float64:
			if !(n > 0 && n <= longestDuration.Seconds()) { // NaN is refused, too
				return 0, false
			}
			d = time.Duration(n * float64(time.Second))
		default:
			return 0, false
		}
	}
	return d, d > 0 && d <= longestDuration
}
