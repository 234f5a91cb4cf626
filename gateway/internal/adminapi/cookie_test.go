package adminapi

import (
	"net/http"
	"strings"
	"testing"

	"github.com/orderbell/orderbell/gateway/internal/access"
)

func TestCookiesOfASignIn(t *testing.T) {
	t.Parallel()
	entry := access.Entry{Secret: "session-secret", Device: "device-secret"}
	tests := []struct {
		name   string
		secure bool
		want   []string
	}{
		{"in a restaurant's own network", false, []string{
			"orderbell_session=session-secret; Path=/; Max-Age=2592000; HttpOnly; SameSite=Strict",
			"orderbell_device=device-secret; Path=/; Max-Age=15552000; HttpOnly; SameSite=Strict",
		}},
		{"over TLS", true, []string{
			"__Host-orderbell_session=session-secret; Path=/; Max-Age=2592000; HttpOnly; Secure; SameSite=Strict",
			"__Host-orderbell_device=device-secret; Path=/; Max-Age=15552000; HttpOnly; Secure; SameSite=Strict",
		}},
	}
	for _, tt := range tests {
		cookies := entryCookies(Caller{Secure: tt.secure}, entry)
		for i := range cookies {
			if got := cookies[i].String(); got != tt.want[i] {
				t.Errorf("%s: %s, want %s", tt.name, got, tt.want[i])
			}
		}
	}
	gone := goneCookie(Caller{})
	if got := gone.String(); got != "orderbell_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict" {
		t.Errorf("signed out: %s", got)
	}
}

func TestSecretOf(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, header string
		secure       bool
		want         string
	}{
		{"no cookie", "", false, ""},
		{"ours", "orderbell_session=abc", false, "abc"},
		{"ours among others", "a=1; orderbell_session=abc; b=2", false, "abc"},
		{"twice: somebody else put one there", "orderbell_session=abc; orderbell_session=evil", false, ""},
		{"over TLS one without the prefix does not count", "orderbell_session=evil", true, ""},
		{"over TLS", "orderbell_session=evil; __Host-orderbell_session=abc", true, "abc"},
		{"without TLS one with the prefix does not count", "__Host-orderbell_session=abc", false, ""},
		{"another name", "Orderbell_Session=abc; xorderbell_session=abc; orderbell_sessionx=abc", false, ""},
		{"nonsense", "\x00;;=;orderbell_session", false, ""},
		{"endless", "a=" + strings.Repeat("x", 10<<10) + "; orderbell_session=abc", false, ""},
	}
	for _, tt := range tests {
		if got := secretOf(tt.header, SessionCookie, tt.secure); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func FuzzSecretOf(f *testing.F) {
	for _, seed := range []string{"", "orderbell_session=abc", "orderbell_session=a; orderbell_session=b", `orderbell_session="a b"`, ";=\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		secret := secretOf(header, SessionCookie, false)
		if secret == "" {
			return
		}
		c := http.Cookie{Name: SessionCookie, Value: secret}
		if again := secretOf(c.Name+"="+secret, SessionCookie, false); again != secret {
			t.Fatalf("%q gives %q, and that alone %q", header, secret, again)
		}
	})
}
