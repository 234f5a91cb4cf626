package contact

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
)

// DefaultRegion is where a number without a country code is looked for.
const DefaultRegion = "RU"

// Bounds of what ParsePhone looks at. E.164 has at most 15 digits; an international prefix of up to
// four may stand before them ("810…").
const (
	maxPhoneBytes  = 64
	maxPhoneDigits = 19
	minPhoneDigits = 7
	manyDigits     = 5 // on both sides of a separator: two numbers, not a number and its extension
)

// ParsePhone reads a phone that people typed: "8 (916) 123-45-67", "9161234567", "+7 701 …",
// "007…", "+375…". A number without a country code belongs to region, an ISO 3166 code; empty means
// DefaultRegion. The error is a *PhoneError, wraps ErrNoPhone and never holds the text.
//
// What it takes and refuses:
//   - only types that can get a text: MOBILE and FIXED_LINE_OR_MOBILE of the numbering plans that
//     phonenumbers carries. Landlines, toll-free, premium, shared-cost, short numbers are refused.
//     +7 999 is an ordinary mobile range there, so the placeholders +79990000001… of tests and
//     examples pass by the same rule as any other number;
//   - a foreign number needs its "+" (or 00, 810): with digits alone a slip of the finger in a
//     local number would be somebody's number abroad;
//   - full-width and Arabic-Indic digits mean what they show and are normalised;
//   - invisible characters inside (zero-width, bidi) are refused: what the guest saw is not what
//     would be stored. The harmless marks that phone books put around a copied number are cut off;
//   - letters, extensions, and two numbers in one field are refused, nothing is guessed;
//   - one digit repeated (9999999999) is what people type to get past a field: refused.
func ParsePhone(text, region string) (Phone, error) {
	if region == "" {
		region = DefaultRegion
	}
	digits, international, code := readPhone(text)
	if code != "" {
		return Phone{}, &PhoneError{Code: code}
	}
	number, code := resolvePhone(digits, international, strings.ToUpper(region))
	if code != "" {
		return Phone{}, &PhoneError{Code: code}
	}
	return StoredPhone(number), nil
}

// readPhone gives the ASCII digits of text and whether they start with a country code.
func readPhone(text string) (digits string, international bool, code PhoneCode) {
	if len(text) > maxPhoneBytes {
		return "", false, PhoneTooLong
	}
	if !utf8.ValidString(text) {
		return "", false, PhoneInvisible
	}
	text = strings.TrimFunc(text, isPasteMark)
	var out strings.Builder
	for i, r := range text {
		if d, ok := digitOf(r); ok {
			out.WriteByte(d)
			continue
		}
		switch {
		case r == '+' || r == '＋':
			if international || out.Len() > 0 {
				return "", false, afterDigits(out.Len(), text[i:])
			}
			international = true
		case isFiller(r):
		case unicode.IsLetter(r) || r == '#' || r == '*':
			return "", false, letterCode(out.Len(), text[i:])
		case r == ',' || r == ';' || r == '/' || r == '\\' || r == '|' || r == '\n' || r == '\r':
			return "", false, afterDigits(out.Len(), text[i:])
		case unicode.IsPrint(r):
			return "", false, PhoneStray
		default:
			return "", false, PhoneInvisible
		}
	}
	digits = out.String()
	switch {
	case digits == "" || strings.Trim(digits, "0") == "":
		return "", false, PhoneEmpty
	case len(digits) >= 2*minPhoneDigits && len(digits) > maxPhoneDigits:
		return "", false, PhoneTwo
	case len(digits) < minPhoneDigits:
		return "", false, PhoneTooShort
	}
	return digits, international, ""
}

// resolvePhone finds the number in the numbering plans and gives it in E.164.
func resolvePhone(digits string, international bool, region string) (string, PhoneCode) {
	if rest, ok := strings.CutPrefix(digits, "00"); ok && !international {
		digits, international = rest, true
	}
	candidate := digits
	if international {
		candidate = "+" + digits
	}
	parsed, err := phonenumbers.Parse(candidate, region)
	if err != nil {
		return "", parseCode(err)
	}
	if !phonenumbers.IsValidNumber(parsed) {
		return "", invalidCode(parsed, digits, international, region)
	}
	if code := typeCode(phonenumbers.GetNumberType(parsed)); code != "" {
		return "", code
	}
	if isOneDigit(phonenumbers.GetNationalSignificantNumber(parsed)) {
		return "", PhoneFiller
	}
	return phonenumbers.Format(parsed, phonenumbers.E164), ""
}

