package sdk

import (
	"strings"
	"testing"
)

func TestAmountsAreExact(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"4122.56": "4122.56 RUB", "1000": "1000.00 RUB", "1000.0": "1000.00 RUB", "-0.5": "-0.50 RUB", " 0.1 ": "0.10 RUB", ".5": "0.50 RUB",
		"0": "0.00 RUB", "0.123456789123": "0.123456789 RUB", "-12.345": "-12.345 RUB", "4611686018427387903": "4611686018427387903.00 RUB",
	} {
		if got, err := ParseMoney(text, "RUB"); err != nil || got.String() != want {
			t.Errorf("%q: got %v, %v, want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "-", ".", "1,5", "1e3", "1 000", "NaN", "--1", "+1", "1.-5", "4611686018427387904", "0x10", "null"} {
		if got, err := ParseMoney(text, "RUB"); err == nil {
			t.Errorf("%q: got %v, want an error", text, got)
		}
	}
}

func FuzzParseMoney(f *testing.F) {
	for _, seed := range []string{"1.5", "-1.5", "0.000000001", "99999999999999999999", "1.2.3", "٣"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := ParseMoney(text, "RUB")
		if err != nil {
			return
		}
		again, err := ParseMoney(strings.TrimSuffix(m.String(), " RUB"), "RUB")
		if err != nil || again != m {
			t.Errorf("%q: got %v, then %v, %v", text, m, again, err)
		}
	})
}

func TestEveryReasonIsExplainedInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, r := range Reasons() {
		for _, text := range []Text{r.Sentence(), r.Cure()} {
			if text.EN == "" || text.RU == "" || text.EN == text.RU {
				t.Errorf("%s: got %+v", r, text)
			}
		}
	}
	if Reason("MOOD").Known() || !NoMoney.Known() {
		t.Error("known reasons are not told from others")
	}
}
