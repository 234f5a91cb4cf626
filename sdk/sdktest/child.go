package sdktest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/host"
)

// roleVariable tells a child of the test binary what to be: "provider NAME" serves the provider,
// "tool NAME" is its program run by hand with the arguments of argumentsVariable (JSON), "gateway NAME" is a
// gateway that starts the provider and waits to be killed.
const (
	roleVariable      = "ORDERBELL_SDKTEST_ROLE"
	argumentsVariable = "ORDERBELL_SDKTEST_ARGUMENTS"
)

// Main is a whole TestMain: it runs the tests, and lets Run start the test binary as the provider.
//
//	func TestMain(m *testing.M) { sdktest.Main(m, provider()) }
func Main[C any, A sdk.Sender](m *testing.M, p sdk.Plugin[C, A]) {
	Child(p)
	os.Exit(m.Run())
}

// Child does not return when Run has started this process to be the provider. It is for a TestMain of
// one's own; elsewhere call Main.
func Child[C any, A sdk.Sender](p sdk.Plugin[C, A]) {
	role, name, _ := strings.Cut(os.Getenv(roleVariable), " ")
	if name != p.Name {
		return
	}
	switch role {
	case "provider":
		sdk.Main(p)
	case "tool":
		var arguments []string
		if err := json.Unmarshal([]byte(os.Getenv(argumentsVariable)), &arguments); err != nil {
			_, _ = fmt.Fprintln(os.Stderr, argumentsVariable, err)
			os.Exit(3)
		}
		os.Args = append([]string{"orderbell-provider-" + p.Name}, arguments...)
		sdk.Main(p)
	case "gateway":
		os.Exit(gateway(name))
	}
}

// command runs the test binary in a role. Without a Child in TestMain it would run no tests: a child
// that runs the suite would start children without end.
func command(ctx context.Context, role, name string) *exec.Cmd {
	c := exec.CommandContext(ctx, os.Args[0], "-test.run=^$")
	c.Env = []string{roleVariable + "=" + role + " " + name}
	for _, kept := range []string{"SYSTEMROOT", "TMPDIR", "TEMP", "GOCOVERDIR"} { // what sockets and the runtime need
		if value := os.Getenv(kept); value != "" {
			c.Env = append(c.Env, kept+"="+value)
		}
	}
	return c
}

// words is what a child writes; safe for use by several goroutines.
type words struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write appends.
func (w *words) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

func (w *words) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// start runs the provider in a child process, as a gateway does. versions are the protocols to offer.
func start(name string, versions map[int]plugin.PluginSet, said io.Writer, extra ...*os.File) (*plugin.Client, *host.Client, error) {
	c := command(context.Background(), "provider", name) // go-plugin ends it
	c.ExtraFiles = extra
	client := plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig: host.Handshake(), VersionedPlugins: versions, Cmd: c,
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC}, AutoMTLS: true, SkipHostEnv: true,
		StartTimeout: 10 * time.Second, SyncStdout: said, SyncStderr: said,
		Logger: hclog.New(&hclog.LoggerOptions{Level: hclog.Trace, Output: said}),
	})
	protocol, err := client.Client()
	if err != nil {
		client.Kill()
		return nil, nil, err
	}
	dispensed, err := protocol.Dispense(host.ServiceName)
	if err != nil {
		client.Kill()
		return nil, nil, err
	}
	service, ok := dispensed.(*host.Client)
	if !ok {
		client.Kill()
		return nil, nil, errors.New("the provider serves something else")
	}
	return client, service, nil
}

// gateway starts the provider with the file that it was given, says so, and waits to be killed.
func gateway(name string) int {
	client, _, err := start(name, host.Plugins(), io.Discard, os.NewFile(3, "held open"))
	if err != nil {
		_, _ = fmt.Fprintln(os.Stdout, "failed:", err)
		return 1
	}
	defer client.Kill()
	_, _ = fmt.Fprintln(os.Stdout, "started")
	_, _ = io.Copy(io.Discard, os.Stdin)
	return 0
}
