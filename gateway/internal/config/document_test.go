package config

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestBombs feeds files that make naive readers of YAML slow or fat. Each must be refused at once.
func TestBombs(t *testing.T) {
	t.Parallel()
	lol := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c <= 'i'; c++ {
		lol += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c,", c-1), 9), ","))
	}
	var keys, indents strings.Builder
	for i := range 60_000 {
		fmt.Fprintf(&keys, "k%d: %d\n", i, i)
	}
	for i := range 1000 {
		indents.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	tests := map[string]string{
		"aliases that double at each line": lol,
		"one byte over a mebibyte":         "# " + strings.Repeat("x", maxFile-1),
		"open brackets":                    strings.Repeat("[", 1<<18),
		"open braces":                      strings.Repeat("{a: ", 1<<16),
		"dashes":                           strings.Repeat("- ", 1<<16),
		"sixty thousand keys":              keys.String(),
		"the same key again and again":     strings.Repeat("a: 1\n", 1<<16),
		"a thousand levels":                indents.String(),
		"anchors in a row":                 "a: " + strings.Repeat("&a ", 1<<15),
		"question marks":                   strings.Repeat("? ", 1<<15),
		"documents":                        strings.Repeat("---\n", 1<<16),
		"quotes":                           strings.Repeat("'", 1<<18),
	}
	for name, body := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := write(t, "orderbell.yaml", body)
			start := time.Now()
			_, err := Load(Sources{File: file})
			var faults Faults
			if !errors.As(err, &faults) {
				t.Fatalf("Load gave %v, want Faults", err)
			}
			if took := time.Since(start); took > 30*time.Second { // a minute without the bounds
				t.Errorf("refusing it took %v", took)
			}
			if len(err.Error()) > 64<<10 {
				t.Errorf("the error has %d bytes", len(err.Error()))
			}
		})
	}
}

// FuzzConfig holds that no file panics, stalls or says a secret, and that what loads is whole.
func FuzzConfig(f *testing.F) {
	f.Add(sample)
	f.Add("restaurants:\n  - {code: \"*\", intake_key: \"${KEY}\"}\n")
	f.Add("accounts: [{name: a, provider: b, settings: {k: \"${KEY}\"}}]\n")
	f.Add("api_keys: [{name: a, key: \"${KEY}\", scopes: [admin]}]\nlog: {level: \"${KEY}\"}\n")
	f.Add("restaurants: [{code: \"${KEY}\"}]\ndata: \"${KEY}\"\nlog: {level: \"${KEY}\"}\n")
	f.Add("accounts: [{name: \"a-${KEY}\", provider: b}]\negress_allow: [\"${KEY}:80\"]\nrestaurants: [{code: \"${KEY}\", name: \"в ${KEY}\"}]\n")
	f.Add("restaurants: [{code: \"${KEY}\"}]\ndata: \"${KEY}\"\n")
	f.Add("? a\n: b\n<<: *x\n- c\n")
	f.Add("a: !!binary |\n  gg\n%YAML 1.2\n")
	f.Add("notifications: {template: \"{\", quiet_hours: {from: 1, to: [}}")
	const secret = "SeCrEt-0123456789-SeCrEt"
	f.Fuzz(func(t *testing.T, body string) {
		if strings.Contains(body, secret) || strings.Contains(body, "file:") {
			return
		}
		cfg, err := Load(Sources{File: write(t, "f.yaml", body), Env: []string{"KEY=" + secret}})
		if err != nil {
			var faults Faults
			if !errors.As(err, &faults) || len(faults) == 0 || cfg != nil {
				t.Fatalf("Load(%q) = %v, %v; want Faults and nothing else", body, cfg, err)
			}
			if told := faults.Sentence("ru") + faults.Sentence("en"); strings.Contains(told, secret) {
				t.Fatalf("Load(%q) tells the secret: %s", body, told)
			}
			return
		}
		if cfg.Listen == "" || cfg.AdminListen == "" || cfg.Data == "" || cfg.Rules == "" || cfg.Notifications.Stage < 2 {
			t.Fatalf("Load(%q) lacks something: %+v", body, cfg)
		}
		for _, r := range cfg.Restaurants {
			if r.Code == "" || r.Timezone == nil {
				t.Fatalf("Load(%q) gave a restaurant without code or zone: %+v", body, r)
			}
		}
		if shown := fmt.Sprint(cfg.Redacted()); strings.Contains(shown, secret) {
			t.Fatalf("Load(%q) shows the secret: %s", body, shown)
		}
	})
}
