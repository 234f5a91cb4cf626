package kds_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/gateway/internal/kds"
)

// plain is a small event with everything that the fast way knows.
const plain = `<?xml version="1.0" encoding="utf-8"?>` + "\r\n" +
	`<a RestCode="1" DateTime='2026-05-20T19:00:00' name="A&amp;B &#1041;&#x41;">` + "\n\t" +
	`<Order guid="{A-1}" orderName="12` + "\r\n" + `1"><Dish_1.x uni="1"></Dish_1.x ><Session>` +
	`<Dish  uni="1" name='"Борщ"' kdsstate="ready" /></Session></Order></a>`

// same holds the promise of the fast way for any body: what comes out is what encoding/xml alone
// gives, and every tag that it told is the tag that encoding/xml tells.
func same(t *testing.T, body []byte) {
	t.Helper()
	got, gotErr := kds.Decode(body)
	want, wantErr := kds.DecodeByStandard(body)
	if !reflect.DeepEqual(want, got) {
		t.Fatalf("%.2000q: the two ways differ (-standard +got):\n%s", body, cmp.Diff(want, got))
	}
	if !reflect.DeepEqual(wantErr, gotErr) {
		t.Fatalf("%.2000q: the errors differ: got %v, want %v", body, gotErr, wantErr)
	}
	tags, isPlain := kds.PlainTags(body)
	if !isPlain {
		return
	}
	standard, err := kds.StandardTags(body)
	if err != nil {
		t.Fatalf("%.2000q: got tags, want none: encoding/xml says %v", body, err)
	}
	if !reflect.DeepEqual(standard, tags) {
		t.Fatalf("%.2000q: the tags differ (-standard +got):\n%s", body, cmp.Diff(standard, tags))
	}
}

// The fast way must not quietly fall out of use: every sample that is understood takes it.
func TestSamplesAreReadTheFastWay(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(samples, "*.xml"))
	if err != nil {
		t.Fatal(err)
	}
	taken := 0
	for _, file := range files {
		whole, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range encodings() {
			body := e.encode(t, whole)
			if _, err := kds.DecodeByStandard(body); err != nil {
				continue
			}
			taken++
			if _, err := kds.DecodePlain(body); err != nil {
				t.Errorf("%s in %s: the fast way gave up, want it to read all", filepath.Base(file), e.name)
			}
		}
	}
	if taken < 300 {
		t.Errorf("got %d samples in all encodings that are understood, want 300 or more", taken)
	}
}

func TestADocumentIsPlainOrNot(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		body  string
		plain bool
	}{
		{"all that is plain", plain, true},
		{"no declaration", `<a/>`, true},
		{"a declaration with standalone", `<?xml version="1.0" standalone="yes" ?><a/>`, true},
		{"references to the first and the last character", `<a b="&#9;&#x10FFFF;&#xFFFD;"/>`, true},
		{"256 attributes", `<a ` + attributes(256) + `/>`, true},
		{"an empty value", `<a b="" c=''/>`, true},
		{"a bracket and a slash in a value", `<a b="/>]]>"/>`, true},
		{"the character before U+FFFE", "<a b=\"\uFFFD\"/>", true},

		{"a declaration without version", `<?xml encoding="utf-8"?><a/>`, false},
		{"version 1.1", `<?xml version="1.1"?><a/>`, false},
		{"a declaration in capitals", `<?XML version="1.0"?><a/>`, false},
		{"a declaration without end", `<?xml version="1.0"`, false},
		{"a second declaration", `<?xml version="1.0"?><?xml version="1.0"?><a/>`, false},
		{"an instruction", `<?x y?><a/>`, false},
		{"a DOCTYPE", `<!DOCTYPE a><a/>`, false},
		{"a comment", `<a><!-- --></a>`, false},
		{"CDATA", `<a><![CDATA[]]></a>`, false},
		{"text", `<a>b</a>`, false},
		{"text after the root", `<a/>b`, false},
		{"an entity of its own", `<a b="&nbsp;"/>`, false},
		{"an ampersand alone", `<a b="A & B"/>`, false},
		{"a reference without semicolon", `<a b="&amp"/>`, false},
		{"an empty reference", `<a b="&;&#;&#x;"/>`, false},
		{"a reference with a sign", `<a b="&#+65;"/>`, false},
		{"a reference with X", `<a b="&#X41;"/>`, false},
		{"a reference with an underscore", `<a b="&#6_5;"/>`, false},
		{"a reference to zero", `<a b="&#0;"/>`, false},
		{"a reference to half a pair", `<a b="&#xD800;"/>`, false},
		{"a reference to no character", `<a b="&#xFFFE;"/>`, false},
		{"a reference beyond all characters", `<a b="&#x110000;"/>`, false},
		{"a reference with many zeros", `<a b="&#000000065;"/>`, false},
		{"a namespace of an element", `<x:a/>`, false},
		{"a namespace of an attribute", `<a x:b=""/>`, false},
		{"a name in Cyrillic", `<а/>`, false},
		{"an attribute in Cyrillic", `<a ы=""/>`, false},
		{"a name that begins with a digit", `<1/>`, false},
		{"a name that begins with a dot", `<a .b=""/>`, false},
		{"a control character", "<a b=\"\x01\"/>", false},
		{"U+FFFE", "<a b=\"\uFFFE\"/>", false},
		{"U+FFFF after a reference", "<a b=\"&lt;\uFFFF\"/>", false},
		{"a control character after a reference", "<a b=\"&lt;\x0b\"/>", false},
		{"a bracket after a line end", "<a b=\"\r<\"/>", false},
		{"a value without quotes", `<a b=1/>`, false},
		{"an attribute without value", `<a b/>`, false},
		{"spaces around the equals sign", `<a b = "1"/>`, false},
		{"no space between attributes", `<a b="1"c="2"/>`, false},
		{"a bracket in a value", `<a b="<"/>`, false},
		{"a space before the name", `< a/>`, false},
		{"a space in the shutting", `<a/ >`, false},
		{"a tag without end", `<a`, false},
		{"an end tag without end", `<a></a`, false},
		{"an end tag with an attribute", `<a></a b="1">`, false},
		{"an end tag without name", `<a></>`, false},
		{"257 attributes", `<a ` + attributes(257) + `/>`, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if tags, got := kds.PlainTags([]byte(tt.body)); got != tt.plain {
				t.Errorf("%.200q: got plain %v (tags %+v), want %v", tt.body, got, tags, tt.plain)
			}
			same(t, []byte(tt.body))
		})
	}
}

