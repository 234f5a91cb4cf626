package script

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dop251/goja"
	gojafile "github.com/dop251/goja/file"
	"github.com/dop251/goja/parser"

	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

// engine compiles and evaluates. The zero value is what serves; its flags exist for tests that ask
// what the process around it is worth by itself.
type engine struct {
	bare bool // no checks of sources, all built-ins as the library has them
}

// compiledSet is a set of rules ready to run. It is never changed.
type compiledSet struct {
	version string
	rules   map[string]compiledRule
	order   []string
}

type compiledRule struct {
	rule.Rule
	file  *compiledFile
	index int // of its declaration in the file
	line  int // of its declaration
}

// compiledFile is shared by all evaluations; a Program has no state.
type compiledFile struct {
	name       string
	program    *goja.Program
	growsTexts bool // names a method that limitBuiltins guards
}

func (s *compiledSet) list() []rule.Rule {
	list := make([]rule.Rule, 0, len(s.order))
	for _, name := range s.order {
		list = append(list, s.rules[name].Rule)
	}
	return list
}

func (e engine) compile(version string, files []rule.File) (*compiledSet, []Problem) {
	set := &compiledSet{version: version, rules: map[string]compiledRule{}}
	var problems []Problem
	for _, file := range files {
		problems = append(problems, e.compileFile(set, file)...)
	}
	if len(set.order) > maxRules {
		problems = append(problems, Problem{File: files[len(files)-1].Name, Code: TooMany})
	}
	return set, problems
}

func (e engine) compileFile(set *compiledSet, file rule.File) []Problem {
	var problems []Problem
	if !e.bare {
		problems = scan(file.Name, file.Source)
	}
	if faulty(problems) {
		return problems
	}
	program, fault := compileSource(file)
	if fault != nil {
		return append(problems, *fault)
	}
	compiled := &compiledFile{name: file.Name, program: program, growsTexts: growsTexts(file.Source)}
	declared, faults := e.declare(compiled)
	problems = append(problems, faults...)
	for i, d := range declared {
		d.Version, d.file, d.index = file.Version, compiled, i
		if _, taken := set.rules[d.Name]; taken {
			problems = append(problems, Problem{File: file.Name, Line: d.line, Code: SameName, Detail: d.Name})
			continue
		}
		set.rules[d.Name] = d
		set.order = append(set.order, d.Name)
	}
	return problems
}

func compileSource(file rule.File) (*goja.Program, *Problem) {
	ast, err := parser.ParseFile(nil, file.Name, file.Source, 0, parser.WithDisableSourceMaps)
	if err != nil {
		problem := &Problem{File: file.Name, Code: Syntax, Detail: short(err.Error(), maxErrorText)}
		var list parser.ErrorList
		if errors.As(err, &list) && len(list) > 0 {
			problem.at(file.Source, list[0].Position)
			problem.Detail = short(list[0].Message, maxErrorText)
		}
		return nil, problem
	}
	program, err := goja.CompileAST(ast, true)
	if err != nil {
		problem := &Problem{File: file.Name, Code: Syntax, Detail: short(err.Error(), maxErrorText)}
		var syntax *goja.CompilerSyntaxError
		if errors.As(err, &syntax) && syntax.File != nil {
			problem.at(file.Source, syntax.File.Position(syntax.Offset))
			problem.Detail = short(syntax.Message, maxErrorText)
		}
		return nil, problem
	}
	return program, nil
}

// at takes over the engine's place; it counts columns in bytes, editors in characters.
func (p *Problem) at(source string, place gojafile.Position) {
	p.Line = place.Line
	lines := strings.Split(source, "\n")
	if place.Line < 1 || place.Line > len(lines) {
		return
	}
	if line := lines[place.Line-1]; place.Column >= 1 && place.Column <= len(line)+1 {
		p.Column = utf8.RuneCountInString(line[:place.Column-1]) + 1
	}
}

