package cli

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestOneLineMakesATextFitForATerminal(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		n          int
		want       string
	}{
		{"plain text stays", "Заказ 12.1 готов!", 40, "Заказ 12.1 готов!"},
		{"nothing", "", 5, ""},
		{"a line break becomes a space", "one\r\ntwo\nthree", 40, "one  two three"},
		{"an escape sequence loses its power", "\x1b[2J\x1b]0;title\x07text", 40, " [2J ]0;title text"},
		{"a tab would break the table", "a\tb\vc\fd", 40, "a b c d"},
		{"a backspace and a delete", "a\bb\x7fc", 40, "a b c"},
		{"the second set of control characters", "a\u0085b\u009b31mc", 40, "a b 31mc"},
		{"characters that turn the text around", "a\u202eb\u202dc\u2066d\u2069e", 40, "a b c d e"},
		{"a mark of direction and a line separator", "a\u200fb\u061cc\u2028d\u2029e", 40, "a b c d e"},
		{"a text of just that length stays", "привет", 6, "привет"},
		{"a longer one is cut by characters, not bytes", "приветик", 6, "приве…"},
		{"cut to one character", "привет", 1, "…"},
		{"an emoji is one character", "😀😀😀", 2, "😀…"},
		{"a no-break space and a soft hyphen stay", "5\u00a0000\u00ad", 40, "5\u00a0000\u00ad"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := oneLine(tt.text, tt.n); got != tt.want {
				t.Errorf("oneLine(%q, %d): got %q, want %q", tt.text, tt.n, got, tt.want)
			}
		})
	}
}

func FuzzOneLine(f *testing.F) {
	for _, text := range []string{"", "привет", "\x1b[31m", "\xff\xfe", strings.Repeat("a\u202e", 50)} {
		f.Add(text, 10)
	}
	f.Fuzz(func(t *testing.T, text string, n int) {
		if n < 1 || n > 1000 {
			return
		}
		got := oneLine(text, n)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > n {
			t.Errorf("oneLine(%q, %d): got %q, want valid text of at most %d characters", text, n, got, n)
		}
		for _, r := range got {
			if r < 0x20 || (r >= 0x7f && r < 0xa0) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp) {
				t.Errorf("oneLine(%q, %d): got %q with %U", text, n, got, r)
			}
		}
	})
}
