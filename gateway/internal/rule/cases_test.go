package rule_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/gateway/internal/rule"
)

func TestCasesFilesAreReadStrictly(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, fault string }{
		{"no cases at all", "  \n", ""},
		{"an empty list", "[]", ""},
		{"a sample and a posting", `[{"name":"a","events":["08-kds-all-ready.xml",{"body":"<x/>"}],"want":[]}]`, ""},
		{"a misspelt field", `[{"name":"a","events":["x.xml"],"wants":[]}]`, `unknown field "wants"`},
		{"a misspelt field of an answer", `[{"name":"a","events":["x.xml"],"want":[{"chnge":"order.ready"}]}]`, `unknown field "chnge"`},
		{"a misspelt field of a posting", `[{"name":"a","events":[{"bdy":"x"}],"want":[]}]`, `unknown field "bdy"`},
		{"no name", `[{"events":["x.xml"],"want":[]}]`, "case 1: name is empty"},
		{"no events", `[{"name":"a","want":[]}]`, `case "a": events is empty`},
		{"a stage that does not exist", `[{"name":"a","events":["x.xml"],"stage":"cooked","want":[]}]`, "cooked"},
		{"a comma too many, with its line", "[\n{\"name\":\"a\",}\n]", "line 2"},
		{"something behind the list", `[] []`, "something follows"},
		{"an object instead of a list", `{}`, "cannot unmarshal"},
		{"too many cases", "[" + strings.Repeat(`{"name":"a","events":["x"],"want":[]},`, 200) + `{"name":"a","events":["x"],"want":[]}]`, "201 cases"},
		{"too many events", `[{"name":"a","events":["x"` + strings.Repeat(`,"x"`, 50) + `],"want":[]}]`, "51 events"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			cases, err := rule.ParseCases([]byte(test.text))
			switch {
			case test.fault == "" && err != nil:
				t.Fatal(err)
			case test.fault != "" && (err == nil || !strings.Contains(err.Error(), test.fault)):
				t.Fatalf("got %v, want a fault with %q", err, test.fault)
			case test.fault != "":
				return
			}
			written, err := json.Marshal(cases)
			if err != nil {
				t.Fatal(err)
			}
			again, err := rule.ParseCases(written)
			if diff := cmp.Diff(cases, again); err != nil || diff != "" {
				t.Errorf("written and read again: %v\n%s", err, diff)
			}
		})
	}
}

func FuzzParseCases(f *testing.F) {
	f.Add([]byte(`[{"name":"a","events":["08-kds-all-ready.xml",{"body":"<x/>"}],"stage":"ready","off":true,"want":[{"change":"order.ready","text":"t"}]}]`))
	f.Add([]byte(`[{}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		cases, err := rule.ParseCases(data)
		if err != nil {
			return
		}
		written, err := json.Marshal(cases)
		if err != nil {
			t.Fatalf("%q was read and cannot be written: %v", data, err)
		}
		if _, err := rule.ParseCases(written); err != nil {
			t.Fatalf("%q was written as %q, which is not read: %v", data, written, err)
		}
	})
}
