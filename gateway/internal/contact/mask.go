package contact

import "regexp"

// phoneLike is what may be a phone in a text: ten to fifteen digits, with the signs that people put
// between them, not within a longer number or word.
var phoneLike = regexp.MustCompile(`(^|[^\w{-])(\+?\d(?:[ ()\-]{0,2}\d){9,14})($|[^\w}-])`)

// MaskPhones masks what reads as a phone number in a text. Other numbers are left: r_keeper's own codes are
// shorter, or no phones of any country.
func MaskPhones(text string) string {
	return phoneLike.ReplaceAllStringFunc(text, func(found string) string {
		parts := phoneLike.FindStringSubmatch(found)
		phone, err := ParsePhone(parts[2], "")
		if err != nil {
			return found
		}
		return parts[1] + phone.String() + parts[3]
	})
}
