package provider

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/orderbell/orderbell/sdk"
)

// minSecret is the shortest value that is looked for, in bytes: a shorter one would hide half of each line.
const minSecret = 4

// hide takes the secrets of accounts out of what the program writes. The SDK does so with what goes
// through it; what the runtime prints of a crash, or the author straight to stderr, does not.
func (p *process) hide(line string) string {
	p.mu.Lock()
	accounts, manifest := slices.Clone(p.accounts), p.manifest
	p.mu.Unlock()
	var spelt []string
	for _, r := range accounts {
		for key, value := range r.Settings {
			if len(value) >= minSecret && !public(manifest, key) {
				spelt = append(spelt, spellings(value)...)
			}
		}
	}
	slices.SortFunc(spelt, func(a, b string) int { return cmp.Compare(len(b), len(a)) }) // none hides a part of a longer one only
	for _, one := range spelt {
		line = strings.ReplaceAll(line, one, "•••")
	}
	return line
}

// public tells whether a setting is known to be none of the secrets. Before the program has said what its
// settings are, none is.
func public(manifest sdk.Manifest, key string) bool {
	i := slices.IndexFunc(manifest.Settings, func(f sdk.Field) bool { return f.Key == key })
	return i >= 0 && manifest.Settings[i].Kind != sdk.KindSecret
}

// spellings are how a secret is likely to turn up: as it is, quoted, and encoded for addresses and headers.
func spellings(secret string) []string {
	quoted, _ := json.Marshal(secret) // a string always marshals
	return []string{
		secret, strings.Trim(string(quoted), `"`), url.QueryEscape(secret), url.PathEscape(secret),
		base64.StdEncoding.EncodeToString([]byte(secret)), base64.RawURLEncoding.EncodeToString([]byte(secret)),
	}
}
