package store

import (
	"strings"
	"testing"

	"github.com/orderbell/orderbell/gateway/internal/kds"
)

func TestTheStoredKeyOfADatedEventBeginsWithItsTime(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		body  string
		dated bool
		want  string
	}{
		{`<a RestCode="1" DateTime="2026-05-20T09:00:03" Situation="1">`, true, "20260520090003:ff"},
		{`<a DateTime="2026-05-20T09:00:03" seqnumber="66" guid="x">`, true, "20260520090003.0000000066:ff"},
		{`<a seqnumber="1234567890" DateTime="2026-05-20T09:00:03">`, true, "20260520090003.1234567890:ff"},
		{`<a seqnumber="12345678901" DateTime="2026-05-20T09:00:03">`, true, "20260520090003:ff"},
		{`<a seqnumber="-1" DateTime="2026-05-20T09:00:03">`, true, "20260520090003:ff"},
		{`<a seqnumber="" DateTime="2026-05-20T09:00:03">`, true, "20260520090003:ff"},
		{`<a DateTime="2026-05-20T09:00:03" seqnumber="6`, true, "20260520090003:ff"},
		{`<a seqnumber="66">`, true, "ff"},
		{`{"occurred_at": "2026-05-20T09:00:03.250+03:00"}`, true, "20260520090003:ff"},
		{`<a DateTime="2026-05-20">`, true, "20260520:ff"},
		{`<a DateTime="2026-05-20T09:00:03">`, false, "ff"},
		{`<a DateTime="now" guid="12345678901234">`, true, "ff"},
		{`<a DateTime="">`, true, "ff"},
		{`<a>` + strings.Repeat(" ", 2000) + `DateTime="2026-05-20T09:00:03"`, true, "ff"},
		{`DateTime="20`, true, "ff"},
		{``, true, "ff"},
	} {
		key := storedKey(kds.Event{Body: []byte(c.body), Key: kds.Key{Hash: "ff", Dated: c.dated}})
		if key != c.want {
			t.Errorf("key of %.60q is %q, want %q", c.body, key, c.want)
		}
		for _, stored := range []string{key, key + keyGiven + "01ARZ"} {
			if hash := keyHash(stored); hash != "ff" {
				t.Errorf("hash of %q is %q", stored, hash)
			}
		}
	}
}

func FuzzStoredKey(f *testing.F) {
	f.Add([]byte(`<a DateTime="2026-05-20T09:00:03">`), "ab12")
	f.Add([]byte(`{"occurred_at":"x"}`), "00")
	f.Fuzz(func(t *testing.T, body []byte, hash string) {
		if strings.ContainsAny(hash, keyTimed+keyGiven) {
			t.Skip("a hash is hex")
		}
		e := kds.Event{Body: body, Key: kds.Key{Hash: hash, Dated: true}}
		if got := keyHash(storedKey(e)); got != hash {
			t.Errorf("hash of %q with %q comes back as %q", body, hash, got)
		}
	})
}
