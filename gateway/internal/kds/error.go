package kds

import (
	"fmt"
	"strings"
	"unicode"
)

// Code says what is wrong with a body that cannot be understood.
type Code string

// Codes.
const (
	Empty         Code = "empty"         // no body
	TooLarge      Code = "too_large"     // over 1 MiB
	BadEncoding   Code = "bad_encoding"  // bytes do not fit the encoding, or it is not known
	NotText       Code = "not_text"      // neither XML nor JSON
	BadXML        Code = "bad_xml"       // not well-formed; cut off
	BadJSON       Code = "bad_json"      // not well-formed; cut off
	Doctype       Code = "doctype"       // a DOCTYPE or another declaration
	TooDeep       Code = "too_deep"      // nested over 32 deep
	TooMany       Code = "too_many"      // too many elements, attributes, values or events
	Twice         Code = "twice"         // a name twice, or twice but for its letter case
	Trailing      Code = "trailing"      // something after the end
	Unknown       Code = "unknown_event" // readable, but not an event that Orderbell knows
	ContactBody   Code = "contact_body"  // a contact binding, posted to the wrong address
	BadValue      Code = "bad_value"     // a field of our JSON has the wrong form
	NoReference   Code = "no_reference"  // a kitchen state of an order that nothing names
	Contradiction Code = "contradiction" // code and name of a state are both known and differ

	// OtherRestaurant is for the one who knows the key: it is of another restaurant than the event.
	OtherRestaurant Code = "other_restaurant"
)

// Error is why a body cannot be understood. It is safe to show and to log: of the body it repeats at
// most a short excerpt, never a phone.
type Error struct {
	Code  Code
	Where string // path in the body, byte offset after decoding to UTF-8; empty: the body as a whole
	Text  string // what exactly was met there, where that helps: a name, a value, a limit
}

// Error gives the English sentence.
func (e *Error) Error() string { return "kds: " + e.Sentence("en") }

// Sentence says for people what is wrong and what to do: in Russian for "ru", else in English.
func (e *Error) Sentence(lang string) string {
	ru, en := e.Code.sentences()
	text := en
	if lang == "ru" {
		text = ru
	}
	var more []string
	if e.Text != "" {
		more = append(more, e.Text)
	}
	if e.Where != "" {
		more = append(more, e.Where)
	}
	if len(more) == 0 {
		return text
	}
	return text + " (" + strings.Join(more, ", ") + ")"
}

func (c Code) sentences() (ru, en string) {
	switch c {
	case Empty:
		return "Тело запроса пустое: проверьте отправителя", "The body is empty: check the sender"
	case TooLarge:
		return "Тело больше 1 МиБ: событие кассы столько не занимает", "The body is over 1 MiB: no cash server event is"
	case BadEncoding:
		return "Байты не подходят к кодировке: нужны utf-8, windows-1251, koi8-r или utf-16, названная в объявлении XML",
			"The bytes do not fit the encoding: send utf-8, windows-1251, koi8-r or utf-16, as the XML declaration names it"
	case NotText:
		return "Это ни XML, ни JSON: проверьте отправителя", "This is neither XML nor JSON: check the sender"
	case BadXML:
		return "XML с ошибкой или обрезан: проверьте отправителя и связь", "The XML is malformed or cut off: check the sender and the network"
	case BadJSON:
		return "JSON с ошибкой или обрезан: проверьте отправителя и связь", "The JSON is malformed or cut off: check the sender and the network"
	case Doctype:
		return "В XML есть DOCTYPE: такие события не читаются, касса их не посылает", "The XML holds a DOCTYPE: such events are not read, and no cash server sends them"
	case TooDeep:
		return "Вложенность больше 32: проверьте отправителя", "Nested more than 32 deep: check the sender"
	case TooMany:
		return "Слишком много частей в одном теле: разделите его", "Too many parts in one body: split it"
	case Twice:
		return "Имя указано дважды или не тем регистром букв: какому значению верить, неизвестно",
			"A name is given twice, or in another letter case than it must have: which value holds cannot be known"
	case Trailing:
		return "После конца события есть что-то ещё: одно тело — один документ", "Something follows the end of the event: one body is one document"
	case Unknown:
		return "Такого события Orderbell не знает: нужен XML кассы r_keeper или JSON Orderbell",
			"This is not an event that Orderbell knows: it takes r_keeper XML and Orderbell's JSON"
	case ContactBody:
		return "Это привязка телефона к заказу: её принимает POST /api/v1/contacts", "This binds a phone to an order: it belongs to POST /api/v1/contacts"
	case BadValue:
		return "Значение не той формы", "A value has the wrong form"
	case NoReference:
		return "Непонятно, какой это заказ: нужен guid или пара visit и номер в визите", "Nothing names the order: give its guid, or visit and order ident"
	case Contradiction:
		return "Код и название стадии противоречат друг другу", "Code and name of the kitchen state contradict each other"
	case OtherRestaurant:
		return "Событие одного ресторана, а ключ в адресе — другого: проверьте адрес в настройках кассы",
			"The event is of one restaurant and the key in the address of another: check the address in the cash server's settings"
	}
	return "Событие не понято", "The event was not understood"
}

const (
	excerptRunes = 32
	phoneDigits  = 7 // as many digits in one value may be a phone, so they are hidden
)

// excerpt makes a piece of a body fit to be shown: short, printable, without what may be a phone.
func excerpt(text string) string {
	digits := 0
	for _, r := range text {
		if unicode.IsDigit(r) {
			digits++
		}
	}
	var b strings.Builder
	n := 0
	for _, r := range text {
		if n++; n > excerptRunes {
			b.WriteRune('…')
			break
		}
		switch {
		case unicode.IsDigit(r) && digits >= phoneDigits:
			r = '#'
		case !unicode.IsPrint(r):
			r = '?'
		}
		b.WriteRune(r)
	}
	return b.String()
}

func quoted(text string) string { return fmt.Sprintf("«%s»", excerpt(text)) }
