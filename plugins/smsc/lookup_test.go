package main

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/sdktest/operators"
	"github.com/orderbell/orderbell/sdk/sdktest/operators/smsc"
)

func line(r sdk.Receipt) string {
	return strings.Join(strings.Fields(fmt.Sprintf("%s %s %s %s", r.ProviderID, r.Status, r.Reason, r.Code)), " ")
}

func TestMessagesAreFoundByOurIDOrTheirs(t *testing.T) {
	t.Parallel()
	var passed atomic.Int64
	now := func() time.Time { return clock().Add(time.Duration(passed.Load())) }
	c, d := setupAt(t, now, smsc.New(operators.Options{Now: now}))
	for _, i := range []int{1, 303, 320, 1248, 1006, 1245, 401, 402, 403} {
		send(t, c, message(i))
	}
	passed.Store(int64(settled))
	ask := func(i int, theirs string) sdk.Query {
		return sdk.Query{OurID: id(i), ProviderID: theirs, To: message(i).To}
	}
	queries := []sdk.Query{
		ask(1, id(1)), ask(303, id(303)), ask(320, id(320)), ask(1248, id(1248)), ask(1006, id(1006)), ask(1245, id(1245)),
		ask(401, ""), ask(402, ""), ask(403, ""), ask(402, id(402)), ask(5, "no,comma"), {OurID: id(1)}, {To: "+79990000001"}, ask(6, "4711"),
	}
	receipts, err := c.Lookup(t.Context(), "main", 1, queries)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range receipts {
		got = append(got, line(r))
	}
	want := []string{
		id(1) + " DELIVERED 1", id(303) + " EXPIRED EXPIRED 3", id(320) + " UNDELIVERED 20", id(1248) + " UNDELIVERED UNSUPPORTED 20/248",
		id(1006) + " UNDELIVERED 20/6", id(1245) + " UNKNOWN 20/245",
		id(401) + " DELIVERED 1", // its answer was lost, but it went out
		"ABSENT -3",              // it never arrived
		id(403) + " DELIVERED 1", // its answer was about somebody else
		id(402) + " UNKNOWN -3",  // once accepted, now gone: nobody may send it again
		"no,comma UNKNOWN",       // not asked
		"UNKNOWN", "UNKNOWN",     // not asked: no number, no id
		"4711 UNKNOWN -3", // an id of the operator's own
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if at := receipts[0].At; !at.Equal(clock().Add(5 * time.Second)) {
		t.Errorf("got the time %v", at)
	}
	last := d.calls[len(d.calls)-1]
	if phones := last.Get("phone"); strings.Count(phones, ",") != 11 || !strings.HasPrefix(phones, "79990000001,") || strings.Count(last.Get("id"), ",") != 11 {
		t.Errorf("asked for %s and %s", phones, last.Get("id"))
	}
}

func TestManyQueriesAreCutIntoQuestions(t *testing.T) {
	t.Parallel()
	var passed atomic.Int64
	now := func() time.Time { return clock().Add(time.Duration(passed.Load())) }
	c, d := setupAt(t, now, simulator(t))
	passed.Store(int64(settled))
	var queries []sdk.Query
	for i := range maxQueries + 1 {
		queries = append(queries, sdk.Query{OurID: id(i), To: message(i).To})
	}
	receipts, err := c.Lookup(t.Context(), "main", 1, queries)
	if err != nil || len(d.calls) != 2 || strings.Count(d.calls[0].Get("id"), ",") != maxQueries || d.calls[1].Get("id") != id(maxQueries)+"," {
		t.Fatalf("%v: %d calls", err, len(d.calls))
	}
	for i, r := range receipts {
		if r.Status != sdk.StatusAbsent || r.OurID != id(i) {
			t.Errorf("%d: got %+v", i, r)
		}
	}
}

func TestStatusAnswersAreUnderstood(t *testing.T) {
	t.Parallel()
	one, two := id(1), id(2)
	for _, test := range []struct {
		name, answer, first, second string
	}{
		{"in another order", `[{"status":1,"id":"` + two + `","phone":"79990000002"},{"status":"0","id":"` + one + `","phone":79990000001}]`, one + " ACCEPTED 0", two + " DELIVERED 1"},
		{"one is missing", `[{"status":1,"id":"` + two + `","phone":"79990000002"}]`, "UNKNOWN", two + " DELIVERED 1"},
		{"neither id nor number", `[{"status":1},{"status":2}]`, one + " DELIVERED 1", two + " DELIVERED 2"},
		{"neither, and one is missing", `[{"status":1}]`, "UNKNOWN", "UNKNOWN"},
		{"others' ids", `[{"status":1,"id":5,"phone":"79990000001"},{"status":1,"id":6,"phone":"79990000002"}]`, "UNKNOWN", "UNKNOWN"},
		{"others' numbers", `[{"status":1,"id":"` + one + `","phone":"79991234567"},{"status":1,"id":"` + two + `","phone":""}]`, "UNKNOWN", "UNKNOWN"},
		{"one has an error", `[{"error":"x","error_code":1,"id":"` + one + `","phone":"79990000001"},{"status":24,"id":"` + two + `","phone":"79990000002"}]`, "UNKNOWN", two + " REJECTED NO_MONEY 24"},
		{"an entry is odd", `[[],{"status":3,"err":{},"id":"` + two + `","phone":"79990000002"}]`, "UNKNOWN", two + " EXPIRED EXPIRED 3"},
		{"a new status", `[{"status":77,"id":"` + one + `","phone":"79990000001"},{"status":null,"id":"` + two + `","phone":"79990000002"}]`, one + " UNKNOWN 77", "UNKNOWN"},
		{"as a whole", `{"error":"x","error_code":9}`, "RATE_LIMITED", ""},
		{"as a whole, in a list", `[{"error":"x","error_code":2}]`, "UNAUTHORIZED", ""},
		{"an empty list", `[]`, "INTERNAL", ""},
		{"null", `null`, "INTERNAL", ""},
		{"an empty object", `{}`, "INTERNAL", ""},
		{"nothing", ``, "INTERNAL", ""},
		{"a page", `<html>`, "INTERNAL", ""},
		{"cut", `[{"status":1,"id":"`, "INTERNAL", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, _ := setup(t, says(test.answer))
			receipts, err := c.Lookup(t.Context(), "main", 1, []sdk.Query{
				{OurID: one, To: message(1).To}, {OurID: two, To: message(2).To},
			})
			if err != nil {
				f := sdk.AsFailure(err, "")
				if string(f.Reason) != test.first || test.second != "" || f.Reason == sdk.Internal && f.Raw == "" && test.answer != "" {
					t.Errorf("%s: got %+v", test.answer, f)
				}
				return
			}
			if diff := cmp.Diff([]string{test.first, test.second}, []string{line(receipts[0]), line(receipts[1])}); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.answer, diff)
			}
		})
	}
}

func TestOneObjectInsteadOfAListIsTaken(t *testing.T) {
	t.Parallel()
	c, _ := setup(t, says("\ufeff"+`{"status":1,"last_date":"24.11.2026 15:00:00","last_timestamp":"1795521600"}`))
	receipts, err := c.Lookup(t.Context(), "main", 1, []sdk.Query{{OurID: id(1), ProviderID: "7", To: "+79990000001"}})
	if err != nil || line(receipts[0]) != "7 DELIVERED 1" || receipts[0].At.Unix() != 1795521600 {
		t.Errorf("got %+v, %v", receipts, err)
	}
}

func TestTimesThatCannotBeAreDropped(t *testing.T) {
	t.Parallel()
	for text, zero := range map[loose]bool{"1795521600": false, "0": true, "-1": true, "1e9": true, "": true, "1795521600000": true} {
		if got := at(text); got.IsZero() != zero {
			t.Errorf("%q: got %v", text, got)
		}
	}
}
