package access_test

import (
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/access"
)

func someRecord() access.Record {
	call := access.Call{Principal: access.Principal{Kind: access.KindUser, ID: "01U", Name: "olga", Session: "01S"}, From: "192.0.2.7", Agent: "browser", RequestID: "r1"}
	r := call.Record("user.add", "oleg").With("role", "viewer")
	r.N, r.At, r.Prev = 7, noon, "aa"
	r.Hash = r.Sum()
	return r
}

func TestAnyChangeOfALineIsSeen(t *testing.T) {
	t.Parallel()
	changes := map[string]func(*access.Record){
		"when":          func(r *access.Record) { r.At = r.At.Add(time.Microsecond) },
		"kind":          func(r *access.Record) { r.Kind = access.KindKey },
		"who":           func(r *access.Record) { r.Actor = "oleg" },
		"whose ID":      func(r *access.Record) { r.ActorID = "01V" },
		"session":       func(r *access.Record) { r.Session = "" },
		"from where":    func(r *access.Record) { r.From = "192.0.2.8" },
		"agent":         func(r *access.Record) { r.Agent = "" },
		"request":       func(r *access.Record) { r.RequestID = "r2" },
		"action":        func(r *access.Record) { r.Action = "user.remove" },
		"object":        func(r *access.Record) { r.Object = "olga" },
		"outcome":       func(r *access.Record) { r.Outcome = "refused: x" },
		"a detail":      func(r *access.Record) { r.Detail = map[string]string{"role": "owner"} },
		"a detail more": func(r *access.Record) { *r = r.With("language", "ru") },
		"the hash":      func(r *access.Record) { r.Hash = "00" },
	}
	if why := someRecord().Follows(7, "aa"); why != "" {
		t.Fatalf("a line as it was written: %s", why)
	}
	for name, change := range changes {
		r := someRecord()
		change(&r)
		if why := r.Follows(7, "aa"); why != access.FlawChanged {
			t.Errorf("%s was changed: got %q, want %q", name, why, access.FlawChanged)
		}
	}
	if why := someRecord().Follows(6, "aa"); why != access.FlawMissing {
		t.Errorf("a line is missing: got %q", why)
	}
	if why := someRecord().Follows(7, "ab"); why != access.FlawChain {
		t.Errorf("the line before is another one: got %q", why)
	}
}

func TestALineDoesNotDependOnTheZoneOrOnNanoseconds(t *testing.T) {
	t.Parallel()
	r := someRecord()
	r.At = r.At.Add(999).In(time.FixedZone("", 3*3600))
	if why := r.Follows(7, "aa"); why != "" {
		t.Errorf("got %q, want none", why)
	}
}

func TestDetailsDoNotLeakIntoTheLineTheyCameFrom(t *testing.T) {
	t.Parallel()
	first := access.Call{}.Record("a", "b").With("x", "1")
	second := first.With("x", "2").With("y", "3")
	if first.Detail["x"] != "1" || len(first.Detail) != 1 || second.Detail["x"] != "2" || second.Detail["y"] != "3" {
		t.Errorf("first %v, second %v", first.Detail, second.Detail)
	}
}
