package mask

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestAPhoneNumberIsMaskedInEverySpelling(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"E.164", "to +79990000001 failed", "to +7999•••0001 failed"},
		{"without the plus sign", "to 79990000001, failed", "to 7999•••0001, failed"},
		{"without the country", "to 9990000001.", "to 999•••0001."},
		{"as it is dialled in Russia", "89990000001", "8999•••0001"},
		{"as people write it", "call 8 (999) 000-00-01!", "call 8999•••0001!"},
		{"with a plus sign as people write it", "call +7 (999) 000-00-01!", "call +7999•••0001!"},
		{"with blanks", "+7 999 000 00 01", "+7999•••0001"},
		{"with no-break blanks", "+7\u00a0999\u00a0000\u00a000\u00a001", "+7999•••0001"},
		{"with narrow ones and hyphens that do not break", "8\u202f999\u202f000\u201100\u201101", "8999•••0001"},
		{"with dashes", "8-999-000-00-01", "8999•••0001"},
		{"with wide dashes", "8 999 - 000 – 00 – 01", "8999•••0001"},
		{"with dots", "7.999.000.00.01", "7999•••0001"},
		{"brackets without blanks", "8(999)0000001", "8999•••0001"},
		{"without the country, as people write it", "(999) 000-00-01", "(999•••0001"},
		{"three groups", "999-000-0001", "999•••0001"},
		{"a blank after the country", "7 9990000001", "7 999•••0001"},
		{"of Belarus", "375 29 123-45-67", "3752•••4567"},
		{"of Ukraine", "+380 67 123 45 67", "+3806•••4567"},
		{"of Britain", "07911 123456", "0791•••3456"},
		{"of Germany", "+49 151 23456789", "+4915•••6789"},
		{"of the United States", "(212) 555-1234", "(212•••1234"},
		{"of a small country", "+376 123 456", "•••"},
		{"fifteen digits", "123456789012345", "1234•••2345"},
		{"in a URL", "https://a.example/send?to=79990000001&m=1", "https://a.example/send?to=7999•••0001&m=1"},
		{"in a URL with its plus sign", "?to=%2B79990000001&m=1", "?to=+7999•••0001&m=1"},
		{"in a URL after an escape", "?q=to%3D2129990001", "?q=to%3D212•••0001"},
		{"in a URL as people write it", "?to=%2b7%20%28999%29%20000-00-01", "?to=+7999•••0001"},
		{"as a part of a path", "/users/79990000001/texts", "/users/7999•••0001/texts"},
		{"in JSON within JSON", `{\"to\":\"\u002b79990000001\",\"text\":\"a\n2129990001\"}`, `{\"to\":\"+7999•••0001\",\"text\":\"a\n212•••0001\"}`},
		{"after letters", "to79990000001", "to7999•••0001"},
		{"after letters without the country", "tel9990000001", "tel999•••0001"},
		{"before letters", "79990000001sms", "7999•••0001sms"},
		{"behind a word with a hyphen", "phone-9990000001", "phone-999•••0001"},
		{"two with blanks between all groups", "8 999 000 00 01 8 999 000 00 02", "8999•••0002"},
		{"two in a row", "79990000001 79990000002", "7999•••0001 7999•••0002"},
		{"after a date", "2026-11-30 8 999 000 00 01", "2026-11-30 8999•••0001"},
		{"one that ends like a date", "8 99 2001-12-30", "8992•••1230"},
		{"after an address", "10.1.2.3 8 999 000 00 01", "10.1.2.3 8999•••0001"},
		{"glued to the end of a hash", "d41d8cd98f00b204e9800998ecf8427e79990000001", "d41d8cd98f00b204e9800998ecf8427e7999•••0001"},
		{"glued to its beginning", "79990000001d41d8cd98f00b204e9800998ecf8427e", "7999•••0001d41d8cd98f00b204e9800998ecf8427e"},
		{"in exponential notation", "7.9990000001e+10", "7.999•••0001e+10"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := Phones(tt.text); got != tt.want {
				t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
			}
		})
	}
}

