package config

import (
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
)

// reader collects faults while it reads the sources; one Load has one.
type reader struct {
	file   string
	dir    string            // of the file, for relative paths
	env    map[string]string // all of it: ${NAME} may name anything
	asked  map[string]bool   // names that ${NAME} mentions
	places map[string]place  // by path: where the value that counts was written
	faults Faults

	lenient bool
	unset   []int // places in faults of what Sources.Lenient forgives

	literal     bool // ${…} is a text like any other
	badQuiet    bool // an end of the quiet hours was refused
	badAccounts bool // an account was refused
}

// place is where a value was written.
type place struct {
	source       string
	line, column int
	put          *putIn // nil: what was written holds no ${…}
}

// putIn is a value that is not a secret of its kind, into which ${…} put something. What that is may be
// a secret all the same, so it is shown as written.
type putIn struct{ written, text string }

func newReader(from Sources) *reader {
	r := &reader{
		file:   from.File,
		dir:    filepath.Dir(from.File),
		env:    map[string]string{},
		asked:  map[string]bool{},
		places: map[string]place{},

		lenient: from.Lenient,
	}
	for _, pair := range from.Env {
		if name, text, ok := strings.Cut(pair, "="); ok && name != "" {
			r.env[name] = text
		}
	}
	return r
}

// field is one key of the configuration and how it is read. Exactly one of the funcs and group is set.
type field struct {
	name   string
	secret bool // its value is never shown

	one   func(value)        // a single value
	words func([]value)      // a list of single values
	group []field            // keys below it
	items func([]node)       // a list of mappings
	pairs func(string, node) // keys that only a plugin knows
}

// node is a piece of the file with its path.
type node struct {
	ast.Node
	path string
}

func (n node) place(source string) place {
	at := n.GetToken().Position
	if body, ok := n.Node.(*ast.MappingNode); ok && len(body.Values) > 0 && !body.IsFlowStyle {
		at = body.Values[0].Key.GetToken().Position // its own token is the first colon
	}
	return place{source: source, line: at.Line, column: at.Column}
}

// mapping reads the keys of n into fields.
func (r *reader) mapping(fields []field, n node) {
	body, ok := n.Node.(*ast.MappingNode)
	if !ok {
		r.wrongShape(n, Text{"здесь должны быть ключи с двоеточием", "keys with colons belong here"}, seeSample())
		return
	}
	seen := map[string]int{}
	for _, entry := range body.Values {
		key := node{Node: entry.Key, path: n.path}
		name, ok := keyName(entry.Key)
		if !ok {
			r.wrongKey(key)
			continue
		}
		if line, twice := seen[name]; twice {
			r.duplicateKey(key, name, line)
			continue
		}
		seen[name] = key.GetToken().Position.Line
		r.entry(fields, key, name, node{Node: entry.Value, path: join(n.path, name)})
	}
}

func (r *reader) entry(fields []field, key node, name string, n node) {
	for _, f := range fields {
		if f.name == name {
			r.read(f, n)
			return
		}
	}
	r.unknownKey(fields, key, name)
}

// read reads n as f says. Nothing written (null) is as if the key were not there.
func (r *reader) read(f field, n node) {
	if _, empty := n.Node.(*ast.NullNode); empty {
		return
	}
	switch {
	case f.one != nil:
		if v, ok := r.single(n, f.secret); ok {
			r.places[n.path] = v.place
			f.one(v)
		}
	case f.words != nil:
		r.places[n.path] = n.place(r.file)
		r.wordList(f, n)
	case f.group != nil:
		r.mapping(f.group, n)
	case f.pairs != nil:
		r.pairs(f, n)
	case f.items != nil:
		r.places[n.path] = n.place(r.file)
		if list, ok := r.sequence(n); ok {
			f.items(list)
		}
	}
}

func (r *reader) wordList(f field, n node) {
	list, ok := r.sequence(n)
	if !ok {
		return
	}
	words := make([]value, 0, len(list))
	for _, item := range list {
		if v, ok := r.single(item, f.secret); ok {
			r.places[item.path] = v.place
			words = append(words, v)
		}
	}
	f.words(words)
}

func (r *reader) pairs(f field, n node) {
	body, ok := n.Node.(*ast.MappingNode)
	if !ok {
		r.wrongShape(n, Text{"здесь должны быть ключи с двоеточием", "keys with colons belong here"}, seeSample())
		return
	}
	for _, entry := range body.Values {
		name, ok := keyName(entry.Key)
		if !ok {
			r.wrongKey(node{Node: entry.Key, path: n.path})
			continue
		}
		f.pairs(name, node{Node: entry.Value, path: join(n.path, name)})
	}
}

