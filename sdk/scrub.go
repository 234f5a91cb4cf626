package sdk

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf16"
)

// minSecret is the shortest secret that is searched for; in bytes. A shorter one would mask half of
// every line and is no secret anyway.
const minSecret = 4

// minEncoded is what a part of a base64 text must exceed to be searched for; in characters.
const minEncoded = 4

// scrubber masks secrets, phone numbers and the queries of URLs in what leaves the plugin: logs,
// failures, raw answers. It is the second net: authors should not put them there at all.
type scrubber struct {
	mu      sync.RWMutex
	secrets []string // with their encodings, longest first
	masks   *strings.Replacer

	digits   *regexp.Regexp
	urlError *regexp.Regexp
	userInfo *regexp.Regexp
}

func newScrubber() *scrubber {
	return &scrubber{
		masks:  strings.NewReplacer(),
		digits: regexp.MustCompile(`\+?\d{10,}`),
		// url.Error prints the whole URL, quoted; in a JSON log line the quote is escaped.
		urlError: regexp.MustCompile(`\b((?:Get|Head|Post|Put|Patch|Delete) \\?"https?://[^/?#"\\\s]*)[^"\\\s]*`),
		userInfo: regexp.MustCompile(`(https?://)[^/?#"\\\s@]*@`),
	}
}

// learn adds secrets, in every spelling in which they are likely to turn up.
func (s *scrubber) learn(secrets []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, secret := range secrets {
		if len(secret) < minSecret {
			continue
		}
		for _, spelling := range spellings(secret) {
			if !slices.Contains(s.secrets, spelling) {
				s.secrets = append(s.secrets, spelling)
			}
		}
	}
	slices.SortFunc(s.secrets, func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, secret := range s.secrets {
		pairs = append(pairs, secret, masked)
	}
	s.masks = strings.NewReplacer(pairs...)
}

// spellings returns the secret as it is, escaped for URLs and JSON, in hexadecimal, in UTF-16, and as
// the part of a base64 text that it makes at each of the three offsets it can have there: basic
// authorisation puts a login before it.
func spellings(secret string) []string {
	quoted, _ := json.Marshal(secret) // a string always marshals
	hexed := hex.EncodeToString([]byte(secret))
	list := []string{
		secret, url.QueryEscape(secret), url.PathEscape(secret), strings.Trim(string(quoted), `"`),
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

// A long text is not scrubbed as a whole where only its beginning is kept: a window of so many times that
// beginning will do, less what its end may have cut through.
const (
	scrubWindow = 8
	scrubEnd    = 256 // bytes; a login in an address, or a phone
)

// beginning returns the first limit bytes or more of what clean makes of the text, or all of it if that is less.
// What stands at the end of the window may be half of a secret, which nobody would know for one: it goes.
func (s *scrubber) beginning(text string, limit int) string {
	if len(text) <= scrubWindow*limit {
		return s.clean(text)
	}
	s.mu.RLock()
	end := scrubEnd
	if len(s.secrets) > 0 {
		end = max(end, len(s.secrets[0]))
	}
	s.mu.RUnlock()
	cleaned := s.clean(text[:scrubWindow*limit])
	return cleaned[:max(0, len(cleaned)-end)]
}

// clean returns the text without what must not leave.
func (s *scrubber) clean(text string) string {
	if text == "" {
		return "" // the usual case of a batch that went well
	}
	s.mu.RLock()
	masks := s.masks
	s.mu.RUnlock()
	text = masks.Replace(text)
	text = s.userInfo.ReplaceAllString(text, "$1")
	text = s.urlError.ReplaceAllString(text, "$1")
	return s.digits.ReplaceAllStringFunc(text, func(run string) string {
		if n := len(strings.TrimPrefix(run, "+")); n > 15 {
			return run // longer than any phone number: an operator's id
		}
		return maskPhone(run)
	})
}

// writer returns w with every write scrubbed. hclog writes whole lines.
func (s *scrubber) writer(w io.Writer) io.Writer { return &scrubbedWriter{s, w} }

type scrubbedWriter struct {
	scrub *scrubber
	to    io.Writer
}

// Write reports the length of what it was given, as io.Writer wants it.
func (w *scrubbedWriter) Write(p []byte) (int, error) {
	if _, err := io.WriteString(w.to, w.scrub.clean(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}
