package main

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzAnswer: whatever the operator says, there is either an id that the gateway takes or a reason.
func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{`{"status":"ok","id":1}`, `{"status":"poor"}`, `[[[]]]`, `{"r":[{"id":{}}]}`, "\ufeff", "null", `{"id":1e400,"status":"ok"}`} {
		f.Add(200, seed)
	}
	c := config{Statuses: "200-299", Success: []string{"$.status = ok"}, ID: "", Errors: []string{"$.status = poor = NO_MONEY", "HTTP 4xx = BAD_SENDER"}}
	c.ID, c.Cost, c.AnswerTo = "$.*", "$.r[*].c", ""
	j, err := c.judge()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		accepted, failure := j.of(message(), newAnswer(status, []byte(body)), nil)
		if (failure == nil) == (accepted.ID == "") || len(accepted.ID) > maxID {
			t.Errorf("%d %q: got %+v, %v", status, body, accepted, failure)
		}
	})
}

// FuzzMatcher: what an admin writes is refused or works, and never panics.
func FuzzMatcher(f *testing.F) {
	for _, seed := range []string{"$.a[0].b = x|y", "$[*]", `$["a b"]`, "^ok", "HTTP 4xx", "$.", "$..a", "$[9999999]", "a = b = NO_MONEY 1m"} {
		f.Add(seed, `{"a":[{"b":"x"}]}`)
	}
	f.Fuzz(func(_ *testing.T, source, body string) {
		if m, err := parseMatcher(source); err == nil {
			m.find(newAnswer(200, []byte(body)))
		}
		if r, err := parseRule(source); err == nil {
			r.matcher.find(newAnswer(404, []byte(body)))
		}
	})
}

// FuzzBody: no text breaks out of the place where it was put.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{"x", `"},{"to":"`, "&to=1", "</text><to>1</to>", "]]>", "\x00", "{key}", "\u2028", "a\r\nb"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, said string) {
		v := values{"to": "79990000001", "text": said}
		made := map[string]string{}
		for kind, lines := range map[string][]string{
			"form": {"to={to}", "text={text}"}, "json": {`{"to":"{to}","text":"{text}"}`}, "xml": {`<m to="{to}" text="{text}"/>`},
		} {
			b, err := parseBody(kind, lines)
			if err != nil {
				t.Fatal(err)
			}
			content, _ := b.build(v)
			made[kind] = string(content)
		}
		form, err := url.ParseQuery(made["form"])
		if err != nil || len(form["to"]) != 1 || said != "" && form.Get("text") != said {
			t.Errorf("%q: the form is %s", said, made["form"])
		}
		var object map[string]string
		err = json.Unmarshal([]byte(made["json"]), &object)
		if err != nil || object["to"] != "79990000001" || utf8.ValidString(said) && object["text"] != said {
			t.Errorf("%q: the JSON is %s", said, made["json"])
		}
		decoder := xml.NewDecoder(strings.NewReader(made["xml"]))
		token, err := decoder.Token()
		element, ok := token.(xml.StartElement)
		if err != nil || !ok || len(element.Attr) != 2 || element.Attr[0].Value != "79990000001" {
			t.Errorf("%q: the XML is %s", said, made["xml"])
		}
		_, _ = decoder.Token()
		if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
			t.Errorf("%q: the XML is %s", said, made["xml"])
		}
	})
}
