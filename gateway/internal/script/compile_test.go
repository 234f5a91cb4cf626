package script

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/orderbell/orderbell/gateway/internal/rule"
)

func TestProblems(t *testing.T) {
	t.Parallel()
	fault := func(line int, code ProblemCode) []Problem { return []Problem{{File: "a.js", Line: line, Code: code}} }
	warning := func(line int, code ProblemCode) []Problem {
		return []Problem{{File: "a.js", Line: line, Code: code, Warning: true}}
	}
	good := handler(`return ctx.skip("x");`)
	cases := []struct {
		name, source string
		want         []Problem
	}{
		{"a good file", good, nil},
		{"functions and constants beside it", "const a = 1; function f() { return a; }\n" + good, nil},
		{"brackets in texts do not count", handler(`return ctx.skip("` + strings.Repeat("(", 300) + `" + /[(]{3}/.source);`), nil},
		{"a template in a template", handler("return ctx.skip(`a${`b${1}`}`);"), nil},
		{"a property of that name", handler(`const o = { async: 1, await: 2 }; return ctx.skip("" + o.async + o.await);`), nil},
		{"a division is no pattern", handler(`const a = 4 / 2 / 1; return ctx.skip("" + a / 2);`), nil},
		{"too large", "//" + strings.Repeat("x", MaxSource), fault(0, TooLarge)},
		{"not UTF-8", "//\xff", fault(0, NotText)},
		{"a NUL", "//\x00", fault(0, NotText)},
		{"a byte order mark", "\ufeff" + good, nil},
		{"too deep", "\n" + strings.Repeat("[", 201) + strings.Repeat("]", 201), fault(2, TooDeep)},
		{"too deep in a template", strings.Repeat("`${", 201) + strings.Repeat("}`", 201), fault(1, TooDeep)},
		{"a BigInt", handler("return 12n;"), fault(3, BigInt)},
		{"a BigInt in hex", handler("return 0xFFn;"), fault(3, BigInt)},
		{"async", handler("const f = async () => 1;"), fault(3, Async)},
		{"an async handle", "rule({ name: 'r', on: ['order.ready'], async handle() {} });", fault(1, Async)},
		{"a generator as handle", "rule({ name: 'r', on: ['order.ready'], *handle() {} });", fault(1, BadRule)},
		{"not JavaScript", "\n\nrule({", []Problem{{File: "a.js", Line: 3, Code: Syntax}, {File: "a.js", Line: 3, Code: OddBrackets, Warning: true}}},
		{"declared twice", "let a; let a;", fault(1, Syntax)},
		{"a module", "export default 1;", []Problem{{File: "a.js", Line: 1, Code: Syntax}, {File: "a.js", Line: 1, Code: Unavailable, Warning: true}}},
		{"it throws", "\nthrow new Error('x');", fault(2, Throws)},
		{"it never ends", "for (;;);", fault(1, TooSlow)},
		{"no rule in it", "const a = 1;", fault(0, NoRules)},
		{"no object", "rule();", fault(1, BadRule)},
		{"no name", "rule({ on: ['order.ready'], handle() {} });", fault(1, BadRule)},
		{"no changes", "rule({ name: 'r', handle() {} });", fault(1, BadRule)},
		{"an unknown change", "rule({ name: 'r', on: ['order.eaten'], handle() {} });", fault(1, BadRule)},
		{"no handle", "rule({ name: 'r', on: ['order.ready'] });", fault(1, BadRule)},
		{"an unknown field", "rule({ name: 'r', on: ['order.ready'], handle() {}, when: 1 });", fault(1, BadRule)},
		{"a function of its own", "rule({ name: 'r', on: ['order.ready'], handle() {}, help() {} });", nil},
		{"two of one name", good + good, fault(5, SameName)},
		{"look-ahead", handler(`return ctx.skip("" + /a(?=b)/.test("ab"));`), warning(3, LookAround)},
		{"a back-reference", handler(`return ctx.skip("" + /(a)\1/.test("ab"));`), warning(3, LookAround)},
		{"a class of letters", handler(`return ctx.skip("" + /\p{L}/u.test("ab"));`), warning(3, UnicodeClass)},
		{"a source map is not read", "//# sourceMappingURL=file:///etc/passwd\n" + good, nil},
		{"console", handler(`if (change.passed) console.log(1); return ctx.skip("x");`), warning(3, Unavailable)},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, got := engine{}.compile("v", []rule.File{{Name: "a.js", Source: c.source}})
			byCode := cmpopts.SortSlices(func(a, b Problem) bool { return a.Code < b.Code })
			if diff := cmp.Diff(c.want, got, cmpopts.IgnoreFields(Problem{}, "Column", "Detail", "DetailRU"), byCode, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			for _, p := range got {
				if (p.Code == BadRule) != (p.DetailRU != "") {
					t.Errorf("in Russian it is %q", p.Sentence("ru"))
				}
				if p.Sentence("ru") == p.Sentence("en") || strings.Contains(p.Sentence("ru"), "%") {
					t.Errorf("sentences: %q, %q", p.Sentence("ru"), p.Sentence("en"))
				}
			}
		})
	}
}

func FuzzSource(f *testing.F) {
	f.Add(handler(`return ctx.skip("x");`))
	f.Add("`${`${1}`}` /[/]\\//.test('\\'') // x\n/* y */ 0x1n async { ( [")
	f.Add("a = b / c / d; return /x/g; \"open")
	f.Fuzz(func(t *testing.T, source string) {
		for _, p := range scan("f.js", source) {
			if p.Line < 0 || p.Line > 1+strings.Count(source, "\n") {
				t.Errorf("line %d of %q", p.Line, source)
			}
		}
		if len(source) < 2000 && !faulty(scan("f.js", source)) {
			_, _ = compileSource(rule.File{Name: "f.js", Source: source})
		}
	})
}

// FuzzReturn feeds what a rule may return: any value of JSON.
func FuzzReturn(f *testing.F) {
	f.Add(`{"to": "+79990000001", "text": "x", "expiresIn": 5}`)
	f.Add(`[{"text": "x"}, {"text": 1}]`)
	f.Add(`{"length": -1}`)
	f.Add(`[[[]]]`)
	set := compileOne(f, handler("return JSON.parse(change.order.name);"))
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 10_000 {
			return
		}
		call := testCall("r")
		call.Order.Name = text
		res := engine{}.evaluate(set, &call)
		if res.Err == nil && len(res.Messages) == 0 {
			t.Errorf("%q gives neither messages nor an error", text)
		}
		for _, m := range res.Messages {
			if len(m.Text) > maxText || len(m.To) > maxShortText || m.ExpiresIn < 0 || m.ExpiresIn > longestDuration {
				t.Errorf("%q gives %+v", text, m)
			}
		}
	})
}

func TestAMistakeInTheTextOfAFileHasItsColumn(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"let a = 1;\n  let b b;":           "a.js:2:9",
		"let a = 'привет'; let b b;":       "a.js:1:25",
		"let a;\nlet a;":                   "a.js:2:5",
		"rule({":                           "a.js:1:7",
		"const s = 'п';\r\nconst t = 1 1;": "a.js:2:13",
	} {
		_, problems := engine{}.compile("v", []rule.File{{Name: "a.js", Source: source}})
		faults := Usable{Problems: problems}.Faults()
		if len(faults) != 1 || faults[0].Code != Syntax || faults[0].Where() != want {
			t.Errorf("%q: got %v, want one at %s", source, faults, want)
		}
	}
}
