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
		return rule.Result{Err: &rule.Error{Kind: rule.NoRule, Text: fmt.Sprintf("no rule is named %q", call.Rule)}}
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

func timedOut(where string) *rule.Error {
	return &rule.Error{Kind: rule.TimedOut, Where: where, Text: "the rule took longer than " + interruptAfter.String()}
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
		return &rule.Error{Kind: rule.Threw, Where: ev.file.name, Text: short(fmt.Sprintf("the engine failed: %v", caught), maxErrorText)}
	}
	var interrupted *goja.InterruptedError
	var overflow *goja.StackOverflowError
	var thrown *goja.Exception
	switch {
	case errors.As(err, &interrupted):
		return timedOut(ev.where(interrupted.Stack()))
	case errors.As(err, &overflow):
		return &rule.Error{Kind: rule.Threw, Where: ev.where(overflow.Stack()), Text: "functions call each other too deep"}
	case errors.As(err, &thrown):
		return ev.thrown(thrown)
	default:
		return &rule.Error{Kind: rule.Threw, Where: ev.file.name, Text: short("the engine failed: "+err.Error(), maxErrorText)}
	}
}

// thrown describes an exception. Its value may be a script's own object, so that even reading it may
// throw or hang; a hang is still under the time limit, because the interrupt flag stays.
func (ev *evaluation) thrown(ex *goja.Exception) *rule.Error {
	text := "an exception that cannot be shown"
	func() {
		defer func() { _ = recover() }() //nolint:errcheck // the text above serves
		_ = ev.rt.Try(func() { text = ex.Value().String() })
	}()
	return &rule.Error{Kind: rule.Threw, Where: ev.where(ex.Stack()), Text: short(text, maxErrorText)}
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
		return returned(where, "", "the file declares other rules now than when it was loaded")
	}
	object := ev.declared[compiled.index].object
	handle, ok := goja.AssertFunction(object.Get("handle"))
	if !ok {
		return returned(where, "", "handle is no function any more")
	}
	value, err := handle(object, ev.change(), ev.context())
	if err != nil {
		panic(err)
	}
	return ev.export(value, where)
}

func returned(where, path, text string) rule.Result {
	if path != "" {
		text = path + ": " + text
	}
	return rule.Result{Err: &rule.Error{Kind: rule.Returned, Where: where, Text: short(text, maxErrorText)}}
}
