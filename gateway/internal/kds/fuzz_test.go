package kds_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/orderbell/orderbell/gateway/internal/kds"
)

// seed adds all samples whose name ends so, in several encodings.
func seed(f *testing.F, ending string) {
	f.Helper()
	files, err := filepath.Glob(filepath.Join(samples, "*"+ending))
	if err != nil || len(files) == 0 {
		f.Fatalf("samples %s: got %d files, error %v", ending, len(files), err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	for _, e := range encodings() {
		f.Add(e.encode(f, sample(f, "05-save-order-sent-to-kds.xml")))
		f.Add(e.encode(f, sample(f, "78-our-native-json-event.json")))
	}
}

func FuzzDecodeXML(f *testing.F) {
	seed(f, ".xml")
	for _, body := range []string{
		`<w><a><Order guid="A" kdsstate="7"/></a></w>`,
		`<a><Order guid="A"><Session isDraft="x"><Combo kdsstate=""><Component/></Combo></Session></Order></a>`,
		`<a><ChangeLog><Order guid="+79990000001"/></ChangeLog></a>`,
		"<a\x00",
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(check)
}

func FuzzDecodeJSON(f *testing.F) {
	seed(f, ".json")
	for _, body := range []string{
		`[{"order":{"guid":"A"},"dishes":[{"quantity":1e400}]}]`,
		`{"order":{"visit":9007199254740993,"order_ident":1}}`,
		`{"order":{"guid":"A","GUID":"B"}}`,
		`[1,]`, `{"a":1,}`, `{"order":{"guid":"\ud800"}}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(check)
}

// check holds what is promised of any bytes.
func check(t *testing.T, body []byte) {
	got, err := kds.Decode(body)
	again, errAgain := kds.Decode(body)
	if !reflect.DeepEqual(got, again) || !reflect.DeepEqual(err, errAgain) {
		t.Fatalf("%.200q: decoded twice, got %+v, %v and %+v, %v", body, got, err, again, errAgain)
	}
	if err != nil {
		var bad *kds.Error
		if !errors.As(err, &bad) || got != nil {
			t.Fatalf("%.200q: got %+v, %v; want a *kds.Error alone", body, got, err)
		}
		safe(t, bad)
		return
	}
	if trimmed := strings.TrimSpace(strings.TrimPrefix(string(body), "\uFEFF")); utf8.Valid(body) && trimmed != "" && trimmed[0] != '<' &&
		!strings.ContainsRune(trimmed[:min(2, len(trimmed))], 0) && !json.Valid([]byte(trimmed)) {
		t.Fatalf("%.200q: decoded, but it is not JSON", body)
	}
	if len(got) == 0 || len(got) > 500 || len(body) > 1<<20 {
		t.Fatalf("%.200q: got %d postings of %d bytes", body, len(got), len(body))
	}
	for _, p := range got {
		if len(p.Notes) > 20 || len(p.Restaurant) > 64 || !utf8.ValidString(p.Name) {
			t.Fatalf("%.200q: a posting out of bounds: %+v", body, p)
		}
		for _, o := range p.Orders {
			named := o.Ref.GUID != "" || o.Ref.Visit != "" && o.Ref.Ident != ""
			if !named || len(o.Ref.GUID) > 3*64 || len(o.Ref.Visit) > 64 || utf8.RuneCountInString(o.Name) > 256 || o.State > 9 {
				t.Fatalf("%.200q: an order out of bounds: %+v", body, o)
			}
		}
	}
}

func FuzzKey(f *testing.F) {
	seed(f, ".txt")
	f.Add([]byte{0})
	f.Add([]byte(`DateTime="`))
	f.Fuzz(func(t *testing.T, body []byte) {
		got := kds.KeyOf(body)
		if len(got.Hash) != 64 || got != kds.KeyOf(body) {
			t.Fatalf("%.200q: got %+v, want 64 hex digits, the same twice", body, got)
		}
	})
}