// These are tags as such; that they make no document is for the reader to say, and then the verdict
// is that of encoding/xml.
func TestTheFastWayAcceptsNoWrongDocument(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"elements that overlap":        `<a><b></a></b>`,
		"a tag in another letter case": `<a></A>`,
		"a tag that begins alike":      `<a><Order guid="A"></Orders></a>`,
		"an element left open":         `<a>`,
		"an element shut twice":        `<a/></a>`,
		"two roots":                    `<a/><a/>`,
		"a declaration alone":          `<?xml version="1.0"?>`,
		"an attribute twice":           `<a b="1" b="1"/>`,
		"a state in two letter cases":  `<a><Order kdsstate="1" KDSState="1"/></a>`,
		"elements too deep":            nested("<a>", "", "</a>", 33),
		"too many elements":            "<a>" + strings.Repeat("<b/>", 20_000) + "</a>",
		"too many events":              "<w>" + strings.Repeat("<a/>", 501) + "</w>",
		"an unknown event":             `<b/>`,
		"a wrong guid":                 `<a><Order guid="` + strings.Repeat("1", 65) + `"/></a>`,
		"a state of an order unnamed":  `<a><Order kdsstate="ready"/></a>`,
	} {
		if got, err := kds.DecodePlain([]byte(body)); err == nil {
			t.Errorf("%s: %.100q: got %+v by the fast way, want it to give up", name, body, got)
		}
		same(t, []byte(body))
	}
}

func TestAValueIsRewrittenAsTheStandardReaderDoes(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		"A\r\nB":                      "A\nB",
		"A\rB\r":                      "A\nB\n",
		"\r\r\n\n\r":                  "\n\n\n\n",
		"A\n\tB":                      "A\n\tB",
		"&lt;&gt;&amp;&apos;&quot;":   `<>&'"`,
		"&amp;lt;":                    "&lt;",
		"&#13;\n":                     "\r\n",
		"\r&#10;":                     "\n\n",
		"Ч&#1072;&#x439;, 2\u00A0шт.": "Чай, 2\u00A0шт.",
		"&#x10ffff;\U0010FFFF":        "\U0010FFFF\U0010FFFF",
	} {
		body := []byte(`<a b="` + written + `" c="x"/>`)
		tags, ok := kds.PlainTags(body)
		if !ok || len(tags) != 2 || tags[0].Attrs[0].Value != want || tags[0].Attrs[1].Value != "x" {
			t.Errorf("%q: got %+v, plain %v; want %q and x", body, tags, ok, want)
		}
		same(t, body)
	}
}

// Not parallel: it is busy for a while, and TestNoBodyIsSlow measures time.
func TestEveryChangeOfOneByteIsJudgedAsByTheStandardReader(t *testing.T) {
	const bytes = "\x00\n\r !\"#&'/9:;<=>?]x\xbf\xef"
	for at := range plain {
		same(t, []byte(plain[:at]))
		same(t, []byte(plain[:at]+plain[at+1:]))
		for i := range len(bytes) {
			same(t, []byte(plain[:at]+bytes[i:i+1]+plain[at+1:]))
			same(t, []byte(plain[:at]+bytes[i:i+1]+plain[at:]))
		}
	}
}

// A posting is remembered for a while after its body is gone, so it must not hold the memory of a
// body (1 MiB each here) by a name that is a part of it.
func TestPostingsDoNotHoldTheirBodies(t *testing.T) {
	held := func() uint64 {
		runtime.GC()
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		return stats.HeapAlloc
	}
	before := held()
	var all [][]kds.Posting
	for i := range 32 {
		body := fmt.Sprintf(`<a RestCode="1%d" name="%s"><Order guid="A%d"/></a>`, i, strings.Repeat("x", 1_000_000), i)
		postings, err := kds.Decode([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, postings)
	}
	if grown := int64(held()) - int64(before); grown > 4<<20 {
		t.Errorf("%d postings of 1 MB bodies hold %d bytes, want under 4 MiB", len(all), grown)
	}
	runtime.KeepAlive(all)
}

func TestAnEventTakesFewAllocations(t *testing.T) {
	body := sample(t, "08-kds-all-ready.xml")
	if got := testing.AllocsPerRun(100, func() { _, _ = kds.Decode(body) }); got > 60 {
		t.Errorf("08-kds-all-ready.xml: got %v allocations, want at most 60", got)
	}
}
