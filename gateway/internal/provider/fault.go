package provider

import (
	"errors"
	"fmt"
	"strings"
)

// ErrUnknownProvider says that the catalogue holds no program of the provider.
var ErrUnknownProvider = errors.New("no such provider program")

// FaultKind tells apart why the catalogue gives no program.
type FaultKind string

// Kinds of fault.
const (
	Unknown      FaultKind = "unknown"        // no folder holds the program
	NotPinned    FaultKind = "not_pinned"     // versions were added, none is chosen, and none came with the gateway
	NotInstalled FaultKind = "not_installed"  // the pin names a version that is not there
	BadRecord    FaultKind = "bad_record"     // a version's manifest.json cannot be believed
	BadPins      FaultKind = "bad_pins"       // pins.json cannot be believed
	OtherBytes   FaultKind = "other_bytes"    // the version has another sum than when it was pinned, or added
	BadVersion   FaultKind = "bad_version"    // the version is no name for a folder
	WrongSum     FaultKind = "wrong_sum"      // the file has another sum than the person named
	NotAProgram  FaultKind = "not_a_program"  // a folder, or far too large
	NotBundled   FaultKind = "not_bundled"    // no program of the provider came with the gateway
	ForeignName  FaultKind = "foreign_name"   // the program calls itself otherwise than its account does
	WorseAccount FaultKind = "account_worse"  // an account that works would not work any more
	NoPrograms   FaultKind = "no_programs"    // a folder without provider programs
	Unwritable   FaultKind = "not_recordable" // the catalogue's folder could not be written
)

// Fault says what is wrong with the catalogue or with a program that is to go there. Compare by Kind.
type Fault struct {
	Kind     FaultKind
	Provider string // may be empty
	Version  string // may be empty
	Path     string // may be empty
	Detail   string // facts for the end of the sentence; may be empty
	Cause    error  // may be nil
}

// Error is the English sentence.
func (f *Fault) Error() string { return f.Sentence("en") }

// Unwrap gives the cause.
func (f *Fault) Unwrap() []error {
	var all []error
	if f.Kind == Unknown {
		all = append(all, ErrUnknownProvider)
	}
	if f.Cause != nil {
		all = append(all, f.Cause)
	}
	return all
}

// faultSentences say what is wrong and what to do, in Russian and in English.
var faultSentences = map[FaultKind][2]string{
	Unknown: {
		"такой программы провайдера нет; проверьте имя или добавьте программу: orderbell plugin add ФАЙЛ",
		"no such provider program; check the name, or add the program: orderbell plugin add FILE",
	},
	NotPinned: {
		"версии добавлены, но ни одна не выбрана; выберите: orderbell plugin pin ИМЯ ВЕРСИЯ",
		"versions were added, but none is chosen; choose one: orderbell plugin pin NAME VERSION",
	},
	NotInstalled: {
		"закреплённой версии нет в каталоге; добавьте её снова (orderbell plugin add ФАЙЛ) или закрепите другую (orderbell plugin pin)",
		"the pinned version is not in the catalogue; add it again (orderbell plugin add FILE) or pin another one (orderbell plugin pin)",
	},
	BadRecord: {
		"записи о версии нельзя верить, поэтому версия не запускается; удалите её папку и добавьте версию снова",
		"the version's record cannot be believed, so the version is not run; remove its folder and add the version again",
	},
	BadPins: {
		"списку закреплённых версий нельзя верить, поэтому добавленные версии не запускаются; закрепите их снова: orderbell plugin pin ИМЯ ВЕРСИЯ",
		"the list of pinned versions cannot be believed, so added versions are not run; pin them again: orderbell plugin pin NAME VERSION",
	},
	OtherBytes: {
		"под этой версией уже записан другой файл (другая сумма SHA-256); версии не меняются: соберите файл под новым номером версии",
		"another file (another SHA-256) is recorded under this version; versions do not change: build the file with a new version number",
	},
	BadVersion: {
		"такая версия не годится для имени папки; нужны буквы, цифры, точка, дефис, плюс или подчёркивание, например 1.2.0",
		"this version cannot be a folder's name; use letters, digits, dots, dashes, plus and underscores, such as 1.2.0",
	},
	WrongSum: {
		"сумма SHA-256 файла не та, что названа, поэтому файл не запускался и не добавлен; возьмите файл заново у автора",
		"the file's SHA-256 is not the one that was named, so it was neither run nor added; get the file from its author again",
	},
	NotAProgram: {
		"это не файл программы; укажите собранный файл orderbell-provider-ИМЯ",
		"this is no program file; name the built file orderbell-provider-NAME",
	},
	NotBundled: {
		"вместе со шлюзом такой программы нет; закрепите одну из добавленных версий",
		"no such program came with the gateway; pin one of the added versions",
	},
	ForeignName: {
		"программа называет себя иначе, поэтому она не запускается под этим именем",
		"the program calls itself otherwise, so it is not run under this name",
	},
	WorseAccount: {
		"с этой версией перестала бы работать учётная запись, которая сейчас работает, поэтому осталась прежняя версия",
		"with this version an account that works now would stop working, so the earlier version stays",
	},
	NoPrograms: {
		"в папке нет программ orderbell-provider-ИМЯ; если это исходный код, сначала соберите его (make build)",
		"the folder holds no program orderbell-provider-NAME; if it is source code, build it first (make build)",
	},
	Unwritable: {
		"не удалось записать в каталог провайдеров",
		"the catalogue of providers could not be written",
	},
}

// Sentence says in Russian ("ru") or English what is wrong, where and what to do.
func (f *Fault) Sentence(lang string) string {
	var b strings.Builder
	word, pick := "provider", 1
	if lang == "ru" {
		word, pick = "провайдер", 0
	}
	if f.Provider != "" {
		fmt.Fprintf(&b, "%s %q", word, f.Provider)
	}
	for _, part := range []string{f.Version, f.Path} {
		if part != "" && b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(part)
	}
	if b.Len() > 0 {
		b.WriteString(": ")
	}
	b.WriteString(faultSentences[f.Kind][pick])
	detail := f.Detail
	if f.Cause != nil {
		if detail != "" {
			detail += ": "
		}
		detail += spoken(f.Cause, lang)
	}
	if detail != "" {
		fmt.Fprintf(&b, " [%s]", detail)
	}
	return b.String()
}

// spoken gives an error in the language where it can speak it.
func spoken(err error, lang string) string {
	if e, ok := errors.AsType[interface {
		error
		Sentence(lang string) string
	}](err); ok {
		return e.Sentence(lang)
	}
	return err.Error()
}
