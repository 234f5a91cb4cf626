package script

import (
	"strings"
	"testing"
	"time"

	"github.com/dlclark/regexp2/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

func TestReturned(t *testing.T) {
	t.Parallel()
	draft := func(change func(*rule.Draft)) rule.Result {
		d := rule.Draft{To: "+79990000001", Text: "ready", Category: "transactional"}
		change(&d)
		return rule.Result{Messages: []rule.Draft{d}}
	}
	same := func(*rule.Draft) {}
	fail := func(kind rule.ErrorKind, where, text string) rule.Result {
		return rule.Result{Err: &rule.Error{Kind: kind, Where: where, Text: text}}
	}
	const at = "test.js:1" // of the declaration
	cases := []struct {
		name, body string
		want       rule.Result
	}{
		{"one message", `return { to: change.order.guest.phone, text: "ready" };`, draft(same)},
		{"a list of one", `return [{ to: change.order.guest.phone, text: "ready" }];`, draft(same)},
		{"no phone yet", `return { to: null, text: "ready" };`, draft(func(d *rule.Draft) { d.To = "" })},
		{"every field", `return { to: "+79990000001", text: "ready", category: "marketing", expiresIn: "1h30m", dedupe: "k" };`,
			draft(func(d *rule.Draft) { d.Category, d.ExpiresIn, d.Dedupe = "marketing", 90*time.Minute, "k" })},
		{"a time in seconds", `return { to: "+79990000001", text: "ready", expiresIn: duration("20m") };`,
			draft(func(d *rule.Draft) { d.ExpiresIn = 20 * time.Minute })},
		{"a skip", `return ctx.skip("not today");`, rule.Result{Skip: "not today"}},
		{"nothing", `change.kind;`, fail(rule.Returned, at, `the rule returned nothing; did you forget return? To send nothing, return ctx.skip("why")`)},
		{"a skip that is not returned", `ctx.skip("x");`, fail(rule.Returned, at, `the rule returned nothing; did you forget return? To send nothing, return ctx.skip("why")`)},
		{"null", `return null;`, fail(rule.Returned, at, `the rule returned null; return a message, a list of messages or ctx.skip("why")`)},
		{"a text", `return "ready";`, fail(rule.Returned, at, `the rule returned a text; return a message, a list of messages or ctx.skip("why")`)},
		{"an empty list", `return [];`, fail(rule.Returned, at, `an empty list; to send nothing, return ctx.skip("why")`)},
		{"six messages", `return Array(6).fill({ text: "x" });`, fail(rule.Returned, at, "6 messages; at most 5 are allowed for one change")},
		{"a number as phone, in a list", `return [{ to: 79990000001, text: "x" }];`, fail(rule.Returned, at, "messages[0].to: a text is expected")},
		{"a misspelt field", `return { to: null, txt: "x" };`, fail(rule.Returned, at, "txt: there is no such field; there are to, text, category, expiresIn, dedupe")},
		{"no text", `return { to: null };`, fail(rule.Returned, at, "text: a text is expected")},
		{"an empty text", `return { to: null, text: "  " };`, fail(rule.Returned, at, "text: the text is empty")},
		{"a text without end", `return { to: null, text: Array(4098).join("x") };`, fail(rule.Returned, at, "text: the text has 4097 bytes; at most 4096 are allowed")},
		{"an unknown category", `return { to: null, text: "x", category: "spam" };`, fail(rule.Returned, at, `category: "transactional" or "marketing" is expected`)},
		{"a time that is none", `return { to: null, text: "x", expiresIn: "soon" };`, fail(rule.Returned, at, `expiresIn: a time is expected: "20m", "1h30m" or a number of seconds, above 0 and up to 7 days`)},
		{"a time below zero", `return { to: null, text: "x", expiresIn: -1 };`, fail(rule.Returned, at, `expiresIn: a time is expected: "20m", "1h30m" or a number of seconds, above 0 and up to 7 days`)},
		{"an exception", `change.dish.name;`, fail(rule.Threw, "test.js:3", "TypeError: Cannot read property 'name' of undefined")},
		{"an exception three lines down", "\n\nthrow new Error('no');", fail(rule.Threw, "test.js:5", "Error: no")},
		{"writing to the change", `change.kind = "x"; return ctx.skip("x");`, fail(rule.Threw, "test.js:3", "TypeError: kind cannot be changed: a rule changes nothing, it returns messages")},
		{"writing to a dish", `change.order.dishes[0].name = "x"; return ctx.skip("x");`, fail(rule.Threw, "test.js:3", "TypeError: name cannot be changed: a rule changes nothing, it returns messages")},
		{"adding a dish", `change.order.dishes.push(1); return ctx.skip("x");`, fail(rule.Threw, "test.js:3", "TypeError: 2 cannot be changed: a rule changes nothing, it returns messages")},
		{"deleting a field", `delete change.order; return ctx.skip("x");`, fail(rule.Threw, "test.js:3", "TypeError: order cannot be changed: a rule changes nothing, it returns messages")},
		{"a variable without a value", `return { to: null, text: fmt("{a} {b}", { a: 1 }) };`, fail(rule.Threw, "test.js:3", "TypeError: fmt: there is no value for {b}; there are: a")},
		{"an undeclared variable", `x = 1; return ctx.skip("x");`, fail(rule.Threw, "test.js:3", "ReferenceError: x is not defined")},
		{"an endless loop", `for (;;) change.kind;`, fail(rule.TimedOut, "test.js:3", "the rule took longer than 100ms")},
		{"endless recursion", `const f = () => f() + 1; return f();`, fail(rule.Threw, "test.js:3", "functions call each other too deep")},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := evaluateBody(t, c.body)
			if diff := cmp.Diff(c.want, got, cmpopts.IgnoreFields(rule.Error{}, "RU")); diff != "" {
				t.Errorf("%s: (-want +got)\n%s", c.body, diff)
			}
			// What an exception says that is not ours is said as it is.
			if e := got.Err; e != nil && !theirs(e.Text) && (e.Sentence("en") != e.Text || !strings.ContainsAny(e.Sentence("ru"), "аеиоуы") || strings.Contains(e.Sentence("ru"), "%")) {
				t.Errorf("%s: in Russian it is %q", e.Text, e.Sentence("ru"))
			}
		})
	}
}

