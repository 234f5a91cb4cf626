package message

import "strings"

// Encoding is how a text travels as SMS.
type Encoding string

// Encodings.
const (
	GSM7 Encoding = "gsm7" // 7 bits, basic Latin and a few more
	UCS2 Encoding = "ucs2" // 16 bits; one letter outside GSM7 is enough
)

// Segments says what a text takes as SMS.
type Segments struct {
	Encoding  Encoding `json:"encoding"`
	Units     int      `json:"units"`     // septets, an extended character taking two; or UTF-16 units, an emoji taking two
	Parts     int      `json:"parts"`     // billable parts; 0 for the empty text
	PerPart   int      `json:"per_part"`  // units that a part holds: 160 or 70 alone, 153 or 67 in a row
	Remaining int      `json:"remaining"` // units left before one part more is needed
}

// gsmBasic is the default alphabet of 3GPP TS 23.038, section 6.2.1, without ESC, which is no
// character of a text: a text that holds a raw ESC counts as UCS-2.
const gsmBasic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
	"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"

// gsmExtended is its extension table, section 6.2.1.1: each takes an escape and a septet.
const gsmExtended = "\f^{}\\[~]|€"

// CountSegments counts as phones and operators do: neither the two septets of an extended character
// nor the two halves of a surrogate pair are parted between parts, so a part may stay one unit short.
// Broken UTF-8 counts as the replacement character, one UCS-2 unit for each bad byte.
func CountSegments(text string) Segments {
	encoding, alone, inRow := GSM7, 160, 153
	width := gsmWidth
	for _, r := range text {
		if gsmWidth(r) == 0 {
			encoding, alone, inRow, width = UCS2, 70, 67, utf16Width
			break
		}
	}
	units, parts, used := 0, 1, 0 // used: of the last part, if the text is in a row
	for _, r := range text {
		w := width(r)
		units += w
		if used+w > inRow {
			parts++
			used = 0
		}
		used += w
	}
	switch {
	case units == 0:
		return Segments{Encoding: encoding, PerPart: alone, Remaining: alone}
	case units <= alone:
		return Segments{Encoding: encoding, Units: units, Parts: 1, PerPart: alone, Remaining: alone - units}
	}
	return Segments{Encoding: encoding, Units: units, Parts: parts, PerPart: inRow, Remaining: inRow - used}
}

// gsmWidth gives the septets that r takes; 0: it has none.
func gsmWidth(r rune) int {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= ' ' && r <= '?': // the common case, without a search
		return 1
	case strings.ContainsRune(gsmExtended, r):
		return 2
	case strings.ContainsRune(gsmBasic, r):
		return 1
	}
	return 0
}

func utf16Width(r rune) int {
	if r > 0xffff {
		return 2
	}
	return 1
}
