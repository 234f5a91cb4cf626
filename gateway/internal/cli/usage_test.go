package cli

import (
	"bytes"
	"context"
	"strings"
	"testing"
)

func TestWrongUsageIsToldInTheUsersLanguage(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, line, ru, en string
	}{
		{"an unknown command, with the nearest one", "evnt list", "лишнее слово «evnt»: такой команды или значения здесь нет; возможно, event", `unexpected argument evnt, did you mean "event"?`},
		{"an unknown command with several near ones", "event lst", "лишнее слово «lst»: такой команды или значения здесь нет; возможно, post или list", `unexpected argument lst, did you mean one of "post", "list"?`},
		{"an unknown command that is near none", "zzz", "лишнее слово «zzz»: такой команды или значения здесь нет", "unexpected argument zzz"},
		{"a word too many", "version extra", "лишнее слово «extra»: такой команды или значения здесь нет", "unexpected argument extra"},
		{"a group without its command", "rule", `не хватает команды; есть: "list", "test", "run", "compare", "types"`, `expected one of "list"`},
		{"an argument that is missing", "order show", `не хватает: "<order>"`, `expected "<order>"`},
		{"an unknown flag, with the nearest one", "run --dta x", "ключа --dta здесь нет; возможно, --data", `unknown flag --dta, did you mean "--data"?`},
		{"an unknown flag that is near none", "run --zzzzzz", "ключа --zzzzzz здесь нет", "unknown flag --zzzzzz"},
		{"flags that are missing", "apikey create", "не хватает ключей: --name=STRING, --scope=SCOPE,...", "missing flags: --name=STRING"},
		{"a flag without its value", "event post --url", "после --url не хватает значения", "--url: expected string value"},
		{"a flag instead of a value", "demo --orders -5", `после --orders не хватает значения: "-5" похоже на ключ; значение, которое начинается с «-», пишут после знака «=»`, "--orders: expected int value"},
		{"letters for a number", "event list --limit x", `--limit: нужно целое число, а не "x"`, "--limit: expected a valid"},
		{"a word for a duration", "demo --pace abc", `--pace: нужна длительность вроде 90s, 15m или 2h, а не "abc"`, "--pace: expected duration"},
		{"a word for yes or no", "event list --json=maybe", `--json: нужно true или false, а не "maybe"`, "--json: bool value"},
		{"a choice that is none", "message settle 1 --as=x", `--as принимает только "sent","again", а не "x"`, "--as must be one of"},
	}
	for _, test := range tests {
		for lang, want := range map[string]string{"ru_RU.UTF-8": test.ru + "\n", "en_US.UTF-8": test.en} {
			var out, errs bytes.Buffer
			code := Main(OS{
				Args: strings.Fields(test.line), Environ: []string{"LANG=" + lang}, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs,
				Signals: func(ctx context.Context) (context.Context, context.CancelFunc) { return context.WithCancel(ctx) },
			})
			if code != exitUsage || !strings.HasPrefix(errs.String(), "orderbell: "+want) {
				t.Errorf("%s: orderbell %s in %s = %d, %q, want %d and %q", test.name, test.line, lang, code, errs.String(), exitUsage, want)
			}
		}
	}
}
