package contact_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/orderbell/orderbell/gateway/internal/contact"
)

// The Belarusian number is the example number of phonenumbers, for 29 000 is not assigned there.
func TestParsePhoneTakes(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, region, want string }{
		{"a number with eight and brackets", "8 (999) 000-00-01", "", "+79990000001"},
		{"ten digits", "9990000001", "", "+79990000001"},
		{"E.164", "+79990000001", "", "+79990000001"},
		{"seven without a plus", "79990000001", "", "+79990000001"},
		{"a double zero for the plus", "0079990000001", "", "+79990000001"},
		{"the Russian way abroad, 810", "810375294911911", "", "+375294911911"},
		{"dots", "8.999.000.00.01", "", "+79990000001"},
		{"dashes of a word processor", "+7 999 000–00–01", "", "+79990000001"},
		{"no-break spaces", "8\u00a0999\u00a0000\u00a000\u00a001", "", "+79990000001"},
		{"thin and narrow spaces and a tab", "8\u2009999\u202f000\t0001", "", "+79990000001"},
		{"space around", "  +7 999 000 00 01 \r\n", "", "+79990000001"},
		{"full-width digits", "＋７９９９０００００01", "", "+79990000001"},
		{"Arabic-Indic digits", "٩٩٩٠٠٠٠٠٠١", "", "+79990000001"},
		{"extended Arabic-Indic digits", "۹۹۹۰۰۰۰۰۰۱", "", "+79990000001"},
		{"the marks of a phone book around it", "\u202a+79990000001\u202c", "", "+79990000001"},
		{"Belarus", "+375 29 491-19-11", "", "+375294911911"},
		{"Kazakhstan with its plus", "+7 701 000 00 01", "", "+77010000001"},
		{"Kazakhstan with an eight", "8 701 000 00 01", "", "+77010000001"},
		{"the Crimean code", "+7 978 000 00 01", "", "+79780000001"},
		{"the Abkhazian mobile code", "+7 940 000 00 01", "", "+79400000001"},
		{"Kyrgyzstan", "+996 555 000 001", "", "+996555000001"},
		{"a plan that does not tell mobile from landline", "+1 202 555 0123", "", "+12025550123"},
		{"a Belarusian number at home", "80294911911", "BY", "+375294911911"},
		{"a region in lower case", "80294911911", "by", "+375294911911"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := contact.ParsePhone(tt.text, tt.region)
			if err != nil || got.Reveal() != tt.want {
				t.Errorf("ParsePhone(%q, %q): got %q, %v, want %q", tt.text, tt.region, got.Reveal(), err, tt.want)
			}
		})
	}
}

func TestParsePhoneRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       contact.PhoneCode
	}{
		{"nothing", "", contact.PhoneEmpty},
		{"space", " \t ", contact.PhoneEmpty},
		{"a zero", "0", contact.PhoneEmpty},
		{"all zeros", "0000000000", contact.PhoneEmpty},
		{"a plus alone", "+", contact.PhoneEmpty},
		{"the word no", "нет", contact.PhoneLetters},
		{"null", "null", contact.PhoneLetters},
		{"a vanity number", "+7999CALLNOW", contact.PhoneLetters},
		{"words before the number", "тел. 9990000001", contact.PhoneLetters},
		{"words after the number", "9990000001 Аня", contact.PhoneLetters},
		{"a scheme", "tel:+79990000001", contact.PhoneLetters},
		{"an extension in Russian", "9990000001 доб. 12", contact.PhoneExtension},
		{"an extension in English", "9990000001 ext 12", contact.PhoneExtension},
		{"an extension with x", "+79990000001x5", contact.PhoneExtension},
		{"an extension with a hash", "+79990000001#5", contact.PhoneExtension},
		{"a comma between two", "+79990000001,+79990000002", contact.PhoneTwo},
		{"a slash between two", "9990000001/9990000002", contact.PhoneTwo},
		{"a line break between two", "9990000001\n9990000002", contact.PhoneTwo},
		{"a space between two", "79990000001 89990000002", contact.PhoneTwo},
		{"a plus between two", "+79990000001 +79990000002", contact.PhoneTwo},
		{"a word between two", "9990000001 или 9990000002", contact.PhoneTwo},
		{"a slash and another ending", "+7 999 000 00 01/02", contact.PhoneStray},
		{"a plus in the middle", "7+999", contact.PhoneStray},
		{"two pluses", "++79990000001", contact.PhoneStray},
		{"markup", "<b>9990000001", contact.PhoneStray},
		{"a query", "'; 9990000001", contact.PhoneStray},
		{"a phone context", "9990000001;=7", contact.PhoneStray},
		{"a zero-width space inside", "9990\u200b000001", contact.PhoneInvisible},
		{"an override inside", "9990\u202e000001", contact.PhoneInvisible},
		{"an override around", "\u202e1000000999\u202c", contact.PhoneInvisible},
		{"a byte order mark inside", "9990\ufeff000001", contact.PhoneInvisible},
		{"a soft hyphen inside", "9990\u00ad000001", contact.PhoneInvisible},
		{"NUL", "9990000001\x00", contact.PhoneInvisible},
		{"broken UTF-8", "999000\xff0001", contact.PhoneInvisible},
		{"nine digits", "999000000", contact.PhoneTooShort},
		{"an emergency number", "112", contact.PhoneTooShort},
		{"a bank's short number", "900", contact.PhoneTooShort},
		{"one digit missing", "8999000001", contact.PhoneUnassigned},
		{"one digit too many", "899900000011", contact.PhoneUnassigned},
		{"sixteen digits", "8999000000111111", contact.PhoneTooLong},
		{"a novel", strings.Repeat("9", 200), contact.PhoneTooLong},
		{"no such code", "+7 000 000 00 01", contact.PhoneUnassigned},
		{"no such country", "+8 999 000 00 01", contact.PhoneUnassigned},
		{"a Moscow landline", "8 (495) 000-00-01", contact.PhoneLandline},
		{"an Abkhazian landline", "+7 840 200 00 01", contact.PhoneLandline},
		{"toll-free", "8 800 000 00 01", contact.PhoneService},
		{"premium", "+7 809 000 00 01", contact.PhoneService},
		{"international toll-free", "+800 0000 0001", contact.PhoneService},
		{"a foreign number without its plus", "375294911911", contact.PhoneNeedsPlus},
		{"ten nines", "9999999999", contact.PhoneFiller},
		{"all sevens", "+77777777777", contact.PhoneFiller},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := contact.ParsePhone(tt.text, "RU")
			var fault *contact.PhoneError
			if !errors.As(err, &fault) || fault.Code != tt.want || !got.IsZero() {
				t.Fatalf("ParsePhone(%q): got %q, %v, want the code %q", tt.text, got.Reveal(), err, tt.want)
			}
			if !errors.Is(err, contact.ErrNoPhone) {
				t.Errorf("ParsePhone(%q): %v does not wrap ErrNoPhone", tt.text, err)
			}
			for _, shown := range []string{err.Error(), fault.Sentence("ru"), fault.Sentence("en"), fmt.Sprintf("%#v", fault)} {
				if strings.ContainsAny(shown, "0123456789") || (len(tt.text) > 4 && strings.Contains(shown, tt.text)) {
					t.Errorf("ParsePhone(%q): the error %q holds a part of the text", tt.text, shown)
				}
			}
		})
	}
}

