package rule_test

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/orderbell/orderbell/gateway/internal/rule"
)

func TestRender(t *testing.T) {
	t.Parallel()
	vars := map[string]string{
		"order_number": "12.1", "restaurant_name": "Кафе «Пример»", "empty": "", "syntax": "{order_number}}{",
		"hostile": "a\x00b\u202ec\u2066d\x1b[31m\r\ne\tf\u2028g\xff", "novel": strings.Repeat("я", 10_000), "emoji": strings.Repeat("🔔", 101),
		"family": "👨‍👩‍👧", "markup": "<script>alert(1)</script>",
	}
	tests := []struct{ name, template, want string }{
		{"the default template", "Заказ {order_number} готов. {restaurant_name}", "Заказ 12.1 готов. Кафе «Пример»"},
		{"text without fields", "Готово", "Готово"},
		{"nothing", "", ""},
		{"a field alone", "{order_number}", "12.1"},
		{"fields side by side", "{order_number}{order_number}", "12.112.1"},
		{"an empty value", "[{empty}]", "[]"},
		{"escaped braces", "{{order_number}}", "{order_number}"},
		{"a field in braces", "{{{order_number}}}", "{12.1}"},
		{"a value that looks like a template stays as it is", "{syntax}", "{order_number}}{"},
		{"a value loses what turns or hides text", "{hostile}", "abcd[31m e f g"},
		{"a value is cut at a hundred characters", "{novel}", strings.Repeat("я", 100)},
		{"an emoji is one character", "{emoji}", strings.Repeat("🔔", 100)},
		{"joined emoji stay joined", "{family}", "👨‍👩‍👧"},
		{"markup is text", "{markup}", "<script>alert(1)</script>"},
		{"line breaks of the template stay", "a\n{order_number}", "a\n12.1"},
		{"somebody else's template language is text", `{{printf "%1000000s"}}`, `{printf "%1000000s"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got, err := rule.Render(tt.template, vars); err != nil || got != tt.want {
				t.Errorf("Render(%q): got %q, %v, want %q", tt.template, got, err, tt.want)
			}
		})
	}
}

func TestRenderRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, template string
		fault          rule.TemplateFault
		position       int
		says           string
	}{
		{"an unknown field", "Заказ {order_nubmer}", rule.UnknownName, 7, "нет; есть: {a}, {order_number}"},
		{"an unknown field after a known one", "{a}{{é {b}", rule.UnknownName, 8, "поля {b} нет"},
		{"a field with spaces", "{ order_number }", rule.UnknownName, 1, "поля { order_number } нет"},
		{"a field in capitals", "{ORDER_NUMBER}", rule.UnknownName, 1, ""},
		{"no name at all", "{}", rule.UnknownName, 1, ""},
		{"a method call", "{order.Guest()}", rule.UnknownName, 1, ""},
		{"a filter", "{order_number|upper}", rule.UnknownName, 1, ""},
		{"an open brace at the end", "ok {", rule.UnclosedBrace, 4, "{{"},
		{"a brace never closed", "ok {order_number", rule.UnclosedBrace, 4, ""},
		{"a brace inside a field", "{order_{a}", rule.UnclosedBrace, 1, ""},
		{"a closing brace alone", "ok }", rule.StrayBrace, 4, "}}"},
		{"a closing brace too many", "{a}}", rule.StrayBrace, 4, ""},
		{"three of them", "{a}}}}", rule.StrayBrace, 6, ""},
		{"bytes that are no text", "я\xff", rule.NotText, 2, "UTF-8"},
		{"a name of ten thousand letters", "{" + strings.Repeat("x", 10_000) + "}", rule.UnknownName, 1, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := rule.Render(tt.template, map[string]string{"order_number": "1", "a": "2"})
			var fault *rule.TemplateError
			if !errors.As(err, &fault) || fault.Fault != tt.fault || fault.Position != tt.position || got != "" {
				t.Fatalf("Render(%q): got %q, %v, want %s at %d", tt.template, got, err, tt.fault, tt.position)
			}
			if ru := fault.Sentence("ru"); !strings.Contains(ru, tt.says) || len(ru) > 300 {
				t.Errorf("Render(%q): says %q, want something with %q", tt.template, ru, tt.says)
			}
			if en := err.Error(); strings.ContainsFunc(strings.ReplaceAll(en, "я", ""), func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }) {
				t.Errorf("Render(%q): the English error is %q", tt.template, en)
			}
			if same := rule.CheckTemplate(tt.template, []string{"order_number", "a"}); same == nil || same.Error() != err.Error() {
				t.Errorf("CheckTemplate(%q): got %v, Render says %v", tt.template, same, err)
			}
		})
	}
	err := rule.CheckTemplate("{a}", nil)
	if err == nil || !strings.Contains(err.Error(), "there are: none") {
		t.Errorf("no fields at all: got %v", err)
	}
}

func FuzzTemplate(f *testing.F) {
	for _, seed := range []string{"Заказ {order_number} готов. {restaurant_name}", "{{}}", "{", "}", "{{{a}}}", "{a}{", "\xff{a}", "{\x00}", strings.Repeat("{{", 100), "{a}\u202e"} {
		f.Add(seed, "value {a}\x00\u202e")
	}
	f.Fuzz(func(t *testing.T, template, value string) {
		start := time.Now()
		text, err := rule.Render(template, map[string]string{"a": value})
		if check := rule.CheckTemplate(template, []string{"a"}); (check == nil) != (err == nil) {
			t.Fatalf("Render(%q): %v, CheckTemplate: %v", template, err, check)
		}
		if took := time.Since(start); took > time.Second {
			t.Fatalf("a template of %d bytes took %s", len(template), took)
		}
		if err != nil {
			var fault *rule.TemplateError
			if !errors.As(err, &fault) || fault.Position < 1 || fault.Position > utf8.RuneCountInString(template)+1 {
				t.Fatalf("Render(%q): %v", template, err)
			}
			return
		}
		if !utf8.ValidString(text) {
			t.Fatalf("Render(%q, %q): %q is not valid UTF-8", template, value, text)
		}
		if strings.ContainsRune(text, 0) && !strings.ContainsRune(template, 0) {
			t.Fatalf("Render(%q, %q): %q has the NUL of the value", template, value, text)
		}
		if strings.Count(text, "\u202e") > strings.Count(template, "\u202e") {
			t.Fatalf("Render(%q, %q): %q has the override of the value", template, value, text)
		}
	})
}
