package kds_test

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/orderbell/orderbell/gateway/internal/kds"
)

// one makes an event of one dish with the given attributes of order and dish.
func one(orderAttributes, dish string) string {
	return `<a RestCode="1" DateTime="2026-05-20T19:00:00"><Order guid="{AB}" ` + orderAttributes + `><Session>` + dish + `</Session></Order></a>`
}

const plainDish = `<Dish uni="1" quantity="1000" kdsstate="ready"/>`

func TestBadXMLIsRefusedWithItsReason(t *testing.T) {
	t.Parallel()
	const xmlHead = `<?xml version="1.0" encoding="utf-8"?>`
	tests := []struct {
		name string
		body string
		want kds.Code
	}{
		{"an empty body", "", kds.Empty},
		{"spaces only", " \r\n\t ", kds.Empty},
		{"a byte order mark only", "\xEF\xBB\xBF", kds.Empty},
		{"plain words", "hello", kds.NotText},
		{"a number", "42", kds.NotText},
		{"zero bytes", "\x00\x00\x00\x00", kds.NotText},
		{"two byte order marks", "\xEF\xBB\xBF\xEF\xBB\xBF<a/>", kds.NotText},
		{"binary", "\x89PNG\r\n\x1a\n", kds.BadEncoding},
		{"a body over 1 MiB", "<a>" + strings.Repeat(" ", 1<<20) + "</a>", kds.TooLarge},

		{"an opening bracket alone", "<", kds.BadXML},
		{"a declaration alone", xmlHead, kds.BadXML},
		{"a comment alone", "<!-- <a/> -->", kds.BadXML},
		{"an element left open", "<a>", kds.BadXML},
		{"an element shut twice", "<a></a></a>", kds.BadXML},
		{"elements that overlap", "<a><b></a></b>", kds.BadXML},
		{"a tag shut in another letter case", "<a></A>", kds.BadXML},
		{"a tag shut in another namespace", "<a></x:a>", kds.BadXML},
		{"an attribute without quotes", "<a RestCode=1/>", kds.BadXML},
		{"an attribute without value", "<a RestCode/>", kds.BadXML},
		{"an attribute left open", `<a RestCode="1/>`, kds.BadXML},
		{"a bracket inside an attribute", `<a name="<b>"/>`, kds.BadXML},
		{"an ampersand alone", `<a name="A&B"/>`, kds.BadXML},
		{"a name that begins with a digit", "<1a/>", kds.BadXML},
		{"a space before the name", "< a/>", kds.BadXML},
		{"a comment left open", "<a><!-- </a>", kds.BadXML},
		{"two hyphens inside a comment", "<a><!-- -- --></a>", kds.BadXML},
		{"a CDATA left open", "<a><![CDATA[ </a>", kds.BadXML},
		{"XML 1.1", `<?xml version="1.1"?><a/>`, kds.BadXML},
		{"a second declaration", xmlHead + xmlHead + "<a/>", kds.BadXML},
		{"a declaration inside", "<a>" + xmlHead + "</a>", kds.BadXML},
		{"a control character", "<a name=\"\x01\"/>", kds.BadXML},
		{"a reference to a control character", `<a name="&#0;"/>`, kds.BadXML},
		{"a reference beyond Unicode", `<a name="&#x110000;"/>`, kds.BadXML},
		{"an entity that nobody declared", `<a name="&x;"/>`, kds.BadXML},

		{"DOCTYPE", "<!DOCTYPE a><a/>", kds.Doctype},
		{"DOCTYPE after a comment", "<!-- --><!DOCTYPE a><a/>", kds.Doctype},
		{"DOCTYPE inside the root", "<a><!DOCTYPE a></a>", kds.Doctype},
		{"an external entity", `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///nowhere">]><a name="&x;"/>`, kds.Doctype},
		{"a parameter entity", `<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1/x"> %x;]><a/>`, kds.Doctype},
		{"an external DTD", `<!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd"><a/>`, kds.Doctype},
		{"entities that multiply", laughs(10), kds.Doctype},
		{"one long entity used often", `<!DOCTYPE a [<!ENTITY x "` + strings.Repeat("x", 50_000) + `">]><a name="` + strings.Repeat("&x;", 50_000) + `"/>`, kds.Doctype},
		{"an entity that holds itself", `<!DOCTYPE a [<!ENTITY x "&x;">]><a name="&x;"/>`, kds.Doctype},
		{"an element declaration", "<!ELEMENT a ANY><a/>", kds.Doctype},
		{"a DOCTYPE that never ends", "<!DOCTYPE a [" + strings.Repeat("<!ENTITY x 'y'>", 1000), kds.BadXML},

		{"33 elements inside each other", nested("<a>", "", "</a>", 33), kds.TooDeep},
		{"10,000 elements inside each other", nested("<a>", "", "</a>", 10_000), kds.TooDeep},
		{"149,000 elements inside each other", nested("<a>", "", "</a>", 149_000), kds.TooDeep},
		{"100,000 elements left open", strings.Repeat("<a>", 100_000), kds.TooDeep},
		{"257 attributes", "<a " + attributes(257) + "/>", kds.TooMany},
		{"50,000 attributes", "<a " + attributes(50_000) + "/>", kds.TooMany},
		{"20,001 elements", "<a>" + strings.Repeat("<b/>", 20_000) + "</a>", kds.TooMany},
		{"501 events under one wrapper", "<w>" + strings.Repeat("<a/>", 501) + "</w>", kds.TooMany},

		{"an attribute twice", `<a RestCode="1" RestCode="2"/>`, kds.Twice},
		{"an attribute twice, of an element not known", `<a><z q="1" q="1"/></a>`, kds.Twice},
		{"an attribute twice among 100", "<a " + attributes(99) + ` a7="x"/>`, kds.Twice},
		{"a guid twice", one(`guid="{CD}"`, plainDish), kds.Twice},
		{"a kitchen state twice in two letter cases", one("", `<Dish uni="1" kdsstate="ready" KDSState="sent"/>`), kds.Twice},

		{"text after the root", "<a/>x", kds.Trailing},
		{"a second root", "<a/><a/>", kds.Trailing},
		{"JSON after the root", "<a/>{}", kds.Trailing},
		{"text between declaration and root", xmlHead + "x<a/>", kds.Trailing},

		{"a page of HTML", "<html><body>502</body></html>", kds.Unknown},
		{"a root in capitals", "<A/>", kds.Unknown},
		{"a root of a foreign namespace", `<x:a xmlns:x="urn:x"/>`, kds.Unknown},
		{"an order alone", `<Order guid="{AB}"/>`, kds.Unknown},
		{"the answer to another command", `<RK7QueryResult CMD="GetOrderList"><Order guid="{AB}"/></RK7QueryResult>`, kds.Unknown},

		{"Cyrillic bytes under a utf-8 declaration", xmlHead + "<a name=\"\xC1\xEE\xF0\xF9\"/>", kds.BadEncoding},
		{"Cyrillic bytes without a declaration", "<a name=\"\xC1\xEE\xF0\xF9\"/>", kds.BadEncoding},
		{"overlong utf-8", "<a name=\"\xC0\xAF\"/>", kds.BadEncoding},
		{"half a pair in utf-8", "<a name=\"\xED\xA0\x80\"/>", kds.BadEncoding},
		{"an encoding that is not known", `<?xml version="1.0" encoding="ebcdic-cp-us"?><a/>`, kds.BadEncoding},
		{"utf-7", `<?xml version="1.0" encoding="utf-7"?><a/>`, kds.BadEncoding},
		{"utf-32 with a mark", "\xFF\xFE\x00\x00<\x00\x00\x00a\x00\x00\x00/\x00\x00\x00>\x00\x00\x00", kds.NotText},
		{"half a pair in utf-16", "\xFF\xFE<\x00a\x00 \x00b\x00=\x00\"\x00\x00\xD8\"\x00/\x00>\x00", kds.BadEncoding},
		{"the second half of a pair in utf-16", "\xFF\xFE<\x00a\x00 \x00b\x00=\x00\"\x00\x00\xDC\"\x00/\x00>\x00", kds.BadEncoding},
		{"an odd number of utf-16 bytes", "\xFF\xFE<\x00a\x00/\x00>", kds.BadXML},

		{"a kitchen state of an order that nothing names", `<a><Order><Session>` + plainDish + `</Session></Order></a>`, kds.NoReference},
		{"a visit without its order", `<a><Order visit="5" kdsstate="ready"/></a>`, kds.NoReference},
		{"a zero guid and visit 0", `<a><Order guid="{00000000-0000-0000-0000-000000000000}" visit="0" orderIdent="0" kdsstate="ready"/></a>`, kds.NoReference},
		{"a guid of 1,000 characters", `<a><Order guid="` + strings.Repeat("A", 1000) + `"/></a>`, kds.BadValue},
		{"a guid with a line break", `<a><Order guid="A&#10;B"/></a>`, kds.BadValue},
		{"a line_guid with a zero-width character", one("", "<Dish line_guid=\"A\u200bB\"/>"), kds.BadValue},
		{"a RestCode of 100 digits", `<a RestCode="` + strings.Repeat("9", 100) + `"/>`, kds.BadValue},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			refused(t, []byte(tt.body), tt.want)
		})
	}
}

