// Package mask takes secrets and phone numbers out of texts: for the SDK, of what goes through it; for the
// gateway, of what a program wrote by itself.
package mask

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"unicode/utf16"
)

// Sign stands for what was taken out.
const Sign = "•••"

// minSecret is the shortest secret that is searched for; in bytes. A shorter one would mask half of
// every line and is no secret anyway.
const minSecret = 4

// minEncoded is what a part of a base64 text must exceed to be searched for; in characters.
const minEncoded = 4

// Spellings returns the ways in which secrets are likely to turn up, each once, the longest first. Secrets
// of less than 4 bytes are left out.
func Spellings(secrets []string) []string {
	var all []string
	for _, secret := range secrets {
		if len(secret) >= minSecret {
			all = append(all, spellings(secret)...)
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	slices.SortStableFunc(all, func(a, b string) int { return len(b) - len(a) })
	return all
}

// Secrets returns what replaces each of the spellings by Sign. They must be in the order of Spellings: of two
// that begin at the same place the first one is taken.
func Secrets(spellings []string) *strings.Replacer {
	pairs := make([]string, 0, 2*len(spellings))
	for _, spelling := range spellings {
		pairs = append(pairs, spelling, Sign)
	}
	return strings.NewReplacer(pairs...)
}

// spellings returns the secret as it is, escaped for URLs and JSON, in hexadecimal, in UTF-16, and as
// the part of a base64 text that it makes at each of the three offsets it can have there: basic
// authorisation puts a login before it.
func spellings(secret string) []string {
	quoted := quote(secret)
	quoted = quoted[1 : len(quoted)-1]
	hexed := hex.EncodeToString([]byte(secret))
	list := []string{
		secret, url.QueryEscape(secret), url.PathEscape(secret),
		quoted, strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(quoted), // Go escapes these three, few others do
		hexed, strings.ToUpper(hexed),
		base64.StdEncoding.EncodeToString([]byte(secret)), base64.RawURLEncoding.EncodeToString([]byte(secret)),
	}
	var little, big []byte
	for _, unit := range utf16.Encode([]rune(secret)) {
		little = binary.LittleEndian.AppendUint16(little, unit)
		big = binary.BigEndian.AppendUint16(big, unit)
	}
	list = append(list, string(little), string(big))
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for offset := range 3 {
			encoded := encoding.EncodeToString([]byte(strings.Repeat("\x00", offset) + secret))
			first := (offset*8 + 5) / 6                              // characters that hold bits of what stands before
			last := (offset + len(secret)) * 8 / 6                   // the rest shares bits with what follows
			if part := encoded[first:last]; len(part) > minEncoded { // a shorter one turns up by chance
				list = append(list, part)
			}
		}
	}
	return list
}
