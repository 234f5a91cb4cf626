package sdk

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"
)

func TestASecretDoesNotPrint(t *testing.T) {
	t.Parallel()
	s := Secret(canary)
	holder := struct {
		Key  Secret
		List []Secret
		Map  map[string]Secret
	}{s, []Secret{s}, map[string]Secret{"k": s}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%10.3s", "%T %[1]v"} {
		for _, value := range []any{s, &s, holder, &holder, []any{s}, map[string]any{"a": s}} {
			if got := fmt.Sprintf(verb, value); strings.Contains(got, canary) || strings.Contains(got, fmt.Sprintf("%x", canary)) {
				t.Errorf("%s of %T: got %s", verb, value, got)
			}
		}
	}
	encoded, err := json.Marshal(map[string]any{"a": s, "b": holder})
	if err != nil || bytes.Contains(encoded, []byte(canary)) {
		t.Errorf("JSON: got %s, %v", encoded, err)
	}
	text, err := s.MarshalText()
	if err != nil || string(text) != masked || s.String() != masked || s.GoString() != masked {
		t.Errorf("text: got %s, %v", text, err)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "key", s, "holder", holder)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "key", s)
	hclog.New(&hclog.LoggerOptions{Output: &log, JSONFormat: true}).Info("x", "key", s, "err", fmt.Errorf("with %v", s))
	if strings.Contains(log.String(), canary) {
		t.Errorf("log: got %s", log.String())
	}
	if string(s) != canary {
		t.Error("the value itself is lost")
	}
}

func TestAMessagePrintsNeitherNumberNorText(t *testing.T) {
	t.Parallel()
	m := Message{ID: "01J", To: "+79990000001", Text: "your order"}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		if got := fmt.Sprintf(verb, m); strings.Contains(got, "9990000001") || strings.Contains(got, "order") || !strings.Contains(got, "+7999•••0001") {
			t.Errorf("%s: got %s", verb, got)
		}
	}
}

func TestTheLogIsScrubbed(t *testing.T) {
	t.Parallel()
	const odd = `sé"cret/+& key`
	var out bytes.Buffer
	scrub := newScrubber()
	scrub.learn([]string{canary, odd, "abc"})
	log := hclog.New(&hclog.LoggerOptions{Output: scrub.writer(&out), JSONFormat: true})
	asURL := &url.Error{Op: "Post", URL: "https://u:pw@acme.example/send?x=1&key=" + url.QueryEscape(odd), Err: errors.New("refused")}
	request, _ := http.NewRequest(http.MethodGet, "https://acme.example/?key="+url.QueryEscape(canary), http.NoBody) //nolint:noctx // never sent
	request.SetBasicAuth("", canary)
	log.Error("a "+canary, "odd", odd, "err", fmt.Errorf("nested: %w", asURL), "to", "+79990000001", "plain", "79990000001",
		"url", request.URL.String(), "query", url.QueryEscape(odd), "short", "abc", "id", "202626-1000002", "long", "1234567890123456789")
	got := out.String()
	for _, leak := range []string{canary, `sé\"cret`, url.QueryEscape(odd), "9990000001", "pw@", "x=1"} {
		if strings.Contains(got, leak) {
			t.Errorf("the log holds %q: %s", leak, got)
		}
	}
	for _, kept := range []string{"acme.example", "refused", "abc", "202626-1000002", "1234567890123456789", "+7999•••0001"} {
		if !strings.Contains(got, kept) {
			t.Errorf("the log lost %q: %s", kept, got)
		}
	}
	if lines := strings.Count(got, "\n"); lines != 1 || !json.Valid([]byte(got)) {
		t.Errorf("the log is no longer one JSON line: %s", got)
	}
}

// However a long answer is cut, no part of a secret is left at the cut, and nobody waits for a megabyte to
// be searched.
func TestACutLeavesNoPartOfASecret(t *testing.T) {
	t.Parallel()
	const limit = 2048
	long := "canary-" + strings.Repeat("0123456789abcdef", 12) // its mask is far shorter: the end of the window comes into sight
	scrub := newScrubber()
	scrub.learn([]string{long})
	w := writer{scrub}
	for shift := range len(long) {
		for _, at := range []int{limit, scrubWindow * limit} {
			for name, before := range map[string]string{
				"after words":      strings.Repeat("a", at-shift),
				"after many of it": strings.Repeat(long, at/len(long)-1) + strings.Repeat("a", at%len(long)+len(long)-shift),
			} {
				got := w.text(before+long+strings.Repeat("z", scrubWindow*limit), limit)
				if strings.Contains(got, "canary") || len(got) > limit {
					t.Fatalf("%s, %d bytes before %d: got %d bytes that end in %q", name, shift, at, len(got), got[max(0, len(got)-40):])
				}
			}
		}
	}
	if got := w.text(strings.Repeat("я", limit), limit); len(got) != limit {
		t.Errorf("got %d bytes of a long text, want %d", len(got), limit)
	}
}

func TestASecretIsMaskedInEverySpelling(t *testing.T) {
	t.Parallel()
	const secret = `canary/<key>+47"11"`
	scrub := newScrubber()
	scrub.learn([]string{secret})
	basic := func(login string) string { return base64.StdEncoding.EncodeToString([]byte(login + ":" + secret)) }
	for name, text := range map[string]string{
		"as it is": secret, "in a URL": url.QueryEscape(secret), "in a path": url.PathEscape(secret),
		"in JSON": `canary/<key>+47\"11\"`, "in JSON as Go writes it": `canary/\u003ckey\u003e+47\"11\"`,
		"in hexadecimal": fmt.Sprintf("%x", secret), "in capital hexadecimal": fmt.Sprintf("%X", secret),
		"in UTF-16":     "c\x00a\x00n\x00a\x00r\x00y\x00/\x00<\x00k\x00e\x00y\x00>\x00+\x004\x007\x00\"\x001\x001\x00\"\x00",
		"as a password": basic("a"), "behind a longer login": basic("ab"), "behind a login of three": basic("abc"),
		"at the beginning of base64": base64.URLEncoding.EncodeToString([]byte(secret + ":more")),
	} {
		got := scrub.clean("x " + text + " y")
		if !strings.Contains(got, masked) || strings.Contains(got, "canary") || len(got) > len("x  y")+len(masked)+10 {
			t.Errorf("%s: got %q", name, got)
		}
	}
}
