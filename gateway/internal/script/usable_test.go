package script

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/orderbell/orderbell/gateway/internal/rule"
)

// TestAnEarlierVersionServesInPlaceOfAFaultyFile starts with r.js broken, beside s.js, which is fine.
func TestAnEarlierVersionServesInPlaceOfAFaultyFile(t *testing.T) {
	t.Parallel()
	says := func(version, word string) rule.Saved {
		f := named("r", `return ctx.skip("`+word+`");`)
		f.Version = version
		return rule.Saved{File: f}
	}
	torn := rule.Saved{File: rule.File{Name: "r.js", Version: "torn", Source: "rule({"}}
	taken := says("taken", "taken")
	taken.Source = strings.Replace(taken.Source, `"r"`, `"s"`, 1)
	tests := []struct {
		name    string
		earlier []rule.Saved
		serves  string // what r and s say
		version string
	}{
		{"the newest serves", []rule.Saved{says("2", "two"), says("1", "one")}, "two s", "2"},
		{"one that does not compile is passed over", []rule.Saved{torn, says("1", "one")}, "one s", "1"},
		{"one that would take the name of another file's rule is passed over", []rule.Saved{taken, says("1", "one")}, "one s", "1"},
		{"nothing is kept", nil, "no_rule s", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			pool := newPool(t, Options{})
			loaded, err := pool.LoadUsable(t.Context(), []rule.File{
				{Name: "r.js", Version: "disk", Source: "\nrule({"}, named("s", `return ctx.skip("s");`),
			}, func(_ context.Context, name string) ([]rule.Saved, error) {
				if name != "r.js" {
					t.Errorf("asked for the versions of %s, which has no fault", name)
				}
				return tt.earlier, nil
			})
			if err != nil || !faulty(loaded.Problems) || loaded.Problems[0].File != "r.js" || loaded.Problems[0].Line != 2 {
				t.Fatalf("problems %v, %v; want the fault of the file itself", loaded.Problems, err)
			}
			if got := outcomes(t, pool, "r", "s"); got != tt.serves {
				t.Errorf("the rules say %s, want %s", got, tt.serves)
			}
			stood := loaded.EarlierOf("r.js")
			if (stood == nil) != (tt.version == "") || stood != nil && stood.Version != tt.version {
				t.Errorf("in place of the file serves %+v, want version %q", stood, tt.version)
			}
		})
	}
}

func TestVersionsThatCannotBeReadAreNoReasonToLeaveAFileOut(t *testing.T) {
	t.Parallel()
	pool := newPool(t, Options{})
	away := errors.New("the database is away")
	_, err := pool.LoadUsable(t.Context(), []rule.File{{Name: "r.js", Source: "rule({"}}, func(context.Context, string) ([]rule.Saved, error) { return nil, away })
	if !errors.Is(err, away) {
		t.Errorf("got %v: want the error, so that the start tries again", err)
	}
}
