package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/orderbell/orderbell/sdk"
)

func TestTheExampleStaysShort(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for line := range strings.Lines(string(source)) {
		if strings.TrimSpace(line) != "" {
			lines++
		}
	}
	if lines > 45 {
		t.Errorf("main.go has %d non-blank lines, want at most 45", lines)
	}
}

// detour leads every call to the fake operator.
type detour struct{ to *url.URL }

func (d detour) RoundTrip(r *http.Request) (*http.Response, error) {
	r.URL.Scheme, r.URL.Host = d.to.Scheme, d.to.Host
	return http.DefaultTransport.RoundTrip(r)
}

func TestTheExampleSends(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		want := "from=Cafe&key=k-123&ref=m1&text=%D0%93%D0%BE%D1%82%D0%BE%D0%B2%D0%BE&to=%2B79990000001"
		if body, _ := io.ReadAll(r.Body); r.URL.Path != "/send" || string(body) != want {
			t.Errorf("got %s with %s, want /send with %s", r.URL.Path, body, want)
		}
		_, _ = io.WriteString(w, r.Header.Get("X-Answer"))
	}))
	t.Cleanup(server.Close)
	to, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, answer, id string
		reason           sdk.Reason
	}{
		{"accepted", `{"code": 0, "id": "77"}`, "77", ""},
		{"no money", `{"code": 201}`, "", sdk.NoMoney},
		{"wrong number", `{"code": 202}`, "", sdk.BadRecipient},
		{"wrong key", `{"code": 301}`, "", sdk.Unauthorized},
		{"a web page", `<html>`, "", sdk.Internal},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			answering := roundTrip(func(r *http.Request) (*http.Response, error) {
				r.Header.Set("X-Answer", test.answer)
				return detour{to}.RoundTrip(r)
			})
			a := &account{config{APIKey: "k-123", Sender: "Cafe"}, sdk.Env{HTTP: &http.Client{Transport: answering}}}
			got, err := a.Send(t.Context(), sdk.Message{ID: "m1", To: "+79990000001", Text: "Готово"})
			var reason sdk.Reason
			if err != nil {
				reason = sdk.AsFailure(err, sdk.UnknownOutcome).Reason
			}
			if got.ID != test.id || reason != test.reason {
				t.Errorf("%s: got %+v, %v, want %q, %q", test.answer, got, err, test.id, test.reason)
			}
		})
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
