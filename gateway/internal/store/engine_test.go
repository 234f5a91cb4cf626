package store

import (
	"testing"
	"time"
)

func TestVersionsAreComparedByTheirNumbers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		version string
		want    bool
	}{{"3.51.3", true}, {"3.54.1", true}, {"4.0", true}, {"3.51.2", false}, {"3.9.99", false}, {"3.51", false}, {"", false}} {
		if got := atLeast(c.version, minSQLite); got != c.want {
			t.Errorf("atLeast(%q) = %v, want %v", c.version, got, c.want)
		}
	}
}

func TestNetworkSharesAreToldFromLocalDisks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		magic int64
		name  string
		want  verdict
	}{
		{0x6969, "nfs", remote}, {0xFF534D42, "cifs", remote}, {-0xACB2BE, "cifs", remote}, {0xFE534D42, "smb2", remote},
		{0x01021997, "9p", suspect}, {0x65735546, "fuse", suspect}, {0xEF53, "", local}, {0x01021994, "", local},
	} {
		if name, got := shareKind(c.magic); got != c.want || name != c.name {
			t.Errorf("shareKind(%#x) = %q %v, want %q %v", c.magic, name, got, c.name, c.want)
		}
	}
}

func TestEveryKindHasWordsInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, k := range []Kind{
		ErrBusy, ErrClosed, ErrReadOnly, ErrLocked, ErrNewerSchema, ErrOlderSchema, ErrCorrupt, ErrFull, ErrIO,
		ErrNetworkShare, ErrUnsafe, ErrAmbiguous, ErrNotFound, ErrNotAllowed, ErrTaken, ErrNoOrder,
	} {
		f := &Fault{Kind: k, Path: "P"}
		en, ru := f.Sentence("en"), f.Sentence("ru")
		if en == ru || len(en) < 5 || en == string(k) && k != ErrNotFound {
			t.Errorf("%s: %q and %q", k, en, ru)
		}
	}
}

func TestIdentifiersOnlyIncrease(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
	ids := newIdentifiers(func() time.Time { at = at.Add(-time.Second); return at })
	last := "01ZZZZZZZZZZZZZZZZZZZZZZZZ"
	ids.after(last)
	for range 1000 {
		id := ids.next()
		if id <= last {
			t.Fatalf("%s after %s", id, last)
		}
		last = id
	}
}

func TestInListsPadWithoutRepeatingOrForgetting(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 2, 5, 64, 127, 128, 129, 300} {
		values := make([]string, n)
		for i := range values {
			values[i] = string(rune('a' + i))
		}
		seen, widths := map[any]bool{}, map[int]bool{}
		_ = inLists(values, 3, func(_ string, args []any) error {
			for _, a := range args {
				seen[a] = true
			}
			widths[len(args)] = true
			return nil
		})
		if len(seen) != n || len(widths) > 2 {
			t.Errorf("%d values: %d seen in lists of %v", n, len(seen), widths)
		}
	}
}
