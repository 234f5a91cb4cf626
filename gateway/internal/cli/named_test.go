package cli

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// Where a text names a command: in the documents as code, in the program's own texts after a colon or in
// quotes.
var (
	namedInDocument = regexp.MustCompile("(?m)(?:^|`)orderbell ([a-z-]+)(?: ([a-z|-]+))?")
	namedInProgram  = regexp.MustCompile(`(?:: |; |«|\\")orderbell ([a-z-]+)(?: ([a-z-]+))?`)
)

// Whoever is told to run a command must find it.
func TestEveryCommandThatIsNamedExists(t *testing.T) {
	t.Parallel()
	parser, err := kong.New(&commands{}, words("en"))
	if err != nil {
		t.Fatal(err)
	}
	below := map[string][]string{}
	for _, command := range parser.Model.Children {
		below[command.Name] = []string{}
		for _, sub := range command.Children {
			below[command.Name] = append(below[command.Name], sub.Name)
		}
	}
	root, named := "../../..", 0
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() && slices.Contains([]string{"node_modules", "dist", ".git", "adr"}, entry.Name()) {
			return skipped(err)
		}
		pattern := map[string]*regexp.Regexp{".md": namedInDocument, ".go": namedInProgram, ".tsx": namedInProgram, ".ts": namedInProgram}[filepath.Ext(path)]
		if pattern == nil || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(path) //nolint:gosec // of this tree
		for _, found := range pattern.FindAllStringSubmatch(string(text), -1) {
			named++
			subs, there := below[found[1]]
			for _, sub := range strings.FieldsFunc(found[2], func(r rune) bool { return r == '|' }) {
				there = there && (len(subs) == 0 || slices.Contains(subs, sub))
			}
			if !there {
				t.Errorf("%s names %q", path, strings.TrimLeft(found[0], "`:; "))
			}
		}
		return err
	})
	if err != nil || named < 50 {
		t.Errorf("%d commands are named, %v: they are not found any more", named, err)
	}
}

// skipped leaves a folder out, unless something went wrong.
func skipped(err error) error {
	if err != nil {
		return err
	}
	return filepath.SkipDir
}
