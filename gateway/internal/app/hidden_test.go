package app_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/gateway/internal/app"
	"github.com/orderbell/orderbell/gateway/internal/config"
)

// TestTwoProgramsOfOneProviderAreTold: the one in the configured folder wins; nobody shall have to guess it.
func TestTwoProgramsOfOneProviderAreTold(t *testing.T) {
	t.Parallel()
	home, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	own, shipped := filepath.Join(home, "own"), filepath.Join(home, "bin", "plugins")
	for _, folder := range []string{own, shipped} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "orderbell-provider-a"), []byte(folder), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var log bytes.Buffer
	opts := app.Options{
		Config: &config.Config{Data: filepath.Join(home, "data"), Plugins: own}, Program: filepath.Join(home, "bin", "orderbell"),
		Log: hclog.New(&hclog.LoggerOptions{Output: &log}), Now: time.Now,
	}
	names := func(what, text string) {
		t.Helper()
		if !strings.Contains(text, own) || !strings.Contains(text, shipped) {
			t.Errorf("%s: got %q, want both files in it", what, text)
		}
	}
	findings := app.Check(t.Context(), opts)
	at := slices.IndexFunc(findings, func(f app.Finding) bool { return f.Part == "provider" && f.Name == "a" })
	if at < 0 || !findings[at].OK || !findings[at].Warn {
		t.Fatalf("check: got %+v, want a warning", findings)
	}
	names("check", findings[at].Text.EN)
	names("check", findings[at].Text.RU)
	list, _ := app.ListPlugins(t.Context(), opts)
	if len(list) != 1 {
		t.Fatalf("list: got %+v, want one program", list)
	}
	names("list", list[0].Hiding("ru"))
	log.Reset()
	_ = app.NewProviders(opts)
	if strings.Count(log.String(), "\n") != 1 {
		t.Errorf("log: got %q, want one line", log.String())
	}
	names("log", log.String())
}
