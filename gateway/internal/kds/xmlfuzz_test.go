package kds_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// FuzzXMLSameAsStandard compares the fast way with encoding/xml alone, on anything. Its seeds are the
// samples, one of them cut at every byte, and whatever XML the other tests of this package post.
func FuzzXMLSameAsStandard(f *testing.F) {
	seed(f, ".xml")
	f.Add([]byte(plain))
	whole := sample(f, "08-kds-all-ready.xml")
	for n := range whole {
		f.Add(whole[:n])
	}
	for _, text := range postedByTests(f) {
		f.Add([]byte(text))
		f.Add([]byte(one("", text)))
	}
	f.Fuzz(same)
}

// postedByTests are the texts in the sources of the tests that begin like XML: whole documents, and
// elements that the tests wrap by one. So a case added to a table is a seed here at once.
func postedByTests(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if text, err := strconv.Unquote(lit.Value); err == nil && strings.HasPrefix(text, "<") {
					texts = append(texts, text)
				}
			}
			return true
		})
	}
	if len(texts) < 200 {
		t.Fatalf("got %d texts of XML in %q, want 200 or more", len(texts), files)
	}
	return texts
}