func theirs(text string) bool {
	return strings.Contains(text, "Cannot read") || strings.HasPrefix(text, "ReferenceError") || text == "Error: no"
}

// TestExpressions evaluates what rules see; each must be true.
func TestExpressions(t *testing.T) {
	t.Parallel()
	for _, expression := range []string{
		`change.kind === "order.ready" && change.stage === "ready" && change.before === "started"`,
		`change.passed === false && change.first === false && change.dish === null`,
		`change.order === change.order && change.order.dishes === change.order.dishes`,
		`change.order.id === "01JD" && change.order.number === "12.1" && change.order.table === "12"`,
		`change.order.type === "В зале" && change.order.stage === "ready" && change.order.name === "12.1"`,
		`change.order.guest.phone === "+79990000001" && change.order.guest.language === "ru"`,
		`change.order.dishes.length === 2 && Array.isArray(change.order.dishes)`,
		`change.order.dishes.map(d => d.name).join() === "Борщ,Плов"`,
		`change.order.dishes[1].quantity === 1.5 && change.order.dishes[0].stage === "ready"`,
		`JSON.stringify(change.restaurant) === '{"code":"199990777","name":"Кафе «Пример»"}'`,
		`Object.keys(change).join() === "kind,stage,before,passed,first,dish,order,restaurant"`,
		`"kind" in change && !("nothing" in change) && change.nothing === undefined`,
		`ctx.now.iso === "2026-11-24T18:05:07+03:00" && ctx.now.date === "2026-11-24" && ctx.now.time === "18:05"`,
		`ctx.now.year === 2026 && ctx.now.month === 11 && ctx.now.day === 24`,
		`ctx.now.hour === 18 && ctx.now.minute === 5 && ctx.now.second === 7 && ctx.now.weekday === 2`,
		`ctx.settings.enabled === true && ctx.settings.stage === "ready" && ctx.settings.expires === "20m"`,
		`fmt("{a}-{b_1}-{a}", { a: 1, b_1: "x" }) === "1-x-1"`,
		`fmt("{} {1} { a } {a", {}) === "{} {1} { a } {a" && fmt("none") === "none"`,
		`phone("8 (999) 000-00-01") === "+79990000001" && phone("нет") === null && phone(null) === null`,
		`[1, 2, 5, 11, 12, 21, 22, 25, 101, 111].map(n => plural(n, "a", "b", "c")).join("") === "abcccabcac"`,
		`plural(1.5, "минута", "минуты", "минут") === "минуты" && plural(0, "a", "b", "c") === "c"`,
		`plural(1, "dish", "dishes") === "dish" && plural(2, "dish", "dishes") === "dishes"`,
		`money(1234.5) === "1 234,50 ₽" && money(999) === "999 ₽" && money(1234567, "руб.") === "1 234 567 руб."`,
		`money(-0.001) === "0 ₽" && money(-5) === "-5 ₽"`,
		`duration("1h30m") === 5400 && duration("45s") === 45`,
		`between("18:00", "19:00") && between("18:05", "18:06") && !between("18:06", "19:00") && !between("17:00", "18:05")`,
		`between("18:00", "09:00") && !between("22:00", "09:00") && between("00:00", "24:00")`,
		`segments("ok") === 1 && segments("я".repeat(71)) === 2 && segments("") === 0`,
		`reached("ready", "ready") && reached("out", "ready") && !reached("started", "ready") && !reached("", "sent")`,
		`reached("kdsReady", "kdsStarted")`,
		`"x".repeat(3) === "xxx" && "x".padStart(3, "ab") === "abx" && "x".padEnd(2) === "x "`,
		`typeof eval === "undefined" && typeof Date === "undefined" && typeof Promise === "undefined"`,
		`typeof globalThis === "undefined" && typeof require === "undefined" && typeof console === "undefined"`,
		`typeof Uint8Array === "undefined" && typeof BigInt === "undefined" && typeof Function === "undefined"`,
		`Math.random() === Math.random()`,
		`new Map([[1, 2]]).get(1) === 2 && /а/i.test("А") && parseInt("12") === 12 && isNaN(NaN)`,
	} {
		if res := evaluateBody(t, "return ctx.skip(String("+expression+"));"); res.Skip != "true" {
			t.Errorf("%s\n gives %+v, %+v", expression, res.Skip, res.Err)
		}
	}
}

