package message_test

import (
	"encoding/json"
	"os"
	"strings"
	"sync"
	"testing"
	"unicode/utf16"

	"github.com/warthog618/sms"
	"github.com/warthog618/sms/encoding/tpdu"
	"pgregory.net/rapid"

	"github.com/orderbell/orderbell/gateway/internal/message"
)

// vector is one case of testdata/segments.json, which the counter of the pages is held to as well.
// Each piece is a text and how often it is repeated.
type vector struct {
	Name   string   `json:"name"`
	Pieces [][2]any `json:"pieces"`
	message.Segments
}

func (v vector) text() string {
	var out strings.Builder
	for _, piece := range v.Pieces {
		out.WriteString(strings.Repeat(piece[0].(string), int(piece[1].(float64))))
	}
	return out.String()
}

func vectors(t testing.TB) []vector {
	t.Helper()
	raw, err := os.ReadFile("testdata/segments.json")
	if err != nil {
		t.Fatal(err)
	}
	var out []vector
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestCountSegments(t *testing.T) {
	t.Parallel()
	for _, v := range vectors(t) {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			if got := message.CountSegments(v.text()); got != v.Segments {
				t.Errorf("%q: got %+v, want %+v", v.text(), got, v.Segments)
			}
			if !strings.Contains(v.text(), "\x1b") {
				checkAgainstEncoder(t, v.text())
			}
		})
	}
}

// warmEncoder lets the encoder build its tables once: it does so at first use, without a lock, and
// tests run side by side.
var warmEncoder = sync.OnceValue(func() error {
	_, err := sms.Encode([]byte("a€"))
	return err
})

// checkAgainstEncoder compares with an encoder that makes real PDUs. The one known difference is a
// raw ESC in the text, which that encoder takes for a septet of the basic table.
func checkAgainstEncoder(t interface{ Fatalf(string, ...any) }, text string) {
	if err := warmEncoder(); err != nil {
		t.Fatalf("the encoder fails: %v", err)
	}
	got := message.CountSegments(text)
	pdus, err := sms.Encode([]byte(text))
	if err != nil {
		t.Fatalf("%q: the encoder fails: %v", text, err)
	}
	units, encoding, last := 0, message.GSM7, 0
	for _, pdu := range pdus {
		last = len(pdu.UD)
		if alphabet, _ := pdu.Alphabet(); alphabet == tpdu.AlphaUCS2 {
			encoding, last = message.UCS2, last/2
		}
		units += last
	}
	if got.Parts != len(pdus) || got.Units != units || (units > 0 && got.Encoding != encoding) || got.Remaining != got.PerPart-last {
		t.Fatalf("%q: got %+v; the encoder makes %d parts of %d units in %s, the last one has %d", text, got, len(pdus), units, encoding, last)
	}
}

func TestTheCountIsThatOfAnEncoder(t *testing.T) {
	t.Parallel()
	alphabets := [][]rune{
		[]rune("ab 12"), []rune("a€[]{}~^|\\"), []rune("ая"), []rune("я🔔"), []rune("a🔔€"),
		[]rune("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCXYZÄÖÑÜ§¿abcxyzäöñüà\f^{}\\[~]|€"),
	}
	rapid.Check(t, func(t *rapid.T) {
		runes := rapid.SampledFrom(alphabets).Draw(t, "alphabet")
		length := rapid.SampledFrom([]int{1, 34, 67, 70, 76, 80, 134, 153, 160, 306, 500}).Draw(t, "about")
		checkAgainstEncoder(t, rapid.StringOfN(rapid.SampledFrom(runes), max(0, length-3), length+3, -1).Draw(t, "text"))
	})
	rapid.Check(t, func(t *rapid.T) {
		checkAgainstEncoder(t, strings.ReplaceAll(rapid.String().Draw(t, "text"), "\x1b", ""))
	})
}

func TestEveryCharacterOfThePlaneIsCountedAsTheEncoderCountsIt(t *testing.T) {
	t.Parallel()
	for r := rune(0); r < 0x3000; r++ {
		if r != 0x1b {
			checkAgainstEncoder(t, string(r))
		}
	}
}

func FuzzSegments(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(v.text())
	}
	f.Add("\xff\xfe")
	f.Fuzz(func(t *testing.T, text string) {
		got := message.CountSegments(text)
		limit := map[message.Encoding][2]int{message.GSM7: {160, 153}, message.UCS2: {70, 67}}[got.Encoding]
		wantPer := limit[0]
		if got.Parts > 1 {
			wantPer = limit[1]
		}
		switch {
		case (got.Parts == 0) != (text == ""), got.PerPart != wantPer, got.Remaining < 0, got.Remaining > got.PerPart:
			t.Fatalf("%q: got %+v", text, got)
		case got.Units+got.Remaining > max(1, got.Parts)*got.PerPart, got.Units+got.Remaining < max(1, got.Parts)*(got.PerPart-1):
			t.Fatalf("%q: %+v do not add up", text, got)
		case got.Encoding == message.UCS2 && got.Units != len(utf16.Encode([]rune(text))):
			t.Fatalf("%q: got %d units, want %d", text, got.Units, len(utf16.Encode([]rune(text))))
		}
		if !strings.Contains(text, "\x1b") {
			checkAgainstEncoder(t, text)
		}
	})
}

func BenchmarkCountSegments(b *testing.B) {
	for b.Loop() {
		message.CountSegments("Заказ 12.1 готов. Кафе «Пример»")
	}
}
