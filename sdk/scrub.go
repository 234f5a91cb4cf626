package sdk

import (
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/orderbell/orderbell/sdk/internal/mask"
)

// scrubber masks secrets, phone numbers and the queries of URLs in what leaves the plugin: logs,
// failures, raw answers. It is the second net: authors should not put them there at all.
type scrubber struct {
	mu        sync.RWMutex
	secrets   []string // each once
	longest   int      // bytes of the longest spelling of a secret
	replacing *strings.Replacer

	urlError *regexp.Regexp
	userInfo *regexp.Regexp
}

func newScrubber() *scrubber {
	return &scrubber{
		replacing: mask.Secrets(nil),
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
		if !slices.Contains(s.secrets, secret) {
			s.secrets = append(s.secrets, secret)
		}
	}
	spellings := mask.Spellings(s.secrets)
	s.replacing = mask.Secrets(spellings)
	if len(spellings) > 0 {
		s.longest = len(spellings[0])
	}
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
	end := max(scrubEnd, s.longest)
	s.mu.RUnlock()
	cleaned := s.clean(text[:scrubWindow*limit])
	return cleaned[:max(0, len(cleaned)-end)]
}

// clean returns the text without what must not leave.
func (s *scrubber) clean(text string) string {
	if text == "" {
		return "" // the usual case of a batch that went well
	}
	text = s.hide(text)
	text = s.userInfo.ReplaceAllString(text, "$1")
	text = s.urlError.ReplaceAllString(text, "$1")
	return mask.Phones(text)
}

// hide takes out secrets alone.
func (s *scrubber) hide(text string) string {
	s.mu.RLock()
	replacing := s.replacing
	s.mu.RUnlock()
	return replacing.Replace(text)
}

// lines cleans what is logged. A line of JSON stays one, for the gateway reads its level and its fields; all
// else is cleaned as one text, since a secret may have several lines.
func (s *scrubber) lines(text string) string {
	var out strings.Builder
	done := 0 // what stands before it is in out
	at := 0
	for line := range strings.Lines(text) {
		if object, ok := mask.JSON(line, s.hide, s.clean); ok {
			out.WriteString(s.clean(text[done:at]))
			out.WriteString(s.whole(object))
			done = at + len(line)
		}
		at += len(line)
	}
	out.WriteString(s.clean(text[done:]))
	return out.String()
}

// whole looks for secrets that are JSON themselves, so that no single value holds them. Such a line is left
// with its text only: what is around the secret cannot be told from it any more.
func (s *scrubber) whole(line string) string {
	if hidden := s.hide(line); hidden != line {
		return mask.Message(hidden)
	}
	return line
}

// writer returns w with every write scrubbed. hclog writes whole lines.
func (s *scrubber) writer(w io.Writer) io.Writer { return &scrubbedWriter{s, w} }

type scrubbedWriter struct {
	scrub *scrubber
	to    io.Writer
}

// Write reports the length of what it was given, as io.Writer wants it.
func (w *scrubbedWriter) Write(p []byte) (int, error) {
	if _, err := io.WriteString(w.to, w.scrub.lines(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}