func TestHelpersRefuseNonsense(t *testing.T) {
	t.Parallel()
	for _, expression := range []string{
		`fmt(1)`, `plural("x", "a", "b")`, `plural(NaN, "a", "b")`, `money("1")`, `duration("soon")`, `duration("-1h")`,
		`between("25:00", "01:00")`, `between(1, 2)`, `segments(1)`, `reached("cooked", "ready")`, `reached("ready", "")`,
		`reached(3, "ready")`, `ctx.skip()`, `ctx.skip("")`, `"x".repeat(1e6)`, `"x".padEnd(1e9)`,
	} {
		res := evaluateBody(t, "return ctx.skip(String("+expression+"));")
		if res.Err == nil || res.Err.Kind != rule.Threw || res.Err.Where != "test.js:3" || !strings.HasPrefix(res.Err.Text, "TypeError: ") {
			t.Errorf("%s gives %+v, want a TypeError with its line", expression, res)
		}
	}
}

func TestLogIsBounded(t *testing.T) {
	t.Parallel()
	res := evaluateBody(t, `log("a", 1, { b: 2 }); const s = Array(1000).join("x"); for (let i = 0; i < 60; i++) log(s); return ctx.skip("x");`)
	if len(res.Log) != maxLogLines+1 || res.Log[0] != "a 1 [object Object]" || len(res.Log[1]) > maxLogLine+len("…") {
		t.Errorf("log has %d lines, the first %q", len(res.Log), res.Log[0])
	}
	if res.Skip != "x" {
		t.Errorf("the rule itself gave %+v", res)
	}
}

func TestNothingOutlivesAnEvaluation(t *testing.T) {
	t.Parallel()
	set := compileOne(t, "let n = 0; var m = 0; function up() { return ++m; }\n"+handler(`String.prototype.mine = 1; n++; return ctx.skip(n + " " + up() + " " + "".mine);`))
	call := testCall("r")
	for range 3 {
		if res := (engine{}).evaluate(set, &call); res.Skip != "1 1 1" {
			t.Errorf("got %+v, want the same each time", res)
		}
	}
}

func TestDishChange(t *testing.T) {
	t.Parallel()
	set := compileOne(t, strings.Replace(handler(`return ctx.skip(change.dish.name);`), "order.ready", "dish.ready", 1))
	call := testCall("r")
	call.Change = order.Change{Kind: order.DishReached(order.Ready), Stage: order.Ready, Dish: "B"}
	if res := (engine{}).evaluate(set, &call); res.Skip != "Плов" {
		t.Errorf("got %+v, want Плов", res)
	}
}

// TestRegexpTimeLimit pins that the engine uses the library whose time limit the worker sets, and that
// reaching it is a failure and not "no match". The setting is one for the process, so the test is alone.
func TestRegexpTimeLimit(t *testing.T) {
	before := regexp2.DefaultMatchTimeout
	regexp2.DefaultMatchTimeout = interruptAfter
	defer func() { regexp2.DefaultMatchTimeout = before }()
	began := time.Now()
	res := evaluateBody(t, `return /^(?=(a+)+$)(a+)+b$/.test(Array(40).join("a") + "!") ? ctx.skip("yes") : ctx.skip("no");`)
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %v: the engine uses another regexp library or major version", took)
	}
	if res.Err == nil || res.Err.Kind != rule.TimedOut {
		t.Errorf("got %+v, want %s", res, rule.TimedOut)
	}
}
