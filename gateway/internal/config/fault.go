package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Text is a sentence in the two languages that Orderbell speaks.
type Text struct {
	RU string `json:"ru"`
	EN string `json:"en"`
}

// In gives the sentence in a language: English for "en" and all that starts with it, else Russian.
func (t Text) In(lang string) string {
	if strings.HasPrefix(strings.ToLower(lang), "en") {
		return t.EN
	}
	return t.RU
}

// Fault is one mistake in the configuration: where it is, what is wrong and what to do about it.
type Fault struct {
	Path    string `json:"path,omitempty"`   // "notifications.route[1]"; empty: the source as a whole
	Source  string `json:"source"`           // the file as it was named, "ORDERBELL_LISTEN" or "--listen"
	Line    int    `json:"line,omitempty"`   // from 1; 0: not in a file
	Column  int    `json:"column,omitempty"` // from 1; 0: not in a file
	Value   string `json:"value,omitempty"`  // as it was written, before ${…}; masked where it may be secret
	Problem Text   `json:"problem"`
	Cure    Text   `json:"cure"`
}

// Sentence tells the fault on one line in a language ("ru", "en").
func (f Fault) Sentence(lang string) string {
	var b strings.Builder
	b.WriteString(f.where())
	if f.Path != "" {
		b.WriteString(f.Path)
		if f.Value != "" {
			b.WriteString(" = " + f.Value)
		}
		b.WriteString(": ")
	}
	b.WriteString(f.Problem.In(lang))
	if cure := f.Cure.In(lang); cure != "" {
		b.WriteString(". " + cure)
	}
	return b.String()
}

// Error tells the fault in English.
func (f Fault) Error() string { return f.Sentence("en") }

func (f Fault) where() string {
	switch {
	case f.Source == "":
		return ""
	case f.Line == 0:
		return f.Source + ": "
	default:
		return fmt.Sprintf("%s:%d:%d: ", f.Source, f.Line, f.Column)
	}
}

// Faults is every mistake found in one reading of the configuration, those of the file first, in
// order of line. It is the error of Load.
type Faults []Fault

// mostTold is how many faults are told in words; a person mends no more in one go.
const mostTold = 100

// Sentence tells all faults, one on a line, in a language ("ru", "en").
func (f Faults) Sentence(lang string) string {
	lines := make([]string, 0, len(f)+1)
	head := Text{
		RU: fmt.Sprintf("Ошибки в настройках: %d", len(f)),
		EN: fmt.Sprintf("Mistakes in the configuration: %d", len(f)),
	}
	lines = append(lines, head.In(lang))
	for i, fault := range f {
		if i == mostTold {
			more := Text{RU: fmt.Sprintf("и ещё %d", len(f)-i), EN: fmt.Sprintf("and %d more", len(f)-i)}
			lines = append(lines, "  "+more.In(lang))
			break
		}
		lines = append(lines, "  "+fault.Sentence(lang))
	}
	return strings.Join(lines, "\n")
}

// Error tells all faults in English.
func (f Faults) Error() string { return f.Sentence("en") }

// sort puts the faults of the file first, by place, and leaves the others in the order found.
func (f Faults) sort() {
	slices.SortStableFunc(f, func(a, b Fault) int {
		if (a.Line == 0) != (b.Line == 0) {
			return cmp.Compare(b.Line, a.Line) // those without a line go last
		}
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}
