package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/gateway/internal/rule"
	"github.com/orderbell/orderbell/gateway/internal/script"
)

// loader takes every file that does not say "bad".
type loader struct {
	away  bool     // no worker can be had
	taken []string // sources of each set that serves
}

func (l *loader) Load(_ context.Context, files []rule.File) (rule.Set, []script.Problem, error) {
	if l.away {
		return rule.Set{}, nil, errors.New("no worker")
	}
	var sources []string
	for _, f := range files {
		if strings.Contains(f.Source, "bad") {
			return rule.Set{}, []script.Problem{{File: f.Name, Code: script.Syntax}}, nil
		}
		sources = append(sources, f.Source)
	}
	l.taken = append(l.taken, strings.Join(sources, "+"))
	return rule.Set{}, nil, nil
}

func TestChangedRuleFilesAreTakenOverWhenAllAreRight(t *testing.T) {
	t.Parallel()
	const remove = "\x00"
	tests := []struct {
		name  string
		steps []string // what "a.js" holds before each look; "" leaves it
		away  int      // looks during which no worker can be had
		want  []string
		log   []string // one line each, in order
	}{
		{name: "what is unchanged is not loaded again", steps: []string{"", "", ""}},
		{name: "a change serves at the second look", steps: []string{"two", ""}, want: []string{"two"}, log: []string{"changed rules serve"}},
		{name: "a file that is still being written is left alone", steps: []string{"tw", "two", "two!", ""}, want: []string{"two!"}, log: []string{"changed rules serve"}},
		{name: "a fault is told once and the earlier ones serve", steps: []string{"bad", "", "", "", ""}, log: []string{"the earlier ones keep serving"}},
		{name: "a fault that is mended serves", steps: []string{"bad", "", "", "two", ""}, want: []string{"two"}, log: []string{"the earlier ones keep serving", "changed rules serve"}},
		{name: "a fault that is taken back is as if nothing was", steps: []string{"bad", "one", "", ""}},
		{name: "the same fault again is told again", steps: []string{"bad", "", "one", "", "bad", ""}, want: []string{"one"}, log: []string{"the earlier ones keep serving", "changed rules serve", "the earlier ones keep serving"}},
		{name: "without a worker it is tried until there is one", steps: []string{"two", "", "", ""}, away: 3, want: []string{"two"}, log: []string{"no worker", "changed rules serve"}},
		{name: "a folder without files keeps what serves", steps: []string{remove, "", "", ""}, log: []string{"no rule file is left"}},
		{name: "files that come back serve", steps: []string{remove, "", "two", ""}, want: []string{"two"}, log: []string{"no rule file is left", "changed rules serve"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "a.js")
			put := func(source string) {
				if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			put("one")
			var log strings.Builder
			l := &loader{}
			w := &ruleWatch{folder: filepath.Dir(file), rules: l, log: hclog.New(&hclog.LoggerOptions{Output: &log, DisableTime: true})}
			files, err := w.files(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			w.tried = ruleVersions(files)
			for i, source := range tt.steps {
				l.away = i < tt.away
				switch source {
				case "":
				case remove:
					if err := os.Remove(file); err != nil {
						t.Fatal(err)
					}
				default:
					put(source)
				}
				w.look(t.Context())
			}
			if !slices.Equal(l.taken, tt.want) {
				t.Errorf("looks %q: got served %q, want %q", tt.steps, l.taken, tt.want)
			}
			lines := strings.Split(strings.TrimSpace(log.String()), "\n")
			if log.Len() == 0 {
				lines = nil
			}
			if !slices.EqualFunc(lines, tt.log, strings.Contains) {
				t.Errorf("looks %q: got the log %q, want lines with %q", tt.steps, lines, tt.log)
			}
		})
	}
}

func TestARuleFolderThatIsAwayKeepsWhatServes(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	l := &loader{}
	w := &ruleWatch{folder: filepath.Join(t.TempDir(), "away"), rules: l, log: hclog.New(&hclog.LoggerOptions{Output: &log, DisableTime: true})}
	for range 3 {
		w.look(t.Context())
	}
	if len(l.taken) != 0 || strings.Count(log.String(), "\n") != 1 || !strings.Contains(log.String(), "keep serving") {
		t.Errorf("a folder that is away: got served %q and the log %q, want nothing served and one line", l.taken, log.String())
	}
}
