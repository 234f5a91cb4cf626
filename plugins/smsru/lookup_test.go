package main

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/sdk"
)

// told writes "m1 DELIVERED 103" or "m1 REJECTED BAD_SENDER 204 4.20 RUB".
func told(receipts []sdk.Receipt) []string {
	lines := []string{}
	for _, r := range receipts {
		line := fmt.Sprintf("%s%s %s %s %s", r.OurID, r.ProviderID, r.Status, r.Reason, r.Code)
		if r.Cost != nil {
			line += " " + r.Cost.String()
		}
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	return lines
}

func TestStatesAreUnderstood(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, answer string
		want         []string
	}{
		{"as documented", ok(`,"sms":{"a-1":{"status":"OK","status_code":103,"cost":0.5,"status_text":"x"},"a-2":{"status":"OK","status_code":104,"cost":0.5}},"balance":1`),
			[]string{"a-1 DELIVERED 103 0.50 RUB", "a-2 EXPIRED EXPIRED 104 0.50 RUB"}},
		{"not found, as recorded", ok(`,"sms":{"a-1":{"status":"ERROR","status_code":-1},"a-2":{"status":"ERROR","status_code":-1}}`),
			[]string{"a-1 UNKNOWN -1", "a-2 UNKNOWN -1"}},
		{"strings where numbers belong", `{"status_code":"100","sms":{"a-1":{"status":"OK","status_code":"103","cost":"4.2"},"a-2":{"status":"OK","status_code":"100","cost":null}}}`,
			[]string{"a-1 DELIVERED 103 4.20 RUB", "a-2 ACCEPTED 100"}},
		{"one is missing", ok(`,"sms":{"a-2":{"status":"OK","status_code":102,"cost":-1}}`), []string{"a-1 UNKNOWN", "a-2 ACCEPTED 102"}},
		{"an entry that is no object", ok(`,"sms":{"a-1":103,"a-2":{"status":"OK"}}`), []string{"a-1 UNKNOWN", "a-2 UNKNOWN"}},
		{"states that were not found out", ok(`,"sms":{"a-1":{"status":"ERROR","status_code":103},"a-2":{"status":"ERROR","status_code":202}}`),
			[]string{"a-1 UNKNOWN 103", "a-2 UNKNOWN 202"}},
		{"about others only", ok(`,"sms":{"b-1":{"status":"OK","status_code":103}}`), []string{"error INTERNAL"}},
		{"about nobody", ok(``), []string{"error INTERNAL"}},
		{"the login refused", `{"status":"ERROR","status_code":301}`, []string{"error UNAUTHORIZED 301"}},
		{"a web page", "<html>", []string{"error INTERNAL"}},
		{"a cut answer", `{"status":"OK","status_code":100,"sms":{"a-1":{"st`, []string{"error INTERNAL"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, d, _ := setup(t, fixed(test.answer))
			receipts, err := c.Lookup(t.Context(), "main", 1, []sdk.Query{{ProviderID: "a-1"}, {ProviderID: "a-2"}})
			got := told(receipts)
			if f := sdk.AsFailure(err, "other"); f != nil {
				got = []string{strings.TrimSpace("error " + string(f.Reason) + " " + f.Code)}
				if f.Reason == sdk.Internal && f.Raw == "" {
					t.Error("the answer that was not understood is lost")
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" || d.paths[0] != "/sms/status" || d.calls[0].Get("sms_id") != "a-1,a-2" {
				t.Errorf("%s from %v %v (-want +got):\n%s", test.answer, d.paths, d.calls, diff)
			}
		})
	}
}

func TestOnlyIdsThatSmsruGaveAreAskedForOnceAndByTheHundred(t *testing.T) {
	t.Parallel()
	c, d, _ := setup(t, func(_ string, form url.Values) string {
		var entries []string
		for id := range strings.SplitSeq(form.Get("sms_id"), ",") {
			entries = append(entries, `"`+id+`":{"status":"OK","status_code":103}`)
		}
		return ok(`,"sms":{` + strings.Join(entries, ",") + `}`)
	})
	queries := []sdk.Query{{OurID: "lost"}, {OurID: "filtered", ProviderID: lostID + "m1"}, {OurID: "odd", ProviderID: "a,b"}}
	for i := range 150 {
		queries = append(queries, sdk.Query{OurID: "q", ProviderID: fmt.Sprintf("-%03d", i)})
	}
	queries = append(queries, sdk.Query{OurID: "again", ProviderID: "-000"})
	receipts, err := c.Lookup(t.Context(), "main", 1, queries)
	if err != nil {
		t.Fatal(err)
	}
	got := told(receipts)
	want := []string{"lost UNKNOWN", "filteredduplicate:m1 UNKNOWN", "odda,b UNKNOWN", "q-000 DELIVERED 103"}
	if diff := cmp.Diff(want, got[:4]); diff != "" || got[152] != "q-149 DELIVERED 103" || got[153] != "again-000 DELIVERED 103" {
		t.Errorf("last %v (-want +got):\n%s", got[152:], diff)
	}
	if len(d.calls) != 2 || strings.Count(d.calls[0].Get("sms_id"), ",") != 99 || strings.Count(d.calls[1].Get("sms_id"), ",") != 49 {
		t.Errorf("got %d calls: %v", len(d.calls), d.calls)
	}
	none, _, _ := setup(t, fixed("not to be asked"))
	if receipts, err := none.Lookup(t.Context(), "main", 1, queries[:3]); err != nil || len(receipts) != 3 {
		t.Errorf("nothing to ask for: got %v, %v", receipts, err)
	}
}

func TestEveryStateHasItsMeaning(t *testing.T) {
	t.Parallel()
	want := map[string][]int{
		"UNKNOWN ":                   {-1, 0, 99, 109, 200, 210, 211, 212, 213, 220, 300, 301, 400, 500, 999},
		"ACCEPTED ":                  {100, 101, 102},
		"DELIVERED ":                 {103, 110},
		"EXPIRED EXPIRED":            {104},
		"UNDELIVERED ":               {105, 106, 107},
		"REJECTED ":                  {108},
		"REJECTED UNSUPPORTED":       {150, 205, 207, 214, 550},
		"REJECTED NO_MONEY":          {201},
		"REJECTED BAD_RECIPIENT":     {202},
		"REJECTED BLOCKED_RECIPIENT": {209, 215},
		"REJECTED BAD_SENDER":        {204, 221},
		"REJECTED REJECTED_TEXT":     {203, 216},
		"REJECTED RATE_LIMITED":      {206, 230, 231, 232},
	}
	listed := 0
	for meaning, numbers := range want {
		for _, code := range numbers {
			status, reason := stateOf(code)
			if got := string(status) + " " + string(reason); got != meaning {
				t.Errorf("%d: got %s, want %s", code, got, meaning)
			}
			if _, known := states()[code]; known {
				listed++
			}
		}
	}
	if listed != len(states()) {
		t.Errorf("%d of the table's %d states are tested", listed, len(states()))
	}
}

func FuzzReadStates(f *testing.F) {
	f.Add(`{"status_code":100,"sms":{"a-1":{"status":"OK","status_code":103,"cost":0.5}}}`)
	f.Add(`{"status_code":"100","sms":{"a-1":{"status_code":"-1","cost":"-1"}}}`)
	f.Add(`{"status_code":200}`)
	f.Fuzz(func(t *testing.T, body string) {
		known := map[string]sdk.Receipt{}
		if err := readStates([]string{"a-1"}, []byte(body), known); err != nil {
			return
		}
		if r := known["a-1"]; r.ProviderID != "a-1" || r.Status == "" || r.Status == sdk.StatusAbsent || r.Cost != nil && r.Cost.Negative() {
			t.Errorf("%q: got %+v", body, r)
		}
	})
}
