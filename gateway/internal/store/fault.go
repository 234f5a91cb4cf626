package store

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
)

// Kind is what sort of trouble the store is in. Kinds are errors; compare with errors.Is.
type Kind string

// Kinds of trouble.
const (
	ErrBusy         Kind = "busy"          // too much waits to be written, or another process holds the file; try again soon
	ErrClosed       Kind = "closed"        // the store was closed
	ErrReadOnly     Kind = "read only"     // opened for reading
	ErrLocked       Kind = "locked"        // another Orderbell uses the data folder
	ErrNewerSchema  Kind = "newer schema"  // written by a newer Orderbell
	ErrOlderSchema  Kind = "older schema"  // needs an upgrade that a reader must not do
	ErrCorrupt      Kind = "corrupt"       // the database file is damaged
	ErrFull         Kind = "full"          // no space left
	ErrIO           Kind = "input/output"  // the disk failed
	ErrDenied       Kind = "denied"        // this user may not read or write there
	ErrNoFolder     Kind = "no folder"     // a file stands where a folder belongs
	ErrKeyLost      Kind = "key lost"      // the audit log is sealed with a key that is not there
	ErrNetworkShare Kind = "network share" // the data folder is not on a local disk
	ErrUnsafe       Kind = "unsafe"        // the engine does not keep the promises that Orderbell builds on
	ErrAmbiguous    Kind = "ambiguous"     // more than one open order fits
	ErrNotFound     Kind = "not found"     // there is no such thing
	ErrNotAllowed   Kind = "not allowed"   // its status forbids that
	ErrTaken        Kind = "taken"         // the name is in use
	ErrTraces       Kind = "traces"        // erased data is left between the rows of a big file
	ErrNoOrder      Kind = "no order"      // the order is not named
	ErrStale        Kind = "stale"         // somebody else has saved since it was read
	ErrInUse        Kind = "in use"        // something still needs it
	ErrLastOwner    Kind = "last owner"    // nobody would be left who may hand out access
)

// Error gives the kind's word.
func (k Kind) Error() string { return "store: " + string(k) }

// Fault is trouble with the store, in words for people. errors.Is(err, ErrLocked) tells its kind.
type Fault struct {
	Kind   Kind
	Path   string // of the file or folder, where there is one
	Detail string // who, which versions, what was found
	// DetailRU is Detail in Russian; empty: Detail is the same in every language.
	DetailRU string
	Err      error // the cause; may be nil
}

// Error says what is wrong and what to do, in English.
func (f *Fault) Error() string { return f.Sentence("en") }

// Code is the kind as one word for programs: "ambiguous". It lets a caller that must not import this
// package tell kinds apart.
func (f *Fault) Code() string { return strings.ReplaceAll(string(f.Kind), " ", "_") }

// Is makes errors.Is work with a Kind.
func (f *Fault) Is(target error) bool { return target == f.Kind }

// Ambiguous tells that a number fits several open orders.
func (f *Fault) Ambiguous() bool { return f.Kind == ErrAmbiguous }

// Unwrap gives the cause.
func (f *Fault) Unwrap() error { return f.Err }

// Sentence says what is wrong and what to do in Russian ("ru") or English (anything else).
func (f *Fault) Sentence(language string) string {
	en, ru := f.words()
	text, detail := en, f.Detail
	if language == "ru" {
		text, detail = ru, cmp.Or(f.DetailRU, f.Detail)
	}
	if detail != "" {
		text += " (" + detail + ")"
	}
	if f.Err != nil && f.Kind != ErrDenied && f.Kind != ErrNoFolder && f.Kind != ErrFull { // the system's own words say no more
		text += ": " + f.Err.Error()
	}
	return text
}

