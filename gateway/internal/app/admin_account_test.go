package app

import (
	"strings"
	"testing"

	"github.com/orderbell/orderbell/sdk"
)

func TestOfAnAccountsSettingsTheAuditLogHasOnlyWhatIsNoSecret(t *testing.T) {
	t.Parallel()
	manifest := sdk.Manifest{}
	for _, kind := range []sdk.Kind{sdk.KindString, sdk.KindSecret, sdk.KindInt, sdk.KindBool, sdk.KindEnum, sdk.KindDuration, sdk.KindURL, sdk.KindPhone, sdk.KindList} {
		manifest.Settings = append(manifest.Settings, sdk.Field{Key: string(kind), Kind: kind})
	}
	tests := []struct {
		name, key, value, want string
	}{
		{"a sender's name", "STRING", "CAFE", "CAFE"},
		{"a template of a request", "STRING", strings.Repeat("x", 101), ""},
		{"a secret", "SECRET", "canary", ""},
		{"a number", "INT", "5", "5"},
		{"a switch", "BOOL", "true", "true"},
		{"a choice", "ENUM", "transceiver", "transceiver"},
		{"a time", "DURATION", "30s", "30s"},
		{"a phone", "PHONE", "+79990000001", ""},
		{"lines of a header", "LIST", "X-Token: canary", ""},
		{"an address", "URL", "https://a.example/send", "https://a.example/send"},
		{"an address with secrets", "URL", "https://u:canary@a.example/send?key=canary#canary", "https://a.example/send"},
		{"an address that is none", "URL", "https://canary:\x00", ""},
		{"what the provider does not know", "nosuch", "canary", ""},
	}
	for _, tt := range tests {
		if got := tellable(manifest, tt.key, tt.value); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