// refused checks that a body is refused for the right reason, in two languages, without repeating
// much of the body or anything that may be a phone.
func refused(t *testing.T, body []byte, want kds.Code) {
	t.Helper()
	shown := fmt.Sprintf("%.120q", body)
	got, err := kds.Decode(body)
	var bad *kds.Error
	if !errors.As(err, &bad) {
		t.Fatalf("%s: got %+v, error %v; want a *kds.Error %q", shown, got, err, want)
	}
	if bad.Code != want {
		t.Errorf("%s: got %q (%v), want %q", shown, bad.Code, bad, want)
	}
	safe(t, bad)
}

var maybePhone = regexp.MustCompile(`[0-9][0-9 ()+-]{8,}[0-9]`)

func safe(t *testing.T, bad *kds.Error) {
	t.Helper()
	for _, sentence := range []string{bad.Sentence("ru"), bad.Sentence("en"), bad.Error()} {
		if len(sentence) > 1500 || sentence == "" || maybePhone.MatchString(sentence) {
			t.Errorf("the sentence must be short and hold no phone: %d bytes, %q", len(sentence), sentence)
		}
	}
	if bad.Sentence("ru") == bad.Sentence("en") {
		t.Errorf("code %q says the same in both languages: %q", bad.Code, bad.Sentence("ru"))
	}
}

