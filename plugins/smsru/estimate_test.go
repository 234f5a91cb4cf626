package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/sdk"
)

// priced writes "m1 4.20 RUB for 1" or "m1 BAD_SENDER 204".
func priced(prices []sdk.Price) []string {
	var lines []string
	for _, p := range prices {
		if p.Failure != nil {
			lines = append(lines, strings.TrimSpace(p.ID+" "+string(p.Failure.Reason)+" "+p.Failure.Code))
			continue
		}
		lines = append(lines, fmt.Sprintf("%s %s for %d", p.ID, p.Cost, p.Segments))
	}
	return lines
}

func TestPricesAreUnderstood(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, answer string
		want         []string // one line that begins with "error" stands for the call as a whole
	}{
		{"as documented", ok(`,"sms":{"79990000001":{"status":"OK","status_code":100,"cost":4.2,"sms":1},"79990000002":{"status":"ERROR","status_code":207}},"total_cost":4.2,"total_sms":1`),
			[]string{"m1 4.20 RUB for 1", "m2 UNSUPPORTED 207"}},
		{"no totals because all fail, as recorded", ok(`,"sms":{"79990000001":{"status":"ERROR","status_code":221},"79990000002":{"status":"ERROR","status_code":221}}`),
			[]string{"m1 BAD_SENDER 221", "m2 BAD_SENDER 221"}},
		{"strings where numbers belong", `{"status":"OK","status_code":"100","sms":{"9990000001":{"status_code":"100","cost":"0","sms":"2"},"89990000002":{"status_code":100,"cost":"0.125","sms":null}}}`,
			[]string{"m1 0.00 RUB for 2", "m2 0.125 RUB for 0"}},
		{"costs that are none", ok(`,"sms":{"79990000001":{"status_code":100,"cost":null,"sms":1},"79990000002":{"status_code":100,"cost":-1,"sms":1}}`),
			[]string{"m1 INTERNAL", "m2 INTERNAL"}},
		{"an entry without a code, a missing one", ok(`,"sms":{"79990000001":{}}`), []string{"m1 INTERNAL", "m2 INTERNAL"}},
		{"for somebody else", ok(`,"sms":{"79991234567":{"status_code":100,"cost":1,"sms":1}}`), []string{"m1 INTERNAL", "m2 INTERNAL"}},
		{"all texts refused as a whole", `{"status":"ERROR","status_code":203}`, []string{"m1 REJECTED_TEXT 203", "m2 REJECTED_TEXT 203"}},
		{"the login refused", `{"status":"ERROR","status_code":200}`, []string{"error UNAUTHORIZED 200"}},
		{"maintenance", `{"status":"ERROR","status_code":220}`, []string{"error UNAVAILABLE 220"}},
		{"a web page", "<html>", []string{"error INTERNAL"}},
		{"nothing", "", []string{"error INTERNAL"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, d, _ := setup(t, fixed(test.answer))
			prices, err := c.Estimate(t.Context(), "main", 1, []sdk.Message{message(1), message(2)})
			got := priced(prices)
			if f := sdk.AsFailure(err, "other"); f != nil {
				got = []string{strings.TrimSpace("error " + string(f.Reason) + " " + f.Code)}
			}
			if diff := cmp.Diff(test.want, got); diff != "" || d.paths[0] != "/sms/cost" {
				t.Errorf("%s from %v (-want +got):\n%s", test.answer, d.paths, diff)
			}
		})
	}
}

func TestPricesAreAskedForAsTextsAreSentButWithoutWhatHasNoPrice(t *testing.T) {
	t.Parallel()
	c, d, _ := setup(t, fixed(ok("")), "from", "Cafe", "translit", "true", "daytime", "true", "test", "true")
	var batch []sdk.Message
	for i := range 150 {
		m := message(i)
		m.NotAfter, m.Test = clock().Add(time.Duration(i)*time.Minute), i%2 == 0
		batch = append(batch, m)
	}
	if _, err := c.Estimate(t.Context(), "main", 1, batch); err != nil {
		t.Fatal(err)
	}
	if len(d.calls) != 2 || len(d.calls[0]) != 104 || len(d.calls[1]) != 54 {
		t.Fatalf("got %d calls, want 2 of 100 and 50 numbers and 4 other fields", len(d.calls))
	}
	for _, name := range []string{"ttl", "test", "daytime"} {
		if d.calls[0].Has(name) {
			t.Errorf("%s is sent", name)
		}
	}
	if d.calls[0].Get("from") != "Cafe" || d.calls[0].Get("translit") != "1" {
		t.Errorf("got %v", d.calls[0])
	}
}

func FuzzQuote(f *testing.F) {
	f.Add(`{"status_code":100,"sms":{"79990000001":{"status_code":100,"cost":4.2,"sms":1}}}`)
	f.Add(`{"status_code":"203","sms":[]}`)
	f.Add(`{"status_code":100,"sms":{"1":{"status_code":"100","cost":"-0","sms":-5}}}`)
	f.Fuzz(func(t *testing.T, body string) {
		prices, err := quote([]sdk.Message{message(1), message(2)}, []byte(body))
		if err != nil {
			return
		}
		for i, p := range prices {
			if p.ID != message(i+1).ID || (p.Cost == nil) == (p.Failure == nil) || p.Segments < 0 || p.Cost != nil && p.Cost.Negative() {
				t.Errorf("%q: got %+v", body, p)
			}
		}
	})
}
