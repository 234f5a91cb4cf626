package access

import "fmt"

// Verdict is what a verification of the audit log found.
type Verdict struct {
	Records int64  `json:"records"` // looked at
	First   int64  `json:"first"`   // N of the first one that is kept; earlier ones went with the retention
	Last    int64  `json:"last"`
	Head    string `json:"head"` // hash of the last one: noted elsewhere, it proves later that nothing before it was changed
	Faults  []Flaw `json:"faults"`
}

// Flaw is one place where the log is not as it was written.
type Flaw struct {
	N    int64  `json:"n"` // of the line
	Why  string `json:"why"`
	Text string `json:"text,omitempty"` // Why in words, for who reads it; a store leaves it empty
}

// What can be wrong with the audit log.
const (
	FlawChanged  = "changed"         // the line's hash does not fit its text
	FlawChain    = "chain_broken"    // the line does not follow on the one before
	FlawReplaced = "replaced"        // another line stood here once
	FlawMissing  = "missing"         // lines are missing before this one
	FlawCut      = "cut"             // the last lines are missing
	FlawSeal     = "seal_wrong"      // when this line was written, or now, the end of the log was not as this gateway left it
	FlawUnsealed = "unsealed"        // this line and what follows were added past the end that this gateway sealed
	FlawNoKey    = "key_missing"     // the key of the seal is not there, so the end of the log cannot be trusted
	FlawAnchor   = "anchor_mismatch" // the beginning does not follow on what the retention removed
	FlawRemoved  = "removed_flaw"    // what the retention removed when it wrote this line was not as it had been written
)

// Sound tells whether nothing was found.
func (v Verdict) Sound() bool { return len(v.Faults) == 0 }

// first is the flaw with which the part begins that nobody can vouch for.
func (v Verdict) first() (first Flaw, found bool) {
	for _, f := range v.Faults {
		if !found || f.N < first.N {
			first, found = f, true
		}
	}
	return first, found
}

// Sentence says, in Russian ("ru") or English (anything else), that the log was changed past Orderbell, from
// which line on and how it shows there. It is empty when the log is sound.
func (v Verdict) Sentence(lang string) string {
	f, found := v.first()
	switch {
	case !found:
		return ""
	case f.N == 0 && lang == "ru":
		return "Журнал аудита изменён в обход Orderbell: из него пропали все строки."
	case f.N == 0:
		return "The audit log was changed past Orderbell: all its lines are gone."
	case lang == "ru":
		return fmt.Sprintf("Журнал аудита изменён в обход Orderbell начиная со строки %d: %s.", f.N, f.Sentence(lang))
	}
	return fmt.Sprintf("The audit log was changed past Orderbell, from line %d on: %s.", f.N, f.Sentence(lang))
}

// Told gives the verdict with each flaw in words as well, in Russian ("ru") or English (anything else).
func (v Verdict) Told(lang string) Verdict {
	told := make([]Flaw, 0, len(v.Faults))
	for _, f := range v.Faults {
		f.Text = f.Sentence(lang)
		told = append(told, f)
	}
	v.Faults = told
	return v
}

// Cure says what to do about a log that is not sound.
func (v Verdict) Cure(lang string) string {
	if lang == "ru" {
		return "Сохраните копию папки данных и выясните, кто имеет к ней доступ; все места перечислит: orderbell audit verify. Новые строки по-прежнему пишутся."
	}
	return "Keep a copy of the data folder and find out who has access to it; each place is listed by: orderbell audit verify. New lines are still written."
}

// Sentence says what is wrong with the line, in Russian ("ru") or English (anything else).
func (f Flaw) Sentence(lang string) string {
	ru, en := f.words()
	if lang == "ru" {
		return ru
	}
	return en
}

func (f Flaw) words() (ru, en string) {
	switch f.Why {
	case FlawChanged:
		return "её текст изменён", "its text was changed"
	case FlawChain:
		return "она не продолжает предыдущую", "it does not follow on the one before"
	case FlawReplaced:
		return "на её месте была другая", "another one stood in its place"
	case FlawMissing:
		return "перед ней не хватает строк", "lines are missing before it"
	case FlawCut:
		return "после неё не хватает строк", "lines are missing after it"
	case FlawSeal:
		return "конец журнала оставлен не этим шлюзом или опечатан другим ключом", "the end of the log was not as this gateway left it, or was sealed with another key"
	case FlawUnsealed:
		return "она и следующие дописаны не этим шлюзом", "it and what follows were not added by this gateway"
	case FlawNoKey:
		return "нет ключа печати keys/audit.key", "the key of the seal, keys/audit.key, is not there"
	case FlawAnchor:
		return "она не продолжает удалённое по сроку", "it does not follow on what the retention took away"
	case FlawRemoved:
		return "среди удалённого тогда по сроку были изменённые строки", "among what the retention then took away, lines had been changed"
	default:
		return f.Why, f.Why
	}
}
