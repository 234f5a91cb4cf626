package provider_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/child"
	"github.com/orderbell/orderbell/gateway/internal/provider"
)

// levels is what was found, by name; of several points of a name the worst.
func levels(t *testing.T, x provider.Examination) map[string]provider.Level {
	t.Helper()
	found := map[string]provider.Level{}
	for _, p := range x.Points {
		if p.Text.EN == "" || p.Text.RU == "" || strings.Contains(p.Text.EN+p.Text.RU, "%!") {
			t.Errorf("point %s says %q and %q, want a sentence in each language", p.Name, p.Text.EN, p.Text.RU)
		}
		if found[p.Name] != provider.Broken {
			found[p.Name] = p.Level
		}
	}
	return found
}

func wantLevels(t *testing.T, x provider.Examination, want map[string]provider.Level) {
	t.Helper()
	got := levels(t, x)
	for name, level := range want {
		if got[name] != level {
			t.Errorf("%s: got %q, want %q; all points: %+v", name, got[name], level, x.Points)
		}
	}
}

func TestAGoodProgramIsInOrder(t *testing.T) {
	t.Parallel()
	x := provider.Examine(t.Context(), consoleIn(newer), time.Now)
	wantLevels(t, x, map[string]provider.Level{
		"file": provider.Doubt, // its symbols were left in
		"name": provider.Good, "protocol": provider.Good, "languages": provider.Good, "settings": provider.Good, "refusals": provider.Good, "stop": provider.Good,
	})
	if !x.OK || x.Manifest == nil || x.Manifest.Version != "2.0.0" || x.Ready <= 0 || len(x.Sum) != 64 || x.Stripped || x.Settings < 5 {
		t.Errorf("got %+v", x)
	}
	if runtime.GOOS == "linux" && (x.Idle < 1<<20 || x.System != "linux/"+runtime.GOARCH || !strings.HasPrefix(x.Go, "go1.")) {
		t.Errorf("memory %d, system %q, %q: want them known here", x.Idle, x.System, x.Go)
	}
}

func TestASloppyProgramIsFoundOut(t *testing.T) {
	t.Parallel()
	x := provider.Examine(t.Context(), consoleIn(sloppy), time.Now)
	wantLevels(t, x, map[string]provider.Level{
		"name": provider.Doubt, "languages": provider.Broken, "settings": provider.Good, "refusals": provider.Broken, "secrets": provider.Broken,
	})
	if x.OK || !x.Stripped {
		t.Errorf("ok %v, stripped %v", x.OK, x.Stripped)
	}
	said := ""
	for _, p := range x.Points {
		said += p.Text.EN + "\n"
	}
	for _, part := range []string{"parts.help", "parts (is above its range)", "its log holds a secret", "version dev"} {
		if !strings.Contains(said, part) {
			t.Errorf("the examination does not say %q:\n%s", part, said)
		}
	}
}

func TestWhatIsNoProviderIsSaidPlainly(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("needs shell scripts")
	}
	folder := t.TempDir()
	write := func(name, text string, mode os.FileMode) string {
		path := put(t, filepath.Join(folder, name), text)
		must(t, os.Chmod(path, mode))
		return path
	}
	// The head of a program for a processor that nobody has here.
	foreign := "\x7fELF\x02\x01\x01\x00" + strings.Repeat("\x00", 8) + "\x02\x00\xf3\x00\x01\x00\x00\x00" + strings.Repeat("\x00", 28) + "\x40\x00\x38\x00\x00\x00\x40\x00\x00\x00\x00\x00"
	tests := []struct {
		name, file, point, says string
	}{
		{"nothing there", filepath.Join(folder, "nowhere"), "file", "no such file"},
		{"a folder", folder, "file", "no program file"},
		{"a text", write("text", "hello", 0o700), "start", "not a program for this computer"},
		{"no right to run", write("plain", "#!/bin/sh\n", 0o600), "start", "may not be executed"},
		{"another processor", write("foreign", foreign, 0o700), "system", "riscv64"},
		{"a program that speaks otherwise", write("hello", "#!/bin/sh\necho hello\nexec sleep 30\n", 0o700), "start", "not a provider made with the Orderbell SDK"},
		{"a program that ends", write("ends", "#!/bin/sh\necho no licence >&2\nexit 3\n", 0o700), "start", "no licence"},
		{"another protocol", write("old", "#!/bin/sh\necho '1|99|unix|/nowhere|grpc|'\nexec sleep 30\n", 0o700), "start", "another version of the protocol"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := provider.Examine(t.Context(), tt.file, time.Now)
			if x.OK || levels(t, x)[tt.point] != provider.Broken {
				t.Fatalf("got %+v, want the point %s broken", x.Points, tt.point)
			}
			if last := x.Points[len(x.Points)-1]; last.Name != tt.point || !strings.Contains(last.Text.EN, tt.says) {
				t.Errorf("got %+v, want it to end with %s: %q", x.Points, tt.point, tt.says)
			}
		})
	}
}

func TestAPanicOfOpenIsAFault(t *testing.T) {
	t.Parallel()
	x := provider.Examine(t.Context(), consoleIn(stuck), time.Now)
	at := slices.IndexFunc(x.Points, func(p provider.Point) bool { return p.Name == "settings" })
	if x.OK || at < 0 || x.Points[at].Level != provider.Broken || !strings.Contains(x.Points[at].Text.EN, "panic") || !strings.Contains(x.Points[at].Text.RU, "сбой") {
		t.Errorf("got %+v, want the settings to be broken by a panic", x.Points)
	}
}

func TestAFolderIsExaminedProgramByProgram(t *testing.T) {
	t.Parallel()
	if files, err := provider.ProgramsIn(plugins); err != nil || len(files) != 1 || files[0] != consoleIn(plugins) {
		t.Errorf("a folder of one: got %q, %v", files, err)
	}
	if files, err := provider.ProgramsIn(consoleIn(plugins)); err != nil || len(files) != 1 {
		t.Errorf("a file: got %q, %v", files, err)
	}
	_, err := provider.ProgramsIn(t.TempDir())
	wantFault(t, "an empty folder", err, provider.NoPrograms)
	_, err = provider.ProgramsIn(filepath.Join(t.TempDir(), "nowhere"))
	if fault, ok := errors.AsType[*child.Fault](err); !ok || fault.Kind != child.Missing {
		t.Errorf("nothing there: got %v", err)
	}
}
