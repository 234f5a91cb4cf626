package cli_test

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/orderbell/orderbell/gateway/internal/cli"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"orderbell": func() { os.Exit(cli.Main(cli.System("test"))) },
	})
}

// TestStories runs the commands as their users do; each file of testdata/script is one story.
func TestStories(t *testing.T) {
	t.Parallel()
	samples, err := filepath.Abs("../../../examples/events")
	if err != nil {
		t.Fatal(err)
	}
	plugins, versions := t.TempDir(), t.TempDir()
	compile(t, filepath.Join(plugins, "orderbell-provider-console"), "plugins/console")
	compile(t, filepath.Join(plugins, "orderbell-provider-smsru"), "plugins/smsru")
	for _, version := range []string{"1.0.0", "2.0.0"} {
		compile(t, filepath.Join(versions, "console-"+version), "plugins/console", "-ldflags=-X main.version="+version)
	}
	compile(t, filepath.Join(versions, "acme-1.0.0"), "examples/provider-minimal", "-ldflags=-X main.version=1.0.0")
	story := newPorts()
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("PLUGINS", plugins)
			env.Setenv("VERSIONS", versions)
			env.Setenv("EVENTS", samples)
			env.Setenv("PORT", story.free(t))
			env.Setenv("OPERATOR", story.free(t)) // of a simulated one
			env.Setenv("LANG", "en_US.UTF-8")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"serving": serving, "until": until, "bind": bind, "keep": keep, "fill": fillIn, "sum": sum, "grow": grow, "swap": swap},
	})
}

// compile builds a program of this module.
func compile(t *testing.T, to, folder string, flags ...string) {
	t.Helper()
	args := append([]string{"build", "-o", to}, append(flags, "github.com/orderbell/orderbell/"+folder)...)
	build := exec.CommandContext(t.Context(), "go", args...) // #nosec G204 -- a test builds its own tree
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", folder, err, out)
	}
}

// sum puts the SHA-256 of a file into a variable.
func sum(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv(args[0], fmt.Sprintf("%x", sha256.Sum256([]byte(ts.ReadFile(args[1])))))
}

// grow adds a byte to a file.
func grow(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(ts.ReadFile(args[0])+"x"), 0o700)) // #nosec G306 -- a program
}

// swap puts another program in the place of one.
func swap(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[0])
	ts.Check(os.Remove(ts.MkAbs(args[0])))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text+"swapped"), 0o700)) // #nosec G306 -- a program
}

// ports hands out ports that no system gives to whoever asks for any: with one of those, another program
// could have it between the choice and the use, which in a story are seconds apart, and again before its
// next use. They begin somewhere, because another run of these tests may be under way.
type ports struct{ last atomic.Uint32 }

func newPorts() *ports {
	p := &ports{}
	p.last.Store(rand.Uint32N(portsCount))
	return p
}

const portsFrom, portsCount = 15000, 15000

// free gives a port that nobody listens on, and no port twice.
func (p *ports) free(t *testing.T) string {
	t.Helper()
	for range portsCount {
		port := strconv.Itoa(int(portsFrom + p.last.Add(1)%portsCount))
		listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:"+port)
		if err != nil {
			continue
		}
		_ = listener.Close()
		return port
	}
	t.Fatal("no port is free")
	return ""
}

// serving waits until the gateway on $PORT says that it is ready.
func serving(ts *testscript.TestScript, _ bool, _ []string) {
	patiently(ts, "the gateway to serve", func() bool {
		resp, err := http.Get("http://127.0.0.1:" + ts.Getenv("PORT") + "/readyz") //nolint:noctx // a probe in a test
		if err != nil {
			return false
		}
		_ = resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}

// fillIn puts the folder of plugins and the ports of this story into a configuration file.
func fillIn(ts *testscript.TestScript, _ bool, args []string) {
	text := strings.NewReplacer("PLUGINS", ts.Getenv("PLUGINS"), "PORT", ts.Getenv("PORT"), "OPERATOR", ts.Getenv("OPERATOR")).Replace(ts.ReadFile(args[0]))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

// bind gives the order of a GUID a guest's phone, with the key that the stories' configurations have.
func bind(ts *testscript.TestScript, _ bool, args []string) {
	body := fmt.Sprintf(`{"order": {"guid": %q}, "phone": %q, "consent": {"given": true, "given_at": %q, "purpose": "order_status_sms", "policy_version": "1", "source": "qr"}}`,
		args[0], args[1], time.Now().Format(time.RFC3339))
	req, err := http.NewRequest(http.MethodPost, "http://127.0.0.1:"+ts.Getenv("PORT")+"/api/v1/contacts", strings.NewReader(body)) //nolint:noctx // a step of a story
	ts.Check(err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer ob_storystorystorystorystory")
	resp, err := http.DefaultClient.Do(req)
	ts.Check(err)
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusCreated {
		ts.Fatalf("bind: %s", resp.Status)
	}
}

// keep puts what an expression catches in the last output into a variable.
func keep(ts *testscript.TestScript, _ bool, args []string) {
	caught := regexp.MustCompile(args[1]).FindStringSubmatch(ts.ReadFile("stdout"))
	if caught == nil {
		ts.Fatalf("no %s in the output", args[1])
	}
	ts.Setenv(args[0], caught[1])
}

// until runs a command again and again until its output holds the first argument.
func until(ts *testscript.TestScript, _ bool, args []string) {
	last := ""
	patiently(ts, fmt.Sprintf("%q", args[0]), func() bool {
		_ = ts.Exec(args[1], args[2:]...)
		last = ts.ReadFile("stdout") + ts.ReadFile("stderr")
		return strings.Contains(last, args[0])
	})
}

func patiently(ts *testscript.TestScript, what string, is func() bool) {
	for deadline := time.Now().Add(time.Minute); !is(); {
		if time.Now().After(deadline) {
			ts.Fatalf("waited in vain for %s", what)
		}
		<-time.After(50 * time.Millisecond)
	}
}
