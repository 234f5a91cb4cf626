package main

import (
	"unicode/utf8"

	"github.com/linxGnu/gosmpp/data"
)

// alphabet is how a text is written into units. The sizes are the ones of section 9.2.3.24 of 3GPP TS
// 23.040; a cost is counted in septets for the default alphabet and in octets for UCS-2.
type alphabet struct {
	coding data.Encoding
	whole  int // what one message holds
	part   int // what one part of several holds
	cost   func(r rune) int
}

// alphabetFor returns the default alphabet if it holds the whole text, else UCS-2. Whatever the SMSC
// calls its default alphabet, the phone gets GSM 03.38 in the end: a character that is not in it would
// change on the way, and one of its extension table counts twice.
func alphabetFor(text, charset string) alphabet {
	if charset == "ucs2" || len(data.ValidateGSM7String(text)) > 0 {
		return ucs2()
	}
	def := alphabet{coding: data.GSM7BIT, whole: 160, part: 153, cost: septets}
	switch charset {
	case "latin1":
		def.coding = data.NewCustomEncoding(data.GSM7BITCoding, data.LATIN1)
	case "ascii":
		def.coding = data.NewCustomEncoding(data.GSM7BITCoding, data.ASCII)
	}
	if charset == "ascii" && !plainASCII(text) {
		return ucs2()
	}
	if _, err := def.coding.Encode(text); err != nil {
		return ucs2()
	}
	return def
}

func ucs2() alphabet {
	return alphabet{coding: data.UCS2, whole: 140, part: 134, cost: func(r rune) int {
		if r > 0xFFFF {
			return 4 // a surrogate pair
		}
		return 2
	}}
}

// septets is what a character of GSM 03.38 costs.
func septets(r rune) int {
	if data.IsEscapeChar(r) {
		return 2
	}
	return 1
}

func plainASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// split cuts the text into as few parts as the alphabet allows, never within a character: neither an
// escape sequence nor a surrogate pair is torn apart.
func (a alphabet) split(text string) []string {
	total := 0
	for _, r := range text {
		total += a.cost(r)
	}
	if total <= a.whole {
		return []string{text}
	}
	var parts []string
	from, size := 0, 0
	for at, r := range text {
		cost := a.cost(r)
		if size+cost > a.part {
			parts = append(parts, text[from:at])
			from, size = at, 0
		}
		size += cost
	}
	return append(parts, text[from:])
}