func TestThePlaceholderNumbersOfExamplesAreMobileNumbers(t *testing.T) {
	t.Parallel()
	for i := range 100 {
		text := fmt.Sprintf("+7999000%04d", i)
		if got, err := contact.ParsePhone(text, ""); err != nil || got.Reveal() != text {
			t.Errorf("ParsePhone(%q): got %q, %v", text, got.Reveal(), err)
		}
	}
}

func TestEachPhoneCodeHasItsOwnSentences(t *testing.T) {
	t.Parallel()
	seen := map[string]contact.PhoneCode{}
	for _, code := range append(contact.PhoneCodes(), "a code of tomorrow") {
		for _, lang := range []string{"ru-RU", "en"} {
			got := (&contact.PhoneError{Code: code}).Sentence(lang)
			if other, taken := seen[got]; got == "" || taken {
				t.Errorf("the sentence of %q in %s: got %q, the same as that of %q", code, lang, got, other)
			}
			seen[got] = code
		}
	}
}

func FuzzPhone(f *testing.F) {
	for _, seed := range []string{"8 (999) 000-00-01", "+375294911911", "007", "＋７٩۹", "9990000001 доб. 1", "\u202a+7\u202c", "+", "tel:", "\xff", "810375294911911",
		"+39 06 0000 0001", "+54 9 11 0000 0001", "*#06#", "+7 (999", "1e9", "-79990000001", "+1;ext=1"} {
		f.Add(seed, "RU")
		f.Add(seed, "BY")
	}
	f.Fuzz(func(t *testing.T, text, region string) {
		got, err := contact.ParsePhone(text, region)
		if err != nil {
			var fault *contact.PhoneError
			if !errors.As(err, &fault) || fault.Sentence("ru") == "" || !got.IsZero() {
				t.Fatalf("ParsePhone(%q, %q): got %v, %v, want no phone and a *PhoneError", text, region, got.Reveal(), err)
			}
			return
		}
		number := got.Reveal()
		if len(number) < 8 || len(number) > 16 || number[0] != '+' || strings.Trim(number[1:], "0123456789") != "" {
			t.Fatalf("ParsePhone(%q, %q): got %q, which is no E.164", text, region, number)
		}
		if again, err := contact.ParsePhone(number, region); err != nil || again != got {
			t.Fatalf("ParsePhone(%q): its own result %q is read as %q, %v", text, number, again.Reveal(), err)
		}
	})
}

func BenchmarkParsePhone(b *testing.B) {
	for b.Loop() {
		if _, err := contact.ParsePhone("8 (999) 000-00-01", ""); err != nil {
			b.Fatal(err)
		}
	}
}
