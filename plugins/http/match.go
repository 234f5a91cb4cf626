package main

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

// answer is what the operator said.
type answer struct {
	status int
	body   []byte
	tree   any // the body as JSON, numbers as json.Number; nil if it is none
}

func newAnswer(status int, body []byte) answer {
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	a := answer{status: status, body: body}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if decoder.Decode(&a.tree) != nil || decoder.More() {
		a.tree = nil // a cut answer, or two values, is not believed in part
	}
	return a
}

// matcher recognises something in an answer. It is written as one of
//
//	$.data[0].status = sent|queued   a JSON path, and a regular expression for the whole value
//	$.id                             a JSON path: there is a value other than null, false and empty
//	^accepted;(\d+)                  a regular expression, found anywhere in the text
//	HTTP 409, HTTP 4xx               the status
type matcher struct {
	path    []step // nil: pattern looks at the text
	whole   bool   // a path: pattern is for the value; otherwise any value will do
	pattern *regexp.Regexp
	status  string // "409" or "4xx"
}

// step is one step down; index -1 with an empty name means any.
type step struct {
	name  string
	index int // -1: by name
}

const (
	statusForm = `^HTTP ([1-5](?:\d\d|xx))$`
	stepForm   = `^(?:\.([A-Za-z_][A-Za-z0-9_-]*)|\[(\d{1,6})\]|\["([^"\]]+)"\]|(\.\*|\[\*\]))`
)

func parseMatcher(source string) (*matcher, error) {
	source = strings.TrimSpace(source)
	if m := regexp.MustCompile(statusForm).FindStringSubmatch(source); m != nil {
		return &matcher{status: m[1]}, nil
	}
	if !strings.HasPrefix(source, "$.") && !strings.HasPrefix(source, "$[") {
		pattern, err := regexp.Compile(source)
		if err != nil || source == "" {
			return nil, fault{EN: "This is not a regular expression, and a JSON path begins with $.", RU: "Это не регулярное выражение, а путь в JSON начинается с $."}
		}
		return &matcher{pattern: pattern}, nil
	}
	path, value, compared := strings.Cut(source, "=")
	steps, err := parsePath(strings.TrimSpace(path))
	if err != nil {
		return nil, err
	}
	m := &matcher{path: steps, whole: compared}
	if compared {
		if m.pattern, err = regexp.Compile(`^(?:` + strings.TrimSpace(value) + `)$`); err != nil {
			return nil, fault{EN: "What follows the = is not a regular expression.", RU: "После = стоит не регулярное выражение."}
		}
	}
	return m, nil
}

func parsePath(path string) ([]step, error) {
	form := regexp.MustCompile(stepForm)
	steps := []step{}
	for rest := path[1:]; rest != ""; {
		m := form.FindStringSubmatch(rest)
		if m == nil {
			return nil, fault{EN: "This is not a JSON path like $.data[0].id", RU: "Это не путь в JSON вида $.data[0].id"}
		}
		rest = rest[len(m[0]):]
		switch {
		case m[2] != "":
			index, _ := strconv.Atoi(m[2]) // at most six digits
			steps = append(steps, step{index: index})
		case m[4] != "":
			steps = append(steps, step{index: -1})
		default:
			steps = append(steps, step{name: m[1] + m[3], index: -1})
		}
	}
	return steps, nil
}

// find returns what was recognised: the value, the first group of a regular expression or all that
// it matched, or the status. A nil matcher finds nothing.
func (m *matcher) find(a answer) (string, bool) {
	switch {
	case m == nil:
		return "", false
	case m.status != "":
		status := strconv.Itoa(a.status)
		return status, status == m.status || m.status[1:] == "xx" && status[:1] == m.status[:1]
	case m.path != nil:
		for _, value := range walk(a.tree, m.path) {
			written, there := write(value)
			if m.whole && m.pattern.MatchString(written) && (there || written != "") || !m.whole && there {
				return written, true
			}
		}
		return "", false
	}
	found := m.pattern.FindSubmatch(a.body)
	if found == nil {
		return "", false
	}
	if len(found) > 1 {
		return string(found[1]), true
	}
	return string(found[0]), true
}

func walk(value any, path []step) []any {
	if len(path) == 0 {
		return []any{value}
	}
	s, rest := path[0], path[1:]
	anything := s.index < 0 && s.name == ""
	switch value := value.(type) {
	case []any:
		if anything {
			var all []any
			for _, item := range value {
				all = append(all, walk(item, rest)...)
			}
			return all
		}
		if s.name == "" && s.index < len(value) {
			return walk(value[s.index], rest)
		}
	case map[string]any:
		if anything {
			var all []any
			for _, name := range sorted(value) {
				all = append(all, walk(value[name], rest)...)
			}
			return all
		}
		if item, found := value[s.name]; found && s.name != "" {
			return walk(item, rest)
		}
	}
	return nil
}

func sorted(object map[string]any) []string {
	var all []string
	for name := range object {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// write returns a scalar as text; there is false for null, false, "" and empty containers.
func write(value any) (written string, there bool) {
	switch value := value.(type) {
	case string:
		return value, value != ""
	case json.Number:
		return value.String(), true
	case bool:
		return strconv.FormatBool(value), value
	case []any:
		return "", len(value) > 0
	case map[string]any:
		return "", len(value) > 0
	}
	return "", false
}

// rule is one line of the errors setting.
type rule struct {
	matcher *matcher
	reason  sdk.Reason
	wait    time.Duration
}

// parseRule reads "pattern = REASON" or "pattern = REASON 1m"; the last = counts.
func parseRule(line string) (rule, error) {
	cut := strings.LastIndex(line, "=")
	if cut < 0 {
		return rule{}, fault{EN: "It is not of the form pattern = REASON.", RU: "Она не вида «образец = ПРИЧИНА»."}
	}
	words := strings.Fields(line[cut+1:])
	if len(words) == 0 || len(words) > 2 || !sdk.Reason(words[0]).Known() {
		return rule{}, fault{"After the last = there must be a reason: " + reasons(), "После последнего = должна стоять причина: " + reasons()}
	}
	r := rule{reason: sdk.Reason(words[0])}
	if len(words) == 2 {
		wait, err := time.ParseDuration(words[1])
		if err != nil || wait < 0 {
			return rule{}, fault{EN: "The time after the reason must look like 30s or 5m.", RU: "Время после причины пишется как 30s или 5m."}
		}
		r.wait = wait
	}
	var err error
	r.matcher, err = parseMatcher(line[:cut])
	return r, err
}

func reasons() string {
	var all []string
	for _, reason := range sdk.Reasons() {
		all = append(all, string(reason))
	}
	return strings.Join(all, " ")
}
