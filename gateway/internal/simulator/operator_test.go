package simulator_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/simulator"
)

// play serves an operator until the test ends, and returns where.
func play(t *testing.T, o simulator.Operator, options simulator.Options) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- o.Serve(ctx, listener, options) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("it ended with %v, want no error: to be stopped is its proper end", err)
		}
	})
	return listener.Addr().String()
}

func TestEveryOperatorAnswersAndEndsWhenItIsToldTo(t *testing.T) {
	t.Parallel()
	for _, o := range simulator.Operators() {
		t.Run(o.Provider, func(t *testing.T) {
			t.Parallel()
			address := play(t, o, simulator.Options{})
			conn, err := net.DialTimeout("tcp", address, 5*time.Second)
			if err != nil {
				t.Fatalf("nobody answers: %v", err)
			}
			_ = conn.Close()
			leads := ""
			for _, s := range o.SettingsAt(address, "") {
				leads += s.Value + "\n"
				if strings.Contains(s.Value, "{url}") || strings.Contains(s.Value, "{host}") || strings.Contains(s.Value, "{port}") {
					t.Errorf("%s: %q still has a place to fill in", s.Key, s.Value)
				}
			}
			if _, port, _ := net.SplitHostPort(address); !strings.Contains(leads, port) {
				t.Errorf("no setting leads to %s:\n%s", address, leads)
			}
			for _, h := range o.Hints {
				if h.RU == "" || h.EN == "" || strings.Trim(h.Ending, "0123456789") != "" {
					t.Errorf("hint %+v", h)
				}
			}
		})
	}
	if _, found := simulator.Find("nosuch"); found {
		t.Error("an operator that there is not is found")
	}
}

func TestReportsGoWhereTheProviderWantsThem(t *testing.T) {
	t.Parallel()
	const callback = "http://127.0.0.1:1/callbacks/main/token"
	for provider, want := range map[string]string{
		"smsru": "", "smsc": "callback_secret", "smsaero": "callback_url=" + callback, "exolve": "webhook_key",
		"twilio": "status_callback=" + callback, "smsgate": "signing_key", "http": "-", "smpp": "-",
	} {
		o, _ := simulator.Find(provider)
		before, after := o.SettingsAt("127.0.0.1:2", ""), o.SettingsAt("127.0.0.1:2", callback)
		if got := o.TakesCallback(); got != (want != "-") {
			t.Errorf("%s: takes callbacks: got %t", provider, got)
		}
		more := ""
		for _, s := range after[len(before):] {
			more += s.Key + "=" + s.Value
		}
		if !strings.HasPrefix(more, strings.Trim(want, "-")) || (more == "") != (strings.Trim(want, "-") == "") {
			t.Errorf("%s: got %q beside the usual settings, want %q", provider, more, want)
		}
	}
}

// send puts a text to sms.ru's simulator.
func send(t *testing.T, address string) (answer string, err error) {
	t.Helper()
	client := &http.Client{Timeout: 3 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	form := url.Values{"api_id": {"simulated-api-id"}, "to": {"79990000001"}, "msg": {"Заказ 7 готов"}, "from": {"Cafe"}, "json": {"1"}}
	response, err := client.PostForm("http://"+address+"/sms/send", form) //nolint:noctx // a test with a time-out
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	return response.Status + " " + string(body), err
}

func TestAFaultIsTheOperatorsBadDay(t *testing.T) {
	t.Parallel()
	zero := 0
	tests := []struct {
		name    string
		options func(*simulator.Options)
		answer  string // part of it; empty: none comes
		texts   int
	}{
		{"a good day", func(*simulator.Options) {}, `"status_code": 100`, 1},
		{"no money", func(o *simulator.Options) { o.Balance = &zero }, `"status_code": 201`, 0},
		{"maintenance", func(o *simulator.Options) { o.Fault = simulator.Unavailable }, "503", 0},
		{"a web page", func(o *simulator.Options) { o.Fault = simulator.Page }, "<html>", 0},
		{"silence", func(o *simulator.Options) { o.Fault = simulator.Silent }, "", 0},
		{"taken, and the connection breaks", func(o *simulator.Options) { o.Fault = simulator.Reset }, "", 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o, _ := simulator.Find("smsru")
			texts := make(chan simulator.Text, 10)
			options := simulator.Options{}
			options.Received = func(text simulator.Text) { texts <- text }
			test.options(&options)
			answer, err := send(t, play(t, o, options))
			switch {
			case test.answer == "" && err == nil:
				t.Errorf("got %q, want no answer", answer)
			case test.answer != "" && !strings.Contains(answer, test.answer):
				t.Errorf("got %q, %v, want %q", answer, err, test.answer)
			case test.name == "taken, and the connection breaks" && !errors.Is(err, syscall.ECONNRESET):
				t.Errorf("got %v, want a reset", err)
			}
			if len(texts) != test.texts {
				t.Fatalf("%d texts were taken, want %d", len(texts), test.texts)
			}
			if test.texts > 0 {
				if text := <-texts; text != (simulator.Text{To: "79990000001", Sender: "Cafe", Body: "Заказ 7 готов"}) {
					t.Errorf("got %+v", text)
				}
			}
		})
	}
}
