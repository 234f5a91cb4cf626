package kds

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
)

// kind is what a JSON value is. A missing field reads as null.
type kind uint8

const (
	null kind = iota
	boolean
	number
	text
	object
	array
)

// value is one JSON value, numbers and booleans as they are spelled.
type value struct {
	kind   kind
	text   string
	fields []member
	items  []value
}

type member struct {
	name  string
	value value
}

// field is the value of the field with exactly this name; null when there is none.
func (v value) field(name string) value {
	for i := range v.fields {
		if v.fields[i].name == name {
			return v.fields[i].value
		}
	}
	return value{}
}

// valueReader reads a document more strictly than encoding/json: no name twice in an object, nothing
// after the end, bounded depth and size.
type valueReader struct {
	dec   *json.Decoder
	count int
}

func readJSON(body []byte) (value, error) {
	r := &valueReader{dec: json.NewDecoder(bytes.NewReader(body))}
	r.dec.UseNumber()
	root, err := r.value(1)
	if err != nil {
		return value{}, err
	}
	if _, err := r.dec.Token(); !errors.Is(err, io.EOF) {
		return value{}, r.fail(Trailing, "")
	}
	return root, nil
}

func (r *valueReader) fail(code Code, what string) error {
	return &Error{Code: code, Text: what, Where: offset(r.dec.InputOffset())}
}

// token never shows the decoder's own error: it may quote the body.
func (r *valueReader) token() (json.Token, error) {
	t, err := r.dec.Token()
	if err != nil {
		return nil, r.fail(BadJSON, "")
	}
	return t, nil
}

func (r *valueReader) value(depth int) (value, error) {
	if r.count++; r.count > maxValues {
		return value{}, r.fail(TooMany, strconv.Itoa(maxValues))
	}
	t, err := r.token()
	if err != nil {
		return value{}, err
	}
	switch t := t.(type) {
	case string:
		return value{kind: text, text: t}, nil
	case json.Number:
		return value{kind: number, text: t.String()}, nil
	case bool:
		return value{kind: boolean, text: strconv.FormatBool(t)}, nil
	case json.Delim:
		if depth > maxDepth {
			return value{}, r.fail(TooDeep, "")
		}
		if t == '[' {
			return r.array(depth)
		}
		return r.object(depth)
	}
	return value{}, nil
}

func (r *valueReader) array(depth int) (value, error) {
	v := value{kind: array}
	for r.dec.More() {
		item, err := r.value(depth + 1)
		if err != nil {
			return value{}, err
		}
		v.items = append(v.items, item)
	}
	_, err := r.token()
	return v, err
}

func (r *valueReader) object(depth int) (value, error) {
	v := value{kind: object}
	seen := map[string]bool{}
	for r.dec.More() {
		t, err := r.token()
		if err != nil {
			return value{}, err
		}
		name, ok := t.(string)
		if !ok {
			return value{}, r.fail(BadJSON, "")
		}
		if seen[name] {
			return value{}, r.fail(Twice, quoted(name))
		}
		seen[name] = true
		item, err := r.value(depth + 1)
		if err != nil {
			return value{}, err
		}
		v.fields = append(v.fields, member{name: name, value: item})
	}
	_, err := r.token()
	return v, err
}
