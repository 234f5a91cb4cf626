package sdktest_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// pages are the integrators' pages.
const pages = "../../docs/integrators"

// goBlocks returns the Go code of a page. A block that begins with a package clause begins a file; the
// others go on with the one before.
func goBlocks(t *testing.T, page string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(pages, page)) //nolint:gosec // a page of this repository
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, match := range regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		if strings.HasPrefix(match[1], "package ") {
			files = append(files, match[1])
			continue
		}
		if len(files) == 0 {
			t.Fatalf("%s: the first block of Go has no package clause", page)
		}
		files[len(files)-1] += "\n" + match[1]
	}
	return files
}

// TestTheProviderOfTheDocsConforms takes the provider and its test out of the integrators' page, lays
// them over the shortest example's files, and runs the kit on them as a reader would.
func TestTheProviderOfTheDocsConforms(t *testing.T) {
	t.Parallel()
	files := goBlocks(t, "provider-in-depth.en.md")
	if len(files) != 2 {
		t.Fatalf("got %d files, want the provider and its test", len(files))
	}
	if !slices.Equal(files, goBlocks(t, "provider-in-depth.ru.md")) {
		t.Error("the code of the Russian page differs from that of the English one")
	}
	folder, root := t.TempDir(), wantAbs(t, "../..")
	overlay := map[string]map[string]string{"Replace": {}}
	for i, name := range []string{"main.go", "main_test.go"} {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(files[i]), 0o600); err != nil {
			t.Fatal(err)
		}
		overlay["Replace"][filepath.Join(root, "examples", "provider-minimal", name)] = path
	}
	encoded, err := json.Marshal(overlay)
	if err != nil {
		t.Fatal(err)
	}
	list := filepath.Join(folder, "overlay.json")
	if err := os.WriteFile(list, encoded, 0o600); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(folder, "docs.test")
	compile := exec.CommandContext(t.Context(), "go", "test", "-c", "-vet=all", "-overlay", list, "-o", program, "./examples/provider-minimal") //nolint:gosec // a test builds its own tree
	compile.Dir = root
	if out, err := compile.CombinedOutput(); err != nil {
		t.Fatalf("the code of the page does not compile: %v\n%s", err, out)
	}
	run := exec.CommandContext(t.Context(), program, "-test.v", "-test.parallel=8") //nolint:gosec // built above
	run.Dir = folder
	if out, err := run.CombinedOutput(); err != nil || !strings.Contains(string(out), "comet dev (SDK") {
		t.Errorf("the provider of the page does not conform: %v\n%s", err, complaints(string(out)))
	}
}

func wantAbs(t *testing.T, path string) string {
	t.Helper()
	absolute, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return absolute
}

// TestThePagesSpeakOfWhatThereIs looks up what the integrators' pages name: links, and words of the SDK.
func TestThePagesSpeakOfWhatThereIs(t *testing.T) {
	t.Parallel()
	all, err := filepath.Glob(filepath.Join(pages, "*.md"))
	if err != nil || len(all) < 4 {
		t.Fatalf("%d pages, %v", len(all), err)
	}
	exported := words(t, "../*.go", "*.go")
	for _, page := range all {
		text, err := os.ReadFile(page) //nolint:gosec // a page of this repository
		if err != nil {
			t.Fatal(err)
		}
		for _, link := range regexp.MustCompile(`\]\(([^)#:]+)\)`).FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.Join(pages, filepath.FromSlash(link[1]))); err != nil {
				t.Errorf("%s: the link %s leads nowhere", filepath.Base(page), link[1])
			}
		}
		for _, name := range regexp.MustCompile(`\bsdk(?:test)?\.([A-Z]\w*)`).FindAllStringSubmatch(string(text), -1) {
			if !exported[name[1]] {
				t.Errorf("%s: %s is not in the SDK", filepath.Base(page), name[0])
			}
		}
	}
}

// words are the identifiers of the files that match.
func words(t *testing.T, patterns ...string) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for _, pattern := range patterns {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			source, err := os.ReadFile(path) //nolint:gosec // a file of this repository
			if err != nil {
				t.Fatal(err)
			}
			for _, word := range regexp.MustCompile(`\b[A-Z]\w*`).FindAllString(string(source), -1) {
				found[word] = true
			}
		}
	}
	return found
}