func TestWhatIsNoPhoneNumberCanBeRead(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"nothing":                       "",
		"an order's number":             "order 123456789",
		"twenty digits":                 "12345678901234567890",
		"a message's id of sms.ru":      "202626-1000002",
		"a temporary folder":            "/tmp/orderbell-46349-3451327114/plugin-dir1242752283/plugin3966515473",
		"a temporary folder of Windows": `C:\Temp\orderbell-46349-3451327114\plugin-dir1242752283`,
		"a time":                        "2026-11-30T01:57:43.123456Z",
		"a time in Moscow":              "2026-11-30T01:57:43.123456789+03:00",
		"a time with a blank":           "2026-11-30 01:57:43",
		"a time in Russian":             "30.11.2026 01:57:43",
		"a time without signs":          "20261130015743",
		"milliseconds since 1970":       "at 1764467863123",
		"an address":                    "dial tcp 192.168.100.200:443",
		"two addresses":                 "192.168.100.200 10.20.130.140",
		"a share":                       "0.1234567890123",
		"a duration":                    "took 12.123456789s",
		"a duration from now":           "m=+12.123456789",
		"a UUID":                        "id 12345678-1234-4123-8123-123456789012",
		"a hash":                        "e3b0c44298fc1234567890a14afbf4c8",
		"a pointer":                     "main.send(0xc000123456789)",
		"a line of a stack":             "/usr/lib/go/src/net/http/server.go:3210 +0x1d",
		"a version":                     "go1.26.8 v0.0.0-20260917113740-abcdef012345",
		"an amount":                     "12 345,67",
	} {
		if got := Phones(text); got != text {
			t.Errorf("%s: got %q, want %q", name, got, text)
		}
	}
}

// manners are how a number, of eleven digits, may be written.
func manners(n string) []string {
	people := n[:1] + " (" + n[1:4] + ") " + n[4:7] + "-" + n[7:9] + "-" + n[9:]
	list := []string{n, "+" + n, n[1:], people, "+" + people, url.PathEscape("+" + people), url.QueryEscape("+" + n)}
	for _, sign := range []string{" ", "-", ".", "\u00a0"} {
		for _, groups := range [][]string{
			{n[:1], n[1:4], n[4:7], n[7:9], n[9:]}, {n[1:4], n[4:7], n[7:9], n[9:]}, {n[:1], n[1:4], n[4:]}, {n[:4], n[4:7], n[7:]},
		} {
			spelt := strings.Join(groups, sign)
			list = append(list, spelt, "+"+spelt)
		}
	}
	return list
}

// FuzzPhones puts a Russian mobile number, in each spelling, between whatever does not run into it.
func FuzzPhones(f *testing.F) {
	f.Add(uint64(9990000001), "to ", " failed")
	f.Add(uint64(9261234567), `{"to":"`, `"}`)
	f.Add(uint64(9001112233), "2026-11-30 ", ", 192.168.100.200")
	f.Add(uint64(9001112233), "/tmp/orderbell-1-", "/x")
	f.Fuzz(func(t *testing.T, subscriber uint64, before, after string) {
		number := fmt.Sprintf("79%09d", subscriber%1e9)
		for _, spelt := range manners(number) {
			// What stands around it has no signs with which it would be another number, or a part of a hash.
			text := strings.TrimRight(before, ".+-0123456789abcdefABCDEF") + spelt + strings.TrimLeft(after, "0123456789abcdefABCDEF")
			got := Phones(text)
			if bare := strings.Map(onlyDigits, got); strings.Contains(bare, number[1:]) && !strings.Contains(strings.Map(onlyDigits, before+"x"+after), number[1:]) {
				t.Errorf("%q: got %q, which holds the number", text, got)
			}
			if again := Phones(got); strings.Count(again, Sign) < strings.Count(got, Sign) {
				t.Errorf("%q: got %q, then %q", text, got, again)
			}
		}
	})
}

// onlyDigits keeps digits, and the mask: what stands around it is not one number.
func onlyDigits(r rune) rune {
	if r >= '0' && r <= '9' || r == '•' {
		return r
	}
	return -1
}

func TestALongTextIsSearchedSoon(t *testing.T) {
	t.Parallel()
	for name, piece := range map[string]string{
		"groups": "12-34 ", "a hash": "1234567890abcdef", "dashes": "1-", "long numbers": "79990000001 ", "brackets": "1((((",
	} {
		text := strings.Repeat(piece, 1<<18/len(piece))
		began := time.Now()
		Phones(text)
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("256 KiB of %s took %v", name, took)
		}
	}
}

func BenchmarkPhones(b *testing.B) {
	line := `{"@level":"info","@message":"sent","@timestamp":"2026-11-30T01:57:43.123456Z","to":"+79990000001","took":"` + strconv.Itoa(123) + `ms"}`
	b.SetBytes(int64(len(line)))
	for b.Loop() {
		Phones(line)
	}
}
