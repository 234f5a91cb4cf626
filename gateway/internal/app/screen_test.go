package app_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/app/apptest"
)

const ownerKey = "ob_ownerownerownerownerownerownero"

// watched opens a gateway whose calls may all be made with ownerKey.
func watched(t *testing.T) *house {
	t.Helper()
	h := open(t, "", "")
	h.Stop()
	h.yaml = strings.Replace(h.yaml, "api_keys: [", fmt.Sprintf(`api_keys: [{name: owner, key: %s, scopes: ["admin"]}, `, ownerKey), 1)
	h.Gateway = apptest.Start(t, h.programs, h.Data, h.yaml)
	return h
}

// ask makes a call and reads its JSON.
func (h *house) ask(method, path string, want int, into any) {
	h.t.Helper()
	req, err := http.NewRequestWithContext(h.t.Context(), method, h.URL+path, http.NoBody)
	if err != nil {
		h.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+ownerKey)
	req.Header.Set("Accept-Language", "en")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != want {
		h.t.Fatalf("%s %s: %d %s, %v; want %d", method, path, resp.StatusCode, body, err, want)
	}
	if strings.Contains(string(body), guest[2:]) {
		h.t.Errorf("%s %s shows the phone: %s", method, path, body)
	}
	if into != nil {
		if err := json.Unmarshal(body, into); err != nil {
			h.t.Fatalf("%s %s: %v in %s", method, path, err, body)
		}
	}
}

// line is one message of the stream.
type line struct {
	id    string
	event string
	data  struct {
		Kind    string `json:"kind"`
		Status  string `json:"status"`
		Number  string `json:"order_number"`
		To      string `json:"to"`
		Summary string `json:"summary"`
	}
}

// stream opens the feed after an ID and calls each with what comes until it returns true.
func (h *house) stream(after string, each func(line) bool) {
	h.t.Helper()
	ctx, stop := context.WithTimeout(h.t.Context(), 60*time.Second)
	defer stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, h.URL+"/api/v1/live", http.NoBody)
	if err != nil {
		h.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+ownerKey)
	req.Header.Set("Accept-Language", "en")
	if after != "" {
		req.Header.Set("Last-Event-ID", after)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "text/event-stream" {
		h.t.Fatalf("the feed answers %d %s", resp.StatusCode, resp.Header.Get("Content-Type"))
	}
	var now line
	scanner := bufio.NewScanner(resp.Body)
	for scanner.Scan() {
		name, value, _ := strings.Cut(scanner.Text(), ": ")
		switch name {
		case "id":
			now.id = value
		case "event":
			now.event = value
		case "data":
			if err := json.Unmarshal([]byte(value), &now.data); err != nil {
				h.t.Fatalf("the feed said %q: %v", value, err)
			}
		case "":
			if now.id != "" && each(now) {
				return
			}
			now = line{}
		}
	}
	h.t.Fatalf("the feed ended: %v", scanner.Err())
}

func TestTheScreenTellsWhatHappened(t *testing.T) {
	t.Parallel()
	h := watched(t)
	after := fmt.Sprint(time.Now().Add(-time.Hour).UnixMicro())
	h.stream(after, func(l line) bool { after = l.id; return l.event == "gap" }) // an ID of an earlier run
	h.phone(1)
	h.event(1, "3", "")
	var kinds []string
	h.stream(after, func(l line) bool {
		after = l.id
		kinds = append(kinds, l.data.Kind)
		if strings.Contains(l.data.Summary+l.data.To, guest[2:]) {
			t.Errorf("the feed shows the phone: %+v", l)
		}
		return l.data.Kind == "message" && l.data.Status == "accepted" && l.data.Number == "1.1"
	})
	if all := strings.Join(kinds, " "); !strings.Contains(all, "event") || !strings.Contains(all, "decision") {
		t.Errorf("the feed told of %s", all)
	}
	h.event(2, "3", "")
	h.stream(after, func(l line) bool {
		if l.data.Number == "1.1" || l.event == "gap" {
			t.Errorf("who comes back hears again: %+v", l)
		}
		return l.data.Kind == "decision" && l.data.Number == "2.1"
	})
	var texts struct {
		Items []struct{ ID, Status, To string }
		Next  string
	}
	h.ask(http.MethodGet, "/api/v1/messages?q=1.1", http.StatusOK, &texts)
	if len(texts.Items) != 1 || texts.Items[0].Status != "accepted" || texts.Next != "" {
		t.Fatalf("messages are %+v", texts)
	}
	h.ask(http.MethodPost, "/api/v1/messages/"+texts.Items[0].ID+"/cancel", http.StatusConflict, nil)
	var order struct{ Why string }
	h.ask(http.MethodGet, "/api/v1/orders/1.1/timeline", http.StatusOK, &order)
	if !strings.HasPrefix(order.Why, "The operator took the text") {
		t.Errorf("why: %q", order.Why)
	}
	var events struct{ Items []struct{ ID string } }
	h.ask(http.MethodGet, "/api/v1/events?status=done&order=1.1", http.StatusOK, &events)
	if len(events.Items) != 1 {
		t.Fatalf("events are %+v", events)
	}
	for _, path := range []string{"/messages/counts", "/events/" + events.Items[0].ID, "/events/" + events.Items[0].ID + "/raw", "/contacts?phone=0001", "/orders?open=yes&texted=yes", "/charts?step=hour&by=account", "/today"} {
		h.ask(http.MethodGet, "/api/v1"+path, http.StatusOK, nil)
	}
}

func TestAWatcherWhoDoesNotReadHoldsUpNeitherTheIntakeNorTheStop(t *testing.T) {
	t.Parallel()
	h := watched(t)
	address := strings.TrimPrefix(h.URL, "http://")
	var dialer net.Dialer
	for range 5 {
		conn, err := dialer.DialContext(t.Context(), "tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		if _, err := fmt.Fprintf(conn, "GET /api/v1/live HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n\r\n", address, ownerKey); err != nil {
			t.Fatal(err)
		}
	}
	h.phone(1)
	for n := 1; n <= 200; n++ {
		h.event(n, "3", "")
	}
	stopped := make(chan struct{})
	go func() { h.Stop(); close(stopped) }()
	select {
	case <-stopped:
	case <-time.After(9 * time.Second): // less than the time that a stop waits for requests
		t.Error("the gateway does not stop while somebody watches")
		<-stopped
	}
}
