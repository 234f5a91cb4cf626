package httpapi

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/problem"
)

// nobody knows no session and no key.
type nobody struct{}

func (nobody) Identify(_ context.Context, c adminapi.Credentials) (access.Principal, error) {
	if c.Authorization != "" {
		return access.Principal{}, problem.Refuse(problem.TokenWrong)
	}
	return access.Principal{}, nil
}

func withAdmin(o *Options) { o.Guard, o.PublicURL = nobody{}, "https://sms.example.org:8443" }

// TestANameThatIsNotOursOpensNothing is about DNS rebinding: a page of evil.example whose name was turned
// to 127.0.0.1 names itself in Host.
func TestANameThatIsNotOursOpensNothing(t *testing.T) {
	t.Parallel()
	s := setup(t, withAdmin)
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(listener) }()
	t.Cleanup(func() {
		if err := s.Shutdown(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	ask := func(host, path string) (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+listener.Addr().String()+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(text)
	}
	for host, ours := range map[string]bool{
		"127.0.0.1": true, listener.Addr().String(): true, "localhost": true, "LOCALHOST:11010": true, "[::1]:11010": true, "127.8.8.8": true,
		"sms.example.org": true, "SMS.example.org:8443": true, "sms.example.org.": true,
		"evil.example": false, "evil.example:11010": false, "localhost.evil.example": false, "127.0.0.1.evil.example": false, "192.168.1.5": false, "0.0.0.0": false, "example.org": false,
	} {
		status, text := ask(host, "/api/v1/messages")
		if ours && status != http.StatusUnauthorized || !ours && (status != http.StatusMisdirectedRequest || !strings.Contains(text, string(problem.HostForeign))) {
			t.Errorf("Host %q: %d %s", host, status, text)
		}
	}
	// The cash server and monitoring may call us what they like.
	if status, text := ask("till.local", "/livez"); status != http.StatusOK {
		t.Errorf("health by another name: %d %s", status, text)
	}
}

func TestAnswersOfTheAdminMayNotBeFramedOrRunScriptsOfOthers(t *testing.T) {
	t.Parallel()
	s := setup(t, withAdmin)
	for _, target := range []string{"/api/v1/messages", "/api/v1/nothing", "/openapi.json", "/"} {
		w := s.ask(t, http.MethodGet, target, home, "")
		policy := w.Header().Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'self'", "script-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("%s: the policy %q lacks %s", target, policy, want)
			}
		}
		if strings.Contains(policy, "unsafe-eval") || strings.Contains(strings.ReplaceAll(policy, "style-src 'self' 'unsafe-inline'", ""), "unsafe") || strings.Contains(policy, "*") || strings.Contains(policy, "http") {
			t.Errorf("%s: the policy is loose: %q", target, policy)
		}
		for name, want := range map[string]string{"Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cache-Control": "no-store"} {
			if got := w.Header().Get(name); !strings.HasPrefix(got, want) && (name != "Cache-Control" || target != "/") {
				t.Errorf("%s: %s is %q, want %q", target, name, got, want)
			}
		}
	}
}

func TestWrongKeysOfTheAdminsCallsAreThrottled(t *testing.T) {
	t.Parallel()
	s := setup(t, withAdmin)
	codes := map[problem.Code]int{}
	for range failuresAtOnce + 10 {
		codes[readProblem(t, s.ask(t, http.MethodGet, "/api/v1/messages", lan, "", "Authorization", "Bearer "+badToken)).Code]++
	}
	if codes[problem.TokenWrong] != failuresAtOnce || codes[problem.TooManyTries] != 10 {
		t.Errorf("answers %v, want %d wrong and 10 throttled", codes, failuresAtOnce)
	}
	if w := s.ask(t, http.MethodGet, "/api/v1/session", lan, ""); w.Code == http.StatusTooManyRequests {
		t.Error("who sends no key has to wait for others at the same address")
	}
}