// invalidCode says what is wrong with a number that no numbering plan has.
func invalidCode(parsed *phonenumbers.PhoneNumber, digits string, international bool, region string) PhoneCode {
	if !international {
		abroad, err := phonenumbers.Parse("+"+digits, region)
		if err == nil && phonenumbers.IsValidNumber(abroad) && typeCode(phonenumbers.GetNumberType(abroad)) == "" {
			return PhoneNeedsPlus
		}
	}
	switch phonenumbers.IsPossibleNumberWithReason(parsed) {
	case phonenumbers.TOO_SHORT:
		return PhoneTooShort
	case phonenumbers.TOO_LONG:
		return PhoneTooLong
	default:
		return PhoneUnassigned
	}
}

func parseCode(err error) PhoneCode {
	switch {
	case errors.Is(err, phonenumbers.ErrTooShortNSN), errors.Is(err, phonenumbers.ErrTooShortAfterIDD):
		return PhoneTooShort
	case errors.Is(err, phonenumbers.ErrNumTooLong):
		return PhoneTooLong
	default:
		return PhoneUnassigned
	}
}

// typeCode is empty for a type of number that can get a text.
func typeCode(kind phonenumbers.PhoneNumberType) PhoneCode {
	switch kind {
	case phonenumbers.MOBILE, phonenumbers.FIXED_LINE_OR_MOBILE:
		return ""
	case phonenumbers.FIXED_LINE:
		return PhoneLandline
	case phonenumbers.TOLL_FREE, phonenumbers.PREMIUM_RATE, phonenumbers.SHARED_COST, phonenumbers.VOIP,
		phonenumbers.PERSONAL_NUMBER, phonenumbers.PAGER, phonenumbers.UAN, phonenumbers.VOICEMAIL, phonenumbers.UNKNOWN:
		return PhoneService
	default:
		return PhoneService
	}
}

// digitOf gives the ASCII digit that r shows: ASCII, full-width, Arabic-Indic, extended Arabic-Indic.
func digitOf(r rune) (byte, bool) {
	for _, zero := range [...]rune{'0', '０', '٠', '۰'} {
		if r >= zero && r <= zero+9 {
			return '0' + byte(r-zero), true
		}
	}
	return 0, false
}

// isFiller tells whether r only makes a number readable.
func isFiller(r rune) bool {
	switch r {
	case '(', ')', '.', '-', '\t', '（', '）', '－', '−':
		return true
	}
	return unicode.Is(unicode.Zs, r) || unicode.Is(unicode.Pd, r)
}

// isPasteMark tells whether r may stand around a number copied from a phone book. Right-to-left
// overrides are not among them: they change what is seen.
func isPasteMark(r rune) bool {
	switch r {
	case '\u202a', '\u202c', '\u200e', '\u2066', '\u2068', '\u2069', '\ufeff':
		return true
	}
	return unicode.IsSpace(r)
}

// letterCode tells an extension from words.
func letterCode(digitsBefore int, rest string) PhoneCode {
	if digitsBefore < minPhoneDigits {
		return PhoneLetters
	}
	word := strings.ToLower(rest)
	for _, mark := range [...]string{"доб", "вн", "ext", "x", "х", "#", "*"} {
		if strings.HasPrefix(word, mark) {
			return PhoneExtension
		}
	}
	if countDigits(rest) >= minPhoneDigits {
		return PhoneTwo
	}
	return PhoneLetters
}

// afterDigits says what a separator in the middle means: a second number, or a stray mark.
func afterDigits(digitsBefore int, rest string) PhoneCode {
	if digitsBefore >= manyDigits && countDigits(rest) >= manyDigits {
		return PhoneTwo
	}
	return PhoneStray
}

func countDigits(text string) int {
	n := 0
	for _, r := range text {
		if _, ok := digitOf(r); ok {
			n++
		}
	}
	return n
}

func isOneDigit(digits string) bool {
	return digits != "" && strings.Trim(digits, digits[:1]) == ""
}
