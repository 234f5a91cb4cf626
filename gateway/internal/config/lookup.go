package config

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/access"
)

// intakeHash is an intake key as it is compared: by hash, so that every comparison takes the same time.
type intakeHash struct {
	sum  [sha256.Size]byte
	code string
}

// Restaurant gives the settings for a restaurant code: those declared for it, else those declared for
// "*", else the defaults. Code is set to the one asked for, so that the answer can be stored with it.
func (c *Config) Restaurant(code string) Restaurant {
	found := c.undeclared
	for _, r := range c.Restaurants {
		if r.Code == code {
			return r
		}
		if r.Code == AnyRestaurant {
			found = r
		}
	}
	found.Code = code
	return found
}

// IntakeRestaurant tells whose intake key this is. The code may be "*": authentic, but of whichever
// restaurant the body names. It compares with every key, whether or not one has matched already.
func (c *Config) IntakeRestaurant(key string) (code string, ok bool) {
	if key == "" {
		return "", false
	}
	sum := sha256.Sum256([]byte(key))
	for _, k := range c.keys {
		if subtle.ConstantTimeCompare(sum[:], k.sum[:]) == 1 {
			code, ok = k.code, true
		}
	}
	return code, ok
}

func (c *Config) hashKeys() {
	for _, r := range c.Restaurants {
		if !r.IntakeKey.IsZero() {
			c.keys = append(c.keys, intakeHash{sha256.Sum256([]byte(r.IntakeKey.Reveal())), r.Code})
		}
	}
}

// Account gives a declared account by name.
func (c *Config) Account(name string) (Account, bool) {
	for _, a := range c.Accounts {
		if a.Name == name {
			return a, true
		}
	}
	return Account{}, false
}

// AccessKeys gives the declared API keys as the HTTP side knows keys, created at now: ID is "declared:"
// and the name, and they never expire. The secrets themselves are not in them.
func (c *Config) AccessKeys(now time.Time) []access.Key {
	keys := make([]access.Key, 0, len(c.APIKeys))
	for _, k := range c.APIKeys {
		keys = append(keys, access.Key{
			ID:        "declared:" + k.Name,
			Name:      k.Name,
			Hint:      access.HintOf(k.Key.Reveal()),
			Hash:      access.HashSecret(k.Key.Reveal()),
			Scopes:    k.Scopes,
			CreatedAt: now,
		})
	}
	return keys
}

// APIKey is an API key that the file declares.
type APIKey struct {
	Name   string // unique
	Key    Secret
	Scopes []access.Scope
}

// SharesListener tells whether the UI and the API are served where the intake is.
func (c *Config) SharesListener() bool { return c.AdminListen == c.Listen }

// Exposed tells whether other machines can reach the intake.
func (c *Config) Exposed() bool {
	host, _, err := net.SplitHostPort(c.Listen)
	return err == nil && !loopbackHost(host)
}

// HasIntakeKey tells whether any restaurant has a key, without which other machines post nothing.
func (c *Config) HasIntakeKey() bool { return len(c.keys) > 0 }

// File gives the name of the file that was read; empty when there was none.
func (c *Config) File() string { return c.file }

// Origin tells where the value of a path ("listen", "log.level", "accounts[0].provider") was written:
// the file's name, "ORDERBELL_LISTEN", "--listen", or the empty text for a default.
func (c *Config) Origin(path string) string { return c.origins[path].source }

// Declared tells whether the file, the environment or a flag says anything at or below a path
// ("restaurants"). What is declared is applied at each start and read-only in the UI.
func (c *Config) Declared(path string) bool {
	for written := range c.origins {
		if rest, ok := strings.CutPrefix(written, path); ok && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			return true
		}
	}
	return false
}

// loopbackHost tells whether only this machine can reach a listener on that host.
func loopbackHost(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.Unmap().IsLoopback()
}
