package sdktest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/orderbell/orderbell/sdk"
)

// reportCase makes an odd report of a true one. What comes of it may be the same as of the true one or
// less; more, or something else, is an invention.
type reportCase struct {
	name string
	make func(honest sdk.Callback, all []Callback) sdk.Callback
	// forged: somebody else can make it, so a provider that signs must refuse it or say nothing new.
	// The others are the operator's own habits, and only must not be read as something else.
	forged bool
}

// oddReports are what reaches an address that stands in the open.
func oddReports() []reportCase {
	bodyOf := func(text string) func(sdk.Callback, []Callback) sdk.Callback {
		return func(c sdk.Callback, _ []Callback) sdk.Callback { c.Body = []byte(text); return c }
	}
	typed := func(contentType string) func(sdk.Callback, []Callback) sdk.Callback {
		return func(c sdk.Callback, _ []Callback) sdk.Callback {
			c.Header = c.Header.Clone()
			c.Header.Set("Content-Type", contentType)
			return c
		}
	}
	changed := func(change func(body []byte) []byte) func(sdk.Callback, []Callback) sdk.Callback {
		return func(c sdk.Callback, _ []Callback) sdk.Callback { c.Body = change(bytes.Clone(c.Body)); return c }
	}
	return []reportCase{
		{name: "nothing at all", forged: true, make: func(c sdk.Callback, _ []Callback) sdk.Callback {
			return sdk.Callback{Method: c.Method, URL: c.URL}
		}},
		{name: "an empty body", forged: true, make: bodyOf("")},
		{name: "null", forged: true, make: bodyOf("null")},
		{name: "an empty object", forged: true, make: bodyOf("{}")},
		{name: "an empty list", forged: true, make: bodyOf("[]")},
		{name: "a list of nothing", forged: true, make: bodyOf("[null,[],{},0]")},
		{name: "a web page", forged: true, make: bodyOf(page)},
		{name: "XML with an entity", forged: true, make: bodyOf(`<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>`)},
		{name: "a hundred thousand brackets", forged: true, make: bodyOf(strings.Repeat("[", 100_000))},
		{name: "a hundred thousand braces", forged: true, make: bodyOf(strings.Repeat(`{"data":`, 100_000))},
		{name: "NUL bytes", forged: true, make: bodyOf(strings.Repeat("\x00", 4096))},
		{name: "ten thousand fields", forged: true, make: changed(func(body []byte) []byte {
			for i := range 10_000 {
				body = fmt.Appendf(body, "&data[%d]=x&id=%d", i, i)
			}
			return body
		})},
		{name: "as many reports in one as the gateway takes", forged: true, make: changed(manifold)},
		{name: "a quarter of a megabyte behind it", forged: true, make: changed(func(body []byte) []byte { return append(body, bytes.Repeat([]byte("&x=y"), mostBody/4)...) })},
		{name: "blanks behind it", make: changed(func(body []byte) []byte { return append(body, "\r\n\r\n"...) })},
		{name: "a byte order mark before it", make: changed(func(body []byte) []byte { return append([]byte("\ufeff"), body...) })},
		{name: "in UTF-16", forged: true, make: changed(func(body []byte) []byte {
			wide := []byte{0xff, 0xfe}
			for _, b := range body {
				wide = append(wide, b, 0)
			}
			return wide
		})},
		{name: "with a letter of windows-1251", make: changed(func(body []byte) []byte { return append(body, "&text=\xcf\xf0\xe8"...) })},
		{name: "every field twice", forged: true, make: eachField(func(name, value string) url.Values { return url.Values{name: {value, value}} })},
		{name: "every field twice, the second another", forged: true, make: eachField(func(name, value string) url.Values { return url.Values{name: {value, value + "1"}} })},
		{name: "every field twice, the first another", forged: true, make: eachField(func(name, value string) url.Values { return url.Values{name: {"1" + value, value}} })},
		{name: "every field a list", forged: true, make: eachField(func(name, value string) url.Values { return url.Values{name + "[]": {value}} })},
		{name: "every field an object", forged: true, make: eachField(func(name, value string) url.Values { return url.Values{name + "[a]": {value}} })},
		{name: "every field in capitals", forged: true, make: eachField(func(name, value string) url.Values { return url.Values{strings.ToUpper(name): {value}} })},
		{name: "every field blank", forged: true, make: eachField(func(name, _ string) url.Values { return url.Values{name: {""}} })},
		{name: "as a GET with its fields in the address", forged: true, make: func(c sdk.Callback, _ []Callback) sdk.Callback {
			c = withQuery(c, strings.Trim(c.Query+"&"+toText(string(c.Body)), "&"))
			c.Method, c.Body = http.MethodGet, nil
			return c
		}},
		{name: "its fields in the address, too", forged: true, make: func(c sdk.Callback, _ []Callback) sdk.Callback {
			return withQuery(c, strings.Trim(c.Query+"&"+toText(string(c.Body)), "&"))
		}},
		{name: "by PUT", forged: true, make: func(c sdk.Callback, _ []Callback) sdk.Callback { c.Method = http.MethodPut; return c }},
		{name: "by a method of its own", forged: true, make: func(c sdk.Callback, _ []Callback) sdk.Callback { c.Method = "\x00DELIVER"; return c }},
		{name: "said to be JSON", make: typed("application/json")},
		{name: "said to be a form in windows-1251", make: typed("application/x-www-form-urlencoded; charset=windows-1251")},
		{name: "said to be in parts without a boundary", make: typed("multipart/form-data")},
		{name: "said to be in parts with another boundary", make: typed("multipart/form-data; boundary=x")},
		{name: "of a type that is none", make: typed("\x00;;=")},
		{name: "the body of another report", forged: true, make: func(c sdk.Callback, all []Callback) sdk.Callback {
			if len(all) > 1 { // its signature is true, for another message
				c.Body = bytes.Clone(all[1].Request.Body)
				if bytes.Equal(c.Body, all[0].Request.Body) {
					c.Body = bytes.Clone(all[0].Request.Body)
				}
			}
			return c
		}},
		{name: "from an address on the other side of the world", make: func(c sdk.Callback, _ []Callback) sdk.Callback { c.RemoteIP = "2001:db8::7"; return c }},
		{name: "from no address", make: func(c sdk.Callback, _ []Callback) sdk.Callback { c.RemoteIP = "not an address"; return c }},
		{name: "to an address that is none", forged: true, make: func(c sdk.Callback, _ []Callback) sdk.Callback { c.URL, c.Query = "://", "%zz=%"; return c }},
		{name: "every header twice", forged: true, make: func(c sdk.Callback, _ []Callback) sdk.Callback {
			c.Header = c.Header.Clone()
			for name, values := range c.Header {
				c.Header[name] = append(values, values...)
			}
			return c
		}},
	}
}

