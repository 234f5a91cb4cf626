package kds_test

import (
	"strings"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/kds"
)

// fill repeats a piece between two others up to nearly 1 MiB.
func fill(before, piece, after string) string {
	return before + strings.Repeat(piece, ((1<<20)-len(before)-len(after))/len(piece)) + after
}

func TestNoBodyIsSlow(t *testing.T) {
	t.Parallel()
	bodies := map[string]string{
		"attributes of one element":    "<a " + attributes(80_000) + "/>",
		"elements of 256 attributes":   fill("<a>", "<b "+attributes(256)+"/>", "</a>"),
		"elements of 24 attributes":    fill("<a>", "<b "+attributes(24)+"/>", "</a>"),
		"19,000 dishes with notes":     one("", strings.Repeat(`<Dish uni="1" kdsstate="burnt" quantity="x"/>`, 19_000)),
		"dishes with a long name":      fill(`<a><Order guid="A"><Dish kdsstate="1" name="`, "я", `"/></Order></a>`),
		"characters by reference":      fill(`<a name="`, "&#x43f;", `"/>`),
		"a comment":                    fill("<a><!-- ", "x", " --></a>"),
		"comments":                     fill("<a>", "<!---->", "</a>"),
		"CDATA":                        fill("<a>", "<![CDATA[]]>", "</a>"),
		"text":                         fill("<a>", "я", "</a>"),
		"spaces":                       fill("", " ", "<a/>"),
		"a declaration without end":    fill(`<?xml encoding="`, "x", ""),
		"a list of lists":              fill("[", "[],", "[]]"),
		"a list of numbers":            fill("[", "1,", "1]"),
		"an escaped text":              fill(`{"a":"`, `\u043f`, `"}`),
		"a long number":                fill(`{"order":{"visit":`, "9", `,"order_ident":1}}`),
		"zero bytes":                   fill("<\x00", "\x00", ""),
		"times that are nearly found":  fill("", " DateTime", ""),
		"wide times nearly found":      fill("<\x00", " \x00D\x00a\x00t\x00e\x00T\x00i\x00m\x00e\x00", ""),
		"many dishes in our JSON":      fill(`{"order":{"guid":"A"},"dishes":[{}`, `,{"quantity":1e9}`, `]}`),
		"one name, many letter cases":  fill(`{"order":{"guid":"A"}`, `,"x":1`, `}`),
		"brackets left open":           fill("", "<a>", ""),
		"braces left open":             fill("", `{"a":`, ""),
		"elements of a long name":      "<" + strings.Repeat("a", 500_000) + "></" + strings.Repeat("a", 500_000) + ">",
		"a guid as long as the body":   fill(`<a><Order guid="`, "{", `"/></a>`),
		"attributes without namespace": fill("<a ", "x:y='' ", "/>"),
	}
	const limit = 2 * time.Second // the promise is 100 ms on a quiet machine; this catches what grows with the square
	for name, body := range bodies {
		start := time.Now()
		_, err := kds.Decode([]byte(body))
		took := time.Since(start)
		kds.KeyOf([]byte(body))
		if all := time.Since(start); all > limit {
			t.Errorf("%s, %d bytes: took %v to decode and %v with the key (error %v), want under %v", name, len(body), took, all, err, limit)
		} else {
			t.Logf("%-30s %8d bytes %8.1f ms, error %v", name, len(body), float64(took.Microseconds())/1000, err)
		}
	}
}
