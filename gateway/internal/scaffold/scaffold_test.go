package scaffold_test

import (
	"errors"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/orderbell/orderbell/gateway/internal/scaffold"
)

// source is the folder of this module.
func source(t *testing.T) string {
	t.Helper()
	folder, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

func options(t *testing.T, name string) scaffold.Options {
	t.Helper()
	return scaffold.Options{Name: name, Dir: filepath.Join(t.TempDir(), "folder of mine", name), SDK: "v0.1.0", Replace: source(t)}
}

// TestANewProviderPassesTheSuiteAtOnce builds and tests it as an outside module, as its author does, with
// what the module cache holds and without the network. Only go mod tidy is left out: it wants the tests of
// dependencies, too, which nobody has fetched.
func TestANewProviderPassesTheSuiteAtOnce(t *testing.T) {
	t.Parallel()
	dir, _, err := scaffold.Write(options(t, "acme-sms"))
	if err != nil {
		t.Fatal(err)
	}
	said := ""
	for _, args := range [][]string{
		{"vet", "./..."}, {"test", "-v", "-vet=off", "-run", "Conformance", "./..."}, {"build", "-o", filepath.Join(dir, "program.exe"), "."},
	} {
		said = run(t, dir, "go", args...)
		if args[0] == "test" && (!strings.Contains(said, "acme-sms 0.1.0") || !strings.Contains(said, " conforms") || !strings.Contains(said, ", process ")) {
			t.Errorf("the card of the suite is not among what the test said:\n%.4000s", said)
		}
	}
	if said := run(t, dir, filepath.Join(dir, "program.exe"), "version"); !strings.Contains(said, "0.1.0") {
		t.Errorf("program version: got %q", said)
	}
}

func run(t *testing.T, dir, program string, args ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), program, args...) // #nosec G204 -- the go command and what it built
	command.Dir = dir
	command.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off", "GO111MODULE=on")
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", filepath.Base(program), args, err, out)
	}
	return string(out)
}

func TestWhatIsWritten(t *testing.T) {
	t.Parallel()
	o := options(t, "acme")
	dir, files, err := scaffold.Write(o)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		".gitignore", "Makefile", "README.en.md", "README.md", "account.go", "account_test.go", "go.mod", "go.sum", "main.go",
		"testdata/accepted.json", "testdata/new-code.json", "testdata/no-money.json", "testdata/stop-list.json", "testdata/wrong-key.json", "testdata/wrong-number.json",
	}
	if dir != o.Dir || !slices.Equal(files, want) {
		t.Errorf("got %s with %q, want %q", dir, files, want)
	}
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "{{") || len(text) == 0 {
			t.Errorf("%s holds a place that was not filled in, or nothing:\n%s", file, text)
		}
		if strings.HasSuffix(file, ".go") {
			if formatted, err := format.Source(text); err != nil || string(formatted) != string(text) {
				t.Errorf("%s is not as gofmt writes it: %v", file, err)
			}
		}
	}
	mod, _ := os.ReadFile(filepath.Join(dir, "go.mod"))
	for _, line := range []string{"module example.org/acme\n", "require github.com/orderbell/orderbell v0.1.0\n", "replace github.com/orderbell/orderbell => "} {
		if !strings.Contains(string(mod), line) {
			t.Errorf("go.mod lacks %q:\n%s", line, mod)
		}
	}
}

func TestWithoutASourceTheSDKComesFromTheNetwork(t *testing.T) {
	t.Parallel()
	o := options(t, "acme")
	o.Replace, o.Module = "", "acme.example/sms/provider"
	dir, files, err := scaffold.Write(o)
	if err != nil {
		t.Fatal(err)
	}
	mod, _ := os.ReadFile(filepath.Join(dir, "go.mod"))
	want := "module acme.example/sms/provider\n\ngo 1.26.0\n\nrequire github.com/orderbell/orderbell v0.1.0\n"
	if string(mod) != want || slices.Contains(files, "go.sum") {
		t.Errorf("go.mod: got %q with the files %q, want %q and no go.sum", mod, files, want)
	}
}

func TestWhatIsThereIsNeverWrittenOver(t *testing.T) {
	t.Parallel()
	for name, make := range map[string]func(string) error{
		"a folder":          func(path string) error { return os.MkdirAll(path, 0o750) },
		"a file":            func(path string) error { return os.WriteFile(path, []byte("mine"), 0o600) },
		"a link to nowhere": func(path string) error { return os.Symlink("nowhere", path) },
	} {
		o := options(t, "acme")
		if err := os.MkdirAll(filepath.Dir(o.Dir), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := make(o.Dir); err != nil {
			t.Fatal(err)
		}
		before, _ := os.Lstat(o.Dir)
		wantError(t, name, o, scaffold.Exists)
		if after, err := os.Lstat(o.Dir); err != nil || after.Mode() != before.Mode() || after.Size() != before.Size() {
			t.Errorf("%s: it was changed: %v, %v", name, after, err)
		}
	}
}

func wantError(t *testing.T, what string, o scaffold.Options, reason scaffold.Reason) {
	t.Helper()
	dir, files, err := scaffold.Write(o)
	e, ok := errors.AsType[*scaffold.Error](err)
	if !ok || e.Reason != reason || dir != "" || files != nil {
		t.Errorf("%s: got %s, %q, %v, want %s", what, dir, files, err, reason)
		return
	}
	if ru, en := e.Sentence("ru"), e.Sentence("en"); ru == en || strings.Contains(ru+en, "%!") {
		t.Errorf("%s: the sentences are %q and %q", what, ru, en)
	}
}

func TestNamesThatDoNotDo(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "Acme", "1acme", "-acme", "acme_sms", "ак", "a b", "../acme", "acme/x", strings.Repeat("a", 33), "con", "nul", "com1"} {
		o := options(t, "acme")
		o.Name = name
		wantError(t, "the name "+name, o, scaffold.BadName)
		if _, err := os.Stat(o.Dir); err == nil {
			t.Errorf("the name %q: a folder was made", name)
		}
	}
	for _, module := range []string{"a b", "/acme", "acme/", "a//b", "../acme", "github.com/orderbell/orderbell", "github.com/orderbell/orderbell/x", "a\nb"} {
		o := options(t, "acme")
		o.Module = module
		wantError(t, "the module "+module, o, scaffold.BadModule)
	}
	for _, replace := range []string{"nowhere", ".", t.TempDir()} {
		o := options(t, "acme")
		o.Replace = replace
		wantError(t, "the source "+replace, o, scaffold.NoSource)
	}
}
