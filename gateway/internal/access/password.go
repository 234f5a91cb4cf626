package access

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of a password, in characters.
const (
	MinPassword = 10
	MaxPassword = 128
)

// Weakness is why a password will not do; it is a word for programs. The empty Weakness is none.
type Weakness string

// Weaknesses.
const (
	PasswordShort  Weakness = "password_short"
	PasswordLong   Weakness = "password_long"
	PasswordCommon Weakness = "password_common"    // among the first that anybody tries
	PasswordNamed  Weakness = "password_like_name" // made of the user's name
)

// Weak tells why a password will not do for the user. Length is the rule; what follows only keeps out
// what guessing begins with: words everybody takes, with or without digits, and walks over the keyboard.
func Weak(password, user string) Weakness {
	n := utf8.RuneCountInString(password)
	switch {
	case n < MinPassword:
		return PasswordShort
	case n > MaxPassword || !utf8.ValidString(password):
		return PasswordLong
	}
	plain := plainLetters(password)
	name := plainLetters(user)
	switch {
	case name != "" && repeats(plain, name), utf8.RuneCountInString(name) >= 4 && strings.Contains(plain, name) && len(plain)-len(name) < 6:
		return PasswordNamed
	case few(password) || walk(password) || common(plain) || slices.Contains(commonWhole(), strings.ToLower(password)):
		return PasswordCommon
	default:
		return ""
	}
}

// plainLetters gives the letters of a text as they would be without the usual disguises: "P@ssw0rd"
// is "password". Digits and signs that stand for no letter go.
func plainLetters(text string) string {
	disguise := map[rune]rune{'0': 'o', '1': 'l', '3': 'e', '4': 'a', '5': 's', '7': 't', '@': 'a', '$': 's', '!': 'i'}
	// Digits at the ends are numbers ("password1"), those inside stand for letters.
	text = strings.TrimFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && r != '@' && r != '$' })
	return strings.Map(func(r rune) rune {
		if letter, ok := disguise[r]; ok {
			return letter
		}
		if !unicode.IsLetter(r) {
			return -1
		}
		return r
	}, text)
}

// common tells whether a password's letters are one or several words of the list.
func common(plain string) bool {
	if plain == "" {
		return true // digits and signs only: a date, a phone number
	}
	for plain != "" {
		rest := plain
		for _, word := range commonWords() {
			if cut, ok := strings.CutPrefix(plain, word); ok && len(cut) < len(rest) {
				rest = cut
			}
		}
		if rest == plain {
			return utf8.RuneCountInString(rest) < 3 // a letter or two do not make a difference
		}
		plain = rest
	}
	return true
}

// repeats tells whether a text is a part written over and over.
func repeats(text, part string) bool {
	return text != "" && strings.ReplaceAll(text, part, "") == ""
}

// few tells whether a text has fewer than five different characters.
func few(text string) bool {
	seen := map[rune]bool{}
	for _, r := range strings.ToLower(text) {
		seen[r] = true
	}
	return len(seen) < 5
}

// walk tells whether a text goes along the alphabet or a row of the keyboard, there or back.
func walk(text string) bool {
	rows := []string{
		"abcdefghijklmnopqrstuvwxyz", "абвгдежзийклмнопрстуфхцчшщъыьэюя", "01234567890",
		"qwertyuiop[]asdfghjkl;'zxcvbnm,./", "йцукенгшщзхъфывапролджэячсмитьбю.",
		"1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/", "q1w2e3r4t5y6u7i8o9p0", "1q2w3e4r5t6y7u8i9o0p",
	}
	low := []rune(strings.ToLower(text))
	steps := 0
	for i := 1; i < len(low); i++ {
		if slices.ContainsFunc(rows, func(row string) bool { return next(row, low[i-1], low[i]) }) {
			steps++
		}
	}
	return steps >= len(low)-3
}

// next tells whether two characters are neighbours in a row.
func next(row string, a, b rune) bool {
	return strings.Contains(row, string([]rune{a, b})) || strings.Contains(row, string([]rune{b, a}))
}

// commonWords are what most bad passwords are made of.
func commonWords() []string {
	return strings.Fields(`
		password passwort passw pass parol parole admin administrator administrador root user login welcome letmein
		qwerty qwertyuiop qwert asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx iloveyou love sunshine princess monkey dragon football
		baseball master superman batman shadow michael jordan computer internet secret default change changeme please
		hello google samsung test testing guest temp system manager server service company office work home money
		summer winter spring autumn january february march april may june july august september october november december
		orderbell order bell rkeeper keeper keeperkds kitchen kds restaurant restoran cafe kafe pizza sushi burger bar sms
		moscow moskva russia rossiya privet natasha sergey andrey aleksandr alexander dmitriy maksim marina elena olga ivan
		the my our and is new first super top best
		пароль паролик админ администратор привет любовь люблю солнце наташа сергей андрей александр дмитрий максим марина
		елена ольга иван москва россия ресторан кафе кухня заказ пицца суши бар лето зима весна осень
		январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь мой моя наш новый
		йцукен йцукенг фывапролд ячсмить зфкщдь фвьшт`)
}

// commonWhole are bad passwords that the words do not explain.
func commonWhole() []string {
	return strings.Fields(`
		trustno1trustno1 correcthorsebatterystaple correct-horse-battery-staple thisismypassword whatever123
		abcd123456 abc1234567 a123456789 q123456789 1234567891 0987654321 11223344556 1122334455 12344321 zaq12wsxcde3
		letmein123 mustang123 starwars123 pokemon123 charlie123 liverpool1 chelsea123 arsenal123 cheese1234`)
}
