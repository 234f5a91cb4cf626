package cli

import (
	"fmt"
	"strings"
)

// lastFour reads the filter for a phone: the last four digits are all that a list is searched by, so a
// whole number, also one masked as lists show it, counts by them. What is no phone is wrong usage: an
// empty list would be taken for an answer.
func lastFour(s *session, phone string) (string, error) {
	if phone == "" {
		return "", nil
	}
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, phone)
	const last = 4
	if strings.Trim(phone, "0123456789+-() •") != "" || len(digits) < last {
		return "", usageError{fmt.Errorf(word{
			"--phone: %q — не телефон; нужны последние четыре цифры или весь номер",
			"--phone: %q is no phone; give its last four digits, or the whole number",
		}.pick(s.lang), oneLine(phone, 40))}
	}
	return digits[len(digits)-last:], nil
}