func (f *Fault) words() (en, ru string) {
	switch f.Kind {
	case ErrBusy:
		return "the store is busy; try again in a few seconds",
			"хранилище занято; повторите через несколько секунд"
	case ErrClosed:
		return "the store is closed; Orderbell is stopping",
			"хранилище закрыто; Orderbell останавливается"
	case ErrReadOnly:
		return "the store is open for reading only",
			"хранилище открыто только для чтения"
	case ErrLocked:
		return fmt.Sprintf("another Orderbell uses the data folder %s; stop it, or choose another folder with --data", f.Path),
			fmt.Sprintf("папку данных %s использует другой Orderbell; остановите его или укажите другую папку: --data", f.Path)
	case ErrNewerSchema:
		return fmt.Sprintf("the database %s was written by a newer Orderbell; nothing was changed; install that version or a newer one, or restore a backup made with this version", f.Path),
			fmt.Sprintf("базу %s записал более новый Orderbell; ничего не изменено; установите ту же или более новую версию либо восстановите копию, сделанную этой версией", f.Path)
	case ErrOlderSchema:
		return fmt.Sprintf("the database %s is of an older Orderbell; start \"orderbell run\" once to bring it up to date", f.Path),
			fmt.Sprintf("база %s от более старого Orderbell; запустите один раз «orderbell run», чтобы обновить её", f.Path)
	case ErrCorrupt:
		return fmt.Sprintf("the database %s is damaged; it was not touched; stop Orderbell and put back a copy of the data folder; without one, move this file away, with those of its name that end in -wal and -shm, and start with an empty database; until then no event is taken", f.Path),
			fmt.Sprintf("база %s повреждена; файл не изменён; остановите Orderbell и верните копию папки данных; если копии нет, уберите этот файл вместе с одноимёнными -wal и -shm и запустите с пустой базой; до этого события не принимаются", f.Path)
	case ErrFull:
		return "no space is left on the disk of the data folder; free some; events are refused until then",
			"на диске с папкой данных нет места; освободите его; до этого события не принимаются"
	case ErrIO:
		return "the disk of the data folder failed; check it; nothing of this write was kept",
			"ошибка диска с папкой данных; проверьте диск; из этой записи ничего не сохранено"
	case ErrDenied:
		return fmt.Sprintf("this user may not read and write the folder %s; start Orderbell as the user that owns it, or change its owner; a disk that is mounted read-only must be made writable", f.Path),
			fmt.Sprintf("у этого пользователя нет права читать и записывать папку %s; запустите Orderbell от имени её владельца или смените владельца; диск «только для чтения» откройте для записи", f.Path)
	case ErrNoFolder:
		return fmt.Sprintf("in the place of the folder %s there is a file; choose another folder", f.Path),
			fmt.Sprintf("на месте папки %s — файл; укажите другую папку", f.Path)
	case ErrKeyLost:
		return fmt.Sprintf("the audit log so far is sealed with a key that is not in %s: put this folder back from a copy; without it nobody can prove that these lines are unchanged, and secrets that were saved on the pages have to be entered again", f.Path),
			fmt.Sprintf("журнал аудита до сих пор опечатан ключом, которого нет в %s: верните эту папку из копии; без неё не доказать, что эти строки не изменены, а секреты, сохранённые на страницах, придётся ввести заново", f.Path)
	case ErrNetworkShare:
		return fmt.Sprintf("the data folder %s is on a network share, where the database would be damaged; choose a local disk with --data", f.Path),
			fmt.Sprintf("папка данных %s находится на сетевом диске, там база будет повреждена; выберите локальный диск: --data", f.Path)
	case ErrUnsafe:
		return "the database engine does not work as Orderbell needs; use an official build",
			"движок базы данных работает не так, как нужно Orderbell; используйте официальную сборку"
	case ErrAmbiguous:
		return "more than one open order has this number; name the order by guid, or by visit and order_ident",
			"открытых заказов с этим номером несколько; укажите guid или visit и order_ident"
	case ErrNotFound:
		return "not found", "не найдено"
	case ErrNotAllowed:
		return "its status does not allow that", "состояние этого не допускает"
	case ErrTaken:
		return "this name is in use; choose another", "это имя занято; выберите другое"
	case ErrTraces:
		return fmt.Sprintf("the person is erased, but traces of the number are left between the rows of %s; stop the gateway when the kitchen is closed, and run: orderbell compact", f.Path),
			fmt.Sprintf("человек удалён, но следы номера остались между строками файла %s; когда кухня закрыта, остановите шлюз и выполните: orderbell compact", f.Path)
	case ErrNoOrder:
		return "the order is not named; give guid, or visit and order_ident, or number",
			"заказ не указан; нужен guid, или visit и order_ident, или number"
	case ErrStale:
		return "somebody else has saved since it was read; read it again", "после чтения это изменил кто-то другой; прочитайте ещё раз"
	case ErrInUse:
		return "it is still needed", "это ещё используется"
	case ErrLastOwner:
		return "this is the last owner; make somebody else an owner first",
			"это последний владелец; сначала сделайте владельцем кого-то ещё"
	default:
		return string(f.Kind), string(f.Kind)
	}
}

func fault(kind Kind, detail string) error { return &Fault{Kind: kind, Detail: detail} }

// severe tells whether the connection must not be used on after err.
func severe(err error) bool {
	return errors.Is(err, ErrFull) || errors.Is(err, ErrIO) || errors.Is(err, ErrDenied) || errors.Is(err, ErrCorrupt)
}
