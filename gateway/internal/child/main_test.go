package child

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
)

// The test binary is also the child that misbehaves on order.
const orderKey = "CHILD_TEST_ORDER"

func TestMain(m *testing.M) {
	leaveMark()
	order := os.Getenv(orderKey)
	if order == "" {
		os.Exit(m.Run())
	}
	misbehave(order)
}

// wrongTail ends a copy of this program that must never be run.
const wrongTail = "WRONG-BYTES"

// leaveMark writes to the file named in CHILD_TEST_MARK when the program that runs ends with wrongTail.
func leaveMark() {
	mark := os.Getenv("CHILD_TEST_MARK")
	if mark == "" {
		return
	}
	program, err := os.Open("/proc/self/exe")
	if err != nil {
		return
	}
	defer program.Close()
	tail := make([]byte, len(wrongTail))
	if info, err := program.Stat(); err == nil {
		_, _ = program.ReadAt(tail, info.Size()-int64(len(tail)))
	}
	if string(tail) == wrongTail {
		_ = os.WriteFile(mark, []byte("it ran"), 0o600)
	}
}

func misbehave(order string) {
	word, argument, _ := strings.Cut(order, ":")
	switch word {
	case "crash-at-start":
		fmt.Fprintln(os.Stderr, "cannot find my settings")
		os.Exit(7)
	case "panic-at-start":
		panic("no luck today")
	case "junk":
		fmt.Println("Hello, I am a calculator")
		time.Sleep(time.Hour)
	case "long-junk":
		os.Stdout.Write(bytes.Repeat([]byte("x"), 1<<20))
		time.Sleep(time.Hour)
	case "hang-at-start":
		time.Sleep(time.Hour)
	case "hang-after-handshake":
		fmt.Println("1|1|unix|/nonexistent/socket|grpc|")
		time.Sleep(time.Hour)
	case "old-protocol":
		os.Setenv(workerCookieKey, workerCookie)
		serveVersion(9)
	case "host":
		beHost(argument)
	case "serve":
		serveOrders()
	}
	os.Exit(0)
}

func serveVersion(version int) {
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig:  plugin.HandshakeConfig{ProtocolVersion: uint(version), MagicCookieKey: workerCookieKey, MagicCookieValue: workerCookie},
		VersionedPlugins: map[int]plugin.PluginSet{version: {WorkerService: &workerPlugin{}}},
		GRPCServer:       func(o []grpc.ServerOption) *grpc.Server { return grpc.NewServer(o...) },
	})
}

func serveOrders() {
	if os.Getenv("CHILD_TEST_NO_SIGNAL") != "" {
		forgetParent()
	}
	if err := ServeWorker(obey); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if os.Getenv("CHILD_TEST_STAY") != "" {
		time.Sleep(time.Hour) // ignores the order to stop
	}
}

func obey(ctx context.Context, request []byte) ([]byte, error) {
	word, argument, _ := strings.Cut(string(request), ":")
	switch word {
	case "echo":
		return []byte(argument), nil
	case "exit":
		os.Exit(9)
	case "panic":
		go panic("boom at 79990000001")
		time.Sleep(time.Hour)
	case "hang":
		time.Sleep(time.Hour)
	case "wait":
		d, _ := time.ParseDuration(argument)
		select {
		case <-time.After(d):
		case <-ctx.Done():
		}
		return []byte("waited"), nil
	case "eat":
		var all [][]byte
		for {
			all = append(all, bytes.Repeat([]byte{1}, 1<<20)) //nolint:staticcheck // it is there to take memory
		}
	case "flood":
		log := hclog.New(&hclog.LoggerOptions{Output: rawStderr(), JSONFormat: true, Level: hclog.Trace})
		for i := range 20_000 {
			log.Error("flooding", "i", i)
		}
		_, _ = rawStderr().Write(append(bytes.Repeat([]byte("y"), 3<<20), '\n'))
		return []byte("flooded"), nil
	case "log":
		log := hclog.New(&hclog.LoggerOptions{Output: rawStderr(), JSONFormat: true, Level: hclog.Trace})
		log.Warn("careful", "phone", "+79990000001", "count", 3)
		fmt.Fprintln(rawStderr(), "stray words to 8 (999) 000-00-02")
		return nil, nil
	case "environment":
		return []byte(strings.Join(os.Environ(), "\n")), nil
	case "stdin":
		n, err := os.Stdin.Read(make([]byte, 1))
		return fmt.Appendf(nil, "%d %v", n, err), nil
	case "where":
		dir, _ := os.Getwd()
		return []byte(dir), nil
	case "grandchild":
		cmd := exec.Command("/proc/self/exe")
		cmd.Env = []string{orderKey + "=hang-at-start"}
		cmd.Stdout, cmd.Stderr = rawStderr(), rawStderr()
		if err := cmd.Start(); err != nil {
			return nil, err
		}
		return []byte(strconv.Itoa(cmd.Process.Pid)), nil
	case "big":
		n, _ := strconv.Atoi(argument)
		return make([]byte, n), nil
	case "fail":
		return nil, errors.New("I would rather not")
	}
	return nil, fmt.Errorf("unknown order %q", word)
}

// rawStderr is the pipe to the supervisor; go-plugin points os.Stderr elsewhere.
func rawStderr() *os.File { return os.NewFile(2, "stderr") }

// beHost is a gateway: it keeps a child and prints its number, until it is killed.
func beHost(order string) {
	signal.Ignore(syscall.SIGTERM)
	s := New(Spec{Name: "orphan", Path: os.Args[0], Env: append(strings.Split(order, ","), "GOCOVERDIR="+os.TempDir()),
		Handshake: WorkerHandshake(), Plugins: WorkerPlugins(), Service: WorkerService})
	go func() { _ = s.Run(context.Background()) }()
	lease, err := s.Acquire(context.Background())
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(lease.PID())
	time.Sleep(time.Hour)
}
