package host_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/host"
)

// role tells a child of the test binary what to be.
const role = "ORDERBELL_HOST_TEST_ROLE"

// TestMain makes the test binary three programs: the tests, a provider (when go-plugin's cookie is in
// its environment) and a gateway that only starts that provider.
func TestMain(m *testing.M) {
	cookie := host.Handshake()
	switch {
	case os.Getenv(cookie.MagicCookieKey) != "":
		sdk.Main(trial())
	case os.Getenv(role) == "gateway":
		os.Exit(gateway())
	}
	os.Exit(m.Run())
}

// trial is a provider that misbehaves as the text tells it to.
func trial() sdk.Plugin[settings, *account] {
	return sdk.Plugin[settings, *account]{
		Name: "trial", Title: sdk.Text{EN: "Trial", RU: "Проба"}, Version: "1.2.3",
		Open: func(_ context.Context, s settings, env sdk.Env) (*account, error) { return &account{s, env}, nil },
	}
}

type settings struct {
	Key sdk.Secret `sdk:"key,required" en:"Key" ru:"Ключ"`
}

type account struct {
	settings
	sdk.Env
}

func (a *account) Send(ctx context.Context, m sdk.Message) (sdk.Accepted, error) {
	switch m.Text {
	case "hang":
		fmt.Fprintln(os.NewFile(3, "ready"), "hanging") // tells the test that the call is in here
		<-ctx.Done()
		return sdk.Accepted{}, ctx.Err()
	case "panic":
		panic("with the key " + string(a.Key))
	case "exit":
		os.Exit(3)
	case "leak":
		return sdk.Accepted{}, fmt.Errorf("Post \"https://acme.example/?key=%s\": to %s", string(a.Key), m.To)
	}
	return sdk.Accepted{ID: "t-" + m.ID}, nil
}

// gateway starts the provider, says so, and waits to be killed.
func gateway() int {
	client, _, err := start(os.NewFile(3, "ready"), os.Args[0])
	if err != nil {
		fmt.Println("failed:", err)
		return 1
	}
	defer client.Kill()
	fmt.Println("started")
	_, _ = io.Copy(io.Discard, os.Stdin)
	return 0
}

// start runs the test binary as a provider, with extra as its file 3.
func start(extra *os.File, path string) (*plugin.Client, *host.Client, error) {
	command := exec.Command(path) //nolint:gosec,noctx // the test's own binary; go-plugin ends it
	command.ExtraFiles = []*os.File{extra}
	client := plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig: host.Handshake(), VersionedPlugins: host.Plugins(), Cmd: command,
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC}, AutoMTLS: true, SkipHostEnv: true,
		StartTimeout: 10 * time.Second, Logger: hclog.NewNullLogger(),
	})
	protocol, err := client.Client()
	if err != nil {
		client.Kill()
		return nil, nil, err
	}
	service, err := protocol.Dispense(host.ServiceName)
	if err != nil {
		client.Kill()
		return nil, nil, err
	}
	return client, service.(*host.Client), nil
}

// child is a running provider process.
type child struct {
	*host.Client
	process *plugin.Client
	pid     int
	ready   *bufio.Reader // a line for each call that hangs
}

func startChild(t *testing.T) *child {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("needs inherited files")
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	process, client, err := start(w, os.Args[0])
	if err != nil {
		t.Fatalf("start the provider: %v", err)
	}
	_ = w.Close() // only the child has it now
	t.Cleanup(func() { process.Kill(); _ = r.Close() })
	return &child{Client: client, process: process, pid: process.ReattachConfig().Pid, ready: bufio.NewReader(r)}
}
