package app_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/app/apptest"
)

// loadClient is an HTTP client that keeps its connections.
func loadClient(connections int) *http.Client {
	return &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections}}
}

// caller is one kept connection to the intake. It speaks HTTP by hand: Go's own client takes as much
// processor time as the gateway, and both share the machine.
type caller struct {
	address string
	conn    net.Conn
	answers *bufio.Reader
	request []byte
}

func callers(b *testing.B, url string, n int) []*caller {
	b.Helper()
	all := make([]*caller, n)
	for i := range all {
		address := strings.TrimPrefix(url, "http://")
		conn, err := new(net.Dialer).DialContext(b.Context(), "tcp", address)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = conn.Close() })
		all[i] = &caller{address: address, conn: conn, answers: bufio.NewReader(conn)}
	}
	return all
}

// post posts an event and wants it to be answered 200.
func (c *caller) post(body []byte) error {
	c.request = fmt.Appendf(c.request[:0], "POST /api/v4/kds/events HTTP/1.1\r\nHost: %s\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n", c.address, len(body))
	c.request = append(c.request, body...)
	if _, err := c.conn.Write(c.request); err != nil {
		return err
	}
	return readAnswer(c.answers)
}

// hammer posts the bodies to the intake over 64 kept connections, each with the next body as soon as
// the last one was answered.
func hammer(b *testing.B, url string, bodies [][]byte) {
	b.Helper()
	var next atomic.Int64
	var all sync.WaitGroup
	for _, c := range callers(b, url, 64) {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(bodies); i = int(next.Add(1)) - 1 {
				if err := c.post(bodies[i]); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}

// readAnswer reads one answer and wants it to be 200.
func readAnswer(r *bufio.Reader) error {
	status, err := r.ReadString('\n')
	if err != nil || !strings.HasPrefix(status, "HTTP/1.1 200") {
		return fmt.Errorf("answer %q, %w", status, err)
	}
	length := 0
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(line) <= 2 {
			break
		}
		if name, value, _ := bytes.Cut(line, []byte(": ")); bytes.EqualFold(name, []byte("Content-Length")) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return err
			}
		}
	}
	_, err = r.Discard(length)
	return err
}

// spread runs do(0) to do(n-1) from the given number of goroutines.
func spread(n, workers int, do func(i int)) {
	var next atomic.Int64
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	all.Wait()
}

func bind(b *testing.B, g *apptest.Gateway, client *http.Client, from, to int) {
	b.Helper()
	spread(to-from, 64, func(i int) {
		body, _ := json.Marshal(map[string]any{"order": map[string]string{"guid": benchGUID(from + i)}, "phone": fmt.Sprintf("+7999%07d", from+i),
			"consent": map[string]any{"given": true, "given_at": time.Now().Format(time.RFC3339), "purpose": "order_status_sms", "policy_version": "1", "source": "bench"}})
		if status, answer := g.Post(b.Context(), client, "/api/v1/contacts", body, "Content-Type", "application/json", "Authorization", "Bearer "+benchKey); status != http.StatusCreated {
			b.Errorf("contact: %d %s", status, answer)
		}
	})
}

// openLoop starts do(0) to do(n-1) at a steady rate, however long each takes; who is late catches up. It
// returns the rate that was reached.
func openLoop(n, perSecond int, do func(i int)) float64 {
	var all sync.WaitGroup
	begin := time.Now()
	for i := range n {
		time.Sleep(time.Until(begin.Add(time.Duration(i) * time.Second / time.Duration(perSecond))))
		all.Go(func() { do(i) })
	}
	reached := float64(n) / time.Since(begin).Seconds()
	all.Wait()
	return reached
}

func listenLoopback(b *testing.B) net.Listener {
	b.Helper()
	listener, err := new(net.ListenConfig).Listen(b.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	return listener
}
