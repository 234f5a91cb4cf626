package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

// values are what the placeholders stand for in one call.
type values map[string]string

// names are the placeholders that exist.
func names() []string {
	return []string{"to", "text", "sender", "id", "key", "login", "password", "token", "basic", "ttl"}
}

// maxTTL is {ttl} for a message without a deadline; in minutes.
const maxTTL = 1440

// credentials are the values that do not depend on a message.
func (c *config) credentials() values {
	v := values{"key": string(c.Key), "login": c.Login, "password": string(c.Password)}
	if c.Login != "" || c.Password != "" {
		v["basic"] = base64.StdEncoding.EncodeToString([]byte(c.Login + ":" + string(c.Password)))
	}
	return v
}

// forMessage adds what a message brings.
func (c *config) forMessage(m sdk.Message, now time.Time) values {
	v := c.credentials()
	v["to"], v["text"], v["id"], v["sender"] = c.phone(m.To), m.Text, m.ID, c.Sender
	if m.Sender != "" {
		v["sender"] = m.Sender
	}
	ttl := time.Duration(maxTTL)
	if !m.NotAfter.IsZero() {
		ttl = min(max(m.NotAfter.Sub(now)/time.Minute, 1), maxTTL)
	}
	v["ttl"] = strconv.Itoa(int(ttl))
	return v
}

// phone writes an E.164 number as the operator wants it. National takes off Russia's 7, the only
// country code that is known by its length.
func (c *config) phone(e164 string) string {
	number := digits(e164)
	switch c.PhoneFormat {
	case "plus":
		return "+" + number
	case "national":
		return subscriber(number)
	}
	return number
}

func digits(text string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
}

// subscriber keeps the digits, without Russia's 7 or 8 in front of ten others.
func subscriber(phone string) string {
	number := digits(phone)
	if len(number) == 11 && (number[0] == '7' || number[0] == '8') {
		return number[1:]
	}
	return number
}

// place is where a template stands; it decides how values are escaped.
type place int

const (
	plain  place = iota // the encoder around it escapes: form, JSON, header
	inPath              // of an address
	inQuery
	inXML
	inRaw // each placeholder says how
)

// template is text with placeholders.
type template []part

type part struct {
	literal string
	name    string // of a placeholder; empty: literal counts
	escape  func(string) string
}

// placeholder is {name} or {name:escape}. Other braces are ordinary text.
const placeholder = `\{([a-z_]+)(?::([a-z]+))?\}`

// parseTemplate refuses names that do not exist, because a misspelt one would be sent to guests.
func parseTemplate(text string, at place) (template, error) {
	var t template
	rest := 0
	for _, m := range regexp.MustCompile(placeholder).FindAllStringSubmatchIndex(text, -1) {
		if m[0] > rest {
			t = append(t, part{literal: text[rest:m[0]]})
		}
		name, way := text[m[2]:m[3]], ""
		if m[4] >= 0 {
			way = text[m[4]:m[5]]
		}
		if !slices.Contains(names(), name) {
			return nil, fault{"There is no placeholder {" + name + "}.", "Подстановки {" + name + "} нет."}
		}
		if way != "" && at != inRaw {
			return nil, fault{"{" + name + ":" + way + "}: only raw text says how to escape.", "{" + name + ":" + way + "}: способ экранирования указывают только в тексте как есть."}
		}
		if way == "" && at == inRaw && (name == "text" || name == "sender") {
			return nil, fault{"{" + name + "} must say how it is escaped here, for example {" + name + ":url}.", "Укажите здесь способ экранирования, например {" + name + ":url}."}
		}
		escape, known := escaping(at, way)
		if !known {
			return nil, fault{"{" + name + ":" + way + "}: there is only url, json, xml and plain.", "{" + name + ":" + way + "}: бывает только url, json, xml и plain."}
		}
		t = append(t, part{name: name, escape: escape})
		rest = m[1]
	}
	if rest < len(text) {
		t = append(t, part{literal: text[rest:]})
	}
	return t, nil
}

func escaping(at place, way string) (func(string) string, bool) {
	switch {
	case at == inPath:
		return url.PathEscape, true
	case at == inQuery, way == "url":
		return url.QueryEscape, true
	case at == inXML, way == "xml":
		return escapeXML, true
	case way == "json":
		return escapeJSON, true
	case way == "", way == "plain":
		return func(s string) string { return s }, true
	}
	return nil, false
}

func escapeXML(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a buffer takes everything
	return b.String()
}

// escapeJSON escapes for the inside of a JSON string.
func escapeJSON(s string) string {
	encoded, _ := json.Marshal(s) // a string always marshals
	return string(encoded[1 : len(encoded)-1])
}

// fill puts the values in. Empty tells that the template consists of placeholders without a value:
// such a parameter is not sent at all.
func (t template) fill(v values) (text string, empty bool) {
	var b strings.Builder
	for _, p := range t {
		if p.name == "" {
			b.WriteString(p.literal)
			continue
		}
		b.WriteString(p.escape(v[p.name]))
	}
	return b.String(), b.Len() == 0 && len(t) > 0
}

// uses says whether one of the placeholders occurs.
func (t template) uses(wanted ...string) bool {
	return slices.ContainsFunc(t, func(p part) bool { return p.name != "" && slices.Contains(wanted, p.name) })
}
