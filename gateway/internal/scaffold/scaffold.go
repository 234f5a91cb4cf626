// Package scaffold writes the folder of a new provider: a program that speaks to an operator that does not
// exist, and its test, which passes the conformance suite as it is. The author replaces the operator.
package scaffold

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template"
)

//go:embed all:template
var templates embed.FS

// Module is where the SDK comes from.
const Module = "github.com/orderbell/orderbell"

// Options say what is written.
type Options struct {
	Name    string // of the provider: [a-z][a-z0-9-]{0,31}
	Dir     string // folder to make; empty: Name
	Module  string // Go module of the new program; empty: example.org/Name
	SDK     string // version of Module that is required: v1.2.3
	Replace string // folder with the source of Module, to take it from there; empty: from the network
}

// Reason tells apart why nothing is written.
type Reason string

// Reasons.
const (
	BadName    Reason = "bad_name"
	BadModule  Reason = "bad_module"
	Exists     Reason = "exists"
	NoSource   Reason = "no_source" // Replace is no folder with the source of Module
	Unwritable Reason = "unwritable"
)

// Error says why no provider was written; nothing is left behind.
type Error struct {
	Reason Reason
	What   string // the name, module or folder
	Cause  error  // may be nil
}

// Error is the English sentence.
func (e *Error) Error() string { return e.Sentence("en") }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

var sentences = map[Reason][2]string{
	BadName: {
		"имя %q не подходит: до 32 строчных латинских букв, цифр и дефисов, первой стоит буква; имена вроде con и nul заняты Windows",
		"the name %q does not do: up to 32 small Latin letters, digits and dashes, a letter first; names such as con and nul belong to Windows",
	},
	BadModule: {
		"имя модуля %q не подходит: нужен путь вроде example.org/acme",
		"the module's name %q does not do: it is a path such as example.org/acme",
	},
	Exists: {
		"%q уже есть, и ничего не перезаписано; назовите другую папку: --dir ПАПКА",
		"%q is there already, and nothing was written over; name another folder: --dir FOLDER",
	},
	NoSource: {
		"в папке %q нет исходного кода " + Module + "; назовите папку, где лежит его go.mod",
		"the folder %q does not hold the source of " + Module + "; name the one with its go.mod",
	},
	Unwritable: {"не удалось записать %q", "%q could not be written"},
}

// Sentence says what is wrong and what to do, in Russian ("ru") or English.
func (e *Error) Sentence(lang string) string {
	pick := 1
	if lang == "ru" {
		pick = 0
	}
	text := fmt.Sprintf(sentences[e.Reason][pick], e.What)
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	return text
}

var (
	nameForm   = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)
	moduleForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._~-]*(/[A-Za-z0-9][A-Za-z0-9._~-]*)*$`)
	// reserved are names that no folder and no program can have on Windows.
	reserved = regexp.MustCompile(`^(con|prn|aux|nul|com[0-9]|lpt[0-9])$`)
)

// Write makes the folder and returns its path and the files in it, in order of name. A folder or file that
// is there already is never touched. Errors are *Error.
func Write(o Options) (dir string, files []string, err error) {
	if o, err = o.complete(); err != nil {
		return "", nil, err
	}
	if err := os.MkdirAll(filepath.Dir(o.Dir), 0o750); err != nil {
		return "", nil, &Error{Unwritable, o.Dir, err}
	}
	if err := os.Mkdir(o.Dir, 0o750); err != nil { // also tells what is there already, at one go
		if errors.Is(err, fs.ErrExist) {
			return "", nil, &Error{Exists, o.Dir, nil}
		}
		return "", nil, &Error{Unwritable, o.Dir, err}
	}
	if files, err = o.fill(); err != nil {
		_ = os.RemoveAll(o.Dir) // made here a moment ago
		return "", nil, &Error{Unwritable, o.Dir, err}
	}
	return o.Dir, files, nil
}

// complete fills in what was left out, and refuses what cannot be.
func (o Options) complete() (Options, error) {
	if !nameForm.MatchString(o.Name) || reserved.MatchString(o.Name) {
		return o, &Error{BadName, o.Name, nil}
	}
	if o.Dir == "" {
		o.Dir = o.Name
	}
	if o.Module == "" {
		o.Module = "example.org/" + o.Name
	}
	if !moduleForm.MatchString(o.Module) || o.Module == Module || strings.HasPrefix(o.Module, Module+"/") {
		return o, &Error{BadModule, o.Module, nil}
	}
	if o.Replace == "" {
		return o, nil
	}
	source, err := filepath.Abs(o.Replace)
	if err != nil {
		return o, &Error{NoSource, o.Replace, err}
	}
	mod, err := os.ReadFile(filepath.Join(source, "go.mod")) // #nosec G304 -- the author names it
	if err != nil || !regexp.MustCompile(`(?m)^module `+regexp.QuoteMeta(Module)+`\s*$`).Match(mod) {
		return o, &Error{NoSource, o.Replace, nil}
	}
	o.Replace = source
	return o, nil
}

// Title is the name as a heading.
func (o Options) Title() string { return strings.ToUpper(o.Name[:1]) + o.Name[1:] }

// values are what templates may use.
type values struct {
	Name, Title, Module, SDK, Replace string
}

func (o Options) fill() ([]string, error) {
	v := values{Name: o.Name, Title: o.Title(), Module: o.Module, SDK: o.SDK, Replace: quoted(o.Replace)}
	var files []string
	err := fs.WalkDir(templates, "template", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := render(name, v)
		if err != nil {
			return err
		}
		to := target(strings.TrimPrefix(name, "template/"))
		files = append(files, to)
		return put(filepath.Join(o.Dir, filepath.FromSlash(to)), text)
	})
	if err == nil && o.Replace != "" {
		// The sums that the SDK was tested with: then nothing has to be fetched to know them.
		sums, found := os.ReadFile(filepath.Join(o.Replace, "go.sum")) // #nosec G304 -- the author names it
		if found == nil {
			files = append(files, "go.sum")
			err = put(filepath.Join(o.Dir, "go.sum"), sums)
		}
	}
	slices.Sort(files)
	return files, err
}

// target is the name of a template's file: what embedding would not take has another name there.
func target(name string) string {
	name = strings.TrimSuffix(name, ".tmpl")
	if path.Base(name) == "gitignore" {
		return path.Join(path.Dir(name), ".gitignore")
	}
	return name
}

func render(name string, v values) ([]byte, error) {
	text, err := templates.ReadFile(name)
	if err != nil || !strings.HasSuffix(name, ".tmpl") {
		return text, err
	}
	parsed, err := template.New(path.Base(name)).Option("missingkey=error").Parse(string(text))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = parsed.Execute(&out, v)
	return out.Bytes(), err
}

func put(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o644) // #nosec G306 -- source code, no secret
}

// quoted writes a path as go.mod wants it.
func quoted(path string) string {
	if strings.ContainsAny(path, " \t()[]{},'\"") {
		return "`" + path + "`"
	}
	return path
}
