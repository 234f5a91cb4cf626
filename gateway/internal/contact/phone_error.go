package contact

import (
	"errors"
	"strings"
)

// ErrNoPhone says that a text is not a phone that can be texted. It never holds the text.
var ErrNoPhone = errors.New("not a phone number that can be texted")

// PhoneCode says in one word why a text is not a phone that can be texted.
type PhoneCode string

// Codes of ParsePhone.
const (
	PhoneEmpty      PhoneCode = "empty"       // nothing, or zeros
	PhoneLetters    PhoneCode = "letters"     // words
	PhoneStray      PhoneCode = "stray"       // a mark that no phone has, or a plus in the middle
	PhoneInvisible  PhoneCode = "invisible"   // zero-width, bidi or control characters, broken UTF-8
	PhoneExtension  PhoneCode = "extension"   // a number with an extension
	PhoneTwo        PhoneCode = "two"         // two numbers in one field
	PhoneTooShort   PhoneCode = "too_short"   //
	PhoneTooLong    PhoneCode = "too_long"    //
	PhoneUnassigned PhoneCode = "unassigned"  // no numbering plan has such a number
	PhoneLandline   PhoneCode = "landline"    //
	PhoneService    PhoneCode = "service"     // toll-free, premium, a pager, …
	PhoneNeedsPlus  PhoneCode = "needs_plus"  // a foreign number without its plus
	PhoneFiller     PhoneCode = "placeholder" // one digit repeated
)

// PhoneCodes lists every code.
func PhoneCodes() []PhoneCode {
	return []PhoneCode{PhoneEmpty, PhoneLetters, PhoneStray, PhoneInvisible, PhoneExtension, PhoneTwo, PhoneTooShort,
		PhoneTooLong, PhoneUnassigned, PhoneLandline, PhoneService, PhoneNeedsPlus, PhoneFiller}
}

// PhoneError is why a text is not a phone. It wraps ErrNoPhone and holds no part of the text.
type PhoneError struct{ Code PhoneCode }

// Error names the code and the cure, in English.
func (e *PhoneError) Error() string { return ErrNoPhone.Error() + ": " + e.Sentence("en") }

// Unwrap gives ErrNoPhone.
func (e *PhoneError) Unwrap() error { return ErrNoPhone }

// Sentence says what is wrong and what to do, in Russian for "ru…", else in English.
func (e *PhoneError) Sentence(lang string) string {
	ru, en := e.texts()
	if strings.HasPrefix(strings.ToLower(lang), "ru") {
		return ru
	}
	return en
}

func (e *PhoneError) texts() (ru, en string) {
	switch e.Code {
	case PhoneEmpty:
		return "Укажите номер мобильного телефона.", "Enter a mobile phone number."
	case PhoneLetters:
		return "В номере есть буквы: оставьте только цифры.", "The number has letters in it: leave only digits."
	case PhoneStray:
		return "В номере лишний знак: оставьте цифры и плюс в начале.", "The number has a stray mark in it: leave digits and a plus at the start."
	case PhoneInvisible:
		return "В номере есть невидимые знаки: наберите его заново.", "The number has invisible characters in it: type it anew."
	case PhoneExtension:
		return "На добавочный номер SMS не отправить: укажите мобильный.", "An extension cannot get a text: enter a mobile number."
	case PhoneTwo:
		return "Здесь два номера: оставьте один.", "There are two numbers here: leave one."
	case PhoneTooShort:
		return "В номере не хватает цифр.", "The number has too few digits."
	case PhoneTooLong:
		return "В номере слишком много цифр.", "The number has too many digits."
	case PhoneUnassigned:
		return "Такого номера не бывает: проверьте цифры и код страны.", "There is no such number: check the digits and the country code."
	case PhoneLandline:
		return "Это городской номер: укажите мобильный.", "This is a landline: enter a mobile number."
	case PhoneService:
		return "На служебный номер SMS не отправить: укажите мобильный.", "A service number cannot get a text: enter a mobile number."
	case PhoneNeedsPlus:
		return "Похоже на номер другой страны: начните его с плюса.", "This looks like a foreign number: start it with a plus."
	case PhoneFiller:
		return "Это не настоящий номер: укажите свой мобильный.", "This is not a real number: enter your mobile number."
	}
	return "Это не номер мобильного телефона.", "This is not a mobile phone number."
}
