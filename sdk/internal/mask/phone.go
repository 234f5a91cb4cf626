package mask

import (
	"net/netip"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Digits of a phone number with its country, and of one without it. With a plus sign before them fewer
// digits are a number, too: that of a small country.
const (
	minDigits     = 10
	maxDigits     = 15
	minPlusDigits = 8
)

// maxSigns is how many separators in a row may stand within one number: ") - ".
const maxSigns = 4

// separators are what people put between the digits of a number, beside what has one byte.
const separators = "\u00a0\u2007\u2009\u202f\u2010\u2011\u2012\u2013\u2212"

// encoded are the same in addresses, JSON and HTML.
var encoded = [...]string{"%20", "%28", "%29", "%2D", "%C2%A0", `\u00a0`, "&nbsp;"}

// Phone keeps the country and the last four digits of a number: +7999•••0001. At least three digits are
// taken out; what is too short to be a phone is masked whole.
func Phone(number string) string {
	digits, plus := strings.CutPrefix(number, "+")
	if len(digits) < minDigits {
		return Sign
	}
	first := min(4, len(digits)-7)
	number = digits[:first] + Sign + digits[len(digits)-4:]
	if plus {
		return "+" + number
	}
	return number
}

// Phones masks what may be a phone number in a text, in any spelling that people or programs use. When in
// doubt it masks: what is left alone is certainly none — a longer number, a date, an IP address, a part of a
// hash, the random part of a temporary name.
func Phones(text string) string {
	var out strings.Builder
	done := 0 // what stands before it is in out
	for at := nextDigit(text, 0); at < len(text); {
		r := readRun(text, at)
		for _, s := range r.phones() {
			out.WriteString(text[done:s.from])
			out.WriteString(Phone(s.number(text)))
			done = s.to
		}
		at = nextDigit(text, r.end())
	}
	if done == 0 {
		return text
	}
	out.WriteString(text[done:])
	return out.String()
}

func nextDigit(text string, at int) int {
	for at < len(text) && !digit(text[at]) {
		at++
	}
	return at
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// span is a part of a text.
type span struct{ from, to int }

func (s span) len() int { return s.to - s.from }

// number is the span without separators. Those that are an encoding have digits of their own, which go, too.
func (s span) number(text string) string {
	var b strings.Builder
	at := s.from
	for _, sign := range pluses {
		if n := len(sign); s.len() > n && strings.EqualFold(text[at:at+n], sign) {
			b.WriteByte('+')
			at += n
		}
	}
	for at < s.to {
		if n := separator(text[at:]); n > 0 {
			at += n
			continue
		}
		b.WriteByte(text[at])
		at++
	}
	return b.String()
}

// run is digits that stand in groups, with nothing but separators between them.
type run struct {
	text   string
	groups []span
}

func readRun(text string, at int) run {
	r := run{text: text}
	for {
		g := span{at, at}
		for g.to < len(text) && digit(text[g.to]) {
			g.to++
		}
		r.groups = append(r.groups, g)
		at = g.to
		for range maxSigns {
			at += separator(text[at:])
		}
		if at == len(text) || at == g.to || !digit(text[at]) {
			return r
		}
	}
}

// separator is the length of the separator with which the text begins; 0: there is none.
func separator(text string) int {
	if text == "" {
		return 0
	}
	switch c := text[0]; {
	case strings.IndexByte(" .()-", c) >= 0:
		return 1
	case strings.IndexByte(`%\&`, c) >= 0:
		for _, s := range encoded {
			if len(text) >= len(s) && strings.EqualFold(text[:len(s)], s) {
				return len(s)
			}
		}
	case c >= utf8.RuneSelf:
		if r, n := utf8.DecodeRuneInString(text); strings.ContainsRune(separators, r) {
			return n
		}
	}
	return 0
}

func (r run) end() int { return r.groups[len(r.groups)-1].to }

// phones are the parts of the run that may be phone numbers, in order. A group that is long enough is judged
// by itself. Of what stands between such groups, dates and addresses, all goes if it may hold a number: where
// several numbers follow each other nothing tells where one ends.
func (r run) phones() []span {
	var found []span
	small := 0 // first group that is not judged yet
	flush := func(end int) {
		if small < end && r.spelt(small, end) {
			found = append(found, r.span(small, end))
		}
	}
	for i := 0; i < len(r.groups); {
		figure := 0
		if i == small { // behind other digits it may be the end of a number
			figure = r.figure(i)
		}
		hashed := r.hashed(i)
		switch {
		case figure > 0:
			i += figure
		case hashed || r.groups[i].len() >= minDigits:
			flush(i)
			if !hashed && r.whole(i) {
				found = append(found, r.span(i, i+1))
			}
			i++
		default:
			i++
			continue
		}
		small = i
	}
	flush(len(r.groups))
	return found
}

// span is the text of groups, with the plus sign before it.
func (r run) span(first, end int) span {
	return span{r.groups[first].from - r.plusSign(first), r.groups[end-1].to}
}

func (r run) plus(i int) bool { return r.plusSign(i) > 0 }

// pluses are the plus sign, and how it is written in addresses and in JSON.
var pluses = [...]string{"+", "%2B", `\u002B`}

// plusSign is the length of the plus sign before a group; 0: there is none.
func (r run) plusSign(i int) int {
	before := r.text[:r.groups[i].from]
	for _, sign := range pluses {
		if n := len(sign); len(before) >= n && strings.EqualFold(before[len(before)-n:], sign) {
			return n
		}
	}
	return 0
}

// between is what stands after a group and before the next one.
func (r run) between(i int) string { return r.text[r.groups[i].to:r.groups[i+1].from] }

func (r run) digits(i int) string { return r.text[r.groups[i].from:r.groups[i].to] }

// spelt tells whether small groups may be a number, or several.
func (r run) spelt(first, end int) bool {
	digits := 0
	for _, g := range r.groups[first:end] {
		digits += g.len()
	}
	if end-first == 2 {
		switch sign := r.between(first); {
		case sign == ".": // a fraction; who writes numbers with dots writes more than one
			return false
		case r.plus(first):
		case sign == "-" && r.groups[first].len() == 6 && digits == 13 && strings.HasPrefix(r.digits(first), "20"):
			return false // a message's id at sms.ru: 202626-1000002
		}
	}
	return digits >= minDigits || digits >= minPlusDigits && r.plus(first)
}

// whole tells whether a group may be a number by itself.
func (r run) whole(i int) bool {
	n := r.groups[i].len()
	switch {
	case n > maxDigits: // an operator's id
		return false
	case r.plus(i):
		return true
	case i > 0 && r.digits(i-1) == "0" && r.between(i-1) == ".": // 0.1234567890
		return false
	}
	return !r.moment(i) && !r.temporary(i)
}

// moment tells whether a group is a time: milliseconds since 1970, or 20261130015743. No number with its
// country has as many digits and begins so: those of North America (1) have 11, those of Egypt (20) have 12.
func (r run) moment(i int) bool {
	digits := r.digits(i)
	switch len(digits) {
	case 13:
		return digits >= "15" && digits < "2"
	case 14:
		at, err := time.Parse("20060102150405", digits)
		return err == nil && at.Year() >= 2000 && at.Year() < 2100
	default:
		return false
	}
}

// figure is how many groups from i on are a date or an IPv4 address; 0: none.
func (r run) figure(i int) int {
	if r.date(i) {
		return 3
	}
	if i+4 > len(r.groups) || i > 0 && r.between(i-1) == "." || i+4 < len(r.groups) && r.between(i+3) == "." || r.plus(i) {
		return 0
	}
	address, err := netip.ParseAddr(r.text[r.groups[i].from:r.groups[i+3].to])
	if err != nil || !address.Is4() {
		return 0
	}
	return 4
}

// date tells whether a date begins at i: 2026-11-30, 30.11.2026.
func (r run) date(i int) bool {
	if i+3 > len(r.groups) || r.between(i) != r.between(i+1) || r.plus(i) {
		return false
	}
	text := r.text[r.groups[i].from:r.groups[i+2].to]
	if len(text) != len("2006-01-02") {
		return false
	}
	for _, layout := range [...]string{"2006-01-02", "2006.01.02", "02.01.2006", "02-01-2006"} {
		if at, err := time.Parse(layout, text); err == nil && at.Year() >= 1900 && at.Year() < 2100 {
			return true
		}
	}
	return false
}

// lastTemporary is the greatest random part of the names that os.CreateTemp and os.MkdirTemp make.
const lastTemporary = "4294967295"

// temporary tells whether a group is the random part of a temporary name: ten digits that follow letters
// (plugin1234567890), or our own prefix in a path (/tmp/orderbell-77-1234567890). More digits, or greater ones
// as those of Russian mobiles without their country, are taken for a number even there.
func (r run) temporary(i int) bool {
	if d := r.digits(i); len(d) != len(lastTemporary) || d > lastTemporary {
		return false
	}
	before := r.text[:r.groups[i].from]
	if last, _ := utf8.DecodeLastRuneInString(before); last == '_' || unicode.IsLetter(last) {
		return !escaped(before)
	}
	folder := before[strings.LastIndexAny(before, `/\`)+1:]
	return len(folder) < len(before) && strings.HasPrefix(folder, "orderbell-") && strings.HasSuffix(folder, "-")
}

// escaped tells whether a text ends in an escape, whose letter is none of a word.
func escaped(text string) bool {
	n := len(text)
	for _, e := range [...]struct {
		sign string
		size int
	}{{"%", 3}, {`\u`, 6}, {`\x`, 4}, {`\`, 2}} {
		if n >= e.size && strings.HasPrefix(text[n-e.size:], e.sign) {
			return true
		}
	}
	return false
}

// aroundHash is how far around a group a hash is looked for; in bytes. A UUID has 36.
const aroundHash = 36

// hashed tells whether a group stands within a hash, a UUID or a pointer, which have digits enough to look
// like a number.
func (r run) hashed(i int) bool {
	g := r.groups[i]
	word := g
	for word.from > max(0, g.from-aroundHash) && hexOrDash(r.text[word.from-1]) {
		word.from--
	}
	for word.to < min(len(r.text), g.to+aroundHash) && hexOrDash(r.text[word.to]) {
		word.to++
	}
	text := r.text[word.from:word.to]
	switch {
	case strings.Contains(text, "-"):
		return uuid(text)
	case strings.HasSuffix(r.text[:word.from], "0x"): // 0xc000123456
		return strings.ContainsAny(text, "abcdefABCDEF")
	default: // one at the edge may have had a hash glued to it
		return len(text) >= 32 && word.from < g.from && word.to > g.to
	}
}

func hexOrDash(c byte) bool {
	return digit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' || c == '-'
}

func uuid(text string) bool {
	if len(text) != 36 {
		return false
	}
	for i := range len(text) {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (text[i] == '-') {
			return false
		}
	}
	return true
}