func attributes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `a%d="" `, i)
	}
	return b.String()
}

func laughs(levels int) string {
	var b strings.Builder
	b.WriteString(`<!DOCTYPE a [<!ENTITY l0 "ha">`)
	for i := 1; i <= levels; i++ {
		fmt.Fprintf(&b, `<!ENTITY l%d "%s">`, i, strings.Repeat(fmt.Sprintf("&l%d;", i-1), 10))
	}
	fmt.Fprintf(&b, `]><a name="&l%d;"/>`, levels)
	return b.String()
}

func TestABodyCutAtAnyByteIsRefusedInEveryEncoding(t *testing.T) {
	t.Parallel()
	for _, e := range encodings() {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			whole := e.encode(t, sample(t, "08-kds-all-ready.xml"))
			trimmed := len(e.encode(t, []byte(strings.TrimSpace(string(sample(t, "08-kds-all-ready.xml"))))))
			for n := range trimmed {
				_, err := kds.Decode(whole[:n])
				var bad *kds.Error
				if !errors.As(err, &bad) {
					t.Fatalf("%s cut at byte %d of %d: got error %v, want a *kds.Error", e.name, n, len(whole), err)
				}
			}
			if _, err := kds.Decode(whole[:trimmed]); err != nil {
				t.Errorf("%s, whole: got error %v, want none", e.name, err)
			}
		})
	}
}

func TestErrorsNeverShowAPhone(t *testing.T) {
	t.Parallel()
	for _, phone := range []string{"+79990000001", "8 (999) 000-00-01", "٧٩٩٩٠٠٠٠٠٠١", "79990000001"} {
		for _, body := range []string{
			phone,
			`<a><Order guid="` + phone + `&#10;x" kdsstate="ready"/></a>`,
			`<a><q` + strings.Map(wordOnly, phone) + ` a="1" a="2"/></a>`,
			`<w` + strings.Map(wordOnly, phone) + `/>`,
			`{"order":{"guid":"A"},"` + phone + `":1,"` + phone + `":2}`,
			`{"order":{"guid":"A"},"occurred_at":"` + phone + `"}`,
			`<?xml version="1.0" encoding="` + phone + `"?><a/>`,
		} {
			_, err := kds.Decode([]byte(body))
			var bad *kds.Error
			if !errors.As(err, &bad) {
				t.Fatalf("%q: got error %v, want a *kds.Error", body, err)
			}
			safe(t, bad)
			if strings.Contains(bad.Error(), phone) {
				t.Errorf("%q: got an error with the phone: %v", body, bad)
			}
		}
	}
}

func wordOnly(r rune) rune {
	if r >= '0' && r <= '9' {
		return r
	}
	return -1
}
