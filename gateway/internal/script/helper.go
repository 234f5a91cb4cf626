package script

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/dop251/goja"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/order"
)

// textArgument gives argument i, which must be a text.
func (ev *evaluation) textArgument(call goja.FunctionCall, i int, helper string) string {
	text, ok := asText(call.Argument(i))
	if !ok {
		ev.fail("%s: аргумент %d должен быть текстом", "%s: argument %d must be a text", helper, i+1)
	}
	if len(text) > longestText {
		ev.fail("%s: аргумент %d слишком длинный", "%s: argument %d is too long", helper, i+1)
	}
	return text
}

func (ev *evaluation) numberArgument(call goja.FunctionCall, i int, helper string) float64 {
	switch n := call.Argument(i).Export().(type) {
	case int64:
		return float64(n)
	case float64:
		if !math.IsNaN(n) && math.Abs(n) <= 1e15 {
			return n
		}
	}
	ev.fail("%s: аргумент %d должен быть числом", "%s: argument %d must be a number", helper, i+1)
	return 0
}

// fmt is fmt(text, vars): {name} becomes vars.name. A name without a value is an error: a guest must
// not read "{order_number}".
func (ev *evaluation) fmt(call goja.FunctionCall) goja.Value {
	text := ev.textArgument(call, 0, "fmt")
	vars, _ := call.Argument(1).(*goja.Object)
	var b strings.Builder
	for {
		start := strings.IndexByte(text, '{')
		if start < 0 {
			break
		}
		end := start + 1
		for end < len(text) && isNameByte(text[end], end > start+1) {
			end++
		}
		if end == start+1 || end == len(text) || text[end] != '}' {
			b.WriteString(text[:end])
			text = text[end:]
			continue
		}
		b.WriteString(text[:start])
		b.WriteString(ev.variable(vars, text[start+1:end]))
		text = text[end+1:]
		if b.Len() > longestText {
			ev.fail("fmt: текст слишком длинный", "fmt: the text is too long")
		}
	}
	b.WriteString(text)
	return ev.rt.ToValue(b.String())
}

func isNameByte(c byte, inside bool) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || inside && c >= '0' && c <= '9'
}

func (ev *evaluation) variable(vars *goja.Object, name string) string {
	if vars != nil {
		if v := vars.Get(name); v != nil && !goja.IsUndefined(v) && !goja.IsNull(v) {
			return v.String()
		}
		ev.fail("fmt: для {%s} нет значения; есть: %s", "fmt: there is no value for {%s}; there are: %s", name, short(strings.Join(vars.Keys(), ", "), maxShortText))
	}
	ev.fail("fmt: для {%s} нет значения", "fmt: there is no value for {%s}", name)
	return ""
}

// phone is phone(text): E.164, or null when it cannot be texted.
func (ev *evaluation) phone(call goja.FunctionCall) goja.Value {
	text, ok := asText(call.Argument(0))
	if !ok {
		return goja.Null()
	}
	parsed, err := contact.ParsePhone(text, "")
	if err != nil {
		return goja.Null()
	}
	return ev.rt.ToValue(parsed.Reveal())
}

// plural is plural(n, one, few, many), or plural(n, one, other) for languages with two forms.
func (ev *evaluation) plural(call goja.FunctionCall) goja.Value {
	n := ev.numberArgument(call, 0, "plural")
	one := ev.textArgument(call, 1, "plural")
	other := ev.textArgument(call, 2, "plural")
	if len(call.Arguments) < 4 {
		if math.Abs(n) == 1 {
			return ev.rt.ToValue(one)
		}
		return ev.rt.ToValue(other)
	}
	many := ev.textArgument(call, 3, "plural")
	return ev.rt.ToValue(pluralForm(n, one, other, many))
}

// pluralForm follows Russian: 1 минута, 2 минуты, 5 минут, 11 минут, 21 минута, 1.5 минуты.
func pluralForm(n float64, one, few, many string) string {
	n = math.Abs(n)
	if n != math.Trunc(n) {
		return few
	}
	tens, units := math.Mod(n, 100), math.Mod(n, 10)
	switch {
	case tens >= 11 && tens <= 14:
		return many
	case units == 1:
		return one
	case units >= 2 && units <= 4:
		return few
	default:
		return many
	}
}