// declare runs the file once, to see which rules it declares.
func (e engine) declare(file *compiledFile) (declared []compiledRule, problems []Problem) {
	ev := newEvaluation(e, file, &rule.Call{Snapshot: rule.Snapshot{Now: time.Unix(0, 0).UTC()}})
	fault := ev.run(func() {
		ev.runFile()
		for _, d := range ev.declared {
			read, wrong := ev.readDeclaration(d)
			if wrong != (rule.Words{}) {
				problems = append(problems, Problem{File: file.name, Line: d.line, Code: BadRule, Detail: wrong.EN, DetailRU: wrong.RU})
				continue
			}
			declared = append(declared, read)
		}
	})
	switch {
	case fault != nil && fault.Kind == rule.TimedOut:
		problems = append(problems, Problem{File: file.name, Line: lineOf(fault.Where), Code: TooSlow})
	case fault != nil:
		problems = append(problems, Problem{File: file.name, Line: lineOf(fault.Where), Code: Throws, Detail: fault.Text, DetailRU: fault.RU})
	case len(ev.declared) == 0:
		problems = append(problems, Problem{File: file.name, Code: NoRules})
	}
	return declared, problems
}

func lineOf(where string) int {
	var line int
	if i := strings.LastIndexByte(where, ':'); i >= 0 {
		_, _ = fmt.Sscanf(where[i+1:], "%d", &line) // 0 is "unknown"
	}
	return line
}

// readDeclaration checks what was given to rule() and says what is wrong with it.
func (ev *evaluation) readDeclaration(d declaration) (read compiledRule, wrong rule.Words) {
	read.line, read.File = d.line, ev.file.name
	if d.object == nil {
		return read, rule.Say("ожидается объект: {name, on, handle}", "an object is expected: {name, on, handle}")
	}
	name, ok := asText(d.object.Get("name"))
	if !ok || name == "" || len(name) > maxShortText {
		return read, rule.Say("name должно быть текстом от 1 до 200 байт", "name must be a text of 1 to 200 bytes")
	}
	read.Name = name
	if wrong := ev.readKinds(d.object.Get("on"), &read); wrong != (rule.Words{}) {
		return read, wrong
	}
	handle, ok := d.object.Get("handle").(*goja.Object)
	if !ok || !isCallable(handle) {
		return read, rule.Say("handle должно быть функцией (change, ctx)", "handle must be a function (change, ctx)")
	}
	if kind := ev.tagOf(handle); kind != "[object Function]" {
		return read, rule.Say("handle должно быть обычной функцией, не async и не генератором", "handle must be an ordinary function, neither async nor a generator")
	}
	for _, key := range d.object.Keys() {
		if key != "name" && key != "on" && key != "handle" && !isCallable(d.object.Get(key)) {
			return read, rule.Say("поля %q нет; есть name, on, handle", "there is no field %q; there are name, on, handle", short(key, 40))
		}
	}
	return read, rule.Words{}
}

func (ev *evaluation) readKinds(value goja.Value, read *compiledRule) rule.Words {
	want := rule.Say(`on должно быть списком изменений, например ["order.ready"]`, `on must be a list of changes, for example ["order.ready"]`)
	list, ok := value.(*goja.Object)
	if !ok || list.ClassName() != "Array" {
		return want
	}
	n := list.Get("length").ToInteger()
	if n < 1 || n > int64(2*len(kinds())) {
		return want
	}
	for i := range n {
		kind, ok := asText(list.Get(fmt.Sprint(i)))
		if !ok || !isKind(kind) {
			return rule.Say("on[%d]: изменения %q нет; есть %s", "on[%d]: there is no change %q; there are %s", i, short(kind, 40), strings.Join(kinds(), ", "))
		}
		read.On = append(read.On, order.Kind(kind))
	}
	return rule.Words{}
}

// kinds lists every change that a rule may listen to.
func kinds() []string {
	var list []string
	for _, s := range order.Stages() {
		list = append(list, string(order.OrderReached(s)))
	}
	for _, s := range order.Stages() {
		list = append(list, string(order.DishReached(s)))
	}
	return append(list, string(order.OrderVoided), string(order.OrderClosed))
}

func isKind(kind string) bool {
	for _, k := range kinds() {
		if k == kind {
			return true
		}
	}
	return false
}

func isCallable(v goja.Value) bool {
	_, ok := goja.AssertFunction(v)
	return ok
}

// asText gives a primitive text; nothing is converted.
func asText(v goja.Value) (string, bool) {
	if v == nil {
		return "", false
	}
	s, ok := v.(goja.String)
	if !ok {
		return "", false
	}
	return s.String(), true
}
