package script

import (
	"fmt"
	"strings"

	"github.com/dop251/goja"

	"github.com/orderbell/orderbell/gateway/internal/rule"
)

// builtins are the globals of the language that rules keep. The rest (typed arrays, ArrayBuffer, BigInt,
// eval, Function, Date, Promise, Proxy, Reflect, WeakMap…) allocates behind the engine's back, depends
// on the moment, turns texts into code, or has no use here. Safety does not rest on this list: what
// has no global can still be reached ("".constructor.constructor). The worker process is the wall.
var builtins = [...]string{
	"Object", "Array", "String", "Number", "Boolean", "Symbol", "Math", "JSON", "RegExp", "Map", "Set",
	"Error", "TypeError", "RangeError", "SyntaxError", "ReferenceError", "EvalError", "URIError",
	"parseInt", "parseFloat", "isNaN", "isFinite", "undefined", "NaN", "Infinity",
	"encodeURIComponent", "decodeURIComponent", "encodeURI", "decodeURI",
}

// helperNames are the global functions of rules. types/orderbell.d.ts declares the same; a test
// compares the two.
var helperNames = [...]string{
	"rule", "fmt", "phone", "plural", "money", "duration", "between", "segments", "reached", "log",
}

func (ev *evaluation) helper(name string) func(goja.FunctionCall) goja.Value {
	switch name {
	case "rule":
		return ev.declareRule
	case "fmt":
		return ev.fmt
	case "phone":
		return ev.phone
	case "plural":
		return ev.plural
	case "money":
		return ev.money
	case "duration":
		return ev.duration
	case "between":
		return ev.between
	case "segments":
		return ev.segments
	case "reached":
		return ev.reached
	case "log":
		return ev.writeLog
	default:
		return nil
	}
}

// install makes the globals that rules see: what a script does not name costs nothing. The record that
// holds them is the prototype of an ordinary global object, which takes the script's own declarations.
func (ev *evaluation) install() {
	native := ev.rt.GlobalObject()
	globals := &record{ev: ev, fields: helperNames[:], kept: map[string]goja.Value{}}
	globals.read = func(name string) goja.Value {
		if helper := ev.helper(name); helper != nil {
			return ev.rt.ToValue(helper)
		}
		if ev.engine.bare || isBuiltin(name) {
			return native.Get(name)
		}
		return nil
	}
	ev.rt.SetGlobalObject(ev.rt.CreateObject(ev.rt.NewDynamicObject(globals)))
	if ev.file.growsTexts && !ev.engine.bare {
		ev.limitBuiltins(native)
	}
	if !ev.engine.bare {
		ev.rt.SetRandSource(func() float64 { return 0 })
	}
}

func isBuiltin(name string) bool {
	for _, builtin := range builtins {
		if builtin == name {
			return true
		}
	}
	return false
}

// fail throws a TypeError in the script.
func (ev *evaluation) fail(ru, en string, args ...any) { panic(ev.typeError(ru, en, args...)) }

// typeError makes one. A script reads it in English, like the engine's own; for people its Russian words
// are kept beside it, the latest ones: what a script catches is not told.
func (ev *evaluation) typeError(ru, en string, args ...any) *goja.Object {
	words := rule.Say(ru, en, args...)
	object := ev.rt.NewTypeError("%s", words.EN)
	ev.said = ourWords{object: object, ru: "TypeError: " + words.RU}
	return object
}

// declareRule is rule({…}).
func (ev *evaluation) declareRule(call goja.FunctionCall) goja.Value {
	if len(ev.declared) >= maxRules {
		ev.fail("rule: в одном файле больше %d правил", "rule: more than %d rules in one file", maxRules)
	}
	object, _ := call.Argument(0).(*goja.Object)
	line := 0
	for _, frame := range ev.rt.CaptureCallStack(0, nil) {
		if frame.SrcName() == ev.file.name {
			line = frame.Position().Line
			break
		}
	}
	ev.declared = append(ev.declared, declaration{object: object, line: line})
	return goja.Undefined()
}

// skip is ctx.skip(reason).
func (ev *evaluation) skip(call goja.FunctionCall) goja.Value {
	reason, ok := asText(call.Argument(0))
	if !ok || strings.TrimSpace(reason) == "" {
		ev.fail(`ctx.skip: скажите почему, текстом: ctx.skip("курьер звонит гостю сам")`, `ctx.skip: say why, as a text: ctx.skip("the courier calls the guest")`)
	}
	const enough = 10 // more than one is odd, endless is hostile
	if len(ev.skips) >= enough {
		ev.fail("ctx.skip: вызвано слишком много раз", "ctx.skip: called too often")
	}
	object := ev.rt.NewObject()
	ev.skips = append(ev.skips, skipped{object: object, reason: short(reason, maxSkip)})
	return object
}

// writeLog is log(…).
func (ev *evaluation) writeLog(call goja.FunctionCall) goja.Value {
	if len(ev.log) >= maxLogLines {
		if !ev.logFull {
			ev.logFull = true
			ev.log = append(ev.log, fmt.Sprintf("… only %d lines are kept", maxLogLines))
		}
		return goja.Undefined()
	}
	var line strings.Builder
	for i, argument := range call.Arguments {
		if i > 0 {
			line.WriteByte(' ')
		}
		line.WriteString(short(argument.String(), maxLogLine))
		if line.Len() > maxLogLine {
			break
		}
	}
	ev.log = append(ev.log, short(line.String(), maxLogLine))
	return goja.Undefined()
}

// tagOf gives what Object.prototype.toString says: "[object AsyncFunction]".
func (ev *evaluation) tagOf(object *goja.Object) string {
	tag := object.GetSymbol(goja.SymToStringTag)
	if text, ok := asText(tag); ok {
		return "[object " + text + "]"
	}
	return "[object " + object.ClassName() + "]"
}

// longestText is how many characters one built-in may make at once.
const longestText = 256 << 10

// growing are the methods that make long texts out of short ones in one step.
var growing = [...]string{"repeat", "padStart", "padEnd"}

func growsTexts(source string) bool {
	for _, name := range growing {
		if strings.Contains(source, name) {
			return true
		}
	}
	return false
}

// limitBuiltins puts a limit before the methods that people reach for and that make much at once. It
// gives a clean error with a line where otherwise the worker would have to be killed.
func (ev *evaluation) limitBuiltins(global *goja.Object) {
	constructor, _ := global.Get("String").(*goja.Object)
	if constructor == nil {
		return
	}
	prototype, _ := constructor.Get("prototype").(*goja.Object)
	if prototype == nil {
		return
	}
	for _, name := range growing {
		original, ok := goja.AssertFunction(prototype.Get(name))
		if !ok {
			continue
		}
		_ = prototype.Set(name, func(call goja.FunctionCall) goja.Value { // a fresh prototype refuses nothing
			size := call.Argument(0).ToInteger()
			if name == "repeat" && size > 0 && size <= longestText {
				size *= int64(len(call.This.String()))
			}
			if size > longestText {
				ev.fail("%s: в тексте было бы больше %d знаков", "%s: the text would have more than %d characters", name, longestText)
			}
			value, err := original(call.This, call.Arguments...)
			if err != nil {
				panic(err)
			}
			return value
		})
	}
}
