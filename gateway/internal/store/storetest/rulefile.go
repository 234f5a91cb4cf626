package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/rule"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

func ruleFileCases() map[string]func(*testing.T, *bench) {
	return map[string]func(*testing.T, *bench){
		"a rule file: each version is kept once, newest first, and found by its hash": func(t *testing.T, b *bench) {
			saved := func(version, cases, by string) rule.Saved {
				return rule.Saved{File: rule.File{Name: "a.js", Source: "// " + version, Version: version}, Cases: cases, By: by}
			}
			for _, s := range []rule.Saved{saved("v1", "", ""), saved("v1", "", "again"), saved("v2", "[]", "owner"), saved("v1", "", "owner")} {
				b.clock.pass(time.Minute)
				if err := b.AddRuleVersion(t.Context(), s); err != nil {
					t.Fatal(err)
				}
			}
			if err := b.AddRuleVersion(t.Context(), rule.Saved{File: rule.File{Name: "b.js", Version: "v9"}}); err != nil {
				t.Fatal(err)
			}
			versions, err := b.RuleVersions(t.Context(), "a.js")
			if err != nil {
				t.Fatal(err)
			}
			var got string
			for _, v := range versions {
				got += v.Version + "(" + v.By + ") "
			}
			if want := "v1(owner) v2(owner) v1() "; got != want {
				t.Errorf("versions: got %q, want %q", got, want)
			}
			two, err := b.RuleVersion(t.Context(), "a.js", "v2")
			if err != nil || two.Source != "// v2" || two.Cases != "[]" || two.At.IsZero() {
				t.Errorf("version v2: %+v, %v", two, err)
			}
			if _, err := b.RuleVersion(t.Context(), "a.js", "v9"); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("a version of another file: %v", err)
			}
		},
		"a rule file that is switched off stays off until it is switched on": func(t *testing.T, b *bench) {
			for _, step := range []struct{ on, changes bool }{{false, true}, {false, false}, {true, true}, {true, false}, {false, true}} {
				changed, err := b.SwitchRule(t.Context(), "a.js", step.on, "owner")
				if err != nil || changed != step.changes {
					t.Fatalf("switch %+v: changed %v, %v", step, changed, err)
				}
			}
			off, err := b.RulesOff(t.Context())
			if err != nil || len(off) != 1 || !off["a.js"] {
				t.Errorf("off: %v, %v", off, err)
			}
		},
	}
}
