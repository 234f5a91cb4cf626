package cli_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/cli"
	"github.com/orderbell/orderbell/gateway/internal/simulator"
)

// command runs one command until it ends, or until ctx does, and returns its exit code.
func command(ctx context.Context, stdout, stderr io.Writer, args ...string) int {
	return cli.Main(cli.OS{
		Args: args, Environ: []string{"LANG=en_US.UTF-8"}, Stdin: strings.NewReader(""), Stdout: stdout, Stderr: stderr,
		Version: "test", Now: time.Now,
		Signals: func(context.Context) (context.Context, context.CancelFunc) { return context.WithCancel(ctx) },
	})
}

// TestEveryProviderSendsThroughItsSimulator takes what simulate prints at its word: pasted into a
// configuration it must lead the real provider there.
func TestEveryProviderSendsThroughItsSimulator(t *testing.T) {
	t.Parallel()
	if os.Getenv("ORDERBELL_SIMULATORS") == "" {
		t.Skip("builds every provider; ORDERBELL_SIMULATORS=1, or make simulators, runs it")
	}
	for _, o := range simulator.Operators() {
		t.Run(o.Provider, func(t *testing.T) {
			t.Parallel()
			plugins := t.TempDir()
			compile(t, filepath.Join(plugins, "orderbell-provider-"+o.Provider), "plugins/"+o.Provider)
			simulating, stop := context.WithCancel(t.Context())
			shown, board := io.Pipe()
			ended := make(chan int, 1)
			go func() {
				ended <- command(simulating, board, io.Discard, "simulate", o.Provider, "--listen", "127.0.0.1:0", "--json")
				_ = board.Close()
			}()
			lines := bufio.NewScanner(shown)
			file := paste(t, plugins, o.Provider, lines)
			for _, args := range [][]string{
				{"account", "check", "main"}, {"account", "balance", "main"},
				{"account", "send", "main", "--to", "+79990000001", "--text", "Заказ 7 готов", "--yes"},
			} {
				var out bytes.Buffer
				told := make(chan bool, 1)
				if args[1] == "send" {
					go func() { told <- lines.Scan() }() // the pipe has no room: somebody must read
				}
				if code := command(t.Context(), &out, &out, append(args, "--config", file)...); code != 0 {
					t.Fatalf("%v: exit code %d\n%s", args, code, out.String())
				}
				if args[1] == "send" && (!<-told || !strings.Contains(lines.Text(), `"to":"+7999•••0001"`) || !strings.Contains(lines.Text(), "Заказ 7 готов")) {
					t.Errorf("the simulator shows %q", lines.Text())
				}
			}
			stop()
			if code := <-ended; code != 0 {
				t.Errorf("simulate ended with %d, want 0", code)
			}
		})
	}
}

// paste makes a configuration of the simulator's first line.
func paste(t *testing.T, plugins, provider string, lines *bufio.Scanner) string {
	t.Helper()
	var first struct {
		EgressAllow []string          `json:"egress_allow"`
		Settings    map[string]string `json:"settings"`
	}
	if !lines.Scan() || json.Unmarshal(lines.Bytes(), &first) != nil {
		t.Fatalf("the first line is %q", lines.Text())
	}
	config, err := json.Marshal(map[string]any{ // which is YAML, too
		"plugins": plugins, "egress_allow": first.EgressAllow, "notifications": map[string]any{"route": []string{"main"}},
		"accounts": []any{map[string]any{"name": "main", "provider": provider, "settings": first.Settings}},
	})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "orderbell.yaml")
	if err := os.WriteFile(file, config, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
