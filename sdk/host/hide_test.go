package host_test

import (
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"testing"

	"github.com/orderbell/orderbell/sdk/host"
)

func TestWhatAPluginWritesPastTheSDKIsHidden(t *testing.T) {
	t.Parallel()
	const secret = `SECRET KEY+qzxwvj"`
	tests := []struct{ name, text, want string }{
		{"nothing to hide", "panic: index out of range [3]", "panic: index out of range [3]"},
		{"a secret", "panic: with " + secret, "panic: with •••"},
		{"in JSON", `{"key":"SECRET KEY+qzxwvj\""}`, `{"key":"•••"}`},
		{"in an address", "?key=" + url.QueryEscape(secret), "?key=•••"},
		{"in hexadecimal", hex.EncodeToString([]byte(secret)), "•••"},
		{"behind a login", "Basic " + base64.StdEncoding.EncodeToString([]byte("me:"+secret)), "Basic bWU6•••"},
		{"a phone", "lost the way to 8 (999) 000-00-01", "lost the way to 8999•••0001"},
		{"a part of a secret that is another one", "canary", "•••"},
		{"what is too short to be a secret", "abc", "abc"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := host.Hide(tt.text, []string{"abc", "nary", secret, "canary"}); got != tt.want {
				t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
			}
		})
	}
}
