package provider

import (
	"slices"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/host"
)

// hide takes the secrets of accounts, and phone numbers, out of what the program writes. The SDK does so with
// what goes through it; what the runtime prints of a crash, or the author straight to stderr, does not.
func (p *process) hide(line string) string {
	p.mu.Lock()
	accounts, manifest := slices.Clone(p.accounts), p.manifest
	p.mu.Unlock()
	var secrets []string
	for _, r := range accounts {
		for key, value := range r.Settings {
			if !public(manifest, key) {
				secrets = append(secrets, value)
			}
		}
	}
	return host.Hide(line, secrets)
}

// public tells whether a setting is known to be none of the secrets. Before the program has said what its
// settings are, none is.
func public(manifest sdk.Manifest, key string) bool {
	i := slices.IndexFunc(manifest.Settings, func(f sdk.Field) bool { return f.Key == key })
	return i >= 0 && manifest.Settings[i].Kind != sdk.KindSecret
}
