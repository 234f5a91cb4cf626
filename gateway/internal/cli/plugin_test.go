package cli_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/cli"
)

func TestAddingAPluginShowsItAndAsks(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "console")
	compile(t, program, "plugins/console", "-ldflags=-X main.version=1.0.0")
	data, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	sum := fmt.Sprintf("%x", sha256.Sum256(data))
	tests := []struct {
		name, answer string
		code         int
		said         string
	}{
		{"a clear yes", "y\n", 0, "console 1.0.0: added"},
		{"yes in Russian", "Да\n", 0, "console 1.0.0: added"},
		{"no", "n\n", 1, ""},
		{"another word", "maybe\n", 1, ""},
		{"the end of the input", "", 1, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			folder := filepath.Join(t.TempDir(), "data")
			var out, errs bytes.Buffer
			code := cli.Main(cli.OS{
				Args: []string{"plugin", "add", program, "--data", folder}, Environ: []string{"LANG=en"}, Asks: true,
				Stdin: strings.NewReader(tt.answer), Stdout: &out, Stderr: &errs, Now: time.Now,
				Signals: func(ctx context.Context) (context.Context, context.CancelFunc) { return context.WithCancel(ctx) },
			})
			if code != tt.code || !strings.Contains(out.String(), tt.said) {
				t.Errorf("got %d, %q, %q, want %d, %q", code, out.String(), errs.String(), tt.code, tt.said)
			}
			for _, shown := range []string{"console 1.0.0", sum, "settings: ", "it will see the keys of its accounts", "Add it? [y/N]"} {
				if !strings.Contains(errs.String(), shown) {
					t.Errorf("before the question it does not say %q: %s", shown, errs.String())
				}
			}
			_, err := os.Stat(filepath.Join(folder, "providers", "console", "1.0.0"))
			if (err == nil) != (tt.code == 0) {
				t.Errorf("the version's folder: %v", err)
			}
			left, _ := filepath.Glob(filepath.Join(folder, "providers", ".*"))
			if len(left) > 0 {
				t.Errorf("left behind: %q", left)
			}
		})
	}
}
