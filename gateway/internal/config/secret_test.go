package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/hashicorp/go-hclog"
)

// TestSecretsNeverShow prints a whole configuration in every way that a program prints things.
func TestSecretsNeverShow(t *testing.T) {
	t.Parallel()
	cfg := load(t, Sources{File: "testdata/good/full.yaml", Env: fullEnv()})
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T"} {
		fmt.Fprintf(&out, verb+"\n", cfg)
		fmt.Fprintf(&out, verb+"\n", cfg.Accounts)
		fmt.Fprintf(&out, verb+"\n", cfg.APIKeys[0].Key)
		fmt.Fprintf(&out, verb+"\n", &cfg.APIKeys[0].Key)
	}
	asJSON, err := json.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	asYAML, err := yaml.Marshal(cfg.APIKeys[0])
	if err != nil {
		t.Fatal(err)
	}
	out.Write(asJSON)
	out.Write(asYAML)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "key", cfg.APIKeys[0].Key, "all", cfg.Accounts)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "key", cfg.APIKeys[0].Key)
	hclog.New(&hclog.LoggerOptions{Output: &out}).Info("x", "key", cfg.APIKeys[0].Key, "all", cfg.Accounts)
	hclog.New(&hclog.LoggerOptions{Output: &out, JSONFormat: true}).Info("x", "key", cfg.APIKeys[0].Key)
	fmt.Fprintln(&out, cfg.Redacted())

	shown := strings.ToLower(out.String())
	for _, secret := range []string{intakeKey, menuKey, smsKey, "other-key-of-the-chain", "p%40ss"} {
		if strings.Contains(shown, strings.ToLower(secret)) || strings.Contains(shown, fmt.Sprintf("%x", secret)) {
			t.Errorf("%q shows in what is printed", secret)
		}
	}
	if !strings.Contains(shown, masked) {
		t.Error("nothing is masked: the test looks at nothing")
	}
}

func TestSecretMatches(t *testing.T) {
	t.Parallel()
	tests := []struct {
		secret, text string
		want         bool
	}{
		{"0123456789abcdef", "0123456789abcdef", true},
		{"0123456789abcdef", "0123456789abcdeF", false},
		{"0123456789abcdef", "", false},
		{"", "", false},
		{"", "x", false},
	}
	for _, test := range tests {
		if got := NewSecret(test.secret).Matches(test.text); got != test.want {
			t.Errorf("Secret(%q).Matches(%q) = %v, want %v", test.secret, test.text, got, test.want)
		}
	}
}

func TestSecretHint(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"": "", "short": masked, "0123456789ab": "…89ab", "ключ-из-букв-абвг": "…абвг"} {
		if got := NewSecret(text).Hint(); got != want {
			t.Errorf("Secret(%q).Hint() = %q, want %q", text, got, want)
		}
	}
}