// eachField rewrites the fields of a form; what is no form stays as it is.
func eachField(rewrite func(name, value string) url.Values) func(sdk.Callback, []Callback) sdk.Callback {
	return func(c sdk.Callback, _ []Callback) sdk.Callback {
		form, err := url.ParseQuery(string(c.Body))
		if err != nil || strings.HasPrefix(strings.TrimSpace(string(c.Body)), "{") {
			return c
		}
		written := url.Values{}
		for name, values := range form {
			maps.Copy(written, rewrite(name, values[0]))
		}
		c.Body = []byte(written.Encode())
		return c
	}
}

// mostBody is how long an odd body is at most, in bytes: what the gateway takes of a callback.
const mostBody = 256 << 10

// manifold repeats a report in the way of its own format.
func manifold(body []byte) []byte {
	n := min(10_000, mostBody/(len(body)+1))
	if json.Valid(body) {
		return fmt.Appendf(nil, "[%s]", strings.TrimSuffix(strings.Repeat(string(body)+",", n), ","))
	}
	return bytes.Repeat(append(body, '&'), n)
}

// odd posts every odd report.
func (d *desk) odd(t *testing.T, list []Callback) {
	t.Helper()
	for _, test := range oddReports() {
		for _, c := range list {
			honest, _ := d.post(t, c.Request)
			made := test.make(c.Request, list)
			made.Query, made.URL, made.Method, made.Header = toText(made.Query), toText(made.URL), toText(made.Method), toTexts(made.Header)
			others := honest
			if test.name == "the body of another report" { // true as a whole where the address is not signed
				others = d.allNews(t, list)
			}
			receipts, err := d.post(t, made)
			if r := invented(others, receipts, test.forged && d.signed); r != nil {
				t.Errorf("%s, %s: got the receipt %+v (%v), want nothing that the true report does not say", c.Name, test.name, *r, err)
			}
		}
	}
	d.rig.suite.card.did("odd callbacks", len(oddReports()))
}

