package config

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

// Secret is a text that masks itself wherever it is printed, logged or marshalled; only Reveal gives
// it. The zero value is "no secret". It is safe for concurrent use.
type Secret struct{ text string }

// masked is what is shown instead of a secret. It does not tell the length.
const masked = "•••"

// hintFrom is the length from which the last four characters may be shown.
const hintFrom = 12

// NewSecret wraps a text.
func NewSecret(text string) Secret { return Secret{text} }

// Reveal gives the text itself. Use it only to hand the secret to whom it is for; never in a log, an
// error or a page.
func (s Secret) Reveal() string { return s.text }

// IsZero tells whether there is no secret.
func (s Secret) IsZero() bool { return s.text == "" }

// Matches compares in time that does not depend on the texts. An empty secret matches nothing.
func (s Secret) Matches(text string) bool {
	mine, theirs := sha256.Sum256([]byte(s.text)), sha256.Sum256([]byte(text))
	return subtle.ConstantTimeCompare(mine[:], theirs[:]) == 1 && s.text != ""
}

// Hint gives the last four characters of a long secret ("…a1f9"), so that a person can tell two of
// them apart; only the mask for a short one; the empty text for none.
func (s Secret) Hint() string {
	letters := []rune(s.text)
	switch {
	case len(letters) == 0:
		return ""
	case len(letters) < hintFrom:
		return masked
	default:
		return "…" + string(letters[len(letters)-4:])
	}
}

// String masks.
func (s Secret) String() string {
	if s.text == "" {
		return ""
	}
	return masked
}

// Format masks under every verb, %#v and %x included.
func (s Secret) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, s.String()) }

// GoString masks.
func (s Secret) GoString() string { return s.String() }

// MarshalJSON masks.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

// MarshalText masks; YAML writers and map keys go through it.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue masks for structured loggers of the standard library.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
