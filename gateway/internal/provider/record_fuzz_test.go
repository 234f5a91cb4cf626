package provider

import (
	"encoding/json"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// FuzzRecord reads manifest.json files of others: no panic, and what is taken names a file in its own
// folder and survives being written.
func FuzzRecord(f *testing.F) {
	sum := strings.Repeat("0a", 32)
	for _, seed := range []string{
		`{"name":"acme","version":"1.0.0","sdk":"0.1.0","protocol":1,"file":"orderbell-provider-acme","sha256":"` + sum + `","size":1,"added":"2026-11-29T08:00:00Z","manifest":{"name":"acme","version":"1.0.0","title":{"en":"A","ru":"А"},"capabilities":{},"settings":[]}}`,
		`{"name":"..","version":"1","file":"orderbell-provider-..","sha256":"` + sum + `","manifest":{"name":"..","version":"1"}}`,
		`{"name":"a/b","version":"1","file":"orderbell-provider-a/b","sha256":"` + sum + `","manifest":{"name":"a/b","version":"1"}}`,
		`{"version":"bundled"}`, `{}`, `[]`, `null`, `{"sha256":1}`, "{", "", "\xff",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := parseInstalled(data)
		if err != nil {
			return
		}
		if filepath.Base(v.File) != v.File || filepath.Base(v.Version) != v.Version || len(v.sum) != 32 {
			t.Errorf("taken: %+v", v)
		}
		again, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		back, err := parseInstalled(again)
		if err != nil || back.Sum != v.Sum || !reflect.DeepEqual(back.Program(), v.Program()) {
			t.Errorf("written and read: %+v, %v, want %+v", back, err, v)
		}
	})
}

// FuzzPins reads pins.json files of others: no panic, and a pin that is taken is a version and a sum.
func FuzzPins(f *testing.F) {
	for _, seed := range []string{
		`{"pins":{"acme":{"version":"1.0.0","sha256":"` + strings.Repeat("0a", 32) + `"}}}`,
		`{"pins":{"acme":{"version":"../1","sha256":"` + strings.Repeat("0a", 32) + `"}}}`,
		`{"pins":{}}`, `{"pins":null}`, `{}`, `{"pins":{"a":{}}}`, "", "null", "{}{}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		pins, err := parsePins(data)
		if err != nil {
			return
		}
		for name, pin := range pins {
			if sum, err := parseSum(pin.Sum); err != nil || len(sum) != 32 || filepath.Base(pin.Version) != pin.Version {
				t.Errorf("taken for %q: %+v", name, pin)
			}
		}
	})
}
