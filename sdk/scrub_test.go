package sdk

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"
)

// logged is what a line of the log says when it has been scrubbed and is read again.
func logged(t *testing.T, scrub *scrubber, write func(hclog.Logger)) map[string]any {
	t.Helper()
	var out bytes.Buffer
	write(hclog.New(&hclog.LoggerOptions{Output: scrub.writer(&out), JSONFormat: true, Level: hclog.Debug}))
	var fields map[string]any
	if err := json.Unmarshal(out.Bytes(), &fields); err != nil {
		t.Fatalf("the line is no JSON: %v\n%s", err, &out)
	}
	return fields
}

func TestALineOfTheLogStaysJSON(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		value any
		want  any
	}{
		{"a short number", 4711, 4711.0},
		{"a phone that is a number", 79990000001, "7999•••0001"},
		{"a phone that is a fraction", 79990000001.5, "7999•••0001"},
		{"a phone within a list", []int{1, 79990000001}, []any{1.0, "7999•••0001"}},
		{"a phone as people write it", "8 (999) 000-00-01", "8999•••0001"},
		{"a phone after a line break", "to\n79990000001", "to\n7999•••0001"},
		{"a secret that is a number", 47114711, masked},
		{"a secret that JSON escapes", `<"` + canary + `">`, `<"•••">`},
		{"a secret in JSON within JSON", `{"key":"` + canary + `"}`, `{"key":"•••"}`},
		{"milliseconds since 1970", 1764467863123, 1764467863123.0},
		{"a socket's path", "/tmp/orderbell-46349-3451327114/plugin-dir1242752283/plugin3966515473", "/tmp/orderbell-46349-3451327114/plugin-dir1242752283/plugin3966515473"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			scrub := newScrubber()
			scrub.learn([]string{canary, "47114711"})
			fields := logged(t, scrub, func(log hclog.Logger) { log.Warn("said", "value", tt.value) })
			if fmt.Sprint(fields["value"]) != fmt.Sprint(tt.want) || fields["@level"] != "warn" || fields["@message"] != "said" {
				t.Errorf("%v: got %v, want %v", tt.value, fields, tt.want)
			}
		})
	}
}

func TestASecretThatIsJSONIsHiddenWhole(t *testing.T) {
	t.Parallel()
	const key = `{"type":"service_account","private_key":"qzxwvj"}`
	scrub := newScrubber()
	scrub.learn([]string{key})
	for name, value := range map[string]any{"as JSON": json.RawMessage(key), "as a text": key} {
		fields := logged(t, scrub, func(log hclog.Logger) { log.Warn("opened", "with", value) })
		if said := fmt.Sprint(fields); strings.Contains(said, "qzxwvj") || !strings.Contains(said, "opened") || !strings.Contains(said, masked) {
			t.Errorf("%s: got %s", name, said)
		}
	}
}

func TestASecretOfSeveralLinesIsHiddenInPlainText(t *testing.T) {
	t.Parallel()
	scrub := newScrubber()
	scrub.learn([]string{"-----BEGIN\nqzxwvj\n-----END"})
	got := scrub.lines("opened\n{\"a\":79990000001}\nwith -----BEGIN\nqzxwvj\n-----END\nfor 79990000001\n")
	if want := "opened\n{\"a\":\"7999•••0001\"}\nwith •••\nfor 7999•••0001\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// FuzzScrubbedLine logs whatever beside a phone and a secret.
func FuzzScrubbedLine(f *testing.F) {
	f.Add("sent", "to", " ", uint64(79990000001), `{"a":1}`)
	f.Add("a\n", "key", `"`, uint64(3), `{"a":1e400,"b":[79990000001,{"c":"79990000001"}]}`)
	f.Add("", "@level", `\`, uint64(1)<<63, `{"a":"\u002b7 999 000-00-01"}`)
	f.Fuzz(func(t *testing.T, text, key, sign string, number uint64, line string) {
		const phone, secret = "79990000001", "canary-qzxwvj"
		scrub := newScrubber()
		scrub.learn([]string{secret})
		if strings.ContainsAny(sign, "0123456789abcdefABCDEF") { // a number, or a hash, that is glued to it
			sign = ""
		}
		var out bytes.Buffer
		log := hclog.New(&hclog.LoggerOptions{Output: scrub.writer(&out), JSONFormat: true})
		log.Warn(text+" "+phone+" "+secret, "k"+key, number, "to", sign+phone+sign, "n", 79990000001, "secret", sign+secret+sign, "more", strings.Fields(text))
		if got := out.String(); !json.Valid(out.Bytes()) || strings.Contains(got, phone[1:]) || strings.Contains(got, secret) {
			t.Errorf("got %s", got)
		}
		if json.Valid([]byte(line)) && strings.HasPrefix(line, "{") && !strings.Contains(line, "\n") {
			if got := scrub.lines(line); !json.Valid([]byte(got)) {
				t.Errorf("%q was JSON, %q is not", line, got)
			}
		}
	})
}
