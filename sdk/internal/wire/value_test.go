package wire

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCutKeepsWholeCharacters(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text  string
		limit int
		want  string
	}{
		{"short", 10, "short"}, {"жжж", 4, "жж"}, {"жжж", 5, "жж"}, {"жжж", 6, "жжж"}, {"😀", 3, ""}, {"a\xffb", 10, "a\ufffdb"}, {"", 0, ""},
	} {
		if got := Cut(test.text, test.limit); got != test.want {
			t.Errorf("Cut(%q, %d): got %q, want %q", test.text, test.limit, got, test.want)
		}
	}
}

func FuzzCut(f *testing.F) {
	f.Add("жжж", 3)
	f.Add("\xf0\x9f", 1)
	f.Fuzz(func(t *testing.T, text string, limit int) {
		limit = max(0, limit%4096)
		if got := Cut(text, limit); len(got) > limit || !utf8.ValidString(got) || !strings.HasPrefix(strings.ToValidUTF8(text, "\ufffd"), got) {
			t.Errorf("Cut(%q, %d): got %q", text, limit, got)
		}
	})
}

func TestNamesAndKeys(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"smsru": true, "a": true, "p1-sms": true, "": false, "Smsru": false, "1sms": false, "-a": false, "a_b": false, "../a": false, "смс": false,
		strings.Repeat("a", 32): true, strings.Repeat("a", 33): false,
	} {
		if ValidName(name) != want {
			t.Errorf("ValidName(%q): got %v, want %v", name, !want, want)
		}
	}
	if !ValidKey("api_id") || ValidKey("api-id") || ValidKey(strings.Repeat("a", 65)) {
		t.Error("keys are [a-z][a-z0-9_]{0,63}")
	}
	if name, known := Name(Reason_name, "REASON", Reason(99)); known || name != "" {
		t.Errorf("a number outside the enum: got %q, %v", name, known)
	}
	if Printable("a\nb") || Printable("a\x00") || Printable("\xff") || !Printable("Счёт 7") {
		t.Error("printable text holds no control characters and is UTF-8")
	}
}
