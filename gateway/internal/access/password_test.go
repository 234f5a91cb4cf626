package access_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/orderbell/orderbell/gateway/internal/access"
)

func TestWeak(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, password, user string
		want                 access.Weakness
	}{
		{"nine characters are too few", "vK7#mQ2x!", "olga", access.PasswordShort},
		{"ten characters do", "vK7#mQ2x!e", "olga", ""},
		{"characters are counted, not bytes", "ёлкаЖмёд9", "olga", access.PasswordShort},
		{"128 characters do", strings.Repeat("vK7#mQ2x", 16), "olga", ""},
		{"129 characters are too many", strings.Repeat("vK7#mQ2x", 16) + "1", "olga", access.PasswordLong},
		{"bytes that are no text", "vK7#mQ2x\xff\xfeabc", "olga", access.PasswordLong},
		{"nothing", "", "olga", access.PasswordShort},
		{"four words nobody joins", "тихий якорь варит чай", "olga", ""},
		{"four English words", "copper violin under grass", "olga", ""},
		{"digits only", "8916123456", "olga", access.PasswordCommon},
		{"a date", "24.11.2026", "olga", access.PasswordCommon},
		{"the first that is tried", "password123", "olga", access.PasswordCommon},
		{"the first in disguise", "P@ssw0rd2026!", "olga", access.PasswordCommon},
		{"the first twice", "passwordpassword", "olga", access.PasswordCommon},
		{"the first in Russian", "Пароль2026!!", "olga", access.PasswordCommon},
		{"Russian typed with the Latin layout on", "qwertyuiop1", "olga", access.PasswordCommon},
		{"a walk over the keyboard", "1qaz2wsx3edc", "olga", access.PasswordCommon},
		{"a walk over the Russian keyboard", "йцукенгшщз", "olga", access.PasswordCommon},
		{"the alphabet", "abcdefghijkl", "olga", access.PasswordCommon},
		{"one character", "aaaaaaaaaaaaaaaa", "olga", access.PasswordCommon},
		{"two characters", "abababababab", "olga", access.PasswordCommon},
		{"this product", "Orderbell2026", "olga", access.PasswordCommon},
		{"the trade", "restaurant-2026", "olga", access.PasswordCommon},
		{"words of the list together", "AdminRestoran1", "olga", access.PasswordCommon},
		{"a listed phrase", "CorrectHorseBatteryStaple", "olga", access.PasswordCommon},
		{"the user's name and digits", "gennadij2026", "Gennadij", access.PasswordNamed},
		{"the user's name twice", "olegoleg2026", "oleg", access.PasswordNamed},
		{"the user's name within much else", "gennadij drives a red tram", "Gennadij", ""},
		{"a short name hinders nobody", "vK7#mQ2x!io", "io", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := access.Weak(tt.password, tt.user); got != tt.want {
				t.Errorf("Weak(%q, %q): got %q, want %q", tt.password, tt.user, got, tt.want)
			}
		})
	}
}

func TestRandomPasswordsAreHardlyEverWeak(t *testing.T) {
	t.Parallel()
	var weak []string
	for range 2000 {
		if password := access.NewToken()[:12]; access.Weak(password, "olga") != "" {
			weak = append(weak, password) // chance walks over the keyboard, too: bcxyui45vfg3
		}
	}
	if len(weak) > 3 {
		t.Errorf("%d of 2000 are weak: %q", len(weak), weak)
	}
}

func TestCheckName(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{
		"olga": true, " Ольга Иванова ": true, "o.petrova@example.org": true, "бармен-2": true, "a": true,
		strings.Repeat("я", 64): true, strings.Repeat("я", 65): false, "": false, "   ": false,
		"olga\n": true, "ol\nga": false, "olga\u202e": false, "olga\u200b": false, "о\u0308лга": false, "<b>olga</b>": false, "ol\xffga": false, "olga'": false,
	}
	for name, want := range tests {
		if got := access.CheckName(name); got != want {
			t.Errorf("CheckName(%q): got %v, want %v", name, got, want)
		}
	}
	if access.NameKey(" ОЛЬГА ") != access.NameKey("ольга") {
		t.Error("letter case makes a different name")
	}
}

func FuzzWeak(f *testing.F) {
	for _, seed := range []string{"", "password", "P@ssw0rd2026!", "йцукен", "\xff", strings.Repeat("a", 200)} {
		f.Add(seed, "olga")
	}
	f.Fuzz(func(t *testing.T, password, user string) {
		n := utf8.RuneCountInString(password)
		if got := access.Weak(password, user); got == "" && (n < access.MinPassword || n > access.MaxPassword) {
			t.Fatalf("Weak(%q) of %d characters: none", password, n)
		}
	})
}
