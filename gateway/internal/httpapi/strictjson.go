package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"unicode/utf8"

	"github.com/orderbell/orderbell/gateway/internal/problem"
)

// maxJSONDepth bounds nesting; a binding needs two levels.
const maxJSONDepth = 8

// object is a JSON object as it was written. encoding/json alone would take GUID for guid and let the
// last of two equal names win; who sends such a body must hear of it instead.
type object struct {
	members []member
	twice   []string // names that were there before
}

type member struct {
	name  string
	value any // nil, bool, string, json.Number, object, []any
}

// value gives a member's value; nil when there is none.
func (o object) value(name string) any {
	for _, m := range o.members {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

// errNotJSON says that a body is not one JSON object in UTF-8 of a sane depth.
var errNotJSON = errors.New("not a JSON object")

// parseObject reads a body that is one JSON object and nothing else.
func parseObject(body []byte) (object, error) {
	if !utf8.Valid(body) || !json.Valid(body) {
		return object{}, problem.Refuse(problem.JSONMalformed)
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	value, err := parseValue(decoder, 0)
	top, ok := value.(object)
	if err != nil || !ok {
		return object{}, problem.Refuse(problem.JSONMalformed)
	}
	return top, nil
}

func parseValue(decoder *json.Decoder, depth int) (any, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	delimiter, nested := token.(json.Delim)
	switch {
	case !nested:
		return token, nil
	case depth >= maxJSONDepth:
		return nil, errNotJSON
	case delimiter == '{':
		return parseMembers(decoder, depth)
	default:
		return parseList(decoder, depth)
	}
}

func parseMembers(decoder *json.Decoder, depth int) (any, error) {
	o := object{}
	seen := map[string]bool{}
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		name, ok := token.(string)
		if !ok {
			return nil, errNotJSON
		}
		value, err := parseValue(decoder, depth+1)
		if err != nil {
			return nil, err
		}
		if seen[name] {
			o.twice = append(o.twice, name)
			continue
		}
		seen[name] = true
		o.members = append(o.members, member{name, value})
	}
	_, err := decoder.Token() // the closing brace
	return o, err
}

func parseList(decoder *json.Decoder, depth int) (any, error) {
	list := []any{}
	for decoder.More() {
		value, err := parseValue(decoder, depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	_, err := decoder.Token() // the closing bracket
	return list, err
}
