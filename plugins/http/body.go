package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"strings"
)

// body is a request's body, ready to be filled.
type body interface {
	// build returns the body and its content type.
	build(v values) (content []byte, contentType string)
	uses(names ...string) bool
}

// parseBody reads a body setting; lines are its entries.
func parseBody(kind string, lines []string) (body, error) {
	switch kind {
	case "json":
		return parseJSON(strings.Join(lines, "\n"))
	case "xml":
		t, err := parseTemplate(strings.Join(lines, "\n"), inXML)
		return text{t, "text/xml; charset=utf-8"}, err
	case "raw":
		t, err := parseTemplate(strings.Join(lines, "\n"), inRaw)
		return text{t, "text/plain; charset=utf-8"}, err
	}
	return parseForm(lines)
}

// form is name=value pairs.
type form []pair

type pair struct{ name, value template }

func parseForm(lines []string) (body, error) {
	var f form
	for i, line := range lines {
		name, value, found := strings.Cut(line, "=")
		if !found || strings.TrimSpace(name) == "" {
			return nil, lineFault(i, "it is not of the form name=value.", "она не вида имя=значение.")
		}
		n, err := parseTemplate(strings.TrimSpace(name), plain)
		if err != nil {
			return nil, err
		}
		v, err := parseTemplate(strings.TrimSpace(value), plain)
		if err != nil {
			return nil, err
		}
		f = append(f, pair{n, v})
	}
	return f, nil
}

func (f form) fields(v values) url.Values {
	all := url.Values{}
	for _, p := range f {
		name, _ := p.name.fill(v)
		if value, empty := p.value.fill(v); !empty {
			all.Add(name, value)
		}
	}
	return all
}

func (f form) build(v values) ([]byte, string) {
	return []byte(f.fields(v).Encode()), "application/x-www-form-urlencoded"
}

func (f form) uses(names ...string) bool {
	for _, p := range f {
		if p.name.uses(names...) || p.value.uses(names...) {
			return true
		}
	}
	return false
}

// text is XML or raw text.
type text struct {
	template    template
	contentType string
}

func (t text) build(v values) ([]byte, string) {
	content, _ := t.template.fill(v)
	return []byte(content), t.contentType
}

func (t text) uses(names ...string) bool { return t.template.uses(names...) }

// document is a JSON body. Placeholders stand inside its strings and are filled into the decoded
// tree, so that no text can break out of its string.
type document struct{ root node }

// node is exactly one of the four; a nil leaf is null.
type node struct {
	object []member
	array  []node
	text   template
	leaf   any
	kind   byte // 'o', 'a', 't' or 'l'
}

type member struct {
	key   template
	value node
}

func parseJSON(source string) (body, error) {
	decoder := json.NewDecoder(strings.NewReader(source))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		return nil, fault{`This is not JSON; placeholders stand in quotes: "{to}".`, `Это не JSON; подстановки пишутся в кавычках: "{to}".`}
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, fault{EN: "Something follows the JSON value.", RU: "После JSON есть что-то ещё."}
	}
	root, err := parseNode(tree)
	return document{root}, err
}

func parseNode(value any) (node, error) {
	switch value := value.(type) {
	case string:
		t, err := parseTemplate(value, plain)
		return node{kind: 't', text: t}, err
	case []any:
		n := node{kind: 'a'}
		for _, item := range value {
			child, err := parseNode(item)
			if err != nil {
				return node{}, err
			}
			n.array = append(n.array, child)
		}
		return n, nil
	case map[string]any:
		n := node{kind: 'o'}
		for name, item := range value {
			key, err := parseTemplate(name, plain)
			if err != nil {
				return node{}, err
			}
			child, err := parseNode(item)
			if err != nil {
				return node{}, err
			}
			n.object = append(n.object, member{key, child})
		}
		return n, nil
	}
	return node{kind: 'l', leaf: value}, nil
}

// fill returns the value; keep is false for a string that is to be left out.
func (n node) fill(v values) (value any, keep bool) {
	switch n.kind {
	case 't':
		s, empty := n.text.fill(v)
		return s, !empty
	case 'a':
		list := []any{}
		for _, item := range n.array {
			if filled, keep := item.fill(v); keep {
				list = append(list, filled)
			}
		}
		return list, true
	case 'o':
		object := map[string]any{}
		for _, m := range n.object {
			key, _ := m.key.fill(v)
			if filled, keep := m.value.fill(v); keep {
				object[key] = filled
			}
		}
		return object, true
	}
	return n.leaf, true
}

func (d document) build(v values) ([]byte, string) {
	value, _ := d.root.fill(v)
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value) // strings, json.Number, bool and null always encode
	return bytes.TrimRight(b.Bytes(), "\n"), "application/json; charset=utf-8"
}

func (d document) uses(names ...string) bool { return d.root.uses(names...) }

func (n node) uses(names ...string) bool {
	if n.text.uses(names...) {
		return true
	}
	for _, item := range n.array {
		if item.uses(names...) {
			return true
		}
	}
	for _, m := range n.object {
		if m.key.uses(names...) || m.value.uses(names...) {
			return true
		}
	}
	return false
}
