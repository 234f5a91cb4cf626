package script

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

func TestWireKeepsWhatRulesSee(t *testing.T) {
	t.Parallel()
	other := testCall("b")
	other.Order.Name, other.Snapshot.Phone = "другой", ""
	other.Change = order.Change{Kind: order.OrderClosed, First: true, Passed: true, Dish: "B"}
	calls := []rule.Call{testCall("a"), testCall("b"), other, testCall("c")}
	got, err := decodeEval(encodeEval("v7", calls)[1:])
	if err != nil || got.version != "v7" {
		t.Fatalf("decode: %+v, %v", got.version, err)
	}
	for i := range calls {
		calls[i].Order.Dishes = calls[i].Order.Dishes[:2] // what is no dish for a guest is not sent
		if zone, offset := got.calls[i].Snapshot.Now.Zone(); zone != "MSK" || offset != 3*3600 {
			t.Errorf("zone %s %d", zone, offset)
		}
		if !got.calls[i].Snapshot.Now.Equal(calls[i].Snapshot.Now.Truncate(1000)) {
			t.Errorf("now = %v, want %v", got.calls[i].Snapshot.Now, calls[i].Snapshot.Now)
		}
		got.calls[i].Snapshot.Now = calls[i].Snapshot.Now
	}
	if diff := cmp.Diff(calls, got.calls); diff != "" {
		t.Errorf("(-sent +got)\n%s", diff)
	}
}

func TestWireKeepsResults(t *testing.T) {
	t.Parallel()
	results := []rule.Result{
		{Messages: []rule.Draft{{To: "+79990000001", Text: "готов", Category: "transactional", ExpiresIn: 5, Dedupe: "k"}, {Text: "x"}}, Log: []string{"a", "b"}},
		{Skip: "no"},
		{Err: &rule.Error{Kind: rule.Threw, Where: "a.js:1", Text: "x", RU: "икс"}},
	}
	got, hasSet, err := decodeResults(encodeResults(results), 3)
	if diff := cmp.Diff(results, got); diff != "" || !hasSet || err != nil {
		t.Errorf("%v, %v (-sent +got)\n%s", hasSet, err, diff)
	}
	if _, _, err := decodeResults(encodeResults(results), 2); err == nil {
		t.Error("more results than calls gave no error")
	}
	problems := []Problem{{File: "a.js", Line: 3, Column: 7, Warning: true, Code: LookAround, Detail: "x", DetailRU: "икс"}}
	rules := []rule.Rule{{Name: "r", File: "a.js", Version: "1", On: []order.Kind{"order.ready"}}}
	gotRules, gotProblems, err := decodeLoaded(encodeLoaded(rules, problems))
	if diff := cmp.Diff(problems, gotProblems) + cmp.Diff(rules, gotRules); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
}

func FuzzWire(f *testing.F) {
	f.Add(encodeEval("v", []rule.Call{testCall("a"), testCall("a")})[1:])
	f.Add(encodeResults([]rule.Result{{Skip: "x"}, {Messages: []rule.Draft{{Text: "x"}}}}))
	f.Add(encodeLoad("v", []rule.File{{Name: "a.js", Source: "x"}})[1:])
	f.Fuzz(func(t *testing.T, data []byte) {
		if request, err := decodeEval(data); err == nil && len(request.calls) > MaxBatch {
			t.Errorf("%d calls", len(request.calls))
		}
		_, _, _ = decodeResults(data, MaxBatch)
		_, _, _ = decodeLoad(data)
		_, _, _ = decodeLoaded(data)
	})
}
