package access_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/orderbell/orderbell/gateway/internal/access"
)

func TestASecretIsLongRandomAndRecognisable(t *testing.T) {
	t.Parallel()
	shape := regexp.MustCompile(`^ob_[a-z2-7]{32}$`) // 32 characters of base 32 are 160 bits
	seen := map[string]bool{}
	for range 1000 {
		secret := access.NewSecret()
		if !shape.MatchString(secret) || !strings.HasPrefix(secret, access.Prefix) {
			t.Fatalf("a secret: got %q, want %s", secret, shape)
		}
		if seen[secret] {
			t.Fatalf("the secret %q came twice", secret)
		}
		seen[secret] = true
	}
}

func TestHashSecret(t *testing.T) {
	t.Parallel()
	const want = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" // SHA-256 of "abc", FIPS 180-2 appendix B.1
	if got := access.HashSecret("abc"); got != want {
		t.Errorf("HashSecret: got %s, want %s", got, want)
	}
	if access.HashSecret("ob_a") == access.HashSecret("ob_A") {
		t.Error("letter case makes a different secret")
	}
}

func TestAHintShowsFourCharactersOfALongSecretAndNothingOfAShortOne(t *testing.T) {
	t.Parallel()
	tests := map[string]string{"": "", "ob_short": "", "ob_12345678": "", "ob_123456789": "…6789"}
	for secret, want := range tests {
		if got := access.HintOf(secret); got != want {
			t.Errorf("HintOf(%q): got %q, want %q", secret, got, want)
		}
	}
	secret := access.NewSecret()
	if got := access.HintOf(secret); got != "…"+secret[len(secret)-4:] {
		t.Errorf("HintOf(%q): got %q", secret, got)
	}
}

func TestParseScope(t *testing.T) {
	t.Parallel()
	for _, s := range access.Scopes() {
		if got, err := access.ParseScope(" " + string(s) + "\n"); err != nil || got != s {
			t.Errorf("ParseScope(%q): got %q, %v", s, got, err)
		}
	}
	for _, text := range []string{"", "contacts", "CONTACTS:WRITE", "contacts:write,admin", "*"} {
		got, err := access.ParseScope(text)
		if err == nil || got != "" {
			t.Errorf("ParseScope(%q): got %q, want an error", text, got)
			continue
		}
		for _, s := range access.Scopes() {
			if !strings.Contains(err.Error(), string(s)) {
				t.Errorf("ParseScope(%q): the error %q does not name %s", text, err, s)
			}
		}
	}
}

func TestAKeyMay(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	earlier, later := now.Add(-time.Second), now.Add(time.Second)
	admin := []access.Scope{access.ScopeAdmin}
	tests := []struct {
		name string
		key  access.Key
		want access.Scope // whose permissions; empty: none
	}{
		{"a key without scopes may do nothing", access.Key{}, ""},
		{"a key may do what its scope says and no more", access.Key{Scopes: []access.Scope{access.ScopeContactsWrite}}, access.ScopeContactsWrite},
		{"a scope that does not exist permits nothing", access.Key{Scopes: []access.Scope{"contacts:*"}}, ""},
		{"admin is the widest", access.Key{Scopes: admin}, access.ScopeAdmin},
		{"a revoked key may do nothing, admin or not", access.Key{Scopes: admin, RevokedAt: &earlier}, ""},
		{"a key revoked by a clock ahead of ours may do nothing", access.Key{Scopes: admin, RevokedAt: &later}, ""},
		{"an expired key may do nothing", access.Key{Scopes: admin, ExpiresAt: &earlier}, ""},
		{"at its expiry a key is expired", access.Key{Scopes: admin, ExpiresAt: &now}, ""},
		{"before its expiry a key serves", access.Key{Scopes: []access.Scope{access.ScopeMessagesRead}, ExpiresAt: &later}, access.ScopeMessagesRead},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, p := range access.Permissions() {
				if got, want := tt.key.May(p, now), tt.want.May(p); got != want {
					t.Errorf("%v at %s may %s: got %v, want %v", tt.key.Scopes, now, p, got, want)
				}
			}
		})
	}
}

func TestScopesAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		scopes := rapid.SliceOf(rapid.SampledFrom(access.Scopes())).Draw(t, "scopes")
		asked := rapid.SampledFrom(access.Permissions()).Draw(t, "asked")
		want := false
		for _, s := range scopes {
			want = want || s.May(asked)
		}
		if got := (access.Key{Scopes: scopes}).May(asked, time.Now()); got != want {
			t.Fatalf("%v may %s: got %v, want %v", scopes, asked, got, want)
		}
	})
}

func TestAKeyAsJSONHasNoHash(t *testing.T) {
	t.Parallel()
	secret := access.NewSecret()
	key := access.Key{ID: "01K", Name: "qr-menu", Hint: access.HintOf(secret), Hash: access.HashSecret(secret), Scopes: []access.Scope{access.ScopeContactsWrite}}
	got, err := json.Marshal(key)
	if err != nil || strings.Contains(string(got), key.Hash) || !strings.Contains(string(got), "qr-menu") {
		t.Errorf("a key as JSON: got %s, %v, want it without the hash", got, err)
	}
}
