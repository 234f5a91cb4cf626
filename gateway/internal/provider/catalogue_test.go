package provider_test

import (
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/orderbell/orderbell/gateway/internal/provider"
)

func put(t *testing.T, path, content string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTheCatalogueTakesProvidersAndNothingElse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		files []string
		want  []string
	}{
		{"an empty folder", nil, nil},
		{"providers in order of name", []string{"orderbell-provider-smsru", "orderbell-provider-console"}, []string{"console", "smsru"}},
		{"a program of Windows", []string{"orderbell-provider-smsru.exe"}, []string{"smsru"}},
		{"a name with a dash", []string{"orderbell-provider-acme-test"}, []string{"acme-test"}},
		{"junk of editors, archives and others", []string{
			"orderbell-provider-", "orderbell-provider-.exe", "orderbell-provider-a.old", "orderbell-provider-a~", "orderbell-provider-a.tar.gz",
			"orderbell-provider-a b", "orderbell", "provider-a", "readme.txt", ".orderbell-provider-a",
		}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			for _, file := range tt.files {
				put(t, filepath.Join(folder, file), file)
			}
			if err := os.Mkdir(filepath.Join(folder, "orderbell-provider-folder"), 0o700); err != nil {
				t.Fatal(err)
			}
			c, problems := provider.ReadCatalogue(folder)
			if got := c.Names(); !slices.Equal(got, tt.want) || len(problems) > 0 {
				t.Errorf("files %q: got %q, problems %v, want %q", tt.files, got, problems, tt.want)
			}
		})
	}
}

func TestAMissingFolderIsPassedOver(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	put(t, filepath.Join(folder, "orderbell-provider-a"), "a")
	c, problems := provider.ReadCatalogue("", filepath.Join(folder, "none"), folder)
	if got := c.Names(); !slices.Equal(got, []string{"a"}) || len(problems) > 0 {
		t.Errorf("a missing folder before a real one: got %q, problems %v, want a and no problem", got, problems)
	}
}

func TestTheFirstFolderOfANameWins(t *testing.T) {
	t.Parallel()
	first, second := t.TempDir(), t.TempDir()
	want := put(t, filepath.Join(first, "orderbell-provider-a"), "mine")
	put(t, filepath.Join(second, "orderbell-provider-a"), "theirs")
	put(t, filepath.Join(second, "orderbell-provider-b"), "b")
	c, problems := provider.ReadCatalogue(first, second)
	p, err := c.Find("a")
	want, _ = filepath.EvalSymlinks(want)
	sum := sha256.Sum256([]byte("mine"))
	if err != nil || p.Name != "a" || p.Path != want || !slices.Equal(p.Sum, sum[:]) || len(problems) > 0 {
		t.Errorf("a in two folders: got %+v, %v, problems %v, want %s with its checksum", p, err, problems, want)
	}
	if got := c.Names(); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("names: got %q, want both", got)
	}
}

func TestAProgramThatHidesAnotherSaysSo(t *testing.T) {
	t.Parallel()
	first, second := t.TempDir(), t.TempDir()
	mine := put(t, filepath.Join(first, "orderbell-provider-a"), "mine")
	theirs := put(t, filepath.Join(second, "orderbell-provider-a"), "theirs")
	for _, folder := range []string{first, second} {
		put(t, filepath.Join(folder, "orderbell-provider-same"), "a copy")
	}
	c, problems := provider.ReadCatalogue(first, second, first)
	mine, _ = filepath.EvalSymlinks(mine)
	got := c.Hidden()
	if len(got) != 1 || got[0].Provider != "a" || got[0].Used != mine || !slices.Equal(got[0].Files, []string{theirs}) || len(problems) > 0 {
		t.Fatalf("got %+v, problems %v, want a alone: %s hides %s", got, problems, mine, theirs)
	}
	for _, lang := range []string{"ru", "en"} {
		if text := got[0].Sentence(lang); !strings.Contains(text, mine) || !strings.Contains(text, theirs) {
			t.Errorf("%s: %q does not name both files", lang, text)
		}
	}
}

func TestASymbolicLinkIsResolved(t *testing.T) {
	t.Parallel()
	folder, elsewhere := t.TempDir(), t.TempDir()
	target := put(t, filepath.Join(elsewhere, "program-1.2"), "program")
	if err := os.Symlink(target, filepath.Join(folder, "orderbell-provider-a")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	c, problems := provider.ReadCatalogue(folder)
	p, err := c.Find("a")
	target, _ = filepath.EvalSymlinks(target)
	if err != nil || p.Path != target || len(problems) > 0 {
		t.Errorf("a link: got %+v, %v, problems %v, want the path %s", p, err, problems, target)
	}
}

func TestAFileThatCannotBeReadIsAProblemAndTheRestIsUsable(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	put(t, filepath.Join(folder, "orderbell-provider-good"), "good")
	if err := os.Symlink(filepath.Join(folder, "gone"), filepath.Join(folder, "orderbell-provider-bad")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	file := put(t, filepath.Join(t.TempDir(), "not-a-folder"), "")
	c, problems := provider.ReadCatalogue(folder, file)
	if got := c.Names(); !slices.Equal(got, []string{"good"}) {
		t.Errorf("names: got %q, want the good one", got)
	}
	text := errors.Join(problems...)
	if len(problems) != 2 || !errors.Is(problems[0], os.ErrNotExist) || !strings.Contains(text.Error(), "provider bad") || !strings.Contains(text.Error(), "read provider folder") {
		t.Errorf("problems: got %v, want one that names bad and one that names the folder", problems)
	}
}

func TestAProviderThatIsNotThereIsRefusedWithWhatThereIs(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	put(t, filepath.Join(folder, "orderbell-provider-console"), "c")
	put(t, filepath.Join(folder, "orderbell-provider-smsru"), "s")
	full, _ := provider.ReadCatalogue(folder)
	empty, _ := provider.ReadCatalogue(t.TempDir())
	for _, tt := range []struct {
		name      string
		catalogue provider.Catalogue
		want      []string
	}{
		{"a full catalogue", full, []string{`"smsc"`, folder, "console, smsru"}},
		{"an empty one", empty, []string{`"smsc"`, "none"}},
		{"the zero value", provider.Catalogue{}, []string{`"smsc"`, "none"}},
	} {
		p, err := tt.catalogue.Find("smsc")
		if !errors.Is(err, provider.ErrUnknownProvider) || p.Path != "" {
			t.Errorf("%s: got %+v, %v, want ErrUnknownProvider", tt.name, p, err)
			continue
		}
		for _, part := range tt.want {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%s: the error %q does not say %q", tt.name, err, part)
			}
		}
	}
}
