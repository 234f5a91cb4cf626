package app

import (
	"context"
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/gateway/internal/config"
)

// makeApp makes a gateway on a folder and a port of its own, whose rules' child cannot start.
func makeApp(t *testing.T) *App {
	t.Helper()
	folder := t.TempDir()
	cfg, err := config.Load(config.Sources{Flags: config.Flags{Data: folder, Listen: "127.0.0.1:0"}})
	if err != nil {
		t.Fatal(err)
	}
	a, err := New(t.Context(), Options{Config: cfg, Version: "test", Program: filepath.Join(folder, "absent"), Now: time.Now, Log: hclog.NewNullLogger()})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Whoever starts a gateway and stops it at once still reads where it served and the set-up link.
func TestAStopWaitsForWhatIsSaidAtTheStart(t *testing.T) {
	t.Parallel()
	a := makeApp(t)
	ctx, stop := context.WithCancel(t.Context())
	speaks, said, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- a.Run(ctx, func() {
			close(speaks)
			<-said
		})
	}()
	<-speaks
	stop()
	var err error
	select {
	case err = <-ended:
		t.Errorf("it has ended (%v) before all was said", err)
		close(said)
	case <-time.After(time.Second): // nothing but the fault ends it sooner
		close(said)
		err = <-ended
	}
	if err != nil {
		t.Errorf("Run: %v", err)
	}
	if err := a.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

// A service manager kills what has not ended in 10 s, so a caller who never ends a request is cut, and
// that is no fault of the gateway.
func TestAStopCutsARequestThatDoesNotEnd(t *testing.T) {
	t.Parallel()
	a := makeApp(t)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx, nil) }()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", a.Address())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.Write([]byte("POST /api/v4/kds/events HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5000\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 12)); err != nil { // "100 Continue": the handler reads the body
		t.Fatal(err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("stopped while a request was under way: %v, want a clean end", err)
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
}
