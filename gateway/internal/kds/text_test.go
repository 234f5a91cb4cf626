package kds_test

import (
	"testing"

	"github.com/orderbell/orderbell/gateway/internal/kds"
)

func TestABodyIsShownInItsOwnEncoding(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, text, encoding string }{
		"plain":                {"<a>Борщ</a>", "<a>Борщ</a>", "utf-8"},
		"with a mark":          {"\xEF\xBB\xBF<a/>", "<a/>", "utf-8"},
		"windows-1251":         {"<?xml version=\"1.0\" encoding=\"windows-1251\"?><a>\xC1</a>", "<?xml version=\"1.0\" encoding=\"windows-1251\"?><a>Б</a>", "windows-1251"},
		"utf-16 with a mark":   {"\xFF\xFE<\x00a\x00", "<a", "utf-16le"},
		"utf-16 without one":   {"\x00<\x00a", "<a", "utf-16be"},
		"nothing":              {"", "", "utf-8"},
		"no text":              {"\x89PNG\x0d\x0a\x1a\x0a\x00\x00", "", ""},
		"utf-8 that is broken": {"<a>\xC1</a>", "", ""},
	} {
		text, encoding, ok := kds.Text([]byte(c.body))
		if text != c.text || encoding != c.encoding || ok != (c.encoding != "") {
			t.Errorf("%s: %q in %q, %v; want %q in %q", name, text, encoding, ok, c.text, c.encoding)
		}
	}
}
