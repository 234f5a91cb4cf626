package child

import (
	"regexp"
	"strings"
)

// phoneLike finds runs that may be a phone: digits with the usual separators between them.
var phoneLike = regexp.MustCompile(`\+?\d(?:[ .()\-\x{a0}]{0,3}\d){8,17}`)

var dateLike = regexp.MustCompile(`^(?:19|20)\d\d-[01]\d-[0-3]\d`)

// Scrub hides what looks like a phone in a text that is not ours: all but the last two digits. It
// would rather hide an order's number than show a guest's.
func Scrub(text string) string {
	return phoneLike.ReplaceAllStringFunc(text, func(found string) string {
		digits := strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, found)
		if len(digits) < 10 || dateLike.MatchString(found) {
			return found
		}
		if len(digits) > 15 && len(digits) == len(found) { // a longer number; with signs between them they are several
			return found
		}
		return "•••" + digits[len(digits)-2:]
	})
}