func (r *reader) sequence(n node) ([]node, bool) {
	body, ok := n.Node.(*ast.SequenceNode)
	if !ok {
		r.wrongShape(n, Text{"здесь должен быть список", "a list belongs here"}, Text{
			RU: "В одну строку: [один, другой]; или с дефисом на каждой строке",
			EN: "On one line: [one, other]; or with a dash on each line",
		})
		return nil, false
	}
	list := make([]node, len(body.Values))
	for i, item := range body.Values {
		list[i] = node{Node: item, path: fmt.Sprintf("%s[%d]", n.path, i)}
	}
	return list, true
}

// single reads one value: a text, a number or true/false.
func (r *reader) single(n node, secret bool) (value, bool) {
	at := n.place(r.file)
	v := value{path: n.path, place: at, secret: secret}
	switch written := n.Node.(type) {
	case *ast.StringNode:
		v.raw, v.kind = written.Value, textKind
	case *ast.LiteralNode:
		v.raw, v.kind = written.Value.Value, textKind
	case *ast.IntegerNode, *ast.FloatNode:
		// As it was typed: a code with a leading zero must keep it.
		v.raw, v.kind = strings.TrimSpace(written.GetToken().Value), numberKind
	case *ast.BoolNode:
		v.raw, v.kind = strings.TrimSpace(written.GetToken().Value), truthKind
	default:
		r.wrongShape(n, Text{"здесь должно быть одно значение", "a single value belongs here"}, seeSample())
		return v, false
	}
	whole := r.substitute(&v)
	if v.text != v.raw && !secret {
		v.put = &putIn{written: v.raw, text: v.text}
	}
	return v, whole
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// wrongShape reports a value of another kind than the key takes. The value is not shown: it may hold
// secrets deeper down.
func (r *reader) wrongShape(n node, problem, cure Text) {
	switch n.Node.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode, *ast.TagNode:
		problem = Text{"якоря, ссылки и теги YAML здесь не поддерживаются", "YAML anchors, aliases and tags are not supported here"}
		cure = Text{"Напишите значение целиком", "Write the value out"}
	case *ast.SequenceNode:
		cure = Text{"Уберите скобки [] и дефисы списка", "Remove the brackets [] or the dashes of the list"}
	case *ast.MappingNode, *ast.MappingValueNode:
		cure = Text{
			RU: "Уберите вложенные ключи; ${ИМЯ} и тексты со скобками {} пишутся в кавычках",
			EN: "Remove the nested keys; ${NAME} and texts with braces {} need quotes",
		}
	case *ast.NullNode:
		problem = Text{"значение не указано", "there is no value"}
		cure = Text{"Впишите его или удалите строку", "Write it or remove the line"}
	default: // the caller's cure is right
	}
	at := n.place(r.file)
	r.faults = append(r.faults, Fault{Path: n.path, Source: r.file, Line: at.line, Column: at.column, Problem: problem, Cure: cure})
}

func seeSample() Text {
	return Text{"См. образец настроек в документации", "See the sample configuration"}
}

func (r *reader) wrongKey(key node) {
	if _, merge := key.Node.(*ast.MergeKeyNode); merge {
		r.wrongShape(key, Text{}, Text{})
		return
	}
	r.wrongShape(key, Text{"здесь должно быть имя ключа", "a plain key belongs here"}, seeSample())
}

func (r *reader) duplicateKey(key node, name string, first int) {
	at := key.place(r.file)
	r.faults = append(r.faults, Fault{
		Path: join(key.path, shownKey(name)), Source: r.file, Line: at.line, Column: at.column,
		Problem: Text{
			RU: fmt.Sprintf("ключ повторяется, первый раз он в строке %d", first),
			EN: fmt.Sprintf("the key is there twice, first in line %d", first),
		},
		Cure: Text{"Оставьте один", "Keep one"},
	})
}

func (r *reader) unknownKey(fields []field, key node, name string) {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	cure := Text{
		RU: "Здесь есть ключи: " + strings.Join(names, ", "),
		EN: "The keys here are: " + strings.Join(names, ", "),
	}
	if near := nearest(name, names); near != "" {
		cure = Text{RU: "Может быть, " + near + "?", EN: "Did you mean " + near + "?"}
	}
	at := key.place(r.file)
	r.faults = append(r.faults, Fault{
		Path: join(key.path, shownKey(name)), Source: r.file, Line: at.line, Column: at.column,
		Problem: Text{"такого ключа нет", "there is no such key"}, Cure: cure,
	})
}

// shownKey bounds a key that somebody mistyped; a whole secret may stand where a key belongs.
func shownKey(name string) string {
	const longest = 24 // our own longest key has 17 letters, our shortest secret 16
	if utf8.RuneCountInString(name) > longest {
		return masked
	}
	return strings.Map(printable, name)
}