// money is money(amount, unit): "1 234,50 ₽", kopecks only where there are any.
func (ev *evaluation) money(call goja.FunctionCall) goja.Value {
	amount, unit := ev.numberArgument(call, 0, "money"), "₽"
	if len(call.Arguments) > 1 {
		unit = ev.textArgument(call, 1, "money")
	}
	return ev.rt.ToValue(formatMoney(amount, unit))
}

func formatMoney(amount float64, unit string) string {
	text := strconv.FormatFloat(math.Abs(amount), 'f', 2, 64)
	whole, part, _ := strings.Cut(text, ".")
	var b strings.Builder
	if amount < 0 && text != "0.00" {
		b.WriteByte('-')
	}
	for i, digit := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(' ') // not U+00A0: it alone would make the text UCS-2, with half the room
		}
		b.WriteRune(digit)
	}
	if part != "00" {
		b.WriteByte(',')
		b.WriteString(part)
	}
	if unit != "" {
		b.WriteByte(' ')
		b.WriteString(unit)
	}
	return b.String()
}

// duration is duration("20m"): seconds.
func (ev *evaluation) duration(call goja.FunctionCall) goja.Value {
	d, ok := readDuration(call.Argument(0))
	if !ok {
		ev.fail(`duration: ожидается "45s", "20m" или "1h30m", больше 0 и не больше 7 дней`, `duration: "45s", "20m" or "1h30m" is expected, above 0 and up to 7 days`)
	}
	return ev.rt.ToValue(d.Seconds())
}

// between is between(from, to): whether the restaurant's clock is in [from, to); to may be after midnight.
func (ev *evaluation) between(call goja.FunctionCall) goja.Value {
	from := ev.clockArgument(call, 0)
	to := ev.clockArgument(call, 1)
	at := ev.call.Snapshot.Now.Hour()*60 + ev.call.Snapshot.Now.Minute()
	if from <= to {
		return ev.rt.ToValue(at >= from && at < to)
	}
	return ev.rt.ToValue(at >= from || at < to)
}

func (ev *evaluation) clockArgument(call goja.FunctionCall, i int) int {
	text := ev.textArgument(call, i, "between")
	t, err := time.Parse("15:04", text)
	if err != nil && text != "24:00" {
		ev.fail(`between: аргумент %d должен быть временем суток вида "22:00"`, `between: argument %d must be a time of day like "22:00"`, i+1)
	}
	if text == "24:00" {
		return 24 * 60
	}
	return t.Hour()*60 + t.Minute()
}

// segments is segments(text): how many billable parts the text takes.
func (ev *evaluation) segments(call goja.FunctionCall) goja.Value {
	return ev.rt.ToValue(message.CountSegments(ev.textArgument(call, 0, "segments")).Parts)
}

// reached is reached(stage, goal): whether stage is goal or a later one.
func (ev *evaluation) reached(call goja.FunctionCall) goja.Value {
	stage, goal := ev.stageArgument(call, 0), ev.stageArgument(call, 1)
	if goal == order.None {
		ev.fail("reached: аргумент 2 должен быть стадией, а не пустым текстом", "reached: argument 2 must be a stage, not an empty text")
	}
	return ev.rt.ToValue(stage >= goal)
}

func (ev *evaluation) stageArgument(call goja.FunctionCall, i int) order.Stage {
	text, ok := asText(call.Argument(i))
	if ok && text == "" {
		return order.None
	}
	stage, known := order.ParseStage(text)
	if !ok || !known {
		var names []string
		for _, s := range order.Stages() {
			names = append(names, s.String())
		}
		ev.fail("reached: аргумент %d должен быть стадией: %s", "reached: argument %d must be a stage: %s", i+1, strings.Join(names, ", "))
	}
	return stage
}
