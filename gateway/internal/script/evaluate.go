package script

import (
	"errors"
	"fmt"
	"time"

	"github.com/dop251/goja"
	"github.com/dop251/goja/parser"

	"github.com/orderbell/orderbell/gateway/internal/rule"
)

var errTimeLimit = errors.New("time limit")

// evaluation is one call of one rule: a runtime that is born, used and dropped here. No state of a
// script outlives it.
type evaluation struct {
	engine   engine
	rt       *goja.Runtime
	file     *compiledFile
	call     *rule.Call
	declared []declaration
	skips    []skipped
	log      []string
	logFull  bool
	said     ourWords
}

// ourWords are those of an exception that we threw, in Russian.
type ourWords struct {
	object *goja.Object
	ru     string
}

// declaration is one call of rule().
type declaration struct {
	object *goja.Object // nil: something else was given
	line   int
}

// skipped is what ctx.skip gave.
type skipped struct {
	object *goja.Object
	reason string
}

func newEvaluation(e engine, file *compiledFile, call *rule.Call) *evaluation {
	rt := goja.New()
	rt.SetMaxCallStackSize(stackFrames)
	rt.SetParserOptions(parser.WithDisableSourceMaps)
	return &evaluation{engine: e, rt: rt, file: file, call: call}
}

// evaluate runs one call of the set.
func (e engine) evaluate(set *compiledSet, call *rule.Call) rule.Result {
	compiled, ok := set.rules[call.Rule]
	if !ok {
		return rule.Result{Err: noRule(call.Rule)}
	}
	ev := newEvaluation(e, compiled.file, call)
	var result rule.Result
	fault := ev.run(func() {
		ev.runFile()
		result = ev.handle(compiled)
	})
	if fault != nil {
		result = rule.Result{Err: fault}
	}
	result.Log = ev.log
	return result
}

// run executes do under the time limit and turns whatever ends it into a fault.
func (ev *evaluation) run(do func()) (fault *rule.Error) {
	began := time.Now()
	timer := time.AfterFunc(interruptAfter, func() { ev.rt.Interrupt(errTimeLimit) })
	defer timer.Stop()
	defer func() {
		if caught := recover(); caught != nil {
			fault = ev.faultOf(caught)
		}
		// A regular expression that ran out of time says "no match"; the script then took a wrong turn.
		if time.Since(began) >= interruptAfter && (fault == nil || fault.Kind != rule.TimedOut) {
			where := ev.file.name
			if fault != nil {
				where = fault.Where
			}
			fault = timedOut(where)
		}
	}()
	ev.install()
	if thrown := ev.rt.Try(do); thrown != nil {
		return ev.thrown(thrown)
	}
	return nil
}

func noRule(name string) *rule.Error {
	return rule.Failure(rule.NoRule, "", rule.Say("правила с именем %q нет", "no rule is named %q", name))
}

func timedOut(where string) *rule.Error {
	return rule.Failure(rule.TimedOut, where, rule.Say("правило считало дольше %s", "the rule took longer than %s", interruptAfter))
}

func (ev *evaluation) runFile() {
	if _, err := ev.rt.RunProgram(ev.file.program); err != nil {
		panic(err)
	}
}

// faultOf judges a panic: the engine's own way to report, or a bug in it.
func (ev *evaluation) faultOf(caught any) *rule.Error {
	err, ok := caught.(error)
	if !ok {
		return ev.engineFailed(caught)
	}
	var interrupted *goja.InterruptedError
	var overflow *goja.StackOverflowError
	var thrown *goja.Exception
	switch {
	case errors.As(err, &interrupted):
		return timedOut(ev.where(interrupted.Stack()))
	case errors.As(err, &overflow):
		return rule.Failure(rule.Threw, ev.where(overflow.Stack()), rule.Say("функции вызывают друг друга слишком глубоко", "functions call each other too deep"))
	case errors.As(err, &thrown):
		return ev.thrown(thrown)
	default:
		return ev.engineFailed(err)
	}
}

func (ev *evaluation) engineFailed(caught any) *rule.Error {
	said := short(fmt.Sprint(caught), maxErrorText)
	return failure(rule.Threw, ev.file.name, rule.Say("движок правил дал сбой: %s", "the engine failed: %s", said))
}

// failure is rule.Failure with words that are bounded.
func failure(kind rule.ErrorKind, where string, words rule.Words) *rule.Error {
	return rule.Failure(kind, where, rule.Words{RU: short(words.RU, maxErrorText), EN: short(words.EN, maxErrorText)})
}

// thrown describes an exception. Its value may be a script's own object, so that even reading it may
// throw or hang; a hang is still under the time limit, because the interrupt flag stays.
func (ev *evaluation) thrown(ex *goja.Exception) *rule.Error {
	words := rule.Say("исключение, которое нельзя показать", "an exception that cannot be shown")
	func() {
		defer func() { _ = recover() }() //nolint:errcheck // the words above serve
		_ = ev.rt.Try(func() { words = rule.Words{EN: ex.Value().String()} })
	}()
	if object, ok := ex.Value().(*goja.Object); ok && object == ev.said.object {
		words.RU = ev.said.ru
	}
	return failure(rule.Threw, ev.where(ex.Stack()), words)
}

// where gives the innermost place in the rule's own file.
func (ev *evaluation) where(stack []goja.StackFrame) string {
	for i := range stack {
		if stack[i].SrcName() != ev.file.name {
			continue
		}
		if line := stack[i].Position().Line; line > 0 {
			return fmt.Sprintf("%s:%d", ev.file.name, line)
		}
	}
	return ev.file.name
}

// handle calls the rule and reads what it returns.
func (ev *evaluation) handle(compiled compiledRule) rule.Result {
	where := fmt.Sprintf("%s:%d", ev.file.name, compiled.line)
	if compiled.index >= len(ev.declared) || ev.declared[compiled.index].object == nil {
		return returned(where, rule.Say("сейчас файл объявляет не те правила, что при загрузке", "the file declares other rules now than when it was loaded"))
	}
	object := ev.declared[compiled.index].object
	handle, ok := goja.AssertFunction(object.Get("handle"))
	if !ok {
		return returned(where, rule.Say("handle больше не функция", "handle is no function any more"))
	}
	value, err := handle(object, ev.change(), ev.context())
	if err != nil {
		panic(err)
	}
	return ev.export(value, where)
}

func returned(where string, words rule.Words) rule.Result {
	return rule.Result{Err: failure(rule.Returned, where, words)}
}
