package store

import (
	"bytes"
	"strings"
	"testing"
)

func TestABodyComesBackAsItWasStored(t *testing.T) {
	t.Parallel()
	for name, body := range map[string][]byte{
		"nothing":           {},
		"a short one":       []byte("<a/>"),
		"one full of names": []byte(strings.Repeat(`<Dish name="Борщ" kdsstate="3"/>`, 60)),
		"bytes of no sense": bytes.Repeat([]byte{0, 0xff, 0x1f, 7, 93, 4}, 100),
		"one just too long": bytes.Repeat([]byte("x"), packFrom),
	} {
		form, stored := packBody(body)
		back, err := unpackBody(form, stored)
		if err != nil || !bytes.Equal(back, body) {
			t.Errorf("%s: stored in form %d as %d bytes, got back %d of %d bytes, %v", name, form, len(stored), len(back), len(body), err)
		}
	}
	long := []byte(strings.Repeat(`<Dish name="Борщ" kdsstate="3"/>`, 60))
	if form, stored := packBody(long); form != bodyS2 || len(stored) > len(long)/3 {
		t.Errorf("%d bytes full of names: got form %d and %d bytes, want them packed", len(long), form, len(stored))
	}
}

func TestASpoiltStoredBodyIsAnError(t *testing.T) {
	t.Parallel()
	_, good := packBody([]byte(strings.Repeat("kdsstate ", 100)))
	for name, tt := range map[string]struct {
		form   int
		stored []byte
	}{
		"a form of a later program":   {7, good},
		"a block that was cut":        {bodyS2, good[:len(good)-1]},
		"an empty block":              {bodyS2, nil},
		"a block that claims 4 GiB":   {bodyS2, []byte{0xff, 0xff, 0xff, 0xff, 0x0f, 0}},
		"a length that does not end":  {bodyS2, bytes.Repeat([]byte{0xff}, 12)},
		"a block of somebody's words": {bodyS2, []byte("<a>plain text</a>")},
	} {
		if body, err := unpackBody(tt.form, tt.stored); err == nil {
			t.Errorf("%s: got %d bytes and no error", name, len(body))
		}
	}
}

func FuzzUnpackBody(f *testing.F) {
	_, packed := packBody([]byte(strings.Repeat("kdsstate ", 100)))
	f.Add(bodyS2, packed)
	f.Add(bodyPlain, []byte("<a/>"))
	f.Fuzz(func(t *testing.T, form int, stored []byte) {
		body, err := unpackBody(form, stored)
		if err == nil && len(body) > max(bodyMax, len(stored)) {
			t.Errorf("form %d, %d bytes: got %d bytes", form, len(stored), len(body))
		}
	})
}
