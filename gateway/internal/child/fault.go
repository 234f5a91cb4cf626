package child

import (
	"fmt"
	"strings"
)

// FaultKind tells apart why a program does not serve.
type FaultKind string

// Kinds of fault. See Permanent for those that time alone does not cure.
const (
	Missing       FaultKind = "missing"        // no such file
	NotExecutable FaultKind = "not_executable" // no permission to run it, or it is no file
	WrongFormat   FaultKind = "wrong_format"   // for another CPU or system, or no program at all
	SumMismatch   FaultKind = "sum_mismatch"   // not the bytes that were approved
	Writable      FaultKind = "writable"       // others may replace it
	WrongVersion  FaultKind = "wrong_version"  // speaks no protocol version of ours
	NotOurs       FaultKind = "not_ours"       // runs, but is no child of ours
	StartCrash    FaultKind = "start_crash"    // ended before it served
	StartTimeout  FaultKind = "start_timeout"  // did not come to serve in time
	NotPrepared   FaultKind = "not_prepared"   // Spec.Prepare failed
	Crashed       FaultKind = "crashed"        // ended by itself while serving
	TooMuchMemory FaultKind = "memory"         // killed above Spec.MemoryMax
	KilledByCall  FaultKind = "killed"         // killed by Lease.Kill
	GivenUp       FaultKind = "given_up"       // ended by Lease.GiveUp
	NotStarted    FaultKind = "not_started"    // the system refused for another reason
)

// Fault says why a program does not serve. Compare by Kind.
type Fault struct {
	Kind   FaultKind
	Name   string // Spec.Name
	Path   string
	Detail string // facts that belong into the sentence; may be empty
	Cause  error  // may be nil
}

// Error gives the English sentence and the cause.
func (f *Fault) Error() string {
	if f.Cause == nil {
		return f.Sentence("en")
	}
	return f.Sentence("en") + ": " + Scrub(f.Cause.Error())
}

// Unwrap gives the cause.
func (f *Fault) Unwrap() error { return f.Cause }

// Permanent tells whether somebody has to mend the file before it can ever serve.
func (f *Fault) Permanent() bool {
	switch f.Kind {
	case Missing, NotExecutable, WrongFormat, SumMismatch, Writable, WrongVersion:
		return true
	default:
		return false
	}
}

type sentence struct{ en, ru string }

func (k FaultKind) sentence() sentence {
	switch k {
	case Missing:
		return sentence{"there is no such file; put the program there or correct the path",
			"такого файла нет; положите программу на место или исправьте путь"}
	case NotExecutable:
		return sentence{"the file may not be executed; allow it (chmod +x) and check that its disk is not mounted noexec",
			"файл нельзя выполнить; разрешите выполнение (chmod +x) и проверьте, что диск подключён без noexec"}
	case WrongFormat:
		return sentence{"this is not a program for this computer; take the build for its system and processor",
			"это не программа для этого компьютера; возьмите сборку для его системы и процессора"}
	case SumMismatch:
		return sentence{"the file is not the one that was approved (its SHA-256 differs), so it was not run; put the right file back or approve the new one",
			"файл не тот, который был одобрен (другая сумма SHA-256), поэтому он не запущен; верните прежний файл или одобрите новый"}
	case Writable:
		return sentence{"others may replace this program, so it was not run; take away the right to write from group and others",
			"программу могут подменить другие пользователи, поэтому она не запущена; заберите право записи у группы и остальных"}
	case WrongVersion:
		return sentence{"the program speaks another version of the protocol; rebuild it with the SDK of this gateway",
			"программа говорит на другой версии протокола; пересоберите её с SDK этого шлюза"}
	case NotOurs:
		return sentence{"the program runs, but it is not a provider made with the Orderbell SDK",
			"программа запускается, но это не провайдер, собранный с Orderbell SDK"}
	case StartCrash:
		return sentence{"the program ended before it began to serve; its last lines say why",
			"программа завершилась, не начав работать; причина в её последних строках"}
	case StartTimeout:
		return sentence{"the program did not begin to serve in time and was stopped",
			"программа не начала работать вовремя и остановлена"}
	case NotPrepared:
		return sentence{"the program started, but could not be made ready for work",
			"программа запустилась, но подготовить её к работе не удалось"}
	case Crashed:
		return sentence{"the program ended by itself; it is started again, with longer and longer pauses when that repeats",
			"программа завершилась сама; её запускают снова, а если это повторяется, то со всё большими паузами"}
	case TooMuchMemory:
		return sentence{"the program took more memory than it may and was stopped",
			"программа заняла больше памяти, чем разрешено, и остановлена"}
	case KilledByCall:
		return sentence{"the program was stopped because a call did not end",
			"программа остановлена, потому что вызов не завершился"}
	case GivenUp:
		return sentence{"the program lives, but its calls did not come back, so it was ended; it is started again, with longer and longer pauses when that repeats",
			"программа жива, но вызовы в ней не возвращались, поэтому она остановлена; её запускают снова, а если это повторяется, то со всё большими паузами"}
	default:
		return sentence{"the system did not start the program", "система не запустила программу"}
	}
}

// Sentence says in Russian ("ru") or English what is wrong, where and what to do.
func (f *Fault) Sentence(lang string) string {
	s := f.Kind.sentence()
	text := s.en
	if lang == "ru" {
		text = s.ru
	}
	var b strings.Builder
	b.WriteString(f.Name)
	if f.Path != "" {
		fmt.Fprintf(&b, " (%s)", f.Path)
	}
	b.WriteString(": ")
	b.WriteString(text)
	if f.Detail != "" {
		fmt.Fprintf(&b, " [%s]", Scrub(f.Detail))
	}
	return b.String()
}

// ErrNotServing is what Acquire returns when waiting would not help: the child is quarantined, its
// file has to be mended, or the supervisor has ended.
type ErrNotServing struct {
	Name  string
	State State
	Cause error // often a *Fault; may be nil
}

// Error says who does not serve and why.
func (e ErrNotServing) Error() string {
	if e.Cause == nil {
		return fmt.Sprintf("%s is not serving (%s)", e.Name, e.State)
	}
	return fmt.Sprintf("%s is not serving (%s): %v", e.Name, e.State, e.Cause)
}

// Unwrap gives the cause.
func (e ErrNotServing) Unwrap() error { return e.Cause }
