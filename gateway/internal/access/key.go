// Package access says who may do what: users with their roles, API keys with their scopes, and the
// permissions that both stand for. It is pure but for the randomness of new secrets.
package access

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Scope is what an API key is for. Scope.May says which permissions that means.
type Scope string

// Scopes (contract, section 5).
const (
	ScopeContactsWrite Scope = "contacts:write"
	ScopeMessagesRead  Scope = "messages:read"
	ScopeMessagesWrite Scope = "messages:write"
	ScopeEventsWrite   Scope = "events:write"
	ScopeAdmin         Scope = "admin" // everything but people and keys
)

// Scopes lists every scope.
func Scopes() []Scope {
	return []Scope{ScopeContactsWrite, ScopeMessagesRead, ScopeMessagesWrite, ScopeEventsWrite, ScopeAdmin}
}

// ParseScope reads a scope; the error lists those that exist.
func ParseScope(text string) (Scope, error) {
	s := Scope(strings.TrimSpace(text))
	if slices.Contains(Scopes(), s) {
		return s, nil
	}
	return "", fmt.Errorf("no scope %q; there are %v", text, Scopes())
}

// Key is an API key without its secret.
type Key struct {
	ID        string     `json:"id"` // ULID
	Name      string     `json:"name"`
	Hint      string     `json:"hint"` // the last four characters
	Hash      string     `json:"-"`    // SHA-256 of the secret, hex; the secret has 160 random bits, so a plain hash is enough
	Scopes    []Scope    `json:"scopes"`
	CreatedAt time.Time  `json:"created_at"`
	ExpiresAt *time.Time `json:"expires_at,omitempty"`
	RevokedAt *time.Time `json:"revoked_at,omitempty"`
	UsedAt    *time.Time `json:"used_at,omitempty"` // last, to a few minutes
}

// Prefix starts every secret, so that secret scanners find leaks.
const Prefix = "ob_"

// NewSecret makes a secret: Prefix and 160 random bits.
func NewSecret() string {
	var raw [20]byte
	_, _ = rand.Read(raw[:]) // never fails (crypto/rand)
	return Prefix + strings.ToLower(base32.StdEncoding.EncodeToString(raw[:]))
}

// HashSecret gives what is stored of a secret.
func HashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// HintOf gives the last four characters of a secret.
func HintOf(secret string) string {
	if len(secret) < 12 {
		return ""
	}
	return "…" + secret[len(secret)-4:]
}

// Valid tells whether the key still opens anything at now: it is neither revoked nor expired.
func (k Key) Valid(now time.Time) bool {
	return k.RevokedAt == nil && (k.ExpiresAt == nil || now.Before(*k.ExpiresAt))
}

// May tells whether the key, at now, holds the permission.
func (k Key) May(p Permission, now time.Time) bool {
	return k.Valid(now) && k.Principal().May(p)
}

// Principal is who makes a call with the key.
func (k Key) Principal() Principal {
	return Principal{Kind: KindKey, ID: k.ID, Name: k.Name, Scopes: k.Scopes, Fresh: true}
}
