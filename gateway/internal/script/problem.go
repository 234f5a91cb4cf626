package script

import (
	"cmp"
	"fmt"
	"strings"
)

// ProblemCode tells apart what is wrong with a rule file.
type ProblemCode string

// Codes of problems. The last four are warnings: the file is taken all the same.
const (
	TooLarge    ProblemCode = "too_large"
	NotText     ProblemCode = "not_text"
	TooDeep     ProblemCode = "too_deep"
	BigInt      ProblemCode = "bigint"
	Async       ProblemCode = "async"
	Syntax      ProblemCode = "syntax"
	Throws      ProblemCode = "throws" // the file's own top level
	TooSlow     ProblemCode = "too_slow"
	KillsWorker ProblemCode = "kills_worker"
	NoRules     ProblemCode = "no_rules"
	BadRule     ProblemCode = "bad_rule" // what is given to rule()
	SameName    ProblemCode = "same_name"
	TooMany     ProblemCode = "too_many"

	LookAround   ProblemCode = "look_around"
	UnicodeClass ProblemCode = "unicode_class"
	Unavailable  ProblemCode = "unavailable"
	OddBrackets  ProblemCode = "odd_brackets"
)

// Problem is one thing that is wrong with a rule file. It is an error by itself.
type Problem struct {
	File    string      `json:"file"`
	Line    int         `json:"line,omitempty"`   // 1 is the first; 0: the file as a whole
	Column  int         `json:"column,omitempty"` // in characters, from 1; 0: not known
	Warning bool        `json:"warning,omitempty"`
	Code    ProblemCode `json:"code"`
	Detail  string      `json:"detail,omitempty"` // a name, or the engine's own words
	// DetailRU is the same in Russian; empty: Detail is said in both languages.
	DetailRU string `json:"detail_ru,omitempty"`
}

// Where gives "order-ready.js:14:3", or as much of it as is known.
func (p Problem) Where() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Column == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Error gives the English sentence.
func (p Problem) Error() string { return p.Sentence("en") }

// Sentence says in Russian ("ru") or English where the problem is, what it is and what to do.
func (p Problem) Sentence(lang string) string {
	en, ru := p.Code.texts()
	text, detail := en, p.Detail
	if lang == "ru" {
		text, detail = ru, cmp.Or(p.DetailRU, p.Detail)
	}
	return p.Where() + ": " + strings.ReplaceAll(text, "%", detail)
}

// texts gives both sentences; % stands for the detail.
func (c ProblemCode) texts() (en, ru string) {
	switch c {
	case TooLarge:
		return "the file is larger than 64 KiB; split it", "файл больше 64 КиБ; разделите его"
	case NotText:
		return "the file is not text in UTF-8; save it in that encoding", "файл не является текстом в UTF-8; сохраните его в этой кодировке"
	case TooDeep:
		return "brackets are nested more than 200 deep; simplify this place", "скобки вложены глубже 200; упростите это место"
	case BigInt:
		return "numbers like % (BigInt) are not available in rules; write the number without the n", "числа вида % (BigInt) в правилах недоступны; уберите букву n"
	case Async:
		return "% is not available: a rule answers at once; remove it", "% недоступно: правило отвечает сразу; уберите это слово"
	case Syntax:
		return "this is not valid JavaScript: %", "это не похоже на JavaScript: %"
	case Throws:
		return "the file fails when it is read: %", "файл падает при чтении: %"
	case TooSlow:
		return "reading the file takes longer than 100 ms; move the work into handle and make it shorter", "чтение файла длится дольше 100 мс; перенесите работу в handle и сократите её"
	case KillsWorker:
		return "reading the file brings the rule process down (%); remove what takes so much time or memory", "чтение файла роняет процесс правил (%); уберите то, что тратит столько времени или памяти"
	case NoRules:
		return "the file declares no rule; call rule({name, on, handle})", "в файле нет ни одного правила; вызовите rule({name, on, handle})"
	case BadRule:
		return "in rule({…}): %", "в rule({…}): %"
	case SameName:
		return "the name % is taken by another rule; names are unique", "имя % уже занято другим правилом; имена не повторяются"
	case TooMany:
		return "there are more than 100 rules; remove some", "правил больше 100; уберите лишние"
	case LookAround:
		return "a regular expression with look-around or back-references (%) can be very slow; write it without them if you can", "регулярное выражение с просмотром вперёд/назад или обратной ссылкой (%) бывает очень медленным; по возможности обойдитесь без них"
	case UnicodeClass:
		return `\p{…} never matches here; write [А-Яа-яЁё] or [A-Za-z] instead`, `\p{…} здесь ничего не находит; напишите [А-Яа-яЁё] или [A-Za-z]`
	case Unavailable:
		return "% is not available in rules; see types/orderbell.d.ts for what is", "% в правилах недоступно; что доступно, сказано в types/orderbell.d.ts"
	case OddBrackets:
		return "brackets do not match", "скобки не сходятся"
	default:
		return "%", "%"
	}
}