func (d *desk) allNews(t *testing.T, list []Callback) []sdk.Receipt {
	t.Helper()
	var all []sdk.Receipt
	for _, c := range list {
		receipts, _ := d.post(t, c.Request)
		all = append(all, receipts...)
	}
	return all
}

// invented returns a receipt that the true report does not have. Where nothing is signed anybody can write
// a report, and only a receipt without an id or with a status that is none is an invention.
func invented(honest, receipts []sdk.Receipt, forged bool) *sdk.Receipt {
	if forged {
		return news(honest, receipts)
	}
	for i, r := range receipts {
		if r.ProviderID == "" && r.OurID == "" || r.Status == "" {
			return &receipts[i]
		}
	}
	return nil
}

// repeats is how often one report comes.
const repeats = 1000

// flood posts one report a thousand times, all at once.
func (d *desk) flood(t *testing.T, c Callback) {
	t.Helper()
	honest, _ := d.post(t, c.Request)
	slots := make(chan struct{}, 100)
	var all sync.WaitGroup
	var mu sync.Mutex
	n := repeats
	if testing.Short() {
		n /= 10
	}
	for range n {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			receipts, _, err := d.rig.ParseCallback(t.Context(), account, 1, c.Request)
			mu.Lock()
			defer mu.Unlock()
			d.posted++
			if r := news(honest, receipts); r != nil || len(receipts) != len(honest) {
				t.Errorf("%s, one of %d at once: got %+v, %v; want what it says alone, %+v", c.Name, n, receipts, err, honest)
			}
		})
	}
	all.Wait()
}

// another opens an account of the same provider with other secrets and posts the reports of the first
// one there: they are forgeries to it.
func (d *desk) another(t *testing.T, list []Callback) {
	t.Helper()
	if !d.signed {
		t.Skip("the operator signs nothing")
	}
	settings := maps.Clone(d.rig.settings)
	for key, value := range settings {
		if f := d.rig.suite.field(key); f != nil && f.Kind == sdk.KindSecret {
			settings[key] = otherSecret(value)
		}
	}
	request := d.rig.request(settings)
	request.Account = "other"
	diagnostics, err := d.rig.Open(t.Context(), request)
	if err != nil || refusal(diagnostics) != nil || maps.Equal(settings, d.rig.settings) {
		t.Skipf("no second account with other secrets: %v, %v", diagnostics, err)
	}
	for _, c := range list {
		receipts, _, err := d.rig.ParseCallback(t.Context(), "other", 1, c.Request)
		d.posted++
		if f := sdk.AsFailure(err, ""); len(receipts) > 0 || f == nil || f.Reason != sdk.Unauthorized {
			t.Errorf("%s, posted to another account: got %+v, %v; want UNAUTHORIZED", c.Name, receipts, err)
		}
	}
}

// otherSecret changes letters and digits for others of their kind: most keys have a form.
func otherSecret(secret string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '8', r >= 'a' && r <= 'e', r >= 'A' && r <= 'E':
			return r + 1
		case r == '9', r == 'f', r == 'F':
			return r - 1
		}
		return r
	}, secret)
}
