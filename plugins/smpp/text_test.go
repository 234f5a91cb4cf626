package main

import (
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/linxGnu/gosmpp/data"
	"github.com/warthog618/sms"
	"github.com/warthog618/sms/encoding/gsm7"
	"pgregory.net/rapid"
)

func TestEachTextHasItsAlphabet(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, charset, text string
		coding              byte
		parts               int
	}{
		{"plain Latin", "gsm7", "Order 17 is ready", 0, 1},
		{"an empty text", "gsm7", "", 0, 1},
		{"Cyrillic", "gsm7", "Заказ 17 готов", 8, 1},
		{"a single Cyrillic letter that looks Latin", "gsm7", "Cafе", 8, 1},
		{"160 characters", "gsm7", strings.Repeat("a", 160), 0, 1},
		{"161 characters", "gsm7", strings.Repeat("a", 161), 0, 2},
		{"80 euros are 160 septets", "gsm7", strings.Repeat("€", 80), 0, 1},
		{"81 euros", "gsm7", strings.Repeat("€", 81), 0, 2},
		{"306 characters", "gsm7", strings.Repeat("a", 306), 0, 2},
		{"307 characters", "gsm7", strings.Repeat("a", 307), 0, 3},
		{"an escape that straddles the end of a part", "gsm7", strings.Repeat("a", 152) + "€" + strings.Repeat("a", 152), 0, 3},
		{"70 Cyrillic letters", "gsm7", strings.Repeat("я", 70), 8, 1},
		{"71 Cyrillic letters", "gsm7", strings.Repeat("я", 71), 8, 2},
		{"134 Cyrillic letters", "gsm7", strings.Repeat("я", 134), 8, 2},
		{"135 Cyrillic letters", "gsm7", strings.Repeat("я", 135), 8, 3},
		{"35 pictures are 70 units", "gsm7", strings.Repeat("🍕", 35), 8, 1},
		{"a pair that straddles the end of a part", "gsm7", strings.Repeat("я", 66) + "🍕" + strings.Repeat("я", 66), 8, 3},
		{"a backtick is not in GSM 03.38", "gsm7", "`", 8, 1},
		{"Latin-1 takes é", "latin1", "Café", 0, 1},
		{"Latin-1 has no euro", "latin1", "5 €", 8, 1},
		{"what is in Latin-1 but not in GSM 03.38", "latin1", "São", 8, 1},
		{"ASCII has no é", "ascii", "Café", 8, 1},
		{"brackets count twice in ASCII, too", "ascii", strings.Repeat("[", 81), 0, 2},
		{"always UCS-2", "ucs2", "Order 17", 8, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := alphabetFor(test.text, test.charset)
			parts := a.split(test.text)
			if a.coding.DataCoding() != test.coding || len(parts) != test.parts {
				t.Errorf("got data_coding %d and %d parts, want %d and %d", a.coding.DataCoding(), len(parts), test.coding, test.parts)
			}
		})
	}
}

// The library's table is compared with another one, character by character.
func TestTheDefaultAlphabetIsGSM0338(t *testing.T) {
	t.Parallel()
	for r := rune(0); r < 0x3000; r++ {
		if r == 0x1B {
			continue // the escape is no character of its own
		}
		text := string(r)
		want, err := gsm7.Encode([]byte(text))
		got, err2 := data.GSM7BIT.Encode(text)
		if (err == nil) != (err2 == nil) || string(got) != string(want) {
			t.Errorf("%U: got % x, %v, want % x, %v", r, got, err2, want, err)
		}
	}
}

func TestPartsAreWholeAndFit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(
			rapid.StringOfN(rapid.RuneFrom([]rune("ab€{}[]~^|é ")), 0, 700, -1),
			rapid.StringOfN(rapid.RuneFrom([]rune("яё🍕a€ ")), 0, 400, -1),
		).Draw(t, "text")
		charset := rapid.SampledFrom([]string{"gsm7", "latin1", "ascii", "ucs2"}).Draw(t, "charset")
		a := alphabetFor(text, charset)
		parts := a.split(text)
		if strings.Join(parts, "") != text {
			t.Fatalf("the parts are %q, want them to make %q", parts, text)
		}
		for i, part := range parts {
			body, err := a.coding.Encode(part)
			if err != nil {
				t.Fatal(err)
			}
			limit := a.part
			if len(parts) == 1 {
				limit = a.whole
			}
			if len(body) > limit {
				t.Errorf("part %d has %d octets, more than %d", i+1, len(body), limit)
			}
			if a.coding.DataCoding() == 8 {
				if units := utf16.Encode([]rune(part)); len(units) > 0 && units[0] >= 0xDC00 && units[0] <= 0xDFFF {
					t.Errorf("part %d begins within a pair", i+1)
				}
				continue
			}
			if n := len(body); n > 0 && body[n-1] == 0x1B {
				t.Errorf("part %d ends within an escape sequence", i+1)
			}
		}
		if charset == "gsm7" {
			wantCount(t, text, len(parts))
		}
	})
}

// wantCount compares with an independent encoder, which packs as tightly.
func wantCount(t *rapid.T, text string, got int) {
	t.Helper()
	if text == "" {
		return // it makes none of it
	}
	units, err := sms.Encode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if got != len(units) {
		t.Errorf("got %d parts, want %d", got, len(units))
	}
}
