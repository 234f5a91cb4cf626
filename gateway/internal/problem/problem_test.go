package problem

import (
	"net/http"
	"strings"
	"testing"
)

// TestEveryCodeIsWorded holds that each code has a status and four texts of its own.
func TestEveryCodeIsWorded(t *testing.T) {
	t.Parallel()
	seen := map[string]Code{}
	for _, code := range Codes() {
		w := code.Words()
		if w.Status < 400 || w.Status > 599 {
			t.Errorf("%s has status %d", code, w.Status)
		}
		if (w.Status == http.StatusUnauthorized) != (w.Challenge != "") {
			t.Errorf("%s: status %d with challenge %q", code, w.Status, w.Challenge)
		}
		for _, text := range []string{w.titleRU, w.titleEN, w.detailRU, w.detailEN} {
			if other, taken := seen[text]; text == "" || taken {
				t.Errorf("%s: text %q is empty or that of %q", code, text, other)
			}
			seen[text] = code
		}
		if strings.ContainsAny(w.titleEN+w.detailEN, "абвгдежзиклмнопрстуфхцчшщыэюя") || !strings.ContainsAny(w.titleRU, "аеиоуыя") {
			t.Errorf("%s: languages are mixed: %+v", code, w)
		}
	}
}

func TestLanguages(t *testing.T) {
	t.Parallel()
	tests := []struct{ header, want string }{
		{"", "ru"},
		{"ru", "ru"},
		{"en", "en"},
		{"en-GB,en;q=0.9", "en"},
		{"EN-us", "en"},
		{"de", "ru"},
		{"de,en;q=0.1", "en"},
		{"de;q=1, en;q=0.5, ru;q=0.7", "ru"},
		{"ru;q=0.5,en;q=0.8", "en"},
		{"ru;q=0.8,en;q=0.8", "ru"},
		{"en;q=0.8,ru;q=0.8", "en"},
		{"en;q=0", "ru"},
		{"ru;q=0, en;q=0.1", "en"},
		{"*", "ru"},
		{"*;q=0.5, en", "en"},
		{"en ; q = 0.9 , ru ; q=0.1", "en"},
		{"en;q=abc, ru;q=0.1", "ru"},
		{"en;q=2", "ru"},
		{"en;q=NaN", "ru"},
		{"en;level=1", "ru"},
		{"ru-RU,ru;q=0.9,en-US;q=0.8,en;q=0.7", "ru"},
		{",,,en", "en"},
		{";q=1", "ru"},
		{"english", "ru"},
		{strings.Repeat("de,", 30) + "en", "ru"},
		{strings.Repeat("x", 100_000), "ru"},
	}
	for _, test := range tests {
		if got := Language(test.header); got != test.want {
			t.Errorf("Accept-Language %.60q = %s, want %s", test.header, got, test.want)
		}
	}
}

func FuzzAcceptLanguage(f *testing.F) {
	for _, seed := range []string{"", "en", "ru;q=0.5,en;q=0.8", "*;q=0", "en;q=1e-400", "en;q=0x1p-2", ",;=", "\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		got := Language(header)
		if got != "ru" && got != "en" {
			t.Fatalf("Accept-Language %q = %q, want ru or en", header, got)
		}
		if got == "en" && !strings.Contains(strings.ToLower(header), "en") {
			t.Fatalf("Accept-Language %q = en, which it does not name", header)
		}
		if again := Language(header + ", fr;q=0.9"); len(header) < 400 && strings.Count(header, ",") < 15 && again != got {
			t.Fatalf("Accept-Language %q = %s, but %s with a language that we do not speak", header, got, again)
		}
	})
}
